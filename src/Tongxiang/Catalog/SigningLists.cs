using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Signing lists: a steward assesses many entries at once, the head signs once; every entry's steps and evidence are its own, in a commit of its own.</summary>
[Enforces(4)]
public sealed class SigningLists(Db db, TimeProvider clock, EvidenceLog evidence, Entries entries)
{
    private const int MostEntries = 500;

    private static readonly Sql Columns = Part(
        $"id, number, agency, title, secrecy_risk, personal_impact, state, revision, made_by, made_by_name, made_at, signed_by_name, on_behalf_of, signed_at");

    /// <summary>Assesses and hands in every entry that can be; one that cannot stands on the list as failed, with the reason, and stops nothing.</summary>
    public async Task<Outcome<SigningList>> Make(Caller caller, NewSigningList wish, CancellationToken ct)
    {
        if (caller is not { IsGovernment: true, Client: null, Agency: { } agency } || !IsSteward(caller)) return Refusal.Forbidden("catalog.not-steward");
        if (Wrong(wish) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var now = clock.GetUtcNow();
        var made = await db.Commit(async tx =>
        {
            var day = WorkCalendar.Day(now).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
            var next = await tx.Next($"signing:{day}");
            var number = string.Create(CultureInfo.InvariantCulture, $"QP{day}-{next:0000}");
            var list = new SigningList(Id<SigningList>.New(clock), number, agency, wish.Title.Trim(), wish.SecrecyRisk.Trim(), wish.PersonalInformationImpact.Trim(), SigningState.Open, 1, caller.Actor, caller.Name, now, null, null, null);
            var proof = await Prove(tx, "catalog.list-made", caller, list, new() { ["entries"] = Text(wish.Entries.Count), ["secrecyRisk"] = Digest(list.SecrecyRisk), ["personalImpact"] = Digest(list.PersonalInformationImpact) });
            await tx.Run(
                $"""
                insert into catalog_signing (id, number, agency, title, secrecy_risk, personal_impact, state, revision, made_by, made_by_name, made_at, evidence)
                values ({list.Id}, {number}, {agency}, {list.Title}, {list.SecrecyRisk}, {list.PersonalInformationImpact}, {list.State}, 1, {caller.Actor}, {caller.Name}, {now}, {proof})
                """);
            return list;
        }, ct);
        foreach (var listed in wish.Entries.DistinctBy(e => e.Entry)) await Put(caller, made, listed, ct);
        return await Load(made.Id, ct) is { } whole ? whole : Refusal.NotFound("catalog.signing-list");
    }

    /// <summary>The head, or the deputy on the head's behalf, signs for all entries that still stand on the list.</summary>
    /// <param name="seen">The revision of the list that was read.</param>
    public async Task<Outcome<SigningList>> Sign(Caller caller, Id<SigningList> id, long seen, CancellationToken ct, string note = "")
    {
        if (await Find(caller, id, ct) is not { } list) return Refusal.NotFound("catalog.signing-list");
        if (!MaySign(await entries.Standing(caller, ct), list)) return Refusal.Forbidden("catalog.not-head") with { Article = "Order 809 art. 13" };
        if (note.Length > 1000) return Refusal.Invalid(new FieldError("note", "kernel.too-long", 1000, note.Length));
        if (Stale(list, seen) is { } stale) return stale;
        // One entry, one commit: what was signed when a crash came stays signed, and pressing again goes on with the rest.
        foreach (var item in list.Items.Where(i => i.State == SigningItemState.Listed)) await SignOne(caller, list, item, note, ct);
        var now = clock.GetUtcNow();
        var behalf = caller.Has(Role.SharingOfficeHead, list.Agency) || caller.Has(Role.AgencyHead, list.Agency) ? null : await entries.PrincipalOf(caller, ct);
        var done = await db.Commit(async tx =>
        {
            var counts = await tx.List($"select state, count(*) from catalog_signing_item where signing = {id} group by state", r => (State: r.GetString(0), Count: r.GetInt64(1)));
            var closed = await tx.Run(
                $"""
                update catalog_signing set state = {SigningState.Signed}, revision = revision + 1, signed_by = {caller.Actor}, signed_by_name = {caller.Name}, on_behalf_of = {behalf}, signed_at = {now}
                where id = {id} and state = {SigningState.Open} and revision = {seen}
                """);
            if (closed == 0) return false;
            var facts = counts.ToDictionary(c => c.State.ToLowerInvariant(), c => Text(c.Count));
            if (behalf is { } head) facts["onBehalfOf"] = head.ToString();
            await Prove(tx, "catalog.list-signed", caller, list, facts);
            return true;
        }, ct);
        await entries.Told(ct);
        return done ? (await Load(id, ct))! : Refusal.Conflict("catalog.list-changed", list.Number);
    }

    /// <summary>Takes an entry off the list before the signature; it goes on alone and waits for the head as any other.</summary>
    public async Task<Outcome<SigningList>> TakeOut(Caller caller, Id<SigningList> id, Id<Entry> entry, long seen, string reason, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } list) return Refusal.NotFound("catalog.signing-list");
        if (!IsSteward(caller) && !MaySign(await entries.Standing(caller, ct), list)) return Refusal.Forbidden("catalog.not-steward");
        if (reason.Trim().Length is 0 or > 1000) return Refusal.Invalid(new FieldError("reason", reason.Trim().Length == 0 ? "kernel.required" : "kernel.too-long", 1000, reason.Length));
        if (Stale(list, seen) is { } stale) return stale;
        if (list.Items.FirstOrDefault(i => i.Entry == entry && i.State == SigningItemState.Listed) is not { } item) return Refusal.NotFound("catalog.entry");
        var now = clock.GetUtcNow();
        var done = await db.Commit(async tx =>
        {
            if (await tx.Run($"update catalog_signing set revision = revision + 1 where id = {id} and state = {SigningState.Open} and revision = {seen}") == 0) return false;
            await tx.Run($"update catalog_signing_item set state = {SigningItemState.TakenOut}, reason = {reason.Trim()}, changed_at = {now} where signing = {id} and entry = {entry}");
            await evidence.Append(tx, new Happening("catalog.taken-out", caller.Actor, caller.Agency?.ToString(), $"entry:{entry}", now,
                new Dictionary<string, string> { ["signing"] = list.Number, ["code"] = item.Code, ["reason"] = Digest(reason) }));
            return true;
        }, ct);
        return done ? (await Load(id, ct))! : Refusal.Conflict("catalog.list-changed", list.Number);
    }

    /// <summary>Gives the list up; its entries wait for the head one by one.</summary>
    public async Task<Outcome<SigningList>> Withdraw(Caller caller, Id<SigningList> id, long seen, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } list) return Refusal.NotFound("catalog.signing-list");
        if (!IsSteward(caller)) return Refusal.Forbidden("catalog.not-steward");
        if (Stale(list, seen) is { } stale) return stale;
        var now = clock.GetUtcNow();
        var done = await db.Commit(async tx =>
        {
            if (await tx.Run($"update catalog_signing set state = {SigningState.Withdrawn}, revision = revision + 1 where id = {id} and state = {SigningState.Open} and revision = {seen}") == 0) return false;
            await tx.Run($"update catalog_signing_item set state = {SigningItemState.TakenOut}, reason = {"withdrawn"}, changed_at = {now} where signing = {id} and state = {SigningItemState.Listed}");
            await Prove(tx, "catalog.list-withdrawn", caller, list, []);
            return true;
        }, ct);
        return done ? (await Load(id, ct))! : Refusal.Conflict("catalog.list-changed", list.Number);
    }

    /// <summary>A list of the caller's own agency; null for everybody else.</summary>
    public async Task<SigningList?> Find(Caller caller, Id<SigningList> id, CancellationToken ct) =>
        await Load(id, ct) is { } list && caller.IsGovernment && ReadingRights.OwnPapers(caller) && caller.Agency == list.Agency ? list : null;

    /// <summary>Lists of the caller's agency, newest first, without their entries.</summary>
    public async Task<Outcome<Page<SigningList>>> Own(Caller caller, string? after, int limit, CancellationToken ct)
    {
        if (!ReadingRights.OwnPapers(caller) || caller is not { IsGovernment: true, Agency: { } agency }) return Refusal.Forbidden("catalog.no-agency");
        limit = Math.Clamp(limit, 1, 200);
        var where = new Sql().Then($" where agency = {agency}");
        if (after is not null)
        {
            if (Cursor.Read(after, 1) is not [var last] || !Id<SigningList>.TryParse(last, null, out var id)) return new Refusal(400, "kernel.bad-cursor");
            where = where.Then($" and id < {id}");
        }
        var rows = await db.List(new Sql().Then($"select {Columns} from catalog_signing").Then(where).Then($" order by id desc limit {limit + 1}"), Read, ct);
        return Page<SigningList>.Of(rows, limit, l => [l.Id]);
    }

    public static bool MaySign(Caller standing, SigningList list) => standing.Has(Role.SharingOfficeHead, list.Agency) || standing.Has(Role.AgencyHead, list.Agency);

    private async Task Put(Caller caller, SigningList list, ListedEntry listed, CancellationToken ct)
    {
        var known = await entries.Find(listed.Entry, ct);
        // What belongs to others is not named: to this steward it does not exist, and no row may tell otherwise.
        if (known is null || known.Agency != list.Agency) return;
        var refusal = await entries.HandIn(caller, listed, list, tx => Item(tx, list, known, SigningItemState.Listed, ""), ct);
        if (refusal is { } not) await db.Commit(tx => Item(tx, list, known, SigningItemState.Failed, not.Fields.Count > 0 && not.Code == "kernel.invalid-input" ? not.Fields[0].Key : not.Code), ct);
    }

    private async Task SignOne(Caller caller, SigningList list, SigningItem item, string note, CancellationToken ct)
    {
        var refusal = await entries.SignListed(caller, item, list.Number, note, (tx, proof) => tx.Run(
            $"update catalog_signing_item set state = {SigningItemState.Signed}, evidence = {proof}, changed_at = {clock.GetUtcNow()} where signing = {list.Id} and entry = {item.Entry} and state = {SigningItemState.Listed}"), ct);
        if (refusal is { } not)
            await db.Run($"update catalog_signing_item set state = {SigningItemState.Failed}, reason = {not.Code}, changed_at = {clock.GetUtcNow()} where signing = {list.Id} and entry = {item.Entry} and state = {SigningItemState.Listed}", ct);
    }

    private Task<int> Item(Tx tx, SigningList list, Entry entry, SigningItemState state, string reason) => tx.Run(
        $"""
        insert into catalog_signing_item (signing, entry, revision, code, name, state, reason, changed_at)
        values ({list.Id}, {entry.Id}, {entry.LatestRevision}, {entry.Code}, {entry.Latest.Name}, {state}, {reason}, {clock.GetUtcNow()})
        on conflict (signing, entry) do update set state = excluded.state, reason = excluded.reason, changed_at = excluded.changed_at
        """);

    private async Task<SigningList?> Load(Id<SigningList> id, CancellationToken ct)
    {
        if (await db.One($"select {Columns} from catalog_signing where id = {id}", Read, ct) is not { } list) return null;
        var items = await db.List(
            $"select entry, revision, code, name, state, reason, evidence from catalog_signing_item where signing = {id} order by code, entry",
            r => new SigningItem(r.Id<Entry>(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.Kind<SigningItemState>(4), r.GetString(5), r.TextOrNull(6)), ct);
        return list with { Items = items };
    }

    private static Refusal? Stale(SigningList list, long seen) =>
        list.State != SigningState.Open || list.Revision != seen ? Refusal.Conflict("catalog.list-changed", list.Number) : null;

    private static bool IsSteward(Caller caller) => caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead);

    private static List<FieldError> Wrong(NewSigningList wish)
    {
        var book = new RuleBook(Readiness.Complete);
        book.Text("title", wish.Title, 2, 200, isNeeded: true, always: true);
        book.Text("secrecyRisk", wish.SecrecyRisk, 2, 20_000, isNeeded: true, always: true);
        book.Text("personalInformationImpact", wish.PersonalInformationImpact, 2, 20_000, isNeeded: true, always: true);
        if (wish.Entries is null or { Count: 0 }) book.Error("entries", "kernel.required");
        else if (wish.Entries.Count > MostEntries) book.Error("entries", "catalog.too-many", MostEntries, wish.Entries.Count);
        return [.. book.Findings.Errors];
    }

    private Task<string> Prove(Tx tx, string kind, Caller caller, SigningList list, Dictionary<string, string> facts)
    {
        facts["number"] = list.Number;
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"signing:{list.Id}", clock.GetUtcNow(), facts));
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Text(long n) => n.ToString(CultureInfo.InvariantCulture);

    private static Sql Part(Sql sql) => sql;

    private static SigningList Read(DbDataReader r) => new(
        r.Id<SigningList>(0), r.GetString(1), r.Id<Agency>(2), r.GetString(3), r.GetString(4), r.GetString(5), r.Kind<SigningState>(6), r.GetInt64(7), r.GetString(8), r.GetString(9), r.Instant(10),
        r.TextOrNull(11), r.IdOrNull<Person>(12), r.InstantOrNull(13));
}
