namespace Tongxiang.Server.Demo;

/// <summary>Seeded chance (SplitMix64). The runtime's own generator may change between versions; the demonstration may not.</summary>
/// <remarks>A mutable value: pass it by reference, or every copy draws the same numbers.</remarks>
public struct Chance(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong state = seed;

    /// <summary>A stream of its own for the <paramref name="index"/>-th thing of a kind: making more of one thing never changes another.</summary>
    public static Chance For(ulong seed, string kind, long index = 0)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in kind) hash = (hash ^ c) * 1099511628211;
        return new Chance(Mix(Mix(seed ^ hash) + (ulong)index * Golden));
    }

    public ulong Next() => Mix(state += Golden);

    /// <summary>0 ≤ result &lt; <paramref name="limit"/>.</summary>
    public int Below(int limit) => (int)(((Next() >> 32) * (ulong)limit) >> 32);

    /// <summary>Both ends included.</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    public bool Hits(int count, int of) => Below(of) < count;

    /// <summary>0 ≤ result &lt; 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Bell-shaped about 0 with deviation 1, within ±3.5 (sum of four draws: no transcendental function, so the same on every processor).</summary>
    public double Bell() => (Unit() + Unit() + Unit() + Unit() - 2) * 1.7320508;

    public T Of<T>(ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    /// <summary>The place of the drawn weight.</summary>
    public int Weighted(ReadOnlySpan<int> weights)
    {
        var total = 0;
        foreach (var weight in weights) total += weight;
        var at = Below(total);
        for (var i = 0; i < weights.Length; i++)
        {
            at -= weights[i];
            if (at < 0) return i;
        }
        return weights.Length - 1;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>What the demonstration is made from: the same three values give the same rows, byte by byte.</summary>
/// <param name="People">Residents; other registers follow in proportion.</param>
/// <param name="Today">The generators' day: nobody is born later except by a planted error.</param>
public sealed record Scale(int People, DateOnly Today, ulong Seed = Scale.DefaultSeed)
{
    public const ulong DefaultSeed = 290_000;
    public const int DefaultPeople = 200_000;

    /// <summary>One for four residents, but enough that every trade is met.</summary>
    public int Companies => Math.Max(400, People / 4);

    /// <summary>Days of hourly measurements and other running registers; short in a small demonstration.</summary>
    public int Days => People < 10_000 ? 3 : 30;

    /// <summary>A number of rows that grows with the region but slower than it.</summary>
    public int About(int atDefault) => Math.Max(12, (int)(atDefault * Math.Sqrt(People / (double)DefaultPeople)));

    public Chance Chance(string kind, long index = 0) => Demo.Chance.For(Seed, kind, index);
}
