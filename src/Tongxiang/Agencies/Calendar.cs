using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>The days off and working weekends of a year, as the State Council's yearly notice says.</summary>
/// <param name="Off">Days or ranges, <c>2026-10-01/2026-10-07</c>.</param>
/// <param name="Working">Weekend days that are worked.</param>
public sealed record CalendarYear(int Year, string Source, RuleGrade Grade, IReadOnlyList<string> Off, IReadOnlyList<string> Working);

/// <summary>The working-day calendar: the years that ship, and those loaded when their notice came out.</summary>
public sealed class Calendar(Db db, TimeProvider clock, EvidenceLog evidence)
{
    private static readonly CalendarYear[] Shipped = Read();
    private volatile CalendarYear[] years = Shipped;
    private volatile WorkCalendar current = Make(Shipped);

    private sealed record Book(CalendarYear[] Years);

    public WorkCalendar Current => current;

    /// <summary>The years whose notice is known, oldest first; clocks that run into any other are provisional.</summary>
    public IReadOnlyList<CalendarYear> Years => years;

    /// <summary>The calendar as it would stand with this year, or what is wrong with it.</summary>
    public Outcome<WorkCalendar> Supposing(CalendarYear year) => Wrong(year) is { } wrong ? Refusal.Invalid(wrong) : Make([.. years.Where(y => y.Year != year.Year), year]);

    /// <summary>Loads or replaces a year; terms that run into it are final from now on.</summary>
    /// <param name="seen">Source of the year as the caller saw it, empty where none was known; when another stands by now it is refused. Null: whatever stands.</param>
    public async Task<Outcome<CalendarYear>> Load(Caller caller, CalendarYear year, CancellationToken ct, string? seen = null)
    {
        if (caller != Caller.Platform && !(caller.IsBureau && (caller.Has(Role.BureauHead) || caller.Has(Role.SystemAdmin)))) return Refusal.Forbidden("agencies.only-bureau-head");
        if (Wrong(year) is { } wrong) return Refusal.Invalid(wrong);
        var now = clock.GetUtcNow();
        var outcome = await db.Commit<Outcome<CalendarYear>>(async tx =>
        {
            await tx.Next("agencies.rules");
            var stands = await tx.One($"select source from agencies_calendar_year where year = {year.Year}", r => r.GetString(0)) ?? Shipped.FirstOrDefault(s => s.Year == year.Year)?.Source ?? "";
            if (seen is not null && seen != stands) return Refusal.Conflict("agencies.calendar-changed", year.Year, stands);
            await tx.Run(
                $"""
                insert into agencies_calendar_year (year, source, grade, off, working)
                values ({year.Year}, {year.Source}, {year.Grade}, {string.Join(' ', year.Off)}, {string.Join(' ', year.Working)})
                on conflict (year) do update set source = excluded.source, grade = excluded.grade, off = excluded.off, working = excluded.working
                """);
            await Changes.Record(tx, "calendar", $"{year.Year}", now);
            await evidence.Append(tx, new Happening("agencies.calendar-loaded", caller.Actor, caller.Agency?.ToString(), $"calendar:{year.Year}", now,
                new Dictionary<string, string> { ["off"] = string.Join(' ', year.Off), ["working"] = string.Join(' ', year.Working) }));
            return year;
        }, ct);
        if (!outcome.IsRefused) await Refresh(ct);
        return outcome;
    }

    internal async Task Refresh(CancellationToken ct)
    {
        var loaded = await db.List($"select year, source, grade, off, working from agencies_calendar_year order by year",
            r => new CalendarYear((int)r.GetInt64(0), r.GetString(1), r.Kind<RuleGrade>(2), Split(r.GetString(3)), Split(r.GetString(4))), ct);
        years = [.. Shipped.Where(s => loaded.All(l => l.Year != s.Year)).Concat(loaded).OrderBy(y => y.Year)];
        current = Make(years);
    }

    private static FieldError? Wrong(CalendarYear year)
    {
        if (year.Year is < 2000 or > 2100) return new FieldError("year", "agencies.calendar-year", year.Year);
        if ((year.Source ?? "").Trim().Length is 0 or > 300) return new FieldError("source", "agencies.calendar-source");
        // A notice without a day off is none: the year would count as known and every holiday as a working day.
        if (year.Off.Count is 0 or > 60) return new FieldError("off", "agencies.calendar-empty", year.Year);
        if (year.Working.Count > 60) return new FieldError("working", "agencies.calendar-empty", year.Year);
        foreach (var text in year.Off.Concat(year.Working))
        {
            if (Days(text) is not { } days || days.Any(d => d.Year != year.Year)) return new FieldError("off", "agencies.calendar-day", text, year.Year);
        }
        var weekday = year.Working.FirstOrDefault(w => Days(w)!.Any(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)));
        return weekday is null ? null : new FieldError("working", "agencies.calendar-weekend", weekday);
    }

    private static WorkCalendar Make(CalendarYear[] years) => new(
        years.SelectMany(y => y.Off).SelectMany(t => Days(t)!).ToHashSet(),
        years.SelectMany(y => y.Working).SelectMany(t => Days(t)!).ToHashSet(),
        years.Select(y => y.Year).ToHashSet());

    private static List<DateOnly>? Days(string text)
    {
        var ends = text.Split('/');
        if (ends.Length > 2 || !Parse(ends[0], out var first) || !Parse(ends[^1], out var last) || last < first || last.DayNumber - first.DayNumber > 60) return null;
        return [.. Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(first.AddDays)];
    }

    private static bool Parse(string text, out DateOnly day) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    private static string[] Split(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static CalendarYear[] Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Tongxiang.Agencies.calendar.json")!;
        return JsonSerializer.Deserialize<Book>(stream, Wire.Json)!.Years;
    }
}
