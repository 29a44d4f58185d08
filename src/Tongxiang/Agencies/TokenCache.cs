using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Tongxiang.Agencies;

/// <summary>SHA-256 of a token or key: what it is remembered by, so that no secret lies in memory longer than its request.</summary>
internal readonly record struct TokenDigest(UInt128 High, UInt128 Low)
{
    public static TokenDigest Of(string token)
    {
        Span<byte> bytes = token.Length <= 1_000 ? stackalloc byte[3_000] : new byte[token.Length * 3];
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(token, bytes)], hash);
        return MemoryMarshal.Read<TokenDigest>(hash);
    }
}

/// <summary>Tokens whose signature stood, in two generations: when the younger is full it becomes the older, and what is used moves over.</summary>
/// <remarks>Only good tokens come in, so invented ones push nothing out; twice <paramref name="most"/> is all it ever holds.</remarks>
internal sealed class TokenCache<T>(int most) where T : class
{
    private volatile ConcurrentDictionary<TokenDigest, T> young = new();
    private volatile ConcurrentDictionary<TokenDigest, T> old = new();
    private int count;

    public int Count => young.Count + old.Count;

    public T? Find(TokenDigest digest)
    {
        if (young.TryGetValue(digest, out var known)) return known;
        if (!old.TryGetValue(digest, out known)) return null;
        Keep(digest, known);
        return known;
    }

    public void Keep(TokenDigest digest, T value)
    {
        if (!young.TryAdd(digest, value)) return;
        if (Interlocked.Increment(ref count) < most) return;
        Interlocked.Exchange(ref count, 0);
        (old, young) = (young, new ConcurrentDictionary<TokenDigest, T>());
    }
}
