using System.Text;
using CsCheck;
using Tongxiang.Core.Elements;

namespace Tongxiang.Tests.Core.Elements;

public sealed class IdentifierTests
{
    private static readonly DivisionList Divisions = new([
        new("110101", "东城区"),
        new("370102", "历下区"),
        new("130502", "桥东区", Until: new DateOnly(2020, 6, 5), Successor: "130502"),
        new("299901", "未来区", From: new DateOnly(2030, 1, 1)),
    ]);

    private static readonly Surroundings Around = new(new DateOnly(2026, 11, 23), Divisions);

    [Theory]
    [InlineData("110101190001010014", Flaw.None)]
    [InlineData("370102190402290031", Flaw.None)]
    [InlineData("110101190001010015", Flaw.Checksum)]
    [InlineData("370102190302290034", Flaw.Calendar)]
    [InlineData("11010119000101001", Flaw.Length)]
    [InlineData("1101011900010100140", Flaw.Length)]
    [InlineData("11010119000101001A", Flaw.Characters)]
    [InlineData("1101O1190001010014", Flaw.Characters)]
    [InlineData("１１０１０１１９０００１０１００１４", Flaw.Characters)]
    [InlineData("110101900101001", Flaw.FifteenDigits)]
    [InlineData("110101900230001", Flaw.Calendar)]
    [InlineData("11010190010100A", Flaw.Characters)]
    [InlineData("", Flaw.Length)]
    public void Citizen_numbers_are_judged_in_the_order_of_the_standard(string id, Flaw expected) => Assert.Equal(expected, CitizenId.Check(id, Around));

    [Theory]
    [InlineData("130502", "19800101", "001", Flaw.HistoricalRegion)]
    [InlineData("990101", "19800101", "001", Flaw.None)]
    [InlineData("880101", "19800101", "001", Flaw.UnknownRegion)]
    [InlineData("299901", "20010101", "001", Flaw.UnknownRegion)]
    [InlineData("110101", "20261124", "001", Flaw.Future)]
    [InlineData("110101", "20261123", "001", Flaw.None)]
    [InlineData("110101", "20000229", "123", Flaw.None)]
    [InlineData("110101", "19000229", "123", Flaw.Calendar)]
    [InlineData("110101", "20001301", "123", Flaw.Calendar)]
    [InlineData("110101", "20000001", "123", Flaw.Calendar)]
    public void Regions_warn_and_dates_are_errors(string region, string birth, string sequence, Flaw expected)
    {
        var seventeen = region + birth + sequence;
        Assert.Equal(expected, CitizenId.Check(seventeen + CitizenId.CheckCharacter(Encoding.ASCII.GetBytes(seventeen)), Around));
    }

    [Fact]
    public void A_lower_case_x_is_flagged_and_made_upper_case()
    {
        var seventeen = Enumerable.Range(0, 1000).Select(i => $"11010119900101{i:000}").First(s => CitizenId.CheckCharacter(Encoding.ASCII.GetBytes(s)) == 'X');
        var rule = new ElementRule(ElementKind.CitizenId);
        Assert.Equal(Flaw.None, rule.Check(seventeen + "X", Around));
        Assert.Equal(Flaw.LowerCase, rule.Check(seventeen + "x", Around));
        Assert.Equal(Severity.Warning, Flaw.LowerCase.Severity());
        Assert.Equal(seventeen + "X", Normal(rule, seventeen + "x"));
    }

    [Fact]
    public void An_old_number_lengthens_to_a_valid_one_of_the_same_sex()
    {
        var longer = CitizenId.Lengthen("110101900101001"u8);
        Assert.Equal(Flaw.None, CitizenId.Check(longer, Around));
        Assert.True(CitizenId.IsMale(Encoding.ASCII.GetBytes(longer)));
        Assert.Equal("110101199001010010"[..17], longer[..17]);
    }

    [Fact]
    public void One_changed_digit_is_always_found() => Gen.Select(Gen.Int[0, 999], Gen.Int[0, 16], Gen.Int[1, 9]).Sample((sequence, place, change) =>
    {
        var seventeen = $"11010119900101{sequence:000}";
        var id = (seventeen + CitizenId.CheckCharacter(Encoding.ASCII.GetBytes(seventeen))).ToCharArray();
        Assert.Equal(Flaw.None, CitizenId.Check(id, Around));
        id[place] = (char)('0' + (id[place] - '0' + change) % 10);
        Assert.True(CitizenId.Check(id, Around).IsError());
    }, seed: "0000A1b2C3d4");

    [Theory]
    [InlineData("92370102MA0ABCDE67", Flaw.None)]
    [InlineData("52440300MJ0D202642", Flaw.None)]
    [InlineData("113300000026000182", Flaw.None)]
    [InlineData("91350100M000100Y43", Flaw.None)]
    [InlineData("92370102MA0ABCDE68", Flaw.Checksum)]
    [InlineData("92370102MAOABCDE67", Flaw.Characters)]
    [InlineData("92370102MA0ABCDE54", Flaw.OrganisationCheck)]
    [InlineData("92370102MA0ABCDE6", Flaw.Length)]
    [InlineData("9237O102MA0ABCDE67", Flaw.Characters)]
    [InlineData("９２370102MA0ABCDE67", Flaw.Characters)]
    public void Credit_codes_are_judged_by_both_checks(string code, Flaw expected) => Assert.Equal(expected, CreditCode.Check(code));

    [Theory]
    [InlineData("D2143569-X", Flaw.None)]
    [InlineData("D2143569X", Flaw.None)]
    [InlineData("MA0ABCDE6", Flaw.None)]
    [InlineData("MA0ABCDE5", Flaw.Checksum)]
    [InlineData("MA0ABCDE", Flaw.Length)]
    [InlineData("ma0abcde6", Flaw.Characters)]
    public void Organisation_codes_are_judged(string code, Flaw expected) => Assert.Equal(expected, OrganisationCode.Check(code));

    [Theory]
    [InlineData("6222000000000000012", Flaw.None)]
    [InlineData("6217000012345678907", Flaw.None)]
    [InlineData("6222000000000000011", Flaw.CardCheck)]
    [InlineData("4111111111111112", Flaw.CardCheck)]
    [InlineData("411111111111", Flaw.Length)]
    [InlineData("4111 1111 1111 1111", Flaw.Characters)]
    public void Bank_cards_only_warn_about_the_sum(string card, Flaw expected)
    {
        Assert.Equal(expected, BankCard.Check(card));
        Assert.False(Flaw.CardCheck.IsError());
    }

    [Theory]
    [InlineData("6222000000000000012", 20)]
    [InlineData("6217000012345678907", 70)]
    [InlineData("6222000000000000011", 19)]
    [InlineData("4111111111111112", 31)]
    public void Luhn_sums_are_those_of_the_reference(string card, int sum) => Assert.Equal(sum, BankCard.LuhnSum(Encoding.ASCII.GetBytes(card)));

    [Theory]
    [InlineData("110101", Flaw.None)]
    [InlineData("110101001", Flaw.None)]
    [InlineData("110101001002", Flaw.None)]
    [InlineData("130502", Flaw.HistoricalDivision)]
    [InlineData("299901", Flaw.FutureDivision)]
    [InlineData("990101", Flaw.UnknownDivision)]
    [InlineData("33010", Flaw.Length)]
    [InlineData("33o106", Flaw.Characters)]
    public void Division_codes_are_judged_by_the_dated_list(string code, Flaw expected) => Assert.Equal(expected, DivisionCode.Check(code, Around));

    [Theory]
    [InlineData("330106", Flaw.None)]
    [InlineData("110101", Flaw.None)]
    [InlineData("990101", Flaw.UnknownDivision)]
    public void Without_a_list_only_the_province_is_judged(string code, Flaw expected) => Assert.Equal(expected, DivisionCode.Check(code, new Surroundings(new DateOnly(2026, 11, 23))));

    [Fact]
    public void A_division_list_refuses_what_is_no_code() => Assert.Throws<ArgumentException>(() => new DivisionList([new("33010", "短")]));

    internal static string Normal(ElementRule rule, string value, Surroundings? around = null)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        var to = new byte[bytes.Length + 48];
        return Encoding.UTF8.GetString(to, 0, rule.Normalise(bytes, around ?? Around, to));
    }
}
