using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>A duty to update the catalogue with what became of it.</summary>
public sealed record DutyOnRecord(Id<UpdateDuty> Duty, Id<Entry> Entry, Id<Agency> Agency, DateTimeOffset OccurredAt, DateTimeOffset DueAt, DateTimeOffset? MetAt);

/// <summary>A step of an entry with its evidence.</summary>
/// <param name="Agency">The provider of the entry.</param>
/// <param name="By">The agency of whoever took the step.</param>
public sealed record EntryStepOnRecord(Id<Entry> Entry, Id<Agency> Agency, string Code, Step Step, DateTimeOffset At, Id<Agency>? By, string Evidence);

/// <summary>A department that publishes an element, with the entry that brought it and since when.</summary>
public sealed record ElementHolder(Id<Agency> Agency, Id<Entry> Entry, DateTimeOffset Since);

/// <summary>A standard element that several departments hold (Order 809 art. 19).</summary>
/// <param name="NamedAt">When a source department was first named for it; null while no naming is in force.</param>
public sealed record SharedElement(string Element, IReadOnlyList<ElementHolder> Holders, DateTimeOffset? NamedAt);

/// <summary>What supervision reads of the catalogue (Order 809 art. 38): duties and steps, no contents.</summary>
public sealed class CatalogRecord(Db db, TimeProvider clock)
{
    /// <summary>Standard elements that published entries of several departments hold. A naming that ran out without another starts the matter anew.</summary>
    public async Task<IReadOnlyList<SharedElement>> SharedElements(CancellationToken ct)
    {
        var holders = new List<(string Element, ElementHolder Holder)>();
        foreach (var entry in (await db.List(
            $"""
            select s.entry, e.agency, s.taken_at, r.content from catalog_step s join catalog_entry e on e.id = s.entry join catalog_revision r on r.entry = s.entry and r.revision = s.revision
            where s.kind = {Step.Published} and e.state = {EntryState.Published} order by s.entry, s.taken_at, s.id
            """,
            r => (Entry: r.Id<Entry>(0), Agency: r.Id<Agency>(1), At: r.Instant(2), Elements: r.Json<EntryContent>(3).Fields.Select(f => f.Element).OfType<string>().ToHashSet(StringComparer.Ordinal)), ct)).GroupBy(r => (r.Entry, r.Agency)))
        {
            // An element counts from the revision that brought it; one that was taken out meanwhile counts from its return.
            var since = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            foreach (var revision in entry)
            {
                foreach (var gone in since.Keys.Except(revision.Elements).ToList()) since.Remove(gone);
                foreach (var element in revision.Elements) since.TryAdd(element, revision.At);
            }
            holders.AddRange(since.Select(s => (s.Key, new ElementHolder(entry.Key.Agency, entry.Key.Entry, s.Value))));
        }
        var today = WorkCalendar.Day(clock.GetUtcNow());
        var named = (await db.List($"select element, valid_from, valid_to, appointed_at from catalog_source order by element, valid_from", r => (Element: r.GetString(0), From: r.Day(1), To: r.Day(2), At: r.Instant(3)), ct)).ToLookup(n => n.Element);
        return
        [
            .. from held in holders
               group held.Holder by held.Element into element
               let departments = element.GroupBy(h => h.Agency).Select(own => own.MinBy(h => h.Since)!).OrderBy(h => h.Since).ToList()
               where departments.Count > 1
               let namings = named[element.Key].Where(n => n.From <= today).ToList()
               let isNamed = namings.Any(n => n.To >= today)
               let lapsed = isNamed || namings.Count == 0 ? DateTimeOffset.MinValue : WorkCalendar.EndOf(namings.Max(n => n.To))
               orderby element.Key
               select new SharedElement(element.Key, [.. departments.Select(h => h with { Since = h.Since > lapsed ? h.Since : lapsed })], isNamed ? namings.Min(n => n.At) : null),
        ];
    }

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
