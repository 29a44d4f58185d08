namespace Tongxiang.Core.Behaviour.Series;

/// <summary>Detectors of the Numenta Anomaly Benchmark that others are measured by, each one score a point.</summary>
public static class Yardsticks
{
    /// <summary>Never says anything: the zero of the scale.</summary>
    public static IReadOnlyList<double> Null(LabelledSeries series) => new double[series.Values.Count];

    /// <summary>Knows the windows: the hundred of the scale.</summary>
    public static IReadOnlyList<double> Perfect(LabelledSeries series)
    {
        var scores = new double[series.Values.Count];
        foreach (var (first, _) in series.Windows) scores[Math.Max(first, series.Probation)] = 1;
        return scores;
    }

    /// <summary>Throws dice.</summary>
    public static IReadOnlyList<double> Random(LabelledSeries series, int seed)
    {
        var chance = new Random(seed);
        return [.. series.Values.Select(_ => chance.NextDouble())];
    }

    /// <summary>How far in the tails of the normal distribution of the last 6,400 values; refreshed every hundredth value once they are full.</summary>
    public static IReadOnlyList<double> WindowedGaussian(LabelledSeries series)
    {
        const int size = 6400, step = 100;
        List<double> scores = [], window = [], waiting = [];
        double mean = 0, deviation = 1;
        foreach (var value in series.Values)
        {
            scores.Add(window.Count == 0 ? 0 : 1 - 0.5 * Erfc(Math.Abs(value - mean) / deviation / Math.Sqrt(2)));
            if (window.Count < size) window.Add(value);
            else waiting.Add(value);
            if (waiting.Count is > 0 and < step) continue;
            if (waiting.Count == step)
            {
                window.RemoveRange(0, step);
                window.AddRange(waiting);
                waiting.Clear();
            }
            mean = window.Average();
            deviation = Math.Sqrt(window.Sum(v => (v - mean) * (v - mean)) / window.Count) is > 0 and var found ? found : 1e-6;
        }
        return scores;
    }

    // Complementary error function by its continued fraction and series (Abramowitz and Stegun 7.1.5, 7.1.14); exact to twelve digits.
    internal static double Erfc(double x)
    {
        if (x > 26) return 0;
        if (x < 2.5)
        {
            double term = x, sum = x;
            for (var n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum) && n < 200; n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }
            return 1 - 2 / Math.Sqrt(Math.PI) * sum;
        }
        var fraction = x;
        for (var k = 80; k > 0; k--) fraction = x + k / 2.0 / fraction;
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / fraction;
    }
}
