using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Tongxiang.Core.Protect;

/// <summary>Seals cells to a consumer's P-256 key as JWE in compact form (RFC 7516: ECDH-ES with A256GCM), which any JOSE library opens.</summary>
/// <remarks>One key agreement serves the cells of one page; each cell has its own random nonce. Not for several threads at once.</remarks>
public sealed class Jwe : IDisposable
{
    private const int nonceBytes = 12;
    private const int tagBytes = 16;
    private readonly AesGcm aes;
    private readonly byte[] head;

    /// <param name="kid">Key id of the consumer's key.</param>
    /// <param name="field">Where the cells come from, as <c>resource/field</c>: part of what is authenticated, so a cell cannot be put into another column.</param>
    /// <exception cref="CryptographicException">The point does not lie on the curve.</exception>
    public Jwe(ECPoint key, string kid, string field)
    {
        using var ours = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var theirs = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = key });
        var secret = ours.DeriveRawSecretAgreement(theirs.PublicKey);
        var wrapping = Derive(secret, "A256GCM", [], [], 256);
        aes = new AesGcm(wrapping, tagBytes);
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(wrapping);
        var point = ours.ExportParameters(false).Q;
        var header = $$"""{"alg":"ECDH-ES","enc":"A256GCM","kid":"{{kid}}","epk":{"kty":"EC","crv":"P-256","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"},"field":"{{field}}"}""";
        head = Encoding.ASCII.GetBytes(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header)));
    }

    /// <summary>Writes one cell as <c>header..nonce.text.tag</c>.</summary>
    public void Seal(ReadOnlySpan<byte> value, ArrayBufferWriter<byte> to)
    {
        Span<byte> nonce = stackalloc byte[nonceBytes];
        Span<byte> tag = stackalloc byte[tagBytes];
        RandomNumberGenerator.Fill(nonce);
        var text = ArrayPool<byte>.Shared.Rent(Math.Max(1, value.Length));
        aes.Encrypt(nonce, value, text.AsSpan(0, value.Length), tag, head);
        to.Write(head);
        to.Write(".."u8);
        Part(nonce, to);
        to.Write("."u8);
        Part(text.AsSpan(0, value.Length), to);
        to.Write("."u8);
        Part(tag, to);
        ArrayPool<byte>.Shared.Return(text);
    }

    public void Dispose() => aes.Dispose();

    /// <summary>The content key of ECDH-ES (RFC 7518 §4.6.2: Concat KDF with SHA-256), for at most 256 bits.</summary>
    public static byte[] Derive(ReadOnlySpan<byte> secret, string algorithm, ReadOnlySpan<byte> producer, ReadOnlySpan<byte> consumer, int bits)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[4];
        void Count(int value, Span<byte> into)
        {
            BinaryPrimitives.WriteInt32BigEndian(into, value);
            hash.AppendData(into);
        }

        Count(1, number);
        hash.AppendData(secret);
        Count(algorithm.Length, number);
        hash.AppendData(Encoding.ASCII.GetBytes(algorithm));
        Count(producer.Length, number);
        hash.AppendData(producer);
        Count(consumer.Length, number);
        hash.AppendData(consumer);
        Count(bits, number);
        return hash.GetHashAndReset()[..(bits / 8)];
    }

    private static void Part(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> to)
    {
        Base64Url.EncodeToUtf8(bytes, to.GetSpan(Base64Url.GetEncodedLength(bytes.Length)), out _, out var written);
        to.Advance(written);
    }
}
