using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

public sealed class DisputesTests
{
    private static NewDispute Said(RemedyLab lab, Agency? against = null) => new(
        (against ?? Facts.Police).Id, DisputeAbout.Refusal, lab.Lab.Entry.Id, "GX20260617-0001", "低保核对所需户籍数据不予共享", "我厅依职责需要核对户籍，对方以内部规定为由不同意，没有列明法律依据。");

    private static Task<Outcome<Dispute>> Take(RemedyLab lab, Caller caller, Dispute now, DisputeStep step, string words = "理由如上所述", string? document = null, DateOnly? on = null, long? seen = null) =>
        lab.Disputes.Take(caller, now.Id, step, seen ?? now.Revision, words, document, on, default);

    [Theory, EveryStore]
    public async Task It_is_negotiated_then_coordinated_then_decided_and_no_step_is_left_out(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        Refuses("share.dispute-only-head", await lab.Disputes.Open(Facts.CivilSteward, Said(lab), default));
        Refuses("share.dispute-only-departments", await lab.Disputes.Open(Facts.Citizen, Said(lab), default));
        Refuses("share.sign-in", await lab.Disputes.Open(Caller.Anonymous, Said(lab), default));
        var now = Good(await lab.Disputes.Open(Facts.CivilHead, Said(lab), default));
        Assert.Equal((DisputeState.Negotiating, "ZY20260617-0001"), (now.State, now.Number));
        // The bureau does not know of it while the two negotiate, and nothing can be decided yet.
        Assert.Null(await lab.Disputes.Find(Facts.Reviewer, now.Id, default));
        Refuses("share.dispute-state", await Take(lab, Facts.CivilHead, now, DisputeStep.Refer));
        now = Good(await Take(lab, Facts.PoliceSteward, now, DisputeStep.Say, "对方申请的字段超出低保核对所需"));
        Refuses("share.dispute-not-yours", await Take(lab, Facts.PoliceSteward, now, DisputeStep.Escalate));
        Assert.Equal("words", (await Take(lab, Facts.CivilHead, now, DisputeStep.Escalate, "")).Refusal!.Fields.Single().Field);
        Assert.Equal((Facts.Bureau.Id, "290000"), ((await lab.Disputes.Find(Facts.CivilHead, now.Id, default))!.Next!.Bureau, (await lab.Disputes.Find(Facts.CivilHead, now.Id, default))!.Next!.Division));
        now = Good(await Take(lab, Facts.CivilHead, now, DisputeStep.Escalate, "两次协商未能一致"));
        Assert.Equal((DisputeState.Coordinating, Facts.Bureau.Id, "290000"), (now.State, now.Bureau!.Value, now.Division));
        Assert.Contains((NoticeKind.DisputeReferred, "bureau BureauReviewer"), await lab.Lab.Told());
        Assert.Single((await lab.Disputes.Coordinated(Facts.Reviewer, null, 50, default)).Items);
        now = Good(await Take(lab, Facts.Reviewer, now, DisputeStep.Say, "请双方五日内提交材料"));
        now = Good(await Take(lab, Facts.Reviewer, now, DisputeStep.Refer, "协调不成，报请省政府决定"));
        Refuses("share.dispute-not-yours", await Take(lab, Facts.Reviewer, now, DisputeStep.Decide, "同意共享", "云政函〔2026〕31号", new DateOnly(2026, 6, 17)));
        Assert.Equal(["document", "on"], (await Take(lab, RemedyLab.BureauHead, now, DisputeStep.Decide, "省政府决定予以共享", "", new DateOnly(2026, 6, 18))).Refusal!.Fields.Select(f => f.Field));
        now = Good(await Take(lab, RemedyLab.BureauHead, now, DisputeStep.Decide, "省政府决定予以共享", "云政函〔2026〕31号", new DateOnly(2026, 6, 17)));
        Assert.Equal((DisputeState.Decided, "云政函〔2026〕31号"), (now.State, now.Document));
        Refuses("share.dispute-state", await Take(lab, Facts.CivilHead, now, DisputeStep.Withdraw));
        var view = (await lab.Disputes.Find(Facts.PoliceHead, now.Id, default))!;
        Assert.Equal([DisputeStep.Open, DisputeStep.Say, DisputeStep.Escalate, DisputeStep.Say, DisputeStep.Refer, DisputeStep.Decide], view.Steps.Select(s => s.Step));
        Assert.All(view.Steps, s => Assert.NotEmpty(s.Evidence));
        Assert.Equal(2, (await lab.Lab.Told()).Count(t => t.Kind == NoticeKind.DisputeClosed));
    }

    [Theory, EveryStore]
    public async Task An_offer_is_accepted_by_the_other_side_only(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        var now = Good(await lab.Disputes.Open(Facts.CivilHead, Said(lab), default));
        Refuses("share.dispute-no-offer", await Take(lab, Facts.PoliceHead, now, DisputeStep.Accept));
        now = Good(await Take(lab, Facts.PoliceHead, now, DisputeStep.Offer, "提供姓名和户籍地，不提供婚姻状况"));
        Refuses("share.dispute-no-offer", await Take(lab, Facts.PoliceHead, now, DisputeStep.Accept));
        now = Good(await Take(lab, Facts.CivilHead, now, DisputeStep.Accept, "同意"));
        Assert.Equal((DisputeState.Settled, "提供姓名和户籍地，不提供婚姻状况"), (now.State, now.Offer));
        Assert.NotNull(now.ClosedAt);
    }

    [Theory, EveryStore]
    public async Task Others_find_nothing_and_a_late_hand_sees_the_first(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        Assert.Equal(["respondent", "title", "words"], (await lab.Disputes.Open(Facts.CivilHead, Said(lab, Facts.Civil) with { Title = "x", Words = "短\u202e" }, default)).Refusal!.Fields.Select(f => f.Field).Order());
        Assert.Equal("entry", (await lab.Disputes.Open(Facts.CivilHead, Said(lab) with { Entry = Id<Tongxiang.Catalog.Entry>.New(lab.Lab.Clock) }, default)).Refusal!.Fields.Single().Field);
        Assert.Equal("respondent", (await lab.Disputes.Open(Facts.CivilHead, Said(lab, Facts.Company), default)).Refusal!.Fields.Single().Field);
        var made = Good(await lab.Disputes.Open(Facts.CivilHead, Said(lab), default));
        foreach (var stranger in new[] { Facts.HealthSteward, Facts.Citizen, Facts.CompanyPerson, Caller.Anonymous, Facts.CivilHead with { Roles = new HashSet<Role> { Role.Operative } } })
        {
            Assert.Null(await lab.Disputes.Find(stranger, made.Id, default));
            Assert.Equal(404, (await Take(lab, stranger, made, DisputeStep.Say, "我也有话要说")).Refusal!.Status);
            Assert.Empty((await lab.Disputes.Mine(stranger with { Agency = stranger.Agency == Facts.Civil.Id ? Facts.Health.Id : stranger.Agency }, null, 50, default)).Items);
        }
        var outcomes = await Task.WhenAll(
            Task.Run(() => Take(lab, Facts.PoliceHead, made, DisputeStep.Offer, "提供姓名和户籍地")), Task.Run(() => Take(lab, Facts.CivilHead, made, DisputeStep.Escalate, "协商未能一致")),
            Task.Run(() => Take(lab, Facts.PoliceOther, made, DisputeStep.Say, "对方申请超出所需")));
        Assert.Single(outcomes, o => !o.IsRefused);
        Assert.All(outcomes.Where(o => o.IsRefused), o => Assert.Equal(("share.dispute-changed", 409), (o.Refusal!.Code, o.Refusal.Status)));
        var now = (await lab.Disputes.Find(Facts.CivilHead, made.Id, default))!.Dispute;
        var late = (await Take(lab, Facts.CivilHead, now, DisputeStep.Withdraw, "先行撤回本件", seen: made.Revision)).Refusal!;
        Assert.Equal("share.dispute-changed", late.Code);
        Assert.Equal(DisputeState.Withdrawn, Good(await Take(lab, Facts.CivilHead, now, DisputeStep.Withdraw, "双方已另行商定")).State);
        Assert.Single((await lab.Disputes.Mine(Facts.PoliceSteward, null, 50, default)).Items);
    }

    [Theory, EveryStore]
    public async Task A_deputy_opens_for_the_head_and_a_view_of_two_cities_needs_a_bureau_above_both(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        var at = lab.Lab.Clock.GetUtcNow();
        Good(await lab.Lab.Deputies.Appoint(Facts.CivilHead, Facts.CivilSteward.Person!.Value, at, at.AddDays(10), default));
        var made = Good(await lab.Disputes.Open(Facts.CivilSteward, Said(lab, Facts.Bureau), default));
        Assert.Equal(Facts.CivilHead.Person, (await lab.Disputes.Find(Facts.CivilHead, made.Id, default))!.Steps[0].OnBehalf);
        // The only bureau here is a side itself.
        Assert.Null((await lab.Disputes.Find(Facts.CivilHead, made.Id, default))!.Next);
        Refuses("share.dispute-no-bureau", await Take(lab, Facts.CivilHead, made, DisputeStep.Escalate, "协商未能一致"));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => lab.Lab.Db.Run($"update share_dispute set state = 'Decided', closed_at = 1 where id = {made.Id}", default));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => lab.Lab.Db.Run($"update share_dispute set state = 'Coordinating', bureau = {Facts.Bureau.Id}, division = '290000' where id = {made.Id}", default));
    }
}
