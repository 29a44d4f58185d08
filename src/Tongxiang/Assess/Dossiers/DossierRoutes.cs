using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Kernel;

namespace Tongxiang.Assess;

internal static class DossierRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/dossiers").DisableAntiforgery().WithTags("assess");
        api.MapGet("{kind}", (DossierKind kind, [FromQuery] string? key, [FromQuery] DateOnly? from, [FromQuery] DateOnly? until, HttpContext http, Dossiers door, CancellationToken ct) => AssessRoutes.SignedIn(http, async c =>
            (await door.Outline(c, new DossierAsk(kind, key ?? "", from, until), ct)).Answer(TypedResults.Ok))).WithName("assess.dossier").Produces<DossierOutline>();
        // Each press gets a number and leaves evidence: no link that a browser looks at beforehand may do that.
        api.MapPost("{kind}/file", (DossierKind kind, [FromQuery] string? key, [FromQuery] DateOnly? from, [FromQuery] DateOnly? until, [FromQuery] string? after, HttpContext http, Dossiers door, CancellationToken ct) =>
            AssessRoutes.SignedIn(http, async c => (await door.Make(c, new DossierAsk(kind, key ?? "", from, until), after, ct)).Answer(made =>
            {
                if (made.Next is { } next) http.Response.Headers[Dossiers.NextHeader] = next;
                return Results.Stream(to => made.Write(to, ct), "application/zip", made.Number + ".zip");
            }))).WithName("assess.dossier-file");
    }
}
