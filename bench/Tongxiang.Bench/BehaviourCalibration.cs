using System.Globalization;
using System.Text.RegularExpressions;
using Tongxiang.Core.Behaviour.Traffic;
using static Tongxiang.Bench.Behaviour;

namespace Tongxiang.Bench;

/// <summary>The generated traffic beside two measured logs in the figures that decide about false alarms: how uneven callers, minutes and hours are.</summary>
static partial class BehaviourCalibration
{
    public static int Run(string folder, int seed)
    {
        Console.WriteLine($"{"",-24}{"callers",9}{"calls of a caller, p90/p50, p99/p50, most/p50",48}{"variance/mean of its minutes within an hour, p50, p90",56}");
        var (nasa, apache) = (Path.Combine(folder, "nasa_19950801.tsv"), Path.Combine(folder, "elastic_apache_logs.log"));
        if (File.Exists(nasa)) Line("NASA, one day", File.ReadLines(nasa).Skip(1).Select(l => l.Split('\t')).Where(f => f.Length > 2 && long.TryParse(f[2], CultureInfo.InvariantCulture, out _)).Select(f => (f[0], long.Parse(f[2], CultureInfo.InvariantCulture))));
        if (File.Exists(apache)) Line("Apache, four days", File.ReadLines(apache).Select(l => ApacheLine().Match(l)).Where(m => m.Success)
            .Select(m => (m.Groups[1].Value, DateTimeOffset.ParseExact(m.Groups[2].Value, "dd/MMM/yyyy:HH:mm:ss zzz", CultureInfo.InvariantCulture).ToUnixTimeSeconds())));
        var day = new Region(seed, days: 9, episodes: 0).Calls().Where(c => c.Call.At >= new DateTimeOffset(2026, 3, 10, 0, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds()).ToList();
        Line($"seed {seed}, one day", day.Select(c => (c.Call.Caller.ToString(CultureInfo.InvariantCulture), c.Call.At / 1000)));
        Line("  of them people's", day.Where(c => c.Call.Operator != 0).Select(c => (c.Call.Caller.ToString(CultureInfo.InvariantCulture), c.Call.At / 1000)));
        return 0;
    }

    static void Line(string name, IEnumerable<(string Caller, long Second)> calls)
    {
        var callers = calls.GroupBy(c => c.Caller, c => c.Second).Select(g => g.ToList()).ToList();
        List<double> counts = [.. callers.Select(c => (double)c.Count)];
        List<double> unevenness = [.. callers.SelectMany(c => c.GroupBy(s => s / 3600)).Where(h => h.Count() >= 20).Select(Unevenness)];
        var middle = At(counts, 0.5);
        Print($"{name,-24}{callers.Count,9}{$"{At(counts, 0.9) / middle:0.0}, {At(counts, 0.99) / middle:0.0}, {At(counts, 1) / middle:0.0}",48}{$"{At(unevenness, 0.5):0.0}, {At(unevenness, 0.9):0.0}",56}");
    }

    static double Unevenness(IGrouping<long, long> hour)
    {
        var minutes = new double[60];
        foreach (var second in hour) minutes[second / 60 % 60]++;
        var mean = minutes.Average();
        return minutes.Average(m => (m - mean) * (m - mean)) / mean;
    }

    [GeneratedRegex(@"^(\S+) \S+ \S+ \[([^\]]+)\]")]
    private static partial Regex ApacheLine();
}
