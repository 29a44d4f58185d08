using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>A rule as people read it: the law's number, what holds here, and what was tightened.</summary>
/// <param name="Rule">As it holds here on the day asked for.</param>
/// <param name="Statute">The law's own number; null where the law names none.</param>
public sealed record RuleSheet(Rule Rule, int? Statute, IReadOnlyList<LocalRule> Tightened);

/// <summary>A tightening that somebody wants to set.</summary>
/// <param name="Source">The local rule it comes from.</param>
/// <param name="Seen">The number that stood when it was decided; another by now means a conflict. Null: whatever stands.</param>
public sealed record NewTightening(int Value, string Source, DateOnly ValidFrom, int? Seen = null);

/// <summary>What a change did: the rule or year as it stands now, and every clock that moved.</summary>
public sealed record RuleChange(RuleSheet? Sheet, CalendarYear? Year, IReadOnlyList<ClockMove> Moved);

/// <summary>The rule pack and the calendar as the bureau works on them: read, preview, tighten, load a year; each change says which running clocks it moved.</summary>
public sealed class RuleDesk(Db db, TimeProvider clock, RulePack rules, Calendar calendar, ClockMoves moves, Directory directory, NodeSettings settings)
{
    // A local rule dated far back would make work late that nobody could know of.
    private const int MostDaysBack = 366;
    private const int MostDaysAhead = 1100;

    /// <summary>Every rule that holds here on the day.</summary>
    public IReadOnlyList<RuleSheet> All(DateOnly on) => [.. rules.All(on).Select(r => Sheet(r, on))];

    public RuleSheet? Find(string id, DateOnly on) => rules.TryFind(id, on) is { } rule ? Sheet(rule, on) : null;

    /// <summary>Years around the day whose holiday notice is still missing: clocks that run into them are provisional.</summary>
    public IReadOnlyList<int> Missing(DateOnly on) => [.. Enumerable.Range(on.Year, 2).Where(y => !calendar.Current.Years.Contains(y))];

    public IReadOnlyList<CalendarYear> Years => calendar.Years;

    /// <summary>Whether the caller decides for this node: the head of the bureau of its own division; a bureau hosted for a lower division does not.</summary>
    public bool MayChange(Caller caller) => Heads(caller, Role.BureauHead);

    public bool MayLoad(Caller caller) => MayChange(caller) || Heads(caller, Role.SystemAdmin);

    /// <summary>Which clocks would move.</summary>
    public async Task<Outcome<IReadOnlyList<ClockMove>>> Preview(Caller caller, string id, NewTightening wish, CancellationToken ct)
    {
        if (!MayChange(caller)) return Refusal.Forbidden("agencies.only-bureau-head");
        if (Wrong(id, wish) is { } wrong) return wrong;
        return Of(await moves.Preview(new Reckoning(rules.Supposing(id, wish.Value, wish.ValidFrom), calendar.Current), ct));
    }

    /// <summary>Which clocks would move, or become final, with this year.</summary>
    public async Task<Outcome<IReadOnlyList<ClockMove>>> Preview(Caller caller, CalendarYear year, CancellationToken ct)
    {
        if (!MayLoad(caller)) return Refusal.Forbidden("agencies.only-bureau-head");
        var supposed = calendar.Supposing(year);
        return supposed.Refusal is { } wrong ? wrong : Of(await moves.Preview(new Reckoning(rules.TryFind, supposed.Value), ct));
    }

    /// <summary>Sets a stricter number and recomputes what runs: clocks that started on or after the day it holds from.</summary>
    public async Task<Outcome<RuleChange>> Tighten(Caller caller, string id, NewTightening wish, CancellationToken ct)
    {
        if (!MayChange(caller)) return Refusal.Forbidden("agencies.only-bureau-head");
        if (Wrong(id, wish) is { } wrong) return wrong;
        var set = await rules.Tighten(caller, id, wish.Value, wish.Source, wish.ValidFrom, ct, wish.Seen);
        if (set.Refusal is { } refusal) return refusal;
        var moved = await Moved("rule", id, ct);
        return new RuleChange(Sheet(set.Value, wish.ValidFrom), null, moved);
    }

    /// <summary>Loads a year's notice and recomputes what runs into it.</summary>
    public async Task<Outcome<RuleChange>> Load(Caller caller, CalendarYear year, string? seen, CancellationToken ct)
    {
        if (!MayLoad(caller)) return Refusal.Forbidden("agencies.only-bureau-head");
        var loaded = await calendar.Load(caller, year, ct, seen);
        if (loaded.Refusal is { } refusal) return refusal;
        return new RuleChange(null, year, await Moved("calendar", $"{year.Year}", ct));
    }

    private async Task<IReadOnlyList<ClockMove>> Moved(string kind, string subject, CancellationToken ct)
    {
        var change = await db.One($"select max(number) from agencies_change where kind = {kind} and subject = {subject}", r => r.GetInt64(0), ct);
        await moves.Follow(ct);
        return [.. (await moves.Since(change, ct)).Select(m => m.Move)];
    }

    private Refusal? Wrong(string id, NewTightening wish)
    {
        var today = WorkCalendar.Day(clock.GetUtcNow());
        if (wish.ValidFrom < today.AddDays(-MostDaysBack) || wish.ValidFrom > today.AddDays(MostDaysAhead)) return Refusal.Invalid(new FieldError("validFrom", "agencies.rule-from", wish.ValidFrom, MostDaysBack, MostDaysAhead));
        if (rules.Statute(id, wish.ValidFrom) is not { } rule) return Refusal.NotFound(id);
        return rule.Admits(wish.Value) ? null : new Refusal(422, "agencies.only-tighten", id, wish.Value, rule.Value) { Article = "809-23" };
    }

    private RuleSheet Sheet(Rule rule, DateOnly on) => new(rule, rules.Statute(rule.Id, on)?.Value, rules.Tightened(rule.Id));

    private bool Heads(Caller caller, Role role) =>
        caller is { IsBureau: true, Client: null, Agency: { } agency } && caller.Has(role) && directory.Find(agency)?.Division == settings.Division;

    // C# converts no interface implicitly; a type parameter it does.
    private static Outcome<T> Of<T>(T value) => value;
}
