using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tongxiang.Kernel;

/// <summary>Something a part does again and again in the background, such as sequencing evidence or sending notices.</summary>
/// <param name="Name">For logs, metrics and the lease.</param>
/// <param name="Period">Time between the end of one run and the start of the next.</param>
/// <param name="Run">One run; it must be safe to repeat after a crash.</param>
/// <param name="OneCopyOnly">Whether only one copy of the node may run it at a time.</param>
public sealed record Chore(string Name, TimeSpan Period, Func<CancellationToken, Task> Run, bool OneCopyOnly = true);

/// <summary>Runs every registered <see cref="Chore"/> until the node stops; a failure is logged and the chore tried again.</summary>
public sealed partial class Chores(IEnumerable<Chore> chores, Db db, TimeProvider clock, ILogger<Chores> log) : BackgroundService
{
    private static readonly TimeSpan LeaseTerm = TimeSpan.FromSeconds(30);
    private readonly string holder = Guid.CreateVersion7().ToString("N");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(chores.Select(c => Repeat(c, stoppingToken)));

    /// <summary>Takes or renews a lease; false while another copy holds it.</summary>
    public async Task<bool> Lease(string name, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await db.Run(
            $"""
            insert into kernel_lease (name, holder, until_at) values ({name}, {holder}, {now + LeaseTerm})
            on conflict (name) do update set holder = excluded.holder, until_at = excluded.until_at
            where kernel_lease.holder = excluded.holder or kernel_lease.until_at < {now}
            """, ct) == 1;
    }

    private async Task Repeat(Chore chore, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await Try(chore, ct);
                await Task.Delay(chore.Period, clock, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    private async Task Try(Chore chore, CancellationToken ct)
    {
        try
        {
            // The embedded store has one copy by nature; a lease there would only cost a commit.
            if (chore.OneCopyOnly && db.Store == Store.PostgreSql && !await Lease(chore.Name, ct)) return;
            await chore.Run(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            Failed(log, chore.Name, e);
        }
    }

    [LoggerMessage(1001, LogLevel.Error, "Chore {Chore} failed; it will be tried again.")]
    private static partial void Failed(ILogger log, string chore, Exception e);
}
