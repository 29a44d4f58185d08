using System.Buffers;
using CsCheck;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Tests.Core.Ledger;

public sealed class TilesTests
{
    [Theory]
    [InlineData("tile/0/000", 0, 0, 256)]
    [InlineData("tile/0/x001/x234/067", 0, 1234067, 256)]
    [InlineData("tile/entries/x001/000.p/17", -1, 1000, 17)]
    [InlineData("tile/63/999.p/255", 63, 999, 255)]
    public void An_address_is_read_and_printed(string path, int level, long index, int width)
    {
        Assert.True(TileAddress.TryParse(path, out var address));
        Assert.Equal(new TileAddress(level, index, width), address);
        Assert.Equal(path, address.ToString());
    }

    [Theory]
    [InlineData("tile/00/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/0/x000/001")]
    [InlineData("tile/0/001/002")]
    [InlineData("tile/0/x001")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p")]
    [InlineData("tile/0")]
    [InlineData("tile/0/../../checkpoint")]
    [InlineData("tile/0/ 00")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("entries/000")]
    [InlineData("")]
    public void Another_spelling_is_no_address(string path) => Assert.False(TileAddress.TryParse(path, out _));

    [Fact]
    public void Every_address_survives_its_text() =>
        Gen.Select(Gen.Int[-1, 63], Gen.Long[0, 999_999_999_999_999_999], Gen.Int[1, 256]).Sample((level, index, width) =>
            TileAddress.TryParse(new TileAddress(level, index, width).ToString(), out var back) && back == new TileAddress(level, index, width), iter: 5000);

    // The worked example of the specification.
    [Fact]
    public void A_log_of_70000_entries_has_the_tiles_the_specification_names()
    {
        var all = Tiles.Of(70000).ToList();
        Assert.Equal((273, 112), (all.Count(t => t is { Level: 0, Width: 256 }), all.Single(t => t is { Level: 0, Width: < 256 }).Width));
        Assert.Equal((1, 17), (all.Count(t => t is { Level: 1, Width: 256 }), all.Single(t => t is { Level: 1, Width: < 256 }).Width));
        Assert.Equal(new TileAddress(2, 0, 1), Assert.Single(all, t => t.Level == 2));
        Assert.Equal(274, all.Count(t => t.IsBundle));
        Assert.DoesNotContain(all, t => t.Level > 2);
        Assert.Equal([new(-1, 0, 256), new(0, 0, 256), new(1, 0, 1)], Tiles.Of(256));
        Assert.Empty(Tiles.Of(0));
    }

    [Fact]
    public void A_bundle_gives_back_its_entries_and_nothing_else() =>
        Gen.Byte.Array[0, 50].Array[0, 20].Sample(entries =>
        {
            var to = new ArrayBufferWriter<byte>();
            foreach (var entry in entries)
                Bundles.Add(to, entry);
            var bytes = to.WrittenMemory;
            var back = Bundles.Read(bytes, entries.Length);
            Assert.Equal(entries, back.Select(e => e.ToArray()));
            Assert.Throws<InvalidDataException>(() => Bundles.Read(new byte[bytes.Length + 1], entries.Length + (bytes.Length + 1) / 2 + 1));
            Assert.Throws<InvalidDataException>(() => Bundles.Read(bytes, entries.Length + 1));
            if (entries.Length > 0)
                Assert.Throws<InvalidDataException>(() => Bundles.Read(bytes[..^1], entries.Length));
        }, iter: 200);

    [Fact]
    public void An_entry_beyond_the_length_prefix_is_refused() =>
        Assert.Throws<ArgumentException>(() => Bundles.Add(new ArrayBufferWriter<byte>(), new byte[65536]));
}
