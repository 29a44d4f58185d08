namespace Tongxiang.Core.Behaviour.Traffic;

/// <summary>What an attacker of the generated traffic does.</summary>
public enum AttackKind { Burst, Enumeration, NightPull, SharedCredential, PurposeDrift, BulkExport, StaleAccount, SamePerson, Namesake, Growth, Collusion, NoCase }

/// <summary>How loud he is.</summary>
public enum Intensity { Plain, Medium, Hard }

/// <summary>One labelled attack: an alarm of this caller between start and an hour after the end finds it.</summary>
/// <param name="Number">From 1; calls carry it as their label.</param>
/// <param name="Partner">The second caller of a collusion; 0 for none.</param>
public sealed record Episode(int Number, AttackKind Kind, Intensity Intensity, int Caller, ulong Operator, long From, long Until, int Partner = 0);

/// <summary>Lays one attack into a caller's days, in the three intensities of the reference: a plain one, a medium one, a hard one.</summary>
static class Attack
{
    const long Minute = 60_000, Hour = 60 * Minute, Day = 24 * Hour;

    /// <summary>The callers on whom this attack makes sense.</summary>
    public static bool Suits(AttackKind kind, Habit habit) => kind switch
    {
        AttackKind.Burst => habit.BusyHour is >= 10 and <= 60 && habit.RowsPerCall == 1,
        AttackKind.NightPull => habit.Kind is CallerKind.Office or CallerKind.Job && habit.CallsPerDay > 20,
        AttackKind.StaleAccount => habit.LastDay < 13,
        AttackKind.SamePerson or AttackKind.Namesake or AttackKind.NoCase => habit.Kind == CallerKind.Office,
        AttackKind.BulkExport => habit.Kind != CallerKind.Rare && habit.CallsPerDay > 20,
        AttackKind.Growth => habit.CallsPerDay is > 20 and < 300 && habit.RowsPerCall == 1 && habit.Kind != CallerKind.Rare,
        AttackKind.Enumeration or AttackKind.SharedCredential or AttackKind.Collusion => habit.CallsPerDay > 20 && habit.RowsPerCall == 1,
        _ => habit.CallsPerDay > 20,
    } && (habit.FirstDay <= 0 && (habit.LastDay > 1000 || kind == AttackKind.StaleAccount));

    /// <summary>The calls of one episode.</summary>
    /// <param name="midnight">Local midnight of its first day, Unix milliseconds.</param>
    /// <param name="workdays">Midnights of the following working days, the first included.</param>
    public static (Episode Episode, List<Observed> Calls) Lay(int number, AttackKind kind, Intensity intensity, Habit habit, long midnight, IReadOnlyList<long> workdays, People people, Random chance, Habit? partner = null)
    {
        List<Observed> calls = [];
        var who = habit.Operators.Count > 0 ? habit.Operators[chance.Next(habit.Operators.Count)] : 0;
        var day = habit.Kind == CallerKind.Job ? habit.FirstHour : chance.Next(9, 15);
        int Pick(int plain, int medium, int hard) => intensity switch { Intensity.Plain => plain, Intensity.Medium => medium, _ => hard };
        var at = midnight + day * Hour + chance.Next(30) * Minute;
        switch (kind)
        {
            case AttackKind.Burst:
                for (var left = (int)(habit.BusyHour * Pick(20, 8, 3)); left > 0; left--) calls.Add(Read(habit, at + chance.NextInt64(10 * Minute), who, people.At(chance.Next(People.Count)), chance));
                break;
            case AttackKind.Enumeration:
                var (ordinal, rate) = (people.At(chance.Next(People.Count)), Pick(60, 20, 5));
                for (var hour = 0; hour < Pick(8, 16, 48); hour++)
                    for (var i = 0; i < rate; i++)
                    {
                        ordinal += chance.Next(1, 9);
                        calls.Add(Read(habit, at + hour * Hour + (long)((i + chance.NextDouble()) / rate * Hour), who, ordinal, chance) with { Rows = people.Has(ordinal) ? 1 : 0, Marks = people.Has(ordinal) ? 0 : CallMarks.Missed });
                    }
                break;
            case AttackKind.NightPull:
                at = midnight + ((habit.FirstHour is > 20 or < 7 ? 12 : 1) * Hour) + chance.Next(60) * Minute;
                for (var left = Pick(30, 10, 3) * 3; left > 0; left--) calls.Add(Read(habit, at + chance.NextInt64(3 * Hour), who, people.At(chance.Next(People.Count)), chance, habit.DeclaresHours ? CallMarks.OutsideHours | CallMarks.Refused : 0));
                break;
            case AttackKind.SharedCredential:
                var network = (uint)chance.Next(1 << 20, 1 << 24);
                for (var left = Pick(20, 8, 3) * 6; left > 0; left--)
                    calls.Add(Read(habit, at + chance.NextInt64(6 * Hour), who, people.At(chance.Next(People.Count)), chance, habit.DeclaresNetworks ? CallMarks.OutsideNetworks | CallMarks.Refused : 0) with { Network = network });
                break;
            case AttackKind.PurposeDrift:
                var resource = 100 + chance.Next(40);
                foreach (var morning in workdays.Take(4))
                    for (var left = Pick(20, 8, 3) * 6; left > 0; left--)
                        calls.Add(Read(habit, morning + day * Hour + chance.NextInt64(6 * Hour), who, people.At(chance.Next(People.Count)), chance, habit.DeclaresMatters ? CallMarks.OutsideMatter | CallMarks.Refused : 0) with { Resource = resource });
                break;
            case AttackKind.BulkExport:
                for (var left = 6; left > 0; left--) calls.Add(Read(habit, at + chance.NextInt64(Hour), who, -1, chance) with { Rows = (int)Math.Min(2_000_000, (long)Math.Max(10, habit.RowsPerCall) * Pick(2000, 300, 60)) });
                break;
            case AttackKind.StaleAccount:
                for (var left = Pick(20, 5, 1); left > 0; left--) calls.Add(Read(habit, at + chance.NextInt64(2 * Hour), who, people.At(chance.Next(People.Count)), chance));
                break;
            case AttackKind.SamePerson:
                var person = people.At(chance.Next(People.Count));
                foreach (var morning in workdays.Take(Pick(12, 6, 4))) calls.Add(Read(habit, morning + day * Hour + chance.NextInt64(2 * Hour), who, person, chance));
                break;
            case AttackKind.Growth:
                var growth = 1 + Pick(5, 3, 2) / 100.0;
                foreach (var morning in workdays.Where(w => w < midnight + 21 * Day))
                    for (var left = Dice.Poisson(chance, habit.CallsPerDay * (Math.Pow(growth, (morning - midnight) / Day + 1) - 1)); left > 0; left--)
                        calls.Add(Read(habit, morning + HourOf(habit, chance) * Hour + chance.NextInt64(Hour), habit.Operators.Count > 0 ? habit.Operators[chance.Next(habit.Operators.Count)] : 0, people.At(chance.Next(People.Count)), chance));
                break;
            case AttackKind.Collusion:
                // A dense register in order, each the next but one: alone, no step of either is near.
                var (reached, pace, turn) = (people.At(chance.Next(People.Count)), Pick(60, 20, 5), 0);
                for (var i = 0; i < pace * Pick(8, 16, 48); i++)
                {
                    reached += chance.Next(17, 25);
                    var reader = turn++ % 2 == 0 ? habit : partner!;
                    calls.Add(Read(reader, at + (long)((i + chance.NextDouble() / 2) / pace * Hour), reader.Operators.Count > 0 ? reader.Operators[0] : 0, reached, chance));
                }
                break;
            case AttackKind.NoCase:
                for (var left = Pick(30, 12, 5); left > 0; left--) calls.Add(Read(habit, at + chance.NextInt64(4 * Hour), who, people.At(chance.Next(People.Count)), chance, CallMarks.NoCase | CallMarks.Refused));
                break;
            default:
                for (var left = Pick(6, 3, 1); left > 0; left--) calls.Add(Read(habit, at + chance.NextInt64(4 * Hour), who, people.At(chance.Next(People.Count)), chance, CallMarks.Namesake));
                break;
        }
        calls.Sort((a, b) => a.At.CompareTo(b.At));
        return (new Episode(number, kind, intensity, habit.Number, who, calls[0].At, calls[^1].At, partner?.Number ?? 0), calls);
    }

    static int HourOf(Habit habit, Random chance)
    {
        var left = chance.NextDouble() * Enumerable.Range(0, 24).Sum(habit.ShareOf);
        var hour = 0;
        while (hour < 23 && (left -= habit.ShareOf(hour)) > 0) hour++;
        return hour;
    }

    /// <summary>A call of this caller for one person, from one of its own networks.</summary>
    public static Observed Read(Habit habit, long at, ulong who, long ordinal, Random chance, CallMarks marks = 0)
    {
        var key = ordinal < 0 ? (ulong)chance.NextInt64() : Dice.Mix((ulong)ordinal);
        return new Observed(at, habit.Number, (int)habit.Kind, who, habit.Resources[chance.Next(habit.Resources.Count)], habit.Block + (uint)chance.Next(habit.Networks), key, ordinal < 0 ? 0 : key, who == 0 ? 0 : (ulong)chance.NextInt64(), ordinal, 1, 0xF, marks);
    }
}
