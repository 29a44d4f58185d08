namespace Tongxiang.Core.Tables;

/// <summary>Remembers where each key was first seen, 16 bytes a key: a hash that comes again names the place whose bytes decide.</summary>
public sealed class KeyIndex(ulong seed, int mostKeys = 16_000_000, long expected = 0)
{
    private (ulong Hash, long Place)[] slots = new (ulong, long)[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(expected * 4 / 3, 1 << 16, 1 << 24))];
    private int count;

    /// <summary>Whether no more keys fit; the caller then has to find repeated keys by sorting on disk.</summary>
    public bool IsFull { get; private set; }

    public int Count => count;

    public ulong Seed => seed;

    /// <summary>Notes a key of this hash at this place. When one of the same hash was noted before, <paramref name="isSame"/> decides whether it is the same key; true then.</summary>
    public bool Repeats<T>(ulong hash, long place, T state, Func<T, long, bool> isSame)
    {
        if (IsFull) return false;
        if (hash == 0) hash = 1;
        for (var at = hash & (ulong)(slots.Length - 1); ; at = (at + 1) & (ulong)(slots.Length - 1))
        {
            ref var slot = ref slots[at];
            if (slot.Hash == 0)
            {
                slot = (hash, place);
                if (++count > slots.Length / 4 * 3) Grow();
                return false;
            }
            if (slot.Hash == hash && isSame(state, slot.Place)) return true;
        }
    }

    private void Grow()
    {
        if (count >= mostKeys)
        {
            IsFull = true;
            slots = [];
            return;
        }
        var old = slots;
        slots = new (ulong, long)[old.Length * 2];
        foreach (var slot in old)
        {
            if (slot.Hash == 0) continue;
            var at = slot.Hash & (ulong)(slots.Length - 1);
            while (slots[at].Hash != 0) at = (at + 1) & (ulong)(slots.Length - 1);
            slots[at] = slot;
        }
    }
}
