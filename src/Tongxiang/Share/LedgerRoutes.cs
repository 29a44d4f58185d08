using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Core.Tables;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Share;

/// <summary>A note for the ledger.</summary>
public sealed record NewUseNote(NotePart Part, string Body);

/// <summary>The ledger of a time as a file, and a grant's page of it.</summary>
internal static class LedgerRoutes
{
    private static readonly string[] Head = ["index", "at", "outcome", "resource", "version", "grant", "agency", "actor", "matter", "case", "operator", "columns", "rows", "code", "proof"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").DisableAntiforgery().WithTags("share");
        api.MapGet("uses/export", Export).WithName("share.uses-export");
        api.MapGet("uses/counts", async (HttpContext http, UseLedger ledger, [FromQuery] string? view, [FromQuery] DateOnly? from, [FromQuery] DateOnly? until, [FromQuery] string? resource, [FromQuery] string? grant, CancellationToken ct) =>
            TypedResults.Ok(await ledger.Counts(http.Caller(), view == "provider", UseFilter.Days(from, until, resource, grant), ct))).WithName("share.uses-counts").Produces<IReadOnlyList<UseCount>>();
        api.MapGet("grants/{id}/ledger", async (Id<Grant> id, HttpContext http, UseLedger ledger, UseNotes notes, [FromQuery] DateOnly? from, [FromQuery] DateOnly? until, CancellationToken ct) =>
            (await ledger.Sheet(http.Caller(), id, UseFilter.Days(from, until, null, null).From, UseFilter.Days(from, until, null, null).Until, notes, ct)).Answer(sheet => TypedResults.Ok(sheet))).WithName("share.grant-ledger").Produces<LedgerSheet>();
        api.MapPost("grants/{id}/ledger", async (Id<Grant> id, NewUseNote note, HttpContext http, UseNotes notes, CancellationToken ct) =>
            (await notes.Add(http.Caller(), id, note.Part, note.Body ?? "", ct)).Answer(made => TypedResults.Ok(made))).WithIdempotency().WithName("share.use-note").Produces<UseNote>();
    }

    private static async Task<IResult> Export(
        HttpContext http, UseLedger ledger, [FromQuery] string? view, [FromQuery] DateOnly? from, [FromQuery] DateOnly? until, [FromQuery] string? resource, [FromQuery] string? grant, [FromQuery] string? format, CancellationToken ct)
    {
        var caller = http.Caller();
        if (caller.IsAnonymous) return new Refusal(401, "share.sign-in").ToProblem();
        var uses = ledger.Each(caller, view == "provider", UseFilter.Days(from, until, resource, grant), ct);
        var name = string.Create(CultureInfo.InvariantCulture, $"use-ledger-{from:yyyyMMdd}-{until:yyyyMMdd}");
        if (format == "json") return Results.Stream(to => Json(uses, to, ct), "application/x-ndjson", name + ".ndjson");
        return Results.Stream(to => Csv(uses, to), "text/csv; charset=utf-8", name + ".csv");
    }

    private static async Task Json(IAsyncEnumerable<Use> uses, Stream to, CancellationToken ct)
    {
        await foreach (var use in uses)
        {
            await JsonSerializer.SerializeAsync(to, use, Wire.Json, ct);
            await to.WriteAsync("\n"u8.ToArray(), ct);
        }
    }

    internal static async Task Csv(IAsyncEnumerable<Use> uses, Stream to)
    {
        using var rows = new MemoryStream();
        using var csv = new CsvWriter(rows);
        rows.Write(Encoding.UTF8.Preamble);
        foreach (var name in Head) csv.Cell(Encoding.UTF8.GetBytes(name));
        csv.EndRow();
        await foreach (var use in uses)
        {
            foreach (var cell in Cells(use)) csv.Cell(Encoding.UTF8.GetBytes(Plain(cell)));
            csv.EndRow();
            if (rows.Length > 1 << 16) await Send();
        }
        csv.Flush();
        await Send();

        async Task Send()
        {
            await to.WriteAsync(rows.GetBuffer().AsMemory(0, (int)rows.Length));
            rows.SetLength(0);
        }
    }

    private static string?[] Cells(Use use) =>
    [
        use.Index.ToString(CultureInfo.InvariantCulture), use.At.ToString("O", CultureInfo.InvariantCulture), use.Outcome, use.Resource, use.Version, use.Grant, use.Agency?.ToString(), use.Actor, use.Matter, use.Case,
        use.Operator, use.Columns, use.Rows.ToString(CultureInfo.InvariantCulture), use.Code, string.Create(CultureInfo.InvariantCulture, $"/log/proof/{use.Index}.tlog-proof"),
    ];

    // Matter and case come from callers: a spreadsheet must not take one for a formula.
    private static string Plain(string? cell) => cell is not null && Bulk.IsFormulaLike(cell) ? "'" + cell : cell ?? "";
}
