using Tongxiang.Agencies;
using Tongxiang.Assess;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;
using Known = Tongxiang.Tests.Share.Facts;

namespace Tongxiang.Tests.Assess;

public sealed class FindingsTests
{
    [Theory, EveryStore]
    public async Task A_late_reply_is_found_once_noticed_rectified_rechecked_and_closed(Store store)
    {
        await using var lab = await AssessLab.Open(store);
        var (application, found) = await lab.Overdue();
        Assert.Equal(("reply-late", "39-4", Known.Police.Id, FindingState.Found), (found.Detector, found.Item, found.Agency, found.State));
        Assert.Equal("WT20260305-0001", found.Number);
        Assert.Equal(0, await lab.Findings.Run(default));
        // Before the notice it is the bureau's own matter.
        Assert.Null(await lab.Findings.Find(Known.PoliceHead, found.Id, default));
        Assert.Empty((await lab.Findings.List(Known.PoliceHead, null, null, null, 50, default)).Items);
        Assert.Equal(404, (await lab.Findings.Rectify(Known.PoliceHead, found.Id, 1, "已经答复", default)).Refusal!.Status);
        Assert.Equal(1, await lab.Findings.Waiting(Known.Reviewer, default));

        Refuses("kernel.invalid-input", await lab.Findings.Notify(Known.Reviewer, found.Id, 1, "短", null, false, default));
        Refuses("kernel.invalid-input", await lab.Findings.Notify(Known.Reviewer, found.Id, 1, "请在期限内答复该申请", new DateOnly(2026, 3, 1), false, default));
        var noticed = await lab.Noticed(found.Id);
        Assert.Equal((FindingState.Noticed, new DateOnly(2026, 3, 26), 2L), (noticed.State, WorkCalendar.Day(noticed.DueAt!.Value), noticed.Revision));
        var stale = await lab.Findings.Dismiss(AssessLab.Head, found.Id, 1, "申请部门已经撤回", default);
        Assert.Equal(("assess.changed", 409), (stale.Refusal!.Code, stale.Refusal.Status));
        Assert.Equal(FindingStep.Rectify, Assert.Single((await lab.Findings.Find(Known.PoliceHead, found.Id, default))!.Possible));
        Assert.Equal(1, await lab.Findings.Waiting(Known.PoliceHead, default));
        Assert.Null(await lab.Findings.Find(AssessLab.HealthHead, found.Id, default));
        Assert.Null(await lab.Findings.Find(Known.CompanyPerson, found.Id, default));

        // Said to be done, but the records say otherwise: nobody closes against the detector.
        Good(await lab.Findings.Rectify(Known.PoliceHead, found.Id, 2, "已督促承办处室答复", default));
        var recheck = Good(await lab.Findings.Recheck(Known.Reviewer, found.Id, 3, default));
        Assert.False(recheck.IsClean);
        var still = await lab.Findings.Close(AssessLab.Head, found.Id, null, "同意销号，予以归档", default);
        Assert.Equal(("assess.still-standing", 409), (still.Refusal!.Code, still.Refusal.Status));
        Assert.Contains("第三十九条第（四）项", still.Refusal.Article, StringComparison.Ordinal);
        Good(await lab.Findings.Return(Known.Reviewer, found.Id, 4, "平台记录显示申请仍未答复", new DateOnly(2026, 3, 20), default));

        Good(await lab.Share.Applications.ProposeReply(Known.PoliceSteward, application.Id, null, Known.Consent(), default));
        Good(await lab.Share.Applications.Sign(Known.PoliceHead, application.Id, null, default));
        lab.Clock.Advance(TimeSpan.FromHours(1));
        Good(await lab.Findings.Rectify(AssessLab.PoliceBoss, found.Id, 5, "申请已于今日答复，见平台记录", default));
        Refuses("assess.not-yours", await lab.Findings.Close(Known.Reviewer, found.Id, null, "同意销号，予以归档", default));
        var closed = Good(await lab.Findings.Close(AssessLab.Head, found.Id, 6, "复核通过，同意销号", default));
        Assert.Equal((FindingState.Closed, true), (closed.State, closed.IsClean));
        Refuses("assess.wrong-state", await lab.Findings.Dismiss(AssessLab.Head, found.Id, null, "复核之后不再处理", default));
        Assert.Equal(0, await lab.Findings.Run(default));

        var view = (await lab.Findings.Find(AssessLab.Auditor, found.Id, default))!;
        Assert.Equal([FindingStep.Open, FindingStep.Notify, FindingStep.Rectify, FindingStep.Recheck, FindingStep.Return, FindingStep.Rectify, FindingStep.Close], view.Events.Select(e => e.Step));
        Assert.Empty(view.Possible);
        Assert.Equal(FindingStep.Notify, (await lab.Findings.Find(Known.PoliceHead, found.Id, default))!.Events[0].Step);
        var evidence = await lab.Share.Evidenced();
        Assert.Equal(7, evidence.Count(r => r.Contains("assess.finding-", StringComparison.Ordinal)));
        Assert.DoesNotContain(evidence, r => r.Contains("督促", StringComparison.Ordinal));
        Assert.Contains((NoticeKind.FindingNoticed, "police SharingOfficeHead"), await lab.Share.Told());
        Assert.Contains((NoticeKind.FindingAnswered, "bureau BureauReviewer"), await lab.Share.Told());
    }

    [Theory, EveryStore]
    public async Task A_circular_comes_after_the_term_is_signed_and_read_by_departments_only(Store store)
    {
        await using var lab = await AssessLab.Open(store);
        var (_, found) = await lab.Overdue();
        await lab.Noticed(found.Id);
        Refuses("assess.term-runs", await lab.Findings.Circulate(AssessLab.Head, found.Id, 2, "逾期未整改，现予通报批评", false, default));
        Refuses("assess.not-yours", await lab.Findings.Circulate(Known.Reviewer, found.Id, 2, "逾期未整改，现予通报批评", true, default));
        lab.Share.SetDay("2026-03-27");
        var circulated = Good(await lab.Findings.Circulate(AssessLab.Head, found.Id, 2, "逾期未整改，现予通报批评", false, default));
        Assert.Equal(FindingState.Circulated, circulated.State);

        var circular = (await lab.Circulars.List(AssessLab.HealthHead, null, 10, default)).Items.Single();
        Assert.Equal("TB20260327-0001", circular.Number);
        Assert.Empty((await lab.Circulars.List(Known.CompanyPerson, null, 10, default)).Items);
        Assert.Null(await lab.Circulars.Find(Known.Citizen, circular.Number, default));
        Assert.NotNull(await lab.Circulars.Find(Known.CivilHead, circular.Number, default));
        Assert.Equal(circular.Number, (await lab.Findings.Find(AssessLab.Head, found.Id, default))!.Circular);
        // Anybody who has the public key checks it without us.
        var note = Note.Parse(System.Text.Encoding.UTF8.GetBytes(circular.Note));
        Assert.Single(note.Verify(lab.Key.Keys));
        Assert.Contains(PaperKey.Digest(System.Text.Encoding.UTF8.GetBytes(circular.Record)) + "  " + circular.Number + ".json\n", note.Text, StringComparison.Ordinal);
        // Criticised is not corrected: the duty goes on, and once is enough.
        Good(await lab.Findings.Rectify(Known.PoliceHead, found.Id, 3, "已安排专人办理", default));
        Refuses("assess.circulated", await lab.Findings.Circulate(AssessLab.Head, found.Id, null, "再次予以通报批评", true, default));
    }

    [Theory, EveryStore]
    public async Task A_finding_by_hand_names_item_and_matter_and_a_bureaus_own_is_for_its_auditor(Store store)
    {
        await using var lab = await AssessLab.Open(store);
        NewFinding Said(string item, Id<Agency> agency, string subject = "条目 306001/000001 的自设条件") => new(item, agency, subject, "申请方投诉提供方要求另签纸质协议");
        Refuses("assess.only-bureau", await lab.Findings.Open(Known.PoliceHead, Said("39-2", Known.Police.Id), default));
        Refuses("kernel.invalid-input", await lab.Findings.Open(Known.Reviewer, Said("43", Known.Police.Id), default));
        Refuses("kernel.invalid-input", await lab.Findings.Open(Known.Reviewer, Said("41-1", Known.Police.Id), default));
        Refuses("kernel.invalid-input", await lab.Findings.Open(Known.Reviewer, Said("39-2", Known.Company.Id), default));
        var opened = Good(await lab.Findings.Open(Known.Reviewer, Said("39-2", Known.Police.Id), default));
        Refuses("assess.same-finding", await lab.Findings.Open(AssessLab.Head, Said("39-2", Known.Police.Id), default));
        Good(await lab.Findings.Dismiss(AssessLab.Head, opened.Id, 1, "经核实系误解，条件已在目录中列明", default));

        var own = Good(await lab.Findings.Open(AssessLab.Auditor, Said("41-3", Known.Bureau.Id, "目录审核超期"), default));
        Assert.Null(await lab.Findings.Find(AssessLab.Head, own.Id, default));
        Assert.Null(await lab.Findings.Find(Known.Reviewer, own.Id, default));
        Good(await lab.Findings.Notify(AssessLab.Auditor, own.Id, 1, "请说明超期原因并完成审核", null, false, default));
        Assert.Equal([FindingStep.Rectify], (await lab.Findings.Find(AssessLab.Head, own.Id, default))!.Possible);
        Refuses("assess.not-yours", await lab.Findings.Dismiss(AssessLab.Head, own.Id, 2, "自己的问题自己不予认定", default));
        Good(await lab.Findings.Rectify(AssessLab.Head, own.Id, 2, "已完成审核并公布", default));
        Good(await lab.Findings.Close(AssessLab.Auditor, own.Id, 3, "核对审核记录，同意销号", default));
        Assert.Single((await lab.Findings.List(AssessLab.Auditor, false, Known.Bureau.Id, null, 10, default)).Items);
        Assert.Equal(2, (await lab.Findings.List(AssessLab.Auditor, null, null, null, 10, default)).Items.Count);
        Assert.Empty((await lab.Findings.List(Known.Citizen, null, null, null, 10, default)).Items);
    }

    [Theory, EveryStore]
    public async Task Calls_beyond_the_right_that_come_again_after_the_rectification_keep_it_open(Store store)
    {
        await using var lab = await AssessLab.Open(store);
        var grant = (await lab.Share.Consented()).Grant!.Value;
        await lab.Called(grant, "gateway.refused", "gateway.other-matter", times: 2);
        Assert.Equal(0, await lab.Findings.Run(default));
        await lab.Called(grant, "gateway.refused", "gateway.grant-fields");
        await lab.Called(grant, "gateway.refused", "gateway.no-data", times: 3);
        Assert.Equal(1, await lab.Findings.Run(default));
        var found = (await lab.Findings.List(AssessLab.Head, true, null, null, 10, default)).Items.Single();
        Assert.Equal(("outside-right", "40-2", Known.Civil.Id, "3"), (found.Detector, found.Item, found.Agency, found.Args[2]));
        await lab.Noticed(found.Id);
        Good(await lab.Findings.Rectify(Known.CivilHead, found.Id, 2, "已修正系统中的事项编码", default));
        lab.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True(Good(await lab.Findings.Recheck(Known.Reviewer, found.Id, 3, default)).IsClean);
        await lab.Called(grant, "gateway.refused", "gateway.other-matter");
        Refuses("assess.still-standing", await lab.Findings.Close(AssessLab.Head, found.Id, null, "复核通过，同意销号", default));
    }

    [Theory, EveryStore]
    public async Task A_leak_is_found_at_the_side_that_answers_for_it(Store store)
    {
        await using var lab = await AssessLab.Open(store);
        var security = AssessLab.Head with { Roles = new HashSet<Role> { Role.SecurityAdmin, Role.BureauHead } };
        var now = lab.Clock.GetUtcNow();
        var incident = Good(await lab.Incidents.OpenByHand(security, new Tongxiang.Watch.HandOpening("人口信息外泄", ["population"], now, now, Agency: Known.Civil.Id), default));
        Assert.Equal(0, await lab.Findings.Run(default));
        Good(await lab.Incidents.Judge(security, incident.Id, null, new Tongxiang.Watch.LevelFacts(Persons: 1200, PersonalData: true), Tongxiang.Watch.IncidentLevel.General, "属于一般事件，影响范围有限", default));
        Assert.Equal(1, await lab.Findings.Run(default));
        var found = (await lab.Findings.List(AssessLab.Head, true, null, null, 10, default)).Items.Single();
        Assert.Equal(("leak", "42", Known.Civil.Id), (found.Detector, found.Item, found.Agency));
    }
}
