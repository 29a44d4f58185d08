using System.Text;

namespace Tongxiang.Core.Tables;

/// <summary>Counts up to 1,024 different values by their bytes.</summary>
internal sealed class ValueTable
{
    private const int Most = 1024;
    private const int LongestValue = 64;
    private readonly short[] slots = new short[4096];
    private readonly (ulong Hash, int Start, int Length, long Count)[] entries = new (ulong, int, int, long)[Most];
    private byte[] bytes = new byte[4096];
    private int used;

    public int Count { get; private set; }

    /// <summary>False when the value finds no room: too many different ones, or too long to be one of a few.</summary>
    public bool Add(ReadOnlySpan<byte> value, ulong hash, long times = 1)
    {
        if (value.Length > LongestValue) return false;
        for (var at = (int)(hash & 4095); ; at = (at + 1) & 4095)
        {
            var place = slots[at];
            if (place == 0)
            {
                if (Count == Most) return false;
                if (bytes.Length - used < value.Length) Array.Resize(ref bytes, bytes.Length * 2);
                value.CopyTo(bytes.AsSpan(used));
                entries[Count] = (hash, used, value.Length, times);
                used += value.Length;
                slots[at] = (short)++Count;
                return true;
            }
            ref var entry = ref entries[place - 1];
            if (entry.Hash != hash || !value.SequenceEqual(bytes.AsSpan(entry.Start, entry.Length))) continue;
            entry.Count += times;
            return true;
        }
    }

    public delegate void Visit(ReadOnlySpan<byte> value, long count);

    public void Each(Visit visit)
    {
        for (var i = 0; i < Count; i++) visit(bytes.AsSpan(entries[i].Start, entries[i].Length), entries[i].Count);
    }

    public IReadOnlyList<ValueCount> Top(int most) =>
        [.. entries.Take(Count).Select(e => new ValueCount(Encoding.UTF8.GetString(bytes, e.Start, e.Length), e.Count))
            .OrderByDescending(v => v.Count).ThenBy(v => v.Value, StringComparer.Ordinal).Take(most)];
}
