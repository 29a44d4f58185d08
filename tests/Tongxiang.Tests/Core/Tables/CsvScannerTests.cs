using System.Text;
using CsCheck;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Tables;

namespace Tongxiang.Tests.Core.Tables;

public sealed class CsvScannerTests
{
    [Theory]
    [InlineData("a,b\n1,2\n", "a|b;1|2")]
    [InlineData("a,b\r\n1,2", "a|b;1|2")]
    [InlineData("a,b\r1,2\r", "a|b;1|2")]
    [InlineData("\uFEFFa,b\n1,2\n", "a|b;1|2")]
    [InlineData("\"a,1\",\"b\"\"c\"\n\"x\ny\",\n", "a,1|b\"c;x\ny|")]
    [InlineData("\n\na,b\n\n1,2\n\n", "a|b;1|2")]
    [InlineData("5\" pipe,b\n", "5\" pipe|b")]
    [InlineData("\"ab\"c,d\n", "abc|d")]
    [InlineData("\"\",\"\"\"\"\n", "|\"")]
    [InlineData(",\n,,\n", "|;||")]
    [InlineData("𠮷,𪛖\n", "𠮷|𪛖")]
    [InlineData("one", "one")]
    [InlineData("", "")]
    public void Rows_are_read_as_written(string text, string expected) => Assert.Equal(expected, string.Join(';', Rows(Encoding.UTF8.GetBytes(text)).Select(r => string.Join('|', r))));

    [Fact]
    public void Whatever_a_writer_writes_is_read_back_at_every_buffer_size()
    {
        var cell = Gen.OneOf(Gen.String[Gen.OneOf("ab,\"\n\r\t;|中𠮷 ".ToCharArray()), 0, 12], Gen.String[Gen.Char['a', 'z'], 0, 90])
            .Select(s => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(s)));
        var table = Gen.Int[1, 7].SelectMany(width => cell.Array[width].Array[0, 30]);
        Gen.Select(table, Gen.Int[1, 300], Gen.Bool, Gen.OneOf(',', ';', '\t')).Sample((rows, bufferBytes, crlf, delimiter) =>
        {
            var text = new StringBuilder();
            foreach (var row in rows) text.Append(string.Join(delimiter, row.Select(c => Quote(c, delimiter)))).Append(crlf ? "\r\n" : "\n");
            var expected = rows.Where(r => r.Length > 1 || r[0].Length > 0).ToList();
            var read = Rows(Encoding.UTF8.GetBytes(text.ToString()), (byte)delimiter, bufferBytes: bufferBytes);
            Assert.Equal(expected.Select(r => string.Join('\u0001', r)), read.Select(r => string.Join('\u0001', r)));
        }, iter: 3000, seed: "0000D1b2C3d4");

        static string Quote(string cell, char delimiter) =>
            cell.IndexOfAny(['"', '\n', '\r', delimiter]) >= 0 ? '"' + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + '"' : cell;
    }

    [Fact]
    public void Any_bytes_at_all_end_without_an_exception_and_lose_nothing_before_the_end() => Gen.Select(Gen.OneOf((byte)'a', (byte)',', (byte)'"', (byte)'\n', (byte)'\r', (byte)0, (byte)0xE4, (byte)0xB8, (byte)0xFF).Array[0, 200], Gen.Int[1, 64])
        .Sample((bytes, bufferBytes) =>
        {
            using var scanner = new CsvScanner(new MemoryStream(bytes), bufferBytes: bufferBytes, limits: new TableLimits { RowBytes = 128, CellBytes = 64, Columns = 20 });
            long end = 0;
            while (scanner.Read())
            {
                Assert.True(scanner.Offset >= end);
                Assert.All(bytes[(int)end..(int)scanner.Offset], b => Assert.True(b is (byte)'\n' or (byte)'\r'));
                end = scanner.NextOffset;
                for (var i = 0; i < scanner.Count; i++) Assert.True(scanner[i].Length <= scanner.Row.Length);
                Assert.Equal(scanner.Flaw == Flaw.Encoding, scanner.Flaw is Flaw.None or Flaw.Encoding && scanner.BrokenAt() >= 0);
            }
            if (scanner.Fault is null) Assert.All(bytes[(int)end..], b => Assert.True(b is (byte)'\n' or (byte)'\r'));
        }, iter: 20_000, seed: "0000E1b2C3d4");

    [Fact]
    public void The_written_form_is_the_read_form() => Gen.String[Gen.OneOf("ab,\"\n\r中𠮷".ToCharArray()), 1, 12].Array[2, 5].Array[1, 20].Sample(rows =>
    {
        rows = [.. rows.Select(r => r.Select(c => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(c))).ToArray())];
        var file = new MemoryStream();
        using (var writer = new CsvWriter(file))
            foreach (var row in rows)
            {
                foreach (var cell in row) writer.Cell(Encoding.UTF8.GetBytes(cell));
                writer.EndRow();
            }
        Assert.Equal(rows.Select(r => string.Join('\u0001', r)), Rows(file.ToArray()).Select(r => string.Join('\u0001', r)));
    }, iter: 2000, seed: "0000F1b2C3d4");

    [Fact]
    public void A_broken_byte_marks_its_row_and_place_only()
    {
        byte[] bytes = [.. "编号,名\n1,好\n2,"u8, 0xE4, 0xB8, (byte)'\n', .. "3,也好\n"u8];
        using var scanner = new CsvScanner(new MemoryStream(bytes));
        var flaws = new List<(long Row, Flaw Flaw, long At)>();
        while (scanner.Read()) flaws.Add((scanner.RowNumber, scanner.Flaw, scanner.BrokenAt()));
        Assert.Equal([(1, Flaw.None, -1), (2, Flaw.None, -1), (3, Flaw.Encoding, bytes.AsSpan().IndexOf("2,"u8) + 2), (4, Flaw.None, -1)], flaws);
    }

    [Fact]
    public void Zero_bytes_mark_their_row() => Assert.Equal([Flaw.None, Flaw.ControlCharacter, Flaw.None], Flaws("a,b\n1,\02\n3,4\n"u8.ToArray()));

    [Fact]
    public void An_open_quote_costs_one_row_not_the_rest_of_the_file()
    {
        var bytes = Encoding.UTF8.GetBytes("a,b\n1,\"open\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i},x\n")));
        var flaws = Flaws(bytes);
        Assert.Equal(5002, flaws.Count);
        Assert.Equal(Flaw.OpenQuote, flaws[1]);
        Assert.All(flaws.Skip(2), f => Assert.Equal(Flaw.None, f));
    }

    [Fact]
    public void A_cell_beyond_the_limit_marks_its_row()
    {
        var limits = new TableLimits { CellBytes = 100 };
        Assert.Equal([Flaw.None, Flaw.CellTooLong, Flaw.None], Flaws(Encoding.UTF8.GetBytes("a,b\n1," + new string('x', 101) + "\n" + new string('y', 60) + "," + new string('z', 60) + "\n"), limits));
    }

    [Fact]
    public void One_line_of_two_gigabytes_is_refused_at_the_limit_in_little_memory()
    {
        using var endless = new Endless("x"u8.ToArray(), 2L << 30);
        using var scanner = new CsvScanner(endless);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(scanner.Read());
        Assert.Equal(new TableFault(TableFault.RowTooLong, 1, "16,777,216", 0), scanner.Fault);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 80 << 20);
        Assert.True(endless.Given <= 17 << 20);
    }

    [Fact]
    public void Ten_thousand_columns_are_refused_with_row_and_limit()
    {
        using var scanner = new CsvScanner(new MemoryStream(Encoding.UTF8.GetBytes("a,b\n" + string.Join(',', Enumerable.Range(0, 10_000)))));
        Assert.True(scanner.Read());
        Assert.False(scanner.Read());
        Assert.Equal(new TableFault(TableFault.TooManyColumns, 2, "1,000", 4), scanner.Fault);
    }

    [Theory]
    [InlineData("a,b\n1,2\n", ',')]
    [InlineData("a;b;c\n1,5;2;3\n1,6;2;3\n", ';')]
    [InlineData("a\tb\n1,2\t3\n", '\t')]
    [InlineData("a|b|c\n1|2|3\n", '|')]
    [InlineData("标题\na,b,c\n1,2,3\n4,5,6\n", ',')]
    [InlineData("single\n1\n2\n", ',')]
    [InlineData("\"x;y\",b\n\"x;y;z\",c\n", ',')]
    [InlineData("", ',')]
    public void The_delimiter_is_the_one_rows_agree_on(string text, char expected) => Assert.Equal((byte)expected, CsvShape.FindDelimiter(Encoding.UTF8.GetBytes(text), isWhole: true));

    [Theory]
    [InlineData("a,b\n1,\"x\ny\"\n", true)]
    [InlineData("a,b\r\n1,2\r\n", true)]
    [InlineData("a,5\" pipe\n", false)]
    [InlineData("a,\"b\"c\n", false)]
    [InlineData("a,b\r1,2\r", false)]
    [InlineData("a,b\n\n1,2\n", false)]
    public void Irregular_files_are_known_as_such(string text, bool isRegular)
    {
        using var scanner = new CsvScanner(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        while (scanner.Read())
        {
        }
        Assert.Equal(isRegular, scanner.IsRegular);
    }

    internal static List<string[]> Rows(byte[] bytes, byte delimiter = (byte)',', int bufferBytes = 256 << 10)
    {
        using var scanner = new CsvScanner(new MemoryStream(bytes), delimiter, bufferBytes: bufferBytes);
        var rows = new List<string[]>();
        while (scanner.Read())
        {
            var row = new string[scanner.Count];
            for (var i = 0; i < row.Length; i++) row[i] = Encoding.UTF8.GetString(scanner[i]);
            rows.Add(row);
        }
        Assert.Null(scanner.Fault);
        return rows;
    }

    private static List<Flaw> Flaws(byte[] bytes, TableLimits? limits = null)
    {
        using var scanner = new CsvScanner(new MemoryStream(bytes), limits: limits);
        var flaws = new List<Flaw>();
        while (scanner.Read()) flaws.Add(scanner.Flaw);
        return flaws;
    }

    private sealed class Endless(byte[] pattern, long length) : Stream
    {
        public long Given { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            count = (int)Math.Min(count, length - Given);
            buffer.AsSpan(offset, count).Fill(pattern[0]);
            Given += count;
            return count;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get => Given; set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
