using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>The public face of the log, as C2SP tlog-tiles asks; below <c>/log/sm3</c> the parallel tree. It shows commitments only, never an opening.</summary>
internal static class LogFace
{
    private const string Plain = "text/plain; charset=utf-8";
    private const string Suffix = ".tlog-proof";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var log = routes.MapGroup("/log").WithTags("evidence");
        log.MapGet("/checkpoint", (EvidenceLog evidence, HttpResponse to, CancellationToken ct) => Newest(evidence, to, sm3: false, ct)).WithName("evidence.checkpoint");
        log.MapGet("/sm3/checkpoint", (EvidenceLog evidence, HttpResponse to, CancellationToken ct) => Newest(evidence, to, sm3: true, ct)).WithName("evidence.sm3-checkpoint");
        log.MapGet("/key", Key).WithName("evidence.key");
        log.MapGet("/tile/{**path}", (string path, EvidenceLog evidence, HttpResponse to, CancellationToken ct) => Tile("tile/" + path, TreeHash.Sha256, evidence, to, ct)).WithName("evidence.tile");
        log.MapGet("/entries/{**path}", (string path, EvidenceLog evidence, HttpResponse to, CancellationToken ct) => Tile("tile/entries/" + path, TreeHash.Sha256, evidence, to, ct)).WithName("evidence.entries");
        log.MapGet("/sm3/tile/{**path}", (string path, EvidenceLog evidence, HttpResponse to, CancellationToken ct) => Tile("tile/" + path, TreeHash.Sm3, evidence, to, ct)).WithName("evidence.sm3-tile");
        log.MapGet("/proof/{file}", Proof).WithName("evidence.proof");
        log.MapGet("/by-id/{id}", ById).WithName("evidence.by-id");
        log.MapGet("/month/{month}", Month).WithName("evidence.month");
    }

    private static async Task<IResult> Newest(EvidenceLog evidence, HttpResponse to, bool sm3, CancellationToken ct)
    {
        var newest = (await evidence.Open(ct)).Newest;
        to.Headers.CacheControl = "no-cache";
        return TypedResults.Text((sm3 ? newest.Sm3Note : newest.Note).ToString(), Plain);
    }

    private static async Task<IResult> Key(EvidenceLog evidence, CancellationToken ct) =>
        TypedResults.Text(string.Concat((await evidence.Open(ct)).Keys.Select(k => k + "\n")), Plain);

    private static async Task<IResult> Tile(string path, TreeHash hash, EvidenceLog evidence, HttpResponse to, CancellationToken ct)
    {
        var book = await evidence.Open(ct);
        // Only what a signed checkpoint covers is shown: hashes beyond it could still differ after a crash.
        if (!TileAddress.TryParse(path, out var address) || !Covers(book.Newest.Size, address) || book.Log.Tile(hash, address) is not { } bytes)
            return Refusal.NotFound("tile").ToProblem();
        to.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.Bytes(bytes, "application/octet-stream");
    }

    private static async Task<IResult> Proof(string file, EvidenceLog evidence, HttpResponse to, CancellationToken ct)
    {
        if (!file.EndsWith(Suffix, StringComparison.Ordinal) || !long.TryParse(file[..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return Refusal.NotFound("proof").ToProblem();
        var book = await evidence.Open(ct);
        to.Headers.CacheControl = "no-cache";
        if (book.Prove(index) is { } proof)
            return TypedResults.Text(proof.ToString(), Plain);
        return index < book.Log.Size ? new Refusal(404, "evidence.not-signed-yet", index) { RetryAfterSeconds = 2 }.ToProblem() : Refusal.NotFound("proof").ToProblem();
    }

    private static async Task<IResult> ById(string id, EvidenceLog evidence, HttpResponse to, CancellationToken ct)
    {
        to.Headers.CacheControl = "no-cache";
        if (await evidence.Of(id, ct) is { } receipt)
        {
            to.Headers[Receipt.Header] = receipt.ToString();
            return TypedResults.Json(new { evidenceId = id, receipt.Origin, receipt.Index, receipt.Leaf, proof = $"/log/proof/{receipt.Index}{Suffix}" }, Wire.Json);
        }
        if (!await evidence.IsWaiting(id, ct)) return Refusal.NotFound("evidence").ToProblem();
        to.Headers.RetryAfter = "1";
        return TypedResults.Json(new { evidenceId = id, state = "waiting" }, Wire.Json, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> Month(string month, Export export, HttpResponse to, CancellationToken ct)
    {
        to.Headers.CacheControl = "no-cache";
        if (!DateOnly.TryParseExact(month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || await export.Month(day.Year * 100 + day.Month, ct) is not var (first, end))
            return Refusal.NotFound("month").ToProblem();
        return TypedResults.Json(new { month, first, end }, Wire.Json);
    }

    private static bool Covers(long size, TileAddress address) =>
        address.Index * Tiles.Width + address.Width <= Tiles.Count(Math.Max(address.Level, 0), size);
}
