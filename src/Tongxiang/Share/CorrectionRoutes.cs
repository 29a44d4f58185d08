using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>A page of correction requests.</summary>
public sealed record CorrectionPage(IReadOnlyList<Correction> Items, string? Next);

/// <summary>A step on a correction request, a dispute or an objection.</summary>
/// <param name="Revision">The revision that was decided on; left out: whatever stands.</param>
/// <param name="Since">For a correction: the version from which the record is right.</param>
public sealed record RemedyStep(long? Revision, string? Words, long? Since = null);

internal static class CorrectionRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/corrections").DisableAntiforgery().WithTags("share");
        api.MapGet("", List).WithName("share.corrections").Produces<CorrectionPage>();
        api.MapPost("", Report).WithIdempotency().WithName("share.correction-report").Produces<Correction>(201);
        api.MapGet("{id}", Get).WithName("share.correction").Produces<CorrectionView>();
        api.MapPost("{id}/take-up", (Id<Correction> id, RemedyStep s, HttpContext http, Corrections door, CancellationToken ct) =>
            Step(door.TakeUp(http.Caller(), id, s.Revision, s.Words ?? "", ct))).WithIdempotency().WithName("share.correction-take-up").Produces<Correction>();
        api.MapPost("{id}/correct", (Id<Correction> id, RemedyStep s, HttpContext http, Corrections door, CancellationToken ct) =>
            Step(door.Correct(http.Caller(), id, s.Revision, s.Words ?? "", s.Since, ct))).WithIdempotency().WithName("share.correction-correct").Produces<Correction>();
        api.MapPost("{id}/find-correct", (Id<Correction> id, RemedyStep s, HttpContext http, Corrections door, CancellationToken ct) =>
            Step(door.FindCorrect(http.Caller(), id, s.Revision, s.Words ?? "", ct))).WithIdempotency().WithName("share.correction-find-correct").Produces<Correction>();
        api.MapPost("{id}/withdraw", (Id<Correction> id, RemedyStep s, HttpContext http, Corrections door, CancellationToken ct) =>
            Step(door.Withdraw(http.Caller(), id, s.Revision, s.Words ?? "", ct))).WithIdempotency().WithName("share.correction-withdraw").Produces<Correction>();
        api.MapPost("{id}/extend", async (Id<Correction> id, HttpContext http, Corrections door, CancellationToken ct) => (await door.Extend(http.Caller(), id, ct)).ToProblem()).WithName("share.correction-extend");
    }

    private static async Task<IResult> List(HttpContext http, Corrections door, [FromQuery] string? view, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct)
    {
        var caller = http.Caller();
        if (caller.IsAnonymous) return new Refusal(401, "share.sign-in").ToProblem();
        var page = view switch
        {
            "received" => await door.Received(caller, after, limit ?? 50, ct),
            "told" => await door.ToldOf(caller, after, limit ?? 50, ct),
            "overseen" => await door.Overseen(caller, false, after, limit ?? 50, ct),
            "overdue" => await door.Overseen(caller, true, after, limit ?? 50, ct),
            _ => await door.Reported(caller, after, limit ?? 50, ct),
        };
        return TypedResults.Ok(new CorrectionPage(page.Items, page.Next));
    }

    private static async Task<IResult> Report(NewCorrection said, HttpContext http, Corrections door, CancellationToken ct)
    {
        var whole = said with { Key = said.Key ?? new Dictionary<string, string>(), Fields = said.Fields ?? [], Wrong = said.Wrong ?? "", Proposed = said.Proposed ?? "", Proof = said.Proof ?? "", From = http.Connection.RemoteIpAddress };
        return (await door.Report(http.Caller(), whole, ct)).Answer(c => TypedResults.Created($"/api/corrections/{c.Id}", c));
    }

    private static async Task<IResult> Get(Id<Correction> id, HttpContext http, Corrections door, CancellationToken ct) =>
        await door.Find(http.Caller(), id, ct) is { } found ? TypedResults.Ok(found) : Refusal.NotFound(id.ToString()).ToProblem();

    private static async Task<IResult> Step(Task<Outcome<Correction>> step) => (await step).Answer(c => TypedResults.Ok(c));
}
