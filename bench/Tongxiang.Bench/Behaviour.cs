using System.Diagnostics;
using System.Globalization;
using Tongxiang.Core.Behaviour;
using Tongxiang.Core.Behaviour.Traffic;

namespace Tongxiang.Bench;

/// <summary>How well the watcher finds labelled attacks in generated traffic: <c>behaviour 1001 1008</c> runs the seeds from the first to the last;
/// <c>--ablation</c> each without one sign and a simple detector beside, <c>--poison</c> with a tenth of the attackers' training traffic poisoned, <c>--calibration [folder]</c> the traffic beside measured logs,
/// <c>--kinds Burst,Growth</c> these attacks alone, <c>--strays</c> every false alarm and miss.</summary>
static class Behaviour
{
    public static int Run(string[] args)
    {
        var numbers = args.Where(a => int.TryParse(a, CultureInfo.InvariantCulture, out _)).Select(a => int.Parse(a, CultureInfo.InvariantCulture)).ToList();
        var from = numbers.Count > 0 ? numbers[0] : 1001;
        var to = numbers.Count > 1 ? numbers[1] : from + 3;
        var kinds = args.SkipWhile(a => a != "--kinds").Skip(1).FirstOrDefault()?.Split(',').Select(Enum.Parse<AttackKind>).ToList();
        if (args.Contains("--calibration")) return BehaviourCalibration.Run(args.SkipWhile(a => a != "--calibration").Skip(1).FirstOrDefault() ?? Path.Combine("..", "shared", "data", "logs"), from);
        if (args.Contains("--ablation")) return BehaviourAblation.Run(from, to);
        var poison = args.Contains("--poison") ? 0.1 : 0;
        List<Verdict> verdicts = [];
        var (started, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        for (var seed = from; seed <= to; seed++)
        {
            var v = Verdict.Judge(new Region(seed, poison: poison, kinds: kinds));
            verdicts.Add(v);
            Print($"seed {seed}: {v.Calls:N0} calls, {1000.0 * v.AttackCalls / v.Calls:0.00} attack calls in 1,000; recall plain+medium {v.Recall(Intensity.Plain, Intensity.Medium):0.000}, hard {v.Recall(Intensity.Hard):0.000}; precision {v.Precision:0.000}; strays a day {v.StraysPerDay:0.00}; balanced {v.BalancedAccuracy:0.000}");
            if (args.Contains("--strays")) Strays(v);
        }
        var seconds = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
        Console.WriteLine();
        foreach (var kind in kinds ?? [.. Enum.GetValues<AttackKind>()]) Kind(kind, verdicts);
        Leaks(verdicts);
        Together(verdicts);
        Print($"{verdicts.Sum(v => v.Calls) / seconds:N0} calls per CPU-second with their generation (20,000 wanted); {BytesPerTrack():N0} bytes a caller or operator (4,096 allowed); {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
        return 0;
    }

    static void Strays(Verdict v)
    {
        static string Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).ToOffset(TimeSpan.FromHours(8)).ToString("MM-dd ddd HH:mm", CultureInfo.InvariantCulture);
        foreach (var e in v.Missed) Console.WriteLine($"    missed: {e.Kind} {e.Intensity} of {e.Caller} from {Time(e.From)}");
        foreach (var s in v.Strays) Print($"    {Time(s.At)} caller {s.Caller} op {s.Operator % 1000} score {s.Score:0.00} {string.Join("; ", s.Reasons.Select(r => $"{r.Sign} {r.Strength:0.00} ({r.Seen:0.#} of {r.Usual:0.##})"))}");
    }

    static void Kind(AttackKind kind, List<Verdict> verdicts)
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

    // What the attacker had before somebody could cut him off; of a find in the first call nothing.
    static void Leaks(List<Verdict> verdicts)
    {
        foreach (var intensity in Enum.GetValues<Intensity>())
        {
            var rows = verdicts.SelectMany(v => v.Delays).Where(d => d.Episode.Intensity == intensity).Select(d => (double)d.Rows).ToList();
            Print($"rows leaked before the alarm, {intensity}: median {At(rows, 0.5):N0}, p95 {At(rows, 0.95):N0}, most {At(rows, 1):N0}");
        }
    }

    static void Together(List<Verdict> verdicts)
    {
        var all = verdicts.SelectMany(v => v.Found).ToList();
        string Recall(Func<Intensity, bool> which)
        {
            var (found, of) = (all.Where(f => which(f.Key.Intensity)).Sum(f => f.Value.Found), all.Where(f => which(f.Key.Intensity)).Sum(f => f.Value.All));
            return string.Create(CultureInfo.InvariantCulture, $"{(double)found / of:0.000} ({found} of {of}; lower 95 % bound {LowerBound(found, of):0.000})");
        }
        var (alarms, strays) = (verdicts.Sum(v => v.Alarms), verdicts.Sum(v => v.Strays.Count));
        Print($"recall plain+medium {Recall(i => i != Intensity.Hard)} (0.95 wanted), hard {Recall(i => i == Intensity.Hard)} (0.70 wanted)");
        Print($"precision {1 - (double)strays / alarms:0.000} (0.80 wanted); false alarms a day per 200 callers {strays / verdicts.Sum(v => v.Days):0.00} (1 allowed); balanced accuracy {verdicts.Average(v => v.BalancedAccuracy):0.000} (0.95 wanted)");
    }

    /// <summary>Below this the true share lies with a chance of one in twenty only (Clopper and Pearson, one-sided).</summary>
    internal static double LowerBound(int found, int of)
    {
        if (found == 0) return 0;
        var (low, high) = (0.0, 1.0);
        for (var i = 0; i < 60; i++)
        {
            var p = (low + high) / 2;
            if (AtLeast(found, of, p) < 0.05) low = p;
            else high = p;
        }
        return low;
    }

    static double AtLeast(int found, int of, double p)
    {
        double sum = 0, log = 0;
        for (var k = 0; k <= of; k++)
        {
            if (k >= found) sum += Math.Exp(log + k * Math.Log(p) + (of - k) * Math.Log(1 - p));
            log += Math.Log((double)(of - k) / (k + 1));
        }
        return sum;
    }

    static double BytesPerTrack()
    {
        var watcher = new Watcher(Region.IsWorkday);
        Observed Call(int caller) => new(1_772_400_000_000, caller, 1, 7, 3, 0x0A0B0C, 31, 5, 0, -1, 1, 1, CallMarks.None);
        watcher.See(Call(0));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var caller = 1; caller <= 2000; caller++) watcher.See(Call(caller));
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(watcher);
        return bytes / 4000.0;
    }

    internal static double At(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Count - 1, share * sorted.Count)];
    }

    internal static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
