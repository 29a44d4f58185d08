using System.Buffers.Binary;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Tongxiang.Core.Crypto;

namespace Tongxiang.Core.Protect;

/// <summary>Format-preserving encryption FF1 (NIST SP 800-38G) over AES, or over SM4 in the national profile; used from many threads at once.</summary>
/// <remarks>FF1 over SM4 is NIST's construction with another 128-bit cipher; it is not itself a standard of GM/T.</remarks>
public sealed class Ff1
{
    /// <summary>SP 800-38G rev. 1: a domain below a million values can be written down, so nothing in it is hidden.</summary>
    public const int SmallestDomain = 1_000_000;

    private const int block = 16;
    private const int rounds = 10;
    private const int longest = 32;
    private readonly IBlockCipher cipher;

    public Ff1(SealAlgorithm algorithm, ReadOnlySpan<byte> key)
    {
        // Once keyed both engines only read their round keys.
        cipher = algorithm == SealAlgorithm.Sm4Gcm ? new SM4Engine() : AesUtilities.CreateEngine();
        cipher.Init(true, new KeyParameter(key));
    }

    /// <summary>Encrypts numerals in place.</summary>
    /// <param name="numerals">Each below <paramref name="radix"/>.</param>
    /// <exception cref="ArgumentException">The domain is below <see cref="SmallestDomain"/>, or the numerals are too many or too large.</exception>
    public void Encrypt(Span<byte> numerals, int radix, ReadOnlySpan<byte> tweak) => Run(numerals, radix, tweak, true);

    public void Decrypt(Span<byte> numerals, int radix, ReadOnlySpan<byte> tweak) => Run(numerals, radix, tweak, false);

    // The names of the standard's step list: u and v halves, b bytes of a half, d bytes of a round's number, P and Q its two blocks.
    private void Run(Span<byte> numerals, int radix, ReadOnlySpan<byte> tweak, bool encrypts)
    {
        Check(numerals, radix, tweak);
        var n = numerals.Length;
        var (u, v) = (n / 2, n - n / 2);
        var (modU, modV) = (Power(radix, u), Power(radix, v));
        var b = (128 - (int)UInt128.LeadingZeroCount(modV - 1) + 7) / 8;
        var d = 4 * ((b + 3) / 4) + 4;
        if (d > block) throw new ArgumentException($"{n} numerals of radix {radix} are more than one block holds.", nameof(numerals));
        Span<byte> first = stackalloc byte[block];
        Head(first, radix, u, n, tweak.Length);
        Span<byte> q = stackalloc byte[(tweak.Length + b + 1 + block - 1) / block * block];
        q.Clear();
        tweak.CopyTo(q);
        var (one, other) = (Number(numerals[..u], radix), Number(numerals[u..], radix));
        for (var step = 0; step < rounds; step++)
        {
            var round = encrypts ? step : rounds - 1 - step;
            var mod = round % 2 == 0 ? modU : modV;
            var y = Round(first, q, round, encrypts ? other : one, b, d) % mod;
            (one, other) = encrypts ? (other, (one + y) % mod) : ((other + mod - y) % mod, one);
        }

        Write(one, numerals[..u], radix);
        Write(other, numerals[u..], radix);
    }

    private static void Check(ReadOnlySpan<byte> numerals, int radix, ReadOnlySpan<byte> tweak)
    {
        if (radix is < 2 or > 36) throw new ArgumentException($"A radix from 2 to 36 is wanted, not {radix}.", nameof(radix));
        if (numerals.Length is < 2 or > longest) throw new ArgumentException($"2 to {longest} numerals are wanted, not {numerals.Length}.", nameof(numerals));
        if (tweak.Length > 64) throw new ArgumentException($"A tweak has at most 64 bytes, not {tweak.Length}.", nameof(tweak));
        if (Math.Pow(radix, numerals.Length) < SmallestDomain) throw new ArgumentException($"{numerals.Length} numerals of radix {radix} make fewer than {SmallestDomain} values: whoever knows a few knows all.", nameof(numerals));
        if (numerals.ContainsAnyExceptInRange((byte)0, (byte)(radix - 1))) throw new ArgumentException($"A numeral is not below {radix}.", nameof(numerals));
    }

    // The first block is the same in every round: it is encrypted once.
    private void Head(Span<byte> first, int radix, int u, int n, int t)
    {
        Span<byte> p = [1, 2, 1, (byte)(radix >> 16), (byte)(radix >> 8), (byte)radix, 10, (byte)u, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(p[8..], n);
        BinaryPrimitives.WriteInt32BigEndian(p[12..], t);
        cipher.ProcessBlock(p, first);
    }

    private UInt128 Round(ReadOnlySpan<byte> first, Span<byte> q, int round, UInt128 half, int b, int d)
    {
        q[q.Length - b - 1] = (byte)round;
        for (var i = 1; i <= b; i++, half >>= 8) q[^i] = (byte)half;
        Span<byte> r = stackalloc byte[block];
        first.CopyTo(r);
        for (var at = 0; at < q.Length; at += block)
        {
            for (var i = 0; i < block; i++) r[i] ^= q[at + i];
            cipher.ProcessBlock(r, r);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(r) >> (8 * (block - d));
    }

    private static UInt128 Power(int radix, int exponent)
    {
        var power = UInt128.One;
        for (var i = 0; i < exponent; i++) power = checked(power * (UInt128)(uint)radix);
        return power;
    }

    private static UInt128 Number(ReadOnlySpan<byte> numerals, int radix)
    {
        var number = UInt128.Zero;
        foreach (var numeral in numerals) number = number * (UInt128)(uint)radix + numeral;
        return number;
    }

    private static void Write(UInt128 number, Span<byte> numerals, int radix)
    {
        for (var i = numerals.Length - 1; i >= 0; i--)
        {
            var (rest, digit) = UInt128.DivRem(number, (UInt128)(uint)radix);
            numerals[i] = (byte)digit;
            number = rest;
        }
    }
}
