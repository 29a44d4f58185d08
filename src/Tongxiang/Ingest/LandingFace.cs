using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Tables;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Ingest;

/// <summary>Landing over HTTP: deliver, look at the proposal, confirm, follow, read the quarantine, promote and compare versions.</summary>
public sealed class LandingFace(Landings landings, Proposals proposals, Versions versions, Differences differences, Entries entries, TimeProvider clock)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    internal void Map(IEndpointRouteBuilder routes)
    {
        // Kestrel's own limit says neither number nor remedy: the room for uploads does, and it is asked before every piece is kept.
        var room = new DisableRequestSizeLimitAttribute();
        routes.MapPost("/api/entries/{entry}/landings", Receive).WithName("ingest.land").WithMetadata(room).DisableAntiforgery().WithIdempotency(Named);
        routes.MapGet("/api/entries/{entry}/landings", List).WithName("ingest.list");
        routes.MapGet("/api/entries/{entry}/landings/{run}", Show).WithName("ingest.show");
        routes.MapDelete("/api/entries/{entry}/landings/{run}", Discard).WithName("ingest.discard");
        routes.MapGet("/api/entries/{entry}/landings/{run}/progress", Follow).WithName("ingest.progress");
        routes.MapPost("/api/entries/{entry}/landings/{run}/confirmation", Confirm).WithName("ingest.confirm").WithIdempotency();
        routes.MapPost("/api/entries/{entry}/landings/{run}/sheet", Sheet).WithName("ingest.sheet").WithIdempotency();
        routes.MapGet("/api/entries/{entry}/landings/{run}/quarantine", Quarantine).WithName("ingest.quarantine");
        routes.MapPost("/api/proposals", Propose).WithName("ingest.propose").WithMetadata(room).DisableAntiforgery();
        routes.MapGet("/api/entries/{entry}/versions", Listed).WithName("ingest.versions");
        routes.MapPost("/api/entries/{entry}/versions/{number}/promotion", Promote).WithName("ingest.promote").WithIdempotency();
        routes.MapGet("/api/entries/{entry}/versions/{from}/difference/{to}", Compare).WithName("ingest.difference");
    }

    private async Task<IResult> Receive(HttpContext http, Id<Entry> entry, string? name, string? sheet, string? note, long? mostBad, bool confirms = false, bool promotes = false, CancellationToken ct = default)
    {
        if (await entries.Find(entry, ct) is not { } found) return Refusal.NotFound("entry").ToProblem();
        if (mostBad < 0) return Refusal.Invalid(new FieldError("mostBad", "ingest.most-bad")).ToProblem();
        var wish = new LandingWish(confirms, promotes, mostBad, sheet, note is { Length: > 500 } ? note[..500] : note ?? "");
        return await Whole(async () =>
        {
            if (await Upload(http, name, ct) is not { } upload) return new Refusal(400, "ingest.no-file").ToProblem();
            var outcome = await landings.Receive(http.Caller(), found, upload.Name, upload.Body, wish, ct, http.Request.ContentLength);
            if (!outcome.IsRefused) http.TellUpload(Named(upload.Name, outcome.Value.RawDigest!));
            return outcome.Answer(run => TypedResults.Accepted($"/api/entries/{entry}/landings/{run.Id}", View(run, Language.Of(http.Request))));
        });
    }

    private async Task<IResult> Propose(HttpContext http, string? name, string? sheet, CancellationToken ct)
    {
        if (http.Caller() is not { IsGovernment: true } caller || !(caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead))) return Refusal.Forbidden("ingest.only-stewards").ToProblem();
        return await Whole(async () =>
        {
            if (await Upload(http, name, ct) is not { } upload) return new Refusal(400, "ingest.no-file").ToProblem();
            return (await proposals.Look(caller, upload.Body, upload.Name, sheet, http.Request.ContentLength, ct)).Answer(p => TypedResults.Ok(p));
        });
    }

    private async Task<IResult> List(HttpContext http, Id<Entry> entry, CancellationToken ct)
    {
        if (await See(http, entry, ct) is { } refusal) return refusal.ToProblem();
        var isReader = await Handles(http, entry, ct);
        return TypedResults.Ok(new Page<RunView>([.. (await landings.Of(entry, ct)).Select(r => View(r, Language.Of(http.Request), isReader))], null));
    }

    private async Task<IResult> Show(HttpContext http, Id<Entry> entry, Id<Run> run, CancellationToken ct)
    {
        var isReader = await Handles(http, entry, ct);
        return (await Find(http, entry, run, ct)).Answer(r => TypedResults.Ok(View(r, Language.Of(http.Request), isReader)));
    }

    private async Task<IResult> Follow(HttpContext http, Id<Entry> entry, Id<Run> run, CancellationToken ct) =>
        (await Find(http, entry, run, ct)).Answer(r => TypedResults.ServerSentEvents(Steps(r, ct), "progress"));

    private async Task<IResult> Confirm(HttpContext http, Id<Entry> entry, Id<Run> run, Confirmation confirmation, CancellationToken ct)
    {
        if (await entries.Find(entry, ct) is not { } found) return Refusal.NotFound("entry").ToProblem();
        return (await landings.Confirm(http.Caller(), found, run, confirmation, ct)).Answer(r => TypedResults.Accepted($"/api/entries/{entry}/landings/{run}", View(r, Language.Of(http.Request))));
    }

    private async Task<IResult> Discard(HttpContext http, Id<Entry> entry, Id<Run> run, CancellationToken ct)
    {
        if (await entries.Find(entry, ct) is not { } found) return Refusal.NotFound("entry").ToProblem();
        return (await landings.Discard(http.Caller(), found, run, ct)).Answer(_ => TypedResults.NoContent());
    }

    private async Task<IResult> Sheet(HttpContext http, Id<Entry> entry, Id<Run> run, SheetChoice choice, CancellationToken ct)
    {
        if (await entries.Find(entry, ct) is not { } found) return Refusal.NotFound("entry").ToProblem();
        return (await landings.Repropose(http.Caller(), found, run, choice.Sheet, ct)).Answer(r => TypedResults.Ok(View(r, Language.Of(http.Request))));
    }

    private async Task<IResult> Quarantine(HttpContext http, Id<Entry> entry, Id<Run> run, int skip = 0, int take = 100, CancellationToken ct = default)
    {
        if (await entries.Find(entry, ct) is not { } found || LandingRules.MayLand(http.Caller(), found) is not null) return Refusal.NotFound("landing").ToProblem();
        var outcome = await Find(http, entry, run, ct);
        if (outcome.Refusal is { } refusal) return refusal.ToProblem();
        var language = Language.Of(http.Request);
        var isCsv = http.Request.Headers.Accept.ToString().Contains("text/csv", StringComparison.OrdinalIgnoreCase);
        var cells = await landings.Quarantine(outcome.Value, Math.Max(skip, 0), isCsv ? 1_000_000 : Math.Clamp(take, 1, 1000), ct);
        if (!isCsv) return TypedResults.Ok(new Page<QuarantineLine>([.. cells.Select(c => Line(c, language))], cells.Count == take ? (skip + take).ToString(System.Globalization.CultureInfo.InvariantCulture) : null));
        return TypedResults.Stream(to => Write(cells, language, to), "text/csv; charset=utf-8", $"quarantine-{run}.csv");
    }

    private async Task<IResult> Listed(HttpContext http, Id<Entry> entry, CancellationToken ct) => await See(http, entry, ct) is { } refusal
        ? refusal.ToProblem()
        : TypedResults.Ok(new Page<VersionView>([.. (await versions.Of(entry, ct)).Select(View)], null));

    private async Task<IResult> Promote(HttpContext http, Id<Entry> entry, long number, CancellationToken ct)
    {
        var caller = http.Caller();
        if (await entries.Find(entry, ct) is not { } found) return Refusal.NotFound("entry").ToProblem();
        if (LandingRules.MayLand(caller, found) is { } refusal) return refusal.ToProblem();
        if (await versions.Find(entry, number, ct) is not { } version) return Refusal.NotFound("version").ToProblem();
        return (await versions.Promote(caller.Actor, caller.Agency?.ToString(), version.Id, ct)).Answer(v => TypedResults.Ok(View(v)));
    }

    private async Task<IResult> Compare(HttpContext http, Id<Entry> entry, long from, long to, string? kind = null, long skip = 0, int take = 100, CancellationToken ct = default)
    {
        if (await entries.Find(entry, ct) is not { } found || LandingRules.MayLand(http.Caller(), found) is not null) return Refusal.NotFound("version").ToProblem();
        if (await versions.Find(entry, from, ct) is not { } older || await versions.Find(entry, to, ct) is not { } newer) return Refusal.NotFound("version").ToProblem();
        return (await differences.Between(older, newer, new DifferenceAsk(kind, skip, take, null), ct)).Answer(d => TypedResults.Ok(d));
    }

    // A proposal shows rows of the file as they are: that landings exist is its department's and its bureau's to know, their rows are the stewards'.
    private async Task<bool> Handles(HttpContext http, Id<Entry> entry, CancellationToken ct) =>
        await entries.Find(entry, ct) is { } found && LandingRules.MayLand(http.Caller(), found) is null;

    // Landings are seen by the providing department and by the bureau in charge of it.
    private async Task<Refusal?> See(HttpContext http, Id<Entry> entry, CancellationToken ct)
    {
        var caller = http.Caller();
        return await entries.Find(entry, ct) is { } found && (caller.Agency == found.Agency || (caller.IsBureau && caller.Agency == entries.BureauOf(found.Agency))) ? null : Refusal.NotFound("entry");
    }

    private async Task<Outcome<Run>> Find(HttpContext http, Id<Entry> entry, Id<Run> id, CancellationToken ct)
    {
        if (await See(http, entry, ct) is { } refusal) return refusal;
        return await landings.Find(id, ct) is { } run && run.Entry == entry ? run : Refusal.NotFound("landing");
    }

    private async IAsyncEnumerable<Progress> Steps(Run run, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            yield return landings.ProgressOf(run);
            if (run.IsOver || run.State == RunState.Proposed) yield break;
            await Task.Delay(Tick, clock, ct);
            run = (await landings.Find(run.Id, ct))!;
        }
    }

    // A form that ends early or is malformed is the sender's fault; a full disk, which has an error number of its own, is ours.
    private static bool IsBroken(Exception e) => e is InvalidDataException || (e.GetType() == typeof(IOException) && e.HResult == unchecked((int)0x80131620));

    private static async Task<IResult> Whole(Func<Task<IResult>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (IsBroken(e))
        {
            return new Refusal(400, "ingest.broken-off").ToProblem();
        }
    }

    // A repeat under the same key is the same request only with the same file: it is read and named, and nothing of it is kept.
    private static async Task<string?> Named(HttpContext http)
    {
        try
        {
            if (await Upload(http, http.Request.Query["name"] is [{ } name, ..] ? name : null, http.RequestAborted) is not { } upload) return null;
            return Named(upload.Name, Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(upload.Body, http.RequestAborted)));
        }
        catch (Exception e) when (IsBroken(e))
        {
            return null;
        }
    }

    private static string Named(string name, string digest) => $"{digest} {name}";

    // The body itself, or the first file of a form: streamed, never held.
    private static async Task<(string Name, Stream Body)?> Upload(HttpContext http, string? name, CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || type.MediaType != "multipart/form-data") return name is null ? null : (name, http.Request.Body);
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (boundary is not { Length: > 0 and <= 200 }) return null;
        var reader = new MultipartReader(boundary, http.Request.Body);
        while (await reader.ReadNextSectionAsync(ct) is { } section)
            if (section.GetContentDispositionHeader() is { } disposition && disposition.IsFileDisposition())
                return (name ?? HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "", section.Body);
        return null;
    }

    private static RunView View(Run run, string language, bool showsRows = true) => new(
        run.Id, run.Entry, run.FileName, run.State, run.Bytes, run.RawDigest, run.RowsRead, run.RowsBad, run.VersionNumber, showsRows ? run.Proposal : null,
        [.. (showsRows ? run.Proposal?.Doubts ?? [] : []).Select(d => Texts.Parts.Get(language, d.Key, [.. d.Args]))],
        run.Refusal is { } refusal ? Problems.Of(refusal.ToRefusal(), language) : null, run.CreatedAt, run.ChangedAt);

    private static VersionView View(Version v) => new(v.Id, v.Number, v.State, v.Rows, v.QuarantinedRows, v.Digest, v.Bytes, v.LandedAt, v.PromotedAt, v.EvidenceId, v.Note);

    private static QuarantineLine Line(BadCell cell, string language) => new(cell.Row, cell.Field, cell.Flaw, cell.Value, Texts.Parts.Get(language, "element.flaw." + cell.Flaw, cell.Value));

    private static async Task Write(IReadOnlyList<BadCell> cells, string language, Stream to)
    {
        using var held = new MemoryStream();
        held.Write(Encoding.UTF8.Preamble);
        using (var writer = new CsvWriter(held))
        {
            foreach (var title in (string[])["row", "field", "flaw", "value", "reason"]) writer.Cell(Encoding.UTF8.GetBytes(title));
            writer.EndRow();
            foreach (var line in cells.Select(c => Line(c, language)))
            {
                foreach (var cell in (string[])[line.Row.ToString(System.Globalization.CultureInfo.InvariantCulture), line.Field, line.Flaw, line.Value, line.Reason]) writer.Cell(Encoding.UTF8.GetBytes(cell));
                writer.EndRow();
            }
            writer.Flush();
            await to.WriteAsync(held.GetBuffer().AsMemory(0, (int)held.Length));
        }
    }
}

/// <summary>Another sheet of the delivered workbook.</summary>
public sealed record SheetChoice(string Sheet);

/// <summary>A landing as the interface shows it, in the reader's language.</summary>
public sealed record RunView(
    Id<Run> Id, Id<Entry> Entry, string FileName, RunState State, long Bytes, string? RawDigest, long RowsRead, long RowsBad, long? VersionNumber, Proposal? Proposal, IReadOnlyList<string> Doubts,
    ProblemDetails? Problem, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);

/// <summary>A row that was not taken and why.</summary>
public sealed record QuarantineLine(long Row, string Field, string Flaw, string Value, string Reason);

/// <summary>A version without its profile.</summary>
public sealed record VersionView(
    Id<Version> Id, long Number, VersionState State, long Rows, long QuarantinedRows, string Digest, long Bytes, DateTimeOffset LandedAt, DateTimeOffset? PromotedAt, string? EvidenceId, string Note);
