using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Tongxiang.Core.Tables;

/// <summary>Remembers where each key was first seen, about 11 bytes a key: a hash that comes again names the place whose bytes decide.</summary>
/// <remarks>The memory lies outside the heap and is given back at once when the index is let go: DuckDB needs it next.</remarks>
public sealed unsafe class KeyIndex(ulong seed, int mostKeys = 16_000_000, long expected = 0) : IDisposable
{
    // A slot is 27 bits of the hash over 37 bits of place plus one (128 GiB); 0 is free. Where it stands says the rest of the hash.
    private const int PlaceBits = 37;
    private const ulong PlaceMask = (1UL << PlaceBits) - 1;
    private const int FewestKeys = 48 << 10;
    private readonly List<Table> tables = [Table.For(Math.Clamp(expected, FewestKeys, Math.Max(mostKeys, FewestKeys)))];

    /// <summary>Whether no more keys fit; the caller then has to find repeated keys by sorting on disk.</summary>
    public bool IsFull { get; private set; }

    public int Count { get; private set; }

    public ulong Seed => seed;

    /// <summary>Says that <see cref="Repeats"/> comes with this hash soon: its slot is fetched from memory meanwhile.</summary>
    public void Expect(ulong hash)
    {
        if (IsFull || !Sse.IsSupported) return;
        var table = tables[^1];
        Sse.Prefetch0(table.Slots + table.Home(hash));
    }

    /// <summary>Notes a key of this hash at this place. When one of the same hash was noted before, <paramref name="isSame"/> decides whether it is the same key; true then.</summary>
    public bool Repeats<T>(ulong hash, long place, T state, Func<T, long, bool> isSame)
    {
        if (IsFull) return false;
        var tag = hash << PlaceBits;
        for (var i = 0; ; i++)
        {
            var table = tables[i];
            for (var at = table.Home(hash); ; at = at + 1 == table.Length ? 0 : at + 1)
            {
                var slot = table.Slots[at];
                if (slot == 0)
                {
                    if (i < tables.Count - 1) break;
                    Note(table.Slots + at, tag, place);
                    return false;
                }
                if ((slot & ~PlaceMask) == tag && isSame(state, (long)(slot & PlaceMask) - 1)) return true;
            }
        }
    }

    public void Dispose()
    {
        foreach (var table in tables) NativeMemory.Free(table.Slots);
        tables.Clear();
        IsFull = true;
    }

    private void Note(ulong* slot, ulong tag, long place)
    {
        if (Count >= mostKeys || place < 0 || (ulong)place >= PlaceMask)
        {
            Dispose();
            return;
        }
        *slot = tag | (ulong)(place + 1);
        Count++;
        var last = tables[^1];
        // A slot does not tell the whole hash, so a full table stays as it is and a larger one takes what comes next.
        if (Count - tables.Take(tables.Count - 1).Sum(t => t.Most) == last.Most) tables.Add(Table.For(last.Most * 2));
    }

    private readonly struct Table
    {
        private Table(long most)
        {
            Most = (int)most;
            Length = (ulong)(most * 4 / 3 + 1);
            Slots = (ulong*)NativeMemory.AllocZeroed((nuint)Length, sizeof(ulong));
        }

        public ulong* Slots { get; }

        public ulong Length { get; }

        public int Most { get; }

        public static Table For(long most) => new(most);

        // The high bits say where, the low ones are the tag: they do not repeat each other.
        public ulong Home(ulong hash) => Math.BigMul(hash, Length, out _);
    }
}
