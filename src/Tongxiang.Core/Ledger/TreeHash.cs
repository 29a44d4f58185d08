using System.Buffers;
using System.Security.Cryptography;

namespace Tongxiang.Core.Ledger;

/// <summary>RFC 6962 hashing of a tree: leaf = H(00 ‖ data), node = H(01 ‖ left ‖ right). SHA-256 is the canonical tree, SM3 the parallel one.</summary>
public sealed class TreeHash
{
    public static readonly TreeHash Sha256 = new("sha256", (data, to) => SHA256.HashData(data, to));
    public static readonly TreeHash Sm3 = new("sm3", Crypto.Sm3.Hash);

    private readonly Hashing hash;

    private TreeHash(string name, Hashing hash) => (Name, this.hash) = (name, hash);

    private delegate void Hashing(ReadOnlySpan<byte> data, Span<byte> to);

    public string Name { get; }

    /// <summary>The root of a tree without leaves.</summary>
    public Digest Empty => Of([]);

    public Digest Leaf(ReadOnlySpan<byte> data)
    {
        var rented = data.Length < 1024 ? null : ArrayPool<byte>.Shared.Rent(data.Length + 1);
        var bytes = rented is null ? stackalloc byte[data.Length + 1] : rented.AsSpan(0, data.Length + 1);
        bytes[0] = 0;
        data.CopyTo(bytes[1..]);
        var digest = Of(bytes);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return digest;
    }

    public Digest Node(in Digest left, in Digest right)
    {
        Span<byte> bytes = stackalloc byte[1 + 2 * Digest.Size];
        bytes[0] = 1;
        left.CopyTo(bytes[1..]);
        right.CopyTo(bytes[(1 + Digest.Size)..]);
        return Of(bytes);
    }

    private Digest Of(ReadOnlySpan<byte> data)
    {
        Span<byte> to = stackalloc byte[Digest.Size];
        hash(data, to);
        return new Digest(to);
    }
}
