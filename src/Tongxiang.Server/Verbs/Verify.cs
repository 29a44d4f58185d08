using System.CommandLine;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Server.Verbs;

/// <summary>Checks a log, a proof or a receipt without asking the node that made it.</summary>
internal static class Verify
{
    public static Command Verb()
    {
        var target = new Argument<string>("target") { Description = "A folder or address of a log, a .tlog-proof file, a receipt (file or text), or signed papers: a dossier (.zip or folder) or a .note beside its file / 日志目录或地址、证明文件、回执、卷宗或签名文书" };
        var keys = new Option<string[]>("--key") { Description = "Verifier key name+id+key, or a file with such lines; each must have signed / 验证公钥", Required = true, AllowMultipleArgumentsPerToken = true };
        var proof = new Option<string?>("--proof") { Description = "For a receipt: its .tlog-proof file / 回执对应的证明文件" };
        var log = new Option<string?>("--log") { Description = "For a receipt: folder or address of the log / 回执所在的日志" };
        var opening = new Option<string?>("--opening") { Description = "For a proof or receipt: JSON file with salt and record that must be the entry / 原始记录与盐值" };
        var from = new Option<long>("--from") { Description = "Entries before this index may be missing / 允许缺少此序号之前的条目" };
        var month = new Option<string?>("--month") { Description = "Fetch and check the entries of one month, yyyy-MM; with --save it is an export that checks again offline / 取回并校验某月的条目" };
        var cut = new Option<string?>("--cut") { Description = "For a log: the openings of a fuse (from /api/watch/fuses/ID/proof/openings); checks that no row left to the cut scope after it took effect / 切断核验包：校验切断生效后没有一行流出" };
        var sm3 = new Option<bool>("--sm3") { Description = "Check the parallel SM3 tree / 校验国密 SM3 树" };
        var save = new Option<string?>("--save") { Description = "Write the log that was checked into this folder / 将校验过的日志保存到目录" };
        var command = new Command("verify", "Check a log, proof or receipt offline / 离线校验存证日志、证明或回执") { target, keys, proof, log, opening, from, month, cut, sm3, save };
        command.SetAction((parsed, ct) => Run(
            new Verification(
                parsed.GetValue(target)!, parsed.GetValue(keys)!, parsed.GetValue(proof), parsed.GetValue(log), parsed.GetValue(opening),
                parsed.GetValue(from), parsed.GetValue(sm3) ? TreeHash.Sm3 : TreeHash.Sha256, parsed.GetValue(save))
            { Month = parsed.GetValue(month), Cut = parsed.GetValue(cut) },
            Console.Out, ct));
        return command;
    }

    /// <summary>0: holds; 1: does not hold; 2: the question itself is wrong.</summary>
    internal static async Task<int> Run(Verification asked, TextWriter output, CancellationToken ct)
    {
        try
        {
            foreach (var line in await asked.Answer(ct))
                await output.WriteLineAsync(line);
            await output.WriteLineAsync("OK / 校验通过");
            return 0;
        }
        catch (InvalidDataException e)
        {
            await output.WriteLineAsync($"DOES NOT HOLD / 校验不通过: {e.Message}");
            return 1;
        }
        catch (FormatException e)
        {
            await output.WriteLineAsync($"DOES NOT HOLD / 校验不通过: {e.Message}");
            return 1;
        }
        catch (Exception e) when (e is ArgumentException or IOException or HttpRequestException or UnauthorizedAccessException)
        {
            await output.WriteLineAsync($"Could not check / 无法校验: {e.Message}");
            return 2;
        }
    }
}
