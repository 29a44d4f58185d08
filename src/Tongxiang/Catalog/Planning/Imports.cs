using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Catalog;

public enum ImportState { Checked, Taken, Dropped }

/// <summary>A list that was handed in: how many of its lines are good, and every line that is not.</summary>
/// <param name="Taken">Lines taken after the confirmation.</param>
public sealed record ImportView(Id<ImportView> Id, ImportTarget Target, ImportState State, string Digest, int Good, IReadOnlyList<RefusedLine> Refused, long Taken, DateTimeOffset MadeAt);

/// <summary>Imports of up to 10,000 lines: checked as a whole, every refused line named; after a confirmation all good lines are taken in one commit, or none.</summary>
public sealed class Imports(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, YearPlans plans)
{
    private const int LongestContent = 4 << 20;

    private static readonly Sql Columns = Part($"id, agency, target, content, digest, state, taken, made_at");

    private sealed record Kept(Id<ImportView> Id, Id<Agency> Agency, ImportTarget Target, string Content, string Digest, ImportState State, long Taken, DateTimeOffset MadeAt);

    private sealed record Sorted(IReadOnlyList<InventoryLine> Lines, IReadOnlyList<PlanItem> Items, IReadOnlyList<RefusedLine> Refused)
    {
        public int Good => Lines.Count + Items.Count;
    }

    /// <summary>Checks a file in any of the usual encodings.</summary>
    public async Task<Outcome<ImportView>> Check(Caller caller, ImportTarget target, Stream file, CancellationToken ct) =>
        await ImportLines.Text(file, ct) is { } content ? await Check(caller, target, content, ct) : Refusal.Invalid(new FieldError("file", "catalog.import-encoding"));

    /// <summary>Checks a list and keeps it for the confirmation; nothing else is changed.</summary>
    public async Task<Outcome<ImportView>> Check(Caller caller, ImportTarget target, string content, CancellationToken ct)
    {
        if (!Inventory.Writes(caller) && !(target == ImportTarget.Plan && caller is { IsBureau: true, Client: null, Agency: { } b } && plans.Plans(caller, b))) return Refusal.Forbidden("catalog.not-steward");
        if (content.Length > LongestContent) return Refusal.Invalid(new FieldError("file", "catalog.import-too-long", ImportLines.MostLines));
        if (ImportLines.Read(target, content).Refusal is { } broken) return broken;
        var now = clock.GetUtcNow();
        var kept = new Kept(Id<ImportView>.New(clock), caller.Agency!.Value, target, content, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))), ImportState.Checked, 0, now);
        return await db.Commit<Outcome<ImportView>>(async tx =>
        {
            var sorted = await Sort(tx, caller, kept);
            var proof = await Prove(tx, "catalog.import-checked", caller, kept, sorted);
            await tx.Run(
                $"""
                insert into catalog_import (id, agency, target, content, digest, state, taken, made_by, made_at, evidence)
                values ({kept.Id}, {kept.Agency}, {target}, {content}, {kept.Digest}, {kept.State}, 0, {caller.Actor}, {now}, {proof})
                """);
            return View(kept, sorted);
        }, ct);
    }

    /// <summary>Takes all good lines in one commit; when one of those shown as good is good no more, none is taken.</summary>
    /// <param name="good">How many good lines the caller saw and confirms.</param>
    public async Task<Outcome<ImportView>> Take(Caller caller, Id<ImportView> id, int good, CancellationToken ct)
    {
        if (await Load(caller, id, ct) is not { } kept) return Refusal.NotFound("catalog.import");
        try
        {
            return await db.Commit<Outcome<ImportView>>(async tx =>
            {
                var sorted = await Sort(tx, caller, kept);
                if (sorted.Good != good || good == 0) return Refusal.Conflict("catalog.import-changed", good, sorted.Good);
                if (await tx.Run($"update catalog_import set state = {ImportState.Taken}, taken = {(long)good}, decided_at = {clock.GetUtcNow()} where id = {id} and state = {ImportState.Checked}") == 0)
                    return Refusal.Conflict("catalog.import-decided");
                await Inventory.Insert(tx, caller, sorted.Lines);
                await YearPlans.Insert(tx, caller, sorted.Items, clock.GetUtcNow());
                await Prove(tx, "catalog.import-taken", caller, kept, sorted);
                return View(kept with { State = ImportState.Taken, Taken = good }, sorted);
            }, ct);
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            return Refusal.Conflict("catalog.import-changed", good, good - 1);
        }
    }

    public async Task<Outcome<ImportView>> Drop(Caller caller, Id<ImportView> id, CancellationToken ct)
    {
        if (await Load(caller, id, ct) is not { } kept) return Refusal.NotFound("catalog.import");
        return await db.Commit<Outcome<ImportView>>(async tx =>
        {
            if (await tx.Run($"update catalog_import set state = {ImportState.Dropped}, decided_at = {clock.GetUtcNow()} where id = {id} and state = {ImportState.Checked}") == 0) return Refusal.Conflict("catalog.import-decided");
            var nothing = new Sorted([], [], []);
            await Prove(tx, "catalog.import-dropped", caller, kept, nothing);
            return View(kept with { State = ImportState.Dropped }, nothing);
        }, ct);
    }

    /// <summary>A list of the caller's own agency as it would be taken now; null for everybody else.</summary>
    public async Task<ImportView?> Find(Caller caller, Id<ImportView> id, CancellationToken ct)
    {
        if (await Load(caller, id, ct) is not { } kept) return null;
        return kept.State == ImportState.Checked ? await db.Commit(async tx => View(kept, await Sort(tx, caller, kept)), ct) : View(kept, new Sorted([], [], []));
    }

    private async Task<Kept?> Load(Caller caller, Id<ImportView> id, CancellationToken ct) =>
        await db.One($"select {Columns} from catalog_import where id = {id}", Read, ct) is { } kept && caller is { IsGovernment: true, Client: null } && caller.Agency == kept.Agency
        && (Inventory.Writes(caller) || plans.Plans(caller, kept.Agency)) ? kept : null;

    private async Task<Sorted> Sort(Tx tx, Caller caller, Kept kept)
    {
        var (rows, broken) = ImportLines.Read(kept.Target, kept.Content).Value;
        var sorted = kept.Target == ImportTarget.Inventory ? await SortInventory(tx, kept, rows) : await SortPlan(tx, caller, kept, rows);
        return sorted with { Refused = [.. broken.Concat(sorted.Refused).OrderBy(r => r.Line)] };
    }

    private async Task<Sorted> SortInventory(Tx tx, Kept kept, IReadOnlyList<ImportLines.Row> rows)
    {
        var agency = kept.Agency;
        var standing = await tx.List($"select id, kind, name from catalog_inventory where agency = {agency} and ended_at is null", r => (Id: r.Id<InventoryLine>(0), Kind: r.Kind<InventoryKind>(1), Name: r.GetString(2)));
        var names = standing.Select(s => (s.Kind, s.Name)).ToHashSet();
        // A resource may name a system or duty that stands already or comes in an earlier line of the list.
        var parents = new Dictionary<string, Id<InventoryLine>>(StringComparer.Ordinal);
        foreach (var s in standing.Where(s => s.Kind != InventoryKind.Resource)) parents[s.Name] = s.Id;
        var entries = await EntriesOf(tx, [agency]);
        var (lines, refused) = (new List<InventoryLine>(), new List<RefusedLine>());
        foreach (var row in rows)
        {
            var (wish, wrong) = ImportLines.Inventory(row);
            if (wrong is null && InventoryRules.Check(wish!) is [var first, ..]) wrong = first;
            Id<Entry>? entry = null;
            if (wrong is null && wish!.Code is { Length: > 0 } code && (entry = entries.GetValueOrDefault((agency, code))) is null) wrong = new FieldError("code", "catalog.no-such-entry", RuleBook.Short(code));
            if (wrong is null && row["parent"] is { Length: > 0 } parent)
            {
                if (wish!.Kind != InventoryKind.Resource) wrong = new FieldError("parent", "catalog.only-resource");
                else if (parents.TryGetValue(parent, out var found)) wish = wish with { Parent = found };
                else wrong = new FieldError("parent", "catalog.no-such-parent");
            }
            if (wrong is null && !names.Add((wish!.Kind, wish.Name.Trim()))) wrong = new FieldError("name", "catalog.import-known", RuleBook.Short(wish.Name));
            if (wrong is not null)
            {
                refused.Add(row.Wrong(wrong));
                continue;
            }
            var line = Inventory.Line(Id<InventoryLine>.New(clock), agency, (wish!, entry), 1, clock.GetUtcNow());
            if (line.Kind != InventoryKind.Resource) parents[line.Name] = line.Id;
            lines.Add(line);
        }
        return new Sorted(lines, [], refused);
    }

    private async Task<Sorted> SortPlan(Tx tx, Caller caller, Kept kept, IReadOnlyList<ImportLines.Row> rows)
    {
        var bySlug = directory.Agencies.Where(a => plans.Plans(caller, a.Id)).SelectMany(a => new[] { (a.Slug, a.Id), (Slug: a.Name, a.Id) }).DistinctBy(a => a.Slug).ToDictionary(a => a.Slug, a => a.Id, StringComparer.Ordinal);
        Id<Agency>[] scope = [.. bySlug.Values.Append(kept.Agency).Distinct()];
        var standing = await tx.List($"select year, agency, kind, name from catalog_plan_item where agency in {scope} and state <> 'Dropped'", r => ((int)r.GetInt64(0), r.Id<Agency>(1), r.Kind<PlanKind>(2), r.GetString(3)));
        var names = standing.ToHashSet();
        var entries = await EntriesOf(tx, scope);
        var (items, refused) = (new List<PlanItem>(), new List<RefusedLine>());
        foreach (var row in rows)
        {
            var (wish, wrong) = ImportLines.Plan(row);
            if (wrong is null && PlanRules.Check(wish!) is [var first, ..]) wrong = first;
            var agency = kept.Agency;
            if (wrong is null && row["agency"] is { Length: > 0 } slug && !bySlug.TryGetValue(slug, out agency)) wrong = new FieldError("agency", "catalog.import-agency", RuleBook.Short(slug));
            if (wrong is null && !plans.Plans(caller, agency)) wrong = new FieldError("agency", "catalog.import-agency", "");
            Id<Entry>? entry = null;
            if (wrong is null && wish!.Code is { Length: > 0 } code && (entry = entries.GetValueOrDefault((agency, code))) is null) wrong = new FieldError("code", "catalog.no-such-entry", RuleBook.Short(code));
            if (wrong is null && !names.Add((wish!.Year, agency, wish.Kind, wish.Name.Trim()))) wrong = new FieldError("name", "catalog.import-known", RuleBook.Short(wish.Name));
            if (wrong is not null) refused.Add(row.Wrong(wrong));
            else items.Add(new PlanItem(Id<PlanItem>.New(clock), wish!.Year, agency, wish.Kind, wish.Name.Trim(), wish.DueOn, entry, PlanState.Planned, "", null, null, 1));
        }
        return new Sorted([], items, refused);
    }

    private static async Task<Dictionary<(Id<Agency>, string), Id<Entry>?>> EntriesOf(Tx tx, Id<Agency>[] agencies) =>
        (await tx.List($"select id, agency, code from catalog_entry where agency in {agencies} and state <> 'Retired'", r => (Id: r.Id<Entry>(0), Agency: r.Id<Agency>(1), Code: r.GetString(2))))
        .ToDictionary(e => (e.Agency, e.Code), e => (Id<Entry>?)e.Id);

    private static ImportView View(Kept kept, Sorted sorted) => new(kept.Id, kept.Target, kept.State, kept.Digest, sorted.Good, sorted.Refused, kept.Taken, kept.MadeAt);

    private Task<string> Prove(Tx tx, string kind, Caller caller, Kept kept, Sorted sorted) => evidence.Append(tx, new Happening(
        kind, caller.Actor, caller.Agency?.ToString(), $"import:{kept.Id}", clock.GetUtcNow(),
        new Dictionary<string, string>
        {
            ["target"] = kept.Target.ToString(),
            ["digest"] = kept.Digest,
            ["good"] = sorted.Good.ToString(CultureInfo.InvariantCulture),
            ["refused"] = sorted.Refused.Count.ToString(CultureInfo.InvariantCulture),
        }));

    private static Sql Part(Sql sql) => sql;

    private static Kept Read(DbDataReader r) => new(
        r.Id<ImportView>(0), r.Id<Agency>(1), r.Kind<ImportTarget>(2), r.GetString(3), r.GetString(4), r.Kind<ImportState>(5), r.GetInt64(6), r.Instant(7));
}
