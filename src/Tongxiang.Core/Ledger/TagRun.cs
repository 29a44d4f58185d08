using System.Buffers.Binary;
using Tongxiang.Core.Crypto;

namespace Tongxiang.Core.Ledger;

/// <summary>Half a pseudonym, and the place of an entry that holds the whole one.</summary>
public readonly record struct Tagged(ulong Tag, long Place) : IComparable<Tagged>
{
    public const int Size = 16;

    public static ulong TagOf(UInt128 pseudonym) => (ulong)(pseudonym >> 64);

    public int CompareTo(Tagged other) => Tag != other.Tag ? Tag.CompareTo(other.Tag) : Place.CompareTo(other.Place);

    public static bool operator <(Tagged left, Tagged right) => left.CompareTo(right) < 0;
    public static bool operator >(Tagged left, Tagged right) => left.CompareTo(right) > 0;
    public static bool operator <=(Tagged left, Tagged right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Tagged left, Tagged right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// A sorted run of tags in a sealed file. Tags are spread evenly, so where one stands can be told from its value: a search opens one or two frames of 64 KiB however long
/// the run is.
/// </summary>
public static class TagRun
{
    private const int Frame = 64 << 10;
    private const int Near = 4096;

    /// <summary>Writes pairs that come in order.</summary>
    public static void Write(string path, SealKey key, IEnumerable<Tagged> sorted)
    {
        using var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write, FileShare.None);
        using (var run = SealedFile.Write(file, key, leaveOpen: true, Frame))
        {
            Span<byte> pair = stackalloc byte[Tagged.Size];
            foreach (var (tag, place) in sorted)
            {
                BinaryPrimitives.WriteUInt64BigEndian(pair, tag);
                BinaryPrimitives.WriteInt64BigEndian(pair[8..], place);
                run.Write(pair);
            }
            run.Complete();
        }
        Durable.Flush(file);
        file.Dispose();
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>The places of a tag, in order.</summary>
    public static List<long> Find(string path, SealKey key, ulong tag)
    {
        using var run = SealedFile.Read(File.OpenRead(path), _ => key);
        var count = run.Length / Tagged.Size;
        var places = new List<long>();
        for (var at = First(run, count, tag); at < count && Read(run, at) is var pair && pair.Tag == tag; at++) places.Add(pair.Place);
        return places;
    }

    /// <summary>All pairs in order.</summary>
    public static IEnumerable<Tagged> All(string path, SealKey key)
    {
        using var run = SealedFile.Read(File.OpenRead(path), _ => key);
        for (long at = 0, count = run.Length / Tagged.Size; at < count; at++) yield return Read(run, at);
    }

    private static long First(Stream run, long count, ulong tag)
    {
        var (low, high) = (0L, count);
        var guess = (long)((UInt128)tag * (UInt128)count >> 64);
        if (guess - Near > low && guess - Near < count)
        {
            if (Read(run, guess - Near).Tag < tag) low = guess - Near + 1;
            else high = guess - Near;
        }
        if (guess + Near < high)
        {
            if (Read(run, guess + Near).Tag < tag) low = guess + Near + 1;
            else high = guess + Near;
        }
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (Read(run, middle).Tag < tag) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static Tagged Read(Stream run, long at)
    {
        Span<byte> pair = stackalloc byte[Tagged.Size];
        run.Position = at * Tagged.Size;
        run.ReadExactly(pair);
        return new Tagged(BinaryPrimitives.ReadUInt64BigEndian(pair), BinaryPrimitives.ReadInt64BigEndian(pair[8..]));
    }
}
