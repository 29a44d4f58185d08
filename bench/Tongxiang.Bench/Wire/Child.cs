using System.Diagnostics;

namespace Tongxiang.Bench.Wire;

/// <summary>A server in a process of its own, ended when it is disposed.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process process;

    private Child(Process process) => this.process = process;

    public int Id => process.Id;

    /// <summary>What it said last.</summary>
    public string LastLine { get; private set; } = "";

    public static Child Of(Process process) => new(process);

    /// <summary>Starts it and waits for a line of its output that the test accepts; the line is handed back.</summary>
    public static async Task<(Child Child, string Line)> Start(string program, IEnumerable<string> arguments, Func<string, bool> isReady, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var process = Process.Start(start)!;
        var ready = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        void Hear(string? line)
        {
            if (line is null) return;
            lock (said) said.Add(line);
            if (isReady(line)) ready.TrySetResult(line);
        }
        process.OutputDataReceived += (_, e) => Hear(e.Data);
        process.ErrorDataReceived += (_, e) => Hear(e.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) =>
        {
            lock (said) ready.TrySetException(new InvalidOperationException($"{program} ended: {string.Join(Environment.NewLine, said.TakeLast(10))}"));
        };
        var child = new Child(process);
        process.OutputDataReceived += (_, e) => child.LastLine = e.Data ?? child.LastLine;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return (child, await ready.Task.WaitAsync(TimeSpan.FromMinutes(5)));
    }

    /// <summary>This program with another verb.</summary>
    public static Task<(Child Child, string Line)> Own(Func<string, bool> isReady, params string[] arguments) =>
        Start("dotnet", [typeof(Child).Assembly.Location, .. arguments], isReady);

    /// <summary>Waits until something answers there.</summary>
    public static async Task Answers(Uri address)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var answer = await http.GetAsync(address);
                return;
            }
            catch (Exception e) when (tries < 100 && e is HttpRequestException or TaskCanceledException)
            {
                await Task.Delay(100);
            }
        }
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
