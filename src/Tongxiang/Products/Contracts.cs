using System.Data.Common;
using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Products;

/// <summary>The register of contracts of authorised operation: term, resources with their registration codes, products, fees.</summary>
[Enforces(39)]
public sealed partial class Contracts(
    Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, RulePack rules, Deadlines deadlines, Entries entries, Registrations registrations)
{
    private const string Term = "OPR-TERM";
    private static readonly Sql Columns = Part($"c.id, c.number, c.title, c.implementing, c.operating, c.from_day, c.until_day, c.scenario, c.fee_ceiling, c.state, c.end_reason, c.revision, c.made_at");

    public async Task<Outcome<OperationContract>> Make(Caller caller, NewContract wish, CancellationToken ct)
    {
        if (!ContractRules.Keeps(caller, BureauOf(wish.Implementing))) return Refusal.Forbidden("products.keeper");
        var now = clock.GetUtcNow();
        if (ContractRules.Check(wish, directory.Find(wish.Implementing), directory.Find(wish.Operating), rules.Find(Term, WorkCalendar.Day(now)).Value ?? 0) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var resources = wish.Resources.Distinct().ToArray();
        foreach (var id in resources)
            if (await entries.Find(id, ct) is not { IsPublished: true }) return Refusal.Invalid(new FieldError("resources", "products.resource-unknown", id.ToString()));
        var day = WorkCalendar.Day(now).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        return await db.Commit(async tx =>
        {
            var next = await tx.Next($"products.contract.{day}");
            var made = new OperationContract(
                Id<OperationContract>.New(clock), string.Create(CultureInfo.InvariantCulture, $"YY{day}-{next:0000}"), wish.Title.Trim(), wish.Implementing, wish.Operating, wish.From, wish.Until,
                wish.Scenario.Trim(), wish.FeeCeilingFen, ContractState.Active, "", 1, now)
            { Resources = [.. resources.Select(r => new ContractResource(r, null, null, false, null, null))] };
            await tx.Run(
                $"""
                insert into products_contract (id, number, title, implementing, operating, from_day, until_day, scenario, fee_ceiling, state, end_reason, revision, made_by, made_at, changed_at)
                values ({made.Id}, {made.Number}, {made.Title}, {made.Implementing}, {made.Operating}, {made.From}, {made.Until}, {made.Scenario}, {made.FeeCeilingFen}, {made.State}, '', 1,
                  {caller.Actor}, {now}, {now})
                """);
            foreach (var entry in resources) await tx.Run($"insert into products_contract_resource (contract, entry, added_at) values ({made.Id}, {entry}, {now})");
            await Prove(tx, "products.contract-made", caller, made, now, ("until", Day(made.Until)), ("resources", resources.Length.ToString(CultureInfo.InvariantCulture)));
            return made;
        }, ct);
    }

    /// <summary>Records that a resource reached the operating body; from then on the clock of its registration runs.</summary>
    public Task<Outcome<OperationContract>> Deliver(Caller caller, Id<OperationContract> id, long seen, Id<Entry> entry, CancellationToken ct) => Change(caller, id, seen, async (tx, contract, at) =>
    {
        if (contract.Resources.FirstOrDefault(r => r.Entry == entry) is not { } resource) return Refusal.NotFound("catalog.entry");
        if (resource.Delivered is not null) return Refusal.Conflict("products.delivered");
        var due = deadlines.Due("REG-FIRST", at);
        await tx.Run($"update products_contract_resource set delivered_at = {at}, due_at = {due.DueAt}, due_provisional = {due.IsProvisional} where contract = {id} and entry = {entry}");
        await Prove(tx, "products.delivered", caller, contract, at, ("entry", entry.ToString()));
        return null;
    }, ct);

    /// <summary>Marks a resource complete: only with a valid registration code, which is looked up and not typed in.</summary>
    [Enforces(39)]
    public Task<Outcome<OperationContract>> Complete(Caller caller, Id<OperationContract> id, long seen, Id<Entry> entry, CancellationToken ct) => Change(caller, id, seen, async (tx, contract, at) =>
    {
        if (contract.Resources.FirstOrDefault(r => r.Entry == entry) is not { } resource) return Refusal.NotFound("catalog.entry");
        if (resource.CompletedAt is not null) return Refusal.Conflict("products.completed");
        if (await registrations.ValidOf(entry, ct) is not { } code) return Refusal.Conflict("products.no-code") with { Article = "发改数据规〔2025〕26号" };
        await tx.Run($"update products_contract_resource set code = {code.Code}, completed_at = {at} where contract = {id} and entry = {entry}");
        await Prove(tx, "products.completed", caller, contract, at, ("entry", entry.ToString()), ("code", code.Code));
        return null;
    }, ct);

    /// <summary>Adds a product or service of the operating body.</summary>
    public Task<Outcome<OperationContract>> AddProduct(Caller caller, Id<OperationContract> id, long seen, string name, ProductKind kind, CancellationToken ct) => Change(caller, id, seen, async (tx, contract, at) =>
    {
        var errors = new List<FieldError>();
        ContractRules.Text("name", name, ContractRules.TitleMost, errors);
        if (errors.Count > 0) return Refusal.Invalid([.. errors]);
        var kept = await tx.Run(
            $"insert into products_product (id, contract, name, kind, made_by, made_at) values ({Id<Product>.New(clock)}, {id}, {name.Trim()}, {kind}, {caller.Actor}, {at}) on conflict do nothing");
        if (kept == 0) return Refusal.Conflict("products.product-there", name.Trim());
        await Prove(tx, "products.product-added", caller, contract, at, ("kind", kind.ToString()));
        return null;
    }, ct);

    /// <summary>The actual fees of a product in a year, in fen; together they stay under the contract's ceiling.</summary>
    public Task<Outcome<OperationContract>> SayFee(Caller caller, Id<OperationContract> id, long seen, Id<Product> product, int year, long feeFen, CancellationToken ct) => Change(caller, id, seen, async (tx, contract, at) =>
    {
        if (contract.Products.All(p => p.Id != product)) return Refusal.NotFound("products.product");
        if (year < contract.From.Year || year > contract.Until.Year) return Refusal.Invalid(new FieldError("year", "products.fee-year", contract.From.Year, contract.Until.Year));
        if (feeFen < 0) return Refusal.Invalid(new FieldError("feeFen", "products.fee-negative"));
        var others = contract.Products.Where(p => p.Id != product).Sum(p => p.FeesFen.GetValueOrDefault(year));
        if (feeFen > contract.FeeCeilingFen - others) return new Refusal(422, "products.fee-ceiling", year, Yuan(contract.FeeCeilingFen), Yuan(others)) { Article = "发改数据规〔2025〕27号" };
        await tx.Run(
            $"""
            insert into products_fee (product, year, fee, said_by, said_at) values ({product}, {(long)year}, {feeFen}, {caller.Actor}, {at})
            on conflict (product, year) do update set fee = excluded.fee, said_by = excluded.said_by, said_at = excluded.said_at
            """);
        await Prove(tx, "products.fee-said", caller, contract, at, ("year", year.ToString(CultureInfo.InvariantCulture)), ("fen", feeFen.ToString(CultureInfo.InvariantCulture)));
        return null;
    }, ct);

    /// <summary>Ends a contract before its term.</summary>
    public Task<Outcome<OperationContract>> End(Caller caller, Id<OperationContract> id, long seen, string reason, CancellationToken ct) => Change(caller, id, seen, async (tx, contract, at) =>
    {
        var errors = new List<FieldError>();
        ContractRules.Text("reason", reason, ContractRules.ScenarioMost, errors);
        if (errors.Count > 0) return Refusal.Invalid([.. errors]);
        await tx.Run($"update products_contract set state = 'Ended', end_reason = {reason.Trim()} where id = {id}");
        await Prove(tx, "products.contract-ended", caller, contract, at);
        return null;
    }, ct);

    /// <summary>The contract, for the bureau and its two sides.</summary>
    public async Task<OperationContract?> Find(Caller caller, Id<OperationContract> id, CancellationToken ct) =>
        await Load(id, ct) is { } found && ContractRules.Sees(caller, found, BureauOf(found.Implementing)) ? found : null;

    /// <summary>Contracts the caller may see, newest first.</summary>
    public async Task<IReadOnlyList<OperationContract>> List(Caller caller, CancellationToken ct)
    {
        if (!ReadingRights.OwnPapers(caller) || caller.Agency is not { } agency) return [];
        Id<Agency>[] served = caller.IsBureau ? [.. directory.Agencies.Where(a => BureauOf(a.Id) == agency).Select(a => a.Id)] : [agency];
        var found = await db.List($"select {Columns} from products_contract c where c.implementing in {served} or c.operating = {agency} order by c.made_at desc, c.id desc limit 500", Read, ct);
        return await Filled(found, ct);
    }

    private async Task<OperationContract?> Load(Id<OperationContract> id, CancellationToken ct) =>
        await db.One($"select {Columns} from products_contract c where c.id = {id}", Read, ct) is { } found ? (await Filled([found], ct))[0] : null;

    private async Task<IReadOnlyList<OperationContract>> Filled(IReadOnlyList<OperationContract> contracts, CancellationToken ct)
    {
        if (contracts.Count == 0) return contracts;
        Id<OperationContract>[] ids = [.. contracts.Select(c => c.Id)];
        var resources = (await db.List($"select contract, entry, delivered_at, due_at, due_provisional, code, completed_at from products_contract_resource where contract in {ids} order by added_at, entry",
            r => (Contract: r.Id<OperationContract>(0), Resource: new ContractResource(r.Id<Entry>(1), r.InstantOrNull(2), r.InstantOrNull(3), r.Flag(4), r.TextOrNull(5), r.InstantOrNull(6))), ct)).ToLookup(r => r.Contract, r => r.Resource);
        var fees = (await db.List($"select f.product, f.year, f.fee from products_fee f join products_product p on p.id = f.product where p.contract in {ids}",
            r => (Product: r.Id<Product>(0), Year: (int)r.GetInt64(1), Fee: r.GetInt64(2)), ct)).ToLookup(f => f.Product);
        var products = (await db.List($"select contract, id, name, kind from products_product where contract in {ids} order by made_at, name",
            r => (Contract: r.Id<OperationContract>(0), Product: new Product(r.Id<Product>(1), r.GetString(2), r.Kind<ProductKind>(3), new Dictionary<int, long>())), ct)).ToLookup(p => p.Contract, p => p.Product);
        return [.. contracts.Select(c => c with { Resources = [.. resources[c.Id]], Products = [.. products[c.Id].Select(p => p with { FeesFen = fees[p.Id].ToDictionary(f => f.Year, f => f.Fee) })] })];
    }

    private async Task<Outcome<OperationContract>> Change(Caller caller, Id<OperationContract> id, long seen, Func<Tx, OperationContract, DateTimeOffset, Task<Refusal?>> work, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } contract) return Refusal.NotFound("products.contract");
        if (!ContractRules.Keeps(caller, BureauOf(contract.Implementing))) return Refusal.Forbidden("products.keeper");
        if (contract.Revision != seen) return Refusal.Conflict("products.changed", contract.Number);
        if (contract.State == ContractState.Ended) return Refusal.Conflict("products.ended", contract.Number);
        var at = clock.GetUtcNow();
        try
        {
            await db.Commit(async tx =>
            {
                if (await tx.Run($"update products_contract set revision = revision + 1, changed_at = {at} where id = {id} and revision = {seen}") == 0) throw new Refused(Refusal.Conflict("products.changed", contract.Number));
                if (await work(tx, contract, at) is { } refusal) throw new Refused(refusal);
            }, ct);
        }
        catch (Refused e)
        {
            return e.Refusal;
        }
        return (await Load(id, ct))!;
    }

    private Id<Agency>? BureauOf(Id<Agency> agency) => directory.Find(agency) switch { null => null, { Kind: AgencyKind.Bureau } own => own.Id, var other => other.Bureau };

    private Task<string> Prove(Tx tx, string kind, Caller caller, OperationContract contract, DateTimeOffset at, params (string Name, string Value)[] facts)
    {
        var all = facts.ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
        all["number"] = contract.Number;
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"contract:{contract.Id}", at, all) { Parties = [contract.Implementing.ToString(), contract.Operating.ToString()] });
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    internal static string Yuan(long fen) => (fen / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    private static Sql Part(Sql sql) => sql;

    private static OperationContract Read(DbDataReader r) => new(
        r.Id<OperationContract>(0), r.GetString(1), r.GetString(2), r.Id<Agency>(3), r.Id<Agency>(4), r.Day(5), r.Day(6), r.GetString(7), r.GetInt64(8), r.Kind<ContractState>(9), r.GetString(10),
        r.GetInt64(11), r.Instant(12));

    // Only to leave a commit that has begun without a trace.
    private sealed class Refused(Refusal refusal) : Exception(refusal.Code)
    {
        public Refusal Refusal => refusal;
    }
}
