using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>What a plan promises for a resource: to catalogue it, to attach its data, to share it with departments, to open it to the public.</summary>
public enum PlanKind { Catalogue, Attach, Share, Open }

/// <summary>Planned, done by a proven event, or dropped with a reason.</summary>
public enum PlanState { Planned, Done, Dropped }

/// <summary>An item somebody wants to put into the plan of a year.</summary>
/// <param name="Agency">Null: the caller's own; only a bureau names another.</param>
/// <param name="Code">Code of the entry it is about; empty while there is none.</param>
public sealed record PlanWish(int Year, PlanKind Kind, string Name, DateOnly DueOn, string? Code = null, Id<Agency>? Agency = null);

/// <summary>An item of the yearly sharing and opening plan (年度共享开放计划).</summary>
/// <param name="Proof">What proves it done: the evidence id of the publication, or version and digest of the data.</param>
public sealed record PlanItem(
    Id<PlanItem> Id, int Year, Id<Agency> Agency, PlanKind Kind, string Name, DateOnly DueOn, Id<Entry>? Entry, PlanState State, string Reason, DateTimeOffset? DoneAt, string? Proof, long Revision)
{
    /// <summary>Planned, and its day has gone.</summary>
    public bool IsLate(DateOnly today) => State == PlanState.Planned && DueOn < today;
}

/// <summary>The plan of a year as a caller may see it.</summary>
/// <param name="PublishedAt">Since when it binds: afterwards an item can only be done or be dropped with a reason.</param>
public sealed record YearPlan(int Year, DateTimeOffset? PublishedAt, string? EvidenceId, IReadOnlyList<PlanItem> Items);

/// <summary>What an item must say.</summary>
internal static class PlanRules
{
    public static IReadOnlyList<FieldError> Check(PlanWish wish)
    {
        var book = new RuleBook(Readiness.Complete);
        book.Text("name", wish.Name, 2, 200, isNeeded: true, always: true);
        if (wish.Year is < 2000 or > 2100) book.Error("year", "catalog.plan-year", wish.Year);
        else if (wish.DueOn.Year != wish.Year) book.Error("dueOn", "catalog.plan-day", wish.DueOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), wish.Year);
        return book.Findings.Errors;
    }
}
