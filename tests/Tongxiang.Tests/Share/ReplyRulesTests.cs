using Tongxiang.Catalog;
using Tongxiang.Share;
using static Tongxiang.Share.FieldAnswer;

namespace Tongxiang.Tests.Share;

public sealed class ReplyRulesTests
{
    private static readonly Application Sent = Facts.Application(ApplicationState.Submitted);

    public static TheoryData<string, Reply> Wrong => new()
    {
        { "fields", Facts.Consent(new FieldDecision("id_number", Plain, null)) },
        { "fields", Facts.Consent(new("id_number", Plain, null), new("name", Plain, null), new("name", Masked, null)) },
        { "fields", Facts.Consent(new("id_number", Plain, null), new("name", Plain, null), new("division", Plain, null)) },
        { "fields.name", Facts.Consent(new("id_number", Plain, null), new("name", NotGiven, " ")) },
        { "fields", Facts.Consent(new("id_number", NotGiven, "不需要"), new("name", NotGiven, "不需要")) },
        { "until", Facts.Consent() with { Until = new DateOnly(2027, 1, 1) } },
        { "providerResponsible", Facts.Consent() with { ProviderResponsible = "" } },
        { "rows", Facts.Consent() with { Rows = "nothing=eq.1" } },
        { "reason", Facts.Refused("") },
        { "ground", Facts.Refused(ground: null) },
        { "reason", Facts.Refused("申请材料不全，予以退回") },
        { "reason", Facts.Refused("The dossier is INCOMPLETE") },
    };

    [Theory, MemberData(nameof(Wrong))]
    public void A_reply_that_cannot_stand_names_the_field(string field, Reply reply) =>
        Assert.Contains(ReplyRules.Check(Sent, Facts.Entry(), reply), e => e.Field == field);

    [Fact]
    public void A_whole_consent_and_a_reasoned_refusal_stand()
    {
        Assert.Empty(ReplyRules.Check(Sent, Facts.Entry(), Facts.Consent()));
        Assert.Empty(ReplyRules.Check(Sent, Facts.Entry(), Facts.Refused()));
    }

    [Fact]
    public void A_refusal_is_impossible_while_the_supplement_is_open()
    {
        Assert.Equal("share.refusal-while-supplement", ReplyRules.May(Sent with { SupplementOpen = true }, Facts.Refused())!.Code);
        Assert.Null(ReplyRules.May(Sent with { SupplementOpen = true }, Facts.Consent()));
    }

    [Fact]
    public void What_became_withheld_meanwhile_cannot_be_given()
    {
        var stricter = Facts.Entry(ShareClass.Conditional, OpenClass.Closed, Facts.Field("id_number"), Facts.Field("name", share: ShareClass.Withheld));
        Assert.Contains(ReplyRules.Check(Sent, stricter, Facts.Consent()), e => e is { Field: "fields.name", Key: "share.field.withheld" });
    }

    [Fact]
    public void A_provider_only_narrows()
    {
        var limits = ReplyRules.Stricter(new GrantLimits(null, ["10.0.0.0/8"], 1000, null, 60), new GrantLimits(new HourRange(9, 17), [], 5000, 100, 600));
        Assert.Equal(new HourRange(9, 17), limits.Hours);
        Assert.Equal(["10.0.0.0/8"], limits.Networks);
        Assert.Equal((1000L, 100L, 60), (limits.CallsPerDay, limits.RowsPerDay, limits.CallsPerMinute));
        Assert.Equal("a=eq.1&b=eq.2", RowFilter.Both("a=eq.1", "b=eq.2"));
    }

    [Fact]
    public void A_supplement_notice_lists_something()
    {
        Assert.Empty(ReplyRules.Missing(["职责文件扫描件"]));
        Assert.NotEmpty(ReplyRules.Missing([]));
        Assert.NotEmpty(ReplyRules.Missing(["职责文件", " "]));
    }
}
