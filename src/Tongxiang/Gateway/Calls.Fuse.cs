using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Watch;

namespace Tongxiang.Gateway;

// The security fuse (安全熔断): asked before the rate, again before anything leaves, and between the pages of a file.
public sealed partial class Calls
{
    private async ValueTask<Stop?> AskFuse(Call call, CancellationToken ct)
    {
        // A copy that lost the store does not know what was cut meanwhile: what is sensitive counts as cut (fail closed).
        if (fuse.IsBlind && IsSensitive(call) && !await fuse.Renew(ct)) return new Refusal(503, "gateway.fuse-blind") { RetryAfterSeconds = 5 };
        return Reached(call);
    }

    /// <summary>Whether a fuse tripped since the call was decided; one comparison while nothing changed.</summary>
    internal Stop? HasTripped(Call call) => ReferenceEquals(fuse.Now, call.Fuses) ? null : Reached(call);

    private Stop? Reached(Call call)
    {
        var now = fuse.Now;
        call.Fuses = now;
        if (now.IsEmpty) return null;
        var answer = now.Ask(Question(call, now));
        call.ReachedBy = answer.Trip;
        call.SlowedBy = answer.IsSlowed ? answer.Trip : null;
        return answer.Action switch
        {
            FuseAction.Cut => Refusal.Forbidden("gateway.fuse-cut", Named(answer.Trip!), fuse.Contact),
            FuseAction.StepUp => Refusal.Forbidden("gateway.step-up", Named(answer.Trip!), fuse.Contact),
            _ => null,
        };
    }

    /// <summary>Tells the watcher of a decided call; it never waits.</summary>
    internal void Tell(Call call, Stop? stop, long rows)
    {
        // What came too early or found the node unwell says nothing of the caller.
        if (stop is { Status: 503 }) return;
        if (told.Of(call, stop, rows, witnessing.Operator(call)) is not { } seen) return;
        feed.Tell(seen);
        if (stop is not null) return;
        foreach (var part in told.Parts(call, seen)) feed.Tell(part);
    }

    private Stop? Slowed(Call call, Func<RateKey, int, RateLeft> rate)
    {
        if (call.SlowedBy is not { } trip) return null;
        // Each caller has a pace of its own: in a scope of many nobody uses up what is left for the others.
        var left = rate($"fuse:{trip.Id}:{call.Caller.Actor}", trip.CallsPerMinute);
        return left.IsExceeded ? new Refusal(429, "gateway.slowed", left.Limit, Named(trip), fuse.Contact) { RetryAfterSeconds = left.ResetSeconds } : null;
    }

    private FuseQuestion Question(Call call, FuseSnapshot now) =>
        new(call.Caller.Actor, call.Caller.Agency, now.ReachesOperators ? witnessing.Operator(call) : null, call.Grant?.Id, call.Entry!.Id, call.IsOpenRead, call.At);

    internal static bool IsSensitive(Call call) => !call.IsOpenRead && (call.Entry!.Content.Grade >= Grade.General3 || call.Entry.Content.HasPersonalData);

    private static string Named(Trip trip) => trip.Incident is { } incident ? $"{trip.Number} / {incident}" : trip.Number;
}
