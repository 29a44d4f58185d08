using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Tongxiang.Core.Ledger;

/// <summary>An entry on its way into the trees, and how many bytes it takes in its frame. Its SM3 hash is made there, off the callers' path.</summary>
internal readonly record struct Leafed(Digest Sha256, ReadOnlyMemory<byte> Leaf, int Bytes)
{
    public Digest Sm3 => TreeHash.Sm3.Leaf(Leaf.Span);
}

/// <summary>
/// A log on disk: packed append-only segments hold leaves and sealed openings and are the truth; the folder <c>tree</c> beside them holds the hashes of
/// both trees and the entries' places, and is computed again where a crash took it. One writer, many readers.
/// </summary>
internal sealed class Segments : IDisposable
{
    public const int DefaultBytes = 64 << 20;

    private readonly string folder;
    private readonly int segmentBytes;
    private readonly FileStream owner;
    private readonly LevelFiles[] trees;
    private readonly Derived places;
    private long[] firsts = [];
    private Durable current = null!;
    private long size;
    private bool broken;

    private Segments(string folder, int segmentBytes)
    {
        (this.folder, this.segmentBytes) = (folder, segmentBytes);
        Directory.CreateDirectory(Path.Combine(folder, "tree"));
        owner = new FileStream(Path.Combine(folder, "owner"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        trees = [new(Path.Combine(folder, "tree"), TreeHash.Sha256), new(Path.Combine(folder, "tree"), TreeHash.Sm3)];
        places = new(Path.Combine(folder, "tree", "places"), sizeof(int));
    }

    /// <summary>Entries whose hashes can be read; the writer raises it after a group is durable.</summary>
    public long Size => Volatile.Read(ref size);

    /// <summary>Whether the trees could not be written: they are behind the segments until the next start.</summary>
    public bool IsBroken => Volatile.Read(ref broken);

    public static Segments Open(string folder, int segmentBytes = DefaultBytes)
    {
        Directory.CreateDirectory(folder);
        var log = new Segments(folder, segmentBytes);
        try
        {
            log.Recover();
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Makes one finished frame durable and tells where it begins. When it throws, the log must not be used to append again.</summary>
    public int Append(ReadOnlySpan<byte> frame, long first)
    {
        if (current.Length > 0 && current.Length + frame.Length > segmentBytes)
            Roll(first);
        var start = (int)current.Length;
        current.Append(frame);
        current.Flush();
        return start;
    }

    /// <summary>After <see cref="Append"/>, by one thread in the same order: lets the entries into trees and places, then into sight.</summary>
    public void Publish(int frame, ReadOnlySpan<Leafed> entries)
    {
        try
        {
            Index(frame, entries);
            WriteTrees();
            Volatile.Write(ref size, size + entries.Length);
        }
        catch
        {
            Volatile.Write(ref broken, true);
            throw;
        }
    }

    public Digest Root(TreeHash hash, long at) => Merkle.Root(hash, at, Nodes(hash));

    public NodeAt Nodes(TreeHash hash) => Tree(hash).Node;

    /// <summary>The bytes of a tile or bundle, or null when the log is not that large.</summary>
    public byte[]? Tile(TreeHash hash, TileAddress address)
    {
        var count = Tiles.Count(Math.Max(address.Level, 0), Size);
        if (address.Index > count / Tiles.Width || address.Index * Tiles.Width + address.Width > count)
            return null;
        if (!address.IsBundle)
            return Tree(hash).Tile(address);
        var to = new ArrayBufferWriter<byte>(address.Width * 40);
        Each(address.Index * Tiles.Width, address.Width, (_, leaf, _) => Bundles.Add(to, leaf), leavesOnly: true);
        return to.WrittenSpan.ToArray();
    }

    public delegate void Take(long index, ReadOnlySpan<byte> leaf, ReadOnlySpan<byte> opening);

    /// <summary>Hands over entries in order; all must be below <see cref="Size"/>.</summary>
    public void Each(long first, long count, Take take, bool leavesOnly = false)
    {
        var window = new Window();
        Span<byte> place = stackalloc byte[sizeof(int)];
        for (var index = first; index < first + count;)
        {
            var (segment, end) = SegmentOf(index);
            using var file = File.OpenHandle(segment, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            for (; index < Math.Min(first + count, end); index++)
            {
                places.Read(index, place);
                window.Move(file, segment, BinaryPrimitives.ReadUInt32LittleEndian(place));
                var leaf = BinaryPrimitives.ReadUInt16BigEndian(window.Bytes(2));
                var opening = leavesOnly ? 0 : BinaryPrimitives.ReadUInt32BigEndian(window.Bytes(6 + leaf)[(2 + leaf)..]);
                var entry = window.Bytes(leavesOnly ? 2 + leaf : 6 + leaf + opening);
                take(index, entry.Slice(2, leaf), leavesOnly ? [] : entry[(6 + leaf)..]);
            }
        }
    }

    /// <summary>Reads every segment again and compares with what the trees say; throws <see cref="InvalidDataException"/> at the first difference.</summary>
    public void Audit()
    {
        var frontiers = new[] { new Frontier(TreeHash.Sha256), new Frontier(TreeHash.Sm3) };
        var at = Size;
        foreach (var first in firsts)
        {
            if (frontiers[0].Size != first)
                throw new InvalidDataException($"A segment is missing before entry {first}.");
            Replay(PathOf(first), first, first == firsts[^1], (frame, _) =>
            {
                foreach (var entry in Leaves(frame))
                {
                    if (frontiers[0].Size >= at)
                        return;
                    frontiers[0].Append(entry.Sha256);
                    frontiers[1].Append(entry.Sm3);
                }
            });
        }
        if (frontiers[0].Size < at || frontiers[0].Root() != Root(TreeHash.Sha256, at) || frontiers[1].Root() != Root(TreeHash.Sm3, at))
            throw new InvalidDataException("The segments do not give the roots that the trees have.");
    }

    public void Dispose()
    {
        current?.Dispose();
        foreach (var tree in trees)
            tree.Dispose();
        places.Dispose();
        owner.Dispose();
    }

    private static InvalidDataException Corrupt(string segment, long at) => new($"{segment} was changed at byte {at}: restore it from a copy; nothing is appended to a damaged log.");

    private string PathOf(long first) => Path.Combine(folder, first.ToString("000000000000000", CultureInfo.InvariantCulture) + ".seg");

    private LevelFiles Tree(TreeHash hash) => hash == TreeHash.Sha256 ? trees[0] : trees[1];

    private (string Path, long End) SegmentOf(long index)
    {
        var known = Volatile.Read(ref firsts);
        var found = Array.BinarySearch(known, index);
        var at = found >= 0 ? found : ~found - 1;
        return (PathOf(known[at]), at + 1 < known.Length ? known[at + 1] : long.MaxValue);
    }

    private void Recover()
    {
        firsts = [.. Directory.EnumerateFiles(folder, "*.seg").Select(f => long.Parse(Path.GetFileNameWithoutExtension(f), NumberStyles.None, CultureInfo.InvariantCulture)).Order()];
        if (firsts.Length == 0)
        {
            firsts = [0];
            Durable.Create(PathOf(0), segmentBytes).Dispose();
        }
        var from = firsts[^1];
        if (!TryContinue(from) && (firsts[0] != 0 || !TryContinue(from = 0)))
            throw new InvalidDataException("The first segment of the log is missing.");
        size = from;
        foreach (var first in firsts.Where(f => f >= from))
        {
            if (first != size)
                throw new InvalidDataException($"The log has {size} entries before segment {PathOf(first)}: a segment is missing or was renamed.");
            var end = Replay(PathOf(first), first, first == firsts[^1], (frame, at) =>
            {
                var entries = Leaves(frame);
                Index(at, entries);
                WriteTrees();
                size += entries.Length;
            });
            current = Durable.Open(PathOf(first), end);
            if (first != firsts[^1])
                current.Dispose();
        }
        // A torn tail goes; entries that were written but never flushed are flushed before anyone relies on them.
        current.Trim(segmentBytes);
    }

    private bool TryContinue(long at) => places.TryContinue(at) && trees.All(t => t.TryContinue(at));

    // Returns where the sound frames end. Behind that only the rest of one unacknowledged write may lie, and only in the last segment.
    private static long Replay(string path, long first, bool last, Action<ReadOnlyMemory<byte>, int> take)
    {
        var bytes = File.ReadAllBytes(path).AsMemory();
        var at = 0;
        for (int length; (length = Frame.Check(bytes.Span[at..], first)) > 0; at += length)
        {
            var frame = bytes.Slice(at, length);
            take(frame, at);
            first += Frame.Count(frame.Span);
        }
        if (!last && at < bytes.Length)
            throw Corrupt(path, at);
        var rest = bytes.Span[at..].TrimEnd((byte)0);
        for (var i = 1; i < rest.Length; i++)
        {
            if (Frame.Check(rest[i..], null) > 0)
                throw Corrupt(path, at);
        }
        return at;
    }

    private static Leafed[] Leaves(ReadOnlyMemory<byte> frame)
    {
        var bytes = frame.Span;
        var entries = new Leafed[Frame.Count(bytes)];
        var at = Frame.HeadSize;
        for (var i = 0; i < entries.Length; i++)
        {
            var (leaf, _, next) = Frame.Entry(bytes, at);
            entries[i] = new(TreeHash.Sha256.Leaf(bytes[leaf]), frame[leaf], next - at);
            at = next;
        }
        return entries;
    }

    private void Index(int frame, ReadOnlySpan<Leafed> entries)
    {
        var at = frame + Frame.HeadSize;
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteInt32LittleEndian(places.Add(), at);
            trees[0].Append(entry.Sha256);
            trees[1].Append(entry.Sm3);
            at += entry.Bytes;
        }
    }

    private void WriteTrees()
    {
        places.Write();
        foreach (var tree in trees)
            tree.Write();
    }

    // The trees up to here must be on disk before a new segment says that replaying may begin with it.
    private void Roll(long first)
    {
        SpinWait.SpinUntil(() => Size >= first || IsBroken);
        if (IsBroken)
            throw new IOException("The trees of the log could not be written.");
        places.Flush();
        foreach (var tree in trees)
            tree.Flush();
        current.Trim();
        current.Dispose();
        current = Durable.Create(PathOf(first), segmentBytes);
        Volatile.Write(ref firsts, [.. firsts, first]);
    }

    /// <summary>A few kilobytes from one place of a segment on, read again only when more is wanted.</summary>
    private sealed class Window
    {
        private byte[] buffer = new byte[4096];
        private SafeFileHandle? file;
        private string path = "";
        private long at;
        private int have;

        public void Move(SafeFileHandle segment, string name, long to)
        {
            (file, path, at) = (segment, name, to);
            have = RandomAccess.Read(segment, buffer, to);
        }

        public ReadOnlySpan<byte> Bytes(long count)
        {
            if (count > have && count <= Frame.MaxBody)
            {
                if (count > buffer.Length)
                    buffer = new byte[count];
                have = RandomAccess.Read(file!, buffer.AsSpan(0, (int)count), at);
            }
            return count <= have ? buffer.AsSpan(0, (int)count) : throw Corrupt(path, at);
        }
    }
}
