using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>A consumer's holdings together: its clearance, the combined grade, and the rules that make it.</summary>
public sealed record CombinedView(Id<Agency> Agency, Clearance Clearance, Grade Grade, Grade Alone, string? Rule, IReadOnlyList<CombinedPart> Parts);

/// <summary>One resource among what is held together, and the traits it gives to the rule.</summary>
public sealed record CombinedPart(Id<Entry> Entry, string Name, IReadOnlyList<string> Traits, Grade Highest);

/// <summary>Grades combined grants again at every new one (Order 809 art. 25 ¶2), and keeps the clearance that the bureau gives each department.</summary>
[Enforces(27)]
public sealed class Combining(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, EntrySource entries)
{
    private static CombinationTable Table => CombinationTable.Current;

    /// <summary>Ends the commit with a refusal when the grant that is about to be issued lifts the consumer's combined grade above its clearance.</summary>
    /// <exception cref="Abandoned">It does.</exception>
    internal async Task Guard(Tx tx, Application application, Entry entry, Reply reply)
    {
        if (application.ApplicantAgency is not { } consumer) return;
        // One at a time for each consumer: two grants signed at the same moment must see each other.
        await tx.Next($"share:combined:{consumer}");
        var held = await tx.List(
            $"select entry, fields from share_grant where consumer_agency = {consumer} and state <> {GrantState.Ended} and until_at > {clock.GetUtcNow()}", r => (r.Id<Entry>(0), r.Json<GrantedField[]>(1)));
        var set = await tx.One($"select grade from share_clearance where agency = {consumer}", r => (Grade?)r.Kind<Grade>(0));
        var before = await Holdings(held, tx.Ct);
        var more = CombinationRules.Of(entry, ReplyRules.Given(reply, application.Lane, entry), Table);
        if (CombinationRules.Blocks(before, more, set ?? Table.DefaultClearance, Table, ReplyRules.ArticleOf(application, 25), set is not null) is { } refusal) throw new Abandoned(refusal);
    }

    /// <summary>What would stand in the way of a consent now, before it is laid before the head; the signing asks again.</summary>
    public async Task<Refusal?> Foresee(Application application, Entry entry, Reply reply, CancellationToken ct)
    {
        if (application.ApplicantAgency is not { } consumer || !reply.IsConsent) return null;
        var (held, clearance) = (await Held(consumer, ct), await Of(consumer, ct));
        return CombinationRules.Blocks(held, CombinationRules.Of(entry, ReplyRules.Given(reply, application.Lane, entry), Table), clearance.Grade, Table, ReplyRules.ArticleOf(application, 25), clearance.Revision > 0);
    }

    /// <summary>The clearance of a department; the default while the bureau has set none.</summary>
    public async Task<Clearance> Of(Id<Agency> agency, CancellationToken ct) =>
        await db.One($"select agency, grade, reason, revision, set_by, set_at from share_clearance where agency = {agency}", Read, ct) ?? new Clearance(agency, Table.DefaultClearance, "", 0, null, null);

    /// <summary>A department's holdings together, for itself and the bureau in charge.</summary>
    public async Task<CombinedView?> View(Caller caller, Id<Agency> agency, CancellationToken ct)
    {
        if (caller.Person is null || directory.Find(agency) is not { } found || !(caller.Agency == agency || (caller.IsBureau && caller.Agency == found.Bureau)) || !Sides.IsOffice(caller)) return null;
        var holdings = CombinationRules.Merge(await Held(agency, ct));
        var combined = CombinationRules.Together(holdings, Table);
        return new CombinedView(agency, await Of(agency, ct), combined.Grade, combined.Alone, combined.Rule?.Id,
            [.. holdings.Select(h => new CombinedPart(h.Entry, h.Name, [.. h.Traits.Order(StringComparer.Ordinal)], h.Highest))]);
    }

    /// <summary>The bureau's head sets up to which grade a department of its own may hold data together.</summary>
    public async Task<Outcome<Clearance>> Set(Caller caller, Id<Agency> agency, long seen, Grade grade, string reason, CancellationToken ct)
    {
        if (caller is not { IsBureau: true, Client: null, Person: not null, Agency: { } bureau } || directory.Find(agency) is not { } found || found.Bureau != bureau) return Refusal.NotFound(agency.ToString());
        if (!caller.Has(Role.BureauHead)) return Refusal.Forbidden("share.clearance-only-head") with { Article = Law.Order809(25) };
        if (grade == Grade.Core) return Refusal.Invalid(new FieldError("grade", "share.standing.core"));
        reason = (reason ?? "").Trim();
        if (reason.Length is < 4 or > 500) return Refusal.Invalid(new FieldError("reason", "share.clearance-reason"));
        var at = clock.GetUtcNow();
        return await db.Commit<Outcome<Clearance>>(async tx =>
        {
            var kept = seen == 0
                ? await tx.Run($"insert into share_clearance (agency, grade, reason, revision, set_by, set_at) values ({agency}, {grade}, {reason}, 1, {caller.Actor}, {at}) on conflict (agency) do nothing")
                : await tx.Run($"update share_clearance set grade = {grade}, reason = {reason}, revision = revision + 1, set_by = {caller.Actor}, set_at = {at} where agency = {agency} and revision = {seen}");
            if (kept == 0) return Refusal.Conflict("share.clearance-changed", found.Name);
            await evidence.Append(tx, new Happening(
                "share.clearance-set", caller.Actor, bureau.ToString(), $"agency:{agency}", at, new Dictionary<string, string> { ["grade"] = grade.ToString(), ["reason"] = Applications.Digest(reason) })
            { Parties = [agency.ToString()] });
            return new Clearance(agency, grade, reason, seen + 1, caller.Actor, at);
        }, ct);
    }

    private async Task<IReadOnlyList<Holding>> Held(Id<Agency> consumer, CancellationToken ct) => await Holdings(
        await db.List($"select entry, fields from share_grant where consumer_agency = {consumer} and state <> {GrantState.Ended} and until_at > {clock.GetUtcNow()}", r => (r.Id<Entry>(0), r.Json<GrantedField[]>(1)), ct), ct);

    private async Task<IReadOnlyList<Holding>> Holdings(IReadOnlyList<(Id<Entry> Entry, GrantedField[] Fields)> held, CancellationToken ct)
    {
        var all = new List<Holding>(held.Count);
        foreach (var grants in held.GroupBy(h => h.Entry))
            if (await entries(grants.Key, ct) is { } entry) all.AddRange(grants.Select(g => CombinationRules.Of(entry, g.Fields, Table)));
        return all;
    }

    private static Clearance Read(System.Data.Common.DbDataReader r) => new(r.Id<Agency>(0), r.Kind<Grade>(1), r.GetString(2), r.GetInt64(3), r.TextOrNull(4), r.InstantOrNull(5));
}
