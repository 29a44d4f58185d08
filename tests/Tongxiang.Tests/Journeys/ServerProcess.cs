using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Tongxiang.Tests.Journeys;

/// <summary>The real executable on a data folder; ends by SIGKILL.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private readonly Process process;
    private readonly TaskCompletionSource<string> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> said = new();

    public ServerProcess(string data, string settings, IReadOnlyDictionary<string, string>? environment = null)
    {
        var server = typeof(Tongxiang.Server.Node).Assembly.Location;
        string[] args = ["exec", server, "serve", "--urls", "http://127.0.0.1:0", "--data", data, "--settings", settings];
        process = new Process { StartInfo = new ProcessStartInfo("dotnet", args) { RedirectStandardOutput = true, RedirectStandardError = true } };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) process.StartInfo.Environment[name] = value;
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens, once it does.</summary>
    public Task<string> Address => address.Task.WaitAsync(TimeSpan.FromMinutes(2));

    /// <summary>Lines that tell of a fault.</summary>
    public IReadOnlyList<string> Faults => [.. said.Where(line => line.Contains("fail:", StringComparison.Ordinal) || line.Contains("crit:", StringComparison.Ordinal) || line.Contains("Unhandled", StringComparison.Ordinal))];

    /// <summary>The most memory it ever held, in megabytes; 0 where the system does not tell.</summary>
    public long PeakMegabytes
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64 >> 20;
        }
    }

    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            address.TrySetException(new InvalidOperationException("The node ended before it listened: " + string.Join(" | ", said)));
            return;
        }
        said.Enqueue(line);
        if (Listens().Match(line) is { Success: true } found) address.TrySetResult(found.Value);
    }

    [GeneratedRegex("http://127\\.0\\.0\\.1:[0-9]+")]
    private static partial Regex Listens();
}
