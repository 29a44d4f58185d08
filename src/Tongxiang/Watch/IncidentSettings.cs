using System.ComponentModel.DataAnnotations;

namespace Tongxiang.Watch;

/// <summary>How incidents are run here; section <c>Incidents</c> of the settings.</summary>
public sealed record IncidentSettings
{
    /// <summary>What the owner of the platform is in the eyes of the reporting law.</summary>
    public OperatorType Operator { get; init; } = OperatorType.Other;

    /// <summary>Who is told when nobody takes an incident up; empty: the ladder that ships.</summary>
    public IReadOnlyList<Rung> Ladder { get; init; } = [];

    /// <summary>After so many minutes the ladder begins anew.</summary>
    [Range(1, 1440)]
    public int RepeatMinutes { get; init; } = 30;

    /// <summary>How often the ladder is climbed.</summary>
    [Range(1, 48)]
    public int Rounds { get; init; } = 4;

    /// <summary>How far before the first sign the evidence is counted.</summary>
    [Range(0, 43200)]
    public int LookBackMinutes { get; init; } = 60;

    /// <summary>Entries of the log read for one count at most; a count that stops there says so.</summary>
    [Range(1000, 10_000_000)]
    public int MostEntries { get; init; } = 200_000;

    internal Runbook Runbook => Runbook.Shipped with { Ladder = Ladder.Count > 0 ? Ladder : Runbook.Shipped.Ladder, RepeatMinutes = RepeatMinutes, Rounds = Rounds };
}
