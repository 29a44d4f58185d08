using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Catalog;

/// <summary>The head for whom the caller may sign now (代理); null when for nobody. Handed in by whoever keeps deputies.</summary>
public delegate ValueTask<Id<Person>?> HeadDeputy(Caller caller, CancellationToken ct);

/// <summary>The front door of catalogue entries: write, assess, approve, review, publish, retire, read.</summary>
public sealed partial class Entries(
    Db db, TimeProvider clock, NodeSettings settings, EvidenceLog evidence, Directory directory, Deadlines deadlines, Catalogue catalogue, HeadDeputy? deputies = null, PublicationGate? publication = null,
    RunningServices? running = null)
{
    /// <summary>Whether a division code is valid today.</summary>
    public bool IsDivision(string code) => code is { Length: 6 } && directory.Division(code, WorkCalendar.Day(clock.GetUtcNow())) is not null;

    /// <summary>The data authority in charge of an agency; a bureau reviews its own entries.</summary>
    public Id<Agency>? BureauOf(Id<Agency> agency) =>
        directory.Find(agency) switch { null => null, { Kind: AgencyKind.Bureau } own => own.Id, var other => other.Bureau };

    /// <summary>The caller with the rights they hold now: with the head's where they sign for the head.</summary>
    public async Task<Caller> Standing(Caller caller, CancellationToken ct) =>
        caller is { Client: null, Person: not null } && deputies is not null && await deputies(caller, ct) is not null ? AsHead(caller) : caller;

    /// <summary>What the rules say about a content, without keeping anything: for forms.</summary>
    public (EntryContent Content, Findings Findings) Look(EntryContent content)
    {
        var (settled, notices) = FieldNames.Settle(content);
        var findings = EntryRules.Check(settled, Readiness.Complete, IsDivision);
        return (settled, findings with { Notices = [.. notices, .. findings.Notices] });
    }

    /// <summary>The entry in any state; null when there is none. It shows all: use the form with a caller for answers to people.</summary>
    public async Task<Entry?> Find(Id<Entry> id, CancellationToken ct) => (await db.One(EntryRows.Select.Then($" where e.id = {id}"), EntryRows.Read, ct))?.Entry;

    /// <summary>The entry as the caller may know it; not found when they may not know of it.</summary>
    public async Task<Outcome<Entry>> Find(Caller caller, Id<Entry> id, CancellationToken ct) => For(caller, await Find(id, ct));

    public async Task<Outcome<Entry>> BySlug(Caller caller, string slug, CancellationToken ct) =>
        For(caller, (await db.One(EntryRows.Select.Then($" where e.slug = {slug}"), EntryRows.Read, ct))?.Entry);

    /// <summary>What stays of an entry that the public knew: it was published, open in whole or in part, and is retired.</summary>
    public async Task<Tombstone?> Tombstone(string slug, CancellationToken ct)
    {
        var entry = (await db.One(EntryRows.Select.Then($" where e.slug = {slug} and e.state = {EntryState.Retired}"), EntryRows.Read, ct))?.Entry;
        if (entry is not { RetiredAt: { } at, PublishedAt: not null, Content.Opening.Class: not OpenClass.Closed }) return null;
        var successor = entry.Successor is { } code ? (await db.One(EntryRows.Select.Then($" where e.code = {code}"), EntryRows.Read, ct))?.Entry : null;
        return new Tombstone(entry.Code, entry.Content.Name, entry.Content.NameEn, at, successor is { IsPublic: true } ? successor : null);
    }

    public async Task<Outcome<Entry>> ByCode(Caller caller, string code, CancellationToken ct) =>
        For(caller, (await db.One(EntryRows.Select.Then($" where e.code = {code}"), EntryRows.Read, ct))?.Entry);

    /// <summary>Entries of the caller's agency, newest first; with a state, those whose newest content stands there.</summary>
    public async Task<Outcome<Page<Entry>>> Own(Caller caller, EntryState? state, string? after, int limit, CancellationToken ct)
    {
        if (caller.Agency is not { } agency) return Refusal.Forbidden("catalog.no-agency");
        return await List(new Sql().Then($"e.agency = {agency}"), state, after, limit, ct);
    }

    /// <summary>What waits for the review of the caller's bureau, due first.</summary>
    public async Task<Outcome<IReadOnlyList<Entry>>> ReviewQueue(Caller caller, CancellationToken ct)
    {
        if (caller.Agency is not { } bureau || !caller.IsBureau) return Refusal.Forbidden("catalog.not-bureau");
        Id<Agency>[] served = [.. directory.Agencies.Where(a => BureauOf(a.Id) == bureau).Select(a => a.Id)];
        var rows = await db.List(
            EntryRows.Select.Then($" where e.agency in {served} and (e.state = {EntryState.AwaitingReview} or e.draft_state = {EntryState.AwaitingReview}) order by e.due_at, e.id"),
            r => EntryRows.Read(r).Entry, ct);
        return Of(rows);
    }

    /// <summary>What waits for a head of the caller's agency.</summary>
    public async Task<Outcome<IReadOnlyList<Entry>>> HeadQueue(Caller caller, CancellationToken ct)
    {
        if (caller.Agency is not { } agency) return Refusal.Forbidden("catalog.no-agency");
        var rows = await db.List(
            EntryRows.Select.Then($" where e.agency = {agency} and (e.state = {EntryState.AwaitingHead} or e.draft_state = {EntryState.AwaitingHead}) order by e.changed_at, e.id"),
            r => EntryRows.Read(r).Entry, ct);
        return Of(rows);
    }

    /// <summary>Every kept content, assessment and step, oldest first.</summary>
    public async Task<Outcome<EntryHistory>> History(Caller caller, Id<Entry> id, CancellationToken ct)
    {
        var found = await Find(id, ct);
        if (found is null || BureauOf(found.Agency) is not { } bureau || !EntryFlow.Sees(caller, found, bureau)) return Refusal.NotFound("catalog.entry");
        // Whoever may not see the draft gets the history of what was in force; the assessments are between provider and bureau.
        var most = EntryFlow.SeesDraft(caller, found, bureau) ? long.MaxValue : found.Revision;
        var revisions = await db.List(
            $"select revision, content, digest, author, note, created_at, evidence from catalog_revision where entry = {id} and revision <= {most} order by revision", EntryRows.ReadRevision, ct);
        var steps = await db.List(
            $"select kind, revision, actor, actor_name, agency, note, taken_at, evidence, on_behalf_of from catalog_step where entry = {id} and revision <= {most} order by id",
            r => new StepTaken(r.Kind<Step>(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.TextOrNull(4), r.GetString(5), r.Instant(6), r.GetString(7)) { OnBehalfOf = r.IdOrNull<Person>(8) }, ct);
        // Ids of one millisecond have no order; the steps do.
        steps = [.. steps.OrderBy(s => s.At).ThenBy(s => s.Step)];
        if (most == long.MaxValue || caller.Agency == bureau || ReadingRights.Assessments(caller)) return new EntryHistory(revisions, await Assessments(id, ct), steps);
        var shown = steps.Where(s => s.Step is Step.Published or Step.Retired).ToList();
        return new EntryHistory([.. revisions.Where(r => r.Number == found.Revision || shown.Any(s => s.Step == Step.Published && s.Revision == r.Number))], [], shown);
    }

    public Task<IReadOnlyList<Assessment>> Assessments(Id<Entry> id, CancellationToken ct) => db.List(
        $"select kind, revision, conclusion, author, author_name, made_at, evidence from catalog_assessment where entry = {id} order by made_at, kind desc, id",
        r => new Assessment(r.Kind<AssessmentKind>(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.GetString(4), r.Instant(5), r.GetString(6)), ct);

    /// <summary>What changed between two revisions, field by field.</summary>
    public async Task<Outcome<IReadOnlyList<Change>>> Difference(Caller caller, Id<Entry> id, long from, long to, CancellationToken ct)
    {
        var history = await History(caller, id, ct);
        if (history.Refusal is { } refusal) return refusal;
        var (before, after) = (history.Value.Revisions.FirstOrDefault(r => r.Number == from), history.Value.Revisions.FirstOrDefault(r => r.Number == to));
        if (before is null || after is null) return Refusal.NotFound("catalog.revision");
        return Of(EntryDifference.Of(before.Content, after.Content));
    }

    private Outcome<Entry> For(Caller caller, Entry? entry)
    {
        if (entry is null || BureauOf(entry.Agency) is not { } bureau || !EntryFlow.Sees(caller, entry, bureau)) return Refusal.NotFound("catalog.entry");
        return EntryFlow.As(caller, entry, bureau);
    }

    private async Task<Outcome<Page<Entry>>> List(Sql where, EntryState? state, string? after, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, 200);
        if (state is { } wanted) where = where.Then($" and coalesce(e.draft_state, e.state) = {wanted}");
        if (after is not null)
        {
            if (Cursor.Read(after, 1) is not [var last] || !Id<Entry>.TryParse(last, null, out var id)) return new Refusal(400, "kernel.bad-cursor");
            where = where.Then($" and e.id < {id}");
        }
        var rows = await db.List(EntryRows.Select.Then($" where ").Then(where).Then($" order by e.id desc limit {limit + 1}"), r => EntryRows.Read(r).Entry, ct);
        return Page<Entry>.Of(rows, limit, e => [e.Id]);
    }

    // C# converts no interface implicitly; a type parameter it does.
    private static Outcome<T> Of<T>(T value) => value;
}

/// <summary>What the public may still know of an entry that is out of use.</summary>
/// <param name="Successor">What took its place, where the public may see that.</param>
public sealed record Tombstone(string Code, string Name, string? NameEn, DateTimeOffset RetiredAt, Entry? Successor);
