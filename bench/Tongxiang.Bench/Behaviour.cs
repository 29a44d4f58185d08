using System.Diagnostics;
using System.Globalization;
using Tongxiang.Core.Behaviour.Traffic;

namespace Tongxiang.Bench;

/// <summary>How well the watcher finds labelled attacks in generated traffic: <c>behaviour 1001 1012</c> runs the seeds from the first to the last.</summary>
static class Behaviour
{
    public static int Run(string[] args)
    {
        var from = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1001;
        var to = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : from + 3;
        List<Verdict> verdicts = [];
        var (started, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        for (var seed = from; seed <= to; seed++)
        {
            var v = Verdict.Judge(new Region(seed));
            verdicts.Add(v);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"seed {seed}: {v.Calls:N0} calls, {1000.0 * v.AttackCalls / v.Calls:0.00} attack calls in 1,000; recall plain+medium {v.Recall(Intensity.Plain, Intensity.Medium):0.000}, hard {v.Recall(Intensity.Hard):0.000}; precision {v.Precision:0.000}; strays a day {v.StraysPerDay:0.00}; balanced {v.BalancedAccuracy:0.000}"));
            if (args.Contains("strays"))
                foreach (var e in v.Missed) Console.WriteLine($"    missed: {e.Kind} {e.Intensity} of {e.Caller} from {DateTimeOffset.FromUnixTimeMilliseconds(e.From).ToOffset(TimeSpan.FromHours(8)):MM-dd ddd HH:mm}");
            if (args.Contains("strays"))
                foreach (var s in v.Strays) Console.WriteLine($"    {DateTimeOffset.FromUnixTimeMilliseconds(s.At).ToOffset(TimeSpan.FromHours(8)):MM-dd ddd HH:mm} caller {s.Caller} op {s.Operator % 1000} score {s.Score:0.00} {string.Join("; ", s.Reasons.Select(r => $"{r.Sign} {r.Strength:0.00} ({r.Seen:0.#} of {r.Usual:0.##})"))}");
        }
        Console.WriteLine();
        foreach (var kind in Enum.GetValues<AttackKind>())
        {
            Console.Write($"{kind,-18}");
            foreach (var intensity in Enum.GetValues<Intensity>())
            {
                var cells = verdicts.Select(v => v.Found.GetValueOrDefault((kind, intensity))).ToList();
                var delays = verdicts.SelectMany(v => v.Delays).Where(d => d.Episode.Kind == kind && d.Episode.Intensity == intensity).ToList();
                Console.Write(string.Create(CultureInfo.InvariantCulture, $"{intensity}: {cells.Sum(c => c.Found),3} of {cells.Sum(c => c.All),3}, p95 {At(delays.Select(d => (double)d.Calls), 0.95):0} calls {At(delays.Select(d => d.Milliseconds / 1000.0), 0.95):N0} s {At(delays.Select(d => (double)d.Rows), 0.95):N0} rows   "));
            }
            Console.WriteLine();
        }
        var all = verdicts.SelectMany(v => v.Found).ToList();
        double Recall(Func<Intensity, bool> which) => (double)all.Where(f => which(f.Key.Intensity)).Sum(f => f.Value.Found) / all.Where(f => which(f.Key.Intensity)).Sum(f => f.Value.All);
        var (alarms, strays) = (verdicts.Sum(v => v.Alarms), verdicts.Sum(v => v.Strays.Count));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"recall plain+medium {Recall(i => i != Intensity.Hard):0.000} (0.95 wanted), hard {Recall(i => i == Intensity.Hard):0.000} (0.70 wanted); precision {1 - (double)strays / alarms:0.000} (0.80 wanted); false alarms a day per 200 callers {strays / verdicts.Sum(v => v.Days):0.00} (1 allowed); balanced accuracy {verdicts.Average(v => v.BalancedAccuracy):0.000} (0.95 wanted)"));
        var seconds = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verdicts.Sum(v => v.Calls) / seconds:N0} calls per CPU-second with their generation (20,000 wanted), {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s"));
        return 0;
    }

    static double At(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Count - 1, share * sorted.Count)];
    }
}
