using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Tongxiang.Core.Ledger;
using Tongxiang.Gateway.Batching;
using Tongxiang.Kernel;

namespace Tongxiang.Server.Verbs;

/// <summary>The receiver of batch exchange: fetches what is ready, goes on where it stopped, checks every byte and row, and acknowledges.</summary>
internal static class FetchBatch
{
    public static Command Verb()
    {
        var url = new Option<string>("--url") { Description = "Address of the node / 节点地址", Required = true };
        var batch = new Option<string>("--batch") { Description = "Number of the batch or of the right of use / 批次编号或使用权限编号", Required = true };
        var to = new Option<string>("--to") { Description = "Folder for the packages / 存放目录", Required = true };
        var token = new Option<string?>("--token-file") { Description = "File with an access token, see 'tongxiang token' / 访问令牌文件" };
        var keep = new Option<bool>("--no-acknowledge") { Description = "Fetch and check only / 只接收和校验，不回执" };
        var command = new Command("fetch-batch", "Fetch, check and acknowledge packages / 接收、校验批次包并回执") { url, batch, to, token, keep };
        command.SetAction(async (parsed, ct) =>
        {
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(parsed.GetValue(url)!.TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };
            if (parsed.GetValue(token) is { } file) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(file, ct)).Trim());
            return await Run(http, parsed.GetValue(batch)!, parsed.GetValue(to)!, !parsed.GetValue(keep), Console.Out, ct);
        });
        return command;
    }

    /// <summary>0: all that was ready is here and counted equal; 1: something differs or could not be had.</summary>
    internal static async Task<int> Run(HttpClient http, string batch, string folder, bool acknowledges, TextWriter output, CancellationToken ct)
    {
        try
        {
            var list = await Read<PackageList>(http, $"batch/{Uri.EscapeDataString(batch)}", ct);
            var isGood = true;
            foreach (var line in list.Items.Where(p => p.State is nameof(PackageState.Ready) or nameof(PackageState.Differs)).OrderBy(p => p.Sequence))
                isGood &= await Take(http, await Read<Manifest>(http, $"batch/{Uri.EscapeDataString(batch)}/{line.Sequence}", ct), folder, acknowledges, output, ct);
            foreach (var line in list.Items.Where(p => p.Code is not null)) await output.WriteLineAsync($"{line.Sequence}: waiting / 暂缓: {line.Code}");
            return isGood ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or UnauthorizedAccessException)
        {
            await output.WriteLineAsync($"Could not fetch / 无法接收: {e.Message}");
            return 1;
        }
    }

    private static async Task<bool> Take(HttpClient http, Manifest manifest, string folder, bool acknowledges, TextWriter output, CancellationToken ct)
    {
        if (!IsFileName(manifest.Batch)) throw new IOException($"'{manifest.Batch}' is no number of a batch.");
        var place = Path.Combine(folder, manifest.Batch, manifest.Sequence.ToString("000000", System.Globalization.CultureInfo.InvariantCulture));
        Directory.CreateDirectory(place);
        var counted = new List<CountedPart>();
        foreach (var part in manifest.Parts)
        {
            // The name comes from outside: it names a file of this folder or nothing.
            if (!IsFileName(part.Name)) throw new IOException($"'{part.Name}' is no file name.");
            var file = Path.Combine(place, part.Name);
            if (!File.Exists(file)) await Resume(http, part, file, ct);
            counted.Add(await ReceivedPart.Count(file, part, manifest.Form, ct));
        }

        await File.WriteAllBytesAsync(Path.Combine(place, "manifest.json"), JsonSerializer.SerializeToUtf8Bytes(manifest, Wire.Json), ct);
        var sent = manifest.Parts.Select(p => new PackagePart(p.Name, p.Kind == "removed" ? PartKind.Removed : PartKind.Rows, p.Rows, p.Bytes, p.Sha256, p.Sm3, "")).ToList();
        var differences = Counting.Compare(sent, counted);
        // What does not open is fetched anew the next time; the sender hears of it all the same.
        foreach (var wrong in differences.Select(d => d.Part).Distinct(StringComparer.Ordinal)) File.Move(Path.Combine(place, wrong), Path.Combine(place, wrong + ".wrong"), overwrite: true);
        if (acknowledges)
        {
            using var answer = await http.PostAsJsonAsync($"batch/{manifest.Batch}/{manifest.Sequence}/acknowledge", new Acknowledgement(counted), Wire.Json, ct);
            differences = (await Content<Counted>(answer, ct)).Differences;
        }

        await output.WriteLineAsync($"{manifest.Batch}/{manifest.Sequence}: {manifest.Kind}, {manifest.Rows} rows / 行, {manifest.RemovedRows} removed / 删除: {(differences.Count == 0 ? "OK / 核对一致" : "DIFFERS / 不一致")}");
        foreach (var d in differences) await output.WriteLineAsync($"  {d.Part} {d.What}: {d.Sent} / {d.Received}");
        return differences.Count == 0;
    }

    private static bool IsFileName(string name) => name is not ("" or "." or "..") && Path.GetFileName(name) == name;

    private static async Task Resume(HttpClient http, ManifestPart part, string file, CancellationToken ct)
    {
        var partial = file + ".partial";
        var have = File.Exists(partial) ? new FileInfo(partial).Length : 0;
        if (have > part.Bytes) have = 0;
        if (have < part.Bytes || part.Bytes == 0)
        {
            // The token goes to the node that was asked, wherever a manifest points.
            var address = new Uri(http.BaseAddress!, part.Path.TrimStart('/'));
            if (!http.BaseAddress!.IsBaseOf(address)) throw new IOException($"'{part.Path}' is not an address of this node.");
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (have > 0)
            {
                request.Headers.Range = new RangeHeaderValue(have, null);
                request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{part.Sha256}\""));
            }

            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!answer.IsSuccessStatusCode) throw new HttpRequestException(await answer.Content.ReadAsStringAsync(ct));
            await using var to = new FileStream(partial, answer.StatusCode == HttpStatusCode.PartialContent ? FileMode.Append : FileMode.Create, FileAccess.Write);
            await answer.Content.CopyToAsync(to, ct);
            Durable.Flush(to);
        }

        File.Move(partial, file);
    }

    private static async Task<T> Read<T>(HttpClient http, string path, CancellationToken ct)
    {
        using var answer = await http.GetAsync(path, ct);
        return await Content<T>(answer, ct);
    }

    private static async Task<T> Content<T>(HttpResponseMessage answer, CancellationToken ct) =>
        answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<T>(Wire.Json, ct))! : throw new HttpRequestException($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(ct)}");
}
