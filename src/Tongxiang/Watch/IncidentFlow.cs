using System.Collections.Immutable;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using static Tongxiang.Watch.IncidentSide;
using static Tongxiang.Watch.IncidentStage;

namespace Tongxiang.Watch;

/// <summary>One row of the flow: a step that leads from a stage to another when one of these sides takes it.</summary>
public sealed record IncidentMove(IncidentStep Step, IncidentStage From, IncidentStage To, bool NeedsNote, ImmutableArray<IncidentSide> Sides);

/// <summary>All that may happen to an incident, and who may see it.</summary>
public static class IncidentFlow
{
    private static readonly ImmutableArray<IncidentSide> Anyone = [SecurityAdmin, BureauHead, ProviderHead];
    private static readonly ImmutableArray<IncidentSide> Bureau = [SecurityAdmin, BureauHead];
    private static readonly Role[] SeeAll = [Role.SecurityAdmin, Role.BureauHead, Role.BureauReviewer, Role.AuditAdmin];
    private static readonly Role[] SeeOwn = [Role.SharingOfficeHead, Role.AgencyHead, Role.Steward, Role.SecurityAdmin, Role.AuditAdmin];

    public static ImmutableArray<IncidentMove> Moves { get; } =
    [
        new(IncidentStep.Acknowledge, Discovery, Containment, false, Anyone),
        new(IncidentStep.Contain, Containment, Assessment, true, Anyone),
        // The clocks run from the moment of knowing, so the level may be judged before the damage is stopped and as often as it changes.
        new(IncidentStep.Judge, Discovery, Discovery, false, Bureau),
        new(IncidentStep.Judge, Containment, Containment, false, Bureau),
        new(IncidentStep.Judge, Assessment, Reporting, false, Bureau),
        new(IncidentStep.Judge, Reporting, Reporting, false, Bureau),
        new(IncidentStep.Judge, Recovery, Recovery, false, Bureau),
        new(IncidentStep.Judge, Review, Review, false, Bureau),
        new(IncidentStep.Report, Reporting, Recovery, false, Bureau),
        new(IncidentStep.Restore, Recovery, Review, true, Bureau),
        .. new[] { Discovery, Containment, Assessment, Reporting }.Select(from => new IncidentMove(IncidentStep.Dismiss, from, Review, true, Bureau)),
        new(IncidentStep.Close, Review, Closed, false, [BureauHead]),
    ];

    /// <summary>The row for this step, or why it cannot be taken: first the stage, then the side.</summary>
    public static Outcome<IncidentMove> Find(Incident now, IncidentStep step, IReadOnlySet<IncidentSide> sides)
    {
        var move = Moves.FirstOrDefault(m => m.Step == step && m.From == now.Stage);
        if (move is null) return Refusal.Conflict("watch.wrong-stage", now.Number, Say(step), Say(now.Stage));
        return move.Sides.Any(sides.Contains) ? move : Refusal.Forbidden("watch.incident-side", Say(step), Say(move.Sides[^1]));
    }

    /// <summary>The steps that these sides can take now, for buttons.</summary>
    public static IReadOnlyList<IncidentStep> Possible(Incident now, IReadOnlySet<IncidentSide> sides) =>
        [.. Moves.Where(m => m.From == now.Stage && m.Sides.Any(sides.Contains)).Select(m => m.Step).Distinct()];

    /// <summary>As what the caller acts; a provider's head only where every resource of the incident is the own agency's.</summary>
    /// <param name="providers">Agencies whose resources the incident is about.</param>
    public static IReadOnlySet<IncidentSide> Sides(Caller caller, IReadOnlyCollection<Id<Agency>> providers)
    {
        var sides = new HashSet<IncidentSide>();
        if (caller.Person is null) return sides;
        if (caller.IsBureau && caller.Has(Role.SecurityAdmin)) sides.Add(SecurityAdmin);
        if (caller.IsBureau && caller.Has(Role.BureauHead)) sides.Add(BureauHead);
        if (caller.Has(Role.SharingOfficeHead) && caller.Agency is { } own && providers.Count > 0 && providers.All(p => p == own)) sides.Add(ProviderHead);
        return sides;
    }

    /// <summary>Sees every incident.</summary>
    public static bool SeesAll(Caller caller) => caller.Person is not null && caller.IsBureau && SeeAll.Any(caller.Has) || ReadingRights.Incidents(caller);

    /// <summary>Sees the incidents that touch the own agency.</summary>
    public static bool SeesOwn(Caller caller) => caller.Person is not null && caller.IsGovernment && SeeOwn.Any(caller.Has);

    /// <summary>Nothing closes with an open legal clock, without a post-mortem, or by the hand that wrote it.</summary>
    public static Refusal? MayClose(Incident now, IReadOnlyList<IncidentClock> clocks, Caller caller)
    {
        if (clocks.FirstOrDefault(c => c.IsRunning) is { } open) return Refusal.Conflict("watch.clock-open", now.Number, open.Rule);
        if (now.Review is not { } review) return Refusal.Conflict("watch.no-review", now.Number);
        return review.By == caller.Person ? Refusal.Forbidden("watch.close-own", now.Number) : null;
    }

    /// <summary>Reporting is over once every report with a number of hours has gone out.</summary>
    public static Refusal? MayConclude(Incident now, IReadOnlyList<IncidentClock> clocks) =>
        now.Level == IncidentLevel.Unjudged ? Refusal.Conflict("watch.unjudged", now.Number)
        : clocks.FirstOrDefault(c => c.IsRunning && IncidentClocks.IsReport(c.Rule)) is { } open ? Refusal.Conflict("watch.report-open", now.Number, open.Rule) : null;

    public static TextKey Say(IncidentStep step) => new("watch.step." + step.ToString().ToLowerInvariant());

    public static TextKey Say(IncidentStage stage) => new("watch.stage." + stage.ToString().ToLowerInvariant());

    public static TextKey Say(IncidentSide side) => new("watch.side." + (side switch { SecurityAdmin => "security-admin", BureauHead => "bureau-head", _ => "provider-head" }));

    public static TextKey Say(IncidentLevel level) => new("watch.level." + level.ToString().ToLowerInvariant());
}
