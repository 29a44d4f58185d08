using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Assess;

/// <summary>A finding by hand as sent.</summary>
public sealed record OpenFinding(string? Item = null, Id<Agency>? Agency = null, string? Subject = null, string? Statement = null);

/// <summary>A step as sent; see each step.</summary>
/// <param name="Revision">The revision that was decided on: when somebody was faster, the answer is a conflict.</param>
/// <param name="Note">Demand, proof, reason or body.</param>
/// <param name="Until">Last day of the term; none: the default of the rule pack.</param>
public sealed record FindingStepRequest(long? Revision = null, string? Note = null, DateOnly? Until = null, bool Serious = false);

/// <summary>A page of findings.</summary>
public sealed record FindingPage(IReadOnlyList<Finding> Items, string? Next);

/// <summary>A page of circulars.</summary>
public sealed record CircularPage(IReadOnlyList<Circular> Items, string? Next);

/// <summary>A detector, or the reason why an item has none.</summary>
public sealed record DetectorView(string Item, string Article, string Says, string? Detector, string? Why);

internal static class FindingRoutes
{
    private delegate Task<Outcome<Finding>> Taking(FindingBook door, Caller caller, Id<Finding> id, FindingStepRequest r, CancellationToken ct);

    private static readonly Dictionary<string, Taking> Steps = new()
    {
        ["notify"] = (d, c, id, r, ct) => d.Notify(c, id, r.Revision, r.Note ?? "", r.Until, r.Serious, ct),
        ["rectify"] = (d, c, id, r, ct) => d.Rectify(c, id, r.Revision, r.Note ?? "", ct),
        ["return"] = (d, c, id, r, ct) => d.Return(c, id, r.Revision, r.Note ?? "", r.Until, ct),
        ["close"] = (d, c, id, r, ct) => d.Close(c, id, r.Revision, r.Note ?? "", ct),
        ["dismiss"] = (d, c, id, r, ct) => d.Dismiss(c, id, r.Revision, r.Note ?? "", ct),
        ["circulate"] = (d, c, id, r, ct) => d.Circulate(c, id, r.Revision, r.Note ?? "", r.Serious, ct),
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/findings").DisableAntiforgery().WithTags("assess");
        api.MapGet("", List).WithName("assess.findings").Produces<FindingPage>();
        api.MapPost("", Open).WithIdempotency().WithName("assess.finding-open").Produces<Finding>(201);
        api.MapGet("detectors", (HttpContext http, CancellationToken _) => AssessRoutes.SignedIn(http, caller => Task.FromResult<IResult>(TypedResults.Ok(Known(Language.Of(http.Request)))))).WithName("assess.detectors").Produces<IReadOnlyList<DetectorView>>();
        api.MapPost("run", (HttpContext http, FindingBook door, CancellationToken ct) => AssessRoutes.SignedIn(http, async c => (await door.RunNow(c, ct)).Answer(n => TypedResults.Ok(new { found = n })))).WithIdempotency().WithName("assess.findings-run");
        api.MapGet("{id}", (Id<Finding> id, HttpContext http, FindingBook door, CancellationToken ct) => AssessRoutes.SignedIn(http, async c =>
            await door.Find(c, id, ct) is { } view ? TypedResults.Ok(view) : Refusal.NotFound(id.ToString()).ToProblem())).WithName("assess.finding").Produces<FindingView>();
        foreach (var step in Steps.Keys)
            api.MapPost("{id}/" + step, (Id<Finding> id, FindingStepRequest said, HttpContext http, FindingBook door, CancellationToken ct) =>
                AssessRoutes.SignedIn(http, async c => (await Steps[step](door, c, id, said, ct)).Answer(TypedResults.Ok))).WithIdempotency().WithName("assess.finding-" + step).Produces<Finding>();
        api.MapPost("{id}/recheck", (Id<Finding> id, FindingStepRequest said, HttpContext http, FindingBook door, CancellationToken ct) =>
            AssessRoutes.SignedIn(http, async c => (await door.Recheck(c, id, said.Revision, ct)).Answer(TypedResults.Ok))).WithIdempotency().WithName("assess.finding-recheck").Produces<RecheckResult>();
        var circulars = routes.MapGroup("/api/circulars").DisableAntiforgery().WithTags("assess");
        circulars.MapGet("", (HttpContext http, Circulars door, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct) => AssessRoutes.SignedIn(http, async c =>
        {
            var page = await door.List(c, after, limit ?? 50, ct);
            return TypedResults.Ok(new CircularPage(page.Items, page.Next));
        })).WithName("assess.circulars").Produces<CircularPage>();
        circulars.MapGet("{number}", (string number, HttpContext http, Circulars door, CancellationToken ct) => AssessRoutes.SignedIn(http, async c =>
            await door.Find(c, number, ct) is { } found ? TypedResults.Ok(found) : Refusal.NotFound("circular").ToProblem())).WithName("assess.circular").Produces<Circular>();
    }

    private static Task<IResult> List(HttpContext http, FindingBook door, [FromQuery] bool? open, [FromQuery] Id<Agency>? agency, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct) =>
        AssessRoutes.SignedIn(http, async caller =>
        {
            var page = await door.List(caller, open, agency, after, limit ?? 50, ct);
            return TypedResults.Ok(new FindingPage(page.Items, page.Next));
        });

    private static Task<IResult> Open(OpenFinding said, HttpContext http, FindingBook door, CancellationToken ct) => AssessRoutes.SignedIn(http, async caller =>
        (await door.Open(caller, new NewFinding(said.Item ?? "", said.Agency ?? default, said.Subject ?? "", said.Statement ?? ""), ct)).Answer(f => TypedResults.Created($"/api/findings/{f.Id}", f)));

    private static IReadOnlyList<DetectorView> Known(string language) =>
    [
        .. from item in Liability.All
           from detector in Detectors.All.Where(d => d.Item == item.Id).Select(d => (Detector?)d).DefaultIfEmpty()
           let why = detector is null ? Detectors.Missing.First(m => m.Item == item.Id).Why : null
           select new DetectorView(item.Id, item.Cited(language), Texts.Parts.Get(language, item.Says.Key), detector?.Id, why is null ? null : Texts.Parts.Get(language, why.Key)),
    ];
}
