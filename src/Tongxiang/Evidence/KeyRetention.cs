using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>How long the keys of a month must stand: with them goes the use ledger of that month (Order 809 art. 29), and nobody may shorten that.</summary>
public static class KeyRetention
{
    /// <summary>The month of an instant in Beijing time, as yyyyMM: keys are made for it, and their years count from its end.</summary>
    public static int MonthOf(DateTimeOffset at)
    {
        var day = WorkCalendar.Day(at);
        return day.Year * 100 + day.Month;
    }

    /// <summary>The first instant at which the keys of a month may be destroyed: so many years after the month's last day, in Beijing time.</summary>
    /// <param name="month">As yyyyMM.</param>
    public static DateTimeOffset Until(int month, int years) => WorkCalendar.Begin(new DateOnly(month / 100, month % 100, 1).AddMonths(1).AddYears(years));

    public static bool MayDestroy(int month, int years, DateTimeOffset now) => years >= 0 && now >= Until(month, years);
}
