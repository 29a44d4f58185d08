using System.Text;
using Org.BouncyCastle.Asn1.GM;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;

namespace Tongxiang.Core.Crypto;

/// <summary>SM2 (GB/T 32918): signatures with SM3 as 64 bytes r‖s, encryption as C1C3C2; private keys are 32 bytes, public keys 65 (04‖x‖y).</summary>
[Enforces(30)]
public static class Sm2
{
    public const int PrivateSize = 32;
    public const int PublicSize = 65;
    public const int SignatureSize = 64;

    /// <summary>The signer id that GB/T 35276 prescribes where parties agreed on none.</summary>
    public const string DefaultSigner = "1234567812345678";

    private static readonly ECDomainParameters Curve = new(GMNamedCurves.GetByName("sm2p256v1"));

    public static (byte[] Private, byte[] Public) Generate()
    {
        var generator = new ECKeyPairGenerator();
        generator.Init(new ECKeyGenerationParameters(Curve, new SecureRandom()));
        var d = ((ECPrivateKeyParameters)generator.GenerateKeyPair().Private).D;
        var secret = BigIntegers(d);
        return (secret, PublicOf(secret));
    }

    public static byte[] PublicOf(ReadOnlySpan<byte> secret) => Curve.G.Multiply(Secret(secret).D).Normalize().GetEncoded(false);

    public static byte[] Sign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> message, string signer = DefaultSigner)
    {
        var sm2 = new SM2Signer(PlainDsaEncoding.Instance, new SM3Digest());
        sm2.Init(true, new ParametersWithID(new ParametersWithRandom(Secret(secret), new SecureRandom()), Encoding.UTF8.GetBytes(signer)));
        sm2.BlockUpdate(message);
        return sm2.GenerateSignature();
    }

    /// <summary>True only for a 64-byte signature by the key; a malformed key or signature is simply not valid.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, string signer = DefaultSigner)
    {
        if (signature.Length != SignatureSize || Public(publicKey) is not { } key)
            return false;
        var sm2 = new SM2Signer(PlainDsaEncoding.Instance, new SM3Digest());
        sm2.Init(false, new ParametersWithID(key, Encoding.UTF8.GetBytes(signer)));
        sm2.BlockUpdate(message);
        return sm2.VerifySignature(signature.ToArray());
    }

    public static byte[] Encrypt(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> clear)
    {
        var key = Public(publicKey) ?? throw new ArgumentException("Not an SM2 public key: 65 bytes 04‖x‖y of a point on the curve are wanted.", nameof(publicKey));
        var engine = new SM2Engine(new SM3Digest(), SM2Engine.Mode.C1C3C2);
        engine.Init(true, new ParametersWithRandom(key, new SecureRandom()));
        return engine.ProcessBlock(clear.ToArray(), 0, clear.Length);
    }

    /// <summary>The clear text, or null when the bytes were not made for this key or were changed.</summary>
    public static byte[]? Decrypt(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> cipher)
    {
        var engine = new SM2Engine(new SM3Digest(), SM2Engine.Mode.C1C3C2);
        engine.Init(false, Secret(secret));
        try
        {
            return engine.ProcessBlock(cipher.ToArray(), 0, cipher.Length);
        }
        // The library reports a forged or truncated text by any of these, depending on where it stumbles.
        catch (Exception e) when (e is CryptoException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static ECPrivateKeyParameters Secret(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != PrivateSize)
            throw new ArgumentException($"An SM2 private key has {PrivateSize} bytes, not {secret.Length}.", nameof(secret));
        return new ECPrivateKeyParameters(new BigInteger(1, secret), Curve);
    }

    private static ECPublicKeyParameters? Public(ReadOnlySpan<byte> key)
    {
        if (key.Length != PublicSize || key[0] != 4)
            return null;
        try
        {
            return new ECPublicKeyParameters(Curve.Curve.DecodePoint(key.ToArray()), Curve);
        }
        catch (ArgumentException)
        {
            return null; // not a point of the curve
        }
    }

    private static byte[] BigIntegers(BigInteger d)
    {
        var bytes = d.ToByteArrayUnsigned();
        var to = new byte[PrivateSize];
        bytes.CopyTo(to, PrivateSize - bytes.Length);
        return to;
    }
}
