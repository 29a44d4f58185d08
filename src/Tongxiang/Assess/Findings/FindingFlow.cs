using System.Collections.Immutable;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using static Tongxiang.Assess.FindingState;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Assess;

/// <summary>One row: a step that leads from a state to another when this side takes it.</summary>
public sealed record FindingMove(FindingStep Step, FindingState From, FindingState To, bool NeedsNote, FindingSide Side);

/// <summary>All that may happen to a finding, who may do it, and who may see it.</summary>
public static class FindingFlow
{
    public const int NoteLeast = 5;
    public const int NoteMost = 2000;

    public static ImmutableArray<FindingMove> Moves { get; } =
    [
        new(FindingStep.Notify, Found, Noticed, true, FindingSide.Reviewer),
        new(FindingStep.Dismiss, Found, Dismissed, true, FindingSide.Head),
        new(FindingStep.Rectify, Noticed, Rectified, true, FindingSide.Answerer),
        new(FindingStep.Dismiss, Noticed, Dismissed, true, FindingSide.Head),
        new(FindingStep.Circulate, Noticed, Circulated, true, FindingSide.Head),
        new(FindingStep.Recheck, Rectified, Rectified, false, FindingSide.Reviewer),
        new(FindingStep.Return, Rectified, Noticed, true, FindingSide.Reviewer),
        new(FindingStep.Close, Rectified, Closed, true, FindingSide.Head),
        new(FindingStep.Circulate, Rectified, Circulated, true, FindingSide.Head),
        new(FindingStep.Rectify, Circulated, Rectified, true, FindingSide.Answerer),
    ];

    /// <summary>The row for this step, or why it cannot be taken: first the state, then the side.</summary>
    public static Outcome<FindingMove> Find(Finding now, FindingStep step, IReadOnlySet<FindingSide> sides)
    {
        var move = Moves.FirstOrDefault(m => m.Step == step && m.From == now.State);
        if (move is null) return Refusal.Conflict("assess.wrong-state", now.Number, Say(step), Say(now.State));
        return sides.Contains(move.Side) ? move : Refusal.Forbidden("assess.not-yours", Say(step), Say(move.Side)) with { Article = ArticleOf(now) };
    }

    /// <summary>The steps that these sides can take now; before the end of the term a circular needs to be called serious.</summary>
    public static IReadOnlyList<FindingStep> Possible(Finding now, IReadOnlySet<FindingSide> sides, bool hasCircular) =>
        [.. Moves.Where(m => m.From == now.State && sides.Contains(m.Side) && !(m.Step == FindingStep.Circulate && hasCircular)).Select(m => m.Step)];

    /// <summary>A circular is for what was not rectified in its term, or is serious; one finding is circulated once.</summary>
    public static Refusal? MayCirculate(Finding now, bool isSerious, DateTimeOffset at, bool hasCircular)
    {
        if (hasCircular) return Refusal.Conflict("assess.circulated", now.Number);
        return isSerious || now.DueAt < at ? null : Refusal.Conflict("assess.term-runs", now.Number, now.DueAt is { } due ? Detectors.Day(due) : "") with { Article = ArticleOf(now) };
    }

    /// <summary>The order comes from the bureau in charge; what is found against a bureau is for its audit administrator and the bureau above it (art. 41: its government or superior).</summary>
    public static IReadOnlySet<FindingSide> Sides(Caller caller, Finding finding, Directory directory)
    {
        var sides = new HashSet<FindingSide>();
        if (caller is not { Person: not null, Client: null, Agency: { } own } || directory.Find(finding.Agency) is not { } agency) return sides;
        if (agency.Kind == AgencyKind.Bureau)
        {
            if (own == agency.Id && caller.Has(Role.AuditAdmin)) sides.UnionWith([FindingSide.Reviewer, FindingSide.Head]);
            else if (own == agency.Id && (caller.Has(Role.BureauHead) || caller.Has(Role.SharingOfficeHead))) sides.Add(FindingSide.Answerer);
            else if (IsAbove(caller, agency, directory)) AddBureau(caller, sides);
            return sides;
        }
        if (caller.IsBureau && agency.Bureau == own) AddBureau(caller, sides);
        if (own == agency.Id && (caller.Has(Role.SharingOfficeHead) || caller.Has(Role.AgencyHead))) sides.Add(FindingSide.Answerer);
        return sides;
    }

    /// <summary>Whether the caller may know of it; a department learns of a finding by its notice.</summary>
    public static bool Sees(Caller caller, Finding finding, Directory directory)
    {
        if (caller == Caller.Platform) return true;
        var sides = Sides(caller, finding, directory);
        if (sides.Contains(FindingSide.Reviewer) || sides.Contains(FindingSide.Head)) return true;
        if (caller is not { Person: not null, Client: null, Agency: { } own } || directory.Find(finding.Agency) is not { } agency) return false;
        if (caller.Has(Role.AuditAdmin) && caller.IsBureau && (agency.Bureau == own || IsAbove(caller, agency, directory))) return true;
        var wasTold = finding.Demand.Length > 0;
        return wasTold && (sides.Contains(FindingSide.Answerer) || (own == agency.Id && caller.Has(Role.Steward)));
    }

    /// <summary>Agencies whose findings the caller oversees, told or not.</summary>
    public static IReadOnlyList<Id<Agency>> Overseen(Caller caller, Directory directory)
    {
        if (caller is not { Person: not null, Client: null, IsBureau: true, Agency: { } own }) return [];
        var (reviews, audits) = (caller.Has(Role.BureauHead) || caller.Has(Role.BureauReviewer), caller.Has(Role.AuditAdmin));
        if (!reviews && !audits) return [];
        return [.. directory.Agencies.Where(a => a.Kind == AgencyKind.Bureau ? (a.Id == own && audits) || IsAbove(caller, a, directory) : a.Bureau == own).Select(a => a.Id)];
    }

    public static string ArticleOf(Finding finding) => Liability.Find(finding.Item)!.Cited(Texts.Chinese);

    public static TextKey Say(FindingStep step) => new("assess.step." + step);

    public static TextKey Say(FindingState state) => new("assess.state." + state);

    public static TextKey Say(FindingSide side) => new("assess.side." + side);

    private static void AddBureau(Caller caller, HashSet<FindingSide> sides)
    {
        if (caller.Has(Role.BureauReviewer) || caller.Has(Role.BureauHead)) sides.Add(FindingSide.Reviewer);
        if (caller.Has(Role.BureauHead)) sides.Add(FindingSide.Head);
    }

    private static bool IsAbove(Caller caller, Agency bureau, Directory directory)
    {
        if (!caller.IsBureau || caller.Agency is not { } own || own == bureau.Id || directory.Find(own) is not { } above) return false;
        for (var place = DivisionTable.ParentOf(bureau.Division); place is not null; place = DivisionTable.ParentOf(place))
            if (place == above.Division) return true;
        return false;
    }
}
