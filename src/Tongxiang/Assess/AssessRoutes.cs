using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Assess;

internal static class AssessRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        FindingRoutes.Map(routes);
        ReportRoutes.Map(routes);
        DossierRoutes.Map(routes);
        SchemeRoutes.Map(routes);
        // For anybody: a paper is checked by people who have no account.
        routes.MapGet("/log/papers-key", (PaperKey key) => TypedResults.Text(string.Concat(key.Keys.Select(k => k + "\n")), "text/plain; charset=utf-8")).WithName("assess.papers-key").WithTags("assess");
    }

    internal static async Task<IResult> SignedIn(HttpContext http, Func<Caller, Task<IResult>> work) =>
        http.Caller() is { Person: not null, Client: null } caller ? await work(caller) : new Refusal(401, "assess.person-only").ToProblem();
}
