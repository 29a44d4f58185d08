using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace Tongxiang.Core.Crypto;

/// <summary>Which authenticated cipher seals; the number is written into sealed files and records.</summary>
public enum SealAlgorithm : byte
{
    Aes256Gcm = 1,
    Sm4Gcm = 2,
}

/// <summary>Authenticated encryption under one key: 12-byte nonce, 16-byte tag after the text. Not for several threads at once.</summary>
public sealed class Aead : IDisposable
{
    public const int NonceSize = 12;
    public const int TagSize = 16;

    private readonly byte[] key;
    private readonly AesGcm? aes;

    public Aead(SealAlgorithm algorithm, ReadOnlySpan<byte> key)
    {
        if (key.Length != KeySize(algorithm))
            throw new ArgumentException($"{algorithm} wants a key of {KeySize(algorithm)} bytes, not {key.Length}.", nameof(key));
        Algorithm = algorithm;
        this.key = key.ToArray();
        aes = algorithm == SealAlgorithm.Aes256Gcm ? new AesGcm(key, TagSize) : null;
    }

    public SealAlgorithm Algorithm { get; }

    public static int KeySize(SealAlgorithm algorithm) => algorithm switch
    {
        SealAlgorithm.Aes256Gcm => 32,
        SealAlgorithm.Sm4Gcm => Sm4.KeySize,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "Known are AES-256-GCM (1) and SM4-GCM (2)."),
    };

    /// <summary>Derives a key for one file or record from a longer-lived one (HKDF with SHA-256, or with SM3 in the national profile).</summary>
    public static byte[] Derive(SealAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info)
    {
        var to = new byte[KeySize(algorithm)];
        if (algorithm == SealAlgorithm.Aes256Gcm)
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, key, to, salt, info);
            return to;
        }
        var hkdf = new HkdfBytesGenerator(new SM3Digest());
        hkdf.Init(new HkdfParameters(key.ToArray(), salt.ToArray(), info.ToArray()));
        hkdf.GenerateBytes(to);
        return to;
    }

    /// <summary>Writes text and tag into <paramref name="to"/>, which has room for both.</summary>
    public void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> associated, Span<byte> to)
    {
        if (aes is not null)
            aes.Encrypt(nonce, clear, to[..clear.Length], to.Slice(clear.Length, TagSize), associated);
        else
            Sm4Gcm(true, nonce, clear, associated, to);
    }

    /// <summary>False when the bytes are not what was sealed with this key, nonce and associated data; then nothing in <paramref name="to"/> may be used.</summary>
    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> associated, Span<byte> to)
    {
        if (cipher.Length < TagSize)
            return false;
        var size = cipher.Length - TagSize;
        try
        {
            if (aes is not null)
                aes.Decrypt(nonce, cipher[..size], cipher[size..], to[..size], associated);
            else
                Sm4Gcm(false, nonce, cipher, associated, to);
            return true;
        }
        catch (Exception e) when (e is AuthenticationTagMismatchException or InvalidCipherTextException)
        {
            to[..size].Clear();
            return false;
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(key);
        aes?.Dispose();
    }

    private void Sm4Gcm(bool seal, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> from, ReadOnlySpan<byte> associated, Span<byte> to)
    {
        var gcm = new GcmBlockCipher(new SM4Engine());
        gcm.Init(seal, new AeadParameters(new KeyParameter(key), TagSize * 8, nonce.ToArray(), associated.ToArray()));
        var written = gcm.ProcessBytes(from, to);
        gcm.DoFinal(to[written..]);
    }
}
