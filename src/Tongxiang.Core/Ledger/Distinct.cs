namespace Tongxiang.Core.Ledger;

/// <summary>
/// Counts different values exactly in a fixed amount of memory: the values are read as often as there are shares of them, each time one share is sorted. Pseudonyms are
/// spread evenly, so the shares are alike.
/// </summary>
public sealed class Distinct(long expected, int mostHeld = Distinct.Held)
{
    /// <summary>Values held at once: 16 bytes each.</summary>
    public const int Held = 2_000_000;

    private UInt128[] values = new UInt128[(int)Math.Clamp(expected, 16, 1 << 16)];
    private int used;

    /// <summary>How many times the values must be read.</summary>
    public int Rounds { get; } = (int)Math.Max(1, (expected + mostHeld - 1) / mostHeld);

    public long Count { get; private set; }

    public void Add(UInt128 value, int round)
    {
        if (Rounds > 1 && (int)((ulong)(value >> 64) % (ulong)Rounds) != round) return;
        if (used == values.Length) Room();
        values[used++] = value;
    }

    /// <summary>Closes a round; its values are counted and let go.</summary>
    public void EndRound()
    {
        Fold();
        Count += used;
        used = 0;
    }

    private void Room()
    {
        Fold();
        // The same few again and again leave room; many different ones need more of it.
        if (used > values.Length / 2) Array.Resize(ref values, values.Length * 2);
    }

    private void Fold()
    {
        var some = values.AsSpan(0, used);
        some.Sort();
        var kept = 0;
        for (var i = 0; i < some.Length; i++)
            if (i == 0 || some[i] != some[i - 1]) some[kept++] = some[i];
        used = kept;
    }
}
