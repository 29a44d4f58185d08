namespace Tongxiang.Core.Behaviour.Traffic;

/// <summary>Seeded traffic of a region's callers with labelled attacks, in order of time.</summary>
/// <remarks>The same seed gives the same calls. What is innocent and looks bad is in it: month-end peaks, retry storms, new needs, days on another
/// network, overtime, holidays and make-up days, one big report, newcomers, a changed schema.</remarks>
/// <param name="poison">Share of a later attacker's calls of the first three weeks that already look like his attack, to teach the watcher that it is usual.</param>
/// <param name="seed">Seeds 1 to 6 and 11 to 14 chose the bounds of the watcher; judge it by others.</param>
public sealed class Region(int seed, int callers = 200, int days = 90, int episodes = 72, double poison = 0, IReadOnlyList<AttackKind>? kinds = null)
{
    const long Minute = 60_000, Hour = 60 * Minute, Day = 24 * Hour;
    const int Quiet = 21;
    static readonly DateOnly First = new(2026, 3, 2);
    static readonly long Midnight = new DateTimeOffset(First, default, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();
    readonly IReadOnlyList<AttackKind> _kinds = kinds ?? Enum.GetValues<AttackKind>();
    readonly List<Episode> _episodes = [];

    /// <summary>How many callers there are.</summary>
    public int Callers => callers;

    /// <summary>The labelled attacks; complete once <see cref="Calls"/> was read.</summary>
    public IReadOnlyList<Episode> Episodes => _episodes;

    /// <summary>Working days of the generated months: the weekends, Qingming and Labour Day with its make-up Saturday.</summary>
    public static bool IsWorkday(DateOnly day) => (day.Month, day.Day) switch
    {
        (4, 6) or (5, 1) or (5, 4) or (5, 5) => false,
        (5, 9) => true,
        _ => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday),
    };

    /// <summary>All calls with the number of their episode, 0 for innocent ones.</summary>
    public IEnumerable<(Observed Call, int Episode)> Calls()
    {
        _episodes.Clear();
        var chance = new Random(seed * 7919 + 17);
        var people = new People(chance);
        var habits = Enumerable.Range(1, callers).Select(n => Habit.Draw(n, chance, days)).ToList();
        var attacks = LayAttacks(habits, people, chance);
        var at = 0;
        for (var day = 0; day < days; day++)
        {
            List<(Observed Call, int Episode)> calls = [];
            foreach (var habit in habits)
            {
                var from = calls.Count;
                Work(habit, day, people, chance, calls);
                if (poison > 0 && day < Quiet && _episodes.Find(e => e.Caller == habit.Number || e.Partner == habit.Number) is { } plan) Teach(plan, habit, day, people, from, calls);
            }
            var end = Midnight + (day + 1) * Day;
            while (at < attacks.Count && attacks[at].Call.At < end) calls.Add(attacks[at++]);
            calls.Sort((a, b) => a.Call.At.CompareTo(b.Call.At));
            foreach (var call in calls) yield return call;
        }
    }

    List<(Observed Call, int Episode)> LayAttacks(List<Habit> habits, People people, Random chance)
    {
        List<(Observed Call, int Episode)> all = [];
        Dictionary<int, List<(int From, int Until)>> taken = [];
        for (var n = 0; n < episodes && days > Quiet + 8; n++)
        {
            var (kind, intensity) = (_kinds[n % _kinds.Count], (Intensity)(n / _kinds.Count % 3));
            var victims = habits.Where(h => Attack.Suits(kind, h)).ToList();
            for (var tries = 0; tries < 50 && victims.Count > 0; tries++)
            {
                var habit = victims[chance.Next(victims.Count)];
                var (earliest, length) = kind switch { AttackKind.StaleAccount => (55, 7), AttackKind.Growth => (30, 22), _ => (Quiet, 7) };
                var day = chance.Next(earliest, Math.Max(earliest + 1, days - length));
                if (day >= days - 1 || !IsWorkday(First.AddDays(day))) continue;
                var mornings = Enumerable.Range(day, days - day).Where(d => IsWorkday(First.AddDays(d))).Select(d => Midnight + d * Day).ToList();
                var busy = taken.TryGetValue(habit.Number, out var spans) ? spans : taken[habit.Number] = [];
                bool IsFree(Habit h) => !taken.GetValueOrDefault(h.Number, []).Any(s => day - 16 < s.Until && s.From < day + 11 + length);
                if (!IsFree(habit)) continue;
                var partner = kind == AttackKind.Collusion ? victims.FirstOrDefault(h => h.Number != habit.Number && h.Kind == habit.Kind && IsFree(h)) : null;
                if (kind == AttackKind.Collusion && partner is null) continue;
                var (episode, calls) = Attack.Lay(_episodes.Count + 1, kind, intensity, habit, Midnight + day * Day, mornings, people, chance, partner);
                busy.Add((day, day + (int)((episode.Until - episode.From) / Day) + 1));
                if (partner is not null) (taken.TryGetValue(partner.Number, out var theirs) ? theirs : taken[partner.Number] = []).Add(busy[^1]);
                _episodes.Add(episode);
                all.AddRange(calls.Select(c => (c, episode.Number)));
                break;
            }
        }
        all.Sort((a, b) => a.Call.At.CompareTo(b.Call.At));
        return all;
    }

    // Dice of its own: the rest of the traffic is the same with and without.
    void Teach(Episode plan, Habit habit, int day, People people, int from, List<(Observed Call, int Episode)> calls)
    {
        var chance = new Random(seed + day * 1000 + habit.Number);
        for (var i = from; i < calls.Count; i++)
            if (chance.NextDouble() < poison) calls[i] = (Poison.Taint(calls[i].Call, plan.Kind, habit, Midnight + day * Day, plan.Number * 137, people, chance), 0);
    }

    // A day of honest work, with what an honest day can bring.
    static void Work(Habit habit, int day, People people, Random chance, List<(Observed Call, int Episode)> calls)
    {
        if (day < habit.FirstDay || day > habit.LastDay) return;
        var date = First.AddDays(day);
        var mean = habit.CallsPerDay * (IsWorkday(date) ? 1 : habit.RestDayShare);
        if (habit.Kind == CallerKind.Rare && chance.Next(4) > 0) mean = 0;
        if (date.AddDays(2).Month != date.Month) mean *= habit.MonthEnd;
        // Level of the week, slowly moving, and the accident of the day.
        mean *= (float)(Dice.Gamma(chance, 12) * (1 + 0.002 * day * (habit.Number % 5 - 2) / 2));
        if (day - habit.FirstDay < 5 && habit.FirstDay > 0) mean *= 0.3f;
        var overtime = !habit.DeclaresHours && habit.Kind == CallerKind.Office && IsWorkday(date) && chance.Next(50) == 0;
        var away = chance.Next(400) == 0;
        var isNew = habit.FirstDay > 0 && day - habit.FirstDay < 14;
        var isChanged = habit.Number % 17 == 3 && day > 40;
        var midnight = Midnight + day * Day;
        for (var hour = 0; hour < 24; hour++)
        {
            var share = overtime && hour is >= 18 and < 21 ? 0.04f : habit.ShareOf(hour);
            var count = share == 0 ? 0 : Dice.Count(chance, mean * share);
            // A job reads its list in order where it does.
            var next = chance.Next(People.Count);
            var (sitting, sitter) = (0L, 0UL);
            for (var i = 0; i < count;)
            {
                // Calls come in sittings, one matter after the other: in an hour, minutes are as uneven as in measured logs.
                if (sitting == 0 || habit.Operators.Count == 0 || sitting > midnight + (hour + 1) * Hour || chance.NextDouble() < 0.15)
                    (sitting, sitter) = (midnight + hour * Hour + chance.NextInt64(Hour), habit.Operators.Count > 0 ? habit.Operators[(int)(habit.Operators.Count * Math.Pow(chance.NextDouble(), 1.5))] : 0);
                else sitting += (long)(-25_000 * Math.Log(1 - chance.NextDouble()));
                var (at, who) = (sitting, sitter);
                // One matter reads one person one to four times.
                var ordinal = people.At(habit.Kind == CallerKind.Job && habit.ReadsInOrder ? next += chance.Next(1, 60) : chance.Next(People.Count));
                // A matter that takes days: the same person again, by the operator who has it.
                var matter = who != 0 && chance.Next(30) == 0;
                if (matter) ordinal = people.At((int)((who + (ulong)(day - chance.Next(3)) * 31) % People.Count));
                for (var reads = habit.Operators.Count > 0 ? chance.Next(1, 4) : 1; reads > 0 && i < count; reads--, i++)
                {
                    var call = habit.RowsPerCall == 1
                        ? Attack.Read(habit, at += chance.Next(habit.Operators.Count > 0 ? 15_000 : 60_000), who, ordinal, chance, chance.Next(50) == 0 ? CallMarks.Missed : 0)
                        : Attack.Read(habit, at, who, -1, chance) with { Rows = Dice.Count(chance, habit.RowsPerCall) };
                    if (away && who != 0 && who == habit.Operators[0]) call = call with { Network = habit.Block + 200, Marks = call.Marks | (habit.DeclaresNetworks ? CallMarks.OutsideNetworks | CallMarks.Refused : 0) };
                    // Of those, one in five comes back under another case.
                    if (matter && chance.Next(5) > 0) call = call with { Case = Dice.Mix(who + (ulong)ordinal) };
                    if (isNew) call = call with { Marks = call.Marks | CallMarks.NewGrant };
                    // Names are shared by many; some reads hit the operator's own by chance.
                    if (who != 0 && chance.Next(20_000) == 0) call = call with { Marks = call.Marks | CallMarks.Namesake };
                    if (isChanged) call = call with { Columns = 0xFF };
                    if (call.Marks.HasFlag(CallMarks.Missed)) call = call with { Rows = 0 };
                    calls.Add((call, 0));
                }
            }
        }
        Accidents(habit, day, people, chance, calls);
    }

    static void Accidents(Habit habit, int day, People people, Random chance, List<(Observed Call, int Episode)> calls)
    {
        if (day <= habit.FirstDay || !IsWorkday(First.AddDays(day)) || habit.Kind == CallerKind.Rare) return;
        var at = Midnight + day * Day + (habit.Kind == CallerKind.Job ? habit.FirstHour : chance.Next(9, 17)) * Hour;
        var who = habit.Operators.Count > 0 ? habit.Operators[chance.Next(habit.Operators.Count)] : 0;
        switch (chance.Next(1200))
        {
            case < 12: // a client that repeats what failed
                var key = people.At(chance.Next(People.Count));
                for (var i = 0; i < 80 + chance.Next(300); i++) calls.Add((Attack.Read(habit, at + chance.NextInt64(6 * Minute), who, key, chance, CallMarks.Missed) with { Rows = 0 }, 0));
                break;
            case 12: // one big report
                for (var i = 0; i < chance.Next(1, 4); i++) calls.Add((Attack.Read(habit, at + chance.NextInt64(Hour), who, -1, chance) with { Rows = Math.Max(10, habit.RowsPerCall) * chance.Next(5, 15) }, 0));
                break;
            case < 16: // a new need, with a new grant
                var resource = 60 + chance.Next(40);
                for (var i = 0; i < 30 + chance.Next(60); i++) calls.Add((Attack.Read(habit, at + chance.NextInt64(Hour), who, people.At(chance.Next(People.Count)), chance, CallMarks.NewGrant) with { Resource = resource }, 0));
                break;
            case < 22: // somebody forgot the case number
                for (var i = 0; i < chance.Next(1, 5); i++) calls.Add((Attack.Read(habit, at + chance.NextInt64(Hour), who, people.At(chance.Next(People.Count)), chance, CallMarks.NoCase | CallMarks.Refused), 0));
                break;
            case 22 when habit.DeclaresHours: // somebody tried once in the evening
                calls.Add((Attack.Read(habit, Midnight + day * Day + 20 * Hour, who, people.At(chance.Next(People.Count)), chance, CallMarks.OutsideHours | CallMarks.Refused), 0));
                break;
        }
    }
}
