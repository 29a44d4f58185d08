using System.Globalization;
using System.IO.Compression;
using System.Text;
using Tongxiang.Assess;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;

namespace Tongxiang.Server.Verbs;

/// <summary>Checks signed papers offline – a report, a circular, a dossier: the signature, the digest of every file, and in a dossier every proof with its opening. Names the file that does not hold.</summary>
internal sealed class PapersCheck(Func<string, CancellationToken, Task<byte[]?>> read, IReadOnlyList<string>? all)
{
    public const string Manifest = "manifest.note";
    private const string ProofEnd = ".tlog-proof";
    private const long LargestFile = 256L << 20;

    /// <summary>Whether the target is a dossier (ZIP or folder) or the note of a paper.</summary>
    public static bool Is(string target) =>
        System.IO.Directory.Exists(target) ? File.Exists(Path.Combine(target, Manifest))
        : File.Exists(target) && (target.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) || (target.EndsWith(".note", StringComparison.Ordinal) && File.ReadAllText(target).StartsWith(PaperKey.Head + "\n", StringComparison.Ordinal)));

    public static async Task<IReadOnlyList<string>> Run(string target, IReadOnlyList<VerifierKey> keys, CancellationToken ct)
    {
        if (System.IO.Directory.Exists(target)) return await new PapersCheck(LogCheck.Folder(target), null).Answer(Manifest, keys, ct);
        if (target.EndsWith(".note", StringComparison.Ordinal)) return await new PapersCheck(LogCheck.Folder(Path.GetDirectoryName(Path.GetFullPath(target))!), null).Answer(Path.GetFileName(target), keys, ct);
        await using var file = File.OpenRead(target);
        await using var zip = await ZipArchive.CreateAsync(file, ZipArchiveMode.Read, leaveOpen: true, Encoding.UTF8, ct);
        return await new PapersCheck((path, token) => Entry(zip, path, token), [.. zip.Entries.Select(e => e.FullName)]).Answer(Manifest, keys, ct);
    }

    private async Task<IReadOnlyList<string>> Answer(string manifest, IReadOnlyList<VerifierKey> keys, CancellationToken ct)
    {
        var note = Note.Parse(await read(manifest, ct) ?? throw new InvalidDataException($"{manifest}: missing / 缺失"));
        var signers = note.Verify(keys);
        var lines = note.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 4 || lines[0] != PaperKey.Head) throw new FormatException($"{manifest} is no manifest of papers. / 不是文书清单");
        var files = lines.Skip(3).Select(Line).ToList();
        if (files.GroupBy(f => f.Path, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new InvalidDataException($"{twice.Key}: named twice / 重复列出");
        if (all?.FirstOrDefault(name => name != manifest && files.All(f => f.Path != name)) is { } stranger) throw new InvalidDataException($"{stranger}: not in the signed manifest / 不在签名清单中");
        foreach (var (path, digest) in files)
            if (PaperKey.Digest(await read(path, ct) ?? throw new InvalidDataException($"{path}: missing / 缺失")) != digest)
                throw new InvalidDataException($"{path}: changed, its digest is not the one that was signed / 内容已被改动");
        var (proofs, opened) = await Proofs(files, keys, ct);
        return
        [
            $"paper / 文书: {lines[2]} ({lines[1]})",
            .. signers.Select(s => $"signed by / 签名: {s.Name} ({s.Algorithm})"),
            $"files / 文件: {files.Count}, unchanged / 均未改动",
            .. proofs > 0 ? (string[])[$"proofs / 存证证明: {proofs}, with openings / 附原始记录 {opened}"] : [],
        ];
    }

    private async Task<(int Proofs, int Opened)> Proofs(List<(string Path, string Digest)> files, IReadOnlyList<VerifierKey> keys, CancellationToken ct)
    {
        var (proofs, opened) = (0, 0);
        foreach (var path in files.Select(f => f.Path).Where(p => p.EndsWith(ProofEnd, StringComparison.Ordinal)))
        {
            try
            {
                var proof = TlogProof.Parse(Encoding.UTF8.GetString((await read(path, ct))!));
                var openingPath = path[..^ProofEnd.Length] + ".json";
                if (files.Any(f => f.Path == openingPath))
                {
                    var opening = OpeningLine.Read(Encoding.UTF8.GetString((await read(openingPath, ct))!).Trim());
                    if (opening.Index != proof.Index || !OpeningLine.Entry(opening).AsSpan().SequenceEqual(proof.Extra.Span)) throw new InvalidDataException($"{openingPath} is not the entry that is proved / 原始记录与证明不符");
                    opened++;
                }
                proof.Verify(TreeHash.Sha256, TreeHash.Sha256.Leaf(proof.Extra.Span), null, keys);
                proofs++;
            }
            catch (Exception e) when (e is InvalidDataException or FormatException)
            {
                throw new InvalidDataException($"{path}: {e.Message}", e);
            }
        }
        return (proofs, opened);
    }

    private static (string Path, string Digest) Line(string line)
    {
        if (line.Length < 67 || line[64..66] != "  " || !PaperName.IsOne(line[66..])) throw new FormatException($"'{line}' is no line of a manifest.");
        return (line[66..], line[..64]);
    }

    private static async Task<byte[]?> Entry(ZipArchive zip, string path, CancellationToken ct)
    {
        if (zip.GetEntry(path) is not { } entry) return null;
        if (entry.Length > LargestFile) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}: {entry.Length} bytes are too many / 文件过大"));
        using var content = new MemoryStream();
        await using var stream = await entry.OpenAsync(ct);
        await stream.CopyToAsync(content, ct);
        return content.ToArray();
    }
}
