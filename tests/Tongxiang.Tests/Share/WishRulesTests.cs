using Tongxiang.Catalog;
using Tongxiang.Share;

namespace Tongxiang.Tests.Share;

public sealed class WishRulesTests
{
    /// <summary>P0 14: basis, scenario, scope, mode and term, and what the portal asks besides.</summary>
    public static TheoryData<string, Wish> Lacking => new()
    {
        { "basis", Facts.Wish() with { Basis = " " } },
        { "scenario", Facts.Wish() with { Scenario = "" } },
        { "matter", Facts.Wish() with { Matter = "" } },
        { "purpose", Facts.Wish() with { Purpose = "" } },
        { "fields", Facts.Wish() with { Fields = [] } },
        { "fields", Facts.Wish() with { Fields = ["id_number", "nothing"] } },
        { "fields", Facts.Wish() with { Fields = ["case_note"] } },
        { "modes", Facts.Wish() with { Modes = [] } },
        { "until", Facts.Wish() with { Until = default } },
        { "until", Facts.Wish() with { Until = Facts.Today } },
        { "until", Facts.Wish() with { Until = Facts.Today.AddYears(6) } },
        { "rows", Facts.Wish() with { Rows = "division" } },
        { "rows", Facts.Wish() with { Rows = "division=like.29*&1=1" } },
        { "rows", Facts.Wish() with { Rows = "case_note=eq.x" } },
        { "rows", Facts.Wish() with { Rows = "division=drop.x" } },
        { "limits.hours", Facts.Wish() with { Limits = new GrantLimits(new HourRange(8, 8), [], null, null, 60) } },
        { "limits.networks", Facts.Wish() with { Limits = new GrantLimits(null, ["10.1.2.3/8"], null, null, 60) } },
        { "limits.networks", Facts.Wish() with { Limits = new GrantLimits(null, ["office"], null, null, 60) } },
        { "limits.callsPerDay", Facts.Wish() with { Limits = new GrantLimits(null, [], 0, null, 60) } },
        { "limits.rowsPerDay", Facts.Wish() with { Limits = new GrantLimits(null, [], null, -1, 60) } },
        { "limits.callsPerMinute", Facts.Wish() with { Limits = new GrantLimits(null, [], null, null, 0) } },
    };

    [Theory, MemberData(nameof(Lacking))]
    public void A_wish_that_lacks_something_names_the_field(string field, Wish wish) =>
        Assert.Contains(WishRules.Check(Lane.Sharing, wish, Facts.Entry(), Facts.Today), e => e.Field == field);

    [Fact]
    public void A_whole_wish_has_no_error()
    {
        var wish = Facts.Wish() with { Rows = "division=like.2901*&id_number=not.is.null", Limits = new GrantLimits(new HourRange(8, 18), ["10.0.0.0/8", "2001:db8::/32"], 1000, 5000, 60) };
        Assert.Empty(WishRules.Check(Lane.Sharing, wish, Facts.Entry(), Facts.Today));
    }

    [Fact]
    public void The_opening_lane_asks_for_safeguards_and_agreement_and_not_for_a_basis()
    {
        var errors = WishRules.Check(Lane.Opening, Facts.Wish() with { Basis = "", Scenario = "", Matter = "", Safeguards = "", AgreementAccepted = false }, Facts.Entry(), Facts.Today);
        Assert.Equal(["agreementAccepted", "safeguards"], errors.Select(e => e.Field).Order());
    }

    [Fact]
    public void Withheld_data_cannot_be_applied_for_and_the_basis_is_said()
    {
        var refusal = WishRules.May(Lane.Sharing, Facts.Entry(ShareClass.Withheld), Facts.Police, Facts.Civil)!;
        Assert.Equal("share.withheld", refusal.Code);
        Assert.Equal("《中华人民共和国人民警察法》第二十二条", refusal.Article);
    }

    [Fact]
    public void A_department_does_not_apply_to_itself_and_companies_do_not_share()
    {
        Assert.Equal("share.own-entry", WishRules.May(Lane.Sharing, Facts.Entry(), Facts.Police, Facts.Police)!.Code);
        Assert.Equal("share.government-only", WishRules.May(Lane.Sharing, Facts.Entry(), Facts.Police, Facts.Company)!.Code);
        Assert.Equal("share.government-only", WishRules.May(Lane.Sharing, Facts.Entry(), Facts.Police, null)!.Code);
        Assert.Null(WishRules.May(Lane.Sharing, Facts.Entry(), Facts.Police, Facts.Civil));
    }

    [Fact]
    public void The_opening_lane_is_for_conditionally_open_data()
    {
        Assert.Equal("share.not-for-departments", WishRules.May(Lane.Opening, Facts.Entry(), Facts.Police, Facts.Civil)!.Code);
        Assert.Equal(404, WishRules.May(Lane.Opening, Facts.Entry(open: OpenClass.Closed), Facts.Police, Facts.Company)!.Status);
        Assert.Equal("share.open-needs-none", WishRules.May(Lane.Opening, Facts.Entry(ShareClass.Conditional, OpenClass.Open, Facts.Field("a")), Facts.Police, null)!.Code);
        Assert.Null(WishRules.May(Lane.Opening, Facts.Entry(ShareClass.Conditional, OpenClass.Open, Facts.Field("a"), Facts.Field("b", open: OpenClass.Conditional)), Facts.Police, null));
        Assert.Null(WishRules.May(Lane.Opening, Facts.Entry(), Facts.Police, Facts.Company));
    }

    [Fact]
    public void One_conditional_field_makes_the_reply_a_conditional_one()
    {
        var entry = Facts.Entry(ShareClass.Unconditional, OpenClass.Closed, Facts.Field("a"), Facts.Field("b", share: ShareClass.Conditional));
        Assert.False(WishRules.IsConditional(entry, Facts.Wish("a")));
        Assert.True(WishRules.IsConditional(entry, Facts.Wish("a", "b")));
        Assert.True(WishRules.IsConditional(Facts.Entry(ShareClass.Conditional, OpenClass.Closed, Facts.Field("a", share: ShareClass.Unconditional)), Facts.Wish("a")));
    }
}
