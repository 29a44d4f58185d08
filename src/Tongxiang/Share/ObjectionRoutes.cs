using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>A page of objections.</summary>
public sealed record ObjectionPage(IReadOnlyList<Objection> Items, string? Next);

/// <summary>The answer to an objection.</summary>
public sealed record ObjectionAnswer(long? Revision, ObjectionOutcome? Outcome, string? Words);

/// <summary>A correction out of an objection.</summary>
public sealed record ObjectionCorrection(long? Revision, IReadOnlyDictionary<string, string>? Key, IReadOnlyList<string>? Fields, string? Wrong, string? Proposed);

internal static class ObjectionRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/objections").DisableAntiforgery().WithTags("share");
        api.MapGet("", List).WithName("share.objections").Produces<ObjectionPage>();
        api.MapPost("", File).WithIdempotency().WithName("share.objection-file").Produces<Objection>(201);
        api.MapGet("{id}", Get).WithName("share.objection").Produces<ObjectionView>();
        api.MapPost("{id}/say", (Id<Objection> id, RemedyStep s, HttpContext http, Objections door, CancellationToken ct) =>
            Step(door.Say(http.Caller(), id, s.Revision, s.Words ?? "", ct))).WithIdempotency().WithName("share.objection-say").Produces<Objection>();
        api.MapPost("{id}/withdraw", (Id<Objection> id, RemedyStep s, HttpContext http, Objections door, CancellationToken ct) =>
            Step(door.Withdraw(http.Caller(), id, s.Revision, s.Words ?? "", ct))).WithIdempotency().WithName("share.objection-withdraw").Produces<Objection>();
        api.MapPost("{id}/extend", (Id<Objection> id, RemedyStep s, HttpContext http, Objections door, CancellationToken ct) =>
            Step(door.Extend(http.Caller(), id, s.Revision, s.Words ?? "", ct))).WithIdempotency().WithName("share.objection-extend").Produces<Objection>();
        api.MapPost("{id}/answer", (Id<Objection> id, ObjectionAnswer a, HttpContext http, Objections door, CancellationToken ct) =>
            Step(door.Answer(http.Caller(), id, a.Revision, a.Outcome ?? (ObjectionOutcome)(-1), a.Words ?? "", ct))).WithIdempotency().WithName("share.objection-answer").Produces<Objection>();
        api.MapPost("{id}/correction", (Id<Objection> id, ObjectionCorrection c, HttpContext http, Objections door, CancellationToken ct) =>
            Step(door.OpenCorrection(http.Caller(), id, c.Revision, new NewOwnCorrection(c.Key ?? new Dictionary<string, string>(), c.Fields ?? [], c.Wrong ?? "", c.Proposed ?? ""), ct)))
            .WithIdempotency().WithName("share.objection-correction").Produces<Objection>();
    }

    private static async Task<IResult> List(HttpContext http, Objections door, [FromQuery] string? view, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct)
    {
        var caller = http.Caller();
        if (caller.IsAnonymous) return new Refusal(401, "share.sign-in").ToProblem();
        var page = view switch
        {
            "received" => await door.Received(caller, after, limit ?? 50, ct),
            "overseen" => await door.Overseen(caller, after, limit ?? 50, ct),
            _ => await door.Mine(caller, after, limit ?? 50, ct),
        };
        return TypedResults.Ok(new ObjectionPage(page.Items, page.Next));
    }

    private static async Task<IResult> File(NewObjection said, HttpContext http, Objections door, CancellationToken ct) =>
        (await door.File(http.Caller(), said with { Reference = said.Reference ?? "", Words = said.Words ?? "", Wish = said.Wish ?? "" }, ct)).Answer(o => TypedResults.Created($"/api/objections/{o.Id}", o));

    private static async Task<IResult> Get(Id<Objection> id, HttpContext http, Objections door, CancellationToken ct) =>
        await door.Find(http.Caller(), id, ct) is { } found ? TypedResults.Ok(found) : Refusal.NotFound(id.ToString()).ToProblem();

    private static async Task<IResult> Step(Task<Outcome<Objection>> step) => (await step).Answer(o => TypedResults.Ok(o));
}
