using System.Globalization;
using System.Text;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Protect;

namespace Tongxiang.Tests.Core.Protect;

public sealed class MasksTests
{
    [Theory]
    [InlineData(ElementKind.PersonName, "张三", "张*")]
    [InlineData(ElementKind.PersonName, "张三丰", "张**")]
    [InlineData(ElementKind.PersonName, "欧阳修", "欧阳*")]
    [InlineData(ElementKind.PersonName, "司马相如", "司马**")]
    [InlineData(ElementKind.PersonName, "欧阳", "欧*")]
    [InlineData(ElementKind.PersonName, "阿卜杜拉·买买提", "阿***·***")]
    [InlineData(ElementKind.PersonName, "阿卜杜拉・买买提", "阿***·***")]
    [InlineData(ElementKind.PersonName, "𠮷野家", "𠮷**")]
    [InlineData(ElementKind.PersonName, "葛\U000E0100城", "葛\U000E0100*")]
    [InlineData(ElementKind.PersonName, "李", "*")]
    [InlineData(ElementKind.CitizenId, "11010519491231002X", "110***********002X")]
    [InlineData(ElementKind.CitizenId, "110105491231002", "110********1002")]
    [InlineData(ElementKind.CitizenId, "１１０１０５１９４９１２３１００２Ｘ", "１１０***********００２Ｘ")]
    [InlineData(ElementKind.Mobile, "13812345678", "138****5678")]
    [InlineData(ElementKind.Mobile, "12345", "1****")]
    [InlineData(ElementKind.Phone, "0571-87654321", "0571-******21")]
    [InlineData(ElementKind.Phone, "(010)65550000", "(010)******00")]
    [InlineData(ElementKind.Phone, "13812345678", "138****5678")]
    [InlineData(ElementKind.Phone, "87654321", "8*******")]
    [InlineData(ElementKind.BankCard, "6222021234567890128", "622************0128")]
    [InlineData(ElementKind.Plate, "京A12345", "京A****5")]
    [InlineData(ElementKind.Plate, "京AD12345", "京A*****5")]
    [InlineData(ElementKind.Email, "zhang.san@example.cn", "z********@example.cn")]
    [InlineData(ElementKind.Email, "张三@", "张*@***")]
    [InlineData(ElementKind.Date, "1990-05-17", "1990-**-**")]
    [InlineData(ElementKind.Timestamp, "2026-01-02T08:30:00+08:00", "2026-**-**T**:**:**+**:**")]
    [InlineData(ElementKind.Date, "一九九〇年五月", "*********************")]
    [InlineData(ElementKind.Address, "四川省成都市武侯区人民南路四段11号", "四川省成都市武侯区****")]
    [InlineData(ElementKind.Address, "上海市浦东新区世纪大道1号", "上海市浦东新区****")]
    [InlineData(ElementKind.Address, "内蒙古自治区呼伦贝尔市鄂温克族自治旗巴彦托海镇", "内蒙古自治区呼伦贝尔市鄂温克族自治旗****")]
    [InlineData(ElementKind.Address, "海州市锦屏区解放路12号3栋", "海州市锦屏区****")]
    [InlineData(ElementKind.Address, "幸福小区3栋502室", "****")]
    [InlineData(ElementKind.Address, "建设路8号金色花园小区", "****")]
    [InlineData(ElementKind.Text, "内部备注", "内**注")]
    [InlineData(ElementKind.Integer, "37", "***")]
    [InlineData(ElementKind.Longitude, "104.0557", "***")]
    public void Each_kind_keeps_its_form_and_hides_the_person(ElementKind kind, string value, string masked) => Assert.Equal(masked, Masks.Of(kind).Run(value));

    [Theory]
    [InlineData("\u202E张三丰", "***")]
    [InlineData("z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030A\u030B\u030C\u030D\u030E\u030F\u0310\u0311三丰", "***")]
    [InlineData("e\u0301va", "e\u0301**")]
    [InlineData("👨‍👩‍👧李四", "***")]
    [InlineData("\u0000张三", "***")]
    public void Tricks_of_unicode_show_no_more(string name, string masked)
    {
        var shown = Masks.Of(ElementKind.PersonName).Run(name);
        Assert.Equal(masked.Length == 3 && !masked.Contains('\u0301') ? 0 : 2, shown.TrimEnd('*').Length);
        Assert.DoesNotContain('\u202E', shown);
        Assert.DoesNotContain('\0', shown);
    }

    [Fact]
    public void Bytes_that_are_no_text_show_nothing()
    {
        foreach (var bytes in (byte[][])[[0xED, 0xA0, 0x80, 0x61, 0x62], [0xFF, 0xFE, 0x41], [0xE5, 0xBC], [0xC0, 0xAF, 0x31]])
            foreach (var kind in Enum.GetValues<ElementKind>())
            {
                var shown = Masks.Of(kind).Run(bytes);
                Assert.True(shown.Count(c => c < 0x7F && c != '*') <= 1 || kind is ElementKind.Date or ElementKind.Timestamp, $"{kind}: {shown}");
                Assert.DoesNotContain('\uFFFD', shown);
            }
    }

    [Fact]
    public void A_mask_never_shows_more_than_two_thirds_of_the_signs()
    {
        var chance = new Random(7);
        string[] signs = ["张", "𠮷", "a", "·", "e\u0301", "9", "９", "\u202E", "葛\U000E0100", " ", "🇨🇳", "ا", "\u0301"];
        foreach (var kind in (ElementKind[])[ElementKind.PersonName, ElementKind.Mobile, ElementKind.CitizenId, ElementKind.BankCard, ElementKind.Plate, ElementKind.Text])
            for (var i = 0; i < 2_000; i++)
            {
                var value = string.Concat(Enumerable.Range(0, chance.Next(1, 24)).Select(_ => signs[chance.Next(signs.Length)]));
                var shown = Masks.Of(kind).Run(value);
                var (all, hidden) = (new StringInfo(value).LengthInTextElements, shown.Count(c => c == '*'));
                Assert.True(hidden * 3 >= all || shown.Contains("***…***", StringComparison.Ordinal), $"{kind} {value} → {shown}");
            }
    }

    [Fact]
    public void A_long_text_stays_short()
    {
        foreach (var kind in Enum.GetValues<ElementKind>())
            Assert.True(Encoding.UTF8.GetByteCount(Masks.Of(kind).Run(new string('长', 100_000))) < 100, $"{kind}");
    }
}
