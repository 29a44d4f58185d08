using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using CsCheck;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Tests.Core.Ledger;

public sealed class LogCheckTests : IDisposable
{
    private static readonly SignerKey Ed25519 = SignerKey.From("a.example/log", NoteAlgorithm.Ed25519, new byte[32]);
    private static readonly SignerKey Sm2 = SignerKey.Generate("a.example/log", NoteAlgorithm.Sm2);
    private readonly string folder = Directory.CreateTempSubdirectory("tongxiang-check-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // A log as files in memory, made by our own writer.
    private async Task<Dictionary<string, byte[]>> Make(TreeHash hash, int size)
    {
        using var log = GroupLog.Open(Path.Combine(folder, Guid.CreateVersion7().ToString()));
        await Task.WhenAll(Trees.Entries(size).Select(e => log.Append(e, default, default).AsTask()));
        var files = Tiles.Of(size).ToDictionary(t => t.ToString(), t => log.Tile(hash, t)!);
        files["checkpoint"] = new Checkpoint("a.example/log", size, log.Root(hash, size)).Sign(DateTimeOffset.UnixEpoch, Ed25519, Sm2).Bytes();
        return files;
    }

    private static async Task<LogReport> Check(Dictionary<string, byte[]> files, TreeHash hash, long from = 0) =>
        await LogCheck.Run(hash, (path, _) => Task.FromResult(files.GetValueOrDefault(path)), [Ed25519.Verifier, Sm2.Verifier], from, default);

    private static async Task<bool> Refused(Dictionary<string, byte[]> files, TreeHash hash)
    {
        try
        {
            await Check(files, hash);
            return false;
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            return true;
        }
    }

    [Theory]
    [InlineData("sha256", 0)]
    [InlineData("sha256", 1)]
    [InlineData("sha256", 256)]
    [InlineData("sha256", 257)]
    [InlineData("sm3", 700)]
    public async Task A_sound_log_is_accepted(string name, int size)
    {
        var hash = name == "sm3" ? TreeHash.Sm3 : TreeHash.Sha256;
        var report = await Check(await Make(hash, size), hash);
        Assert.Equal((size, size, 2), (report.Checkpoint.Size, report.EntriesRead, report.Signers.Count));
    }

    [Fact]
    public async Task Any_changed_removed_added_or_moved_byte_is_found()
    {
        var files = await Make(TreeHash.Sha256, 600);
        var names = files.Keys.Order(StringComparer.Ordinal).ToArray();
        await Gen.Select(Gen.Int[0, names.Length - 1], Gen.Int[0, 1 << 20], Gen.Int[0, 4], Gen.Byte[1, 255], Gen.Int[0, names.Length - 1]).SampleAsync(async (file, at, how, mask, other) =>
        {
            var changed = new Dictionary<string, byte[]>(files);
            var bytes = files[names[file]];
            at %= bytes.Length;
            switch (how)
            {
                case 0: changed[names[file]] = [.. bytes[..at], (byte)(bytes[at] ^ mask), .. bytes[(at + 1)..]]; break;
                case 1: changed[names[file]] = [.. bytes[..at], .. bytes[(at + 1)..]]; break;
                case 2: changed[names[file]] = [.. bytes[..at], mask, .. bytes[at..]]; break;
                case 3: changed.Remove(names[file]); break;
                default: (changed[names[file]], changed[names[other]]) = (changed[names[other]], changed[names[file]]); break;
            }
            var same = names.All(n => changed.TryGetValue(n, out var now) && now.AsSpan().SequenceEqual(files[n]));
            return same || await Refused(changed, TreeHash.Sha256);
        }, iter: Environment.GetEnvironmentVariable("TONGXIANG_TEST_FULL") is null ? 400 : 10_000);
    }

    [Fact]
    public async Task Entries_that_change_places_are_found_even_when_their_tile_follows()
    {
        var files = await Make(TreeHash.Sha256, 300);
        var entries = Bundles.Read(files["tile/entries/000"], 256).Select(e => e.ToArray()).ToArray();
        (entries[7], entries[9]) = (entries[9], entries[7]);
        var bundle = new System.Buffers.ArrayBufferWriter<byte>();
        foreach (var entry in entries)
            Bundles.Add(bundle, entry);
        files["tile/entries/000"] = bundle.WrittenSpan.ToArray();
        Assert.True(await Refused(files, TreeHash.Sha256));
        files["tile/0/000"] = [.. entries.SelectMany(e => TreeHash.Sha256.Leaf(e).ToArray())];
        Assert.True(await Refused(files, TreeHash.Sha256));
        files["tile/1/000.p/1"] = Tiles.Fold(TreeHash.Sha256, files["tile/0/000"]).ToArray();
        Assert.True(await Refused(files, TreeHash.Sha256));
    }

    [Fact]
    public async Task A_part_of_a_log_is_checked_from_where_it_begins()
    {
        var files = await Make(TreeHash.Sha256, 800);
        foreach (var name in new[] { "tile/0/000", "tile/entries/000", "tile/entries/001" })
            files.Remove(name);
        await Assert.ThrowsAsync<InvalidDataException>(() => Check(files, TreeHash.Sha256));
        await Assert.ThrowsAsync<InvalidDataException>(() => Check(files, TreeHash.Sha256, 511));
        Assert.Equal(288, (await Check(files, TreeHash.Sha256, 512)).EntriesRead);
        files["tile/0/001"][5] ^= 1;
        await Assert.ThrowsAsync<InvalidDataException>(() => Check(files, TreeHash.Sha256, 512));
    }

    [Fact]
    public async Task A_log_written_by_another_program_is_accepted()
    {
        var root = SharedData.Audit("tessera-testdata-log/testdata/log");
        var key = VerifierKey.Parse("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx");
        var report = await LogCheck.Run(TreeHash.Sha256, LogCheck.Folder(root), [key], 0, default);
        Assert.Equal(15, report.EntriesRead);
        var entries = Bundles.Read(await File.ReadAllBytesAsync(Path.Combine(root, "tile/entries/000.p/15")), 15).Select(e => e.ToArray()).ToArray();
        for (var size = 0; size <= 15; size++)
        {
            var checkpoint = Checkpoint.Open(await File.ReadAllBytesAsync(Path.Combine(root, $"checkpoint.{size}")), key);
            Assert.Equal((size, Trees.Root(TreeHash.Sha256, entries.AsSpan(0, size))), (checkpoint.Size, checkpoint.Root));
        }
    }

    [Fact]
    public async Task The_golden_log_of_70000_entries_and_its_vectors_agree()
    {
        await using (var archive = new GZipStream(File.OpenRead(SharedData.Audit("golden-xmod-70000/tlog-tiles-log.tar.gz")), CompressionMode.Decompress))
            await TarFile.ExtractToDirectoryAsync(archive, folder, overwriteFiles: false);
        var root = Path.GetDirectoryName(Directory.GetFiles(folder, "checkpoint", SearchOption.AllDirectories).Single())!;
        using var vectors = JsonDocument.Parse(await File.ReadAllBytesAsync(SharedData.Audit("golden-xmod-70000/vectors.json")));
        var v = vectors.RootElement;
        var (key, witness) = (VerifierKey.Parse(v.GetProperty("log_vkey").GetString()!), VerifierKey.Parse(v.GetProperty("witness_vkey").GetString()!));
        var report = await LogCheck.Run(TreeHash.Sha256, LogCheck.Folder(root), [key, witness], 0, default);
        Assert.Equal((70000, 2), (report.EntriesRead, report.Signers.Count));
        Assert.Equal(key, SignerKey.Parse(v.GetProperty("log_skey_TEST_ONLY").GetString()!).Verifier);

        var frontier = new Frontier(TreeHash.Sha256);
        var roots = v.GetProperty("roots_by_size").EnumerateObject().ToDictionary(r => long.Parse(r.Name), r => r.Value.GetString());
        foreach (var tile in Tiles.Of(70000).Where(t => t.IsBundle))
            foreach (var entry in Bundles.Read(await File.ReadAllBytesAsync(Path.Combine(root, tile.ToString())), tile.Width))
            {
                frontier.Append(TreeHash.Sha256.Leaf(entry.Span));
                if (roots.TryGetValue(frontier.Size, out var expected))
                    Assert.Equal(expected, frontier.Root().ToString());
            }
        NodeAt nodes = Tiles.Nodes(TreeHash.Sha256, 70000, tile => File.ReadAllBytes(Path.Combine(root, tile.ToString())));
        foreach (var c in v.GetProperty("consistency").EnumerateArray())
        {
            var (older, newer) = (c.GetProperty("Old").GetInt64(), c.GetProperty("New").GetInt64());
            Assert.Equal(Proof(c), Merkle.ProveConsistency(TreeHash.Sha256, older, newer, nodes).Select(d => d.ToString()));
            Assert.True(Merkle.VerifyConsistency(TreeHash.Sha256, older, newer, [.. Proof(c).Select(Parse)], Parse(c.GetProperty("OldRoot").GetString()!), Parse(c.GetProperty("NewRoot").GetString()!)));
        }
        foreach (var i in v.GetProperty("inclusion").EnumerateArray())
            Assert.Equal(Proof(i), Merkle.ProveInclusion(TreeHash.Sha256, i.GetProperty("Index").GetInt64(), i.GetProperty("Size").GetInt64(), nodes).Select(d => d.ToString()));
    }

    private static string[] Proof(JsonElement v) => v.GetProperty("Proof") is { ValueKind: JsonValueKind.Array } p ? [.. p.EnumerateArray().Select(n => n.GetString()!)] : [];

    private static Digest Parse(string text) => Digest.TryParse(text, out var digest) ? digest : throw new FormatException(text);
}
