using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tongxiang.Kernel;

namespace Tongxiang.Ingest;

public sealed partial class Landings
{
    private const int MostAttempts = 3;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(300);
    private readonly ConcurrentDictionary<Id<Run>, int> attempts = new();
    private readonly SemaphoreSlim working = new(1, 1);

    /// <summary>
    /// Does what waits: some landings at once, those of one entry one after the other, of large files one at a time.
    /// A landing that a crash interrupted is done again from its raw file.
    /// </summary>
    public async Task Work(CancellationToken ct)
    {
        await working.WaitAsync(ct);
        try
        {
            using var only = OnlyHere();
            if (only is not null) await WorkHere(ct);
        }
        finally
        {
            working.Release();
        }
    }

    private async Task WorkHere(CancellationToken ct)
    {
        var under = new List<(Run Run, Task Task)>();
        try
        {
            while (true)
            {
                foreach (var run in await Heads(ct))
                    if (LandingRules.MayStart(run, [.. under.Select(u => u.Run)], settings.AtOnce)) under.Add((run, Task.Run(() => Try(run, ct), ct)));
                if (under.Count == 0) return;
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
                await Task.WhenAny(under.Select(u => u.Task).Append(Task.Delay(LookAgain, clock, stop.Token)));
                await stop.CancelAsync();
                foreach (var done in under.Where(u => u.Task.IsCompleted).ToList())
                {
                    under.Remove(done);
                    await done.Task;
                }
            }
        }
        finally
        {
            // What was begun ends before the folder is free for others.
            await Task.WhenAll(under.Select(u => u.Task)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The oldest landing of each entry that is confirmed and not over.
    private Task<IReadOnlyList<Run>> Heads(CancellationToken ct) => db.List(RunRows.Select.Then(
        $"""
         where state in ('Queued', 'Checking', 'Sealing')
          and not exists (select 1 from ingest_run e where e.entry = ingest_run.entry and e.id < ingest_run.id and e.state in ('Queued', 'Checking', 'Sealing'))
        order by id limit 50
        """), rows.Read, ct);

    // A node and an import at the terminal may share the data folder: whoever holds the file works, the other waits for the outcome.
    private FileStream? OnlyHere()
    {
        try
        {
            return new FileStream(Path.Combine(home.Uploads, "working"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task Try(Run run, CancellationToken ct)
    {
        try
        {
            if (await Land(run, ct) is { } refusal) await Refuse(run.Id, refusal, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failed(log, run.Id.ToString(), e);
            if (attempts.AddOrUpdate(run.Id, 1, (_, n) => n + 1) >= MostAttempts) await Refuse(run.Id, new Refusal(500, "ingest.failed"), ct);
        }
        finally
        {
            progress.TryRemove(run.Id, out _);
        }
    }

    [LoggerMessage(1901, LogLevel.Error, "Landing {Run} failed and will be tried again.")]
    private static partial void Failed(ILogger log, string run, Exception e);
}
