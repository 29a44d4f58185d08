using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>A duty to update the catalogue with what became of it.</summary>
public sealed record DutyOnRecord(Id<UpdateDuty> Duty, Id<Entry> Entry, Id<Agency> Agency, DateTimeOffset OccurredAt, DateTimeOffset DueAt, DateTimeOffset? MetAt);

/// <summary>A step of an entry with its evidence.</summary>
/// <param name="Agency">The provider of the entry.</param>
/// <param name="By">The agency of whoever took the step.</param>
public sealed record EntryStepOnRecord(Id<Entry> Entry, Id<Agency> Agency, string Code, Step Step, DateTimeOffset At, Id<Agency>? By, string Evidence);

/// <summary>What supervision reads of the catalogue (Order 809 art. 38): duties and steps, no contents.</summary>
public sealed class CatalogRecord(Db db)
{
    /// <summary>Duties that were due or met since then, and all that are not met.</summary>
    public Task<IReadOnlyList<DutyOnRecord>> Duties(DateTimeOffset since, CancellationToken ct) => db.List(
        $"""
        select d.id, d.entry, e.agency, d.occurred_at, d.due_at, d.met_at from catalog_duty d join catalog_entry e on e.id = d.entry
        where d.met_at is null or d.met_at >= {since} or d.due_at >= {since} order by d.id
        """, r => new DutyOnRecord(r.Id<UpdateDuty>(0), r.Id<Entry>(1), r.Id<Agency>(2), r.Instant(3), r.Instant(4), r.InstantOrNull(5)), ct);

    /// <summary>Steps since then, and those before of entries that wait for their review; oldest first within an entry.</summary>
    public Task<IReadOnlyList<EntryStepOnRecord>> Steps(DateTimeOffset since, CancellationToken ct) => db.List(
        $"""
        select s.entry, e.agency, e.code, s.kind, s.taken_at, s.agency, s.evidence from catalog_step s join catalog_entry e on e.id = s.entry
        where s.taken_at >= {since} or e.state in ('Draft', 'AwaitingReview') or e.draft_state in ('Draft', 'AwaitingReview') order by s.entry, s.taken_at, s.id
        """, r => new EntryStepOnRecord(r.Id<Entry>(0), r.Id<Agency>(1), r.GetString(2), r.Kind<Step>(3), r.Instant(4), r.IdOrNull<Agency>(5), r.GetString(6)), ct);
}
