using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>A rule of the pack; the number the law names, the one that holds here, and where both stand.</summary>
/// <param name="Grade">A read in the text, B excerpt, C not verified.</param>
public sealed record RuleAnswer(
    string Id, string Source, string Article, RuleUnit Unit, int? Value, int? Statute, RuleBound Bound, string Jurisdiction, RuleGrade Grade, bool IsUnverified, bool IsLocal,
    DateOnly ValidFrom, DateOnly? ValidTo, string Says, string SaysEn, IReadOnlyList<LocalRule> Tightened);

/// <summary>All rules, with the edition of what ships.</summary>
public sealed record RulesAnswer(string Version, DateOnly On, IReadOnlyList<RuleAnswer> Items);

/// <summary>Clocks that moved or would move.</summary>
public sealed record MovesAnswer(IReadOnlyList<ClockMove> Items);

/// <summary>A page of clocks that moved.</summary>
public sealed record MovedPage(IReadOnlyList<MovedClock> Items, string? Next);

/// <summary>The years whose holiday notice is known, and those next in turn that are not.</summary>
public sealed record CalendarAnswer(IReadOnlyList<CalendarYear> Items, IReadOnlyList<int> Provisional);

/// <summary>A year's notice to load.</summary>
/// <param name="Seen">Source of the year as it stood when this was decided, empty where none was known.</param>
public sealed record NewCalendarYear(string Source, RuleGrade Grade, IReadOnlyList<string> Off, IReadOnlyList<string> Working, string? Seen = null);

internal static class RuleRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var rules = routes.MapGroup("/api/rules").WithTags("agencies");
        rules.MapGet("", List).WithName("agencies.rules").Produces<RulesAnswer>();
        rules.MapGet("moves", Moves).WithName("agencies.clock-moves").Produces<MovedPage>();
        rules.MapGet("{id}", Get).WithName("agencies.rule").Produces<RuleAnswer>();
        rules.MapPost("{id}/preview", PreviewRule).WithName("agencies.preview-rule").Produces<MovesAnswer>();
        rules.MapPost("{id}/tightenings", Tighten).WithName("agencies.tighten").WithIdempotency().Produces<RuleChange>();
        var calendar = routes.MapGroup("/api/calendar").WithTags("agencies");
        calendar.MapGet("", Years).WithName("agencies.calendar").Produces<CalendarAnswer>();
        calendar.MapPost("{year:int}/preview", PreviewYear).WithName("agencies.preview-calendar").Produces<MovesAnswer>();
        calendar.MapPost("{year:int}", Load).WithName("agencies.load-calendar").WithIdempotency().Produces<RuleChange>();
    }

    private static Ok<RulesAnswer> List(RuleDesk desk, TimeProvider clock, [FromQuery] DateOnly? on)
    {
        var day = on ?? WorkCalendar.Day(clock.GetUtcNow());
        return TypedResults.Ok(new RulesAnswer(RulePack.Version, day, [.. desk.All(day).Select(Answer)]));
    }

    private static IResult Get(string id, RuleDesk desk, TimeProvider clock, [FromQuery] DateOnly? on) =>
        desk.Find(id, on ?? WorkCalendar.Day(clock.GetUtcNow())) is { } sheet ? TypedResults.Ok(Answer(sheet)) : Refusal.NotFound(id).ToProblem();

    private static async Task<IResult> Moves(HttpContext http, ClockMoves moves, [FromQuery] string? after, [FromQuery] int? limit, CancellationToken ct) =>
        (await moves.List(http.Caller(), after, limit ?? 50, ct)).Answer(p => TypedResults.Ok(new MovedPage(p.Items, p.Next)));

    private static async Task<IResult> PreviewRule(string id, NewTightening wish, HttpContext http, RuleDesk desk, CancellationToken ct) =>
        (await desk.Preview(http.Caller(), id, wish, ct)).Answer(m => TypedResults.Ok(new MovesAnswer(m)));

    private static async Task<IResult> Tighten(string id, NewTightening wish, HttpContext http, RuleDesk desk, CancellationToken ct) =>
        (await desk.Tighten(http.Caller(), id, wish, ct)).Answer(TypedResults.Ok);

    private static Ok<CalendarAnswer> Years(RuleDesk desk, TimeProvider clock) => TypedResults.Ok(new CalendarAnswer(desk.Years, desk.Missing(WorkCalendar.Day(clock.GetUtcNow()))));

    private static async Task<IResult> PreviewYear(int year, NewCalendarYear wish, HttpContext http, RuleDesk desk, CancellationToken ct) =>
        (await desk.Preview(http.Caller(), Of(year, wish), ct)).Answer(m => TypedResults.Ok(new MovesAnswer(m)));

    private static async Task<IResult> Load(int year, NewCalendarYear wish, HttpContext http, RuleDesk desk, CancellationToken ct) =>
        (await desk.Load(http.Caller(), Of(year, wish), wish.Seen, ct)).Answer(TypedResults.Ok);

    private static CalendarYear Of(int year, NewCalendarYear wish) => new(year, (wish.Source ?? "").Trim(), wish.Grade, wish.Off ?? [], wish.Working ?? []);

    private static RuleAnswer Answer(RuleSheet sheet)
    {
        var r = sheet.Rule;
        return new RuleAnswer(
            r.Id, r.Source, r.Article, r.Unit, r.Value, sheet.Statute, r.Bound, r.Jurisdiction, r.Grade, r.IsUnverified, r.IsLocal, r.ValidFrom, r.ValidTo, r.Says[0], r.Says[1], sheet.Tightened);
    }
}
