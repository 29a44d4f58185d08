using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Bench;

/// <summary>What the disclosure journal costs a call, how long one person's look-up takes among many disclosures, and what one flush more would have cost.</summary>
internal static class Journal
{
    public static int Run(string[] args)
    {
        var disclosures = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000_000;
        using var seal = new SubjectSeal(1, SealAlgorithm.Aes256Gcm, RandomNumberGenerator.GetBytes(32));
        var one = Sealing(seal, 1, 200_000);
        var hundred = Sealing(seal, 100, 5_000);
        Print($"sealing with its digest: one person {one:F2} µs CPU (2 wanted), a page of 100 {hundred:F1} µs; bytes a person in a page of 5,000: {Size(seal, 5_000):F2} (20 wanted)");
        var folder = Directory.CreateTempSubdirectory("tongxiang-bench-").FullName;
        var slowest = LookUps(seal, folder, disclosures);
        var (alone, beside) = (Flushes(folder, second: false), Flushes(folder, second: true));
        Print($"a group of 64 on disk: one file {alone:F2} ms, a second file flushed beside it {beside:F2} ms");
        Directory.Delete(folder, recursive: true);
        return one <= 2 && slowest <= 1_000 ? 0 : 1;
    }

    private static double Sealing(SubjectSeal seal, int persons, int times)
    {
        var best = double.MaxValue;
        for (var turn = 0; turn < 5; turn++)
        {
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            for (var i = 0; i < times; i++)
            {
                using var list = List(persons);
                SHA256.HashData(seal.Seal(list));
            }
            best = Math.Min(best, (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMicroseconds / times);
        }
        return best;
    }

    private static double Size(SubjectSeal seal, int persons)
    {
        using var list = List(persons);
        return (double)seal.Seal(list).Length / persons;
    }

    private static SubjectList List(int persons)
    {
        var list = new SubjectList();
        Span<byte> id = stackalloc byte[18];
        "290101198001010019"u8.CopyTo(id);
        for (var i = 0; i < persons; i++)
        {
            id[14] = (byte)('0' + i % 10);
            id[15] = (byte)('0' + i / 10 % 10);
            list.Add(SubjectKind.Citizen, id);
        }
        return list;
    }

    // Twelve months of one resource: the person asked for is in each of them.
    private static double LookUps(SubjectSeal seal, string folder, int disclosures)
    {
        var (mine, random) = (seal.Pseudonym(SubjectKind.Citizen, Encoding.ASCII.GetBytes("29010119800101001X")), new Random(20260918));
        var runs = new List<string>();
        var making = Stopwatch.StartNew();
        for (var month = 0; month < 12; month++)
        {
            var pairs = new Tagged[disclosures / 12];
            for (var i = 0; i < pairs.Length; i++) pairs[i] = new Tagged((ulong)random.NextInt64() << 1 ^ (ulong)random.NextInt64(), i);
            pairs[^1] = new Tagged(Tagged.TagOf(mine), month);
            Array.Sort(pairs);
            runs.Add(Path.Combine(folder, $"{month}.run"));
            TagRun.Write(runs[^1], seal.Index, pairs);
        }
        var made = making.Elapsed;
        var times = new List<double>();
        for (var turn = 0; turn < 20; turn++)
        {
            var clock = Stopwatch.StartNew();
            var found = runs.Sum(run => TagRun.Find(run, seal.Index, Tagged.TagOf(mine)).Count);
            if (found < 12) throw new InvalidOperationException($"Found {found} of 12.");
            times.Add(clock.Elapsed.TotalMilliseconds);
        }
        Print($"one person among {disclosures:N0} disclosures of 12 months: median {times.Order().ElementAt(10):F1} ms, slowest {times.Max():F1} ms (1,000 wanted); index {runs.Sum(r => new FileInfo(r).Length) / (double)disclosures:F1} bytes a disclosure, made in {made.TotalSeconds:F1} s");
        return times.Max();
    }

    private static double Flushes(string folder, bool second)
    {
        using var log = Durable.Create(Path.Combine(folder, $"log-{second}"), 16 << 20);
        using var beside = Durable.Create(Path.Combine(folder, $"beside-{second}"), 16 << 20);
        var (group, records) = (RandomNumberGenerator.GetBytes(24 + 64 * 340), RandomNumberGenerator.GetBytes(64 * 49));
        var clock = Stopwatch.StartNew();
        const int times = 200;
        for (var i = 0; i < times; i++)
        {
            log.Append(group);
            log.Flush();
            if (!second) continue;
            beside.Append(records);
            beside.Flush();
        }
        return clock.Elapsed.TotalMilliseconds / times;
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
