namespace Tongxiang.Core.Behaviour;

/// <summary>What the decision already knows of a call when the watcher sees it.</summary>
[Flags]
public enum CallMarks
{
    None = 0,
    /// <summary>The gateway refused it, for whatever reason.</summary>
    Refused = 1,
    /// <summary>The key asked for does not exist, or is hidden by the grant.</summary>
    Missed = 2,
    /// <summary>Outside the hours that the grant declares.</summary>
    OutsideHours = 4,
    /// <summary>From a network that the grant does not declare.</summary>
    OutsideNetworks = 8,
    /// <summary>For a matter that the grant does not declare.</summary>
    OutsideMatter = 16,
    /// <summary>A read of personal data without a case number.</summary>
    NoCase = 32,
    /// <summary>The person read bears the name of the operator.</summary>
    Namesake = 64,
    /// <summary>Under a grant that is younger than two weeks, where new use is expected.</summary>
    NewGrant = 128,
    /// <summary>One question of a call that asked several: the call itself was seen just before, and counts as one.</summary>
    Part = 256,
}

/// <summary>One call as the watcher sees it: numbers and keyed digests, never data.</summary>
/// <param name="At">Unix milliseconds; calls of one watcher come in this order.</param>
/// <param name="Caller">Number of the client.</param>
/// <param name="Group">Number of its peer group, from 0: callers that are expected to behave alike.</param>
/// <param name="Operator">Keyed digest of the operator's pseudonym; 0 when no person stands behind the call.</param>
/// <param name="Resource">Number of the resource.</param>
/// <param name="Network">The caller's /24 (IPv4) or a digest of its /48 (IPv6); the upper half names the larger block.</param>
/// <param name="Key">Keyed digest of the key or query asked for.</param>
/// <param name="Subject">Keyed digest of the one person read; 0 when the call does not read one person.</param>
/// <param name="Case">Keyed digest of the case number; 0 without one.</param>
/// <param name="Ordinal">The key as a number without its check digit; -1 when it is none.</param>
/// <param name="Rows">Rows that would leave.</param>
/// <param name="Columns">Which of the resource's first 64 columns were asked for.</param>
public readonly record struct Observed(
    long At, int Caller, int Group, ulong Operator, int Resource, uint Network, ulong Key, ulong Subject, ulong Case, long Ordinal, int Rows, ulong Columns, CallMarks Marks);

/// <summary>What raised an alarm.</summary>
public enum Sign { Hours, Network, Matter, NoCase, Namesake, SamePerson, Stale, Night, NewNetwork, NewResource, Enumeration, Burst, Volume, Rate, Misses, Columns, Growth, Collusion }

/// <summary>One reason with its figure and what is usual; 1 is the point where it raises an alarm alone.</summary>
public readonly record struct Reason(Sign Sign, float Strength, float Seen, float Usual);

/// <summary>Why somebody should look, and what the fuse may act on.</summary>
/// <param name="Operator">0 when the alarm is about the client as a whole.</param>
/// <param name="Score">Combined strength; at least 1.</param>
/// <param name="Reasons">Strongest first, at most three.</param>
public sealed record Alarm(long At, int Caller, ulong Operator, float Score, IReadOnlyList<Reason> Reasons);
