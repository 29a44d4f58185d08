using System.Diagnostics;
using System.Globalization;
using Tongxiang.Core.Behaviour.Series;

namespace Tongxiang.Bench;

/// <summary>The watch of single series on the labelled series of the Numenta Anomaly Benchmark, scored by its rules beside its yardsticks: <c>nab [folder]</c>.</summary>
static class Nab
{
    const double Wanted = 55;

    public static int Run(string[] args)
    {
        var folder = args.Length > 0 ? args[0] : Path.Combine("..", "shared", "data", "anomaly", "NAB");
        if (!Directory.Exists(Path.Combine(folder, "labels")))
        {
            Console.Error.WriteLine($"No folder 'labels' in {folder}: name the folder that holds the data and labels of the benchmark.");
            return 2;
        }
        var series = LabelledSeries.ReadAll(folder);
        Console.WriteLine($"{series.Count} series, {series.Sum(s => s.Values.Count):N0} points, {series.Sum(s => s.Windows.Count)} windows; every second series chose the limits ('chosen on'), the others were only scored ('held out')");
        Console.WriteLine($"{"",-18}{"standard",10}{"low FP",10}{"low FN",10}{"found",8}{"false",7}{"threshold",11}{"chosen on",11}{"held out",10}");
        Line("null", series, Yardsticks.Null);
        Line("perfect", series, Yardsticks.Perfect);
        Line("random", series, s => Yardsticks.Random(s, 1));
        var gauss = Line("windowed Gaussian", series, Yardsticks.WindowedGaussian);
        var (started, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        var ours = Line("series watch", series, Watch);
        var seconds = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"series watch {ours:0.0} of {Wanted} wanted (ratio {ours / Wanted:0.00}), {ours / gauss:0.00} of the windowed Gaussian; {series.Sum(s => s.Values.Count) / seconds:N0} points per CPU-second, {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s"));
        return ours >= Wanted ? 0 : 1;
    }

    static IReadOnlyList<double> Watch(LabelledSeries series)
    {
        var watch = new SeriesWatch(series.Probation);
        return [.. series.Values.Select(v => watch.See(v).Score)];
    }

    static double Line(string name, IReadOnlyList<LabelledSeries> series, Func<LabelledSeries, IReadOnlyList<double>> detector)
    {
        List<IReadOnlyList<double>> scores = [.. series.Select(detector)];
        var marks = Profile.All.Select(p => Scorecard.Mark(series, scores, p)).ToList();
        double Half(int rest) => Scorecard.Mark([.. series.Where((_, i) => i % 2 == rest)], [.. scores.Where((_, i) => i % 2 == rest)], Profile.All[0]).Normalised;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-18}{marks[0].Normalised,10:0.0}{marks[1].Normalised,10:0.0}{marks[2].Normalised,10:0.0}{$"{marks[0].Found}/{marks[0].Windows}",8}{marks[0].False,7}{marks[0].Threshold,11:0.####}{Half(0),11:0.0}{Half(1),10:0.0}"));
        return marks[0].Normalised;
    }
}
