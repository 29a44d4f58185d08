using System.Numerics;

namespace Tongxiang.Core.Ledger;

/// <summary>Answers the hash of the perfect subtree of 2^height leaves that is the index-th of its height.</summary>
public delegate Digest NodeAt(int height, long index);

/// <summary>RFC 6962 proofs: made from perfect subtrees, verified as RFC 9162 §2.1.3.2 and §2.1.4.2 prescribe.</summary>
public static class Merkle
{
    public static Digest Root(TreeHash hash, long size, NodeAt nodes) => size == 0 ? hash.Empty : Range(hash, nodes, 0, size);

    /// <summary>The siblings of a leaf from the bottom up, at most 63.</summary>
    public static Digest[] ProveInclusion(TreeHash hash, long index, long size, NodeAt nodes)
    {
        if (index < 0 || index >= size)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The tree has {size} leaves.");
        var path = new List<Digest>(64);
        var (low, high) = (0L, size);
        while (high - low > 1)
        {
            var middle = low + Half(high - low);
            if (index < middle)
            {
                path.Add(Range(hash, nodes, middle, high));
                high = middle;
            }
            else
            {
                path.Add(Range(hash, nodes, low, middle));
                low = middle;
            }
        }
        path.Reverse();
        return [.. path];
    }

    /// <summary>Shows that the tree of the older size is a prefix of the newer; empty for size 0 and for equal sizes.</summary>
    public static Digest[] ProveConsistency(TreeHash hash, long older, long newer, NodeAt nodes)
    {
        if (older < 0 || older > newer)
            throw new ArgumentOutOfRangeException(nameof(older), older, $"The newer tree has {newer} leaves.");
        if (older == 0 || older == newer)
            return [];
        var path = new List<Digest>(64);
        var (low, high, whole) = (0L, newer, true);
        while (older < high)
        {
            var middle = low + Half(high - low);
            if (older <= middle)
            {
                path.Add(Range(hash, nodes, middle, high));
                high = middle;
            }
            else
            {
                path.Add(Range(hash, nodes, low, middle));
                low = middle;
                whole = false;
            }
        }
        // When the old tree is itself a subtree at the left edge the verifier knows its hash already.
        if (!whole)
            path.Add(Range(hash, nodes, low, high));
        path.Reverse();
        return [.. path];
    }

    public static bool VerifyInclusion(TreeHash hash, long index, long size, Digest leaf, ReadOnlySpan<Digest> path, Digest root)
    {
        if (index < 0 || index >= size)
            return false;
        var (at, last, node) = (index, size - 1, leaf);
        foreach (var sibling in path)
        {
            if (last == 0)
                return false;
            if ((at & 1) == 1 || at == last)
            {
                node = hash.Node(sibling, node);
                var zeros = at == 0 ? 0 : (at & 1) == 1 ? 0 : BitOperations.TrailingZeroCount(at);
                (at, last) = (at >> zeros, last >> zeros);
            }
            else
            {
                node = hash.Node(node, sibling);
            }
            (at, last) = (at >> 1, last >> 1);
        }
        return last == 0 && node == root;
    }

    public static bool VerifyConsistency(TreeHash hash, long older, long newer, ReadOnlySpan<Digest> path, Digest olderRoot, Digest newerRoot)
    {
        // Every tree continues the empty one: such a proof would say nothing, and the published vectors refuse it.
        if (older < 1 || older > newer)
            return false;
        if (older == newer)
            return path.IsEmpty && olderRoot == newerRoot;
        if (path.IsEmpty)
            return false;
        var (at, last) = (older - 1, newer - 1);
        var ones = BitOperations.TrailingZeroCount(~at);
        (at, last) = (at >> ones, last >> ones);
        // An old size that is a power of two is its own first node.
        var start = BitOperations.IsPow2(older) ? 0 : 1;
        var (old, now) = start == 0 ? (olderRoot, olderRoot) : (path[0], path[0]);
        foreach (var node in path[start..])
        {
            if (last == 0)
                return false;
            if ((at & 1) == 1 || at == last)
            {
                old = hash.Node(node, old);
                now = hash.Node(node, now);
                var zeros = at == 0 || (at & 1) == 1 ? 0 : BitOperations.TrailingZeroCount(at);
                (at, last) = (at >> zeros, last >> zeros);
            }
            else
            {
                now = hash.Node(now, node);
            }
            (at, last) = (at >> 1, last >> 1);
        }
        return last == 0 && old == olderRoot && now == newerRoot;
    }

    private static Digest Range(TreeHash hash, NodeAt nodes, long low, long high)
    {
        var size = high - low;
        if (BitOperations.IsPow2(size))
        {
            var height = BitOperations.Log2((ulong)size);
            return nodes(height, low >> height);
        }
        var middle = low + Half(size);
        return hash.Node(Range(hash, nodes, low, middle), Range(hash, nodes, middle, high));
    }

    // The largest power of two below n, n > 1.
    private static long Half(long n) => 1L << BitOperations.Log2((ulong)(n - 1));
}
