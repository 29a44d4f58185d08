using System.Globalization;

namespace Tongxiang.Portal.Kit;

/// <summary>The vertical scale of a chart: a round top, even marks, and where a value lies. Pure arithmetic on a 640 × 260 canvas.</summary>
public readonly record struct ChartScale(double Top, double Step)
{
    public const double Left = 56, Right = 632, Floor = 220, Ceiling = 16, Width = 640, Height = 250;

    /// <summary>A scale from zero to at least the largest value, in four to six round steps.</summary>
    public static ChartScale For(IEnumerable<double> values)
    {
        var max = values.Where(double.IsFinite).DefaultIfEmpty(0).Max();
        if (max <= 0)
            return new ChartScale(1, 0.25);
        var raw = max / 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * ((raw / power) switch { <= 1 => 1, <= 2 => 2, <= 2.5 => 2.5, <= 5 => 5, _ => 10 });
        return new ChartScale(Math.Ceiling(max / step - 1e-9) * step, step);
    }

    public IEnumerable<double> Marks
    {
        get
        {
            for (var i = 0; i * Step <= Top + Step / 1000; i++)
                yield return i * Step;
        }
    }

    public double Y(double value) => Floor - Math.Max(0, value) / Top * (Floor - Ceiling);

    /// <summary>The middle of slot <paramref name="i"/> of <paramref name="count"/>.</summary>
    public static double X(int i, int count) => Left + (i + 0.5) * (Right - Left) / Math.Max(1, count);

    /// <summary>A number for an SVG attribute.</summary>
    public static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>A number on an axis: 12,000 is written 12k, in Chinese 1.2万.</summary>
    public static string Short(double value, bool english) => (english, Math.Abs(value)) switch
    {
        (true, >= 1e6) => (value / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + "M",
        (true, >= 1e4) => (value / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + "k",
        (false, >= 1e8) => (value / 1e8).ToString("0.##", CultureInfo.InvariantCulture) + "亿",
        (false, >= 1e4) => (value / 1e4).ToString("#,0.##", CultureInfo.InvariantCulture) + "万",
        _ => value.ToString("#,0.###", CultureInfo.InvariantCulture),
    };
}
