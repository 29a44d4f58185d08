using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tongxiang.Evidence;

/// <summary>
/// How a journal record lies beside its opening, in the same write and under the same flush: 2, the opening's length, the sealed opening, the sealed record. What has no
/// record is an opening alone, as it always was.
/// </summary>
internal static class JournalForm
{
    private const byte Mark = 2;
    private const int Head = 1 + 4;

    public static byte[] Join(ReadOnlySpan<byte> opening, ReadOnlySpan<byte> record)
    {
        var to = new byte[Head + opening.Length + record.Length];
        to[0] = Mark;
        BinaryPrimitives.WriteInt32BigEndian(to.AsSpan(1), opening.Length);
        opening.CopyTo(to.AsSpan(Head));
        record.CopyTo(to.AsSpan(Head + opening.Length));
        return to;
    }

    public static ReadOnlySpan<byte> Opening(ReadOnlySpan<byte> stored) => Has(stored) ? stored.Slice(Head, BinaryPrimitives.ReadInt32BigEndian(stored[1..])) : stored;

    /// <summary>The record, or nothing.</summary>
    public static ReadOnlySpan<byte> Record(ReadOnlySpan<byte> stored) => Has(stored) ? stored[(Head + BinaryPrimitives.ReadInt32BigEndian(stored[1..]))..] : [];

    /// <summary>What the entry says of its record.</summary>
    public static string Digest(ReadOnlySpan<byte> record)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(record, hash);
        return Convert.ToHexStringLower(hash);
    }

    private static bool Has(ReadOnlySpan<byte> stored) =>
        stored.Length > Head && stored[0] == Mark && BinaryPrimitives.ReadInt32BigEndian(stored[1..]) is var length && length >= 0 && length <= stored.Length - Head;
}
