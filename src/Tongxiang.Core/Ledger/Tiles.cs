using System.Globalization;

namespace Tongxiang.Core.Ledger;

/// <summary>A C2SP tlog-tiles address: <c>tile/L/N</c> or <c>tile/entries/N</c> (level −1), with <c>.p/W</c> when partial.</summary>
public readonly record struct TileAddress(int Level, long Index, int Width)
{
    public const int Entries = -1;

    public bool IsBundle => Level == Entries;

    public override string ToString()
    {
        var number = (Index % 1000).ToString("000", CultureInfo.InvariantCulture);
        for (var rest = Index / 1000; rest > 0; rest /= 1000)
            number = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:000}/{number}");
        var level = IsBundle ? "entries" : Level.ToString(CultureInfo.InvariantCulture);
        return Width == Tiles.Width ? $"tile/{level}/{number}" : string.Create(CultureInfo.InvariantCulture, $"tile/{level}/{number}.p/{Width}");
    }

    /// <summary>Reads only the one spelling the specification allows; anything else is no address.</summary>
    public static bool TryParse(string path, out TileAddress address)
    {
        address = default;
        if (path.Length > 100)
            return false;
        var parts = path.Split('/');
        var width = Tiles.Width;
        var end = parts.Length;
        if (parts.Length > 3 && parts[^2].EndsWith(".p", StringComparison.Ordinal))
        {
            if (!Number(parts[^1], out width) || width is 0 or >= Tiles.Width)
                return false;
            end--;
            parts[^2] = parts[^2][..^2];
        }
        if (end < 3 || parts[0] != "tile")
            return false;
        var level = Entries;
        if (parts[1] != "entries" && (!Number(parts[1], out level) || level > 63))
            return false;
        if (Join(parts.AsSpan(2, end - 2)) is not { } index)
            return false;
        address = new(level, index, width);
        return address.ToString() == path;
    }

    private static long? Join(ReadOnlySpan<string> parts)
    {
        var index = 0L;
        if (parts.Length > 6)
            return null;
        for (var i = 0; i < parts.Length; i++)
        {
            var digits = parts[i].AsSpan(i < parts.Length - 1 && parts[i].StartsWith('x') ? 1 : 0);
            if (digits.Length != 3 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var part))
                return null;
            index = index * 1000 + part;
        }
        return index;
    }

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && text.Length < 4;
}

/// <summary>The geometry of tiles: 256 hashes of 32 bytes, eight tree levels each.</summary>
public static class Tiles
{
    public const int Height = 8;
    public const int Width = 1 << Height;
    public const int Bytes = Width * Digest.Size;

    /// <summary>How many hashes the level holds in a tree of the size.</summary>
    public static long Count(int level, long size) => level * Height > 62 ? 0 : size >> (level * Height);

    /// <summary>Every tile and bundle that a verifier of a tree of this size needs: full ones and the last partial of each level.</summary>
    public static IEnumerable<TileAddress> Of(long size)
    {
        for (var level = TileAddress.Entries; level < 0 || Count(level, size) > 0; level++)
        {
            var count = Count(Math.Max(level, 0), size);
            for (var index = 0L; index < count / Width; index++)
                yield return new(level, index, Width);
            if (count % Width > 0)
                yield return new(level, count / Width, (int)(count % Width));
        }
    }

    /// <summary>Subtree hashes out of tiles; read gets the address of the widest tile a tree of the size has there.</summary>
    public static NodeAt Nodes(TreeHash hash, long size, Func<TileAddress, ReadOnlyMemory<byte>> read)
    {
        return Node;

        Digest Node(int height, long index)
        {
            var level = height / Height;
            var first = index << (height % Height);
            var tile = first / Width;
            var width = (int)Math.Min(Width, Count(level, size) - tile * Width);
            var bytes = read(new TileAddress(level, tile, width));
            if (bytes.Length != width * Digest.Size)
                throw new InvalidDataException($"{new TileAddress(level, tile, width)} has {bytes.Length} bytes, {width * Digest.Size} are wanted.");
            return Fold(hash, bytes.Span.Slice((int)(first % Width) * Digest.Size, Digest.Size << (height % Height)));
        }
    }

    // The root of a perfect subtree whose leaves are the given hashes.
    internal static Digest Fold(TreeHash hash, ReadOnlySpan<byte> hashes)
    {
        if (hashes.Length == Digest.Size)
            return new Digest(hashes);
        var half = hashes.Length / 2;
        return hash.Node(Fold(hash, hashes[..half]), Fold(hash, hashes[half..]));
    }
}
