using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Words of a challenge or of its answer.</summary>
public sealed record Wording(string Text);

internal static class DisclosureRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var mine = routes.MapGroup("/api/me/disclosures").DisableAntiforgery().WithTags("share");
        mine.MapGet("", async (HttpContext http, OwnLooks door, CancellationToken ct) => (await door.Of(http.Caller(), ct)).Answer(page => TypedResults.Ok(page))).WithName("share.own-looks").Produces<OwnLookPage>();
        mine.MapGet("challenges", async (HttpContext http, Challenges door, CancellationToken ct) => TypedResults.Ok(await door.Mine(http.Caller(), ct))).WithName("share.own-challenges");
        mine.MapPost("{index:long}/challenge", async (long index, Wording said, HttpContext http, Challenges door, CancellationToken ct) =>
            (await door.File(http.Caller(), index, said.Text ?? "", ct)).Answer(made => TypedResults.Ok(made))).WithIdempotency().WithName("share.look-challenge").Produces<Challenge>();
        var desk = routes.MapGroup("/api").DisableAntiforgery().WithTags("share");
        desk.MapGet("challenges", async (HttpContext http, Challenges door, CancellationToken ct) => TypedResults.Ok(await door.OfAgency(http.Caller(), ct))).WithName("share.challenges");
        desk.MapPost("challenges/{id}/answer", async (Id<Challenge> id, Wording said, HttpContext http, Challenges door, CancellationToken ct) =>
            (await door.Answer(http.Caller(), id, said.Text ?? "", ct)).Answer(made => TypedResults.Ok(made))).WithIdempotency().WithName("share.challenge-answer").Produces<Challenge>();
        desk.MapGet("hidings", async (HttpContext http, Hidings door, CancellationToken ct) => TypedResults.Ok(await door.List(http.Caller(), ct))).WithName("share.hidings");
        desk.MapPost("hidings", async (NewHiding wish, HttpContext http, Hidings door, CancellationToken ct) => (await door.Ask(http.Caller(), wish, ct)).Answer(h => TypedResults.Ok(h))).WithIdempotency().WithName("share.hiding-ask").Produces<Hiding>();
        desk.MapPost("hidings/{id}/approve", async (Id<Hiding> id, HttpContext http, Hidings door, CancellationToken ct) => (await door.Approve(http.Caller(), id, ct)).Answer(h => TypedResults.Ok(h))).WithIdempotency().WithName("share.hiding-approve").Produces<Hiding>();
        desk.MapGet("journal-openings", async (HttpContext http, JournalOpenings door, CancellationToken ct) => TypedResults.Ok(await door.List(http.Caller(), ct))).WithName("share.journal-openings");
        desk.MapPost("journal-openings", async (NewJournalOpening wish, HttpContext http, JournalOpenings door, CancellationToken ct) =>
            (await door.Ask(http.Caller(), wish, ct)).Answer(o => TypedResults.Ok(o))).WithIdempotency().WithName("share.journal-ask").Produces<JournalOpening>();
        desk.MapPost("journal-openings/{id}/approve", async (Id<JournalOpening> id, HttpContext http, JournalOpenings door, CancellationToken ct) =>
            (await door.Approve(http.Caller(), id, ct)).Answer(o => TypedResults.Ok(o))).WithIdempotency().WithName("share.journal-approve").Produces<JournalOpening>();
        desk.MapPost("journal-openings/{id}/persons", async (Id<JournalOpening> id, HttpContext http, JournalOpenings door, CancellationToken ct) =>
            (await door.Persons(http.Caller(), id, ct)).Answer(p => TypedResults.Ok(p))).WithName("share.journal-persons").Produces<AffectedPersons>();
        desk.MapGet("journal-openings/{id}", async (Id<JournalOpening> id, HttpContext http, JournalOpenings door, CancellationToken ct) =>
            await door.Find(http.Caller(), id, ct) is { } found ? TypedResults.Ok(found) : (JournalRules.Who(http.Caller()) ?? Refusal.NotFound(id.ToString())).ToProblem()).WithName("share.journal-opening").Produces<JournalOpeningView>();
        desk.MapPost("journal-openings/{id}/file", File).WithName("share.journal-file").Produces(200, contentType: "text/csv");
        desk.MapPost("journal-openings/{id}/destroy", async (Id<JournalOpening> id, HttpContext http, JournalOpenings door, CancellationToken ct) =>
            (await door.Destroy(http.Caller(), id, ct)).Answer(k => TypedResults.Ok(k))).WithName("share.journal-destroy");
    }
    private static async Task<IResult> File(Id<JournalOpening> id, [FromQuery] string? language, HttpContext http, JournalOpenings door, CancellationToken ct)
    {
        var said = language is null ? Language.Of(http.Request) : language == Texts.English ? Texts.English : Texts.Chinese;
        var list = await door.Export(http.Caller(), id, said, ct);
        // A page's button: what cannot be had any more is said on the opening's page.
        if (list.Refusal is { } refusal) return http.Request.HasFormContentType ? TypedResults.Redirect($"{(said == Texts.English ? "/en" : "")}/bureau/journal/{id}?refused={refusal.Code}") : refusal.ToProblem();
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Stream(to => list.Value.Write(to, ct), "text/csv; charset=utf-8", list.Value.FileName);
    }
}
