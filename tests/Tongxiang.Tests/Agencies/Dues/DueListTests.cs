using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Feedback;
using Tongxiang.Kernel;
using Tongxiang.Portal.Dues;
using Tongxiang.Share;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Feedback;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using Tongxiang.Tests.Watch;
using Tongxiang.Watch;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Agencies;

public sealed class DueListTests
{
    // Thursday, nine in the morning.
    private static readonly DateTimeOffset Now = Facts.At("2026-02-12");

    [Theory]
    [InlineData("2026-02-11T23:59", DueGroup.Overdue)]
    [InlineData("2026-02-12T08:59", DueGroup.Overdue)]
    [InlineData("2026-02-12T09:00", DueGroup.Today)]
    [InlineData("2026-02-12T23:59", DueGroup.Today)]
    [InlineData("2026-02-13T00:00", DueGroup.ThisWeek)]
    [InlineData("2026-02-15T23:59", DueGroup.ThisWeek)]
    [InlineData("2026-02-16T00:00", DueGroup.Later)]
    [InlineData(null, DueGroup.Undated)]
    public void What_is_due_is_grouped_as_people_plan(string? due, DueGroup group) =>
        Assert.Equal(group, DueRules.GroupOf(due is null ? null : DateTimeOffset.Parse(due + "+08:00", System.Globalization.CultureInfo.InvariantCulture), Now));

    [Fact]
    public void On_a_Sunday_the_week_is_over() =>
        Assert.Equal((DueGroup.Today, DueGroup.Later), (DueRules.GroupOf(Facts.At("2026-02-15").AddHours(3), Facts.At("2026-02-15")), DueRules.GroupOf(Facts.At("2026-02-16"), Facts.At("2026-02-15"))));

    [Theory]
    [InlineData("政务数据共享条例（国务院令第809号）", "21", "政务数据共享条例（国务院令第809号）第21条", "Regulation on Sharing Government Data (State Council Order 809) art. 21")]
    [InlineData("国家网络安全事件报告管理办法", "附件", "国家网络安全事件报告管理办法附件", "国家网络安全事件报告管理办法 附件")]
    [InlineData("本地口径（未核实）", "", "本地口径（未核实）", "本地口径（未核实）")]
    public void An_article_is_named_in_words(string source, string article, string zh, string en)
    {
        var rule = new Rule("X", source, article, 1, RuleUnit.WorkingDay, new DateOnly(2020, 1, 1), null, RulePack.Nation, RuleGrade.A);
        Assert.Equal((zh, en), (DueRules.Article(rule, Texts.Chinese), DueRules.Article(rule, Texts.English)));
    }

    [Theory, EveryStore]
    public async Task Applications_and_demands_wait_in_one_list_the_most_urgent_first(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var share = lab.Share;
        var sent = await share.Sent();
        var demand = await lab.Accepted(what: "停车场空余泊位");
        var asked = await lab.Filed(Facts.CivilSteward, "路灯位置");
        var dues = List(share, lab);
        var police = await dues.Of(Facts.PoliceSteward, DueScope.Own, default);
        Assert.Equal([(sent.Number, "due.todo.reply", "DL-04", new DateOnly(2026, 3, 4)), (demand.Number, "due.todo.claim-demand", "DEMAND-01", new DateOnly(2026, 3, 11))],
            police.Select(d => (d.Item.Number, d.Item.Todo.Key, d.Rule!.Id, d.Day!.Value)));
        Assert.Equal(("2026-02-12 收到申请起算，答复有条件共享申请，时限 10 个工作日", 10, DueGroup.Later), (DueRules.Why(police[0], Texts.Chinese), police[0].DaysLeft!.Value, police[0].Group));
        Assert.True(police[1].Rule!.IsUnverified);
        Assert.Equal($"/desk/demands/{demand.Number}#act", police[1].Item.Link);

        var bureau = await dues.Of(Facts.Reviewer, DueScope.Own, default);
        Assert.Equal([(asked.Number, "due.todo.accept-demand")], bureau.Select(d => (d.Item.Number, d.Item.Todo.Key)));
        var overseen = await dues.Of(Facts.Reviewer, DueScope.Overseen, default);
        Assert.Equal([asked.Number, sent.Number, demand.Number], overseen.Select(d => d.Item.Number));
        Assert.Equal(Facts.Police.Id, overseen[1].Item.Agency);

        // Nobody sees another department's work.
        Assert.Empty(await dues.Of(Facts.HealthSteward, DueScope.Own, default));
        Assert.Empty(await dues.Of(Facts.PoliceHead, DueScope.Overseen, default));
        Assert.Empty(await dues.Of(Caller.Anonymous, DueScope.Own, default));
        Assert.Empty(await dues.Of(Facts.PoliceSteward with { Client = Id<Client>.New(share.Clock) }, DueScope.Own, default));

        share.SetDay("2026-03-05");
        Assert.Equal((DueGroup.Overdue, -1), (await dues.Of(Facts.PoliceSteward, DueScope.Own, default))[0] is var late ? (late.Group, late.DaysLeft!.Value) : default);
    }

    [Theory, EveryStore]
    public async Task Extensions_deliveries_disposals_and_confirmations_lead_to_whoever_must_act(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var share = lab.Share;
        var sent = await share.Sent();
        Good(await share.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 5, "数据量大", default));
        var dues = List(share, lab);
        Assert.Equal("due.todo.decide-extension", Assert.Single(await dues.Of(Facts.Reviewer, DueScope.Own, default)).Item.Todo.Key);
        Assert.Equal(Facts.Bureau.Id, Assert.Single(await dues.Of(Facts.Reviewer, DueScope.Overseen, default)).Item.Agency);
        Good(await share.Applications.DenyExtension(Facts.Reviewer, sent.Id, null, "理由不充分", default));
        Good(await share.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Consent(), default));
        Assert.Equal("due.todo.sign-reply", Assert.Single(await dues.Of(Facts.PoliceHead, DueScope.Own, default)).Item.Todo.Key);
        var consented = Good(await share.Applications.Sign(Facts.PoliceHead, sent.Id, null, default));
        var deliver = Assert.Single(await dues.Of(Facts.PoliceSteward, DueScope.Own, default));
        Assert.Equal(("due.todo.deliver", "DL-05", "due.began.consented"), (deliver.Item.Todo.Key, deliver.Rule!.Id, deliver.Item.Began.Key));
        Good(await share.Applications.End(Facts.CivilSteward, consented.Id, null, EndGround.NoLongerNeeded, "业务调整", null, default));
        var dispose = Assert.Single(await dues.Of(Facts.CivilSteward, DueScope.Own, default));
        Assert.Equal(("due.todo.dispose", DueGroup.Undated, Law.Order809(27)), (dispose.Item.Todo.Key, dispose.Group, dispose.Item.Article));
        var attached = await lab.Attached(Facts.CivilSteward);
        Assert.Contains(await dues.Of(Facts.CivilSteward, DueScope.Own, default), d => d.Item.Number == attached.Number && d.Item.Todo.Key == "due.todo.confirm-demand" && d.Rule!.Id == "DEMAND-03");
    }

    [Theory, EveryStore]
    public async Task Error_reports_are_due_for_the_provider_and_overseen_by_its_bureau(Store store)
    {
        await using var lab = await FeedbackLab.Open(store);
        var filed = Good(await lab.Reports.File(Caller.Anonymous, lab.Entry.Id, 1, FeedbackLab.Said(), default));
        EntrySource entries = (id, _) => ValueTask.FromResult(id == lab.Entry.Id ? lab.Entry : null);
        var directory = new Tongxiang.Agencies.Directory(lab.Db);
        await directory.Refresh(default);
        foreach (var (caller, scope) in new[] { (Facts.PoliceSteward, DueScope.Own), (Facts.Reviewer, DueScope.Overseen) })
        {
            var due = Assert.Single(await ReportDues.Of(lab.Reports, directory, entries, caller, scope, default));
            Assert.Equal((filed.Number, "FEEDBACK-01", $"/desk/reports/{filed.Id}#form", Facts.Police.Id), (due.Number, due.Rule, due.Link, due.Agency!.Value));
        }
        Assert.Empty(await ReportDues.Of(lab.Reports, directory, entries, Facts.HealthSteward, DueScope.Own, default));
        Assert.Empty(await ReportDues.Of(lab.Reports, directory, entries, Facts.PoliceSteward, DueScope.Overseen, default));
    }

    [Theory, EveryStore]
    public async Task Corrections_objections_and_disputes_are_due_for_whoever_has_the_next_step(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        EntrySource entries = (id, _) => ValueTask.FromResult(id == lab.Lab.Entry.Id ? lab.Lab.Entry : null);
        Task<IReadOnlyList<DueItem>> Corrections(Caller caller, DueScope scope) => RemedyDues.OfCorrections(lab.Corrections, entries, caller, scope, default);
        var asked = await lab.Reported(await lab.Granted());
        foreach (var (caller, scope) in new[] { (Facts.PoliceSteward, DueScope.Own), (Facts.PoliceHead, DueScope.Own), (Facts.Reviewer, DueScope.Overseen) })
        {
            var due = Assert.Single(await Corrections(caller, scope));
            Assert.Equal((asked.Number, "DL-06", asked.DueAt, $"/desk/corrections/{asked.Id}#form"), (due.Number, due.Rule, due.DueAt!.Value, due.Link));
        }
        foreach (var (caller, scope) in new[] { (Facts.CivilSteward, DueScope.Own), (Facts.HealthSteward, DueScope.Own), (Facts.PoliceSteward, DueScope.Overseen), (Facts.Citizen, DueScope.Own) }) Assert.Empty(await Corrections(caller, scope));

        var objection = Good(await lab.Objections.File(Facts.Citizen, new NewObjection(ObjectionAbout.OwnData, Facts.Police.Id, null, "", "登记的住址已经变更，仍显示旧址。", ""), default));
        var answer = Assert.Single(await RemedyDues.OfObjections(lab.Objections, entries, Facts.PoliceSteward, DueScope.Own, default));
        Assert.Equal((objection.Number, objection.Rule, objection.DueAt), (answer.Number, answer.Rule, answer.DueAt!.Value));
        Assert.Empty(await RemedyDues.OfObjections(lab.Objections, entries, Facts.Citizen, DueScope.Own, default));

        Task<IReadOnlyList<DueItem>> Disputes(Caller caller, DueScope scope) => RemedyDues.OfDisputes(lab.Disputes, caller, scope, default);
        var dispute = Good(await lab.Disputes.Open(Facts.CivilHead, new NewDispute(Facts.Police.Id, DisputeAbout.Refusal, null, "", "低保核对所需户籍数据", "我厅依职责需要核对户籍，对方以内部规定为由不同意。"), default));
        Assert.Equal(("due.todo.negotiate", null, "DL-08"), Assert.Single(await Disputes(Facts.PoliceHead, DueScope.Own)) is var talk ? (talk.Todo.Key, talk.DueAt, talk.Rule) : default);
        Assert.Empty(await Disputes(Facts.PoliceSteward, DueScope.Own));
        Assert.Empty(await Disputes(Facts.Reviewer, DueScope.Own));
        dispute = Good(await lab.Disputes.Take(Facts.PoliceHead, dispute.Id, DisputeStep.Offer, dispute.Revision, "提供姓名和户籍地，不提供婚姻状况", null, null, default));
        // The offer waits for the other side.
        Assert.Empty(await Disputes(Facts.PoliceHead, DueScope.Own));
        Assert.Single(await Disputes(Facts.CivilHead, DueScope.Own));
        Good(await lab.Disputes.Take(Facts.CivilHead, dispute.Id, DisputeStep.Escalate, dispute.Revision, "两次协商未能一致", null, null, default));
        Assert.Equal("due.todo.coordinate", Assert.Single(await Disputes(Facts.Reviewer, DueScope.Own)).Todo.Key);
        Assert.Empty(await Disputes(Facts.CivilHead, DueScope.Own));
    }

    [Theory, EveryStore]
    public async Task A_change_of_law_is_due_for_the_department_and_its_extension_for_the_bureau(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Publish(Samples.Open());
        var duty = (await lab.Duties.Report(lab.Steward, entry.Id, new DateTimeOffset(2026, 4, 28, 10, 0, 0, TimeSpan.FromHours(8)), "线路管理办法修订", default)).Value;
        var due = Assert.Single(await DutyDues.Of(lab.Duties, lab.Entries, lab.Steward, DueScope.Own, default));
        Assert.Equal(("due.todo.update-entry", "DL-01", new DateOnly(2026, 5, 14)), (due.Todo.Key, due.Rule, WorkCalendar.Day(due.DueAt!.Value)));
        Assert.Empty(await DutyDues.Of(lab.Duties, lab.Entries, lab.Reviewer, DueScope.Own, default));
        Assert.Empty(await DutyDues.Of(lab.Duties, lab.Entries, lab.Stranger, DueScope.Own, default));
        Good(await lab.Duties.AskExtension(lab.Steward, duty.Id, "系统改造未完成", default));
        Assert.Equal("due.todo.decide-update-extension", Assert.Single(await DutyDues.Of(lab.Duties, lab.Entries, lab.Reviewer, DueScope.Own, default)).Todo.Key);
        Assert.Equal(2, (await DutyDues.Of(lab.Duties, lab.Entries, lab.Reviewer, DueScope.Overseen, default)).Count);
    }

    [Theory, EveryStore]
    public async Task Clocks_and_tasks_of_an_incident_are_due_for_whoever_handles_it_and_a_drill_is_not(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        await lab.Opened(drill: true);
        Assert.Empty(await IncidentDues.Of(lab.Incidents, IncidentLab.Security, DueScope.Own, default));
        var opened = await lab.Opened();
        var items = await IncidentDues.Of(lab.Incidents, IncidentLab.Security, DueScope.Own, default);
        var report = Assert.Single(items, i => i.Rule == "IR-5");
        Assert.Equal(("due.todo.incident-report", opened.AwareAt.AddHours(4), true), (report.Todo.Key, report.DueAt!.Value, report.IsProvisional));
        Assert.False(DueRules.IsWholeDay(report.DueAt.Value));
        Assert.Contains(items, i => i.Todo.Key == "due.todo.incident-task");
        Assert.All(items, i => Assert.True(Texts.Parts.Has(i.Todo.Key) && Texts.Parts.Has(i.Began.Key)));
        Assert.Empty(await IncidentDues.Of(lab.Incidents, Facts.HealthSteward, DueScope.Own, default));
        Assert.Equal(items.Count, items.Select(i => i.Key).Distinct().Count());
    }

    [Fact]
    public void A_month_has_whole_weeks_and_knows_its_days_off()
    {
        var due = new Due(new DueItem("k", new TextKey("due.todo.reply"), "GX1", "人口", null, null, new TextKey("due.began.received"), Now, WorkCalendar.EndOf(new DateOnly(2026, 2, 14)), false, null, "/desk"), null, 1, DueGroup.ThisWeek);
        var month = DueMonth.Of(new DateOnly(2026, 2, 1), [due], Facts.Calendar, new DateOnly(2026, 2, 12));
        Assert.Equal((5, new DateOnly(2026, 1, 26), new DateOnly(2026, 3, 1)), (month.Weeks.Count, month.Weeks[0][0].Day, month.Weeks[^1][^1].Day));
        var days = month.Weeks.SelectMany(w => w).ToDictionary(d => d.Day);
        Assert.Equal((true, false, true), (days[new(2026, 2, 14)].IsWorking, days[new(2026, 2, 16)].IsWorking, days[new(2026, 2, 12)].IsToday));
        Assert.Single(days[new(2026, 2, 14)].Items);
        Assert.False(days[new(2026, 1, 26)].IsInside);
        Assert.Equal(new DateOnly(2026, 3, 1), DueMonth.Asked("2026-03", new DateOnly(2026, 2, 12)));
        foreach (var bad in new[] { "", "2026-13", "9999-12", "0001-01", "x", "2026-3" }) Assert.Equal(new DateOnly(2026, 2, 1), DueMonth.Asked(bad, new DateOnly(2026, 2, 12)));
    }

    private static DueList List(ShareLab share, DemandLab lab)
    {
        EntrySource entries = (id, _) => ValueTask.FromResult(id == share.Entry.Id ? share.Entry : null);
        return new DueList(
            [
                new DueSource("applications", (caller, scope, ct) => ApplicationDues.Of(share.Applications, share.Inbox, entries, caller, scope, ct)),
                new DueSource("demands", (caller, scope, ct) => DemandDues.Of(lab.Demands, caller, scope, ct)),
                new DueSource("nothing", (_, _, _) => Task.FromResult<IReadOnlyList<DueItem>>([])),
            ],
            share.Rules, new Deadlines(share.Rules, share.Calendar), share.Clock);
    }
}
