using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>What a fuse reaches, narrowest first.</summary>
public enum FuseScope
{
    /// <summary>One client or person; the subject is the actor's id.</summary>
    Caller,

    /// <summary>One operator (经办人) of one department; see <see cref="Trip.OperatorSubject"/>.</summary>
    Operator,

    /// <summary>One right of use; the subject is its id.</summary>
    Grant,

    /// <summary>One resource for everybody; the subject is its entry's id.</summary>
    Resource,

    /// <summary>All calls of one department or company; the subject is its id.</summary>
    Department,

    /// <summary>Everything this node gives except unconditionally open data; the subject is empty.</summary>
    Node,
}

/// <summary>What a fuse does, mildest first.</summary>
public enum FuseAction
{
    /// <summary>Only looks closer.</summary>
    Watch,

    /// <summary>Fewer calls a minute.</summary>
    Slow,

    /// <summary>Nothing passes until a second authorised person of the consumer's side opens a window (升级审批).</summary>
    StepUp,

    /// <summary>Nothing passes (切断).</summary>
    Cut,
}

/// <summary>Where a trip stands.</summary>
public enum TripState
{
    InForce,

    /// <summary>One duty officer let it back to slow and step-up.</summary>
    Eased,

    /// <summary>Two people gave the sharing back in full.</summary>
    Restored,
}

/// <summary>A fuse that tripped (熔断): which sharing, how, by which rule, and how it came back.</summary>
/// <param name="Number">Readable, e.g. <c>RD20261129-0003</c>; it stands in refusals.</param>
/// <param name="Subject">Key within the scope, as <see cref="FuseScope"/> says.</param>
/// <param name="Rule">Id of the rule; <see cref="Manual"/> when a person pulled it.</param>
/// <param name="Cause">The alarm that caused it.</param>
/// <param name="CallsPerMinute">What is left while it slows.</param>
/// <param name="Provider">The agency whose data it is about, where it is one.</param>
/// <param name="Consumer">The agency that is stopped, where it is one.</param>
/// <param name="By">Id of whoever pulled it; <c>system</c> for a rule.</param>
/// <param name="IsDark">What a rule under trial would have done; nothing was stopped.</param>
/// <param name="Bites">Whether calls are stopped by it: never in the dark, in a drill only when asked.</param>
/// <param name="EvidenceId">Its entry in the evidence log.</param>
public sealed record Trip(
    Id<Trip> Id, string Number, FuseScope Scope, string Subject, FuseAction Action, string Rule, Id<RaisedAlarm>? Cause, string Reason, int CallsPerMinute,
    Id<Agency>? Provider, Id<Agency>? Consumer, DateTimeOffset At, string By, string ByName, bool IsAutomatic, bool IsDrill, bool IsDark, bool Bites, string EvidenceId)
{
    /// <summary>The rule of a fuse that a person pulled.</summary>
    public const string Manual = "manual";

    public TripState State { get; init; }

    public DateTimeOffset? EasedAt { get; init; }

    public string? EasedByName { get; init; }

    /// <summary>The first of the two who restore it.</summary>
    public string? AskedBy { get; init; }

    public string? AskedByName { get; init; }

    public DateTimeOffset? AskedAt { get; init; }

    public string? RestoredByName { get; init; }

    public DateTimeOffset? RestoredAt { get; init; }

    /// <summary>Number of the incident that it opened.</summary>
    public string? Incident { get; init; }

    /// <summary>What it does now: an eased fuse asks for a step-up and slows.</summary>
    public FuseAction ActionNow => State switch
    {
        TripState.InForce => Action,
        TripState.Eased => Action < FuseAction.StepUp ? Action : FuseAction.StepUp,
        _ => FuseAction.Watch,
    };

    /// <summary>An operator is known only within the department that names it: nobody can have another department's operator stopped.</summary>
    public static string OperatorSubject(Id<Agency>? agency, string actor, string pseudonym) => $"{agency?.ToString() ?? actor}/{pseudonym}";
}

/// <summary>A time in which calls under a step-up may pass.</summary>
public sealed record StepUpWindow(Id<StepUpWindow> Id, Id<Trip> Trip, DateTimeOffset From, DateTimeOffset Until, string ApprovedByName, string Reason);

/// <summary>What else happens in the very commit of a trip, such as opening its incident.</summary>
public delegate Task TripFollower(Tx tx, Trip trip);
