using System.ComponentModel.DataAnnotations;

namespace Tongxiang.Gateway;

/// <summary>Limits of the data API; section <c>Gateway</c> of the settings.</summary>
public sealed record GatewaySettings
{
    /// <summary>Calls a minute from one address (IPv6: one /64) on open data without an account.</summary>
    [Range(1, 100_000)]
    public int OpenCallsPerMinute { get; init; } = 120;

    /// <summary>Calls a minute of one system on open data, when it says who it is.</summary>
    [Range(1, 1_000_000)]
    public int KnownCallsPerMinute { get; init; } = 1_200;

    /// <summary>Whether calls on personal data must also say how surely the calling system knows its operator; it is recorded whenever it is said.</summary>
    public bool NeedsOperatorAssurance { get; init; }

    /// <summary>Calls a civil day of a grant that names no number.</summary>
    [Range(1, long.MaxValue)]
    public long CallsPerDay { get; init; } = 1_000_000;

    /// <summary>Rows a civil day of a grant that names no number.</summary>
    [Range(1, long.MaxValue)]
    public long RowsPerDay { get; init; } = 100_000_000;

    /// <summary>Rows of one answer at most.</summary>
    [Range(1, 100_000)]
    public int RowsPerAnswer { get; init; } = 10_000;

    /// <summary>Calls a minute of one system, over all its rights, where no limit of its own was set.</summary>
    [Range(1, int.MaxValue)]
    public int ClientCallsPerMinute { get; init; } = 30_000;

    /// <summary>Calls a minute of one department or company, over all its systems.</summary>
    [Range(1, int.MaxValue)]
    public int DepartmentCallsPerMinute { get; init; } = 60_000;

    /// <summary>Calls a minute on one resource, by all together.</summary>
    [Range(1, int.MaxValue)]
    public int ResourceCallsPerMinute { get; init; } = 120_000;

    /// <summary>Calls that work at once, for each processor; more wait in turns.</summary>
    [Range(1, 10_000)]
    public int CallsAtOncePerProcessor { get; init; } = 32;

    /// <summary>Calls of one consumer that may wait for their turn; further ones are told to come again.</summary>
    [Range(1, 100_000)]
    public int WaitingCalls { get; init; } = 256;

    /// <summary>Different claims about one subject that a grant may verify in a civil day, right or wrong: more is guessing.</summary>
    [Range(1, 1_000)]
    public int ClaimsPerSubject { get; init; } = 5;

    /// <summary>Subjects of which one and the same claim may turn out wrong in a civil day: more is a search for whom it fits.</summary>
    [Range(1, 100_000)]
    public int MissesPerClaim { get; init; } = 100;

    /// <summary>Rows of one part of a package.</summary>
    [Range(1, 100_000_000)]
    public int PackagePartRows { get; init; } = 500_000;

    /// <summary>Days a package can be fetched.</summary>
    [Range(1, 3_650)]
    public int PackageDays { get; init; } = 30;

    /// <summary>Days a package is kept after the consumer has acknowledged it.</summary>
    [Range(0, 3_650)]
    public int PackageDaysAfterAcknowledged { get; init; } = 7;

    /// <summary>Packages of one batch that may wait for their consumer; more are not made until it comes.</summary>
    [Range(1, 10_000)]
    public int PackagesWaiting { get; init; } = 14;

    /// <summary>Private hosts that may be declared as a provider's own system; all other private, loopback and link-local addresses are refused.</summary>
    public IReadOnlyList<string> AllowedPrivateHosts { get; init; } = [];

    /// <summary>Whether a provider's system may be called without TLS: only inside a closed network.</summary>
    public bool AllowHttpProviders { get; init; }

    /// <summary>Calls that may be under way to one provider's system at a time.</summary>
    [Range(1, 1_000)]
    public int ProviderCallsAtOnce { get; init; } = 16;

    /// <summary>Seconds without a call to a provider's system after too many have failed.</summary>
    [Range(1, 3_600)]
    public int ProviderBreakSeconds { get; init; } = 30;

    /// <summary>Changed rows of one new version that are told one by one; beyond, a subscriber is told of the version alone.</summary>
    [Range(0, 1_000_000)]
    public int ChangedRowsTold { get; init; } = 100_000;

    /// <summary>Streams of changes that one right may hold open at a time.</summary>
    [Range(1, 1_000)]
    public int StreamsPerGrant { get; init; } = 4;

    /// <summary>Pushes of one event that failed so often are given up; the next event goes then.</summary>
    [Range(1, 50)]
    public int PushAttempts { get; init; } = 10;
}
