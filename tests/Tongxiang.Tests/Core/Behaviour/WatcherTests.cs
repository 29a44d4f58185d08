using Tongxiang.Core.Behaviour;
using Tongxiang.Core.Behaviour.Traffic;

namespace Tongxiang.Tests.Core.Behaviour;

public sealed class WatcherTests
{
    // The bounds were chosen on seeds 1 to 6 and 11 to 14 with 200 callers; these seeds were never looked at while choosing.
    [Fact]
    public void Labelled_attacks_of_unseen_seeds_are_found_and_few_honest_calls_are_suspected()
    {
        var isFull = Environment.GetEnvironmentVariable("TONGXIANG_TEST_FULL") is not null;
        List<Verdict> verdicts = [.. Enumerable.Range(7001, isFull ? 8 : 1).Select(seed => Verdict.Judge(new Region(seed)))];
        Assert.All(verdicts, v => Assert.InRange(v.AttackCalls, 1, v.Calls * 3 / 1000));
        Assert.InRange(verdicts.Average(v => v.Recall(Intensity.Plain, Intensity.Medium)), 0.95, 1);
        Assert.InRange(verdicts.Average(v => v.Recall(Intensity.Hard)), 0.70, 1);
        Assert.InRange(1 - (double)verdicts.Sum(v => v.Strays.Count) / verdicts.Sum(v => v.Alarms), 0.80, 1);
        Assert.InRange(verdicts.Average(v => v.StraysPerDay), 0, 1);
        Assert.InRange(verdicts.Average(v => v.BalancedAccuracy), 0.95, 1);
    }

    [Fact]
    public void Poisoned_training_costs_at_most_five_points()
    {
        Assert.InRange(Found(0.1), Found(0) - 0.05, 1);
        static double Found(double poison) => Verdict.Judge(new Region(7202, callers: 150, days: 65, episodes: 72, poison: poison)).Recall(Enum.GetValues<Intensity>());
    }

    [Fact]
    public void A_habit_taught_for_three_weeks_and_given_up_buys_no_nights()
    {
        var watcher = WatcherLab.Accustomed();
        for (var day = 28; day < 49; day++) watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(day).AddHours(2)));
        for (var day = 49; day < 70; day++) Assert.Null(watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(day).AddHours(10))));
        Assert.Contains(Enumerable.Range(0, 3), i => watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(70).AddHours(2).AddMinutes(i)))?.Reasons[0].Sign == Sign.Night);
    }

    [Fact]
    public void One_large_answer_in_ten_does_not_make_larger_ones_usual()
    {
        var watcher = WatcherLab.Accustomed();
        for (var i = 0; i < 500; i++) watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(28).AddHours(8).AddMinutes(i)) with { Rows = i % 10 == 0 ? 600 : 1 });
        Assert.Equal(Sign.Volume, watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(30).AddHours(10)) with { Rows = 3000 })?.Reasons[0].Sign);
    }

    [Fact]
    public void The_same_calls_give_the_same_alarms()
    {
        var first = WatcherLab.Alarms(new Region(7100, callers: 40, days: 40, episodes: 12));
        Assert.NotEmpty(first);
        Assert.Equal(first, WatcherLab.Alarms(new Region(7100, callers: 40, days: 40, episodes: 12)));
    }

    [Fact]
    public void A_caller_and_an_operator_cost_at_most_four_kilobytes_each()
    {
        var watcher = new Watcher(Region.IsWorkday);
        Observed Call(int caller, ulong who) => WatcherLab.Office(caller, WatcherLab.Monday.AddHours(9)) with { Operator = who };
        watcher.See(Call(0, 1));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var caller = 1; caller <= 1000; caller++) watcher.See(Call(caller, 1));
        var perTrack = (GC.GetTotalMemory(forceFullCollection: true) - before) / 2000;
        Assert.Equal(2002, watcher.Remembered);
        Assert.InRange(perTrack, 500, 4096);
    }

    [Theory]
    [InlineData(CallMarks.OutsideNetworks | CallMarks.Refused, 1, Sign.Network)]
    [InlineData(CallMarks.OutsideHours | CallMarks.Refused, 3, Sign.Hours)]
    [InlineData(CallMarks.OutsideMatter | CallMarks.Refused, 3, Sign.Matter)]
    [InlineData(CallMarks.NoCase | CallMarks.Refused, 5, Sign.NoCase)]
    public void What_the_grant_does_not_declare_alarms_within_this_many_calls(CallMarks marks, int calls, Sign sign)
    {
        var watcher = WatcherLab.Accustomed();
        Alarm? alarm = null;
        for (var i = 0; i < calls; i++)
        {
            Assert.Null(alarm);
            alarm = watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(30).AddHours(10).AddMinutes(i)) with { Marks = marks, Network = marks.HasFlag(CallMarks.OutsideNetworks) ? 0xABCDEF01 : 0x0A0B0C });
        }
        Assert.Equal(sign, alarm?.Reasons[0].Sign);
    }

    [Fact]
    public void Sequential_numbers_alarm_within_a_dozen_keys_and_random_ones_never()
    {
        var watcher = WatcherLab.Accustomed();
        var chance = new Random(5);
        for (var i = 0; i < 20; i++) Assert.Null(watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(30).AddHours(10).AddMinutes(2 * i)) with { Ordinal = chance.NextInt64(1_000_000_000_000) }));
        var met = Enumerable.Range(1, 30).First(i => watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(30).AddHours(11).AddMinutes(2 * i)) with { Ordinal = 29010119900101000 + i }) is { } alarm && alarm.Reasons[0].Sign == Sign.Enumeration);
        Assert.InRange(met, 5, 12);
    }

    [Fact]
    public void The_questions_of_one_call_count_as_one_call_and_each_miss_of_them_counts()
    {
        var watcher = WatcherLab.Accustomed();
        var call = WatcherLab.Office(1, WatcherLab.Monday.AddDays(30).AddHours(10)) with { Key = 77 };
        Assert.Null(watcher.See(call));
        for (var i = 0; i < 1_000; i++) Assert.Null(watcher.See(call with { Key = 1_000 + (ulong)i, Rows = 0, Marks = CallMarks.Part }));
        var met = Enumerable.Range(1, 64).First(i => watcher.See(call with { Key = 5_000 + (ulong)i, Rows = 0, Marks = CallMarks.Part | CallMarks.Missed }) is { } alarm && alarm.Reasons[0].Sign == Sign.Misses);
        Assert.InRange(met, 12, 24);
    }

    [Fact]
    public void The_dead_of_night_alarms_but_an_evening_at_the_desk_does_not()
    {
        Assert.DoesNotContain(Calls(5, i => WatcherLab.Monday.AddDays(30).AddHours(18).AddMinutes(i)), a => a is not null);
        Assert.Contains(Calls(3, i => WatcherLab.Monday.AddDays(30).AddHours(2).AddMinutes(i)), a => a?.Reasons[0].Sign == Sign.Night);

        List<Alarm?> Calls(int count, Func<int, DateTimeOffset> at)
        {
            var watcher = WatcherLab.Accustomed();
            return [.. Enumerable.Range(0, count).Select(i => watcher.See(WatcherLab.Office(1, at(i))))];
        }
    }

    [Fact]
    public void An_account_that_fell_silent_for_months_alarms_at_its_first_call()
    {
        var watcher = WatcherLab.Accustomed();
        Assert.Equal(Sign.Stale, watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(28 + 60).AddHours(10)))?.Reasons[0].Sign);
    }

    [Theory, InlineData(true, 0), InlineData(false, 1)]
    public void Reading_one_person_under_case_after_case_alarms_but_a_long_matter_does_not(bool sameCase, int alarms)
    {
        var watcher = WatcherLab.Accustomed();
        var met = 0;
        for (var day = 28; day < 33; day++)
            if (watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(day).AddHours(10)) with { Operator = 7, Subject = 99UL << 40, Case = sameCase ? 1UL << 60 : (ulong)(day + 1) << 52 }) is { } alarm && alarm.Reasons[0].Sign == Sign.SamePerson) met++;
        Assert.Equal(alarms, Math.Min(met, 1));
    }

    [Fact]
    public void A_burst_of_eight_times_the_busy_hour_alarms_within_a_minute()
    {
        var watcher = WatcherLab.Accustomed();
        var seconds = 0;
        while (seconds < 600 && watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(30).AddHours(10).AddSeconds(seconds))) is null) seconds += 5;
        Assert.InRange(seconds, 5, 60);
    }

    [Theory, InlineData(1.05, true), InlineData(1.03, true), InlineData(1.0, false)]
    public void Working_days_that_grow_for_three_weeks_alarm_and_steady_ones_do_not(double growth, bool isFound)
    {
        var (watcher, found) = (new Watcher(Region.IsWorkday), false);
        for (var day = 0; day < 56; day++)
            for (var i = 0; i < 60 * Math.Pow(growth, Math.Max(0, day - 35)) && Region.IsWorkday(DateOnly.FromDateTime(WatcherLab.Monday.AddDays(day).DateTime)); i++)
                found |= watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddDays(day).AddHours(8).AddMinutes(3 * i))) is { } alarm && alarm.Reasons[0].Sign == Sign.Growth && alarm.At >= WatcherLab.Monday.AddDays(35).ToUnixTimeMilliseconds();
        Assert.Equal(isFound, found);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Two_callers_who_share_one_walk_through_a_register_alarm_though_neither_steps_to_a_neighbour(bool isShared)
    {
        var (watcher, alarms) = (new Watcher(Region.IsWorkday), new List<Alarm>());
        for (var i = 0; i < 60; i++)
        {
            var number = 29010119900101000 + 20L * i;
            if (watcher.See(WatcherLab.Office(isShared ? 1 + i % 2 : 1, WatcherLab.Monday.AddHours(9).AddMinutes(3 * i)) with { Ordinal = isShared ? number : number + 20L * i }) is { } alarm) alarms.Add(alarm);
        }
        Assert.Equal(isShared, alarms.Count > 0);
        Assert.All(alarms, a => Assert.Equal(Sign.Collusion, a.Reasons[0].Sign));
    }

    [Fact]
    public void A_sign_that_is_not_heeded_raises_nothing()
    {
        var watcher = new Watcher(Region.IsWorkday) { Without = Sign.NoCase };
        for (var i = 0; i < 30; i++) Assert.Null(watcher.See(WatcherLab.Office(1, WatcherLab.Monday.AddHours(10).AddMinutes(i)) with { Marks = CallMarks.NoCase | CallMarks.Refused }));
    }
}
