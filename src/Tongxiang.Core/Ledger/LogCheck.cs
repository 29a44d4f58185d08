namespace Tongxiang.Core.Ledger;

/// <summary>What a checked log has shown.</summary>
public sealed record LogReport(Checkpoint Checkpoint, IReadOnlyList<VerifierKey> Signers, long EntriesRead);

/// <summary>Checks a whole tlog-tiles log offline: signature, every entry, every tile, the root. Knows nothing of how the log was made.</summary>
public sealed class LogCheck
{
    private readonly TreeHash hash;
    private readonly Func<string, CancellationToken, Task<byte[]?>> read;
    private readonly long from;
    private long entries;

    private LogCheck(TreeHash hash, Func<string, CancellationToken, Task<byte[]?>> read, long from) => (this.hash, this.read, this.from) = (hash, read, from);

    /// <summary>Throws <see cref="InvalidDataException"/> or <see cref="FormatException"/> naming the file at the first thing that is missing or does not fit.</summary>
    /// <param name="hash">SHA-256, or SM3 for the parallel tree.</param>
    /// <param name="read">The bytes at a relative path such as <c>tile/0/000</c>, or null when there is no such file.</param>
    /// <param name="keys">Each must have signed.</param>
    /// <param name="from">Entries below may be missing from a pruned or partial log; what is there is checked all the same.</param>
    /// <param name="ct">Ends the check.</param>
    public static async Task<LogReport> Run(TreeHash hash, Func<string, CancellationToken, Task<byte[]?>> read, IReadOnlyList<VerifierKey> keys, long from, CancellationToken ct)
    {
        var note = Note.Parse(await read("checkpoint", ct) ?? throw new InvalidDataException("checkpoint: missing"));
        var signers = note.Verify(keys);
        // A line whose key name was changed counts as a stranger's: only asking for each key finds that.
        if (keys.FirstOrDefault(k => !signers.Contains(k)) is { } absent)
            throw new InvalidDataException($"checkpoint: not signed by {absent.Name} ({absent.Algorithm})");
        var checkpoint = Checkpoint.Parse(note.Text);
        var check = new LogCheck(hash, read, from);
        if (await check.Root(checkpoint.Size, ct) != checkpoint.Root)
            throw new InvalidDataException($"The tiles do not give the root that was signed for {checkpoint.Size} entries.");
        return new(checkpoint, signers, check.entries);
    }

    /// <summary>A folder as the source of <see cref="Run"/>.</summary>
    public static Func<string, CancellationToken, Task<byte[]?>> Folder(string root) => async (path, ct) =>
    {
        var file = Path.Combine(root, path);
        return File.Exists(file) ? await File.ReadAllBytesAsync(file, ct) : null;
    };

    private async Task<Digest> Root(long size, CancellationToken ct)
    {
        // The last, partial tile of each level holds all perfect subtrees the root is made of.
        var edge = new Dictionary<TileAddress, byte[]>();
        List<Digest?>? below = null;
        for (var level = 0; Tiles.Count(level, size) > 0; level++)
        {
            var folds = new List<Digest?>();
            var count = Tiles.Count(level, size);
            for (var first = 0L; first < count; first += Tiles.Width)
            {
                var address = new TileAddress(level, first / Tiles.Width, (int)Math.Min(Tiles.Width, count - first));
                var tile = await Tile(address, ct);
                if (tile is not null && below is not null)
                    Compare(address, tile, below);
                if (address.Width < Tiles.Width)
                    edge[address] = tile ?? throw Missing(address);
                else
                    folds.Add(tile is null ? null : Tiles.Fold(hash, tile));
            }
            below = folds;
        }
        return Merkle.Root(hash, size, Tiles.Nodes(hash, size, address => edge[address]));
    }

    private async Task<byte[]?> Tile(TileAddress address, CancellationToken ct)
    {
        var end = (address.Index + 1) * Tiles.Width;
        var mayMiss = address.Level == 0 && address.Width == Tiles.Width && end <= from;
        if (await read(address.ToString(), ct) is not { } tile)
            return mayMiss ? null : throw Missing(address);
        if (tile.Length != address.Width * Digest.Size)
            throw new InvalidDataException($"{address}: {tile.Length} bytes, {address.Width * Digest.Size} are wanted");
        if (address.Level == 0)
            await Entries(address, tile, mayMiss, ct);
        return tile;
    }

    private async Task Entries(TileAddress tile, byte[] hashes, bool mayMiss, CancellationToken ct)
    {
        var address = tile with { Level = TileAddress.Entries };
        if (await read(address.ToString(), ct) is not { } bundle)
        {
            if (!mayMiss)
                throw Missing(address);
            return;
        }
        var leaves = Bundles.Read(bundle, tile.Width);
        for (var i = 0; i < leaves.Count; i++)
        {
            if (hash.Leaf(leaves[i].Span) != new Digest(hashes.AsSpan(i * Digest.Size, Digest.Size)))
                throw new InvalidDataException($"{address}: entry {tile.Index * Tiles.Width + i} is not the one in {tile}");
        }
        entries += leaves.Count;
    }

    private static void Compare(TileAddress address, byte[] tile, List<Digest?> below)
    {
        for (var i = 0; i < address.Width; i++)
        {
            var fold = below[(int)(address.Index * Tiles.Width + i)];
            if (fold is not null && fold != new Digest(tile.AsSpan(i * Digest.Size, Digest.Size)))
                throw new InvalidDataException($"{address}: hash {i} does not fit the tile below it");
        }
    }

    private static InvalidDataException Missing(TileAddress address) => new($"{address}: missing");
}
