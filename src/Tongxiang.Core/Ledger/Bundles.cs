using System.Buffers;
using System.Buffers.Binary;

namespace Tongxiang.Core.Ledger;

/// <summary>Entry bundles: up to 256 entries, each after its length as a big-endian uint16.</summary>
public static class Bundles
{
    public const int MaxEntry = ushort.MaxValue;

    public static void Add(IBufferWriter<byte> to, ReadOnlySpan<byte> entry)
    {
        if (entry.Length > MaxEntry)
            throw new ArgumentException($"A log entry has at most {MaxEntry} bytes, not {entry.Length}: log the digest of larger ones.", nameof(entry));
        BinaryPrimitives.WriteUInt16BigEndian(to.GetSpan(2), (ushort)entry.Length);
        to.Advance(2);
        to.Write(entry);
    }

    /// <summary>The entries of a bundle; refuses one that is cut or has anything after the wanted count.</summary>
    public static List<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> bundle, int count)
    {
        var entries = new List<ReadOnlyMemory<byte>>(count);
        while (entries.Count < count)
        {
            if (bundle.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(bundle.Span) is var length && bundle.Length < 2 + length)
                throw new InvalidDataException($"Bundle that ends within entry {entries.Count} of {count}.");
            entries.Add(bundle.Slice(2, length));
            bundle = bundle[(2 + length)..];
        }
        return bundle.IsEmpty ? entries : throw new InvalidDataException($"Bundle with {bundle.Length} bytes after its {count} entries.");
    }
}
