using System.Text;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Tests.Core.Ledger;

public sealed class GroupLogTests : IDisposable
{
    private const int SmallSegments = 20_000;
    private readonly string folder = Directory.CreateTempSubdirectory("tongxiang-log-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static byte[] Leaf(long i) => Encoding.UTF8.GetBytes($"leaf {i}");

    private static byte[] Opening(long i) => [.. Enumerable.Repeat((byte)i, (int)(i * 37 % 900))];

    private static async Task Fill(GroupLog log, int count, int callers)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < count;)
                await log.Append(Leaf(i), Opening(i), default);
        }));
    }

    [Fact]
    public async Task Every_acknowledged_entry_stands_where_it_was_said_and_proves_it()
    {
        using var log = GroupLog.Open(folder, SmallSegments);
        var placed = await Task.WhenAll(Enumerable.Range(0, 700).Select(async i => (i, Placed: await log.Append(Leaf(i), Opening(i), default))));
        Assert.Equal(Enumerable.Range(0, 700).Select(i => (long)i), placed.Select(p => p.Placed.Index).Order());
        var root = log.Root(TreeHash.Sha256, 700);
        foreach (var (i, at) in placed)
        {
            Assert.Equal(TreeHash.Sha256.Leaf(Leaf(i)), at.Leaf);
            var (leaf, opening) = log.Read(at.Index);
            Assert.Equal((Leaf(i), Opening(i)), (leaf, opening), (a, b) => a.Item1.AsSpan().SequenceEqual(b.Item1) && a.Item2.AsSpan().SequenceEqual(b.Item2));
            Assert.True(Merkle.VerifyInclusion(TreeHash.Sha256, at.Index, 700, at.Leaf, log.ProveInclusion(TreeHash.Sha256, at.Index, 700), root));
        }
        log.Audit();
    }

    [Theory]
    [InlineData("sha256")]
    [InlineData("sm3")]
    public async Task Roots_and_tiles_are_those_of_the_definition(string name)
    {
        var hash = name == "sm3" ? TreeHash.Sm3 : TreeHash.Sha256;
        using var log = GroupLog.Open(folder, SmallSegments);
        for (var i = 0; i < 3; i++)
            await Fill(log, 200, 1);
        var entries = Enumerable.Range(0, 600).Select(i => Leaf(i % 200)).ToArray();
        Assert.Equal(Trees.Root(hash, entries), log.Root(hash, 600));
        Assert.Equal(Trees.Root(hash, entries.AsSpan(0, 257)), log.Root(hash, 257));
        foreach (var tile in Tiles.Of(600))
        {
            var bytes = log.Tile(hash, tile)!;
            if (tile.IsBundle)
                Assert.Equal(entries.Skip((int)tile.Index * 256).Take(tile.Width), Bundles.Read(bytes, tile.Width).Select(e => e.ToArray()));
            else
                Assert.Equal(tile.Width * Digest.Size, bytes.Length);
        }
        Assert.Null(log.Tile(hash, new(0, 2, 89)));
        Assert.Null(log.Tile(hash, new(0, 3, 1)));
        Assert.Null(log.Tile(hash, new(7, 0, 1)));
        Assert.Null(log.Tile(hash, new(40, 0, 1)));
        var path = log.ProveConsistency(hash, 300, 600);
        Assert.True(Merkle.VerifyConsistency(hash, 300, 600, path, log.Root(hash, 300), log.Root(hash, 600)));
    }

    [Fact]
    public async Task A_log_opened_again_continues_with_the_same_root()
    {
        Digest root;
        using (var log = GroupLog.Open(folder, SmallSegments))
        {
            await Fill(log, 300, 20);
            root = log.Root(TreeHash.Sm3, 300);
        }
        Assert.True(Directory.GetFiles(folder, "*.seg").Length > 3);
        using (var log = GroupLog.Open(folder, SmallSegments))
        {
            Assert.Equal((300, root), (log.Size, log.Root(TreeHash.Sm3, 300)));
            Assert.Equal(300, (await log.Append(Leaf(300), Opening(300), default)).Index);
        }
        // What is derived may be lost as a whole or in part.
        File.Delete(Path.Combine(folder, "tree", "sha256-0"));
        File.WriteAllBytes(Path.Combine(folder, "tree", "places"), [1, 2, 3]);
        using (var log = GroupLog.Open(folder, SmallSegments))
        {
            Assert.Equal((301, root), (log.Size, log.Root(TreeHash.Sm3, 300)));
            Assert.Equal(Leaf(300), log.Read(300).Leaf);
            log.Audit();
        }
    }

    [Fact]
    public async Task A_write_torn_by_a_crash_is_cut_off_and_the_rest_stays()
    {
        using (var log = GroupLog.Open(folder))
            await Fill(log, 50, 1);
        var segment = Path.Combine(folder, "000000000000000.seg");
        var whole = File.ReadAllBytes(segment);
        var end = whole.AsSpan().TrimEnd((byte)0).Length;
        foreach (var torn in new[] { 1, 3, 10, 25, 45 })
        {
            var bytes = whole.ToArray();
            bytes.AsSpan(end - torn, torn).Clear();
            File.WriteAllBytes(segment, bytes);
            using var log = GroupLog.Open(folder);
            Assert.Equal(49, log.Size);
            Assert.Equal(Leaf(48), log.Read(48).Leaf);
            Assert.Equal(49, (await log.Append(Leaf(49), default, default)).Index);
        }
    }

    [Fact]
    public async Task Damage_in_the_middle_is_not_taken_for_a_torn_tail()
    {
        using (var log = GroupLog.Open(folder))
            await Fill(log, 50, 1);
        var segment = Path.Combine(folder, "000000000000000.seg");
        var bytes = File.ReadAllBytes(segment);
        bytes[60] ^= 4;
        File.WriteAllBytes(segment, bytes);
        Assert.Throws<InvalidDataException>(() => GroupLog.Open(folder));
    }

    [Fact]
    public async Task A_missing_segment_is_found()
    {
        using (var log = GroupLog.Open(folder, SmallSegments))
            await Fill(log, 300, 20);
        File.Delete(Directory.GetFiles(folder, "*.seg").Order().ElementAt(1));
        using (var log = GroupLog.Open(folder, SmallSegments))
            Assert.Throws<InvalidDataException>(log.Audit);
        Directory.Delete(Path.Combine(folder, "tree"), recursive: true);
        Assert.Throws<InvalidDataException>(() => GroupLog.Open(folder, SmallSegments));
    }

    [Fact]
    public void Two_processes_never_write_one_log()
    {
        using var log = GroupLog.Open(folder);
        Assert.Throws<IOException>(() => GroupLog.Open(folder));
    }

    [Fact]
    public async Task After_closing_nothing_is_acknowledged()
    {
        var log = GroupLog.Open(folder);
        await log.Append(Leaf(0), default, default);
        log.Dispose();
        await Assert.ThrowsAsync<IOException>(async () => await log.Append(Leaf(1), default, default));
    }

    [Fact]
    public async Task Entries_of_any_size_come_back()
    {
        using var log = GroupLog.Open(folder, SmallSegments);
        await log.Append(new byte[65535], new byte[1 << 20], default);
        await log.Append(ReadOnlyMemory<byte>.Empty, ReadOnlyMemory<byte>.Empty, default);
        await log.Append(new byte[1], new byte[5000], default);
        Assert.Equal((65535, 1 << 20), (log.Read(0).Leaf.Length, log.Read(0).Opening.Length));
        Assert.Equal((0, 0), (log.Read(1).Leaf.Length, log.Read(1).Opening.Length));
        Assert.Equal((1, 5000), (log.Read(2).Leaf.Length, log.Read(2).Opening.Length));
        await Assert.ThrowsAsync<ArgumentException>(async () => await log.Append(new byte[65536], default, default));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await log.Append(new byte[1], default, cancelled.Token));
        Assert.Equal(3, log.Size);
    }
}
