using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Which demands a list shows.</summary>
/// <param name="State">In this state only.</param>
/// <param name="Open">Open ones only, or ended ones only.</param>
/// <param name="Owner">Named to this department.</param>
/// <param name="Mine">Registered by the caller or the caller's agency.</param>
public sealed record DemandFilter(DemandState? State = null, bool? Open = null, Id<Agency>? Owner = null, bool Mine = false);

/// <summary>A demand as one reader may see it; the contact is there for the offices and the demander only, the words for everybody once they were read.</summary>
/// <param name="What">Null until the bureau has read it.</param>
/// <param name="Matter">For departments and the demander.</param>
/// <param name="Entry">The entry that answers it, where the reader may know of it.</param>
/// <param name="MergedInto">Number of the demand it went into.</param>
public sealed record DemandView(
    string Number, string? What, string? Matter, string? Contact, DateOnly? WantedBy, DemandOrigin Origin, DemandState State, Id<Agency>? Owner, Id<Agency>? Proposed, DateTimeOffset FiledAt, DateTimeOffset ChangedAt,
    DateTimeOffset? DueAt, bool DueIsProvisional, string? DueRule, long Votes, DemandGround? Ground, string? Basis, string? Reason, DemandEntry? Entry, long? Version, string? MergedInto, long Revision);

/// <summary>An entry that answers a demand.</summary>
public sealed record DemandEntry(Id<Entry> Id, string Slug, string Code, string Name, string? NameEn);

/// <summary>Lists of demands.</summary>
public sealed partial class Demands
{
    /// <summary>Demands of this node, newest first, each as the caller may see it.</summary>
    public async Task<Page<DemandView>> List(Caller caller, DemandFilter filter, string? after, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, 200);
        // Above every hexadecimal digit, in every collation.
        var last = Cursor.Read(after, 1) is [var key] && Id<Demand>.TryParse(key, null, out var id) ? id.ToString() : "g";
        if (filter.Mine && caller.Person is null) return new([], null);
        var state = filter.State is { } one ? Where($" and d.state = {one}") : filter.Open is { } open ? (open ? Where($" and d.state in {Open}") : Where($" and d.state not in {Open}")) : Where($"");
        var owner = filter.Owner is { } agency ? Where($" and d.owner = {agency}") : Where($"");
        var mine = filter.Mine ? Where($" and (d.demander = {caller.Person} or d.demander_agency = {caller.Agency})") : Where($"");
        var rows = await db.List($"select {DemandRows.Columns} from share_demand d where d.id < {last}{state}{owner}{mine} order by d.id desc limit {limit + 1}", DemandRows.Read, ct);
        var page = Page<Demand>.Of(rows, limit, d => [d.Id]);
        return new([.. await Task.WhenAll(page.Items.Select(d => Show(caller, d, ct)))], page.Next);
    }

    /// <summary>What waits for the bureau: to be accepted, or to be given to another department; due first.</summary>
    public async Task<IReadOnlyList<Demand>> Queue(Caller caller, CancellationToken ct) => !DemandRules.IsReviewer(caller) ? [] : await db.List(
        $"select {DemandRows.Columns} from share_demand d where d.bureau = {caller.Agency} and (d.state = 'Filed' or (d.state = 'Accepted' and d.owner is null)) order by d.due_at, d.id limit 500", DemandRows.Read, ct);

    /// <summary>What the caller's department must claim, catalogue or attach; due first.</summary>
    public async Task<IReadOnlyList<Demand>> Tasks(Caller caller, CancellationToken ct) => !DemandRules.IsOffice(caller) ? [] : await db.List(
        $"select {DemandRows.Columns} from share_demand d where d.owner = {caller.Agency} and d.state in ('Accepted', 'Claimed', 'Catalogued') order by d.due_at, d.id limit 500", DemandRows.Read, ct);

    /// <summary>What the caller asked for and must say of whether it is the right thing.</summary>
    public async Task<IReadOnlyList<Demand>> ToConfirm(Caller caller, CancellationToken ct)
    {
        if (caller is not { Person: { } person, Client: null }) return [];
        var all = await db.List(
            $"select {DemandRows.Columns} from share_demand d where d.state = 'Attached' and (d.demander = {person} or d.demander_agency = {caller.Agency}) order by d.due_at, d.id limit 500", DemandRows.Read, ct);
        return [.. all.Where(d => DemandRules.Sides(caller, d).Contains(DemandSide.Demander))];
    }

    /// <summary>All open ones of the caller's bureau; due first.</summary>
    public async Task<IReadOnlyList<Demand>> Overseen(Caller caller, CancellationToken ct) => !DemandRules.IsReviewer(caller) ? [] : await db.List(
        $"select {DemandRows.Columns} from share_demand d where d.bureau = {caller.Agency} and d.state in {Open} order by d.due_at, d.id limit 1000", DemandRows.Read, ct);

    /// <summary>The demand as the caller may see it.</summary>
    public async Task<DemandView> Show(Caller caller, Demand now, CancellationToken ct)
    {
        var (words, contact) = (DemandRules.SeesWords(caller, now), DemandRules.SeesContact(caller, now));
        var isInside = caller is { IsGovernment: true, Person: not null } || contact;
        var entry = now.Entry is { } id && await entries(id, ct) is { IsPublished: true } known && (known.IsPublic || caller is { IsGovernment: true }) ? known : null;
        var into = now.MergedInto is { } target ? (await Find(target, ct))?.Number : null;
        return new DemandView(
            now.Number, words ? now.What : null, isInside ? now.Matter : null, contact && now.Contact.Length > 0 ? now.Contact : null, now.WantedBy, now.Origin, now.State, now.Owner, isInside ? now.Proposed : null,
            now.FiledAt, now.ChangedAt, now.DueAt, now.DueIsProvisional, now.DueRule, now.Votes, now.Ground, now.Basis.Length > 0 && now.IsShown ? now.Basis : null, now.Reason.Length > 0 && (now.IsShown || isInside) ? now.Reason : null,
            entry is null ? null : new DemandEntry(entry.Id, entry.Slug, entry.Code, entry.Content.Name, entry.Content.NameEn), now.Version, into, now.Revision);
    }
}
