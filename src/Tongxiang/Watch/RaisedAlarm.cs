using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Behaviour;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Watch;

/// <summary>What people made of an alarm.</summary>
public enum AlarmState { Open, Confirmed, FalseAlarm }

/// <summary>An alarm of the watcher, for people to judge.</summary>
/// <param name="Actor">Id of the client or person that called.</param>
/// <param name="Operator">Pseudonym of the person behind it when the alarm is about that person.</param>
/// <param name="Resource">What the call that raised it asked for.</param>
/// <param name="Reasons">Strongest first.</param>
/// <param name="IsBound">Whether the calls came from an identity that only its owner can show.</param>
public sealed record RaisedAlarm(
    Id<RaisedAlarm> Id, string Actor, string ActorName, Id<Agency>? Agency, string? Operator, Id<Entry>? Resource, Id<Agency>? Provider, Id<Grant>? Grant,
    double Score, IReadOnlyList<Reason> Reasons, bool IsBound, DateTimeOffset At, string EvidenceId)
{
    public AlarmState State { get; init; }

    public string? JudgedByName { get; init; }

    public DateTimeOffset? JudgedAt { get; init; }

    public string? Note { get; init; }
}
