using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>A clearance to set, over the one that was seen (0 while the default holds).</summary>
public sealed record NewClearance(Grade Grade, string Reason, long Revision = 0);

internal static class CombiningRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/clearances").DisableAntiforgery().WithTags("share");
        api.MapGet("{agency}", async (Id<Agency> agency, HttpContext http, Combining door, CancellationToken ct) =>
            await door.View(http.Caller(), agency, ct) is { } view ? TypedResults.Ok(view) : Refusal.NotFound(agency.ToString()).ToProblem()).WithName("share.clearance").Produces<CombinedView>();
        api.MapPut("{agency}", async (Id<Agency> agency, NewClearance said, HttpContext http, Combining door, CancellationToken ct) =>
            (await door.Set(http.Caller(), agency, said.Revision, said.Grade, said.Reason, ct)).Answer(c => TypedResults.Ok(c))).WithName("share.clearance-set").Produces<Clearance>();
    }
}
