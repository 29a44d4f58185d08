using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;
using Tongxiang.Watch;

namespace Tongxiang.Assess;

/// <summary>When a clock of this rule runs out, started then and extended by so many working days; null where the law names no number.</summary>
public delegate DateTimeOffset? DueBy(string rule, DateTimeOffset start, int extension);

/// <summary>A call that was refused because it went beyond the right of use.</summary>
/// <param name="Index">Place in the evidence log.</param>
/// <param name="Agency">The department that called.</param>
/// <param name="Grant">Number of the right, where the call named one.</param>
public sealed record OutsideCall(long Index, DateTimeOffset At, string Code, Id<Agency> Agency, string Resource, string? Grant);

/// <summary>How often a right of use was used in the time, counted from the evidence log.</summary>
public sealed record GrantUse(Id<Grant> Grant, long Calls);

/// <summary>Everything a detector may look at, read through the front doors of the parts: the same facts give the same findings.</summary>
public sealed record SupervisionFacts(DateTimeOffset Now, DueBy Due, Func<Id<Agency>, Id<Agency>?> BureauOf)
{
    public IReadOnlyList<DutyOnRecord> Duties { get; init; } = [];
    public IReadOnlyList<EntryStepOnRecord> EntrySteps { get; init; } = [];
    public IReadOnlyList<CaseOnRecord> Cases { get; init; } = [];
    public IReadOnlyList<GrantOnRecord> Grants { get; init; } = [];
    public IReadOnlyList<NoteOnRecord> Notes { get; init; } = [];
    public IReadOnlyList<OutsideCall> Outside { get; init; } = [];
    public IReadOnlyList<IncidentOnRecord> Incidents { get; init; } = [];
    public IReadOnlyList<CorrectionOnRecord> Corrections { get; init; } = [];
    public IReadOnlyList<DisputeOnRecord> Disputes { get; init; } = [];
    public IReadOnlyList<ReturnOnRecord> Returns { get; init; } = [];
    public IReadOnlyList<SharedElement> SharedElements { get; init; } = [];
    public IReadOnlyList<LandingOnRecord> Landings { get; init; } = [];

    /// <summary>Calls beyond the right in one month that make a finding.</summary>
    public int OutsideAtLeast { get; init; } = int.MaxValue;

    /// <summary>Whether a supplement notice stops the clock of the reply.</summary>
    public Func<DateTimeOffset, DateTimeOffset, int>? Paused { get; init; }
}
