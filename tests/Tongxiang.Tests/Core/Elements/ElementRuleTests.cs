using System.Text.Json;
using CsCheck;
using Tongxiang.Core.Elements;

namespace Tongxiang.Tests.Core.Elements;

public sealed class ElementRuleTests
{
    private static readonly Surroundings Around = new(new DateOnly(2026, 11, 23));

    [Theory]
    [InlineData(ElementKind.Mobile, "13000000000", Flaw.None, "13000000000")]
    [InlineData(ElementKind.Mobile, "19000000000", Flaw.None, "19000000000")]
    [InlineData(ElementKind.Mobile, "12000000000", Flaw.Form, "")]
    [InlineData(ElementKind.Mobile, "1390000000", Flaw.Length, "")]
    [InlineData(ElementKind.Mobile, "+8613000000000", Flaw.Prefix, "13000000000")]
    [InlineData(ElementKind.Mobile, "0086-13000000000", Flaw.Prefix, "13000000000")]
    [InlineData(ElementKind.Mobile, " 13000000000", Flaw.Padding, "13000000000")]
    [InlineData(ElementKind.Mobile, "无", Flaw.Placeholder, "")]
    [InlineData(ElementKind.Mobile, "1300000000O", Flaw.Characters, "")]
    [InlineData(ElementKind.Phone, "0571-87654321-801", Flaw.None, "0571-87654321-801")]
    [InlineData(ElementKind.Phone, "(010)65550000", Flaw.None, "(010)65550000")]
    [InlineData(ElementKind.Phone, "4001234567", Flaw.None, "4001234567")]
    [InlineData(ElementKind.Phone, "12345", Flaw.None, "12345")]
    [InlineData(ElementKind.Phone, "87654321", Flaw.None, "87654321")]
    [InlineData(ElementKind.Phone, "0571-8765", Flaw.Length, "")]
    [InlineData(ElementKind.Phone, "call me", Flaw.Characters, "")]
    [InlineData(ElementKind.Sex, "1", Flaw.None, "1")]
    [InlineData(ElementKind.Sex, "9", Flaw.None, "9")]
    [InlineData(ElementKind.Sex, "男", Flaw.SexName, "1")]
    [InlineData(ElementKind.Sex, "女性", Flaw.SexName, "2")]
    [InlineData(ElementKind.Sex, "未知", Flaw.SexName, "0")]
    [InlineData(ElementKind.Sex, "3", Flaw.NotInList, "")]
    [InlineData(ElementKind.Integer, "42", Flaw.None, "42")]
    [InlineData(ElementKind.Integer, "-42", Flaw.None, "-42")]
    [InlineData(ElementKind.Integer, "007", Flaw.NumberForm, "7")]
    [InlineData(ElementKind.Integer, "1,234,567", Flaw.NumberForm, "1234567")]
    [InlineData(ElementKind.Integer, "3.0", Flaw.NumberForm, "3")]
    [InlineData(ElementKind.Integer, "3.5", Flaw.Precision, "")]
    [InlineData(ElementKind.Integer, "1e5", Flaw.Form, "")]
    [InlineData(ElementKind.Integer, "9999999999999999999", Flaw.Range, "")]
    [InlineData(ElementKind.Integer, "-", Flaw.Placeholder, "")]
    [InlineData(ElementKind.Integer, "-0", Flaw.NumberForm, "0")]
    [InlineData(ElementKind.Money, "1234.50", Flaw.None, "1234.50")]
    [InlineData(ElementKind.Money, "+1,234.5", Flaw.NumberForm, "1234.5")]
    [InlineData(ElementKind.Money, "12,34.5", Flaw.Form, "")]
    [InlineData(ElementKind.Money, ".5", Flaw.NumberForm, "0.5")]
    [InlineData(ElementKind.Money, "5.", Flaw.Form, "")]
    [InlineData(ElementKind.Money, "1.005", Flaw.Precision, "")]
    [InlineData(ElementKind.Money, "1.500", Flaw.NumberForm, "1.50")]
    [InlineData(ElementKind.Money, "-0.00", Flaw.NumberForm, "0.00")]
    [InlineData(ElementKind.Money, "99999999999999999.00", Flaw.Range, "")]
    [InlineData(ElementKind.Email, "a.b@example.gov.cn", Flaw.None, "a.b@example.gov.cn")]
    [InlineData(ElementKind.Email, "a@b", Flaw.Form, "")]
    [InlineData(ElementKind.Email, "a@b@c.cn", Flaw.Form, "")]
    [InlineData(ElementKind.Email, "a b@c.cn", Flaw.Characters, "")]
    [InlineData(ElementKind.Postcode, "010000", Flaw.None, "010000")]
    [InlineData(ElementKind.Postcode, "10000", Flaw.Length, "")]
    [InlineData(ElementKind.Plate, "京A12345", Flaw.None, "京A12345")]
    [InlineData(ElementKind.Plate, "沪AD12345", Flaw.None, "沪AD12345")]
    [InlineData(ElementKind.Plate, "粤Z1234港", Flaw.None, "粤Z1234港")]
    [InlineData(ElementKind.Plate, "京A1234O", Flaw.Characters, "")]
    [InlineData(ElementKind.Plate, "火A12345", Flaw.Form, "")]
    [InlineData(ElementKind.Longitude, "120.123456", Flaw.None, "120.123456")]
    [InlineData(ElementKind.Longitude, "30.2", Flaw.OutsideChina, "30.2")]
    [InlineData(ElementKind.Longitude, "190", Flaw.Range, "")]
    [InlineData(ElementKind.Latitude, "30.25", Flaw.None, "30.25")]
    [InlineData(ElementKind.Latitude, "91", Flaw.Range, "")]
    [InlineData(ElementKind.PersonName, "　张三 ", Flaw.Padding, "张三")]
    [InlineData(ElementKind.PersonName, "𠮷𪛖", Flaw.None, "𠮷𪛖")]
    [InlineData(ElementKind.PersonName, "张\u0001三", Flaw.ControlCharacter, "")]
    [InlineData(ElementKind.Text, "007", Flaw.None, "007")]
    [InlineData(ElementKind.Text, " kept ", Flaw.None, " kept ")]
    public void Values_are_judged_and_brought_to_their_normal_form(ElementKind kind, string value, Flaw expected, string normal)
    {
        var rule = new ElementRule(kind);
        Assert.Equal(expected, rule.Check(value, Around));
        if (!expected.IsError()) Assert.Equal(normal, IdentifierTests.Normal(rule, value, Around));
    }

    [Theory]
    [InlineData("2020-01-05", Flaw.None, "2020-01-05")]
    [InlineData("20200105", Flaw.DateForm, "2020-01-05")]
    [InlineData("2020/1/5", Flaw.DateForm, "2020-01-05")]
    [InlineData("2020-1-5", Flaw.DateForm, "2020-01-05")]
    [InlineData("2020.01.05", Flaw.DateForm, "2020-01-05")]
    [InlineData("2020年1月5日", Flaw.DateForm, "2020-01-05")]
    [InlineData("2020年12月31日", Flaw.DateForm, "2020-12-31")]
    [InlineData("2021-02-29", Flaw.Calendar, "")]
    [InlineData("2021-2-29", Flaw.Calendar, "")]
    [InlineData("0000-01-01", Flaw.Calendar, "")]
    [InlineData("2020/1-5", Flaw.Form, "")]
    [InlineData("2020年1月5", Flaw.Form, "")]
    [InlineData("5/1/2020", Flaw.Form, "")]
    [InlineData("43835", Flaw.Form, "")]
    public void Dates_come_in_many_forms_and_leave_in_one(string value, Flaw expected, string normal)
    {
        var rule = new ElementRule(ElementKind.Date);
        Assert.Equal(expected, rule.Check(value, Around));
        if (!expected.IsError()) Assert.Equal(normal, IdentifierTests.Normal(rule, value, Around));
    }

    [Theory]
    [InlineData("43835", "2020-01-05")]
    [InlineData("1", "1900-01-01")]
    [InlineData("59", "1900-02-28")]
    [InlineData("61", "1900-03-01")]
    [InlineData("2958465", "9999-12-31")]
    public void Day_numbers_of_spreadsheets_are_read_when_asked_for(string serial, string date)
    {
        var rule = new ElementRule(ElementKind.Date) { Forms = DateForms.Usual | DateForms.Serial };
        Assert.Equal(Flaw.DateForm, rule.Check(serial, Around));
        Assert.Equal(date, IdentifierTests.Normal(rule, serial, Around));
        Assert.True(rule.Check("60", Around).IsError());
        Assert.True(rule.Check("2958466", Around).IsError());
    }

    [Theory]
    [InlineData("2020-01-05T08:30:00", Flaw.None, "2020-01-05T08:30:00")]
    [InlineData("2020-01-05 08:30:00", Flaw.DateForm, "2020-01-05T08:30:00")]
    [InlineData("2020/1/5 8:30", Flaw.DateForm, "2020-01-05T08:30:00")]
    [InlineData("20200105083000", Flaw.DateForm, "2020-01-05T08:30:00")]
    [InlineData("2020-01-05", Flaw.DateForm, "2020-01-05T00:00:00")]
    [InlineData("2020-01-05T20:30:00Z", Flaw.DateForm, "2020-01-06T04:30:00")]
    [InlineData("2020-01-05T08:30:00+08:00", Flaw.DateForm, "2020-01-05T08:30:00")]
    [InlineData("2020-01-05T08:30:00.1234567", Flaw.DateForm, "2020-01-05T08:30:00.123")]
    [InlineData("2020-01-05T08:30:00.120", Flaw.DateForm, "2020-01-05T08:30:00.12")]
    [InlineData("2020-01-05T25:30:00", Flaw.Calendar, "")]
    [InlineData("2020-01-05T08:3", Flaw.Form, "")]
    [InlineData("yesterday", Flaw.Form, "")]
    [InlineData("9999-12-31T20:00:00-10:00", Flaw.Range, "")]
    public void Timestamps_leave_in_Beijing_time(string value, Flaw expected, string normal)
    {
        var rule = new ElementRule(ElementKind.Timestamp);
        Assert.Equal(expected, rule.Check(value, Around));
        if (!expected.IsError()) Assert.Equal(normal, IdentifierTests.Normal(rule, value, Around));
    }

    [Fact]
    public void Limits_of_the_entry_hold()
    {
        Assert.Equal(Flaw.Missing, new ElementRule(ElementKind.Text) { IsRequired = true }.Check("", Around));
        Assert.Equal(Flaw.Missing, new ElementRule(ElementKind.Mobile) { IsRequired = true }.Check("不详", Around));
        Assert.Equal(Flaw.None, new ElementRule(ElementKind.Text) { MaxLength = 2 }.Check("𠮷𪛖", Around));
        Assert.Equal(Flaw.TooLong, new ElementRule(ElementKind.Text) { MaxLength = 2 }.Check("𠮷𪛖三", Around));
        var codes = new ElementRule(ElementKind.Text) { Codes = new CodeSet(["01", "02", "𠮷"]) };
        Assert.Equal(Flaw.None, codes.Check("𠮷", Around));
        Assert.Equal(Flaw.NotInList, codes.Check("1", Around));
    }

    [Theory]
    [InlineData(ElementKind.PersonName, "张三丰", "张**")]
    [InlineData(ElementKind.PersonName, "张三", "张*")]
    [InlineData(ElementKind.PersonName, "张", "*")]
    [InlineData(ElementKind.PersonName, "𠮷𪛖三", "𠮷**")]
    [InlineData(ElementKind.Mobile, "13000000000", "130****0000")]
    [InlineData(ElementKind.CitizenId, "110101190001010015", "110***********0015")]
    [InlineData(ElementKind.CitizenId, "110101", "1*****")]
    [InlineData(ElementKind.Date, "1990-13-45", "1990-**-**")]
    [InlineData(ElementKind.Text, "secret", "s****t")]
    [InlineData(ElementKind.Email, "someone@example.cn", "s******@example.cn")]
    [InlineData(ElementKind.Sex, "3", "3")]
    [InlineData(ElementKind.DivisionCode, "990101", "990101")]
    public void Masks_hide_the_person_and_keep_characters_whole(ElementKind kind, string value, string masked) => Assert.Equal(masked, Masking.Mask(kind, value));

    [Fact]
    public void A_mask_never_shows_more_than_two_thirds_of_a_personal_value() => Gen.Select(Gen.OneOf(Enum.GetValues<ElementKind>().Where(k => k is not (ElementKind.Email or ElementKind.Address) && k.IsPersonal()).ToArray()),
        Gen.String[Gen.Char.AlphaNumeric, 1, 40]).Sample((kind, value) => Assert.True(Masking.Mask(kind, value).Count(char.IsAsciiLetterOrDigit) <= Math.Max(1, value.Length * 2 / 3)), seed: "0000B1b2C3d4");

    [Fact]
    public void A_normal_form_is_its_own_normal_form() => Gen.Select(Gen.OneOf(Enum.GetValues<ElementKind>()), Gen.String[Gen.OneOf("0123456789-/.: T年月日+,xX男女张　".ToCharArray()), 0, 20]).Sample((kind, value) =>
    {
        var rule = new ElementRule(kind);
        var flaw = rule.Check(value, Around);
        if (flaw.IsError()) return;
        var normal = flaw.IsRewritten() ? IdentifierTests.Normal(rule, value, Around) : value;
        var second = rule.Check(normal, Around);
        Assert.False(second.IsError() || second.IsRewritten(), $"{kind}: '{value}' -> '{normal}' is {second}");
        Assert.Equal(normal, IdentifierTests.Normal(rule, normal, Around));
    }, iter: 20_000, seed: "0000C1b2C3d4");

    [Fact]
    public void Every_flaw_and_every_element_has_its_texts_in_both_languages()
    {
        using var stream = typeof(Flaw).Assembly.GetManifestResourceStream("Tongxiang.Core.Elements.texts.json")!;
        var texts = JsonSerializer.Deserialize<Dictionary<string, string[]>>(stream)!;
        var keys = Enum.GetValues<Flaw>().Select(f => f.TextKey()).Concat(Enum.GetValues<ElementKind>().Select(k => k.TextKey())).ToList();
        Assert.All(keys, key => Assert.Equal(2, texts[key].Count(t => t.Length > 0)));
        Assert.Equal(keys.Order(StringComparer.Ordinal), texts.Keys.Order(StringComparer.Ordinal));
        Assert.All(ElementKinds.All, code => Assert.True(ElementKinds.TryParse(code, out var kind) && kind.Code() == code));
    }
}
