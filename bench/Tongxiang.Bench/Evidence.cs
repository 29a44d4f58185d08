using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Bench;

/// <summary>Durable appends per second for waiting callers against what the same disk gives a bare write and fdatasync of the same groups, in turns in one run.</summary>
internal static class Evidence
{
    private const int Opening = 300;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(3);

    public static async Task<int> Run(string[] args)
    {
        var callers = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 64;
        var folder = Directory.CreateDirectory(args.Length > 1 ? args[1] : Path.Combine(Path.GetTempPath(), "tongxiang-bench-" + Environment.ProcessId)).FullName;
        var (ceilings, rates, cpu, waits) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var turn = 0; turn < 5; turn++)
        {
            // Before and after, because a shared disk changes its mood within seconds.
            var before = Ceiling(Path.Combine(folder, $"before-{turn}"), callers);
            var (rate, micros, times) = await Appends(Path.Combine(folder, $"log-{turn}"), callers);
            ceilings.Add((before + Ceiling(Path.Combine(folder, $"after-{turn}"), callers)) / 2);
            rates.Add(rate);
            cpu.Add(micros);
            waits.AddRange(times);
            Print($"turn {turn}: ceiling {ceilings[^1],9:N0}/s  log {rate,9:N0}/s  ratio {rate / ceilings[^1]:F2}  CPU {micros:F1} µs/op");
        }
        await Witnessing(Path.Combine(folder, "node"), callers);
        Directory.Delete(folder, recursive: true);
        waits.Sort();
        var ratio = Median(rates) / Median(ceilings);
        Print($"{callers} callers, 32 B + {Opening} B: median {Median(rates):N0}/s of {Median(ceilings):N0}/s, ratio {ratio:F2} (0.80 wanted), at least 20,000/s wanted");
        Print($"acknowledged after p50 {waits[waits.Count / 2]:F2} ms, p99 {waits[waits.Count * 99 / 100]:F2} ms, worst {waits[^1]:F1} ms; CPU {Median(cpu):F1} µs/op");
        return ratio >= 0.8 && Median(rates) >= 20_000 ? 0 : 1;
    }

    // The whole front door on the embedded store: record, commitment, sealing, group commit, and the indexing that follows in the background.
    private static async Task Witnessing(string folder, int callers)
    {
        var settings = new NodeSettings { Data = folder };
        await using var node = new ServiceCollection().AddSingleton<Microsoft.Extensions.Configuration.IConfiguration>(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build()).AddLogging().AddKernel(settings).AddEvidence(settings).BuildServiceProvider();
        Schema.Upgrade(settings.Store, settings.ConnectionString(node.GetRequiredService<Home>()));
        var log = node.GetRequiredService<EvidenceLog>();
        var sequence = node.GetServices<Chore>().Single(c => c.Name == "evidence.sequence");
        var facts = new Dictionary<string, string> { ["resource"] = "bus-stops", ["grant"] = Guid.Empty.ToString(), ["client"] = Guid.Empty.ToString(), ["version"] = "3", ["rows"] = "1", ["matter"] = "居住证办理", ["outcome"] = "answered" };
        var happening = new Happening("gateway.answered", Guid.Empty.ToString(), Guid.Empty.ToString(), "grant:" + Guid.Empty, TimeProvider.System.GetUtcNow(), facts) { Parties = [Guid.Empty.ToString()] };
        await log.Witness(happening, default);
        var process = Process.GetCurrentProcess();
        var (before, clock) = (process.TotalProcessorTime, Stopwatch.StartNew());
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            await Task.Yield();
            var count = 0;
            for (; clock.Elapsed < Turn; count++)
                await log.Witness(happening, default);
            return count;
        }));
        var (seconds, total) = (clock.Elapsed.TotalSeconds, counts.Sum());
        process.Refresh();
        var answering = process.TotalProcessorTime - before;
        await sequence.Run(default);
        process.Refresh();
        Print($"witnessed calls: {total / seconds:N0}/s, CPU {answering.TotalMicroseconds / total:F1} µs/op before the answer; indexing them afterwards {(process.TotalProcessorTime - before - answering).TotalMicroseconds / total:F1} µs/op");
    }

    private static double Ceiling(string path, int callers)
    {
        const long size = 64 << 20;
        var group = RandomNumberGenerator.GetBytes(24 + callers * (32 + Opening + 6));
        using var file = Durable.Create(path, size);
        var clock = Stopwatch.StartNew();
        var flushes = 0;
        for (; clock.Elapsed < Turn && file.Length + group.Length < size; flushes++)
        {
            file.Append(group);
            file.Flush();
        }
        return flushes * callers / clock.Elapsed.TotalSeconds;
    }

    private static async Task<(double Rate, double MicrosPerEntry, List<double> Waits)> Appends(string folder, int callers)
    {
        using var log = GroupLog.Open(folder);
        await log.Append(new byte[32], new byte[Opening], default);
        var process = Process.GetCurrentProcess();
        var (before, clock) = (process.TotalProcessorTime, Stopwatch.StartNew());
        var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            await Task.Yield();
            var (leaf, opening, waits) = (RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(Opening), new List<double>());
            while (clock.Elapsed < Turn)
            {
                var started = Stopwatch.GetTimestamp();
                await log.Append(leaf, opening, default);
                waits.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
            return waits;
        }));
        var seconds = clock.Elapsed.TotalSeconds;
        process.Refresh();
        var count = all.Sum(w => w.Count);
        return (count / seconds, (process.TotalProcessorTime - before).TotalMicroseconds / count, [.. all.SelectMany(w => w)]);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
