using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tongxiang.Core.Ledger;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Core.Ledger;

public sealed class GroupLogCrashTests : IDisposable
{
    private const int SegmentBytes = 50_000;
    private static readonly bool Full = Environment.GetEnvironmentVariable("TONGXIANG_TEST_FULL") is not null;
    private readonly string folder = Directory.CreateTempSubdirectory("tongxiang-crash-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Log => Path.Combine(folder, "log");

    /// <summary>The child: appends from 16 callers and says what was acknowledged (index, leaf) or refused, until it is killed.</summary>
    internal static int AppendForever(string log)
    {
        using var group = GroupLog.Open(log, SegmentBytes);
        var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        var refused = 0;
        var callers = Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; Volatile.Read(ref refused) < 100; i++)
            {
                var leaf = $"{Environment.ProcessId}-{caller}-{i}";
                try
                {
                    var placed = await group.Append(Encoding.UTF8.GetBytes(leaf), new byte[i % 700], default);
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{placed.Index} {leaf}"));
                }
                catch (IOException e)
                {
                    Interlocked.Increment(ref refused);
                    output.WriteLine($"refused {caller}: {e.Message}");
                }
            }
        }));
        Task.WhenAll(callers).GetAwaiter().GetResult();
        return 0;
    }

    // Reads what the child says; kills it after so many lines.
    private static async Task<List<string>> Run(Process child, int killAfter)
    {
        var lines = new List<string>();
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            // The last line before a kill may be cut.
            lines.Add(line);
            if (lines.Count != killAfter) continue;
            child.Kill();
        }
        await child.WaitForExitAsync();
        return lines;
    }

    private static void AllThere(GroupLog log, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var parts = line.Split(' ');
            Assert.Equal(parts[1], Encoding.UTF8.GetString(log.Read(long.Parse(parts[0], CultureInfo.InvariantCulture)).Leaf));
        }
    }

    [Fact]
    public async Task What_was_acknowledged_survives_kill_9()
    {
        var acknowledged = new List<string>();
        var random = new Random(7);
        for (var round = 0; round < (Full ? 100 : 6); round++)
        {
            using var child = Child.Start("append", null, Log);
            acknowledged.AddRange((await Run(child, random.Next(1, 700))).SkipLast(1));
            using var log = GroupLog.Open(Log, SegmentBytes);
            AllThere(log, acknowledged);
            log.Audit();
        }
        Assert.Equal(acknowledged.Count, acknowledged.Select(a => a.Split(' ')[0]).Distinct().Count());
    }

    [Fact]
    public async Task What_was_acknowledged_survives_a_power_cut()
    {
        var shim = await Shim();
        var acknowledged = new List<string>();
        var random = new Random(8);
        for (var round = 0; round < (Full ? 100 : 6); round++)
        {
            using var child = Child.Start("append", new Dictionary<string, string> { ["LD_PRELOAD"] = shim, ["FAULT"] = "cut" }, Log);
            acknowledged.AddRange((await Run(child, random.Next(1, 700))).SkipLast(1));
            Tear(random);
            using var log = GroupLog.Open(Log, SegmentBytes);
            AllThere(log, acknowledged);
            log.Audit();
        }
    }

    // What a power cut may leave besides: half a group behind the last sound one, and files that were never flushed in any state.
    private void Tear(Random random)
    {
        var last = Directory.GetFiles(Log, "*.seg").Order(StringComparer.Ordinal).Last();
        var bytes = File.ReadAllBytes(last);
        var end = bytes.AsSpan().TrimEnd((byte)0).Length;
        var junk = Math.Min(random.Next(0, 300), bytes.Length - end - 1000);
        if (junk > 0)
        {
            // An opening may end in zeros: the torn write begins behind them.
            random.NextBytes(bytes.AsSpan(end + 800, Math.Max(1, junk)));
            File.WriteAllBytes(last, bytes);
        }
        foreach (var file in Directory.GetFiles(Path.Combine(Log, "tree")).Where(_ => random.Next(4) == 0))
            File.WriteAllBytes(file, File.ReadAllBytes(file)[..random.Next((int)new FileInfo(file).Length + 1)]);
    }

    [Theory]
    [InlineData("eio:1")]
    [InlineData("eio:2")]
    [InlineData("eio:9")]
    [InlineData("full:1")]
    [InlineData("full:5")]
    public async Task After_a_failed_flush_or_write_nothing_is_acknowledged(string fault)
    {
        var shim = await Shim();
        GroupLog.Open(Log, SegmentBytes).Dispose();
        // Opening flushes once itself.
        var later = fault.StartsWith("eio", StringComparison.Ordinal) ? "eio:" + (int.Parse(fault[4..], CultureInfo.InvariantCulture) + 1) : fault;
        using var child = Child.Start("append", new Dictionary<string, string> { ["LD_PRELOAD"] = shim, ["FAULT"] = later }, Log);
        var lines = await Run(child, int.MaxValue);
        var firstRefusal = lines.FindIndex(l => l.StartsWith("refused", StringComparison.Ordinal));
        Assert.InRange(firstRefusal, 0, (fault.Contains(":1", StringComparison.Ordinal) ? 0 : 16 * 9) + 16);
        var acknowledged = lines.Where(l => !l.StartsWith("refused", StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count - acknowledged.Count >= 100);
        Assert.True(acknowledged.Count <= (fault[^1] - '1') * 16, $"{acknowledged.Count} acknowledged before {fault}");
        // What was acknowledged in the last good group may be printed after others were refused; but whoever was refused once is never acknowledged again.
        foreach (var caller in Enumerable.Range(0, 16))
        {
            var own = lines.Where(l => l.StartsWith($"refused {caller}:", StringComparison.Ordinal) || l.Contains($"-{caller}-", StringComparison.Ordinal)).ToList();
            Assert.DoesNotContain(own.SkipWhile(l => !l.StartsWith("refused", StringComparison.Ordinal)), l => !l.StartsWith("refused", StringComparison.Ordinal));
        }
        Assert.Contains(fault[0] == 'e' ? "Input/output error" : "No space left", lines[firstRefusal], StringComparison.Ordinal);
        using var log = GroupLog.Open(Log, SegmentBytes);
        AllThere(log, acknowledged);
    }

    private async Task<string> Shim()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Core", "Ledger", "Vectors", "fault.c");
        var shim = Path.Combine(folder, "fault.so");
        Assert.SkipUnless(OperatingSystem.IsLinux(), "LD_PRELOAD is of Linux");
        var compiler = new[] { "/usr/bin/cc", "/usr/bin/gcc" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(compiler is null, "No C compiler: ./test installs one.");
        using var build = Process.Start(compiler!, ["-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"]);
        await build.WaitForExitAsync();
        Assert.Equal(0, build.ExitCode);
        return shim;
    }
}
