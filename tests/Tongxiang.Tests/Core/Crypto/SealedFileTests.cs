using CsCheck;
using Tongxiang.Core.Crypto;

namespace Tongxiang.Tests.Core.Crypto;

public sealed class SealedFileTests
{
    private const int Frame = 64;

    private static readonly Gen<SealKey> Keys = Gen.Select(Gen.Bool, Gen.Byte.Array[32], (national, secret) =>
        national ? new SealKey("资源一/v1", SealAlgorithm.Sm4Gcm, secret.AsMemory(0, 16)) : new SealKey("资源一/v1", SealAlgorithm.Aes256Gcm, secret));

    private static byte[] Seal(SealKey key, byte[] clear, int piece = 17, int frame = Frame)
    {
        var to = new MemoryStream();
        using (var writer = SealedFile.Write(to, key, leaveOpen: true, frame))
        {
            foreach (var part in clear.Chunk(piece))
                writer.Write(part);
            writer.Complete();
        }
        return to.ToArray();
    }

    private static byte[] Open(SealKey key, byte[] file)
    {
        using var reader = SealedFile.Read(new MemoryStream(file), _ => key);
        var to = new MemoryStream();
        reader.CopyTo(to);
        return to.ToArray();
    }

    [Fact]
    public void What_was_sealed_is_read_back() =>
        Gen.Select(Keys, Gen.Byte.Array[0, 300], Gen.Int[1, 200]).Sample((key, clear, piece) => Open(key, Seal(key, clear, piece)).SequenceEqual(clear), iter: 300);

    [Fact]
    public void A_place_in_the_middle_is_read_without_the_rest() =>
        Gen.Select(Keys, Gen.Byte.Array[1, 400], Gen.Int[0, 399], Gen.Int[1, 100]).Sample((key, clear, at, count) =>
        {
            at %= clear.Length;
            using var reader = SealedFile.Read(new MemoryStream(Seal(key, clear)), _ => key);
            reader.Position = at;
            var to = new byte[Math.Min(count, clear.Length - at)];
            reader.ReadExactly(to);
            return to.AsSpan().SequenceEqual(clear.AsSpan(at, to.Length)) && reader.Length == clear.Length;
        }, iter: 300);

    [Fact]
    public void Any_changed_bit_is_found() =>
        Gen.Select(Keys, Gen.Byte.Array[0, 200], Gen.Int[0, 100000], Gen.Int[0, 7]).Sample((key, clear, at, bit) =>
        {
            var file = Seal(key, clear);
            file[at % file.Length] ^= (byte)(1 << bit);
            return Refused(key, file);
        }, iter: 1000);

    [Fact]
    public void Any_cut_is_found_even_at_a_frames_border() =>
        Gen.Select(Keys, Gen.Byte.Array[0, 300]).Sample((key, clear) =>
        {
            var file = Seal(key, clear);
            return Enumerable.Range(0, file.Length).All(cut => Refused(key, file[..cut]));
        }, iter: 20);

    [Fact]
    public void Frames_that_change_places_repeat_or_go_missing_are_found()
    {
        var key = new SealKey("k", SealAlgorithm.Aes256Gcm, new byte[32]);
        var file = Seal(key, new byte[Frame * 4]);
        var head = file.Length - 4 * (Frame + Aead.TagSize);
        byte[] Arrange(params int[] order) =>
            [.. file[..head], .. order.SelectMany(i => file.AsSpan(head + i * (Frame + Aead.TagSize), Frame + Aead.TagSize).ToArray())];
        Assert.Equal(file, Arrange(0, 1, 2, 3));
        foreach (var order in new int[][] { [1, 0, 2, 3], [0, 2, 1, 3], [0, 1, 3], [0, 1, 2, 3, 3], [0, 1, 2], [3], [0, 0, 1, 2, 3] })
            Assert.True(Refused(key, Arrange(order)), string.Join(' ', order));
    }

    [Fact]
    public void Another_key_or_another_algorithm_does_not_open_it()
    {
        var key = new SealKey("k", SealAlgorithm.Aes256Gcm, new byte[32]);
        var file = Seal(key, [1, 2, 3]);
        Assert.True(Refused(key with { Secret = new byte[32].Select(_ => (byte)1).ToArray() }, file));
        Assert.True(Refused(new SealKey("k", SealAlgorithm.Sm4Gcm, new byte[16]), file));
        Assert.Equal("k", SealedFile.KeyId(new MemoryStream(file)));
    }

    [Fact]
    public void A_writer_given_up_half_way_leaves_nothing_that_opens()
    {
        var key = new SealKey("k", SealAlgorithm.Aes256Gcm, new byte[32]);
        var to = new MemoryStream();
        using (var writer = SealedFile.Write(to, key, leaveOpen: true, Frame))
            writer.Write(new byte[Frame * 3]);
        Assert.True(Refused(key, to.ToArray()));
    }

    [Fact]
    public void The_text_of_a_key_does_not_show_its_secret() =>
        Assert.Equal("k (Sm4Gcm)", new SealKey("k", SealAlgorithm.Sm4Gcm, new byte[16]).ToString());

    private static bool Refused(SealKey key, byte[] file)
    {
        try
        {
            Open(key, file);
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }
}
