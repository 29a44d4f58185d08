using System.ComponentModel.DataAnnotations;

namespace Tongxiang.Watch;

/// <summary>Limits of the fuse and of the watcher's feed; section <c>Watch</c> of the settings.</summary>
public sealed record WatchSettings
{
    /// <summary>How long a copy trusts what it last read of the store; without a newer look sensitive data count as cut.</summary>
    [Range(1, 5)]
    public int LeaseSeconds { get; init; } = 5;

    /// <summary>Automatic cuts an hour at most; beyond it a rule only slows, and people are called.</summary>
    [Range(0, 10_000)]
    public int CutsPerHour { get; init; } = 10;

    /// <summary>Calls a minute that a slowed scope has left where the rule names no number.</summary>
    [Range(1, 10_000)]
    public int SlowCallsPerMinute { get; init; } = 6;

    /// <summary>Minutes of a step-up window at most.</summary>
    [Range(1, 1440)]
    public int LongestWindowMinutes { get; init; } = 240;

    /// <summary>Calls that may wait for the watcher; what comes beyond is counted as lost.</summary>
    [Range(16, 1_000_000)]
    public int FeedCapacity { get; init; } = 65_536;

    /// <summary>Seconds between two savings of what the watcher remembers.</summary>
    [Range(1, 3600)]
    public int SaveSeconds { get; init; } = 60;

    /// <summary>Whom a caller who is stopped asks, such as a name and a telephone number; empty: the bureau's security administrator.</summary>
    [MaxLength(200)]
    public string Contact { get; init; } = "";
}
