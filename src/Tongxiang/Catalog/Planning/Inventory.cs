using System.Data.Common;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Catalog;

/// <summary>The inventory of each department: its systems and duties, the resources that should be catalogued, and how many of them are.</summary>
public sealed class Inventory(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, Entries entries, Catalogue catalogue)
{
    private static readonly Sql Columns = Part($"id, agency, kind, name, purpose, basis, run_by, parent, attaches, opens, entry, revision, changed_at");

    public async Task<Outcome<InventoryLine>> Add(Caller caller, InventoryWish wish, CancellationToken ct)
    {
        if (!Writes(caller)) return Refusal.Forbidden("catalog.not-steward");
        if (InventoryRules.Check(wish) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        try
        {
            return await db.Commit<Outcome<InventoryLine>>(async tx =>
            {
                var (settled, wrong) = await Settle(tx, caller.Agency!.Value, null, wish);
                if (wrong is not null) return wrong;
                var line = Line(Id<InventoryLine>.New(clock), caller.Agency.Value, settled, 1, clock.GetUtcNow());
                await Insert(tx, caller, [line]);
                await Prove(tx, "catalog.inventory-added", caller, line, []);
                return line;
            }, ct);
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            return Refusal.Conflict("catalog.inventory-twice", wish.Name);
        }
    }

    /// <param name="seen">The revision that was edited.</param>
    public async Task<Outcome<InventoryLine>> Change(Caller caller, Id<InventoryLine> id, long seen, InventoryWish wish, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } line || line.Agency != caller.Agency) return Refusal.NotFound("catalog.inventory-line");
        if (!Writes(caller)) return Refusal.Forbidden("catalog.not-steward");
        if (wish.Kind != line.Kind) return Refusal.Invalid(new FieldError("kind", "catalog.inventory-kind"));
        if (InventoryRules.Check(wish) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        try
        {
            return await db.Commit<Outcome<InventoryLine>>(async tx =>
            {
                var (settled, wrong) = await Settle(tx, line.Agency, id, wish);
                if (wrong is not null) return wrong;
                var next = Line(id, line.Agency, settled, seen + 1, clock.GetUtcNow());
                var changed = await tx.Run(
                    $"""
                    update catalog_inventory set name = {next.Name}, purpose = {next.Purpose}, basis = {next.Basis}, run_by = {next.RunBy}, parent = {next.Parent}, attaches = {next.Attaches}, opens = {next.Opens},
                      entry = {next.Entry}, revision = {next.Revision}, changed_at = {next.ChangedAt} where id = {id} and revision = {seen} and ended_at is null
                    """);
                if (changed == 0) return Refusal.Conflict("catalog.inventory-changed", line.Name);
                await Prove(tx, "catalog.inventory-changed", caller, next, []);
                return next;
            }, ct);
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            return Refusal.Conflict("catalog.inventory-twice", wish.Name);
        }
    }

    /// <summary>Ends a line with its reason: the system was shut down, the duty went elsewhere, the resource is none.</summary>
    public async Task<Outcome<InventoryLine>> End(Caller caller, Id<InventoryLine> id, long seen, string reason, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } line || line.Agency != caller.Agency) return Refusal.NotFound("catalog.inventory-line");
        if (!Writes(caller)) return Refusal.Forbidden("catalog.not-steward");
        if (reason.Trim().Length is < 2 or > 500) return Refusal.Invalid(new FieldError("reason", "catalog.inventory-reason"));
        var now = clock.GetUtcNow();
        return await db.Commit<Outcome<InventoryLine>>(async tx =>
        {
            if (await tx.Run($"update catalog_inventory set ended_at = {now}, end_reason = {reason.Trim()}, revision = revision + 1, changed_at = {now} where id = {id} and revision = {seen} and ended_at is null") == 0)
                return Refusal.Conflict("catalog.inventory-changed", line.Name);
            await Prove(tx, "catalog.inventory-ended", caller, line, []);
            return line with { Revision = seen + 1, ChangedAt = now };
        }, ct);
    }

    /// <summary>A line of the caller's agency, or of an agency that the caller's bureau serves.</summary>
    public async Task<InventoryLine?> Find(Caller caller, Id<InventoryLine> id, CancellationToken ct) =>
        await db.One($"select {Columns} from catalog_inventory where id = {id} and ended_at is null", Read, ct) is { } line && Scope(caller).Contains(line.Agency) ? line : null;

    /// <summary>A page of lines the caller may see, by agency, kind and name.</summary>
    /// <param name="agency">Only this one; null: all that the caller sees.</param>
    public async Task<Outcome<Page<InventoryState>>> List(Caller caller, Id<Agency>? agency, InventoryKind? kind, string? after, int limit, CancellationToken ct)
    {
        Id<Agency>[] scope = [.. Scope(caller).Where(a => agency is null || a == agency)];
        if (scope.Length == 0) return Refusal.Forbidden("catalog.no-agency");
        limit = Math.Clamp(limit, 1, 200);
        var where = new Sql().Then($" where ended_at is null and agency in {scope}");
        if (kind is { } only) where = where.Then($" and kind = {only}");
        if (after is not null)
        {
            if (Cursor.Read(after, 1) is not [var last] || !Id<InventoryLine>.TryParse(last, null, out var id)) return new Refusal(400, "kernel.bad-cursor");
            where = where.Then($" and id > {id}");
        }
        var rows = await db.List(new Sql().Then($"select {Columns} from catalog_inventory").Then(where).Then($" order by id limit {limit + 1}"), Read, ct);
        var page = Page<InventoryLine>.Of(rows, limit, l => [l.Id]);
        return new Page<InventoryState>([.. page.Items.Select(StateOf)], page.Next);
    }

    /// <summary>Coverage per department that the caller may see: of what should be catalogued, attached and opened, what is not.</summary>
    public async Task<Outcome<IReadOnlyList<Coverage>>> Coverage(Caller caller, CancellationToken ct)
    {
        if (Scope(caller) is not { Count: > 0 } scope) return Refusal.Forbidden("catalog.no-agency");
        Id<Agency>[] agencies = [.. scope];
        var lines = await db.List($"select {Columns} from catalog_inventory where ended_at is null and agency in {agencies} order by id", Read, ct);
        IReadOnlyList<Coverage> found = [.. lines.GroupBy(l => l.Agency).Select(g => Of(g.Key, [.. g]))];
        return Outcome(found);
    }

    /// <summary>Inserts lines of one agency; the unique index refuses a name that stands already.</summary>
    internal static Task Insert(Tx tx, Caller caller, IReadOnlyList<InventoryLine> lines) => tx.Insert(
        new Sql().Then($"insert into catalog_inventory (id, agency, kind, name, purpose, basis, run_by, parent, attaches, opens, entry, revision, made_by, made_at, changed_at, end_reason) values "),
        lines.Select(l => new Sql().Then($"({l.Id}, {l.Agency}, {l.Kind}, {l.Name}, {l.Purpose}, {l.Basis}, {l.RunBy}, {l.Parent}, {l.Attaches}, {l.Opens}, {l.Entry}, {l.Revision}, {caller.Actor}, {l.ChangedAt}, {l.ChangedAt}, '')")),
        new Sql());

    internal static InventoryLine Line(Id<InventoryLine> id, Id<Agency> agency, (InventoryWish Wish, Id<Entry>? Entry) settled, long revision, DateTimeOffset at)
    {
        var w = settled.Wish;
        return new InventoryLine(id, agency, w.Kind, w.Name.Trim(), (w.Purpose ?? "").Trim(), (w.Basis ?? "").Trim(), (w.RunBy ?? "").Trim(), w.Parent, w.Attaches, w.Opens, settled.Entry, revision, at);
    }

    internal static bool Writes(Caller caller) => caller is { IsGovernment: true, Client: null, Agency: not null } && (caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead));

    /// <summary>The agencies whose lines the caller may see.</summary>
    internal IReadOnlyCollection<Id<Agency>> Scope(Caller caller) => !ReadingRights.OwnPapers(caller) || caller is not { IsGovernment: true, Agency: { } own } ? []
        : caller.IsBureau ? [own, .. directory.Agencies.Where(a => a.IsGovernment && a.Id != own && entries.BureauOf(a.Id) == own).Select(a => a.Id)] : [own];

    // The parent and the entry must be the department's own: what is not is as good as unknown.
    private static async Task<((InventoryWish, Id<Entry>?) Settled, Refusal? Wrong)> Settle(Tx tx, Id<Agency> agency, Id<InventoryLine>? self, InventoryWish wish)
    {
        if (wish.Parent is { } parent && (parent == self || await tx.One($"select count(*) from catalog_inventory where id = {parent} and agency = {agency} and kind <> 'Resource' and ended_at is null", r => r.GetInt64(0)) == 0))
            return ((wish, null), Refusal.Invalid(new FieldError("parent", "catalog.no-such-parent")));
        if (string.IsNullOrWhiteSpace(wish.Code)) return ((wish, null), null);
        var code = wish.Code.Trim();
        var entry = await tx.One($"select id from catalog_entry where code = {code} and agency = {agency} and state <> 'Retired'", r => r.GetString(0));
        return entry is null ? ((wish, null), Refusal.Invalid(new FieldError("code", "catalog.no-such-entry", RuleBook.Short(code)))) : ((wish, Id<Entry>.Parse(entry, null)), null);
    }

    private Coverage Of(Id<Agency> agency, List<InventoryLine> lines)
    {
        List<InventoryState> states = [.. lines.Where(l => l.Kind == InventoryKind.Resource).Select(StateOf)];
        var covered = states.Where(s => s.IsCatalogued && s.Line.Parent is not null).Select(s => s.Line.Parent).ToHashSet();
        var systems = lines.Where(l => l.Kind == InventoryKind.System).ToList();
        return new Coverage(
            agency, systems.Count, systems.Count(s => covered.Contains(s.Id)), lines.Count(l => l.Kind == InventoryKind.Duty), states.Count, states.Count(s => s.IsCatalogued),
            states.Count(s => s.Line.Attaches), states.Count(s => s.Line.Attaches && s.IsAttached), states.Count(s => s.Line.Opens), states.Count(s => s.Line.Opens && s.IsOpened),
            [.. states.Where(s => !s.IsComplete).Take(500)]);
    }

    private InventoryState StateOf(InventoryLine line)
    {
        var entry = line.Entry is { } id ? catalogue.Find(id) : null;
        return new InventoryState(line, entry?.Code, entry is not null, entry is not null && catalogue.Data(entry.Id) is not null, entry is { IsPublic: true });
    }

    private Task<string> Prove(Tx tx, string kind, Caller caller, InventoryLine line, Dictionary<string, string> facts)
    {
        facts["kind"] = line.Kind.ToString();
        facts["revision"] = line.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (line.Entry is { } entry) facts["entry"] = entry.ToString();
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"inventory:{line.Id}", clock.GetUtcNow(), facts));
    }

    // C# converts no interface implicitly; a type parameter it does.
    private static Outcome<T> Outcome<T>(T value) => value;

    private static Sql Part(Sql sql) => sql;

    private static InventoryLine Read(DbDataReader r) => new(
        r.Id<InventoryLine>(0), r.Id<Agency>(1), r.Kind<InventoryKind>(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.IdOrNull<InventoryLine>(7), r.Flag(8), r.Flag(9),
        r.IdOrNull<Entry>(10), r.GetInt64(11), r.Instant(12));
}
