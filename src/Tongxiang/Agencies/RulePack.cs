using System.Data.Common;
using System.Reflection;
using System.Text.Json;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>The numbers of the law as dated data, with what this locality tightened (Order 809 art. 23).</summary>
public sealed class RulePack(Db db, TimeProvider clock, EvidenceLog evidence, NodeSettings settings)
{
    public const string Nation = "000000";
    public const string Anywhere = "*";
    private const string Art23 = "809-23";

    private static readonly Pack Shipped = Read();
    private volatile LocalRule[] local = [];

    private sealed record Pack(string Version, Rule[] Rules);


    /// <summary>The edition of the shipped numbers.</summary>
    public static string Version => Shipped.Version;

    /// <summary>Every rule that holds here on the day, by id.</summary>
    public IReadOnlyList<Rule> All(DateOnly on) =>
        [.. Shipped.Rules.Select(r => r.Id).Distinct(StringComparer.Ordinal).Select(id => TryFind(id, on)).OfType<Rule>().OrderBy(r => r.Id, StringComparer.Ordinal)];

    /// <exception cref="ArgumentException">No such rule holds here on that day.</exception>
    public Rule Find(string ruleId, DateOnly on) =>
        TryFind(ruleId, on) ?? throw new ArgumentException($"No rule '{ruleId}' holds in {settings.Division} on {on:yyyy-MM-dd}.", nameof(ruleId));

    /// <summary>The rule of the nearest jurisdiction, tightened where the locality did so.</summary>
    public Rule? TryFind(string ruleId, DateOnly on) => Here(ruleId, on, local);

    /// <summary>The rule by the law alone, without what the locality tightened.</summary>
    public Rule? Statute(string ruleId, DateOnly on) => Legal(ruleId, on, settings.Division);

    /// <summary>What the locality tightened, oldest first.</summary>
    public IReadOnlyList<LocalRule> Tightened(string ruleId) => [.. local.Where(l => l.Rule == ruleId).OrderBy(l => l.ValidFrom)];

    /// <summary>The numbers as they would stand with one more tightening.</summary>
    public Func<string, DateOnly, Rule?> Supposing(string ruleId, int value, DateOnly validFrom)
    {
        LocalRule[] supposed = [.. local.Where(l => l.Rule != ruleId || l.ValidFrom != validFrom), new LocalRule(ruleId, validFrom, value, "", clock.GetUtcNow())];
        return (id, on) => Here(id, on, supposed);
    }

    /// <summary>Sets a stricter number for this locality; one looser than the law, or than what is in force here already, is refused (Order 809 art. 23).</summary>
    /// <param name="seen">The number the decision was made on; when another stands by now it is refused. Null: whatever stands.</param>
    public async Task<Outcome<Rule>> Tighten(Caller caller, string ruleId, int value, string source, DateOnly validFrom, CancellationToken ct, int? seen = null)
    {
        if (!(caller.IsBureau && caller.Has(Role.BureauHead)) && caller != Caller.Platform) return Refusal.Forbidden("agencies.only-bureau-head");
        if (Legal(ruleId, validFrom, settings.Division) is not { } rule) return Refusal.NotFound(ruleId);
        if (source.Trim().Length is 0 or > 300) return Refusal.Invalid(new FieldError("source", "agencies.rule-source", source.Length));
        if (!rule.Admits(value)) return new Refusal(422, "agencies.only-tighten", ruleId, value, rule.Value) { Article = Art23 };
        var now = clock.GetUtcNow();
        var outcome = await db.Commit<Outcome<Rule>>(async tx =>
        {
            // Drawn under a lock: of two heads the second sees what the first set.
            await tx.Next("agencies.rules");
            var rows = await tx.List($"select rule, valid_from, value, source, set_at from agencies_rule_local where rule = {ruleId} order by valid_from", Read);
            var standing = Here(ruleId, validFrom, rows)!;
            if (seen is { } number && standing.Value != number) return Refusal.Conflict("agencies.rule-changed", ruleId, standing.Value, number);
            var today = WorkCalendar.Day(now);
            // What is announced but not yet in force may still be put right; what is in force is never loosened.
            if (rows.LastOrDefault(l => l.ValidFrom <= validFrom && l.ValidFrom <= today) is { } own && rule.Admits(own.Value) && !(rule with { Value = own.Value }).Admits(value))
                return new Refusal(422, "agencies.never-loosened", ruleId, value, own.Value) { Article = Art23 };
            await tx.Run(
                $"""
                insert into agencies_rule_local (rule, valid_from, value, source, set_by, set_at)
                values ({ruleId}, {validFrom}, {value}, {source.Trim()}, {caller.Actor}, {now})
                on conflict (rule, valid_from) do update set value = excluded.value, source = excluded.source, set_by = excluded.set_by, set_at = excluded.set_at
                """);
            await Changes.Record(tx, "rule", ruleId, now);
            await evidence.Append(tx, new Happening("agencies.rule-tightened", caller.Actor, caller.Agency?.ToString(), $"rule:{ruleId}", now,
                new Dictionary<string, string> { ["value"] = $"{value}", ["validFrom"] = $"{validFrom:yyyy-MM-dd}" }));
            return rule with { Value = value, IsLocal = true };
        }, ct);
        if (!outcome.IsRefused) await Refresh(ct);
        return outcome;
    }

    internal async Task Refresh(CancellationToken ct) =>
        local = [.. await db.List($"select rule, valid_from, value, source, set_at from agencies_rule_local order by rule, valid_from", Read, ct)];

    private Rule? Here(string ruleId, DateOnly on, IEnumerable<LocalRule> tightened)
    {
        var rule = Legal(ruleId, on, settings.Division);
        if (rule is null) return null;
        var own = tightened.Where(l => l.Rule == ruleId && l.ValidFrom <= on).OrderBy(l => l.ValidFrom).LastOrDefault();
        // Checked again on reading: a row that came another way must not loosen the law.
        return own is null || !rule.Admits(own.Value) ? rule : rule with { Value = own.Value, IsLocal = true };
    }

    private static LocalRule Read(DbDataReader r) => new(r.GetString(0), r.Day(1), (int)r.GetInt64(2), r.GetString(3), r.Instant(4));

    internal static Rule? Legal(string ruleId, DateOnly on, string division)
    {
        foreach (var place in Places(division))
        {
            var rule = Shipped.Rules.LastOrDefault(r => r.Id == ruleId && r.Jurisdiction == place && r.HoldsOn(on));
            if (rule is not null) return rule;
        }
        return null;
    }

    private static IEnumerable<string> Places(string division)
    {
        for (var place = division; place is not null; place = DivisionTable.ParentOf(place)) yield return place;
        yield return Nation;
        yield return Anywhere;
    }

    private static Pack Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Tongxiang.Agencies.rulepack.json")!;
        return JsonSerializer.Deserialize<Pack>(stream, Wire.Json)!;
    }
}

/// <summary>A stricter number that this locality set.</summary>
/// <param name="Source">The local rule it comes from.</param>
public sealed record LocalRule(string Rule, DateOnly ValidFrom, int Value, string Source, DateTimeOffset SetAt);
