using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tongxiang.Core.Crypto;

/// <summary>The clear head of a sealed file: algorithm, frame size, salt, nonce prefix and the key's id. Every frame authenticates it.</summary>
internal sealed record SealedHeader(SealAlgorithm Algorithm, int FrameSize, byte[] Salt, byte[] Prefix, string KeyId)
{
    public const int DefaultFrame = 1 << 20;
    private const int SaltSize = 32;
    private const int PrefixSize = 7;
    private const int Fixed = 4 + 1 + 1 + 4 + SaltSize + PrefixSize + 2;

    private static ReadOnlySpan<byte> Magic => "TXSF"u8;

    public static SealedHeader New(SealKey key, int frameSize) =>
        new(key.Algorithm, frameSize, RandomNumberGenerator.GetBytes(SaltSize), RandomNumberGenerator.GetBytes(PrefixSize), key.Id);

    public byte[] Bytes()
    {
        var id = Encoding.UTF8.GetBytes(KeyId);
        if (id.Length is 0 or > 1024)
            throw new ArgumentException($"A key id has 1 to 1024 bytes, not {id.Length}.");
        var to = new byte[Fixed + id.Length];
        Magic.CopyTo(to);
        to[4] = 1;
        to[5] = (byte)Algorithm;
        BinaryPrimitives.WriteInt32BigEndian(to.AsSpan(6), FrameSize);
        Salt.CopyTo(to, 10);
        Prefix.CopyTo(to, 10 + SaltSize);
        BinaryPrimitives.WriteUInt16BigEndian(to.AsSpan(Fixed - 2), (ushort)id.Length);
        id.CopyTo(to, Fixed);
        return to;
    }

    public static SealedHeader Read(Stream from)
    {
        Span<byte> head = stackalloc byte[Fixed];
        if (from.ReadAtLeast(head, Fixed, throwOnEndOfStream: false) < Fixed || !head[..4].SequenceEqual(Magic))
            throw new InvalidDataException("Not a sealed file: it does not begin with TXSF.");
        if (head[4] != 1)
            throw new InvalidDataException($"Sealed file of format {head[4]}; this program reads format 1.");
        var frame = BinaryPrimitives.ReadInt32BigEndian(head[6..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(head[(Fixed - 2)..]);
        if (!Enum.IsDefined((SealAlgorithm)head[5]) || frame is < 16 or > 1 << 26 || length is 0 or > 1024)
            throw new InvalidDataException("Sealed file with an impossible header.");
        var id = new byte[length];
        if (from.ReadAtLeast(id, length, throwOnEndOfStream: false) < length)
            throw new InvalidDataException("Sealed file that ends within its header.");
        return new((SealAlgorithm)head[5], frame, head.Slice(10, SaltSize).ToArray(), head.Slice(10 + SaltSize, PrefixSize).ToArray(), Encoding.UTF8.GetString(id));
    }

    public Aead Cipher(SealKey key)
    {
        if (key.Algorithm != Algorithm)
            throw new InvalidDataException($"Key {key.Id} is for {key.Algorithm}, the file is sealed with {Algorithm}.");
        return new Aead(Algorithm, Aead.Derive(Algorithm, key.Secret.Span, Salt, "tongxiang sealed file"u8));
    }

    // Prefix ‖ frame number ‖ last flag: a frame moved, repeated, dropped or cut at a frame's border does not open.
    public void Nonce(uint frame, bool last, Span<byte> to)
    {
        Prefix.CopyTo(to);
        BinaryPrimitives.WriteUInt32BigEndian(to[PrefixSize..], frame);
        to[PrefixSize + 4] = last ? (byte)1 : (byte)0;
    }
}
