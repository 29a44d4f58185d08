using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;

namespace Tongxiang.Server.Verbs;

/// <summary>One question to <c>tongxiang verify</c>; answering throws <see cref="InvalidDataException"/> or <see cref="FormatException"/> when something does not hold.</summary>
internal sealed record Verification(string Target, string[] KeyTexts, string? Proof, string? Log, string? Opening, long From, TreeHash Hash, string? Save)
{
    /// <summary>The month whose entries are wanted, as yyyy-MM; those before may be missing.</summary>
    public string? Month { get; init; }

    /// <summary>File with the openings of a fuse that must have cut without exception.</summary>
    public string? Cut { get; init; }

    private const string ProofHead = "c2sp.org/tlog-proof@";

    public async Task<IReadOnlyList<string>> Answer(CancellationToken ct)
    {
        var keys = Keys();
        if (PapersCheck.Is(Target)) return await PapersCheck.Run(Target, keys, ct);
        if (Directory.Exists(Target) || IsAddress(Target)) return await CheckLog(Target, keys, ct);
        if (Cut is not null) throw new ArgumentException("--cut is checked against a log: give its folder or address as target.");
        var text = File.Exists(Target) ? await File.ReadAllTextAsync(Target, ct) : Target;
        if (text.StartsWith(ProofHead, StringComparison.Ordinal)) return await CheckProof(text, null, keys, ct);
        if (Receipt.Parse(text) is not { } receipt)
            throw new ArgumentException($"'{Target}' is no folder, no address, no proof and no receipt (origin=\"…\", index=…, leaf=\"…\").");
        if (Proof is not null) return await CheckProof(await File.ReadAllTextAsync(Proof, ct), receipt, keys, ct);
        if (Log is not null) return [.. await CheckLog(Log, keys, ct), .. await CheckInLog(receipt, Log, keys, ct)];
        throw new ArgumentException($"A receipt is checked against --proof FILE (fetch /log/proof/{receipt.Index}.tlog-proof) or --log FOLDER.");
    }

    private async Task<IReadOnlyList<string>> CheckLog(string source, IReadOnlyList<VerifierKey> keys, CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        var read = Saving(Source(source, http));
        var asked = Month is { } month ? await RangeOf(month, read, ct) : (First: From, End: long.MaxValue);
        var report = await LogCheck.Run(Hash, read, keys, asked.First, ct);
        if (Month is not null && asked.End > report.Checkpoint.Size) throw new InvalidDataException($"The month ends at entry {asked.End}, the signed log at {report.Checkpoint.Size}.");
        return
        [
            .. Month is null ? Array.Empty<string>() : [$"month / 月份: {Month}, entries / 条目 {asked.First}–{asked.End - 1}"],
            $"log / 日志: {report.Checkpoint.Origin}",
            $"entries / 条目: {report.Checkpoint.Size}, read / 已读 {report.EntriesRead}",
            $"root / 根哈希: {report.Checkpoint.Root}",
            .. report.Signers.Select(s => $"signed by / 签名: {s.Name} ({s.Algorithm})"),
            .. Cut is null ? [] : await new CutCheck(Hash, read, report.Checkpoint).Run(Cut, ct),
        ];
    }

    // Where the month lies is the node's word; that every entry from there on is in the signed tree is checked.
    private static async Task<(long First, long End)> RangeOf(string month, Func<string, CancellationToken, Task<byte[]?>> read, CancellationToken ct)
    {
        if (month.Length != 7 || month.Any(c => c is not ('-' or (>= '0' and <= '9')))) throw new ArgumentException($"'{month}' is no month: yyyy-MM is wanted, such as 2026-11.");
        var json = JsonNode.Parse(await read("month/" + month, ct) ?? throw new ArgumentException($"The log has nothing of {month}.")) as JsonObject;
        return json?["first"]?.GetValue<long>() is { } first && json["end"]?.GetValue<long>() is { } end && first >= 0 && first < end ? (first, end) : throw new InvalidDataException($"month/{month}: no range of entries");
    }

    private async Task<IReadOnlyList<string>> CheckProof(string text, Receipt? receipt, IReadOnlyList<VerifierKey> keys, CancellationToken ct)
    {
        var proof = TlogProof.Parse(text);
        var entry = Opening is null ? proof.Extra.ToArray() : await Committed(Opening, ct);
        if (entry.Length == 0 && receipt is null)
            throw new ArgumentException("The proof carries no entry: give --opening FILE, or a receipt as target and this file as --proof.");
        var leaf = entry.Length == 0 ? new Digest(receipt!.Leaf) : Hash.Leaf(entry);
        if (receipt is not null && (proof.Index != receipt.Index || leaf != new Digest(receipt.Leaf)))
            throw new InvalidDataException($"The proof is of entry {proof.Index} with leaf {leaf}; the receipt says {receipt.Index} with leaf {Convert.ToBase64String(receipt.Leaf)}.");
        var checkpoint = proof.Verify(Hash, leaf, receipt?.Origin, keys);
        return [$"log / 日志: {checkpoint.Origin}", $"entry / 条目: {proof.Index} of / 共 {checkpoint.Size}", $"leaf / 叶哈希: {leaf}"];
    }

    private async Task<IReadOnlyList<string>> CheckInLog(Receipt receipt, string source, IReadOnlyList<VerifierKey> keys, CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        var read = Source(source, http);
        var checkpoint = Checkpoint.Open(await read("checkpoint", ct) ?? [], keys);
        if (receipt.Origin != checkpoint.Origin) throw new InvalidDataException($"The receipt is of log {receipt.Origin}, this is {checkpoint.Origin}.");
        if (receipt.Index >= checkpoint.Size) throw new InvalidDataException($"The receipt names entry {receipt.Index}; the log has {checkpoint.Size}.");
        var (index, within) = Math.DivRem(receipt.Index, Tiles.Width);
        var tile = new TileAddress(0, index, (int)Math.Min(Tiles.Width, checkpoint.Size - index * Tiles.Width));
        var bytes = await read(tile.ToString(), ct) ?? throw new InvalidDataException($"{tile}: missing");
        var leaf = new Digest(bytes.AsSpan((int)within * Digest.Size, Digest.Size));
        if (leaf != new Digest(receipt.Leaf)) throw new InvalidDataException($"Entry {receipt.Index} of the log has leaf {leaf}; the receipt says {Convert.ToBase64String(receipt.Leaf)}.");
        if (Opening is not null && Hash.Leaf(await Committed(Opening, ct)) != leaf) throw new InvalidDataException("The opening is not of this entry.");
        return [$"receipt / 回执: entry / 条目 {receipt.Index}"];
    }

    // SHA-256(salt ‖ canonical record): the entry of the log that this opening claims to be.
    private static async Task<byte[]> Committed(string file, CancellationToken ct)
    {
        try
        {
            var json = JsonNode.Parse(await File.ReadAllBytesAsync(file, ct)) as JsonObject;
            var record = json?["record"] is JsonValue text ? JsonNode.Parse(text.GetValue<string>()) : json?["record"];
            var salt = Convert.FromBase64String(json?["salt"]?.GetValue<string>() ?? "");
            return SHA256.HashData([.. salt, .. Canonical.Json(record)]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ArgumentException($"{file} is no opening: {{\"salt\": Base64, \"record\": …}} is wanted.", e);
        }
    }

    // A key that cannot be read is a wrong question, not a log that fails.
    private List<VerifierKey> Keys()
    {
        try
        {
            return [.. KeyTexts.SelectMany(k => File.Exists(k) ? File.ReadAllLines(k) : [.. k.Split('\n')]).Where(k => k.Trim().Length > 0).Select(VerifierKey.Parse)];
        }
        catch (FormatException e)
        {
            throw new ArgumentException("--key: " + e.Message, e);
        }
    }

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    private static Func<string, CancellationToken, Task<byte[]?>> Source(string source, HttpClient http) =>
        !IsAddress(source) ? LogCheck.Folder(source) : async (path, ct) =>
        {
            using var answer = await http.GetAsync(new Uri(source.TrimEnd('/') + "/" + path), ct);
            if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone) return null;
            return await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(ct);
        };

    private Func<string, CancellationToken, Task<byte[]?>> Saving(Func<string, CancellationToken, Task<byte[]?>> read) =>
        Save is null ? read : async (path, ct) =>
        {
            var bytes = await read(path, ct);
            if (bytes is null) return null;
            var file = Path.Combine(Save, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, bytes, ct);
            return bytes;
        };
}
