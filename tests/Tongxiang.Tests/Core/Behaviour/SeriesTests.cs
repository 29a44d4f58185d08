using Tongxiang.Core.Behaviour.Series;

namespace Tongxiang.Tests.Core.Behaviour;

public sealed class SeriesTests
{
    [Fact]
    public void Silence_scores_nothing_and_knowing_the_windows_a_hundred()
    {
        var series = Enumerable.Range(1, 5).Select(Generated).ToList();
        foreach (var profile in Profile.All)
        {
            Assert.Equal(0, Scorecard.Mark(series, [.. series.Select(Yardsticks.Null)], profile).Normalised, 9);
            var perfect = Scorecard.Mark(series, [.. series.Select(Yardsticks.Perfect)], profile);
            Assert.Equal(100, perfect.Normalised, 9);
            Assert.Equal((10, 10, 0), (perfect.Found, perfect.Windows, perfect.False));
        }
    }

    // Worked by hand: 100 points, 15 of them for learning, one window of ten points from 50 to 59.
    [Theory]
    [InlineData(50, 100)]
    [InlineData(54, 95.9)]
    [InlineData(59, 62.41)]
    [InlineData(14, 0)]
    public void A_find_is_worth_less_the_later_it_comes(int at, double normalised)
    {
        var scores = new double[100];
        scores[at] = 1;
        Assert.Equal(normalised, Scorecard.Mark([Flat], [scores], Profile.All[0]).Normalised, 1);
    }

    [Theory]
    [InlineData(20, -0.11)]
    [InlineData(60, -0.0298)]
    [InlineData(99, -0.11)]
    public void A_false_alarm_costs_less_just_behind_a_window(int at, double worth)
    {
        var scores = new double[100];
        (scores[50], scores[at]) = (1, 1);
        Assert.Equal(1 + worth, Scorecard.Mark([Flat], [scores], Profile.All[0]).Raw, 3);
    }

    [Fact]
    public void The_threshold_is_the_one_that_serves_all_series_best()
    {
        var (first, second) = (new double[100], new double[100]);
        (first[50], second[51], second[20], second[21]) = (0.9, 0.7, 0.6, 0.5);
        var mark = Scorecard.Mark([Flat, Flat], [first, second], Profile.All[0]);
        Assert.Equal((0.7, 2, 0), (mark.Threshold, mark.Found, mark.False));
    }

    [Theory, InlineData(0, 1), InlineData(0.5, 0.4795001222), InlineData(2.4, 0.0006885139), InlineData(2.6, 0.0002360344), InlineData(5, 1.5374597944e-12), InlineData(30, 0)]
    public void The_tail_of_the_normal_distribution_is_right(double x, double expected) => Assert.Equal(expected, Yardsticks.Erfc(x), 9);

    [Theory]
    [InlineData(SeriesSign.Level)]
    [InlineData(SeriesSign.Shape)]
    public void A_spike_and_a_broken_rhythm_are_said_and_the_rhythm_itself_hardly_ever(SeriesSign sign)
    {
        var (watch, chance, alarms) = (new SeriesWatch(300), new Random(4), new List<(int At, SeriesSign Sign)>());
        for (var i = 0; i < 1200; i++)
        {
            var value = 100 + 30 * Math.Sin(i * 2 * Math.PI / 48) + 2 * chance.NextDouble();
            if (i >= 1000) value = sign == SeriesSign.Level ? value + (i == 1000 ? 500 : 0) : 100 + 30 * Math.Sin(i * 2 * Math.PI / 9);
            if (watch.See(value) is { IsAlarm: true } reading) alarms.Add((i, reading.Sign));
        }
        // Seven hundred points of noise may bring a largest one a few times, but hardly more.
        Assert.InRange(alarms.Count(a => a.At < 1000), 0, 6);
        var met = alarms.Where(a => a.At is >= 1000 and < 1030).ToList();
        Assert.NotEmpty(met);
        if (sign == SeriesSign.Level) Assert.Equal(1000, met[0].At);
        else Assert.Contains(met, a => a.Sign == SeriesSign.Shape);
    }

    [Fact]
    public void Nothing_is_said_while_learning_nor_of_a_flat_line_and_a_value_that_is_no_number_is_refused()
    {
        var watch = new SeriesWatch(100);
        for (var i = 0; i < 100; i++) Assert.Equal(0, watch.See(i == 70 ? 1e9 : 45).Score);
        var flat = new SeriesWatch(100);
        for (var i = 0; i < 2000; i++) Assert.False(flat.See(45).IsAlarm);
        Assert.Throws<ArgumentOutOfRangeException>(() => watch.See(double.NaN));
    }

    // The full table: bench -- nab.
    [Fact]
    public void On_the_labelled_series_the_watch_reaches_fifty_five_and_more_than_the_yardstick()
    {
        var folder = Above(AppContext.BaseDirectory).Select(at => Path.Combine(at, "shared", "data", "anomaly", "NAB")).FirstOrDefault(Directory.Exists);
        Assert.SkipWhen(folder is null, "The labelled series are not here: ../shared/data/anomaly/NAB.");
        var series = LabelledSeries.ReadAll(folder);
        Assert.Equal((34, 67), (series.Count, series.Sum(s => s.Windows.Count)));
        var gauss = Scorecard.Mark(series, [.. series.Select(Yardsticks.WindowedGaussian)], Profile.All[0]).Normalised;
        var ours = Scorecard.Mark(series, [.. series.Select(Scores)], Profile.All[0]).Normalised;
        Assert.InRange(ours, 55, 100);
        Assert.InRange(ours, gauss, 100);
    }

    static IEnumerable<string> Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent) yield return at.FullName;
    }

    static IReadOnlyList<double> Scores(LabelledSeries series)
    {
        var watch = new SeriesWatch(series.Probation);
        return [.. series.Values.Select(v => watch.See(v).Score)];
    }

    static LabelledSeries Flat { get; } = new("flat", [.. Enumerable.Range(0, 100).Select(i => (long)i)], new double[100], [(50, 59)]);

    static LabelledSeries Generated(int seed)
    {
        var chance = new Random(seed);
        return new($"series {seed}", [.. Enumerable.Range(0, 1000).Select(i => i * 300L)], [.. Enumerable.Range(0, 1000).Select(_ => chance.NextDouble())], [(300 + seed, 340), (700, 760 + seed)]);
    }
}
