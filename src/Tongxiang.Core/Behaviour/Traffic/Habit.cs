namespace Tongxiang.Core.Behaviour.Traffic;

/// <summary>Kinds of callers that expect different things of the gateway; also the watcher's peer groups.</summary>
public enum CallerKind { Job, Office, Company, Rare }

/// <summary>How one caller of the generated traffic works, and what its grant declares.</summary>
/// <param name="CallsPerDay">Mean on a working day.</param>
/// <param name="FirstHour">First working hour; a job runs in this hour alone.</param>
/// <param name="RowsPerCall">1: single keys; more: pages of about this size.</param>
/// <param name="Block">Its /16; its two or three /24 lie in it.</param>
public sealed record Habit(
    int Number, CallerKind Kind, IReadOnlyList<ulong> Operators, float CallsPerDay, int FirstHour, int LastHour, float RestDayShare, int RowsPerCall, bool ReadsInOrder,
    IReadOnlyList<int> Resources, uint Block, int Networks, bool DeclaresHours, bool DeclaresNetworks, bool DeclaresMatters, float MonthEnd, int FirstDay, int LastDay)
{
    /// <summary>Draws one caller.</summary>
    public static Habit Draw(int number, Random chance, int days)
    {
        var kind = chance.NextDouble() switch { < 0.2 => CallerKind.Job, < 0.65 => CallerKind.Office, < 0.8 => CallerKind.Company, _ => CallerKind.Rare };
        var size = MathF.Exp((float)Dice.Normal(chance));
        var (calls, people) = kind switch
        {
            CallerKind.Job => (Math.Clamp(400 * size * size, 50, 6000), 0),
            CallerKind.Office => (Math.Clamp(120 * size * size, 10, 2500), chance.Next(3, 40)),
            CallerKind.Company => (Math.Clamp(150 * size * size, 5, 4000), 0),
            _ => (1 + 4 * size, chance.Next(1, 4)),
        };
        var job = chance.Next(24);
        var (first, last) = kind switch { CallerKind.Job => (job, job), CallerKind.Company => (0, 23), _ => (8, 17) };
        // Some accounts were forgotten long ago: nobody uses them, nobody closed them.
        var isForgotten = kind == CallerKind.Rare && chance.Next(3) == 0;
        return new Habit(
            number, kind, [.. Enumerable.Range(0, people).Select(_ => (ulong)chance.NextInt64(1, long.MaxValue))], calls, first, last,
            kind switch { CallerKind.Company => 0.6f, CallerKind.Job => chance.Next(2) == 0 ? 1 : 0, _ => chance.Next(3) == 0 ? 0.08f : 0.01f },
            kind is CallerKind.Office or CallerKind.Rare || chance.Next(3) > 0 ? 1 : chance.Next(20, 500), chance.Next(2) == 0,
            [.. Enumerable.Range(0, chance.Next(1, 5)).Select(_ => chance.Next(60))], (uint)chance.Next(1, 200) << 8 | (uint)chance.Next(256) << 16, chance.Next(1, 4),
            DeclaresHours: kind is CallerKind.Office or CallerKind.Rare && chance.Next(10) < 7, DeclaresNetworks: chance.Next(100) < 80, DeclaresMatters: chance.Next(10) < 7,
            MonthEnd: chance.Next(5) < 2 ? 2 + 3 * (float)chance.NextDouble() : 1, FirstDay: chance.Next(12) == 0 ? chance.Next(days) : -chance.Next(60), LastDay: isForgotten ? chance.Next(3, 12) : int.MaxValue);
    }

    /// <summary>Whether the caller works at this hour at all.</summary>
    public bool WorksAt(int hour) => FirstHour <= hour && hour <= LastHour;

    /// <summary>Share of a day's calls in an hour: two hills with a lunch break for people, flat for machines.</summary>
    public float ShareOf(int hour) => Kind switch
    {
        CallerKind.Job => hour == FirstHour ? 1 : 0,
        CallerKind.Company => (hour is < 7 or > 22 ? 0.4f : 1) / 19.6f,
        _ => hour switch { 8 => 0.06f, 9 => 0.17f, 10 => 0.18f, 11 => 0.11f, 12 => 0.02f, 13 => 0.04f, 14 => 0.14f, 15 => 0.14f, 16 => 0.1f, 17 => 0.04f, _ => 0 },
    };

    /// <summary>Mean calls of its busiest hour.</summary>
    public float BusyHour => CallsPerDay * Enumerable.Range(0, 24).Max(ShareOf);
}

/// <summary>Draws that the platform's random source does not bring.</summary>
static class Dice
{
    public static double Normal(Random chance) => Math.Sqrt(-2 * Math.Log(1 - chance.NextDouble())) * Math.Cos(2 * Math.PI * chance.NextDouble());

    /// <summary>Gamma with mean 1 and the given shape (Marsaglia and Tsang 2000).</summary>
    public static double Gamma(Random chance, double shape)
    {
        if (shape < 1) return Gamma(chance, shape + 1) * (shape + 1) / shape * Math.Pow(1 - chance.NextDouble(), 1 / shape);
        var (d, c) = (shape - 1.0 / 3, 1 / Math.Sqrt(9 * shape - 3));
        while (true)
        {
            var x = Normal(chance);
            var v = Math.Pow(1 + c * x, 3);
            if (v > 0 && Math.Log(1 - chance.NextDouble()) < 0.5 * x * x + d - d * v + d * Math.Log(v)) return d * v / shape;
        }
    }

    public static int Poisson(Random chance, double mean)
    {
        if (mean > 60) return Math.Max(0, (int)Math.Round(mean + Math.Sqrt(mean) * Normal(chance)));
        var (k, p, bound) = (0, 1 - chance.NextDouble(), Math.Exp(-mean));
        while (p > bound)
        {
            k++;
            p *= 1 - chance.NextDouble();
        }
        return k;
    }

    /// <summary>A count with a variance far above its mean, as real calls have.</summary>
    public static int Count(Random chance, double mean) => mean <= 0 ? 0 : Poisson(chance, mean * Gamma(chance, 2.2));

    public static ulong Mix(ulong x)
    {
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ x >> 27) * 0x94D049BB133111EBUL;
        return x ^ x >> 31;
    }
}
