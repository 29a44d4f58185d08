using System.Security.Cryptography;
using System.Text;
using Tongxiang.Core.Tracing;

namespace Tongxiang.Tests.Core.Tracing;

public sealed class MarkTests
{
    [Theory]
    [InlineData(0, "310e0edd47db6f72"), InlineData(1, "fd67dc93c539f874"), InlineData(7, "37d1018bf50002ab"), InlineData(8, "6224939a79f5f593"), InlineData(15, "e545be4961ca29a1"), InlineData(63, "724506eb4c328a95")]
    public void SipHash_gives_the_published_values(int length, string hex)
    {
        var key = SipKey.Of([.. Enumerable.Range(0, 16).Select(i => (byte)i)]);
        Assert.Equal(hex, Convert.ToHexStringLower(BitConverter.GetBytes(key.Hash([.. Enumerable.Range(0, length).Select(i => (byte)i)]))));
    }

    [Fact]
    public void The_distribution_of_inversions_is_the_published_one()
    {
        // Mahonian numbers of four: 1, 3, 5, 6, 5, 3, 1 of 24.
        Assert.Equal([1, 3, 5, 6, 5, 3, 1], OrderTest.Mahonian(4).Select(p => (int)Math.Round(p * 24)));
        Assert.Equal(1 / 40_320.0, OrderTest.Mahonian(8)[0], 12);
        Assert.Equal(1, OrderTest.Mahonian(8).Sum(), 12);
    }

    [Theory, InlineData(10, 0, 0), InlineData(10, 10, -3.0102999566), InlineData(10, 5, -0.205479), InlineData(1000, 1000, -300)]
    public void The_tail_of_the_binomial_is_exact(int n, int k, double log10) => Assert.Equal(log10, FormTest.UpperTail(n, k), 4);

    [Fact]
    public void Eighteen_rows_in_their_order_and_thirty_one_cells_in_their_form_name_a_release_among_a_thousand()
    {
        var (key, rows) = (Key(1), Ids(5_000));
        var arranged = Arranged(key, rows);
        var test = Test(arranged[1_000..1_018]);
        Assert.Equal((3, 18), (test.Runs, test.Rows));
        Assert.Equal(Math.Log10(1 / 40_320.0 / 40_320.0 / 2), test.Log10(key), 6);
        Assert.True(test.Log10(key) + Math.Log10(2 * 1_000) <= -6);
        var forms = new FormTest();
        foreach (var row in rows[..31]) forms.Add(row, 3, key.Chooses(row, 3));
        Assert.Equal(-31 * Math.Log10(2), forms.Log10(key), 6);
    }

    [Fact]
    public void A_foreign_key_fits_as_often_as_the_probability_says()
    {
        var rows = Ids(400);
        foreach (var order in (IReadOnlyList<ulong>[])[rows, [.. rows.Order()], Arranged(Key(0), rows)])
        {
            var test = Test(order);
            var found = Enumerable.Range(1, 10_000).Select(i => test.Log10(Key(i))).ToList();
            // Of 10,000 foreign keys about 1,000 fall below one tenth, 100 below one hundredth, 10 below one thousandth; none is named.
            Assert.InRange(found.Count(p => p <= -1), 850, 1_150);
            Assert.InRange(found.Count(p => p <= -2), 60, 140);
            Assert.InRange(found.Count(p => p <= -3), 2, 22);
            Assert.True(found.Min() + Math.Log10(2 * 10_000) > -6);
        }
    }

    [Theory, InlineData("01", "1"), InlineData("1.50", "1.5"), InlineData("-0.0", "0"), InlineData(" x ", "x"), InlineData("2020/1/5", "2020-01-05"), InlineData("2020年1月5日", "2020-01-05"),
        InlineData("2020-01-05 00:00:00", "2020-01-05"), InlineData("2020-01-05T08:30:00", "2020-01-05T08:30:00"), InlineData("TRUE", "true"), InlineData("'=1+1", "=1+1"), InlineData("12a4", "12a4"), InlineData("1.2.3", "1.2.3"), InlineData("29010119800101001X", "29010119800101001X")]
    public void What_a_spreadsheet_makes_of_a_cell_stays_the_same_cell(string cell, string plain) => Assert.Equal(plain, LeakedText.Plain(cell));

    [Theory]
    [InlineData("a,b\n1,\"x\"\n2,y\n", "a|b", "1:False,x:True|2:False,y:False")]
    [InlineData("\uFEFFa;b\r\n1;x\r\n2;\r\n", "a|b", "1:False,x:False|2:False,:")]
    [InlineData("a\tb\n\"q\"\"\"\t\"\"\n", "a|b", "q\":,:")]
    [InlineData("{\"a\":1,\"b\": \"x\"}\n{\"a\": null,\"b\":\"y\"}\n{\"a\":2,\"b", "a|b", "1:False,x:True|:,y:False")]
    public void Tables_are_read_with_the_forms_of_their_cells(string text, string names, string rows)
    {
        var table = LeakedTable.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(names, string.Join('|', table.Names));
        Assert.Equal(rows, string.Join('|', table.Rows.Select(row => string.Join(',', row.Select(cell => $"{cell.Text}:{cell.IsChosen}")))));
    }

    internal static FileMarkKey Key(int number) => new(SHA256.HashData(BitConverter.GetBytes(number)));

    private static ulong[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => new SipKey(7, 7).Hash((ulong)i, 0))];

    private static ulong[] Arranged(FileMarkKey key, ulong[] rows) => [.. key.Arrange(rows).Select(i => rows[i])];

    private static OrderTest Test(IEnumerable<ulong> rows)
    {
        var test = new OrderTest();
        foreach (var row in rows) test.Add(0, row);
        test.Complete();
        return test;
    }
}
