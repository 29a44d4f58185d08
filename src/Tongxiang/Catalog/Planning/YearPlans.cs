using System.Data.Common;
using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>The yearly sharing and opening plan: departments propose, the bureau publishes, and only a real event completes an item.</summary>
public sealed class YearPlans(Db db, TimeProvider clock, EvidenceLog evidence, Inventory inventory, Entries entries, Catalogue catalogue)
{
    private const int MostItems = 5000;

    private static readonly Sql Columns = Part($"id, year, agency, kind, name, due_on, entry, state, reason, done_at, proof, revision");

    public async Task<Outcome<PlanItem>> Add(Caller caller, PlanWish wish, CancellationToken ct)
    {
        var agency = wish.Agency ?? caller.Agency;
        if (agency is not { } whose || !Plans(caller, whose)) return Refusal.Forbidden("catalog.not-steward");
        if (PlanRules.Check(wish) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        try
        {
            return await db.Commit<Outcome<PlanItem>>(async tx =>
            {
                var (entry, wrong) = await EntryOf(tx, whose, wish.Code);
                if (wrong is not null) return Refusal.Invalid(wrong);
                var item = new PlanItem(Id<PlanItem>.New(clock), wish.Year, whose, wish.Kind, wish.Name.Trim(), wish.DueOn, entry, PlanState.Planned, "", null, null, 1);
                await Insert(tx, caller, [item], clock.GetUtcNow());
                await Prove(tx, "catalog.plan-item-added", caller, item, []);
                return item;
            }, ct);
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            return Refusal.Conflict("catalog.plan-twice", wish.Name);
        }
    }

    /// <summary>Says which entry an item is about; its own department's.</summary>
    public async Task<Outcome<PlanItem>> Link(Caller caller, Id<PlanItem> id, long seen, string code, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } item) return Refusal.NotFound("catalog.plan-item");
        if (!Plans(caller, item.Agency)) return Refusal.Forbidden("catalog.not-steward");
        if (string.IsNullOrWhiteSpace(code)) return Refusal.Invalid(new FieldError("code", "kernel.required"));
        return await db.Commit<Outcome<PlanItem>>(async tx =>
        {
            var (entry, wrong) = await EntryOf(tx, item.Agency, code);
            if (wrong is not null) return Refusal.Invalid(wrong);
            if (await tx.Run($"update catalog_plan_item set entry = {entry}, revision = revision + 1 where id = {id} and revision = {seen} and state = {PlanState.Planned}") == 0) return Refusal.Conflict("catalog.plan-changed", item.Name);
            var next = item with { Entry = entry, Revision = seen + 1 };
            await Prove(tx, "catalog.plan-item-linked", caller, next, []);
            return next;
        }, ct);
    }

    /// <summary>Drops an item with its reason: the department while the plan is a draft, afterwards only the bureau.</summary>
    public async Task<Outcome<PlanItem>> Drop(Caller caller, Id<PlanItem> id, long seen, string reason, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } item) return Refusal.NotFound("catalog.plan-item");
        if (entries.BureauOf(item.Agency) is not { } bureau || !Plans(caller, item.Agency)) return Refusal.Forbidden("catalog.not-steward");
        if (reason.Trim().Length is < 2 or > 500) return Refusal.Invalid(new FieldError("reason", "catalog.inventory-reason"));
        var isBureau = Oversees(caller, bureau);
        return await db.Commit<Outcome<PlanItem>>(async tx =>
        {
            if (!isBureau && await tx.One($"select count(*) from catalog_plan where year = {(long)item.Year} and bureau = {bureau}", r => r.GetInt64(0)) > 0) return Refusal.Forbidden("catalog.plan-binds", item.Year);
            if (await tx.Run($"update catalog_plan_item set state = {PlanState.Dropped}, reason = {reason.Trim()}, revision = revision + 1 where id = {id} and revision = {seen} and state = {PlanState.Planned}") == 0)
                return Refusal.Conflict("catalog.plan-changed", item.Name);
            var next = item with { State = PlanState.Dropped, Reason = reason.Trim(), Revision = seen + 1 };
            await Prove(tx, "catalog.plan-item-dropped", caller, next, []);
            return next;
        }, ct);
    }

    /// <summary>The bureau's head publishes the plan of a year; it binds from then on.</summary>
    public async Task<Outcome<YearPlan>> Publish(Caller caller, int year, CancellationToken ct)
    {
        if (caller is not { IsBureau: true, Client: null, Agency: { } bureau } || !caller.Has(Role.BureauHead)) return Refusal.Forbidden("catalog.only-bureau-head");
        var now = clock.GetUtcNow();
        Id<Agency>[] scope = [.. inventory.Scope(caller)];
        var refused = await Once(year, () => db.Commit<Refusal?>(async tx =>
        {
            var count = await tx.One($"select count(*) from catalog_plan_item where year = {(long)year} and agency in {scope} and state <> {PlanState.Dropped}", r => r.GetInt64(0));
            if (count == 0) return Refusal.Conflict("catalog.plan-empty", year);
            if (await tx.One($"select count(*) from catalog_plan where year = {(long)year} and bureau = {bureau}", r => r.GetInt64(0)) > 0) return Refusal.Conflict("catalog.plan-published", year);
            var proof = await evidence.Append(tx, new Happening("catalog.plan-published", caller.Actor, caller.Agency?.ToString(), $"plan:{year}", now,
                new Dictionary<string, string> { ["year"] = Text(year), ["items"] = Text(count) }));
            await tx.Run($"insert into catalog_plan (year, bureau, published_at, published_by, evidence) values ({(long)year}, {bureau}, {now}, {caller.Actor}, {proof})");
            return null;
        }, ct));
        return refused is { } refusal ? refusal : await Of(caller, year, ct);
    }

    /// <summary>The plan of a year with the items the caller may see: late ones first, then by day.</summary>
    public async Task<Outcome<YearPlan>> Of(Caller caller, int year, CancellationToken ct)
    {
        Id<Agency>[] scope = [.. inventory.Scope(caller)];
        if (scope.Length == 0 || entries.BureauOf(caller.Agency!.Value) is not { } bureau) return Refusal.Forbidden("catalog.no-agency");
        var published = await db.One($"select published_at, evidence from catalog_plan where year = {(long)year} and bureau = {bureau}", r => (At: r.Instant(0), Proof: r.GetString(1)), ct);
        var items = await db.List($"select {Columns} from catalog_plan_item where year = {(long)year} and agency in {scope} order by due_on, name, id limit {MostItems}", Read, ct);
        return new YearPlan(year, published.Proof is null ? null : published.At, published.Proof, items);
    }

    public async Task<PlanItem?> Find(Caller caller, Id<PlanItem> id, CancellationToken ct) =>
        await db.One($"select {Columns} from catalog_plan_item where id = {id}", Read, ct) is { } item && inventory.Scope(caller).Contains(item.Agency) ? item : null;

    /// <summary>Looks for the events that complete planned items: nothing else completes one.</summary>
    public async Task Follow(CancellationToken ct)
    {
        var open = await db.List($"select {Columns} from catalog_plan_item where state = 'Planned' and entry is not null order by id limit {MostItems}", Read, ct);
        foreach (var item in open)
        {
            // What was done before the year began is no work of this plan.
            if (await Event(item, ct) is not { } proven || WorkCalendar.Day(proven.At).Year < item.Year) continue;
            await db.Commit(async tx =>
            {
                var done = await tx.Run(
                    $"""
                    update catalog_plan_item set state = {PlanState.Done}, done_at = {proven.At}, proof = {proven.Proof}, revision = revision + 1
                    where id = {item.Id} and revision = {item.Revision} and state = {PlanState.Planned}
                    """);
                if (done == 1) await Prove(tx, "catalog.plan-item-done", Caller.Platform, item, new() { ["proof"] = proven.Proof });
            }, ct);
        }
    }

    internal static Task Insert(Tx tx, Caller caller, IReadOnlyList<PlanItem> items, DateTimeOffset now) => tx.Insert(
        new Sql().Then($"insert into catalog_plan_item (id, year, agency, kind, name, due_on, entry, state, reason, revision, made_by, made_at) values "),
        items.Select(i => new Sql().Then($"({i.Id}, {(long)i.Year}, {i.Agency}, {i.Kind}, {i.Name}, {i.DueOn}, {i.Entry}, {i.State}, '', 1, {caller.Actor}, {now})")),
        new Sql());

    /// <summary>Whether the caller may plan for this agency: its steward or head, or the bureau in charge.</summary>
    internal bool Plans(Caller caller, Id<Agency> agency) =>
        caller is { IsGovernment: true, Client: null } && ((caller.Agency == agency && Inventory.Writes(caller)) || (entries.BureauOf(agency) is { } bureau && Oversees(caller, bureau)));

    private static bool Oversees(Caller caller, Id<Agency> bureau) => caller.Client is null && (caller.Has(Role.BureauHead, bureau) || caller.Has(Role.BureauReviewer, bureau));

    // Two heads at one moment: the second finds the row of the first.
    private static async Task<Refusal?> Once(int year, Func<Task<Refusal?>> commit)
    {
        try
        {
            return await commit();
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            return Refusal.Conflict("catalog.plan-published", year);
        }
    }

    /// <summary>The first publication of the kind that was promised; for data, the current version.</summary>
    private async Task<(DateTimeOffset At, string Proof)?> Event(PlanItem item, CancellationToken ct)
    {
        var entry = item.Entry!.Value;
        if (item.Kind == PlanKind.Attach)
            return catalogue.Find(entry) is not null && catalogue.Data(entry) is { } data ? (data.PromotedAt, $"version {Text(data.Version)} sha256 {data.Digest}") : null;
        var (shared, opened) = (item.Kind == PlanKind.Share ? 1L : 0L, item.Kind == PlanKind.Open ? 1L : 0L);
        var found = await db.One(
            $"""
            select s.taken_at, s.evidence from catalog_step s join catalog_revision r on r.entry = s.entry and r.revision = s.revision
            where s.entry = {entry} and s.kind = 'Published' and ({shared} = 0 or r.share_class <> 'Withheld') and ({opened} = 0 or r.open_class <> 'Closed')
            order by s.taken_at, s.id limit 1
            """, r => (At: r.Instant(0), Proof: r.GetString(1)), ct);
        return found.Proof is null ? null : found;
    }

    private static async Task<(Id<Entry>? Entry, FieldError? Wrong)> EntryOf(Tx tx, Id<Agency> agency, string? code)
    {
        if (string.IsNullOrWhiteSpace(code)) return (null, null);
        var entry = await tx.One($"select id from catalog_entry where code = {code.Trim()} and agency = {agency} and state <> 'Retired'", r => r.GetString(0));
        return entry is null ? (null, new FieldError("code", "catalog.no-such-entry", RuleBook.Short(code))) : (Id<Entry>.Parse(entry, null), null);
    }

    private Task<string> Prove(Tx tx, string kind, Caller caller, PlanItem item, Dictionary<string, string> facts)
    {
        facts["year"] = Text(item.Year);
        facts["kind"] = item.Kind.ToString();
        if (item.Entry is { } entry) facts["entry"] = entry.ToString();
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"plan-item:{item.Id}", clock.GetUtcNow(), facts) { Parties = [item.Agency.ToString()] });
    }

    private static string Text(long n) => n.ToString(CultureInfo.InvariantCulture);

    private static Sql Part(Sql sql) => sql;

    private static PlanItem Read(DbDataReader r) => new(
        r.Id<PlanItem>(0), (int)r.GetInt64(1), r.Id<Agency>(2), r.Kind<PlanKind>(3), r.GetString(4), r.Day(5), r.IdOrNull<Entry>(6), r.Kind<PlanState>(7), r.GetString(8), r.InstantOrNull(9), r.TextOrNull(10), r.GetInt64(11));
}
