using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Portal.Dues;

/// <summary>A month as a table of weeks from Monday to Sunday, each day with what is due on it.</summary>
sealed record DueMonth(DateOnly First, IReadOnlyList<IReadOnlyList<DueDay>> Weeks)
{
    public DateOnly Before => First.AddMonths(-1);

    public DateOnly After => First.AddMonths(1);

    /// <summary>The month that an address asks for as <c>yyyy-MM</c>; the month of today when it asks for none, or for one no calendar reaches.</summary>
    public static DateOnly Asked(string text, DateOnly today) =>
        DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first) && first.Year is >= 2020 and <= 2100 ? first : new DateOnly(today.Year, today.Month, 1);

    public static DueMonth Of(DateOnly first, IReadOnlyList<Due> all, WorkCalendar calendar, DateOnly today)
    {
        var byDay = all.Where(d => d.Day is not null).ToLookup(d => d.Day!.Value);
        var monday = first.AddDays(-(((int)first.DayOfWeek + 6) % 7));
        var weeks = new List<IReadOnlyList<DueDay>>();
        for (var start = monday; start < first.AddMonths(1); start = start.AddDays(7))
            weeks.Add([.. Enumerable.Range(0, 7).Select(start.AddDays).Select(day => new DueDay(day, day.Month == first.Month, day == today, calendar.IsWorking(day), [.. byDay[day]]))]);
        return new DueMonth(first, weeks);
    }
}

/// <summary>One day of the table.</summary>
/// <param name="IsInside">Of the month itself, not of a week's rest before or after it.</param>
sealed record DueDay(DateOnly Day, bool IsInside, bool IsToday, bool IsWorking, IReadOnlyList<Due> Items);
