using System.Text;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Protect;

namespace Tongxiang.Tests.Core.Protect;

public sealed class TokensTests
{
    private static readonly byte[] key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    public static TheoryData<SealAlgorithm, ElementKind, string, string, int> Values()
    {
        var values = new TheoryData<SealAlgorithm, ElementKind, string, string, int>();
        foreach (var algorithm in Enum.GetValues<SealAlgorithm>())
        {
            values.Add(algorithm, ElementKind.CitizenId, "whole", "11010519491231002X", 0);
            values.Add(algorithm, ElementKind.CitizenId, "division", "11010519491231002X", 6);
            values.Add(algorithm, ElementKind.Mobile, "segment", "13812345678", 3);
            values.Add(algorithm, ElementKind.BankCard, "issuer", "6222021234567890128", 6);
            values.Add(algorithm, ElementKind.BankCard, "issuer", "4111111111111111", 6);
            values.Add(algorithm, ElementKind.CreditCode, "division", "91350100M000100Y43", 8);
        }

        return values;
    }

    [Theory, MemberData(nameof(Values))]
    public void A_token_keeps_the_form_and_leads_back_with_the_key_alone(SealAlgorithm algorithm, ElementKind kind, string shape, string value, int kept)
    {
        var tokens = new Tokens(algorithm, key);
        var token = tokens.Of(kind, shape)!.Run(value);
        Assert.Equal((value.Length, value[..kept]), (token.Length, token[..kept]));
        Assert.NotEqual(value, token);
        var flaw = kind switch
        {
            ElementKind.BankCard => BankCard.Check(token),
            ElementKind.Mobile => token.All(char.IsAsciiDigit) ? Flaw.None : Flaw.Characters,
            ElementKind.CreditCode => CreditCode.Check(token) is Flaw.OrganisationCheck ? Flaw.None : CreditCode.Check(token),
            _ => token[17] == CitizenId.CheckCharacter(Encoding.ASCII.GetBytes(token)) ? Flaw.None : Flaw.Checksum,
        };
        Assert.Equal(Flaw.None, flaw);
        Assert.Equal(value, tokens.Open(kind, shape, token));
        Assert.NotEqual(value, new Tokens(algorithm, key.Reverse().ToArray()).Open(kind, shape, token));
    }

    [Fact]
    public void Old_and_full_width_numbers_get_the_token_of_the_person()
    {
        var cell = new Tokens(SealAlgorithm.Aes256Gcm, key).Of(ElementKind.CitizenId, "whole")!;
        var token = cell.Run("11010519491231002X");
        foreach (var same in (string[])["110105491231002", "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ"]) Assert.Equal(token, cell.Run(same));
    }

    [Theory]
    [InlineData(ElementKind.CitizenId, "whole", "110105194912310029")]
    [InlineData(ElementKind.CitizenId, "whole", "护照 G1234567")]
    [InlineData(ElementKind.Mobile, "segment", "0571-87654321")]
    [InlineData(ElementKind.BankCard, "issuer", "6222021234567890129")]
    [InlineData(ElementKind.CreditCode, "division", "91350100M000100Y44")]
    public void A_value_without_the_form_becomes_a_pseudonym_and_does_not_lead_back(ElementKind kind, string shape, string value)
    {
        var tokens = new Tokens(SealAlgorithm.Aes256Gcm, key);
        var token = tokens.Of(kind, shape)!.Run(value);
        Assert.Matches("^[a-z2-7]{26}$", token);
        Assert.Null(tokens.Open(kind, shape, token));
    }

    [Fact]
    public void A_kind_with_few_values_has_no_token()
    {
        foreach (var kind in (ElementKind[])[ElementKind.PersonName, ElementKind.Sex, ElementKind.Date, ElementKind.DivisionCode, ElementKind.Postcode, ElementKind.Plate]) Assert.Empty(Tokens.Shapes(kind));
        var tokens = new Tokens(SealAlgorithm.Aes256Gcm, key);
        // Division and birth kept would leave a thousand values.
        Assert.Null(tokens.Of(ElementKind.CitizenId, "birth"));
        Assert.Null(tokens.Open(ElementKind.CitizenId, "birth", "11010519491231002X"));
    }

    [Fact]
    public void Two_consumers_cannot_link_their_tokens()
    {
        var (one, other) = (new Tokens(SealAlgorithm.Aes256Gcm, key), new Tokens(SealAlgorithm.Aes256Gcm, [.. key.Reverse()]));
        var ids = Enumerable.Range(0, 200).Select(i => Id(i)).ToList();
        var (first, second) = (ids.Select(one.Of(ElementKind.CitizenId, "whole")!.Run).ToHashSet(), ids.Select(other.Of(ElementKind.CitizenId, "whole")!.Run).ToHashSet());
        Assert.Equal(200, first.Count);
        Assert.Empty(first.Intersect(second));
        Assert.Empty(first.Intersect(ids));
    }

    private static string Id(int number)
    {
        var seventeen = $"11010519800101{number:000}";
        return seventeen + CitizenId.CheckCharacter(Encoding.ASCII.GetBytes(seventeen));
    }
}
