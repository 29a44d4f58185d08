using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>A request beyond the grant, as sent.</summary>
public sealed record OnwardWish(OnwardKind Kind, Id<Agency>? Third = null, string? ThirdName = null, string? Matter = null, string? Purpose = null, DateOnly? Until = null)
{
    internal NewOnward New() => new(Kind, Third, ThirdName ?? "", Matter ?? "", Purpose ?? "", Until ?? default);
}

/// <summary>The head's decision.</summary>
public sealed record OnwardDecision(long Revision, bool Agree = false, string? Reason = null);

/// <summary>Requests on a grant.</summary>
public sealed record OnwardPage(IReadOnlyList<OnwardRequest> Items, string? Next);

internal static class OnwardRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").DisableAntiforgery().WithTags("share");
        api.MapGet("grants/{id}/onward", async (Id<Grant> id, HttpContext http, OnwardRequests door, CancellationToken ct) => TypedResults.Ok(new OnwardPage(await door.Of(http.Caller(), id, ct), null))).WithName("share.onwards").Produces<OnwardPage>();
        api.MapPost("grants/{id}/onward", async (Id<Grant> id, OnwardWish wish, HttpContext http, OnwardRequests door, CancellationToken ct) =>
            (await door.Ask(http.Caller(), id, wish.New(), ct)).Answer(o => TypedResults.Created($"/api/grants/{id}/onward", o))).WithIdempotency().WithName("share.onward-ask").Produces<OnwardRequest>(201);
        api.MapPost("onward/{id}/decide", async (Id<OnwardRequest> id, OnwardDecision said, HttpContext http, OnwardRequests door, CancellationToken ct) =>
            (await door.Decide(http.Caller(), id, said.Revision, said.Agree, said.Reason ?? "", ct)).Answer(o => TypedResults.Ok(o))).WithIdempotency().WithName("share.onward-decide").Produces<OnwardRequest>();
        api.MapPost("onward/{id}/withdraw", async (Id<OnwardRequest> id, OnwardDecision said, HttpContext http, OnwardRequests door, CancellationToken ct) =>
            (await door.Withdraw(http.Caller(), id, said.Revision, ct)).Answer(o => TypedResults.Ok(o))).WithIdempotency().WithName("share.onward-withdraw").Produces<OnwardRequest>();
    }
}
