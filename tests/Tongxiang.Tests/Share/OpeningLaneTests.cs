using System.Text.Json;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

public sealed class OpeningLaneTests
{
    [Theory, EveryStore]
    public async Task A_company_gets_its_right_under_the_agreement_and_local_clocks(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.SentForOpening();
        Assert.StartsWith("KF20260212-", sent.Number, StringComparison.Ordinal);
        Assert.Equal(("OPEN-01", OpenUseAgreement.Current.Version), (sent.DueRule, sent.Agreement));
        Assert.True(lab.Rules.Find("OPEN-01", new DateOnly(2026, 2, 12)).IsUnverified);
        Assert.Equal(OpenUseAgreement.Current.Digest, await lab.Db.One($"select digest from share_agreement", r => r.GetString(0), default));
        Good(await lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Consent(), default));
        var consented = Good(await lab.Applications.Sign(Facts.PoliceHead, sent.Id, null, default));
        Assert.Equal("OPEN-02", consented.DueRule);
        Assert.Contains((NoticeKind.Consented, "bureau BureauReviewer"), await lab.Told());
        Assert.Single(lab.Grants.Active.Of(lab.Entry.Id, Facts.CompanyPerson));
    }

    [Theory, EveryStore]
    public async Task A_citizens_right_is_the_persons_own(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.SentForOpening(Facts.Citizen);
        Good(await lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Consent(), default));
        var consented = Good(await lab.Applications.Sign(Facts.PoliceHead, sent.Id, null, default));
        var grant = Assert.Single(await lab.Grants.Held(Facts.Citizen, default));
        Assert.Equal((null, Facts.Citizen.Person), (grant.ConsumerAgency, grant.ConsumerPerson));
        Assert.Equal(consented.Grant, Assert.Single(lab.Grants.Active.Of(lab.Entry.Id, Facts.Citizen)).Id);
        Assert.Null(await lab.Applications.Find(Facts.CompanyPerson, sent.Id, default));
    }

    [Theory, EveryStore]
    public async Task Nothing_is_sent_without_the_agreement_in_force(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var draft = Good(await lab.Applications.Draft(Facts.CompanyPerson, Lane.Opening, lab.Entry.Id, Facts.Wish() with { AgreementAccepted = false }, default));
        Assert.Equal("agreement", (await lab.Applications.Submit(Facts.CompanyPerson, draft.Id, null, "1999-1", default)).Refusal!.Fields[0].Field);
        Assert.Equal("agreementAccepted", (await lab.Applications.Submit(Facts.CompanyPerson, draft.Id, null, OpenUseAgreement.Current.Version, default)).Refusal!.Fields[0].Field);
    }

    [Theory, EveryStore]
    public async Task No_article_of_the_sharing_regulation_appears_anywhere_on_the_opening_lane(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.SentForOpening();
        Good(await lab.Applications.AskSupplement(Facts.PoliceSteward, sent.Id, null, ["营业执照"], default));
        var refusals = new List<Refusal?>
        {
            (await lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Refused(), default)).Refusal,
            (await lab.Applications.AskSupplement(Facts.PoliceSteward, sent.Id, null, ["x"], default)).Refusal,
            (await lab.Applications.Sign(Facts.PoliceHead, sent.Id, null, default)).Refusal,
            (await lab.Applications.Draft(Facts.CivilSteward, Lane.Opening, lab.Entry.Id, Facts.Wish(), default)).Refusal,
        };
        Assert.All(refusals, r => Assert.Null(r!.Article));
        Assert.All(await lab.Applications.Steps(sent.Id, default), s => Assert.Null(s.Article));
        var said = string.Join('\n', refusals.SelectMany(r => new[] { Texts.Chinese, Texts.English }.Select(l => JsonSerializer.Serialize(Problems.Of(r!, l), Wire.Json))))
            + OpenUseAgreement.Current.Chinese + OpenUseAgreement.Current.English;
        Assert.DoesNotContain("809", said, StringComparison.Ordinal);
        Assert.DoesNotContain("政务数据共享条例", said, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task Open_and_closed_data_need_or_know_no_application(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        lab.Entry = Facts.Entry(ShareClass.Conditional, OpenClass.Open, Facts.Field("a"));
        Refuses("share.open-needs-none", await lab.Applications.Draft(Facts.CompanyPerson, Lane.Opening, lab.Entry.Id, Facts.Wish(), default));
        lab.Entry = Facts.Entry(ShareClass.Conditional, OpenClass.Closed);
        Assert.Equal(404, (await lab.Applications.Draft(Facts.CompanyPerson, Lane.Opening, lab.Entry.Id, Facts.Wish(), default)).Refusal!.Status);
        Refuses("share.not-applicant", await lab.Applications.Draft(Facts.Reviewer, Lane.Sharing, lab.Entry.Id, Facts.Wish(), default));
        Refuses("share.sign-in", await lab.Applications.Draft(Tongxiang.Agencies.Caller.Anonymous, Lane.Opening, lab.Entry.Id, Facts.Wish(), default));
    }

    [Theory, EveryStore]
    public async Task An_extension_is_agreed_by_the_head_and_within_the_local_number(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.SentForOpening();
        Good(await lab.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 15, "数据整理", default));
        Refuses("share.not-yours", await lab.Applications.AgreeExtension(Facts.Reviewer, sent.Id, null, default));
        Assert.True(Good(await lab.Applications.AgreeExtension(Facts.PoliceHead, sent.Id, null, default)).DueAt > sent.DueAt);
    }
}
