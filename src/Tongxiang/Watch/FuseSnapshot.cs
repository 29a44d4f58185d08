using System.Collections.Frozen;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Watch;

/// <summary>A call as the fuse sees it.</summary>
/// <param name="Operator">Pseudonym of the person behind it.</param>
/// <param name="IsOpen">A read of unconditionally open data.</param>
public readonly record struct FuseQuestion(string Actor, Id<Agency>? Agency, string? Operator, Id<Grant>? Grant, Id<Entry> Entry, bool IsOpen, DateTimeOffset At);

/// <summary>What the fuse says to a call: the strongest action that reaches it, and the trip it comes from; null while none does.</summary>
/// <param name="IsSlowed">Few calls a minute only, whether or not a window is open.</param>
public readonly record struct FuseAnswer(FuseAction Action, bool IsSlowed, Trip? Trip);

/// <summary>Every fuse that stands, by what it reaches: immutable, read without a lock on the path of a call.</summary>
public sealed class FuseSnapshot
{
    private readonly FrozenDictionary<string, Standing[]> callers;
    private readonly FrozenDictionary<string, Standing[]> operators;
    private readonly FrozenDictionary<Guid, Standing[]> grants;
    private readonly FrozenDictionary<Guid, Standing[]> resources;
    private readonly FrozenDictionary<Guid, Standing[]> departments;
    private readonly Standing[] node;
    private readonly FrozenSet<Guid> vital;

    internal FuseSnapshot(IReadOnlyCollection<Trip> trips, IReadOnlyCollection<StepUpWindow> windows, IEnumerable<Guid> vital, long seen)
    {
        (Trips, Windows, Seen) = (trips, windows, seen);
        var standing = trips.Where(t => t.Bites && t.State != TripState.Restored).Select(t => new Standing(t, [.. windows.Where(w => w.Trip == t.Id)])).ToLookup(s => s.Trip.Scope);
        callers = Texts(standing[FuseScope.Caller]);
        operators = Texts(standing[FuseScope.Operator]);
        grants = Ids(standing[FuseScope.Grant]);
        resources = Ids(standing[FuseScope.Resource]);
        departments = Ids(standing[FuseScope.Department]);
        node = [.. standing[FuseScope.Node]];
        this.vital = vital.ToFrozenSet();
        IsEmpty = standing.Count == 0;
    }

    public static FuseSnapshot Empty { get; } = new([], [], [], -1);

    /// <summary>Trips that stand, whether they bite or not.</summary>
    public IReadOnlyCollection<Trip> Trips { get; }

    public IReadOnlyCollection<StepUpWindow> Windows { get; }

    public bool IsEmpty { get; }

    /// <summary>Whether any operator is stopped: only then a call needs its operator's pseudonym here.</summary>
    public bool ReachesOperators => operators.Count > 0;

    /// <summary>The last number of the change feed it contains.</summary>
    internal long Seen { get; }

    /// <summary>Whether lives depend on this resource or right of use: it is only slowed.</summary>
    public bool IsVital(Id<Entry> entry, Id<Grant>? grant) => vital.Count > 0 && (vital.Contains(entry.Value) || grant is { } id && vital.Contains(id.Value));

    /// <summary>The strongest fuse that reaches the call; about ten nanoseconds while none stands.</summary>
    public FuseAnswer Ask(in FuseQuestion call)
    {
        if (IsEmpty) return default;
        var answer = default(FuseAnswer);
        if (callers.Count > 0 && callers.TryGetValue(call.Actor, out var found)) Stronger(found, call, ref answer);
        if (operators.Count > 0 && call.Operator is { } pseudonym && operators.TryGetValue(Trip.OperatorSubject(call.Agency, call.Actor, pseudonym), out found)) Stronger(found, call, ref answer);
        if (call.Grant is { } grant && grants.TryGetValue(grant.Value, out found)) Stronger(found, call, ref answer);
        if (resources.TryGetValue(call.Entry.Value, out found)) Stronger(found, call, ref answer);
        if (call.Agency is { } agency && departments.TryGetValue(agency.Value, out found)) Stronger(found, call, ref answer);
        // What anyone may read without an account is no secret that a cut node could keep.
        if (!call.IsOpen) Stronger(node, call, ref answer);
        return answer.Action > FuseAction.Slow && IsVital(call.Entry, call.Grant) ? answer with { Action = FuseAction.Slow, IsSlowed = true } : answer;
    }

    private static void Stronger(Standing[] found, in FuseQuestion call, ref FuseAnswer answer)
    {
        foreach (var standing in found)
        {
            var action = standing.Trip.ActionNow;
            var isSlowed = action == FuseAction.Slow || standing.Trip.State == TripState.Eased;
            if (action == FuseAction.StepUp && standing.IsOpenAt(call.At)) action = isSlowed ? FuseAction.Slow : FuseAction.Watch;
            if (answer.Trip is null || action > answer.Action) answer = new FuseAnswer(action, isSlowed || answer.IsSlowed, standing.Trip);
            else if (isSlowed) answer = answer with { IsSlowed = true };
        }
    }

    private static FrozenDictionary<string, Standing[]> Texts(IEnumerable<Standing> standing) =>
        standing.GroupBy(s => s.Trip.Subject, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    private static FrozenDictionary<Guid, Standing[]> Ids(IEnumerable<Standing> standing) =>
        standing.GroupBy(s => Guid.ParseExact(s.Trip.Subject, "D")).ToFrozenDictionary(g => g.Key, g => g.ToArray());

    private sealed record Standing(Trip Trip, StepUpWindow[] Windows)
    {
        public bool IsOpenAt(DateTimeOffset at)
        {
            foreach (var window in Windows)
                if (window.From <= at && at < window.Until) return true;
            return false;
        }
    }
}
