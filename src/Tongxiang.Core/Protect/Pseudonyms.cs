using System.Buffers;
using System.Security.Cryptography;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Elements;

namespace Tongxiang.Core.Protect;

/// <summary>Keyed pseudonyms: 26 signs that say nothing without the key and are the same for the same value under it (HMAC with SHA-256, or SM3, cut to 128 bits).</summary>
public sealed class Pseudonyms
{
    /// <summary>Signs of a pseudonym.</summary>
    public const int Length = 26;

    private const int longestOnStack = 512;
    private readonly SealAlgorithm algorithm;
    private readonly byte[] key;

    public Pseudonyms(SealAlgorithm algorithm, ReadOnlySpan<byte> key)
    {
        if (key.Length < 16) throw new ArgumentException($"A key of pseudonyms has at least 16 bytes, not {key.Length}.", nameof(key));
        (this.algorithm, this.key) = (algorithm, key.ToArray());
    }

    public CellOperator Of(ElementKind kind) => (value, to) => Write(kind, value, to);

    internal void Write(ElementKind kind, ReadOnlySpan<byte> value, ArrayBufferWriter<byte> to)
    {
        var room = NormalForm.Room(value.Length);
        var rented = room > longestOnStack ? ArrayPool<byte>.Shared.Rent(room) : null;
        Span<byte> form = rented ?? stackalloc byte[longestOnStack];
        Span<byte> mac = stackalloc byte[32];
        Mac(form[..NormalForm.Of(kind, value, form)], mac);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        Signs(mac, to.GetSpan(Length));
        to.Advance(Length);
    }

    private void Mac(ReadOnlySpan<byte> form, Span<byte> mac)
    {
        if (algorithm == SealAlgorithm.Sm4Gcm) Sm3.Hmac(key, form).CopyTo(mac);
        else HMACSHA256.HashData(key, form, mac);
    }

    // Small letters and digits: nothing a spreadsheet runs, no two signs that differ only in case.
    private static void Signs(ReadOnlySpan<byte> bytes, Span<byte> to)
    {
        var (bits, held, at) = (0u, 0, 0);
        for (var i = 0; at < Length; i++)
        {
            bits = bits << 8 | bytes[i];
            for (held += 8; held >= 5 && at < Length; held -= 5) to[at++] = "abcdefghijklmnopqrstuvwxyz234567"u8[(int)(bits >> (held - 5)) & 31];
        }
    }
}
