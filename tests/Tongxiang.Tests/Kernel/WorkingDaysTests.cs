using Tongxiang.Kernel;

namespace Tongxiang.Tests.Kernel;

public sealed class WorkingDaysTests
{
    private static readonly WorkCalendar Calendar = new(
        new HashSet<DateOnly>([.. Days("2026-02-15", 9), .. Days("2026-04-04", 3), .. Days("2026-05-01", 5), .. Days("2026-09-25", 3), .. Days("2026-10-01", 7)]),
        new HashSet<DateOnly>([D("2026-02-14"), D("2026-02-28"), D("2026-05-09"), D("2026-09-20"), D("2026-10-10")]),
        new HashSet<int>([2026]));

    [Theory]
    [InlineData("2026-02-13", 1, "2026-02-14")]
    [InlineData("2026-02-14", 1, "2026-02-24")]
    [InlineData("2026-02-12", 10, "2026-03-04")]
    [InlineData("2026-02-12", 20, "2026-03-18")]
    [InlineData("2026-09-18", 10, "2026-10-09")]
    [InlineData("2026-09-18", 20, "2026-10-22")]
    [InlineData("2026-09-30", 20, "2026-11-03")]
    [InlineData("2026-04-28", 15, "2026-05-21")]
    [InlineData("2026-04-30", 2, "2026-05-07")]
    public void A_term_ends_on_the_day_the_calendar_says(string start, int days, string due)
    {
        Assert.Equal(new DueDay(D(due), false), Calendar.Add(D(start), days));
        Assert.Equal(days, Calendar.Left(D(start), D(due)));
    }

    [Fact]
    public void A_year_without_notice_makes_the_day_provisional() => Assert.True(Calendar.Add(D("2026-12-30"), 5).IsProvisional);

    private static DateOnly D(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd");

    private static IEnumerable<DateOnly> Days(string first, int count) => Enumerable.Range(0, count).Select(i => D(first).AddDays(i));
}
