using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Tongxiang.Core.Behaviour;

/// <summary>A keyed digest of 64 bits (SipHash-2-4): equal for equal texts, telling nothing without the key, and cheap enough for the path of every call.</summary>
/// <param name="key">16 bytes.</param>
public readonly struct KeyedDigest(ReadOnlySpan<byte> key)
{
    readonly ulong _left = BinaryPrimitives.ReadUInt64LittleEndian(key), _right = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]);

    /// <summary>Of a text; never 0, which means none.</summary>
    public ulong Of(ReadOnlySpan<char> text) => Of(MemoryMarshal.AsBytes(text)) is not 0 and var digest ? digest : 1;

    /// <summary>Of bytes, as the published scheme says.</summary>
    public ulong Of(ReadOnlySpan<byte> bytes)
    {
        var state = (_left ^ 0x736f6d6570736575, _right ^ 0x646f72616e646f6d, _left ^ 0x6c7967656e657261, _right ^ 0x7465646279746573);
        var last = (ulong)bytes.Length << 56;
        while (bytes.Length >= 8)
        {
            Mix(ref state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        for (var i = 0; i < bytes.Length; i++) last |= (ulong)bytes[i] << (8 * i);
        Mix(ref state, last);
        state.Item3 ^= 0xff;
        for (var i = 0; i < 4; i++) Turn(ref state);
        return state.Item1 ^ state.Item2 ^ state.Item3 ^ state.Item4;
    }

    static void Mix(ref (ulong, ulong, ulong, ulong) state, ulong word)
    {
        state.Item4 ^= word;
        Turn(ref state);
        Turn(ref state);
        state.Item1 ^= word;
    }

    static void Turn(ref (ulong A, ulong B, ulong C, ulong D) s)
    {
        s.A += s.B;
        s.B = BitOperations.RotateLeft(s.B, 13) ^ s.A;
        s.A = BitOperations.RotateLeft(s.A, 32);
        s.C += s.D;
        s.D = BitOperations.RotateLeft(s.D, 16) ^ s.C;
        s.A += s.D;
        s.D = BitOperations.RotateLeft(s.D, 21) ^ s.A;
        s.C += s.B;
        s.B = BitOperations.RotateLeft(s.B, 17) ^ s.C;
        s.C = BitOperations.RotateLeft(s.C, 32);
    }
}
