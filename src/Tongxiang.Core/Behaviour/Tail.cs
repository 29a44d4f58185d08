using System.Numerics;

namespace Tongxiang.Core.Behaviour;

/// <summary>How often a caller exceeded how many times its own usual amount: a histogram of ratios in half octaves, 148 bytes.</summary>
/// <remarks>Real per-minute counts are strongly over-dispersed (variance 17 times the mean in a measured log), so a Poisson bound would drown in
/// false alarms. The bound is empirical, with the peers' histogram as prior; beyond the largest ratio
/// seen in n amounts it falls like an exponential through that point, so twice the largest has the chance n⁻².</remarks>
public sealed class Tail
{
    const int Buckets = 32, Least = -8;
    readonly float[] _counts = new float[Buckets];
    float _total, _mean, _lift = 1;
    int _seen;

    /// <summary>Amounts taken in.</summary>
    public int Seen => _seen;

    /// <summary>The usual amount; 0 before any was seen.</summary>
    public float Mean => _mean;

    /// <summary>Takes in one amount, also for the peers.</summary>
    public void Add(float amount, Tail? peers)
    {
        var usual = Usual(peers);
        var ratio = usual > 0 ? amount / usual : 1;
        // An attack that was seen once must not pass the next time: the largest ratio moves by half an octave at most.
        if (_total >= 20 || peers?._total >= 50) ratio = MathF.Min(ratio, Ratio(MathF.Max(Top, peers?.Top ?? 0) + 1.5f));
        Count(ratio);
        peers?.CountOfPeer(ratio, amount);
        _seen = Math.Min(_seen + 1, 1_000_000_000);
        // One wild window must not move what is usual: it counts at most four times the usual amount.
        var bounded = usual > 0 ? MathF.Min(amount, 4 * usual) : amount;
        _mean += (bounded - _mean) / MathF.Min(_seen, 400);
    }

    /// <summary>How surprising the amount is: minus the decimal logarithm of the chance of at least this much.</summary>
    public float Surprise(float amount, Tail? peers)
    {
        var usual = Usual(peers);
        if (usual <= 0 || amount <= usual) return 0;
        // On a day on which all peers do more (the end of a month), more is usual.
        var ratio = amount / usual / MathF.Max(1, peers?._lift ?? 1);
        var at = Bucket(ratio);
        // The peers weigh as much as 300 own windows; own habit prevails with time.
        var weight = peers is null || peers._total < 50 ? 0 : 300 / peers._total;
        float above = 0, total = _total + (peers?._total ?? 0) * weight;
        var top = 0;
        for (var b = 0; b < Buckets; b++)
        {
            var here = _counts[b] + (weight > 0 ? peers!._counts[b] * weight : 0);
            if (here > 0.05f) top = b;
            if (b >= at) above += here;
        }
        if (total < 20) return 0;
        var chance = MathF.Max(above, 0.5f) / (total + 1);
        if (at <= top) return MathF.Max(0, -MathF.Log10(chance));
        return MathF.Log10(total) * MathF.Min(8, MathF.Pow(2, (2 * MathF.Log2(ratio) - Least - top) / 2));
    }

    /// <summary>The usual amount: the peers' until twenty own ones were seen.</summary>
    public float Usual(Tail? peers) => _seen >= 20 || peers is null || peers._seen < 50 ? _mean : (_mean * _seen + peers._mean * (20 - _seen)) / 20;

    internal void Pass(Tape tape)
    {
        tape.Pass(_counts.AsSpan());
        (_total, _mean, _lift) = (tape.Pass(_total), tape.Pass(_mean), tape.Pass(_lift));
        _seen = tape.Pass(_seen, 0);
    }

    void Count(float ratio)
    {
        _counts[Bucket(ratio)]++;
        _total++;
        if (_total < 2000) return;
        for (var b = 0; b < Buckets; b++) _counts[b] *= 0.5f;
        _total *= 0.5f;
    }

    void CountOfPeer(float ratio, float amount)
    {
        Count(ratio);
        _seen = Math.Min(_seen + 1, 1_000_000);
        _lift += (MathF.Min(ratio, 4) - _lift) * 0.005f;
        _mean += (amount - _mean) / MathF.Min(_seen, 5000);
    }

    int Top => Math.Max(0, _counts.AsSpan().LastIndexOfAnyInRange(0.05f, float.MaxValue));

    static float Ratio(float bucket) => MathF.Pow(2, (bucket + Least) / 2);

    static int Bucket(float ratio) => ratio <= 0 ? 0 : Math.Clamp((int)MathF.Floor(2 * MathF.Log2(ratio)) - Least, 0, Buckets - 1);
}

/// <summary>About how many different keys a window held, in 128 bytes (linear counting; exact to some percent up to 4,000).</summary>
public sealed class Distinct
{
    const int Bits = 1024;
    readonly ulong[] _bits = new ulong[Bits / 64];
    int _set;

    public void Add(ulong key)
    {
        var at = (int)((key * 0x9E3779B97F4A7C15UL) >> 54);
        ref var word = ref _bits[at >> 6];
        var bit = 1UL << (at & 63);
        if ((word & bit) != 0) return;
        word |= bit;
        _set++;
    }

    internal void Pass(Tape tape)
    {
        tape.Pass(_bits);
        _set = _bits.Sum(word => BitOperations.PopCount(word));
    }

    public float Count => _set >= Bits ? Bits * 8f : -Bits * MathF.Log(1 - (float)_set / Bits);

    public void Clear()
    {
        if (_set == 0) return;
        Array.Clear(_bits);
        _set = 0;
    }
}
