using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Kernel;

namespace Tongxiang.Assess;

/// <summary>Which month a report is wanted of.</summary>
public sealed record NewReportOf(string? Month = null);

/// <summary>A report as listed: without its inputs.</summary>
public sealed record ReportLine(Id<MonthReport> Id, string Number, string Month, long Issue, bool IsWhole, string Digest, string Rules, DateTimeOffset MadeAt);

/// <summary>A page of reports.</summary>
public sealed record ReportPage(IReadOnlyList<ReportLine> Items, string? Next);

internal static class ReportRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/reports").DisableAntiforgery().WithTags("assess");
        api.MapGet("", (HttpContext http, SupervisionReports door, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct) => AssessRoutes.SignedIn(http, async c =>
        {
            var page = await door.List(c, after, limit ?? 24, ct);
            return TypedResults.Ok(new ReportPage([.. page.Items.Select(Line)], page.Next));
        })).WithName("assess.reports").Produces<ReportPage>();
        api.MapPost("", (NewReportOf said, HttpContext http, SupervisionReports door, CancellationToken ct) => AssessRoutes.SignedIn(http, async c =>
            (await door.Make(c, said.Month ?? "", ct)).Answer(r => TypedResults.Created($"/api/reports/{r.Id}", Line(r))))).WithIdempotency().WithName("assess.report-make").Produces<ReportLine>(201);
        // The signed bytes and nothing around them: whoever downloads them has what the note speaks of.
        api.MapGet("{id}", (Id<MonthReport> id, HttpContext http, SupervisionReports door, CancellationToken ct) => Of(http, door, id, r => TypedResults.File(Encoding.UTF8.GetBytes(r.Content), "application/json", r.Number + ".json"), ct)).WithName("assess.report");
        api.MapGet("{id}/note", (Id<MonthReport> id, HttpContext http, SupervisionReports door, CancellationToken ct) => Of(http, door, id, r => TypedResults.File(Encoding.UTF8.GetBytes(r.Note), "text/plain; charset=utf-8", r.Number + ".note"), ct)).WithName("assess.report-note");
        api.MapGet("{id}/inputs", (Id<MonthReport> id, HttpContext http, SupervisionReports door, CancellationToken ct) => Of(http, door, id, r => TypedResults.Ok(r.Inputs), ct)).WithName("assess.report-inputs").Produces<ReportInputs>();
        api.MapGet("{id}/check", (Id<MonthReport> id, HttpContext http, SupervisionReports door, CancellationToken ct) => AssessRoutes.SignedIn(http, async c =>
            await door.Check(c, id, ct) is { } check ? TypedResults.Ok(check) : Refusal.NotFound(id.ToString()).ToProblem())).WithName("assess.report-check").Produces<ReportCheck>();
    }

    private static Task<IResult> Of(HttpContext http, SupervisionReports door, Id<MonthReport> id, Func<MonthReport, IResult> answer, CancellationToken ct) => AssessRoutes.SignedIn(http, async c =>
        await door.Find(c, id, ct) is { } report ? answer(report) : Refusal.NotFound(id.ToString()).ToProblem());

    private static ReportLine Line(MonthReport r) => new(r.Id, r.Number, r.Month, r.Issue, r.Inputs.IsWhole, r.Digest, r.Rules, r.MadeAt);
}
