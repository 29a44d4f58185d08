using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Products;

public sealed partial class Contracts
{
    private const string DisclosureRule = "OPR-DISCLOSE";
    private static readonly Sql DisclosureColumns = Part($"bureau, year, edition, body, digest, made_at, evidence");

    /// <summary>Last day on which the disclosure of a year is in time: by the rule pack, 31 March of the next.</summary>
    public DateOnly DisclosureDue(int year)
    {
        var value = rules.Find(DisclosureRule, WorkCalendar.Day(clock.GetUtcNow())).Value ?? 0;
        return new DateOnly(year + 1, value / 100, value % 100);
    }

    /// <summary>Makes the yearly disclosure of the bureau's contracts and keeps it as a new edition; everybody may read it from then on.</summary>
    /// <param name="year">The year it tells of; it must be over.</param>
    [Enforces(39)]
    public async Task<Outcome<Disclosure>> Disclose(Caller caller, int year, CancellationToken ct)
    {
        if (caller is not { IsBureau: true, Agency: { } bureau } || !ContractRules.Keeps(caller, bureau)) return Refusal.Forbidden("products.keeper");
        var now = clock.GetUtcNow();
        if (year < 2025 || year >= WorkCalendar.Day(now).Year) return Refusal.Invalid(new FieldError("year", "products.disclosure-year", WorkCalendar.Day(now).Year - 1));
        var told = (await List(caller, ct)).Where(c => BureauOf(c.Implementing) == bureau && c.From.Year <= year && c.Until.Year >= year).ToList();
        var body = Encoding.UTF8.GetString(Canonical.Json(await Tell(bureau, year, told, ct)));
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        return await db.Commit(async tx =>
        {
            var edition = await tx.Next($"products.disclosure.{bureau}.{year}");
            var facts = new Dictionary<string, string> { ["year"] = year.ToString(CultureInfo.InvariantCulture), ["edition"] = edition.ToString(CultureInfo.InvariantCulture), ["digest"] = digest };
            var proof = await evidence.Append(tx, new Happening("products.disclosed", caller.Actor, bureau.ToString(), $"disclosure:{bureau}/{year}", now, facts));
            await tx.Run(
                $"""
                insert into products_disclosure (bureau, year, edition, body, digest, made_by, made_at, evidence)
                values ({bureau}, {(long)year}, {edition}, {body}, {digest}, {caller.Actor}, {now}, {proof})
                """);
            return new Disclosure(bureau, year, edition, body, digest, now, proof);
        }, ct);
    }

    /// <summary>The newest edition of each bureau for each year, newest year first; public.</summary>
    public Task<IReadOnlyList<Disclosure>> Disclosed(CancellationToken ct) => db.List(
        $"""
        select {DisclosureColumns} from products_disclosure d
        where edition = (select max(n.edition) from products_disclosure n where n.bureau = d.bureau and n.year = d.year) order by year desc, bureau limit 200
        """, ReadDisclosure, ct);

    private async Task<System.Text.Json.Nodes.JsonNode?> Tell(Id<Agency> bureau, int year, IReadOnlyList<OperationContract> contracts, CancellationToken ct)
    {
        var all = new List<object>();
        foreach (var contract in contracts)
        {
            var resources = new List<object>();
            foreach (var resource in contract.Resources)
                if (await entries.Find(resource.Entry, ct) is { } entry) resources.Add(new { entry.Content.Name, catalogueCode = entry.Code, registrationCode = resource.Code, isComplete = resource.CompletedAt is not null, delivered = resource.Delivered });
            all.Add(new
            {
                contract.Number,
                contract.Title,
                from = Day(contract.From),
                until = Day(contract.Until),
                contract.State,
                implementing = new { directory.Find(contract.Implementing)?.Name, directory.Find(contract.Implementing)?.CreditCode, resources, feeCeilingFen = contract.FeeCeilingFen },
                operating = new
                {
                    directory.Find(contract.Operating)?.Name,
                    directory.Find(contract.Operating)?.CreditCode,
                    received = contract.Resources.Count(r => r.Delivered is not null),
                    products = contract.Products.Select(p => new { p.Name, p.Kind, feeFen = p.FeesFen.GetValueOrDefault(year) }),
                    feesFen = contract.FeesOf(year),
                },
            });
        }
        var today = WorkCalendar.Day(clock.GetUtcNow());
        // Every number of the law stands beside its source and how far it was verified.
        var grounds = new[] { Term, DisclosureRule, "REG-FIRST", "REG-VALID" }.Select(id => rules.TryFind(id, today)).OfType<Rule>().Select(r => new { r.Id, r.Value, r.Unit, r.Source, r.Grade, unverified = r.IsUnverified });
        return JsonSerializer.SerializeToNode(new { form = "tongxiang-disclosure-1", bureau = directory.Find(bureau)?.Name, year, due = Day(DisclosureDue(year)), contracts = all, rules = grounds }, Wire.Json);
    }

    private static Disclosure ReadDisclosure(DbDataReader r) => new(r.Id<Agency>(0), (int)r.GetInt64(1), r.GetInt64(2), r.GetString(3), r.GetString(4), r.Instant(5), r.GetString(6));
}
