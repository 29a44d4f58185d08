using System.Buffers.Binary;
using System.Numerics;

namespace Tongxiang.Core.Tracing;

/// <summary>SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed function of 64 bits that nobody without the key can foretell.</summary>
public readonly record struct SipKey(ulong Low, ulong High)
{
    public static SipKey Of(ReadOnlySpan<byte> sixteen) => new(BinaryPrimitives.ReadUInt64LittleEndian(sixteen), BinaryPrimitives.ReadUInt64LittleEndian(sixteen[8..]));

    public ulong Hash(ReadOnlySpan<byte> data)
    {
        var (v0, v1, v2, v3) = (Low ^ 0x736f6d6570736575UL, High ^ 0x646f72616e646f6dUL, Low ^ 0x6c7967656e657261UL, High ^ 0x7465646279746573UL);
        var last = (ulong)data.Length << 56;
        for (; data.Length >= 8; data = data[8..]) Word(BinaryPrimitives.ReadUInt64LittleEndian(data), ref v0, ref v1, ref v2, ref v3);
        for (var i = 0; i < data.Length; i++) last |= (ulong)data[i] << (8 * i);
        Word(last, ref v0, ref v1, ref v2, ref v3);
        v2 ^= 0xff;
        for (var i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    /// <summary>The same of two numbers, without a buffer of the caller's.</summary>
    public ulong Hash(ulong one, ulong other)
    {
        Span<byte> both = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(both, one);
        BinaryPrimitives.WriteUInt64LittleEndian(both[8..], other);
        return Hash(both);
    }

    private static void Word(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v2 += v3;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
