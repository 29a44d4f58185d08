using System.Text;
using CsCheck;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Tables;

namespace Tongxiang.Tests.Core.Tables;

public sealed class LayoutTests
{
    [Theory]
    [InlineData("a|b;1|2", 1, 2, "a|b", "")]
    [InlineData("某县人口表||;编号|姓名|年龄;1|张三|20", 2, 3, "编号|姓名|年龄", "")]
    [InlineData("编号|姓名|年龄;1|张三|20;合 计||20;注：截至年底||", 1, 2, "编号|姓名|年龄", "3 Total,4 Note")]
    [InlineData("地区|收入|;|城镇|农村;甲|1|2;小计|1|2", 1, 3, "地区|收入_城镇|收入_农村", "4 Total")]
    [InlineData("地区|2019年|2020年|2021年;甲|1|2|3", 1, 2, "地区|2019年|2020年|2021年", "")]
    [InlineData("1|张三|20;2|李四|30", 0, 1, "列1|列2|列3", "")]
    [InlineData("a|a|;1|2|", 1, 2, "a|a_2", "")]
    [InlineData("a|b;1|2;|;3|4", 1, 2, "a|b", "3 Blank")]
    public void The_table_is_found_among_titles_headers_totals_and_notes(string grid, long header, long first, string names, string leftOut)
    {
        var finder = new LayoutFinder();
        foreach (var line in grid.Split(';')) finder.Add(line.Split('|'));
        var layout = finder.Find();
        Assert.Equal((header, first, names), (layout.HeaderRow, layout.FirstRow, string.Join('|', layout.Names)));
        Assert.Equal(leftOut, string.Join(',', layout.LeaveOut.Select(l => $"{l.Row} {l.Why}")));
    }

    [Fact]
    public void Merged_cells_say_how_far_a_header_reaches()
    {
        var finder = new LayoutFinder("表1", [new(0, 0, 0, 4), new(1, 0, 2, 0), new(1, 1, 1, 2), new(1, 3, 1, 4)]);
        foreach (var line in "统计表||||;地区|男||女|;|城|乡|城|乡;甲|a|b|c|d".Split(';')) finder.Add(line.Split('|'));
        var layout = finder.Find();
        Assert.Equal(["地区", "男_城", "男_乡", "女_城", "女_乡"], layout.Names);
        Assert.Equal((2L, 4L), (layout.HeaderRow, layout.FirstRow));
    }

    [Theory]
    [InlineData("代码", "007,010,123", ValueShape.Text, ElementKind.Text)]
    [InlineData("人数", "7,10,123", ValueShape.Integer, ElementKind.Integer)]
    [InlineData("金额(元)", "7.5,10,123.25", ValueShape.Decimal, ElementKind.Money)]
    [InlineData("日期", "2020-01-05,2020/1/6,2020年1月7日", ValueShape.Date, ElementKind.Date)]
    [InlineData("证件", "110101190001010014,370102190402290031", ValueShape.Text, ElementKind.CitizenId)]
    [InlineData("代码", "92370102MA0ABCDE67,52440300MJ0D202642", ValueShape.Text, ElementKind.CreditCode)]
    [InlineData("联系手机", "13000000000,19000000000,无", ValueShape.Text, ElementKind.Mobile)]
    [InlineData("性别", "1,2,1", ValueShape.Text, ElementKind.Sex)]
    [InlineData("等级", "1,2,1", ValueShape.Integer, ElementKind.Integer)]
    [InlineData("编号", "1234567890123456789", ValueShape.Text, ElementKind.Text)]
    [InlineData("姓名", "张三,𠮷𪛖", ValueShape.Text, ElementKind.PersonName)]
    [InlineData("经度", "120.15,119.9", ValueShape.Decimal, ElementKind.Longitude)]
    [InlineData("空", "", ValueShape.Text, ElementKind.Text)]
    public void Types_and_elements_are_proposed_from_every_value(string name, string values, ValueShape shape, ElementKind element)
    {
        var guess = new ColumnGuess(name, new Surroundings(new DateOnly(2026, 1, 1)));
        foreach (var value in values.Split(',')) guess.Add(Encoding.UTF8.GetBytes(value));
        var proposal = guess.Propose();
        Assert.Equal((shape, element), (proposal.Shape, proposal.Element));
    }

    [Fact]
    public void One_late_leading_zero_makes_the_column_text()
    {
        var guess = new ColumnGuess("编号", new Surroundings(new DateOnly(2026, 1, 1)));
        for (var i = 1; i < 5000; i++) guess.Add(Encoding.UTF8.GetBytes(i.ToString()));
        guess.Add("0123"u8);
        Assert.Equal(("table.guess.leading-zeros", ValueShape.Text), (guess.Propose().Why, guess.Propose().Shape));
    }

    [Fact]
    public void Merged_tallies_equal_the_tally_of_the_whole() => Gen.Select(Gen.Int[-500, 3000].Array[0, 4000], Gen.Int[0, 4000], Gen.Bool).Sample((numbers, cut, isText) =>
    {
        var shape = isText ? ValueShape.Text : ValueShape.Integer;
        ColumnTally whole = new(shape), first = new(shape), second = new(shape);
        for (var i = 0; i < numbers.Length; i++)
        {
            var value = Encoding.ASCII.GetBytes(numbers[i].ToString());
            whole.Add(value);
            (i < cut ? first : second).Add(value);
        }
        first.Merge(second);
        var (expected, actual) = (whole.Profile("c", ElementKind.Text, true), first.Profile("c", ElementKind.Text, true));
        Assert.Equal((expected.Values, expected.Distinct, expected.DistinctMethod, expected.Min, expected.Max, expected.MaxLength), (actual.Values, actual.Distinct, actual.DistinctMethod, actual.Min, actual.Max, actual.MaxLength));
        Assert.Equal(expected.Top, actual.Top);
        var different = numbers.Distinct().Count();
        if (expected.DistinctMethod == "exact") Assert.Equal(different, expected.Distinct);
        else Assert.InRange(expected.Distinct, different * 0.93, different * 1.07);
        if (!isText && numbers.Length > 0) Assert.Equal((numbers.Min().ToString(), numbers.Max().ToString()), (expected.Min, expected.Max));
    }, iter: 100, seed: "0000G1b2C3d4");

    [Fact]
    public void A_key_index_finds_exactly_the_repeated_keys() => Gen.Int[0, 300].Array[0, 1000].Sample(keys =>
    {
        // A hash of four bits: nearly every hit is another key, and the bytes decide.
        using var index = new KeyIndex(1);
        var seen = new HashSet<int>();
        for (var i = 0; i < keys.Length; i++)
        {
            var key = keys[i];
            Assert.Equal(!seen.Add(key), index.Repeats((ulong)(key % 16), i, key, (own, place) => keys[place] == own));
        }
    }, iter: 200, seed: "0000H1b2C3d4");

    [Fact]
    public void A_full_key_index_says_so()
    {
        using var index = new KeyIndex(1, 40_000);
        for (var i = 0; i < 80_000; i++) index.Repeats(Hash64.Of(BitConverter.GetBytes(i)), i, 0, (_, _) => false);
        Assert.True(index.IsFull);
    }
}
