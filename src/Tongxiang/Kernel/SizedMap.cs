using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Tongxiang.Kernel;

/// <summary>A table for many threads that knows its size: the one of the runtime takes every lock it has to count itself, and the more it holds the more those are.</summary>
internal sealed class SizedMap<TKey, TValue>(IEqualityComparer<TKey>? comparer = null) : IEnumerable<KeyValuePair<TKey, TValue>> where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> all = new(comparer);
    private int size;

    public int Size => Volatile.Read(ref size);

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => all.TryGetValue(key, out value);

    /// <summary>What stands under the key; what is given when nothing does.</summary>
    public TValue GetOrAdd(TKey key, TValue given)
    {
        while (true)
        {
            if (all.TryGetValue(key, out var known)) return known;
            if (!all.TryAdd(key, given)) continue;
            Interlocked.Increment(ref size);
            return given;
        }
    }

    public void Remove(TKey key)
    {
        if (all.TryRemove(key, out _)) Interlocked.Decrement(ref size);
    }

    public void Clear()
    {
        foreach (var (key, _) in all) Remove(key);
    }

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
