using System.Runtime.InteropServices;

namespace Tongxiang.Core.Tables;

/// <summary>A quick 64-bit hash of bytes with a seed. Not for security: whoever needs certainty compares the bytes behind equal hashes.</summary>
public static class Hash64
{
    private const ulong First = 0xA0761D6478BD642F;
    private const ulong Second = 0xE7037ED1A0B428DB;

    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var hash = seed ^ First ^ ((ulong)bytes.Length * Second);
        while (bytes.Length > 8)
        {
            hash = Fold(hash ^ MemoryMarshal.Read<ulong>(bytes), First);
            bytes = bytes[8..];
        }
        var tail = bytes.Length switch
        {
            8 => MemoryMarshal.Read<ulong>(bytes),
            >= 4 => (ulong)MemoryMarshal.Read<uint>(bytes) | (ulong)MemoryMarshal.Read<uint>(bytes[^4..]) << 32,
            > 0 => (ulong)bytes[0] | (ulong)bytes[bytes.Length / 2] << 8 | (ulong)bytes[^1] << 16,
            _ => 0UL,
        };
        return Fold(Fold(hash ^ tail, Second), First ^ hash);
    }

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
