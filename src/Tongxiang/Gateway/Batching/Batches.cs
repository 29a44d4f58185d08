using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Gateway.Batching;

/// <summary>The front door of batch exchange: set a batch up, stop it, see its packages, count on both sides.</summary>
public sealed class Batches(Db db, GatewaySources sources, Calls calls, EvidenceLog evidence, TimeProvider clock)
{
    private const int mostOfGrant = 10;
    private const int daysToSettle = 3;

    /// <summary>Sets a batch up under the caller's own right of use.</summary>
    public async Task<Outcome<Batch>> Set(Caller caller, BatchWish wish, CancellationToken ct)
    {
        if (caller.IsAnonymous) return new Refusal(401, "gateway.explain-sign-in");
        if (sources.BySlug(wish.Resource) is not { IsPublished: true } entry || RightOf(caller, entry.Id, wish.Grant) is not { } grant) return Refusal.Forbidden("gateway.no-grant", wish.Resource, wish.Resource);
        if (sources.Current(entry.Id) is null) return new Refusal(404, "gateway.no-data", entry.Content.Name);
        if (!grant.IsUsableBy(caller)) return Refusal.Forbidden("gateway.not-operative", grant.Number);
        if (!grant.Modes.Contains(Catalog.Mode.Batch)) return Refusal.Forbidden("gateway.grant-mode", grant.Number);
        if (!grant.IsUsable(clock.GetUtcNow())) return Refusal.Forbidden("gateway.grant-ended", grant.Number);
        if (BatchRules.Wrong(wish, grant, Demands.NeedsCase(grant, entry.Content)).ToArray() is { Length: > 0 } wrong) return Refusal.Invalid(wrong);
        var batch = Draft(caller, wish, entry.Slug, grant);
        if (await Judge(batch, grant, ct) is { } refusal) return refusal;
        return await db.Commit<Outcome<Batch>>(async tx =>
        {
            var count = await tx.One($"select count(*) from gateway_batch where grant_id = {grant.Id} and is_enabled = 1", r => r.GetInt64(0));
            if (count >= mostOfGrant) return Refusal.Conflict("gateway.batch-many", mostOfGrant);
            var day = WorkCalendar.Day(batch.CreatedAt).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
            var next = await tx.Next("gateway.batch." + day);
            var numbered = batch with { Number = string.Create(CultureInfo.InvariantCulture, $"PL{day}-{next:0000}") };
            await Insert(tx, numbered);
            await evidence.Append(tx, Told(numbered, "gateway.batch-set", caller.Actor));
            return numbered;
        }, ct);
    }

    /// <summary>Stops making packages; those that stand can be fetched until they expire.</summary>
    public async Task<Refusal?> Stop(Caller caller, string key, CancellationToken ct)
    {
        if (await Find(caller, key, ct) is not { } batch || !batch.IsOf(caller)) return Refusal.NotFound(QueryFault.Clip(key));
        await db.Commit(async tx =>
        {
            if (await tx.Run($"update gateway_batch set is_enabled = 0 where id = {batch.Id} and is_enabled = 1") == 1) await evidence.Append(tx, Told(batch, "gateway.batch-stopped", caller.Actor));
        }, ct);
        return null;
    }

    /// <summary>Batches in which the caller's side takes part, newest first.</summary>
    public async Task<IReadOnlyList<Batch>> Of(Caller caller, CancellationToken ct)
    {
        if (SideOf(caller) is not { } side) return [];
        return await db.List(BatchRows.Batches.Then($" where b.consumer = {side} or b.provider = {side} order by b.created_at desc limit 500"), BatchRows.Batch, ct);
    }

    /// <summary>A batch by its id, its number, or the number of a right that has only one; null when it is not the caller's business.</summary>
    public async Task<Batch?> Find(Caller caller, string key, CancellationToken ct)
    {
        if (SideOf(caller) is not { } side) return null;
        var found = await db.List(
            BatchRows.Batches.Then($" where (b.id = {key} or b.number = {key} or b.grant_number = {key}) and (b.consumer = {side} or b.provider = {side}) order by b.created_at limit 2"), BatchRows.Batch, ct);
        return found.Count == 1 ? found[0] : found.FirstOrDefault(b => b.Number == key || b.Id.ToString() == key);
    }

    /// <summary>The newest packages of a batch.</summary>
    public Task<IReadOnlyList<Package>> Packages(Batch batch, int limit, CancellationToken ct) =>
        db.List(BatchRows.Packages.Then($" where p.batch = {batch.Id} order by p.seq desc limit {Math.Clamp(limit, 1, 500)}"), BatchRows.Package, ct);

    public async Task<Package?> Package(Batch batch, long sequence, CancellationToken ct) =>
        await db.One(BatchRows.Packages.Then($" where p.batch = {batch.Id} and p.seq = {sequence}"), BatchRows.Package, ct);

    internal async Task<byte[]?> Key(Package package, CancellationToken ct) =>
        await db.One($"select wrapped from gateway_package where id = {package.Id} and wrapped is not null", r => r.Bytes(0), ct);

    /// <summary>Compares what the consumer counted with what was sent: equal figures close the package, others open a discrepancy.</summary>
    public async Task<Outcome<Counted>> Acknowledge(Caller caller, Batch batch, long sequence, Acknowledgement counted, CancellationToken ct)
    {
        if (!batch.IsOf(caller)) return Refusal.NotFound(batch.Number);
        if (counted.Parts.Count > 10_000) return Refusal.Invalid(new FieldError("parts", "gateway.explain-long", 10_000));
        return await db.Commit<Outcome<Counted>>(async tx =>
        {
            if (await tx.One(BatchRows.Packages.Then($" where p.batch = {batch.Id} and p.seq = {sequence}"), BatchRows.Package) is not { IsFetchable: true } package) return Refusal.NotFound(batch.Number);
            var differences = Counting.Compare(package.Parts, counted.Parts);
            // An acknowledged package stays so: a later package may build on it.
            if (package.State != PackageState.Acknowledged) await Take(tx, caller, batch, package, differences);
            return new Counted(differences.Count == 0, differences);
        }, ct);
    }

    /// <summary>Discrepancies of the caller's side that are open.</summary>
    public async Task<IReadOnlyList<Discrepancy>> Open(Caller caller, CancellationToken ct)
    {
        if (SideOf(caller) is not { } side) return [];
        return await db.List(BatchRows.Discrepancies.Then($" where (d.consumer = {side} or d.provider = {side}) and d.closed_at is null order by d.due_at limit 500"), BatchRows.Discrepancy, ct);
    }

    /// <summary>Discrepancies of a batch, newest first.</summary>
    public Task<IReadOnlyList<Discrepancy>> Discrepancies(Batch batch, CancellationToken ct) =>
        db.List(BatchRows.Discrepancies.Then($" where d.batch = {batch.Id} order by d.opened_at desc limit 200"), BatchRows.Discrepancy, ct);

    /// <summary>Closes a discrepancy with what was found out; equal figures close it by themselves.</summary>
    public async Task<Refusal?> Close(Caller caller, Id<Discrepancy> id, string resolution, CancellationToken ct)
    {
        if (SideOf(caller) is not { } side || caller.Person is null || !(caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead) || caller.Has(Role.CompanyUser) || caller.Agency is null)) return Refusal.Forbidden("gateway.discrepancy-keeper");
        if (resolution.Trim() is not { Length: >= 4 and <= 1_000 } text) return Refusal.Invalid(new FieldError("resolution", "gateway.discrepancy-resolution"));
        return await db.Commit(async tx =>
        {
            var found = await tx.One(BatchRows.Discrepancies.Then($" where d.id = {id} and (d.consumer = {side} or d.provider = {side}) and d.closed_at is null"), BatchRows.Discrepancy);
            if (found is null) return Refusal.NotFound(id.ToString());
            var batch = (await tx.One(BatchRows.Batches.Then($" where b.id = {found.Batch}"), BatchRows.Batch))!;
            await Settle(tx, batch, found, caller.Actor, text);
            return null;
        }, ct);
    }

    private async Task Take(Tx tx, Caller caller, Batch batch, Package package, IReadOnlyList<Difference> differences)
    {
        var now = clock.GetUtcNow();
        var open = await tx.List(BatchRows.Discrepancies.Then($" where d.batch = {batch.Id} and d.seq = {package.Sequence} and d.closed_at is null"), BatchRows.Discrepancy);
        var facts = Packing.Facts(batch, package.Sequence);
        facts["rows"] = package.RowsOf(PartKind.Rows).ToString(CultureInfo.InvariantCulture);
        facts["differences"] = differences.Count.ToString(CultureInfo.InvariantCulture);
        await evidence.Append(tx, Packing.Happening(batch, "gateway.package-counted", caller.Actor, now, facts));
        if (differences.Count == 0)
        {
            await tx.Run($"update gateway_package set state = {PackageState.Acknowledged}, acknowledged_at = {now} where id = {package.Id}");
            foreach (var settled in open) await Settle(tx, batch, settled, caller.Actor, "重新接收并核对一致 (received again, figures equal)");
            return;
        }

        await tx.Run($"update gateway_package set state = {PackageState.Differs} where id = {package.Id}");
        if (open.Count > 0)
        {
            await tx.Run($"update gateway_discrepancy set differences = {BatchRows.Json(differences)} where id = {open[0].Id}");
            return;
        }

        var due = WorkCalendar.EndOf(WorkCalendar.Day(now).AddDays(daysToSettle));
        await tx.Run(
            $"""
            insert into gateway_discrepancy (id, batch, seq, consumer, provider, differences, opened_at, due_at)
            values ({Id<Discrepancy>.New(clock)}, {batch.Id}, {package.Sequence}, {batch.Consumer}, {batch.Provider}, {BatchRows.Json(differences)}, {now}, {due})
            """);
    }

    private async Task Settle(Tx tx, Batch batch, Discrepancy found, string actor, string resolution)
    {
        var now = clock.GetUtcNow();
        await tx.Run($"update gateway_discrepancy set closed_at = {now}, closed_by = {actor}, resolution = {resolution} where id = {found.Id}");
        await evidence.Append(tx, Packing.Happening(batch, "gateway.discrepancy-closed", actor, now, Packing.Facts(batch, found.Sequence)));
    }

    private Grant? RightOf(Caller caller, Id<Catalog.Entry> entry, string? wanted)
    {
        var grants = sources.Grants(entry, caller);
        return wanted is { Length: > 0 } ? grants.FirstOrDefault(g => g.Number == wanted || g.Id.ToString() == wanted)
            : grants.FirstOrDefault(g => g.Modes.Contains(Catalog.Mode.Batch) && g.IsUsable(clock.GetUtcNow())) ?? (grants.Count > 0 ? grants[0] : null);
    }

    private Batch Draft(Caller caller, BatchWish wish, string slug, Grant grant)
    {
        var now = clock.GetUtcNow();
        var (day, hour) = (wish.Day ?? 0, wish.Hour ?? 0);
        return new Batch(
            Id<Batch>.New(clock), "", grant.Id, grant.Number, grant.Entry, slug, (grant.ConsumerAgency?.ToString() ?? grant.ConsumerPerson?.ToString())!, grant.ConsumerAgency is null ? null : caller.AgencyKind, grant.Provider,
            wish.Every, day, hour, BatchRules.FormOf(wish.Form)!.Value, (wish.Query ?? "").Trim().TrimStart('?'), wish.Incremental, Blank(wish.Case), Blank(wish.Operator), true, null,
            BatchRules.Next(wish.Every, day, hour, now), caller.Client is not null ? "client:" + caller.Client : "person:" + caller.Person, now);
    }

    private async Task<Refusal?> Judge(Batch batch, Grant grant, CancellationToken ct)
    {
        var call = new Call { Resource = batch.Slug, Query = new QueryText("?" + batch.Query, null, null, ""), Caller = batch.AsCaller(), Mode = Catalog.Mode.Batch, At = batch.CreatedAt };
        if (await calls.Judge(call, grant, ct) is { } stop) return stop.Fault is { } fault ? Refusal.Invalid(new FieldError("query", fault.Key, fault.Args)) : stop.Refusal;
        if (call.Plan!.Columns.GroupBy(c => c.Shown, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
            return Refusal.Invalid(new FieldError("query", "gateway.file-names", BatchRules.NameOf(batch.Form), twice.Key));
        return batch.IsIncremental && !BatchRules.HasKey(call.Version!.Key, call.Plan, call.IsMasked) ? Refusal.Invalid(new FieldError("incremental", "gateway.batch-no-key", string.Join(", ", call.Version.Key))) : null;
    }

    private static Task<int> Insert(Tx tx, Batch b) => tx.Run(
        $"""
        insert into gateway_batch (id, number, grant_id, grant_number, entry_id, slug, consumer, consumer_kind, provider, every, on_day, at_hour, form, query, is_incremental, case_number, operative,
          is_enabled, next_at, made_by, created_at)
        values ({b.Id}, {b.Number}, {b.Grant}, {b.GrantNumber}, {b.Entry}, {b.Slug}, {b.Consumer}, {b.ConsumerKind?.ToString()}, {b.Provider}, {b.Every}, {b.OnDay}, {b.AtHour}, {b.Form}, {b.Query}, {b.IsIncremental},
          {b.Case}, {b.Operative}, {b.IsEnabled}, {b.NextAt}, {b.MadeBy}, {b.CreatedAt})
        """);

    private Happening Told(Batch batch, string kind, string actor)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["batch"] = batch.Number, ["grant"] = batch.GrantNumber, ["resource"] = batch.Slug, ["every"] = batch.Every.ToString() };
        return Packing.Happening(batch, kind, actor, clock.GetUtcNow(), facts);
    }

    private static string? SideOf(Caller caller) => caller.Agency?.ToString() ?? caller.Person?.ToString();

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
