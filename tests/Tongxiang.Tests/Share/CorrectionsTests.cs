using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

public sealed class CorrectionsTests
{
    [Theory, EveryStore]
    public async Task A_request_of_17_June_is_due_on_2_July_is_answered_and_told_to_every_other_user_of_that_record(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        var grant = await lab.Granted();
        await lab.Shown(Facts.Health, RemedyLab.Known);
        await lab.Shown(Facts.Civil, RemedyLab.Known);
        await lab.Shown(Facts.Company, "290102198001010020");
        var made = await lab.Reported(grant, RemedyLab.Known, "name");
        Assert.Equal((new DateOnly(2026, 7, 2), false, "JH20260617-0001"), (WorkCalendar.Day(made.DueAt), made.DueIsProvisional, made.Number));
        Assert.Equal(["police SharingOfficeHead", "police Steward"], (await lab.Lab.Told()).Where(t => t.Kind == NoticeKind.CorrectionReported).Select(t => t.To).Order());

        var extend = await lab.Corrections.Extend(Facts.PoliceHead, made.Id, default);
        Assert.Equal(("share.correction-no-extension", 409), (extend.Code, extend.Status));
        Assert.Contains("第二十六条", extend.Article, StringComparison.Ordinal);
        Assert.Equal(404, (await lab.Corrections.Extend(Facts.HealthSteward, made.Id, default)).Status);

        var taken = Good(await lab.Corrections.TakeUp(Facts.PoliceSteward, made.Id, made.Revision, "", default));
        lab.Version = 2;
        Refuses("kernel.invalid-input", await lab.Corrections.Correct(Facts.PoliceSteward, made.Id, taken.Revision, "已按户口簿更正", 3, default));
        var corrected = Good(await lab.Corrections.Correct(Facts.PoliceSteward, made.Id, taken.Revision, "已按户口簿更正", 2, default));
        Assert.Equal((CorrectionState.Corrected, 1L, 1L), (corrected.State, corrected.Told, corrected.StaleThrough!.Value));
        // The company was shown another record and hears nothing.
        var told = await lab.Lab.Told();
        Assert.Equal(["health Steward"], told.Where(t => t.Kind == NoticeKind.CorrectionMade).Select(t => t.To));
        Assert.Equal(["civil-steward"], told.Where(t => t.Kind == NoticeKind.CorrectionResult).Select(t => t.To));
        var view = (await lab.Corrections.Find(Facts.CivilSteward, made.Id, default))!;
        Assert.Equal(["", "", "已按户口簿更正"], view.Steps.Select(s => s.Words ?? ""));
        Assert.Equal((RemedyLab.Known, "张叁"), (view.Key["id_number"], view.Proposed));
        Assert.Equal([Facts.Health.Id], (await lab.Corrections.Find(Facts.PoliceHead, made.Id, default))!.Told);
        Refuses("share.correction-closed", await lab.Corrections.FindCorrect(Facts.PoliceSteward, made.Id, null, "核实无误，档案一致", default));
        // The look into the journal stands on record, and nothing of the record does.
        var evidence = string.Join('\n', await lab.Lab.Evidenced());
        Assert.Contains("share.correction-corrected", evidence, StringComparison.Ordinal);
        Assert.DoesNotContain(RemedyLab.Known, evidence);
    }

    [Theory, EveryStore]
    public async Task Each_side_reads_its_part_and_for_others_it_does_not_exist(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        var grant = await lab.Granted();
        await lab.Shown(Facts.Health, RemedyLab.Known);
        var made = await lab.Reported(grant, RemedyLab.Known, "name");
        foreach (var stranger in new[] { Facts.HealthSteward, Facts.CompanyPerson, Facts.Citizen, Caller.Anonymous })
        {
            Assert.Null(await lab.Corrections.Find(stranger, made.Id, default));
            Assert.Equal(404, (await lab.Corrections.Correct(stranger, made.Id, null, "我来更正一下", null, default)).Refusal!.Status);
        }
        var bureau = (await lab.Corrections.Find(Facts.Reviewer, made.Id, default))!;
        Assert.Equal((CorrectionSide.Bureau, 0, (string?)null), (bureau.Side, bureau.Key.Count, bureau.Wrong));
        Assert.Empty(bureau.Possible);
        Refuses("share.correction-not-yours", await lab.Corrections.Correct(Facts.Reviewer, made.Id, null, "由主管部门更正", null, default));
        Refuses("share.correction-not-yours", await lab.Corrections.Correct(Facts.CivilSteward, made.Id, null, "自己更正自己", null, default));
        Refuses("share.correction-not-yours", await lab.Corrections.Withdraw(Facts.PoliceHead, made.Id, null, "替对方撤回", default));
        Assert.Single((await lab.Corrections.Reported(Facts.CivilSteward, null, 50, default)).Items);
        Assert.Single((await lab.Corrections.Received(Facts.PoliceSteward, null, 50, default)).Items);
        Assert.Single((await lab.Corrections.Overseen(Facts.Reviewer, false, null, 50, default)).Items);
        Assert.Empty((await lab.Corrections.Overseen(Facts.Reviewer, true, null, 50, default)).Items);
        Assert.Empty((await lab.Corrections.Overseen(Facts.PoliceHead, false, null, 50, default)).Items);
        Assert.Empty((await lab.Corrections.ToldOf(Facts.HealthSteward, null, 50, default)).Items);
        Assert.Equal((1L, 0L), (await lab.Corrections.Waiting(Facts.PoliceSteward, default), await lab.Corrections.Waiting(Facts.CivilSteward, default)));

        Good(await lab.Corrections.FindCorrect(Facts.PoliceHead, made.Id, made.Revision, "与户籍底册一致，无需更正", default));
        // Whoever is told learns that there was one, and of the rest only what its own right gives: here nothing.
        var told = (await lab.Corrections.Find(Facts.HealthSteward, made.Id, default))!;
        Assert.Equal((CorrectionSide.Told, 0, 0, (string?)null, (Id<Agency>?)null), (told.Side, told.Key.Count, told.Correction.Fields.Count, told.Wrong, told.Correction.Consumer));
        Assert.Empty(told.Steps);
        Assert.Null(Assert.Single((await lab.Corrections.ToldOf(Facts.HealthSteward, null, 50, default)).Items).Consumer);
        Assert.Equal(["health Steward"], (await lab.Lab.Told()).Where(t => t.Kind == NoticeKind.CorrectionUnfounded).Select(t => t.To));
    }

    [Theory, EveryStore]
    public async Task What_cannot_be_reported_is_refused_field_by_field(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        var grant = await lab.Granted();
        var said = RemedyLab.Said(grant);
        // Not there and not the caller's to see are one answer.
        Refuses("share.correction-no-record", await lab.Corrections.Report(Facts.CivilSteward, RemedyLab.Said(grant, "110101199003070011"), default));
        Refuses("kernel.not-found", await lab.Corrections.Report(Facts.HealthSteward, said, default));
        Refuses("kernel.not-found", await lab.Corrections.Report(Facts.PoliceSteward, said, default));
        Refuses("kernel.not-found", await lab.Corrections.Report(Facts.CivilSteward, said with { Grant = Id<Grant>.New(lab.Lab.Clock) }, default));
        Refuses("share.correction-only-departments", await lab.Corrections.Report(Facts.CompanyPerson, said, default));
        Refuses("share.sign-in", await lab.Corrections.Report(Caller.Anonymous, said, default));
        Refuses("share.correction-only-users", await lab.Corrections.Report(Facts.CivilSteward with { Roles = new HashSet<Role> { Role.SystemAdmin } }, said, default));
        foreach (var (bad, field) in new[]
        {
            (said with { Key = new Dictionary<string, string>(), Fields = [] }, "fields"), (said with { Fields = ["case_note"] }, "fields"), (said with { Fields = ["name", "x' or 1=1"] }, "fields"),
            (said with { Key = new Dictionary<string, string> { ["name"] = "张三" } }, "key"), (said with { Key = new Dictionary<string, string> { ["id_number"] = "" } }, "key.id_number"), (said with { Wrong = "错" }, "wrong"),
            (said with { Wrong = "看起来没有问题\u202e但是有" }, "wrong"), (said with { Proof = "\ud800 半个字符" }, "proof"), (said with { Proposed = new string('长', 1001) }, "proposed"),
        }) Assert.Equal(field, (await lab.Corrections.Report(Facts.CivilSteward, bad, default)).Refusal!.Fields[0].Field);
        // Hostile words stay words.
        var made = Good(await lab.Corrections.Report(Facts.CivilSteward, said with { Wrong = "<script>alert(1)</script> '; drop table share_correction; --" }, default));
        Assert.StartsWith("<script>", (await lab.Corrections.Find(Facts.PoliceSteward, made.Id, default))!.Wrong, StringComparison.Ordinal);
        // The same again is the same.
        Assert.Equal(made.Id, (await lab.Reported(grant)).Id);
        Good(await lab.Lab.Applications.End(Facts.CivilSteward, grant.Application!.Value, null, EndGround.NoLongerNeeded, "业务调整", null, default));
        Refuses("share.correction-grant-ended", await lab.Corrections.Report(Facts.CivilSteward, said, default));
    }

    [Theory, EveryStore]
    public async Task A_flood_stops_at_its_quota_and_goes_on_when_some_are_closed(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        var grant = await lab.Granted();
        foreach (var i in Enumerable.Range(0, CorrectionRules.MostOpen))
        {
            lab.Records.Add($"R{i}");
            await lab.Reported(grant, $"R{i}");
        }
        lab.Records.Add("R-more");
        var refused = (await lab.Corrections.Report(Facts.CivilSteward, RemedyLab.Said(grant, "R-more"), default)).Refusal!;
        Assert.Equal(("share.correction-many-open", 429), (refused.Code, refused.Status));
        var page = await lab.Corrections.Reported(Facts.CivilHead, null, 20, default);
        Assert.Equal(20, page.Items.Count);
        Assert.Equal(20, (await lab.Corrections.Reported(Facts.CivilHead, page.Next, 20, default)).Items.Count);
        Good(await lab.Corrections.Withdraw(Facts.CivilSteward, page.Items[0].Id, null, "已与对方核对一致", default));
        Good(await lab.Corrections.Report(Facts.CivilSteward, RemedyLab.Said(grant, "R-more"), default));
        Assert.Contains((NoticeKind.CorrectionWithdrawn, "police Steward"), await lab.Lab.Told());
    }

    [Theory, EveryStore]
    public async Task Of_two_who_decide_at_once_one_wins_and_the_other_sees_the_first(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        var made = await lab.Reported(await lab.Granted());
        var outcomes = await Task.WhenAll(
            Task.Run(() => lab.Corrections.Correct(Facts.PoliceSteward, made.Id, made.Revision, "已按户口簿更正", null, default)),
            Task.Run(() => lab.Corrections.FindCorrect(Facts.PoliceOther, made.Id, made.Revision, "与底册一致，无需更正", default)));
        Assert.Single(outcomes, o => !o.IsRefused);
        Assert.Equal("share.correction-changed", Assert.Single(outcomes, o => o.IsRefused).Refusal!.Code);
        var stale = (await lab.Corrections.TakeUp(Facts.PoliceHead, made.Id, made.Revision, "", default)).Refusal!;
        Assert.Equal(("share.correction-changed", 409), (stale.Code, stale.Status));
        Assert.Equal(2, (await lab.Corrections.Find(Facts.PoliceHead, made.Id, default))!.Steps.Count);
    }

    [Theory, EveryStore]
    public async Task Where_no_journal_names_anybody_every_holder_of_a_right_is_told(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        var grant = await lab.Granted();
        var company = await lab.Lab.SentForOpening();
        Good(await lab.Lab.Applications.ProposeReply(Facts.PoliceSteward, company.Id, null, Facts.Consent(), default));
        Good(await lab.Lab.Applications.Sign(Facts.PoliceHead, company.Id, null, default));
        var made = await lab.Reported(grant, null, "name");
        Assert.False(made.IsRecord);
        Assert.Equal(1, Good(await lab.Corrections.Correct(Facts.PoliceHead, made.Id, null, "字段映射已改正", null, default)).Told);
        Assert.Contains((NoticeKind.CorrectionMade, "company CompanyUser"), await lab.Lab.Told());
    }

    [Theory, EveryStore]
    public async Task The_mark_stands_while_it_is_open_and_in_versions_that_stay_wrong(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        var grant = await lab.Granted();
        Assert.Null(lab.Marks.Now.Find(lab.Lab.Entry.Id));
        var made = await lab.Reported(grant, RemedyLab.Known, "name");
        var general = await lab.Reported(grant, null, "id_number");
        var marked = lab.Marks.Now.Find(lab.Lab.Entry.Id)!;
        Assert.True(Assert.Single(marked.Of([RemedyLab.Known])).Fields.SetEquals(["name"]));
        Assert.Empty(marked.Of(["290102198001010020"]));
        Assert.Single(marked.General);
        // Another copy of the node follows; one with another key knows nobody.
        using var other = new CorrectionMarks(lab.Lab.Db, new NodeKey(new byte[32]));
        await other.Follow(default);
        Assert.Empty(other.Now.Find(lab.Lab.Entry.Id)!.Of([RemedyLab.Known]));
        Good(await lab.Corrections.Withdraw(Facts.CivilHead, general.Id, null, "重复提出，撤回", default));
        Good(await lab.Corrections.Correct(Facts.PoliceHead, made.Id, null, "源头已更正，随下一版本更新", null, default));
        marked = lab.Marks.Now.Find(lab.Lab.Entry.Id)!;
        Assert.Empty(marked.General);
        var mark = Assert.Single(marked.Of([RemedyLab.Known]));
        Assert.Equal((true, true, false), (mark.IsCorrected, mark.Marks(1), mark.Marks(2)));
        lab.Lab.Clock.Advance(TimeSpan.FromDays(366));
        await lab.Watch.Run(default);
        await lab.Marks.Follow(default);
        Assert.Null(lab.Marks.Now.Find(lab.Lab.Entry.Id));
        // Found correct leaves no mark at all.
        var next = await lab.Reported(grant, RemedyLab.Known, "name");
        Good(await lab.Corrections.FindCorrect(Facts.PoliceHead, next.Id, null, "与底册一致，无需更正", default));
        Assert.Null(lab.Marks.Now.Find(lab.Lab.Entry.Id));
    }

    [Theory, EveryStore]
    public async Task The_clock_tells_at_half_four_fifths_and_the_end_once_each(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        var made = await lab.Reported(await lab.Granted());
        foreach (var day in new[] { "2026-06-25", "2026-06-25", "2026-07-01", "2026-07-03", "2026-07-06" })
        {
            lab.Lab.SetDay(day);
            lab.Lab.Clock.Advance(TimeSpan.FromHours(10));
            await lab.Watch.Run(default);
        }
        var told = await lab.Lab.Told();
        Assert.Equal(["police Steward"], told.Where(t => t.Kind == NoticeKind.CorrectionHalfTime).Select(t => t.To));
        Assert.Equal(["police SharingOfficeHead", "police Steward"], told.Where(t => t.Kind == NoticeKind.CorrectionFourFifths).Select(t => t.To).Order());
        Assert.Equal(["bureau BureauReviewer", "civil-steward", "police SharingOfficeHead", "police Steward"], told.Where(t => t.Kind == NoticeKind.CorrectionOverdue).Select(t => t.To).Order());
        Assert.Equal([made.Id], (await lab.Corrections.Overseen(Facts.Reviewer, true, null, 50, default)).Items.Select(c => c.Id));
    }

    [Theory, EveryStore]
    public async Task Across_a_year_without_its_notice_the_day_is_provisional_and_becomes_final(Store store)
    {
        await using var lab = await RemedyLab.Open(store, "2026-12-28");
        var made = await lab.Reported(await lab.Granted());
        Assert.True(made.DueIsProvisional);
        await lab.Watch.Run(default);
        Assert.True((await lab.Corrections.Find(Facts.PoliceHead, made.Id, default))!.Correction.DueIsProvisional);
        Good(await lab.Lab.Calendar.Load(Caller.Platform, new CalendarYear(2027, "国务院办公厅通知", RuleGrade.A, ["2027-01-01/2027-01-03"], ["2027-01-09"]), default));
        await lab.Watch.Run(default);
        var now = (await lab.Corrections.Find(Facts.PoliceHead, made.Id, default))!.Correction;
        Assert.Equal((new DateOnly(2027, 1, 11), false), (WorkCalendar.Day(now.DueAt), now.DueIsProvisional));
    }
}
