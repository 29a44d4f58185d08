using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class DeadlinesTests
{
    [Theory]
    [InlineData("DL-03", "2026-02-13", 0, "2026-02-14")]
    [InlineData("DL-03", "2026-02-14", 0, "2026-02-24")]
    [InlineData("DL-04", "2026-02-12", 0, "2026-03-04")]
    [InlineData("DL-04", "2026-02-12", 10, "2026-03-18")]
    [InlineData("DL-04", "2026-09-18", 0, "2026-10-09")]
    [InlineData("DL-04", "2026-09-18", 10, "2026-10-22")]
    [InlineData("DL-05", "2026-09-30", 0, "2026-11-03")]
    [InlineData("DL-05", "2025-09-30", 0, "2025-11-04")]
    [InlineData("DL-01", "2026-04-28", 0, "2026-05-14")]
    [InlineData("DL-01", "2026-04-28", 5, "2026-05-21")]
    [InlineData("DL-02", "2026-04-30", 0, "2026-05-07")]
    [InlineData("DL-06", "2026-06-17", 0, "2026-07-02")]
    public async Task A_legal_clock_runs_out_on_the_day_the_law_means(string rule, string start, int extension, string due)
    {
        await using var lab = await AgenciesLab.Open(Store.Sqlite);
        var deadline = lab.Deadlines.Due(rule, At(start, 16), extension);
        Assert.Equal(due, WorkCalendar.Day(deadline.DueAt).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Assert.False(deadline.IsProvisional);
    }

    [Fact]
    public async Task A_start_late_in_the_evening_counts_in_Shanghai_days()
    {
        await using var lab = await AgenciesLab.Open(Store.Sqlite);
        var beforeMidnight = new DateTimeOffset(2026, 9, 18, 15, 59, 0, TimeSpan.Zero);
        Assert.Equal(lab.Deadlines.Due("DL-03", beforeMidnight).DueAt.AddMilliseconds(1), At("2026-09-21", 0));
        Assert.Equal(lab.Deadlines.Due("DL-03", beforeMidnight.AddMinutes(1)).DueAt.AddMilliseconds(1), At("2026-09-21", 0));
        Assert.Equal(lab.Deadlines.Due("DL-03", beforeMidnight.AddDays(2).AddMinutes(1)).DueAt.AddMilliseconds(1), At("2026-09-23", 0));
    }

    [Theory, EveryStore]
    public async Task A_year_without_notice_is_provisional_until_it_is_loaded(Store store)
    {
        await using var lab = await AgenciesLab.Open(store);
        var start = At("2026-12-30", 9);
        Assert.True(lab.Deadlines.Due("DL-04", start).IsProvisional);
        var year = new CalendarYear(2027, "测试通知", RuleGrade.C, ["2027-01-01/2027-01-03"], ["2027-01-09"]);
        Assert.Null((await lab.Calendar.Load(Caller.Platform, year, default)).Refusal);
        var final = lab.Deadlines.Due("DL-04", start);
        Assert.False(final.IsProvisional);
        Assert.Equal(new DateOnly(2027, 1, 13), WorkCalendar.Day(final.DueAt));
    }

    [Theory]
    [InlineData("2027-02-30", "2027-01-09")]
    [InlineData("2026-01-01", "2027-01-09")]
    [InlineData("2027-01-03/2027-01-01", "2027-01-09")]
    [InlineData("2027-01-01", "2027-01-11")]
    public async Task A_calendar_year_that_cannot_be_is_refused(string off, string working)
    {
        await using var lab = await AgenciesLab.Open(Store.Sqlite);
        var outcome = await lab.Calendar.Load(Caller.Platform, new CalendarYear(2027, "测试", RuleGrade.C, [off], [working]), default);
        Assert.Equal(400, outcome.Refusal?.Status);
    }

    [Fact]
    public async Task A_rule_without_a_number_gives_no_date() =>
        await Assert.ThrowsAsync<ArgumentException>(async () =>
        {
            await using var lab = await AgenciesLab.Open(Store.Sqlite);
            lab.Deadlines.Due("DL-08", At("2026-09-18", 9));
        });

    private static DateTimeOffset At(string day, int hour) =>
        new(DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture).ToDateTime(new TimeOnly(hour, 0)), TimeSpan.FromHours(8));
}
