using System.Numerics;

namespace Tongxiang.Core.Ledger;

/// <summary>The right edge of a growing tree: its perfect subtrees from left to right, at most 64. Appending costs one node hash on average.</summary>
public sealed class Frontier(TreeHash hash)
{
    private readonly Digest[] peaks = new Digest[64];

    public long Size { get; private set; }

    /// <summary>Continues a tree of the given size; nodes answers for its perfect subtrees.</summary>
    public static Frontier At(TreeHash hash, long size, NodeAt nodes)
    {
        var frontier = new Frontier(hash) { Size = size };
        var (at, depth) = (0L, 0);
        for (var height = 62; height >= 0; height--)
        {
            if ((size >> height & 1) == 0)
                continue;
            frontier.peaks[depth++] = nodes(height, at >> height);
            at += 1L << height;
        }
        return frontier;
    }

    /// <summary>Appends a leaf and tells each perfect subtree whose height is a multiple of eight: these are the hashes of the tiles.</summary>
    public void Append(Digest leaf, Action<int, Digest> tileHash)
    {
        tileHash(0, leaf);
        var depth = BitOperations.PopCount((ulong)Size);
        var node = leaf;
        for (var height = 1; (Size >> (height - 1) & 1) == 1; height++)
        {
            node = hash.Node(peaks[--depth], node);
            if (height % Tiles.Height == 0)
                tileHash(height / Tiles.Height, node);
        }
        peaks[depth] = node;
        Size++;
    }

    public void Append(Digest leaf) => Append(leaf, static (_, _) => { });

    public Digest Root()
    {
        var depth = BitOperations.PopCount((ulong)Size);
        if (depth == 0)
            return hash.Empty;
        var root = peaks[--depth];
        while (depth > 0)
            root = hash.Node(peaks[--depth], root);
        return root;
    }
}
