using CsCheck;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Tests.Core.Ledger;

public sealed class SegmentsTamperTests : IDisposable
{
    private const int SegmentBytes = 20_000;
    private const int Count = 120;
    private readonly string folder = Directory.CreateTempSubdirectory("tongxiang-tamper-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_changed_removed_or_swapped_piece_of_a_segment_never_passes()
    {
        Digest root;
        var sound = Path.Combine(folder, "sound");
        using (var log = GroupLog.Open(sound, SegmentBytes))
        {
            for (var i = 0; i < Count; i++)
                await log.Append(BitConverter.GetBytes(i * 7919), new byte[(i * 31 % 700) + 1], default);
            root = log.Root(TreeHash.Sha256, Count);
        }
        var segments = Directory.GetFiles(sound, "*.seg").Order(StringComparer.Ordinal).Select(f => (Name: Path.GetFileName(f), Bytes: File.ReadAllBytes(f))).ToArray();
        Assert.True(segments.Length > 2);
        var round = 0;
        Gen.Select(Gen.Int[0, segments.Length - 1], Gen.Int[0, 1 << 20], Gen.Int[0, 4], Gen.Byte[1, 255], Gen.Bool).Sample((which, at, how, mask, withTrees) =>
        {
            var (name, bytes) = segments[which];
            at %= bytes.Length;
            var changed = how switch
            {
                0 => [.. bytes[..at], (byte)(bytes[at] ^ mask), .. bytes[(at + 1)..]],
                1 => [.. bytes[..at], .. bytes[(at + 1)..]],
                2 => bytes[..at],
                3 => segments[(which + 1) % segments.Length].Bytes,
                _ => null,
            };
            var copy = Copy(sound, Path.Combine(folder, $"copy-{Interlocked.Increment(ref round)}"), withTrees);
            if (changed is null) File.Delete(Path.Combine(copy, name));
            else File.WriteAllBytes(Path.Combine(copy, name), changed);
            var passes = Passes(copy, root);
            Directory.Delete(copy, recursive: true);
            // Behind the last group lies only the reserve of zeros: what is written there is cut off as a torn write and changes no entry.
            return !passes || (changed is not null && changed.AsSpan().StartsWith(bytes.AsSpan().TrimEnd((byte)0)));
        }, iter: Environment.GetEnvironmentVariable("TONGXIANG_TEST_FULL") is null ? 200 : 3000, threads: 1);
    }

    // What a node does at start (compare with the signed size and root) and an auditor on demand.
    private static bool Passes(string copy, Digest root)
    {
        try
        {
            using var log = GroupLog.Open(copy, SegmentBytes);
            if (log.Size != Count || log.Root(TreeHash.Sha256, Count) != root) return false;
            log.Audit();
            for (var i = 0; i < Count; i++)
                if (!log.Read(i).Leaf.AsSpan().SequenceEqual(BitConverter.GetBytes(i * 7919)) || log.Read(i).Opening.Length != (i * 31 % 700) + 1) return false;
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static string Copy(string from, string to, bool withTrees)
    {
        Directory.CreateDirectory(Path.Combine(to, "tree"));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(f => withTrees || !f.Contains("tree", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        return to;
    }
}
