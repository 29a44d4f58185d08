using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Tongxiang.Agencies;

/// <summary>What came of spending a proof.</summary>
internal enum Spent { Now, Before, TooMany }

/// <summary>Remembers the numbers of proofs for as long as they could be shown again, each key apart: one key's flood costs no other its memory.</summary>
/// <remarks>Only proofs that belong to a known client come here, so there are no more keys than clients have. One copy of the node remembers for itself; what that means for several stands in docs/identity.md.</remarks>
internal sealed class ProofMemory(TimeProvider clock, TimeSpan life, int mostPerKey)
{
    private readonly ConcurrentDictionary<string, OfKey> keys = new(StringComparer.Ordinal);

    public int Keys => keys.Count;

    public Spent Spend(string key, string id)
    {
        var digest = Digest(id);
        var now = clock.GetUtcNow();
        while (true)
        {
            var known = keys.GetOrAdd(key, _ => new OfKey(now));
            if (known.Spend(digest, now, life, mostPerKey) is { } spent) return spent;
            // It was being forgotten at this very moment.
            keys.TryRemove(new KeyValuePair<string, OfKey>(key, known));
        }
    }

    /// <summary>Lets go of keys that were not used for longer than any of their proofs could come again.</summary>
    public void Forget()
    {
        var now = clock.GetUtcNow();
        foreach (var known in keys)
            if (known.Value.Retires(now, life)) keys.TryRemove(known);
    }

    private static UInt128 Digest(string id)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>Two generations of numbers: the younger takes, both are asked, and the older goes when the younger has reached the age of a proof.</summary>
    private sealed class OfKey(DateTimeOffset at)
    {
        private readonly Lock gate = new();
        private HashSet<UInt128> young = [];
        private HashSet<UInt128> old = [];
        private DateTimeOffset began = at;
        private DateTimeOffset used = at;
        private bool isRetired;

        public Spent? Spend(UInt128 id, DateTimeOffset now, TimeSpan life, int most)
        {
            lock (gate)
            {
                if (isRetired) return null;
                if (now - began >= life) Turn_NeedsLock(now, life);
                if (young.Contains(id) || old.Contains(id)) return Spent.Before;
                if (young.Count >= most) return Spent.TooMany;
                young.Add(id);
                used = now;
                return Spent.Now;
            }
        }

        public bool Retires(DateTimeOffset now, TimeSpan life)
        {
            lock (gate) return isRetired = now - used > life + life;
        }

        private void Turn_NeedsLock(DateTimeOffset now, TimeSpan life)
        {
            old = now - began >= life + life ? [] : young;
            young = [];
            began = now;
        }
    }
}
