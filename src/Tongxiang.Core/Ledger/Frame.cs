using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Tongxiang.Core.Ledger;

/// <summary>One group as it lies in a segment: mark, length, first index, count, checksum; then each leaf and opening after its length.</summary>
/// <remarks>The checksum finds a write torn by a power cut. Against an attacker stands the tree, not this.</remarks>
internal static class Frame
{
    public const int HeadSize = 24;
    public const int MaxBody = 1 << 26;
    private const uint Mark = 0x54584652; // TXFR

    public static int SizeOf(int leaf, int opening) => 2 + leaf + 4 + opening;

    /// <summary>Begins a frame; the head is filled by <see cref="Finish"/>.</summary>
    public static void Begin(ArrayBufferWriter<byte> to)
    {
        to.ResetWrittenCount();
        to.GetSpan(HeadSize)[..HeadSize].Clear();
        to.Advance(HeadSize);
    }

    public static void Add(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> opening)
    {
        var room = to.GetSpan(SizeOf(leaf.Length, opening.Length));
        BinaryPrimitives.WriteUInt16BigEndian(room, checked((ushort)leaf.Length));
        leaf.CopyTo(room[2..]);
        BinaryPrimitives.WriteInt32BigEndian(room[(2 + leaf.Length)..], opening.Length);
        opening.CopyTo(room[(6 + leaf.Length)..]);
        to.Advance(SizeOf(leaf.Length, opening.Length));
    }

    public static void Finish(ArrayBufferWriter<byte> to, long first, int count)
    {
        var frame = MemoryMarshal.AsMemory(to.WrittenMemory).Span;
        BinaryPrimitives.WriteUInt32BigEndian(frame, Mark);
        BinaryPrimitives.WriteInt32BigEndian(frame[4..], frame.Length - HeadSize);
        BinaryPrimitives.WriteInt64BigEndian(frame[8..], first);
        BinaryPrimitives.WriteInt32BigEndian(frame[16..], count);
        BinaryPrimitives.WriteUInt32BigEndian(frame[20..], Checksum(frame));
    }

    /// <summary>The whole frame's size when a sound one of the wanted first index begins here (any index when null), else 0.</summary>
    public static int Check(ReadOnlySpan<byte> bytes, long? first)
    {
        if (bytes.Length < HeadSize || BinaryPrimitives.ReadUInt32BigEndian(bytes) != Mark)
            return 0;
        var body = BinaryPrimitives.ReadInt32BigEndian(bytes[4..]);
        if (body is < 0 or > MaxBody || bytes.Length - HeadSize < body || (first is not null && First(bytes) != first))
            return 0;
        var frame = bytes[..(HeadSize + body)];
        return BinaryPrimitives.ReadUInt32BigEndian(frame[20..]) == Checksum(frame) ? frame.Length : 0;
    }

    public static long First(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt64BigEndian(frame[8..]);

    public static int Count(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt32BigEndian(frame[16..]);

    /// <summary>Reads the entry at an offset: leaf, opening, and where the next begins.</summary>
    public static (Range Leaf, Range Opening, int Next) Entry(ReadOnlySpan<byte> bytes, int at)
    {
        var leaf = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        var opening = BinaryPrimitives.ReadInt32BigEndian(bytes[(at + 2 + leaf)..]);
        var start = at + 6 + leaf;
        return (new(at + 2, at + 2 + leaf), new(start, checked(start + opening)), start + opening);
    }

    private static uint Checksum(ReadOnlySpan<byte> frame)
    {
        var crc = Crc(~0u, frame[..20]);
        return ~Crc(crc, frame[HeadSize..]);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var rest in bytes[(bytes.Length & ~7)..])
            crc = BitOperations.Crc32C(crc, rest);
        return crc;
    }
}
