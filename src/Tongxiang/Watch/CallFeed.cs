using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tongxiang.Watch;

/// <summary>The way of decided calls to the watcher: telling never waits; what does not fit is counted as lost, and said.</summary>
public sealed class CallFeed : IDisposable
{
    private readonly Channel<SeenCall> channel = Channel.CreateUnbounded<SeenCall>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Meter meter = new("tongxiang.watch");
    private readonly TimeProvider clock;
    private readonly int capacity;
    private long waiting;
    private long told;
    private long lost;
    private long lostAt = long.MinValue;

    public CallFeed(WatchSettings settings, TimeProvider clock)
    {
        (capacity, this.clock) = (settings.FeedCapacity, clock);
        meter.CreateObservableCounter("tongxiang.watch.calls", () => Interlocked.Read(ref told));
        meter.CreateObservableCounter("tongxiang.watch.lost", () => Interlocked.Read(ref lost));
        meter.CreateObservableGauge("tongxiang.watch.waiting", () => Interlocked.Read(ref waiting));
    }

    /// <summary>Calls that the watcher never saw because it could not keep up.</summary>
    public long Lost => Interlocked.Read(ref lost);

    /// <summary>Calls told and taken.</summary>
    public long Told => Interlocked.Read(ref told);

    /// <summary>Calls told and not looked at yet.</summary>
    public long Waiting => Interlocked.Read(ref waiting);

    /// <summary>Whether a call was lost in the last five minutes.</summary>
    public bool IsLosing => Interlocked.Read(ref lostAt) is > long.MinValue and var at && clock.GetElapsedTime(at) < TimeSpan.FromMinutes(5);

    /// <summary>Tells of a call; without lock or wait.</summary>
    public void Tell(in SeenCall call)
    {
        if (Interlocked.Increment(ref waiting) > capacity)
        {
            Interlocked.Decrement(ref waiting);
            Interlocked.Increment(ref lost);
            Interlocked.Exchange(ref lostAt, clock.GetTimestamp());
            return;
        }
        Interlocked.Increment(ref told);
        channel.Writer.TryWrite(call);
    }

    /// <summary>Whether a call came before the time is over.</summary>
    internal async ValueTask<bool> Wait(TimeSpan most, CancellationToken ct)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(ct);
        soon.CancelAfter(most);
        try
        {
            return await channel.Reader.WaitToReadAsync(soon.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    internal bool Take(out SeenCall call)
    {
        if (!channel.Reader.TryRead(out call)) return false;
        Interlocked.Decrement(ref waiting);
        return true;
    }

    public void Dispose() => meter.Dispose();
}

/// <summary>Says that the watcher does not see everything; the node still serves.</summary>
internal sealed class FeedKeepsUp(CallFeed feed) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(feed.IsLosing ? HealthCheckResult.Degraded($"The watcher lost {feed.Lost} calls; raise Watch:FeedCapacity or add a copy.") : HealthCheckResult.Healthy());
}
