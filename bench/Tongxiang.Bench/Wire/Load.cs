using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tongxiang.Bench.Wire;

/// <summary>What one turn of load showed: answers a second, waiting times in milliseconds, processor time of the servers per answer in microseconds.</summary>
internal sealed record Turn(double PerSecond, double P50, double P99, double CpuMicros, long Answers, long Wrong);

/// <summary>Load by wrk, a client that we did not write, and the processor time of the servers from the kernel's own accounts.</summary>
internal static partial class Load
{
    /// <param name="servers">Process ids of the servers; their children count too.</param>
    /// <param name="script">Lua file that makes the requests; none asks for the address itself.</param>
    public static async Task<Turn> Run(Uri address, IReadOnlyList<int> servers, int connections, int seconds, string? script, params string[] headers)
    {
        var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-t1", $"-c{connections}", $"-d{seconds}s", "--latency"]) start.ArgumentList.Add(argument);
        if (script is not null)
        {
            start.ArgumentList.Add("-s");
            start.ArgumentList.Add(script);
        }
        foreach (var header in headers)
        {
            start.ArgumentList.Add("-H");
            start.ArgumentList.Add(header);
        }
        start.ArgumentList.Add(address.ToString());
        var before = Ticks(servers);
        using var wrk = Process.Start(start)!;
        var text = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        var used = Ticks(servers) - before;
        if (wrk.ExitCode != 0) throw new InvalidOperationException($"wrk ended with {wrk.ExitCode}: {await wrk.StandardError.ReadToEndAsync()}");
        var answers = long.Parse(Total().Match(text).Groups[1].Value, CultureInfo.InvariantCulture);
        // A Linux clock tick is a hundredth of a second.
        return new Turn(Number(PerSecond(), text), Wait(text, "50%"), Wait(text, "99%"), used * 10_000.0 / Math.Max(1, answers), answers, Wrong().Match(text) is { Success: true } wrong ? long.Parse(wrong.Groups[1].Value, CultureInfo.InvariantCulture) : 0);
    }

    /// <summary>User and system ticks of the processes and all below them.</summary>
    public static long Ticks(IReadOnlyList<int> roots)
    {
        var all = new Dictionary<int, (int Parent, long Ticks)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid)) continue;
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                // The name stands in brackets and may hold blanks.
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                all[pid] = (int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }
        bool Belongs(int pid)
        {
            for (var depth = 0; depth < 20 && pid > 1; depth++)
            {
                if (roots.Contains(pid)) return true;
                if (!all.TryGetValue(pid, out var known)) return false;
                pid = known.Parent;
            }
            return false;
        }
        return all.Where(p => Belongs(p.Key)).Sum(p => p.Value.Ticks);
    }

    private static double Number(Regex pattern, string text) => double.Parse(pattern.Match(text).Groups[1].Value, CultureInfo.InvariantCulture);

    private static double Wait(string text, string which)
    {
        var match = Regex.Match(text, $@"^\s+{which}\s+([0-9.]+)(us|ms|s)\s*$", RegexOptions.Multiline);
        var value = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        return match.Groups[2].Value switch { "us" => value / 1_000, "ms" => value, _ => value * 1_000 };
    }

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"([0-9]+) requests in ")]
    private static partial Regex Total();

    [GeneratedRegex(@"Non-2xx or 3xx responses: ([0-9]+)")]
    private static partial Regex Wrong();
}
