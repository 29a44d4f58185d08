using Tongxiang.Share;

namespace Tongxiang.Tests.Share;

public sealed class TimingTests
{
    [Theory]
    [InlineData("2026-02-13", 1, 0, "2026-02-14")] // P0 7
    [InlineData("2026-02-14", 1, 0, "2026-02-24")]
    [InlineData("2026-02-12", 10, 0, "2026-03-04")] // P0 8
    [InlineData("2026-02-12", 10, 10, "2026-03-18")] // P0 8
    [InlineData("2026-09-18", 10, 0, "2026-10-09")]
    [InlineData("2026-09-18", 10, 10, "2026-10-22")]
    [InlineData("2026-09-30", 20, 0, "2026-11-03")] // P0 12
    public void A_term_ends_on_the_working_day_the_law_means(string from, int days, int extra, string due) =>
        Assert.Equal(DateOnly.ParseExact(due, "yyyy-MM-dd"), Timing.Due(Running(from, days, extra), Facts.Calendar).Day);

    [Theory]
    [InlineData(10, 0.5, "2026-02-27T09:00")]
    [InlineData(10, 0.8, "2026-03-03T09:00")]
    [InlineData(1, 0.5, "2026-02-13T13:15")]
    [InlineData(1, 0.8, "2026-02-13T15:48")]
    public void Half_time_and_four_fifths_come_at_office_hours(int days, double share, string at) =>
        Assert.Equal(at, Timing.At(Running("2026-02-12", days), share, Facts.Calendar).ToString("yyyy-MM-ddTHH:mm"));

    [Theory]
    [InlineData("2026-02-12", Urgency.Calm)]
    [InlineData("2026-02-27", Urgency.HalfGone)]
    [InlineData("2026-03-03", Urgency.Pressing)]
    [InlineData("2026-03-04", Urgency.Pressing)]
    [InlineData("2026-03-05", Urgency.Overdue)]
    public void A_clock_turns_pressing_and_overdue(string now, Urgency expected) =>
        Assert.Equal(expected, Timing.Urgency(Running("2026-02-12", 10), Facts.At(now), Facts.Calendar));

    [Fact]
    public void The_last_day_counts_until_midnight()
    {
        var clock = Running("2026-02-12", 10);
        Assert.Equal(Urgency.Pressing, Timing.Urgency(clock, new DateTimeOffset(2026, 3, 4, 23, 59, 59, TimeSpan.FromHours(8)), Facts.Calendar));
        Assert.Equal(Urgency.Overdue, Timing.Urgency(clock, new DateTimeOffset(2026, 3, 5, 0, 0, 0, TimeSpan.FromHours(8)), Facts.Calendar));
    }

    [Fact]
    public void A_paused_clock_gets_its_working_days_back()
    {
        var paused = Timing.Pause(Running("2026-02-12", 10), Facts.At("2026-02-13"));
        Assert.Equal(Urgency.None, Timing.Urgency(paused, Facts.At("2027-01-05"), Facts.Calendar));
        var resumed = Timing.Resume(paused, Facts.At("2026-02-25"), Facts.Calendar);
        Assert.Equal(3, resumed.Paused); // 14, 24 and 25 February
        Assert.Equal(new DateOnly(2026, 3, 9), Timing.Due(resumed, Facts.Calendar).Day);
    }

    [Fact]
    public void A_term_into_a_year_without_notice_is_provisional() =>
        Assert.True(Timing.Due(Running("2026-12-25", 10), Facts.Calendar).IsProvisional);

    private static Clock Running(string from, int days, int extra = 0) => new("DL-04", Facts.At(from), days, extra, 0, null);
}
