using Microsoft.Extensions.Logging;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>The security fuse (安全熔断) as the gateway asks it: what stands, and whether this copy still knows it.</summary>
public sealed partial class Fuse(Db db, TimeProvider clock, WatchSettings settings, ILogger<Fuse> log) : IDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim following = new(1, 1);
    private volatile FuseSnapshot now = FuseSnapshot.Empty;
    private long lookedAt = clock.GetTimestamp();
    private long failedAt;

    /// <summary>What stands, swapped whole by one write.</summary>
    public FuseSnapshot Now => now;

    /// <summary>Whom a stopped caller asks; a text in the reader's language when nobody was named.</summary>
    public object Contact { get; } = settings.Contact.Length > 0 ? settings.Contact : new TextKey("watch.contact");

    /// <summary>Whether the lease has run out: what stands may have changed without this copy knowing.</summary>
    public bool IsBlind => clock.GetElapsedTime(Interlocked.Read(ref lookedAt)).TotalSeconds > settings.LeaseSeconds;

    /// <summary>Tries once more to look at the store, shortly; false: whatever is sensitive counts as cut.</summary>
    public async ValueTask<bool> Renew(CancellationToken ct)
    {
        if (!IsBlind) return true;
        // One try a second for all callers together: a store that is away is not asked by each of them.
        var failed = Interlocked.Read(ref failedAt);
        if (failed != 0 && clock.GetElapsedTime(failed) < patience) return false;
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(ct);
        soon.CancelAfter(patience);
        try
        {
            await Follow(soon.Token);
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is not OutOfMemoryException)
        {
            Interlocked.Exchange(ref failedAt, clock.GetTimestamp());
            Blind(log, settings.LeaseSeconds, e);
            return false;
        }
    }

    /// <summary>Takes in what any copy changed; called after each own change and several times a second.</summary>
    public async Task Follow(CancellationToken ct)
    {
        await following.WaitAsync(ct);
        try
        {
            // Taken before the look: a store that answers slowly does not lengthen the lease.
            var began = clock.GetTimestamp();
            var last = await db.One($"select coalesce(max(number), 0) from watch_change", r => r.GetInt64(0), ct).WaitAsync(ct);
            if (last != now.Seen) now = await Load(last, ct).WaitAsync(ct);
            Interlocked.Exchange(ref lookedAt, began);
            Interlocked.Exchange(ref failedAt, 0);
        }
        finally
        {
            following.Release();
        }
    }

    public void Dispose() => following.Dispose();

    private async Task<FuseSnapshot> Load(long last, CancellationToken ct)
    {
        var trips = await TripRows.Standing(db, ct);
        var windows = await TripRows.Windows(db, clock.GetUtcNow(), ct);
        var vital = await db.List($"select subject from watch_vital", r => Guid.ParseExact(r.GetString(0), "D"), ct);
        return new FuseSnapshot(trips, windows, vital, last);
    }

    [LoggerMessage(2100, LogLevel.Error, "The fuse could not be looked at for more than {Seconds} s; calls for sensitive data are refused until it can.")]
    private static partial void Blind(ILogger log, int seconds, Exception e);
}
