using System.Text;
using CsCheck;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Tables;

namespace Tongxiang.Tests.Core.Tables;

public sealed class TextEncodingTests
{
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    [Fact]
    public void Every_character_of_the_runtime_table_comes_out_the_same_except_the_moved_ones()
    {
        var text = new StringBuilder();
        for (var point = 1; point <= 0x10FFFF; point++)
            if (Rune.IsValid(point) && point is < 0xE000 or > 0xF8FF) text.Append(new Rune(point).ToString());
        Assert.Equal(text.ToString(), Encoding.UTF8.GetString(Decode(Gb18030.GetBytes(text.ToString()))));
    }

    [Theory]
    [InlineData("A6D9", "\uFE10")]
    [InlineData("FEA0", "\u9FBB")]
    [InlineData("A8BC", "\u1E3F")]
    [InlineData("95329031", "\U00020087")]
    [InlineData("80", "€")]
    public void The_2022_edition_is_followed(string bytes, string expected) => Assert.Equal(expected, Encoding.UTF8.GetString(Decode(Convert.FromHexString(bytes))));

    [Fact]
    public void Text_survives_in_every_way_of_cutting_the_stream() => Gen.Select(Gen.String[Gen.OneOf("a,\n中国浙江镕𠮷𪛖é€".Where(c => !char.IsSurrogate(c)).ToArray()), 0, 300], Gen.Int[1, 7], Gen.Bool).Sample((text, step, rare) =>
    {
        text += rare ? "𠮷𪛖" : "";
        Assert.Equal(text, Encoding.UTF8.GetString(Decode(Gb18030.GetBytes(text), step)));
    }, iter: 500, seed: "0000A1c2C3d4");

    [Fact]
    public void A_broken_byte_is_known_by_its_place_in_the_source()
    {
        byte[] bytes = [.. Gb18030.GetBytes("编号,姓名\n1,镕基\n2,"), 0xFF, .. Gb18030.GetBytes("坏\n3,好\n")];
        using var source = new Gb18030Stream(new MemoryStream(bytes));
        using var scanner = new CsvScanner(source);
        var rows = new List<(Flaw, long)>();
        while (scanner.Read()) rows.Add((scanner.Flaw, scanner.Flaw == Flaw.Encoding ? source.SourceOffset(scanner.BrokenAt()) : -1));
        Assert.Equal([(Flaw.None, -1), (Flaw.None, -1), (Flaw.Encoding, bytes.AsSpan().IndexOf((byte)0xFF)), (Flaw.None, -1)], rows);
    }

    [Theory]
    [InlineData("id,name\n1,a\n", "utf-8", TextEncoding.Utf8, 0)]
    [InlineData("编号,姓名\n1,张三\n", "utf-8", TextEncoding.Utf8, 0)]
    [InlineData("编号,姓名\n1,张三\n", "gb18030", TextEncoding.Gb18030, 0)]
    [InlineData("id,name\n1,张\n", "gb18030", TextEncoding.Gb18030, 0)]
    [InlineData("编号,姓名\n1,𠮷𪛖张三丰\n", "gb18030", TextEncoding.Gb18030, 0)]
    [InlineData("编号,姓名\n1,张三\n", "utf-16", TextEncoding.Utf16Little, 0)]
    [InlineData("编号,姓名\n1,张三\n", "utf-16BE", TextEncoding.Utf16Big, 0)]
    public void The_encoding_is_found(string text, string name, TextEncoding expected, long broken)
    {
        var encoding = name == "gb18030" ? Gb18030 : Encoding.GetEncoding(name);
        byte[] mark = name.StartsWith("utf-16", StringComparison.Ordinal) ? encoding.GetPreamble() : [];
        var file = new MemoryStream([.. mark, .. encoding.GetBytes(text)]);
        var finding = TextEncodings.Find(file);
        Assert.Equal((expected, broken), (finding!.Encoding, finding.Broken));
        using var utf8 = new StreamReader(TextEncodings.AsUtf8(file, finding.Encoding));
        Assert.Equal(text, utf8.ReadToEnd());
    }

    [Fact]
    public void A_few_broken_bytes_do_not_change_the_encoding()
    {
        var text = string.Concat(Enumerable.Range(0, 200).Select(i => $"{i},张三丰\n"));
        var utf8 = Encoding.UTF8.GetBytes(text);
        utf8[utf8.AsSpan().IndexOf("100,"u8) + 5] = (byte)'?';
        var finding = TextEncodings.Find(new MemoryStream(utf8))!;
        Assert.Equal(TextEncoding.Utf8, finding.Encoding);
        Assert.InRange(finding.Broken, 1, 3);
        byte[] gb = [.. Gb18030.GetBytes(text), 0xFF, .. Gb18030.GetBytes(text)];
        Assert.Equal(new EncodingFinding(TextEncoding.Gb18030, false, 1), TextEncodings.Find(new MemoryStream(gb)));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        var noise = new byte[100_000];
        new Random(7).NextBytes(noise);
        Assert.Null(TextEncodings.Find(new MemoryStream(noise)));
    }

    [Fact]
    public void A_sequence_cut_by_a_chunk_is_whole()
    {
        var text = new string('a', (1 << 20) - 1) + "中" + new string('b', 3 << 20) + "𠮷";
        Assert.Equal(new EncodingFinding(TextEncoding.Utf8, false, 0), TextEncodings.Find(new MemoryStream(Encoding.UTF8.GetBytes(text))));
    }

    private static byte[] Decode(byte[] bytes, int step = int.MaxValue)
    {
        using var stream = new Gb18030Stream(step == int.MaxValue ? new MemoryStream(bytes) : new Trickle(bytes, step));
        var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }

    private sealed class Trickle(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(step, buffer.Length)]);
    }
}
