using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Ingest;
using Tongxiang.Kernel;

namespace Tongxiang.Portal.Desk;

/// <summary>What a landing needs besides its pages: the streamed upload of a plain form, and live progress.</summary>
static class LandingPorts
{
    const int LongestValue = 4096;

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var prefix in new[] { "", "/en" })
        {
            routes.MapPost(prefix + "/desk/entries/{id}/upload", Upload).RequireAuthorization().DisableAntiforgery().WithMetadata(new Unlimited()).ExcludeFromDescription();
            routes.MapGet(prefix + "/desk/entries/{id}/landings/{run}/events", Events).RequireAuthorization().ExcludeFromDescription();
        }
    }

    // The file is streamed part by part: it may be far larger than memory. The token of the form comes before it.
    static async Task<IResult> Upload(HttpContext http, string id, [FromServices] Entries entries, [FromServices] Landings landings, [FromServices] IAntiforgery antiforgery, CancellationToken ct)
    {
        var back = $"{(http.Request.Path.StartsWithSegments("/en", StringComparison.Ordinal) ? "/en" : "")}/desk/entries/{id}";
        if (!Id<Entry>.TryParse(id, null, out var entryId)) return Refusal.NotFound("entry").ToProblem();
        var found = await entries.Find(http.Caller(), entryId, ct);
        if (found.IsRefused) return found.Refusal!.ToProblem();
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and < 200 } boundary)
            return new Refusal(415, "server.wrong-content-type", http.Request.ContentType).ToProblem();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var parts = new MultipartReader(boundary, http.Request.Body);
        while (await parts.ReadNextSectionAsync(ct) is { } part)
        {
            if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var what)) continue;
            var name = HeaderUtilities.RemoveQuotes(what.Name).Value ?? "";
            if (!what.IsFileDisposition())
            {
                values[name] = await Value(part.Body, ct);
                continue;
            }
            http.Request.Headers["RequestVerificationToken"] = values.GetValueOrDefault("_form", "");
            if (!await antiforgery.IsRequestValidAsync(http)) return Refusal.Forbidden("kernel.stale-form").ToProblem();
            var fileName = what.FileNameStar.HasValue ? what.FileNameStar.Value : HeaderUtilities.RemoveQuotes(what.FileName).Value;
            if (string.IsNullOrEmpty(fileName)) return Results.Redirect($"{back}/land?miss=no-file");
            var run = await landings.Receive(http.Caller(), found.Value, fileName, part.Body, Wish(values), ct, http.Request.ContentLength);
            return Results.Redirect(run.IsRefused ? back + await Refused(landings, found.Value.Id, run.Refusal!, ct) : $"{back}/landings/{run.Value.Id}");
        }
        return Results.Redirect($"{back}/land?miss=no-file");
    }

    // What was wrong with a file stands on the page of its landing; a form must not be answered with a problem for machines.
    static async Task<string> Refused(Landings landings, Id<Entry> entry, Refusal refusal, CancellationToken ct) =>
        (await landings.Of(entry, ct)) is [{ State: RunState.Refused, Refusal: { } said } run, ..] && said.Code == refusal.Code ? $"/landings/{run.Id}" : "/land?miss=" + refusal.Code;

    static LandingWish Wish(Dictionary<string, string> values) => new(
        MostBadRows: long.TryParse(values.GetValueOrDefault("mostBad"), NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? most : null,
        Promotes: values.GetValueOrDefault("promote") == "on",
        Note: values.GetValueOrDefault("note", ""));

    static async Task<string> Value(Stream body, CancellationToken ct)
    {
        var buffer = new byte[LongestValue];
        var read = await body.ReadAtLeastAsync(buffer, LongestValue, throwOnEndOfStream: false, ct);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, read).Trim();
    }

    static async Task<IResult> Events(HttpContext http, string id, string run, [FromServices] Entries entries, [FromServices] Landings landings, [FromServices] TimeProvider clock, CancellationToken ct)
    {
        if (!Id<Entry>.TryParse(id, null, out var entryId) || !Id<Run>.TryParse(run, null, out var runId)) return Refusal.NotFound("landing").ToProblem();
        var entry = await entries.Find(http.Caller(), entryId, ct);
        if (entry.IsRefused || entry.Value.Agency != http.Caller().Agency) return Refusal.NotFound("landing").ToProblem();
        return TypedResults.ServerSentEvents(Watch(entryId, runId, http.Request.Path.StartsWithSegments("/en", StringComparison.Ordinal) ? Texts.English : Texts.Chinese, landings, clock, ct));
    }

    static async IAsyncEnumerable<SseItem<string>> Watch(Id<Entry> entry, Id<Run> id, string language, Landings landings, TimeProvider clock, [EnumeratorCancellation] CancellationToken ct)
    {
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(400), clock);
        do
        {
            if (await landings.Find(id, ct) is not { } run || run.Entry != entry) yield break;
            var now = landings.ProgressOf(run);
            var isEnd = run.State is RunState.Proposed or RunState.Done or RunState.Refused;
            yield return new SseItem<string>(JsonSerializer.Serialize(new { end = isEnd, done = now.BytesDone, total = now.Bytes, text = Visit.Words.Get(language, "desk.run." + run.State) }, Wire.Json));
            if (isEnd) yield break;
        }
        while (await beat.WaitForNextTickAsync(ct));
    }

    sealed class Unlimited : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => null;
    }
}
