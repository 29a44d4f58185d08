using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tongxiang.Core.Crypto;

/// <summary>One-time passwords by time (RFC 6238) over a counter (RFC 4226), and the base32 (RFC 4648) in which their keys are typed.</summary>
public static class Totp
{
    /// <summary>Seconds for which one code holds.</summary>
    public const int StepSeconds = 30;

    /// <summary>Bytes of a key: as long as the digest of HMAC-SHA-1, as RFC 4226 §4 advises.</summary>
    public const int KeyBytes = 20;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The number of the half minute in which a moment lies.</summary>
    public static long StepOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of one step.</summary>
    /// <param name="key">The shared key.</param>
    /// <param name="step">Number of the half minute.</param>
    /// <param name="digits">6 to 8.</param>
    /// <param name="algorithm">SHA-1 where authenticator programs know no other; RFC 6238 also gives SHA-256 and SHA-512.</param>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6238 names HMAC-SHA-1 as the algorithm of authenticator programs; a collision does not help to guess an HMAC.")]
    public static string Code(ReadOnlySpan<byte> key, long step, int digits = 6, HashAlgorithmName? algorithm = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digits, 6);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digits, 8);
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        var name = algorithm ?? HashAlgorithmName.SHA1;
        var mac = name == HashAlgorithmName.SHA1 ? HMACSHA1.HashData(key, counter)
            : name == HashAlgorithmName.SHA256 ? HMACSHA256.HashData(key, counter)
            : name == HashAlgorithmName.SHA512 ? HMACSHA512.HashData(key, counter)
            : throw new ArgumentException($"'{name}' is no algorithm of RFC 6238.", nameof(algorithm));
        var offset = mac[^1] & 0x0F;
        var number = BinaryPrimitives.ReadUInt32BigEndian(mac.AsSpan(offset, 4)) & 0x7FFF_FFFF;
        var limit = digits switch { 6 => 1_000_000u, 7 => 10_000_000u, _ => 100_000_000u };
        return (number % limit).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }

    /// <summary>The step whose code this is, among the present one and its neighbours (clocks differ by seconds), later than one already used; null: none.</summary>
    /// <param name="key">The shared key.</param>
    /// <param name="code">Six digits.</param>
    /// <param name="at">Now.</param>
    /// <param name="used">The step last taken: its code and older ones are worth nothing.</param>
    public static long? Match(ReadOnlySpan<byte> key, string code, DateTimeOffset at, long used)
    {
        if (code.Length != 6 || !code.All(char.IsAsciiDigit)) return null;
        var now = StepOf(at);
        long? found = null;
        // All three are compared, whichever fits: the time it takes tells nothing.
        for (var step = now - 1; step <= now + 1; step++)
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(key, step)), Encoding.ASCII.GetBytes(code)) && step > used) found ??= step;
        return found;
    }

    /// <summary>Base32 without padding.</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 8 + 4) / 5);
        var (buffer, bits) = (0, 0);
        foreach (var b in bytes)
        {
            buffer = (buffer << 8) | b;
            for (bits += 8; bits >= 5; bits -= 5) text.Append(Alphabet[(buffer >> (bits - 5)) & 31]);
            buffer &= (1 << bits) - 1;
        }
        if (bits > 0) text.Append(Alphabet[(buffer << (5 - bits)) & 31]);
        return text.ToString();
    }

    /// <summary>The address that an authenticator program reads, from a picture or typed.</summary>
    public static string Address(string issuer, string account, ReadOnlySpan<byte> key) =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(account)}?secret={Base32(key)}&issuer={Uri.EscapeDataString(issuer)}&algorithm=SHA1&digits=6&period={StepSeconds}";
}
