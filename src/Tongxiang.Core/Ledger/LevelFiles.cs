using System.Globalization;

namespace Tongxiang.Core.Ledger;

/// <summary>The hashes of one tree, a file for each tile level, tile after tile: a tile's address is an offset.</summary>
internal sealed class LevelFiles : IDisposable
{
    private readonly TreeHash hash;
    private readonly Derived[] levels;
    private readonly Action<int, Digest> put;
    private Frontier frontier;

    public LevelFiles(string folder, TreeHash hash)
    {
        this.hash = hash;
        levels = [.. Enumerable.Range(0, 8).Select(l => new Derived(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{hash.Name}-{l}")), Digest.Size))];
        frontier = new Frontier(hash);
        put = (level, digest) => digest.CopyTo(levels[level].Add());
    }

    public Digest Root() => frontier.Root();

    /// <summary>Takes over what lies on disk for a tree of this size; false when some of it is missing.</summary>
    public bool TryContinue(long size)
    {
        for (var level = 0; level < levels.Length; level++)
        {
            if (!levels[level].TryContinue(Tiles.Count(level, size)))
                return false;
        }
        frontier = Frontier.At(hash, size, Node);
        return true;
    }

    /// <summary>Adds a leaf in memory; <see cref="Write"/> puts it into the files.</summary>
    public void Append(Digest leaf) => frontier.Append(leaf, put);

    public void Write()
    {
        foreach (var level in levels)
            level.Write();
    }

    public void Flush()
    {
        foreach (var level in levels)
            level.Flush();
    }

    public byte[] Tile(TileAddress address)
    {
        var to = new byte[address.Width * Digest.Size];
        levels[address.Level].Read(address.Index * Tiles.Width, to);
        return to;
    }

    public Digest Node(int height, long index)
    {
        var within = height % Tiles.Height;
        Span<byte> hashes = stackalloc byte[Digest.Size << within];
        levels[height / Tiles.Height].Read(index << within, hashes);
        return Tiles.Fold(hash, hashes);
    }

    public void Dispose()
    {
        foreach (var level in levels)
            level.Dispose();
    }
}
