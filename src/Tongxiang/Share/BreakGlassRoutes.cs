using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Emergency access over HTTP; the rows come from the gateway.</summary>
internal static class BreakGlassRoutes
{
    public sealed record Decision(bool IsAllowed, string? Note);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/break-glass").DisableAntiforgery().WithTags("share");
        api.MapGet("", async (HttpContext http, BreakGlasses door, string? after, int? limit, CancellationToken ct) =>
            TypedResults.Ok(await door.List(http.Caller(), after, limit ?? 50, ct))).WithName("share.break-glasses");
        api.MapPost("", async (BreakGlassWish wish, HttpContext http, BreakGlasses door, CancellationToken ct) =>
            (await door.Ask(http.Caller(), wish with { Fields = [.. (wish.Fields ?? []).Select(f => f ?? "")], Reason = wish.Reason ?? "", Occasion = wish.Occasion ?? "", Resource = wish.Resource ?? "" }, ct))
                .Answer(g => TypedResults.Created($"/api/break-glass/{g.Id}", g))).WithIdempotency().WithName("share.break-glass-ask");
        api.MapGet("/{id}", async (Id<BreakGlass> id, HttpContext http, BreakGlasses door, CancellationToken ct) =>
            await door.Find(http.Caller(), id, ct) is { } found ? TypedResults.Ok(found) : Refusal.NotFound("break-glass").ToProblem()).WithName("share.break-glass");
        api.MapPost("/{id}/decision", async (Id<BreakGlass> id, Decision said, HttpContext http, BreakGlasses door, CancellationToken ct) =>
            (await door.Decide(http.Caller(), id, said.IsAllowed, said.Note ?? "", ct)).Answer(g => TypedResults.Ok(g))).WithName("share.break-glass-decide");
        api.MapPost("/{id}/end", async (Id<BreakGlass> id, HttpContext http, BreakGlasses door, CancellationToken ct) =>
            (await door.End(http.Caller(), id, ct)).Answer(g => TypedResults.Ok(g))).WithName("share.break-glass-end");
    }
}
