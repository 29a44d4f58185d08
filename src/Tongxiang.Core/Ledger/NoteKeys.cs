using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;
using Tongxiang.Core.Crypto;

namespace Tongxiang.Core.Ledger;

/// <summary>How a note is signed; the signature type byte of C2SP signed-note.</summary>
public enum NoteAlgorithm : byte
{
    Ed25519 = 0x01,
    /// <summary>A witness' Ed25519 signature over time and checkpoint (tlog-cosignature v1).</summary>
    Cosignature = 0x04,
    /// <summary>SM2 with SM3 for the national profile: the type byte for unassigned types, then our own identifier.</summary>
    Sm2 = 0xff,
}

/// <summary>A public key that verifies notes, written <c>name+id+key</c>.</summary>
public sealed record VerifierKey
{
    private static readonly byte[] Sm2Identifier = Encoding.ASCII.GetBytes("tongxiang/sm2-sm3/v1\n");

    public VerifierKey(string name, NoteAlgorithm algorithm, ReadOnlyMemory<byte> publicKey)
    {
        if (!NameIsValid(name))
            throw new FormatException($"\"{name}\" is no key name: it must be non-empty, without spaces and plus signs.");
        if (publicKey.Length != (algorithm == NoteAlgorithm.Sm2 ? Sm2.PublicSize : 32))
            throw new FormatException($"{algorithm} key {name} has {publicKey.Length} bytes.");
        (Name, Algorithm, PublicKey) = (name, algorithm, publicKey);
        Id = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', .. Material(algorithm, publicKey.Span)]));
    }

    public string Name { get; }
    public NoteAlgorithm Algorithm { get; }
    public ReadOnlyMemory<byte> PublicKey { get; }
    public uint Id { get; }

    public static VerifierKey Parse(string text)
    {
        var parts = text.Trim().Split('+', 3);
        if (parts.Length != 3 || parts[1].Length != 8 || !uint.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id))
            throw new FormatException($"\"{text}\" is no verifier key: wanted is name+8 hex digits+Base64.");
        var (algorithm, key) = Open(Convert.FromBase64String(parts[2]));
        var parsed = new VerifierKey(parts[0], algorithm, key);
        return parsed.Id == id ? parsed : throw new FormatException($"The key of {parts[0]} was changed: its id is {parsed.Id:x8}, not {parts[1]}.");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}+{Id:x8}+{Convert.ToBase64String(Material(Algorithm, PublicKey.Span))}");

    /// <summary>True when the signature is this key's over the note's text. A cosignature's time is part of the signature.</summary>
    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) => Algorithm switch
    {
        NoteAlgorithm.Ed25519 => Ed25519(text, signature),
        NoteAlgorithm.Cosignature => signature.Length == 72 && Ed25519(Cosigned(text, BinaryPrimitives.ReadUInt64BigEndian(signature)), signature[8..]),
        _ => Sm2.Verify(PublicKey.Span, text, signature),
    };

    public bool Equals(VerifierKey? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    internal static byte[] Cosigned(ReadOnlySpan<byte> text, ulong unixSeconds) =>
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {unixSeconds}\n")), .. text];

    internal static bool NameIsValid(string name) => name.Length > 0 && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+');

    internal static byte[] Material(NoteAlgorithm algorithm, ReadOnlySpan<byte> key) =>
        algorithm == NoteAlgorithm.Sm2 ? [0xff, .. Sm2Identifier, .. key] : [(byte)algorithm, .. key];

    internal static (NoteAlgorithm Algorithm, byte[] Key) Open(ReadOnlySpan<byte> material)
    {
        if (material.Length > 1 && material[0] is (byte)NoteAlgorithm.Ed25519 or (byte)NoteAlgorithm.Cosignature)
            return ((NoteAlgorithm)material[0], material[1..].ToArray());
        if (material.Length > Sm2Identifier.Length && material[0] == 0xff && material[1..].StartsWith(Sm2Identifier))
            return (NoteAlgorithm.Sm2, material[(1 + Sm2Identifier.Length)..].ToArray());
        throw new FormatException("Known are Ed25519, cosignature/v1 and SM2-with-SM3 keys.");
    }

    private bool Ed25519(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) =>
        NSec.Cryptography.PublicKey.TryImport(SignatureAlgorithm.Ed25519, PublicKey.Span, KeyBlobFormat.RawPublicKey, out var key)
        && SignatureAlgorithm.Ed25519.Verify(key!, text, signature);
}

/// <summary>A private key that signs notes, kept as <c>PRIVATE+KEY+name+id+secret</c>.</summary>
public sealed class SignerKey
{
    private const string Mark = "PRIVATE+KEY+";
    private readonly byte[] secret;

    private SignerKey(string name, NoteAlgorithm algorithm, byte[] secret)
    {
        this.secret = secret;
        Verifier = new VerifierKey(name, algorithm, algorithm == NoteAlgorithm.Sm2 ? Sm2.PublicOf(secret) : Ed25519PublicKey(secret));
    }

    public VerifierKey Verifier { get; }

    public static SignerKey Generate(string name, NoteAlgorithm algorithm) =>
        new(name, algorithm, algorithm == NoteAlgorithm.Sm2 ? Sm2.Generate().Private : RandomNumberGenerator.GetBytes(32));

    /// <summary>For tests and vectors: the Ed25519 seed or SM2 scalar is given.</summary>
    public static SignerKey From(string name, NoteAlgorithm algorithm, ReadOnlySpan<byte> secret) => new(name, algorithm, secret.ToArray());

    public static SignerKey Parse(string text)
    {
        var parts = text.Trim().StartsWith(Mark, StringComparison.Ordinal) ? text.Trim()[Mark.Length..].Split('+', 3) : [];
        if (parts.Length != 3)
            throw new FormatException("Not a note signing key: it begins with PRIVATE+KEY+.");
        var (algorithm, secret) = VerifierKey.Open(Convert.FromBase64String(parts[2]));
        var key = new SignerKey(parts[0], algorithm, secret);
        return key.Verifier.Id.ToString("x8", CultureInfo.InvariantCulture) == parts[1] ? key : throw new FormatException($"The signing key of {parts[0]} was changed.");
    }

    /// <summary>The secret form for a key file; never log it.</summary>
    public string Secret() => string.Create(CultureInfo.InvariantCulture, $"{Mark}{Verifier.Name}+{Verifier.Id:x8}+{Convert.ToBase64String(VerifierKey.Material(Verifier.Algorithm, secret))}");

    public byte[] Sign(ReadOnlySpan<byte> text, DateTimeOffset at) => Verifier.Algorithm switch
    {
        NoteAlgorithm.Ed25519 => Ed25519(text),
        NoteAlgorithm.Cosignature => Cosign(text, (ulong)at.ToUnixTimeSeconds()),
        _ => Sm2.Sign(secret, text),
    };

    private byte[] Cosign(ReadOnlySpan<byte> text, ulong seconds)
    {
        var time = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(time, seconds);
        return [.. time, .. Ed25519(VerifierKey.Cosigned(text, seconds))];
    }

    private byte[] Ed25519(ReadOnlySpan<byte> text)
    {
        using var key = Key.Import(SignatureAlgorithm.Ed25519, secret, KeyBlobFormat.RawPrivateKey);
        return SignatureAlgorithm.Ed25519.Sign(key, text);
    }

    private static byte[] Ed25519PublicKey(byte[] secret)
    {
        using var key = Key.Import(SignatureAlgorithm.Ed25519, secret, KeyBlobFormat.RawPrivateKey);
        return key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
    }
}
