using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>A page of disputes.</summary>
public sealed record DisputePage(IReadOnlyList<Dispute> Items, string? Next);

/// <summary>A step in a dispute.</summary>
/// <param name="Revision">The revision that was decided on; left out: whatever stands.</param>
/// <param name="Document">Number of the government's document, for a decision.</param>
public sealed record DisputeWish(long? Revision, string? Words, string? Document = null, DateOnly? On = null);

internal static class DisputeRoutes
{
    private static readonly (string Verb, DisputeStep Step)[] Steps =
    [
        ("say", DisputeStep.Say), ("offer", DisputeStep.Offer), ("accept", DisputeStep.Accept), ("escalate", DisputeStep.Escalate), ("coordinate", DisputeStep.Coordinate), ("refer", DisputeStep.Refer),
        ("decide", DisputeStep.Decide), ("withdraw", DisputeStep.Withdraw),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/disputes").DisableAntiforgery().WithTags("share");
        api.MapGet("", List).WithName("share.disputes").Produces<DisputePage>();
        api.MapPost("", Open).WithIdempotency().WithName("share.dispute-open").Produces<Dispute>(201);
        api.MapGet("{id}", Get).WithName("share.dispute").Produces<DisputeView>();
        foreach (var (verb, step) in Steps)
            api.MapPost("{id}/" + verb, async (Id<Dispute> id, DisputeWish w, HttpContext http, Disputes door, CancellationToken ct) =>
                (await door.Take(http.Caller(), id, step, w.Revision, w.Words ?? "", w.Document, w.On, ct)).Answer(d => TypedResults.Ok(d))).WithIdempotency().WithName($"share.dispute-{verb}").Produces<Dispute>();
    }

    private static async Task<IResult> List(HttpContext http, Disputes door, [FromQuery] string? view, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct)
    {
        if (http.Caller().IsAnonymous) return new Refusal(401, "share.sign-in").ToProblem();
        var page = view == "coordinated" ? await door.Coordinated(http.Caller(), after, limit ?? 50, ct) : await door.Mine(http.Caller(), after, limit ?? 50, ct);
        return TypedResults.Ok(new DisputePage(page.Items, page.Next));
    }

    private static async Task<IResult> Open(NewDispute said, HttpContext http, Disputes door, CancellationToken ct) =>
        (await door.Open(http.Caller(), said with { Reference = said.Reference ?? "", Title = said.Title ?? "", Words = said.Words ?? "" }, ct)).Answer(d => TypedResults.Created($"/api/disputes/{d.Id}", d));

    private static async Task<IResult> Get(Id<Dispute> id, HttpContext http, Disputes door, CancellationToken ct) =>
        await door.Find(http.Caller(), id, ct) is { } found ? TypedResults.Ok(found) : Refusal.NotFound(id.ToString()).ToProblem();
}
