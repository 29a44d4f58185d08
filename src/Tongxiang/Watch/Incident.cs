using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>How far the handling of an incident has come.</summary>
public enum IncidentStage
{
    /// <summary>Found, nobody has taken it up (发现).</summary>
    Discovery,

    /// <summary>Somebody leads; the damage is being stopped (控制).</summary>
    Containment,

    /// <summary>Stopped; what happened is being judged (研判).</summary>
    Assessment,

    /// <summary>The level stands; whoever must be told is being told (报告).</summary>
    Reporting,

    /// <summary>Told; the sharing is being given back (恢复).</summary>
    Recovery,

    /// <summary>Handled; causes and measures are being written down (总结).</summary>
    Review,

    /// <summary>Nothing more happens (关闭).</summary>
    Closed,
}

/// <summary>Levels of 《国家网络安全事件报告管理办法》; whoever has not judged yet has no level.</summary>
public enum IncidentLevel { Unjudged, General, Larger, Major, Extreme }

/// <summary>What opened an incident.</summary>
public enum IncidentOrigin { Trip, Alarm, Hand }

/// <summary>Steps that lead an incident on.</summary>
public enum IncidentStep { Acknowledge, Contain, Judge, Report, Restore, Dismiss, Close }

/// <summary>As what somebody acts on an incident.</summary>
public enum IncidentSide { SecurityAdmin, BureauHead, ProviderHead }

/// <summary>Whose calls on what the incident is about; what is null or empty is not narrowed.</summary>
/// <param name="Resources">Names of resources as in <c>/data/{name}</c>.</param>
/// <param name="Client">Id of the calling client.</param>
/// <param name="Grant">Number of the grant.</param>
/// <param name="Operator">Pseudonym of the operator, as evidence names it.</param>
/// <param name="Agency">The agency that called.</param>
public sealed record IncidentScope(IReadOnlyList<string> Resources, string? Client = null, string? Grant = null, string? Operator = null, Id<Agency>? Agency = null);

/// <summary>An incident (安全事件): what is known of it now; how it came to be so stands in its events.</summary>
/// <param name="Number">SJ-2026-000001; a drill's is YL-2026-000001.</param>
/// <param name="OriginRef">Id of the trip or alarm that opened it.</param>
/// <param name="From">From when on the evidence is counted.</param>
/// <param name="DetectedAt">When the platform or somebody noticed.</param>
/// <param name="AwareAt">When the operator knew: from here the law counts its hours.</param>
public sealed record Incident(
    Id<Incident> Id, string Number, bool IsDrill, string Title, IncidentOrigin Origin, string? OriginRef, IncidentStage Stage, IncidentLevel Level, LevelFacts Facts, IncidentScope Scope,
    DateTimeOffset From, DateTimeOffset DetectedAt, DateTimeOffset AwareAt, DateTimeOffset OpenedAt, long Revision)
{
    public DateTimeOffset? AcknowledgedAt { get; init; }
    public DateTimeOffset? ContainedAt { get; init; }

    /// <summary>When a first report went out, which leaves the rest for later (art. 7).</summary>
    public DateTimeOffset? PartialAt { get; init; }

    /// <summary>When the handling was over.</summary>
    public DateTimeOffset? HandledAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Who took it up.</summary>
    public Id<Person>? Lead { get; init; }

    /// <summary>Judged to be no incident at all.</summary>
    public bool IsFalseAlarm { get; init; }

    /// <summary>Counted from evidence; null before the first count.</summary>
    public IncidentFigures? Figures { get; init; }

    public IncidentReview? Review { get; init; }

    /// <summary>How many rungs of the ladder were told while nobody took it up.</summary>
    public int Escalated { get; init; }

    public DateTimeOffset? NextRungAt { get; init; }

    public bool IsOpen => Stage != IncidentStage.Closed;
}

/// <summary>Something that happened in an incident; never changed, never taken out.</summary>
/// <param name="Kind">Its text is <c>watch.event.{kind}</c> with <paramref name="Args"/>.</param>
/// <param name="Note">In somebody's own words.</param>
/// <param name="EvidenceId">Its entry in the evidence log.</param>
public sealed record IncidentEvent(
    Id<Incident> Incident, long Place, DateTimeOffset At, string Kind, string Actor, string ActorName, IReadOnlyList<string> Args, string Note, string EvidenceId);

/// <summary>Where a legal clock of an incident stands.</summary>
public enum IncidentClockState { Running, Met, Lapsed }

/// <summary>A duty with its time, by a rule of the rule pack.</summary>
/// <param name="DueAt">Null where the law says "at once" or "timely" and names no number.</param>
/// <param name="IsProvisional">Runs because nobody has judged the level yet.</param>
public sealed record IncidentClock(
    Id<Incident> Incident, string Rule, DateTimeOffset FromAt, DateTimeOffset? DueAt, bool IsProvisional, IncidentClockState State, DateTimeOffset? EndedAt, int Noticed, DateTimeOffset? NextNoticeAt)
{
    public bool IsRunning => State == IncidentClockState.Running;

    public bool IsOverdue(DateTimeOffset now) => DueAt is { } due && (EndedAt ?? now) > due;
}

/// <summary>A task of the run-book, or one that somebody added.</summary>
/// <param name="Code">Its text is <c>watch.task.{code}</c>; null for a task in somebody's own words.</param>
public sealed record IncidentTask(
    Id<IncidentTask> Id, Id<Incident> Incident, string? Code, string Title, Role Role, RungPlace Place, DateTimeOffset DueAt, DateTimeOffset? DoneAt, string? DoneBy, string Note, bool IsNoticed);

/// <summary>A measure that shall keep it from happening again.</summary>
public sealed record IncidentMeasure(string Text, string Owner, DateOnly Due);

/// <summary>The post-mortem (复盘).</summary>
public sealed record IncidentReview(string Causes, string Lessons, IReadOnlyList<IncidentMeasure> Measures, Id<Person> By, DateTimeOffset At);

/// <summary>What opens an incident.</summary>
/// <param name="Ref">Id of the trip or alarm; a second opening by the same one is the same incident.</param>
/// <param name="ContainedAt">When a fuse had cut already.</param>
public sealed record NewIncident(
    string Title, IncidentOrigin Origin, string? Ref, IncidentScope Scope, DateTimeOffset From, DateTimeOffset DetectedAt, DateTimeOffset AwareAt, bool IsDrill = false, DateTimeOffset? ContainedAt = null)
{
    /// <summary>Whose data it is about, where the cause knows.</summary>
    public Id<Agency>? Provider { get; init; }

    /// <summary>Who called, where the cause knows.</summary>
    public Id<Agency>? Consumer { get; init; }
}
