using System.Reflection;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Core.Behaviour;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>The declared policy of the fuse as data: rules under trial, live or off, and what false alarms taught. Every new or changed rule begins in the dark.</summary>
public sealed class Policy(Db db, TimeProvider clock, EvidenceLog evidence)
{
    private static readonly TimeSpan counted = TimeSpan.FromDays(30);
    private volatile Snapshot now = new(-1, [], []);

    private sealed record Snapshot(long Seen, IReadOnlyList<FuseRule> Rules, IReadOnlyList<Lesson> Lessons);

    /// <summary>Rules as this copy knows them.</summary>
    public IReadOnlyList<FuseRule> Rules => now.Rules;

    /// <summary>Rules with how often each tripped, or would have, in the last thirty days.</summary>
    public async Task<Outcome<FuseRule[]>> List(Caller caller, CancellationToken ct)
    {
        if (!TripRules.SeesAll(caller)) return Refusal.Forbidden("watch.not-yours");
        var since = clock.GetUtcNow() - counted;
        var counts = await db.List($"select rule, is_dark, count(*) from watch_trip where tripped_at > {since} group by rule, is_dark", r => KeyValuePair.Create((r.GetString(0), r.Flag(1)), r.GetInt64(2)), ct);
        var byRule = counts.ToDictionary(c => c.Key, c => c.Value);
        return now.Rules.Select(r => r with { Trips = byRule.GetValueOrDefault((r.Id, r.Mode == RuleMode.Dark)) }).ToArray();
    }

    /// <summary>Puts a rule live, back under trial, or off; what is off goes live only through a trial.</summary>
    /// <param name="seen">When the rule was last changed, as the caller saw it: who decides on something older sees the newer first. Null decides on what stands.</param>
    public async Task<Outcome<FuseRule>> Switch(Caller caller, string id, RuleMode mode, string reason, CancellationToken ct, DateTimeOffset? seen = null)
    {
        if (!TripRules.IsGuard(caller)) return Refusal.Forbidden("watch.not-yours");
        if (Trips.Say(reason) is { } unsaid) return unsaid;
        await Follow(ct);
        if (now.Rules.FirstOrDefault(r => r.Id == id) is not { } rule) return Refusal.NotFound(id);
        if (seen is { } before && before.ToUnixTimeMilliseconds() != rule.ChangedAt.ToUnixTimeMilliseconds()) return Changed(rule);
        if (mode == RuleMode.Live && rule.Mode == RuleMode.Off) return Refusal.Conflict("watch.rule-dark-first", id);
        if (mode == rule.Mode) return rule;
        // Never the moment it was changed before: by that moment the next who decides is told apart.
        var at = clock.GetUtcNow() is var present && present > rule.ChangedAt ? present : rule.ChangedAt.AddMilliseconds(1);
        var switched = rule with { Mode = mode, DarkSince = mode == RuleMode.Dark ? at : rule.DarkSince, LiveSince = mode == RuleMode.Live ? at : null };
        return await Save(caller, switched, reason, at, ct, rule.ChangedAt) is { } saved ? saved : Changed(now.Rules.FirstOrDefault(r => r.Id == id) ?? rule);
    }

    private static Refusal Changed(FuseRule rule) => Refusal.Conflict("watch.rule-changed", rule.Id, rule.ChangedByName);

    /// <summary>A new rule, or other terms for one that is there: it runs dark from now on.</summary>
    public async Task<Outcome<FuseRule>> Declare(Caller caller, string id, RuleTerms terms, string reason, CancellationToken ct)
    {
        if (!TripRules.IsGuard(caller)) return Refusal.Forbidden("watch.not-yours");
        if (Wrong(id, terms) is { } wrong) return Refusal.Invalid(wrong);
        if (Trips.Say(reason) is { } unsaid) return unsaid;
        var at = clock.GetUtcNow();
        return (await Save(caller, new FuseRule(id, terms, RuleMode.Dark, at, null, caller.Name, at), reason, at, ct))!;
    }

    /// <summary>Takes in what any copy changed.</summary>
    public async Task Follow(CancellationToken ct)
    {
        var last = await db.One($"select coalesce(max(number), 0) from watch_change where kind in ('rule', 'lesson')", r => r.GetInt64(0), ct);
        if (last != now.Seen) await Load(last, ct);
    }

    /// <summary>The rules that ship, under trial, where the store has none of that name yet.</summary>
    internal async Task Seed(CancellationToken ct)
    {
        await Follow(ct);
        var at = clock.GetUtcNow();
        foreach (var (id, terms) in Shipped())
            if (now.Rules.All(r => r.Id != id)) await Save(Caller.Platform, new FuseRule(id, terms, RuleMode.Dark, at, null, Caller.Platform.Name, at), "", at, ct);
    }

    /// <summary>What was learnt of a caller, or of the operator behind it.</summary>
    internal IReadOnlyList<Lesson> LessonsOf(string actor, string? operative) => [.. now.Lessons.Where(l => l.Actor == actor && l.Operator == operative)];

    private async Task Load(long last, CancellationToken ct)
    {
        var rules = await db.List(
            $"select id, terms, mode, dark_since_at, live_since_at, changed_by_name, changed_at from watch_rule order by id",
            r => new FuseRule(r.GetString(0), r.Json<RuleTerms>(1), r.Kind<RuleMode>(2), r.Instant(3), r.InstantOrNull(4), r.GetString(5), r.Instant(6)), ct);
        var lessons = await db.List($"select actor, operator, sign, strength from watch_lesson",
            r => new Lesson(r.GetString(0), r.GetString(1) is { Length: > 0 } operative ? operative : null, r.Kind<Sign>(2), r.GetDouble(3)), ct);
        now = new Snapshot(last, rules, lessons);
    }

    // Null when the rule is no longer the one that was seen: what another declared meanwhile is never overwritten with older terms.
    private async Task<FuseRule?> Save(Caller caller, FuseRule rule, string reason, DateTimeOffset at, CancellationToken ct, DateTimeOffset? seen = null)
    {
        rule = rule with { ChangedByName = caller.Name, ChangedAt = at };
        var terms = JsonSerializer.Serialize(rule.Terms, Wire.Json);
        var isSaved = await db.Commit(async tx =>
        {
            if (seen is { } before && await tx.Run($"update watch_rule set changed_at = {at} where id = {rule.Id} and changed_at = {before}") == 0) return false;
            var facts = new Dictionary<string, string> { ["rule"] = rule.Id, ["mode"] = rule.Mode.ToString(), ["terms"] = Trips.Digest(terms), ["scope"] = rule.Terms.Scope.ToString(), ["action"] = rule.Terms.Action.ToString() };
            if (reason.Length > 0) facts["reason"] = Trips.Digest(reason);
            var witnessed = await evidence.Append(tx, new Happening("watch.rule", caller.Actor, caller.Agency?.ToString(), $"rule:{rule.Id}", at, facts));
            await tx.Run(
                $"""
                insert into watch_rule (id, terms, mode, dark_since_at, live_since_at, changed_by, changed_by_name, changed_at, evidence)
                values ({rule.Id}, {terms}, {rule.Mode}, {rule.DarkSince}, {rule.LiveSince}, {caller.Actor}, {caller.Name}, {at}, {witnessed})
                on conflict (id) do update set terms = excluded.terms, mode = excluded.mode, dark_since_at = excluded.dark_since_at, live_since_at = excluded.live_since_at,
                  changed_by = excluded.changed_by, changed_by_name = excluded.changed_by_name, changed_at = excluded.changed_at, evidence = excluded.evidence
                """);
            await Changes.Record(tx, "rule", rule.Id, at);
            return true;
        }, ct);
        await Follow(CancellationToken.None);
        return isSaved ? rule : null;
    }

    private static FieldError? Wrong(string id, RuleTerms terms) => 0 switch
    {
        _ when id.Length is < 3 or > 40 || !id.All(c => char.IsAsciiLetterLower(c) || c == '-') => new FieldError("id", "watch.field.rule-id"),
        _ when string.IsNullOrWhiteSpace(terms.Name) || string.IsNullOrWhiteSpace(terms.NameEn) || terms.Name.Length > 60 || terms.NameEn.Length > 60 => new FieldError("terms.name", "watch.field.rule-name", 60),
        _ when terms.Signs is null or { Count: 0 } => new FieldError("terms.signs", "watch.field.rule-signs"),
        _ when terms.LeastStrength is < 0.3 or > 10 => new FieldError("terms.leastStrength", "watch.field.rule-strength"),
        _ when terms.CallsPerMinute is < 1 or > 10_000 => new FieldError("terms.callsPerMinute", "watch.field.pace", terms.CallsPerMinute),
        _ => null,
    };

    private static Dictionary<string, RuleTerms> Shipped()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Tongxiang.Watch.rules.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, RuleTerms>>(stream, Wire.Json)!;
    }
}
