using System.ComponentModel.DataAnnotations;

namespace Tongxiang.Gateway;

/// <summary>Limits of the data API; section <c>Gateway</c> of the settings.</summary>
public sealed record GatewaySettings
{
    /// <summary>Calls a minute from one address (IPv6: one /64) on open data without an account.</summary>
    [Range(1, 100_000)]
    public int OpenCallsPerMinute { get; init; } = 120;

    /// <summary>Calls a civil day of a grant that names no number.</summary>
    [Range(1, long.MaxValue)]
    public long CallsPerDay { get; init; } = 1_000_000;

    /// <summary>Rows a civil day of a grant that names no number.</summary>
    [Range(1, long.MaxValue)]
    public long RowsPerDay { get; init; } = 100_000_000;

    /// <summary>Rows of one answer at most.</summary>
    [Range(1, 100_000)]
    public int RowsPerAnswer { get; init; } = 10_000;

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
}
