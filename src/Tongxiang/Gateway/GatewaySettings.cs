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
}
