using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;
using Step = Tongxiang.Share.Step;

namespace Tongxiang.Tests.Share;

public sealed class SharingLaneTests
{
    [Theory, EveryStore]
    public async Task The_whole_path_leaves_a_step_with_evidence_each(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var consented = await lab.Consented();
        Assert.Equal(ApplicationState.Delivering, consented.State);
        await lab.Applications.Delivered(consented.Grant!.Value, Mode.Api, default);
        var used = (await lab.Applications.Find(Facts.CivilSteward, consented.Id, default))!;
        Assert.Equal((ApplicationState.InUse, lab.Clock.GetUtcNow()), (used.State, used.DeliveredAt!.Value));
        Good(await lab.Applications.End(Facts.CivilSteward, used.Id, null, EndGround.PurposeAchieved, "审核工作结束", null, default));
        var disposed = Good(await lab.Applications.Dispose(Facts.CivilSteward, used.Id, null, "已删除全部数据，销毁单 2026-3", default));
        Assert.Equal(ApplicationState.Disposed, disposed.State);
        var steps = await lab.Applications.Steps(used.Id, default);
        Assert.Equal([Step.Draft, Step.Propose, Step.Agree, Step.ProposeReply, Step.Consent, Step.Deliver, Step.End, Step.Dispose], steps.Select(s => s.Step));
        Assert.Equal([0L, 1, 2, 3, 4, 5, 6, 7], steps.Select(s => s.Number));
        var evidence = await lab.Evidenced();
        Assert.All(steps, s => Assert.Contains(evidence, e => e.Contains(s.Evidence, StringComparison.Ordinal)));
        Assert.All(evidence, e => Assert.DoesNotContain("警官", e, StringComparison.Ordinal));
    }

    [Theory, EveryStore]
    public async Task P0_7_an_unconditional_application_of_13_February_is_due_on_Saturday_the_14th(Store store)
    {
        await using var lab = await ShareLab.Open(store, "2026-02-13");
        lab.Entry = Facts.Entry(ShareClass.Unconditional);
        var sent = await lab.Sent();
        Assert.Equal(("DL-03", new DateOnly(2026, 2, 14)), (sent.DueRule, WorkCalendar.Day(sent.DueAt!.Value)));
        Refuses("share.no-extension", await lab.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 1, "来不及", default));
    }

    [Theory, EveryStore]
    public async Task P0_8_and_9_a_conditional_application_is_extended_only_by_the_bureau_and_with_notice(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        Assert.Equal(("DL-04", new DateOnly(2026, 3, 4)), (sent.DueRule, WorkCalendar.Day(sent.DueAt!.Value)));
        Good(await lab.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 10, "涉及多个业务系统", default));
        var asked = (await lab.Applications.Find(Facts.CivilSteward, sent.Id, default))!;
        Assert.Equal(new DateOnly(2026, 3, 4), WorkCalendar.Day(asked.DueAt!.Value));
        Refuses("share.not-yours", await lab.Applications.AgreeExtension(Facts.PoliceHead, sent.Id, null, default));
        var extended = Good(await lab.Applications.AgreeExtension(Facts.Reviewer, sent.Id, null, default));
        Assert.Equal((ApplicationState.Submitted, new DateOnly(2026, 3, 18)), (extended.State, WorkCalendar.Day(extended.DueAt!.Value)));
        Assert.Contains((NoticeKind.ExtensionAgreed, "civil-steward"), await lab.Told());
        Refuses("share.one-extension", await lab.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 1, "again", default));
    }

    [Theory, EveryStore]
    public async Task P0_8_an_extension_beyond_ten_days_is_refused_and_a_denied_one_changes_nothing(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        Assert.Equal("days", (await lab.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 11, "x", default)).Refusal!.Fields[0].Field);
        Refuses("share.reason-required", await lab.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 5, " ", default));
        Good(await lab.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 5, "数据量大", default));
        var denied = Good(await lab.Applications.DenyExtension(Facts.Reviewer, sent.Id, null, "理由不充分", default));
        Assert.Equal(new DateOnly(2026, 3, 4), WorkCalendar.Day(denied.DueAt!.Value));
    }

    [Theory, EveryStore]
    public async Task P0_10_there_is_one_supplement_notice_and_no_refusal_for_missing_material(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        Assert.Equal("missing", (await lab.Applications.AskSupplement(Facts.PoliceSteward, sent.Id, null, [], default)).Refusal!.Fields[0].Field);
        var asked = Good(await lab.Applications.AskSupplement(Facts.PoliceSteward, sent.Id, null, ["职责文件扫描件", "经办人名单"], default));
        Assert.Equal((ApplicationState.SupplementAsked, sent.DueAt), (asked.State, asked.DueAt));
        Refuses("share.refusal-while-supplement", await lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Refused(), default));
        Good(await lab.Applications.Supplement(Facts.CivilSteward, sent.Id, null, "已补充职责文件和名单", null, default));
        Refuses("share.one-supplement", await lab.Applications.AskSupplement(Facts.PoliceSteward, sent.Id, null, ["还要一份"], default));
        Assert.Equal("reason", (await lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Refused("材料不齐"), default)).Refusal!.Fields[0].Field);
    }

    [Theory, EveryStore]
    public async Task P0_11_a_refusal_carries_its_reason_to_applicant_and_bureau(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        Assert.Equal(["ground", "reason"], (await lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Refused("", null), default)).Refusal!.Fields.Select(f => f.Field));
        Good(await lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Refused("超出社会救助职责"), default));
        Good(await lab.Applications.Sign(Facts.PoliceHead, sent.Id, null, default));
        foreach (var reader in new[] { Facts.CivilSteward, Facts.CivilHead, Facts.Reviewer })
            Assert.Equal((ApplicationState.Refused, "超出社会救助职责"), ((await lab.Applications.Find(reader, sent.Id, default)) is { } a ? (a.State, a.Reason) : default));
        var told = await lab.Told();
        Assert.Contains((NoticeKind.Refused, "civil-steward"), told);
        Assert.Contains((NoticeKind.Refused, "bureau BureauReviewer"), told);
    }

    [Theory, EveryStore]
    public async Task P0_12_after_consent_it_is_overdue_unless_a_real_delivery_is_on_record(Store store)
    {
        await using var lab = await ShareLab.Open(store, "2026-09-30");
        var consented = await lab.Consented();
        Assert.Equal(("DL-05", new DateOnly(2026, 11, 3)), (consented.DueRule, WorkCalendar.Day(consented.DueAt!.Value)));
        lab.SetDay("2026-11-04");
        var item = Assert.Single((await lab.Inbox.Of(Facts.PoliceSteward, default)).Items);
        Assert.Equal((Urgency.Overdue, -1), (item.Urgency, item.DaysLeft!.Value));
        await lab.Applications.Delivered(consented.Grant!.Value, Mode.File, default);
        Assert.Empty((await lab.Inbox.Of(Facts.PoliceSteward, default)).Items);
    }

    [Theory, EveryStore]
    public async Task P0_14_what_is_incomplete_or_lacks_the_own_heads_consent_is_not_sent(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var draft = Good(await lab.Applications.Draft(Facts.CivilSteward, Lane.Sharing, lab.Entry.Id, Facts.Wish() with { Basis = "", Scenario = "", Fields = [], Modes = [], Until = default }, default));
        var refusal = (await lab.Applications.Propose(Facts.CivilSteward, draft.Id, null, default)).Refusal!;
        Assert.Equal(["basis", "fields", "modes", "scenario", "until"], refusal.Fields.Select(f => f.Field).Order());
        Good(await lab.Applications.Edit(Facts.CivilSteward, draft.Id, null, Facts.Wish(), default));
        Good(await lab.Applications.Propose(Facts.CivilSteward, draft.Id, null, default));
        Refuses("share.not-yours", await lab.Applications.Agree(Facts.CivilSteward, draft.Id, null, default));
        Assert.Null(await lab.Applications.Find(Facts.PoliceSteward, draft.Id, default));
        Assert.NotNull(Good(await lab.Applications.Agree(Facts.CivilHead, draft.Id, null, default)).SubmittedAt);
    }

    [Theory, EveryStore]
    public async Task P0_20_suspension_stops_the_right_at_once_and_resuming_needs_a_rectification(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        using var elsewhere = lab.NewGrants();
        var consented = await lab.Consented();
        await lab.Applications.Delivered(consented.Grant!.Value, Mode.Api, default);
        await elsewhere.Follow(default);
        Assert.True(elsewhere.Active.Find(consented.Grant!.Value)!.IsUsable(lab.Clock.GetUtcNow()));
        Good(await lab.Applications.Suspend(Facts.Reviewer, consented.Id, null, "发现超范围使用", default));
        await elsewhere.Follow(default);
        Assert.All(new[] { lab.Grants, elsewhere }, g => Assert.Equal(GrantState.Suspended, g.Active.Find(consented.Grant!.Value)!.State));
        Refuses("share.bureau-suspended", await lab.Applications.Resume(Facts.PoliceHead, consented.Id, null, "已整改", default));
        Refuses("share.reason-required", await lab.Applications.Resume(Facts.Reviewer, consented.Id, null, "", default));
        Assert.Equal(ApplicationState.InUse, Good(await lab.Applications.Resume(Facts.Reviewer, consented.Id, null, "已收回多余账号，整改报告 2026-1", default)).State);
        Assert.True(lab.Grants.Active.Find(consented.Grant!.Value)!.IsUsable(lab.Clock.GetUtcNow()));
    }

    [Theory, EveryStore]
    public async Task P0_21_a_provider_stops_a_service_only_with_a_filing_and_ends_misuse_only_after_suspension(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var consented = await lab.Consented();
        await lab.Applications.Delivered(consented.Grant!.Value, Mode.Api, default);
        Refuses("share.filing-required", await lab.Applications.End(Facts.PoliceHead, consented.Id, null, EndGround.ServiceStopped, "系统下线", null, default));
        Refuses("share.suspend-first", await lab.Applications.End(Facts.PoliceHead, consented.Id, null, EndGround.Misuse, "违规", null, default));
        Assert.Equal(400, (await lab.Applications.End(Facts.CivilSteward, consented.Id, null, EndGround.Misuse, "x", null, default)).Refusal!.Status);
        Refuses("share.filing-unknown", await lab.Applications.End(Facts.PoliceHead, consented.Id, null, EndGround.ServiceStopped, "系统下线，已协商", "备2026-17", default));
        Assert.Equal("ground", (await lab.Applications.End(Facts.PoliceHead, consented.Id, null, EndGround.NoLongerNeeded, "不再需要", null, default)).Refusal!.Fields[0].Field);
    }

    [Theory, EveryStore]
    public async Task P0_24_when_the_term_is_over_the_grant_closes_and_the_disposal_stays_open(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var consented = await lab.Consented(wish: Facts.Wish() with { Until = new DateOnly(2026, 2, 20) });
        var grant = lab.Grants.Active.Find(consented.Grant!.Value)!;
        Assert.Equal(new DateTimeOffset(2026, 2, 21, 0, 0, 0, TimeSpan.FromHours(8)), grant.Until);
        lab.SetDay("2026-02-21");
        Assert.False(grant.IsUsable(lab.Clock.GetUtcNow()));
        await lab.Watch.Run(default);
        await lab.Watch.Run(default);
        Assert.Equal(GrantState.Ended, lab.Grants.Active.Find(grant.Id)!.State);
        Assert.Equal(ApplicationState.Ended, Assert.Single((await lab.Inbox.Of(Facts.CivilSteward, default)).Items).State);
    }

    [Theory, EveryStore]
    public async Task A_clock_can_be_set_to_pause_while_the_supplement_is_open(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        // The switch is a local choice; here the pause itself is tried on the clock.
        var paused = Timing.Pause(sent.Clock!, lab.Clock.GetUtcNow());
        Assert.Null(Applications.Dated(sent with { Clock = paused }, "DL-04", lab.Calendar.Current).DueAt);
        var resumed = Timing.Resume(paused, Facts.At("2026-02-25"), lab.Calendar.Current);
        Assert.Equal(new DateOnly(2026, 3, 10), WorkCalendar.Day(Applications.Dated(sent with { Clock = resumed }, "DL-04", lab.Calendar.Current).DueAt!.Value));
    }
}
