using Tongxiang.Core.Ledger;

namespace Tongxiang.Tests.Core.Ledger;

/// <summary>The tree straight from the definition in RFC 6962 §2.1, recursive and slow: what the real one is measured against.</summary>
internal static class Trees
{
    public static byte[][] Entries(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => { var bytes = new byte[i % 40]; random.NextBytes(bytes); return bytes; })];
    }

    public static Digest Root(TreeHash hash, ReadOnlySpan<byte[]> entries)
    {
        if (entries.Length == 0)
            return hash.Empty;
        if (entries.Length == 1)
            return hash.Leaf(entries[0]);
        var half = 1;
        while (half * 2 < entries.Length)
            half *= 2;
        return hash.Node(Root(hash, entries[..half]), Root(hash, entries[half..]));
    }

    public static NodeAt Nodes(TreeHash hash, byte[][] entries) => (height, index) => Root(hash, entries.AsSpan((int)(index << height), 1 << height));
}
