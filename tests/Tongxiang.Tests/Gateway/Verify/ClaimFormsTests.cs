using Tongxiang.Catalog;
using Tongxiang.Gateway.Verify;
using Tongxiang.Tests.Gateway.Query;

namespace Tongxiang.Tests.Gateway.Verify;

public sealed class ClaimFormsTests
{
    [Theory]
    [InlineData("person-name", " 欧阳 修 ", "欧阳修")]
    [InlineData("person-name", "欧　阳\u00a0修", "欧阳修")]
    [InlineData("person-name", "買買提・艾力", "买买提·艾力")]
    [InlineData("person-name", "买买提 • 艾力", "买买提·艾力")]
    [InlineData("person-name", "張偉", "张伟")]
    [InlineData("person-name", "ｊｏｈｎ  Smith", "JOHN SMITH")]
    [InlineData("person-name", "李\u200b四\ufe00", "李四")]
    [InlineData("citizen-id", "29010119800101001x", "29010119800101001X")]
    [InlineData("citizen-id", "２９０１０１ 19800101-001Ｘ", "29010119800101001X")]
    [InlineData("credit-code", "91290000ma0000000a", "91290000MA0000000A")]
    [InlineData("mobile", "+86 139-0000-0001", "13900000001")]
    [InlineData("mobile", "008613900000001", "13900000001")]
    [InlineData("mobile", "8613900000001", "13900000001")]
    [InlineData("phone", "(0571) 8888-8888", "057188888888")]
    [InlineData("bank-card", "6222 0000 0000 0000", "6222000000000000")]
    [InlineData("plate", "云a·12345", "云A12345")]
    [InlineData("email", " A@Example.CN ", "a@example.cn")]
    [InlineData("address", "人民路 1 号，2 单元", "人民路1号2单元")]
    [InlineData("organisation-name", "某某 公司（云汀）", "某某公司(云汀)")]
    [InlineData("date", "1980年1月1日", "1980-01-01")]
    [InlineData("date", "1980/1/1", "1980-01-01")]
    [InlineData("date", "19800101", "1980-01-01")]
    [InlineData("date", "昨天", "昨天")]
    [InlineData("text", "  a　 b  ", "a b")]
    [InlineData(null, "Ａb", "Ab")]
    [InlineData("person-name", " \u3000 ", "")]
    public void One_value_has_one_form_however_it_is_written(string? element, string written, string form) =>
        Assert.Equal(form, ClaimForms.Of(Sample.Make("x", FieldType.Text) with { Element = element }, written));

    [Theory]
    [InlineData(FieldType.Integer, "0042", "42")]
    [InlineData(FieldType.Integer, "1,000", "1000")]
    [InlineData(FieldType.Decimal, "12.50", "12.5")]
    [InlineData(FieldType.Decimal, "１２．００", "12")]
    [InlineData(FieldType.Decimal, "-0.5", "-0.5")]
    [InlineData(FieldType.Decimal, "many", "many")]
    [InlineData(FieldType.Date, "1980.1.1", "1980-01-01")]
    public void Numbers_and_days_agree_whatever_their_writing(FieldType type, string written, string form) =>
        Assert.Equal(form, ClaimForms.Of(Sample.Make("x", type, type == FieldType.Decimal ? 2 : null), written));

    [Theory]
    [InlineData("张伟", "张炜")]
    [InlineData("欧阳修", "欧阳")]
    [InlineData("MARY ANN", "MARYANN")]
    public void Different_names_keep_different_forms(string one, string other)
    {
        var name = Sample.Make("x", FieldType.Text) with { Element = "person-name" };
        Assert.NotEqual(ClaimForms.Of(name, one), ClaimForms.Of(name, other));
    }

    [Fact]
    public void No_simplified_form_is_itself_changed_again()
    {
        Assert.InRange(SimplifiedForms.Count, 300, 1_000);
        for (var sign = '\u4e00'; sign < '\u9fff'; sign++) Assert.Equal(SimplifiedForms.Of(sign), SimplifiedForms.Of(SimplifiedForms.Of(sign)));
    }
}
