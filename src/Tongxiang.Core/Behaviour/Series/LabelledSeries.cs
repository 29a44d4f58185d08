using System.Globalization;
using System.Text.Json;

namespace Tongxiang.Core.Behaviour.Series;

/// <summary>A series of measurements with the spans in which people saw something odd.</summary>
/// <param name="Times">Unix seconds, as written in the file; equally spaced but for gaps.</param>
/// <param name="Windows">First and last index of each span, in order of time.</param>
public sealed record LabelledSeries(string Name, IReadOnlyList<long> Times, IReadOnlyList<double> Values, IReadOnlyList<(int First, int Last)> Windows)
{
    /// <summary>Points at the start that are for learning alone: 15 in 100, of the first 5,000 at most.</summary>
    public int Probation => (int)Math.Min(0.15 * Values.Count, 0.15 * 5000);

    /// <summary>Reads the folder of the Numenta Anomaly Benchmark: all series under <c>data</c>, their windows from <c>labels/combined_windows.json</c>.</summary>
    public static IReadOnlyList<LabelledSeries> ReadAll(string folder)
    {
        using var labels = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "labels", "combined_windows.json")));
        var data = Path.Combine(folder, "data");
        return [.. Directory.EnumerateFiles(data, "*.csv", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(data, f).Replace('\\', '/')).Order(StringComparer.Ordinal)
            .Select(name => Read(name, File.ReadLines(Path.Combine(data, name)), labels.RootElement.GetProperty(name)))];
    }

    static LabelledSeries Read(string name, IEnumerable<string> lines, JsonElement windows)
    {
        List<long> times = [];
        List<double> values = [];
        foreach (var line in lines.Skip(1))
        {
            var comma = line.IndexOf(',', StringComparison.Ordinal);
            times.Add(Time(line[..comma]));
            values.Add(double.Parse(line.AsSpan(comma + 1), CultureInfo.InvariantCulture));
        }
        var spans = windows.EnumerateArray().Select(w => (From: Time(w[0].GetString()!), Until: Time(w[1].GetString()!)))
            .Select(w => (times.FindIndex(t => t >= w.From), times.FindLastIndex(t => t <= w.Until)));
        return new LabelledSeries(name, times, values, [.. spans.Order()]);
    }

    static long Time(string text) => new DateTimeOffset(DateTime.Parse(text, CultureInfo.InvariantCulture), TimeSpan.Zero).ToUnixTimeSeconds();
}
