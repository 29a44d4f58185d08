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

    private static readonly Pack Shipped = Read();
    private volatile Local[] local = [];

    private sealed record Pack(string Version, Rule[] Rules);

    private sealed record Local(string Rule, DateOnly ValidFrom, int Value, string Source);

    /// <summary>The edition of the shipped numbers.</summary>
    public static string Version => Shipped.Version;

    /// <summary>Every rule that holds here on the day, by id.</summary>
    public IReadOnlyList<Rule> All(DateOnly on) =>
        [.. Shipped.Rules.Select(r => r.Id).Distinct(StringComparer.Ordinal).Select(id => TryFind(id, on)).OfType<Rule>().OrderBy(r => r.Id, StringComparer.Ordinal)];

    /// <exception cref="ArgumentException">No such rule holds here on that day.</exception>
    public Rule Find(string ruleId, DateOnly on) =>
        TryFind(ruleId, on) ?? throw new ArgumentException($"No rule '{ruleId}' holds in {settings.Division} on {on:yyyy-MM-dd}.", nameof(ruleId));

    /// <summary>The rule of the nearest jurisdiction, tightened where the locality did so.</summary>
    public Rule? TryFind(string ruleId, DateOnly on)
    {
        var rule = Legal(ruleId, on, settings.Division);
        if (rule is null) return null;
        var own = local.Where(l => l.Rule == ruleId && l.ValidFrom <= on).OrderBy(l => l.ValidFrom).LastOrDefault();
        // Checked again on reading: a row that came another way must not loosen the law.
        return own is null || !rule.Admits(own.Value) ? rule : rule with { Value = own.Value, IsLocal = true };
    }

    /// <summary>Sets a stricter number for this locality; a looser one is refused.</summary>
    public async Task<Outcome<Rule>> Tighten(Caller caller, string ruleId, int value, string source, DateOnly validFrom, CancellationToken ct)
    {
        if (!(caller.IsBureau && caller.Has(Role.BureauHead)) && caller != Caller.Platform) return Refusal.Forbidden("agencies.only-bureau-head");
        if (Legal(ruleId, validFrom, settings.Division) is not { } rule) return Refusal.NotFound(ruleId);
        if (source.Trim().Length is 0 or > 300) return Refusal.Invalid(new FieldError("source", "agencies.rule-source", source.Length));
        if (!rule.Admits(value)) return new Refusal(422, "agencies.only-tighten", ruleId, value, rule.Value) { Article = "809-23" };
        var now = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"""
                insert into agencies_rule_local (rule, valid_from, value, source, set_by, set_at)
                values ({ruleId}, {validFrom}, {value}, {source.Trim()}, {caller.Actor}, {now})
                on conflict (rule, valid_from) do update set value = excluded.value, source = excluded.source, set_by = excluded.set_by, set_at = excluded.set_at
                """);
            await Changes.Record(tx, "rule", ruleId, now);
            await evidence.Append(tx, new Happening("agencies.rule-tightened", caller.Actor, caller.Agency?.ToString(), $"rule:{ruleId}", now,
                new Dictionary<string, string> { ["value"] = $"{value}", ["validFrom"] = $"{validFrom:yyyy-MM-dd}" }));
        }, ct);
        await Refresh(ct);
        return rule with { Value = value, IsLocal = true };
    }

    internal async Task Refresh(CancellationToken ct) =>
        local = [.. await db.List($"select rule, valid_from, value, source from agencies_rule_local order by rule, valid_from",
            r => new Local(r.GetString(0), r.Day(1), (int)r.GetInt64(2), r.GetString(3)), ct)];

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
