namespace Tongxiang.Core.Behaviour.Series;

/// <summary>What a find, a miss and a false alarm are worth.</summary>
public sealed record Profile(string Name, double Found, double Missed, double False)
{
    /// <summary>The three of the Numenta Anomaly Benchmark.</summary>
    public static IReadOnlyList<Profile> All { get; } = [new("standard", 1, 1, 0.11), new("reward_low_FP", 1, 1, 0.22), new("reward_low_FN", 1, 2, 0.11)];
}

/// <summary>How a detector did under one profile.</summary>
/// <param name="Threshold">The one threshold for all series at which the raw score is best; above every score when silence is.</param>
/// <param name="Normalised">0 for silence, 100 for the first point of every window and nothing else.</param>
public sealed record Marking(Profile Profile, double Threshold, double Raw, double Normalised, int Found, int Windows, int False);

/// <summary>Scores detectors by the rules of the Numenta Anomaly Benchmark (Lavin and Ahmad, 2015): early finds are worth more, one find a window counts,
/// a false alarm shortly after a window costs less, the learning time does not count, and the threshold is the best one over all series together.</summary>
public static class Scorecard
{
    /// <summary>Marks one score per point of every series; only their order matters.</summary>
    public static Marking Mark(IReadOnlyList<LabelledSeries> series, IReadOnlyList<IReadOnlyList<double>> scores, Profile profile)
    {
        var points = series.SelectMany((s, i) => Points(s, i, scores[i], profile)).OrderByDescending(p => p.Score).ToList();
        var windows = series.Sum(s => s.Windows.Count);
        var best = new Dictionary<(int, int), double>();
        double raw = -windows * profile.Missed, top = raw, threshold = double.PositiveInfinity;
        var (falseAlarms, atTop) = (0, (Found: 0, False: 0));
        for (var i = 0; i < points.Count; i++)
        {
            var (score, owner, worth) = points[i];
            if (owner.Window < 0) (raw, falseAlarms) = (raw + worth, falseAlarms + 1);
            else if (!best.TryGetValue(owner, out var before)) (raw, best[owner]) = (raw + worth + profile.Missed, worth);
            else if (worth > before) (raw, best[owner]) = (raw + worth - before, worth);
            // Points of one score are taken or left together.
            if (i + 1 < points.Count && points[i + 1].Score == score || raw <= top) continue;
            (top, threshold, atTop) = (raw, score, (best.Count, falseAlarms));
        }
        var silence = -windows * profile.Missed;
        return new Marking(profile, threshold, top, windows == 0 ? 0 : 100 * (top - silence) / (windows * profile.Found - silence), atTop.Found, windows, atTop.False);
    }

    /// <summary>What an alarm at each point after the learning time is worth, and the window it would find; −1 when it is false.</summary>
    static IEnumerable<(double Score, (int Series, int Window) Owner, double Worth)> Points(LabelledSeries series, int number, IReadOnlyList<double> scores, Profile profile)
    {
        if (scores.Count != series.Values.Count) throw new ArgumentException($"{series.Name} has {series.Values.Count} points and {scores.Count} scores.", nameof(scores));
        var next = 0;
        for (var i = 0; i < scores.Count; i++)
        {
            while (next < series.Windows.Count && i > series.Windows[next].Last) next++;
            if (i < series.Probation) continue;
            var isInside = next < series.Windows.Count && i >= series.Windows[next].First;
            yield return isInside
                ? (scores[i], (number, next), profile.Found * Inside(series.Windows[next], i))
                : (scores[i], (number, -1), profile.False * (next == 0 ? -1 : After(series.Windows[next - 1], i)));
        }
    }

    // 1 at the first point of the window, and near 0 at the last.
    static double Inside((int First, int Last) window, int at) => Sigmoid(-(window.Last - at + 1.0) / (window.Last - window.First + 1)) / Sigmoid(-1);

    // Near 0 just behind the window, and −1 from three of its widths on.
    static double After((int First, int Last) window, int at) => (at - window.Last) / Math.Max(1.0, window.Last - window.First) is var past && past > 3 ? -1 : Sigmoid(past);

    static double Sigmoid(double position) => 2 / (1 + Math.Exp(5 * position)) - 1;
}
