namespace Tongxiang.Core.Behaviour.Traffic;

/// <summary>What a patient attacker does in the weeks before: some of the honest calls already look like his attack, so that it is usual when it comes.</summary>
static class Poison
{
    const long Hour = 3_600_000;

    /// <summary>The call in the form of the attack.</summary>
    /// <param name="number">A number of the attacker's own, the same for all his calls.</param>
    public static Observed Taint(Observed call, AttackKind kind, Habit habit, long midnight, int number, People people, Random chance) => kind switch
    {
        AttackKind.Burst => call with { At = midnight + (habit.Kind == CallerKind.Job ? habit.FirstHour : 10) * Hour + chance.NextInt64(Hour / 30) },
        AttackKind.Enumeration or AttackKind.Collusion => call with { Ordinal = people.At(number) + (call.At / 30_000 % 2880 * 8) },
        AttackKind.NightPull => call with { At = midnight + (habit.FirstHour is > 20 or < 7 ? 12 : 1) * Hour + chance.NextInt64(3 * Hour), Marks = call.Marks | (habit.DeclaresHours ? CallMarks.OutsideHours | CallMarks.Refused : 0) },
        AttackKind.SharedCredential => call with { Network = (uint)(1 << 20) + (uint)number, Marks = call.Marks | (habit.DeclaresNetworks ? CallMarks.OutsideNetworks | CallMarks.Refused : 0) },
        AttackKind.PurposeDrift => call with { Resource = 100 + number % 40, Marks = call.Marks | (habit.DeclaresMatters ? CallMarks.OutsideMatter | CallMarks.Refused : 0) },
        AttackKind.BulkExport => call with { Rows = Math.Max(10, habit.RowsPerCall) * 60 },
        AttackKind.SamePerson => call with { Ordinal = people.At(number), Subject = Dice.Mix((ulong)people.At(number)) },
        AttackKind.Namesake => call with { Marks = call.Marks | CallMarks.Namesake },
        AttackKind.NoCase => call with { Marks = call.Marks | CallMarks.NoCase | CallMarks.Refused },
        _ => call,
    };
}
