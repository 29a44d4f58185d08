using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using Tongxiang.Watch;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Watch;

public sealed class IncidentsTests
{
    private const string Grounds = "涉及人数低于一百万，未见重要数据外泄。";

    [Theory, EveryStore]
    public async Task An_incident_runs_from_the_trip_to_the_closing(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        await lab.Called(30);
        var id = await lab.Tripped("trip-1", cutAt: lab.Clock.GetUtcNow());
        Assert.Equal(id, await lab.Tripped("trip-1"));
        lab.Clock.Advance(TimeSpan.FromMinutes(3));
        await lab.Watch.Run(default);
        Assert.NotNull((await lab.View(id)).Incident.Figures);

        Good(await lab.Incidents.Acknowledge(IncidentLab.Security, id, 1, default));
        Assert.Equal(IncidentClockState.Met, (await lab.ClockOf(id, "IR-13"))!.State);
        Refuses("watch.changed", await lab.Incidents.Contain(IncidentLab.Security, id, 1, "已切断该客户端", default));
        Good(await lab.Incidents.Contain(IncidentLab.Security, id, 2, "已切断该客户端", default));
        Refuses("kernel.invalid-input", await lab.Incidents.Judge(IncidentLab.Head, id, null, new LevelFacts(PersonalData: true), IncidentLevel.Larger, "", default));
        Good(await lab.Incidents.Judge(IncidentLab.Head, id, null, new LevelFacts(PersonalData: true, SuspectsCrime: true), IncidentLevel.Larger, "属于较大量个人信息外泄，构成较严重威胁。", default));
        Refuses("watch.report-open", await lab.Incidents.Report(IncidentLab.Head, id, null, default));

        await lab.Submitted(id, PaperKind.FirstReport);
        Assert.Equal(IncidentClockState.Met, (await lab.ClockOf(id, "IR-5"))!.State);
        Assert.True((await lab.ClockOf(id, "IR-7"))!.IsRunning);
        await lab.Submitted(id, PaperKind.PoliceReport);
        Good(await lab.Incidents.Report(IncidentLab.Head, id, null, default));
        Good(await lab.Incidents.Restore(IncidentLab.Head, id, null, "两人审批，已恢复该授权", false, default));
        Assert.True((await lab.ClockOf(id, "IR-8"))!.IsRunning);
        Refuses("watch.clock-open", await lab.Incidents.Close(IncidentLab.Head, id, null, default));
        foreach (var kind in new[] { PaperKind.FullReport, PaperKind.PersonNotice, PaperKind.Summary }) await lab.Submitted(id, kind);
        Refuses("watch.no-review", await lab.Incidents.Close(IncidentLab.Head, id, null, default));
        var measure = new IncidentMeasure("收紧该授权的每日行数", "公安厅", WorkCalendar.Day(lab.Clock.GetUtcNow()).AddDays(30));
        Good(await lab.Incidents.Review(IncidentLab.Head, id, null, "授权的每日行数过宽，未限定经办人。", "授权要按事项收紧", [measure], default));
        Refuses("watch.close-own", await lab.Incidents.Close(IncidentLab.Head, id, null, default));
        Refuses("watch.incident-side", await lab.Incidents.Close(IncidentLab.Security, id, null, default));
        var closed = Good(await lab.Incidents.Close(IncidentLab.OtherHead, id, null, default));
        Assert.Equal((IncidentStage.Closed, false), (closed.Stage, closed.IsOpen));

        var view = await lab.View(id);
        Assert.Empty(view.Possible);
        Assert.Equal(Enumerable.Range(1, view.Events.Count).Select(i => (long)i), view.Events.Select(e => e.Place));
        Assert.All(view.Events, e => Assert.True(Texts.Parts.Has("watch.event." + e.Kind), e.Kind));
        Assert.Equal(5, view.Submissions.Count);
        var evidence = string.Concat(await lab.Evidenced());
        foreach (var kind in new[] { "opened", "acknowledged", "contained", "judged", "submitted", "reported", "restored", "reviewed", "closed" }) Assert.Contains("watch.incident-" + kind, evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("授权的每日行数过宽", evidence, StringComparison.Ordinal);
        Assert.Contains(view.Submissions[0].Digest, evidence, StringComparison.Ordinal);
        Refuses("watch.closed", await lab.Incidents.Write(IncidentLab.Head, id, PaperKind.Summary, new Dictionary<string, string>(), default));
    }

    public static TheoryData<Store, OperatorType, IncidentLevel, string, double> Rows()
    {
        var rows = new TheoryData<Store, OperatorType, IncidentLevel, string, double>();
        foreach (var store in Cluster.Address is null ? [Store.Sqlite] : Enum.GetValues<Store>())
        {
            rows.Add(store, OperatorType.CriticalInfrastructure, IncidentLevel.Larger, "IR-1", 1);
            rows.Add(store, OperatorType.ProtectionDepartment, IncidentLevel.Major, "IR-2", 0.5);
            rows.Add(store, OperatorType.CentralOrgan, IncidentLevel.Larger, "IR-3", 2);
            rows.Add(store, OperatorType.CentralCyberspaceUnit, IncidentLevel.Major, "IR-4", 1);
            rows.Add(store, OperatorType.Other, IncidentLevel.Larger, "IR-5", 4);
            rows.Add(store, OperatorType.ProvincialCyberspaceOffice, IncidentLevel.Major, "IR-6", 1);
            rows.Add(store, OperatorType.Other, IncidentLevel.Larger, "IR-9", 24);
            rows.Add(store, OperatorType.Other, IncidentLevel.Larger, "IR-12", 24);
        }
        return rows;
    }

    [Theory, MemberData(nameof(Rows))]
    public async Task Every_row_with_a_number_runs_in_clock_hours_and_warns_three_times(Store store, OperatorType type, IncidentLevel level, string rule, double hours)
    {
        await using var lab = await IncidentLab.Open(store, new IncidentSettings { Operator = type });
        // Friday night before a holiday: the hours run on.
        lab.Clock.AdjustTime(new DateTimeOffset(2026, 9, 25, 22, 0, 0, TimeSpan.FromHours(8)));
        var opened = await lab.Opened();
        Good(await lab.Incidents.Judge(IncidentLab.Head, opened.Id, null, new LevelFacts(SuspectsCrime: true, Flaw: true), level, "按一般条款判断，构成较严重威胁。", default));
        var running = await lab.ClockOf(opened.Id, rule);
        Assert.Equal((opened.AwareAt.AddHours(hours), false), (running!.DueAt!.Value, running.IsProvisional));
        foreach (var (share, noticed) in new[] { (0.49, 0), (0.51, 1), (0.79, 1), (0.81, 2), (0.99, 2), (1.01, 3) })
        {
            lab.Clock.AdjustTime(opened.AwareAt.AddHours(hours * share));
            await lab.Watch.Run(default);
            await lab.Watch.Run(default);
            Assert.Equal((share, noticed), (share, (await lab.ClockOf(opened.Id, rule))!.Noticed));
        }
        Assert.True((await lab.ClockOf(opened.Id, rule))!.IsOverdue(lab.Clock.GetUtcNow()));
        var told = (await lab.Told()).Where(t => t.Kind == NoticeKind.IncidentOverdue).ToList();
        Assert.Contains((NoticeKind.IncidentOverdue, "bureau SecurityAdmin"), told);
        Assert.Contains((NoticeKind.IncidentOverdue, "bureau BureauHead"), told);
    }

    [Theory, EveryStore]
    public async Task Duties_without_a_number_run_without_an_end_until_they_are_answered(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        var opened = await lab.Opened();
        Good(await lab.Incidents.Judge(IncidentLab.Head, opened.Id, null, new LevelFacts(PersonalData: true, HarmsPersons: true), IncidentLevel.General, Grounds, default));
        foreach (var rule in new[] { "IR-10", "IR-11", "IR-11-PERSONS", "IR-13" }) Assert.Null((await lab.ClockOf(opened.Id, rule))!.DueAt);
        Assert.Equal(IncidentClockState.Lapsed, (await lab.ClockOf(opened.Id, "IR-5"))!.State);
        Refuses("watch.only-head", await lab.Incidents.SkipPersons(IncidentLab.Security, opened.Id, null, "数据已加密，无法被读取，不会造成危害。", default));
        Good(await lab.Incidents.SkipPersons(IncidentLab.Head, opened.Id, null, "数据在传输前已加密，接收方没有密钥，能够有效避免危害。", default));
        Assert.Equal(IncidentClockState.Met, (await lab.ClockOf(opened.Id, "IR-11-PERSONS"))!.State);
        Refuses("watch.no-clock", await lab.Incidents.SkipPersons(IncidentLab.Head, opened.Id, null, "数据在传输前已加密，接收方没有密钥，能够有效避免危害。", default));
        Assert.Contains("persons-skipped", (await lab.View(opened.Id)).Events.Select(e => e.Kind));
    }

    [Theory, EveryStore]
    public async Task The_summary_is_due_thirty_days_after_the_handling(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        var id = await Handled(lab);
        Assert.Equal(WorkCalendar.EndOf(WorkCalendar.Day(lab.Clock.GetUtcNow()).AddDays(30)), (await lab.ClockOf(id, "IR-8"))!.DueAt);
        lab.Clock.Advance(TimeSpan.FromDays(31));
        await lab.Watch.Run(default);
        Assert.Equal(3, (await lab.ClockOf(id, "IR-8"))!.Noticed);
    }

    [Theory, EveryStore]
    public async Task Another_level_or_time_moves_the_clocks_and_the_timeline_says_what_changed(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        var opened = await lab.Opened();
        Assert.True((await lab.ClockOf(opened.Id, "IR-5"))!.IsProvisional);
        Good(await lab.Incidents.Judge(IncidentLab.Head, opened.Id, null, new LevelFacts(), IncidentLevel.General, Grounds, default));
        Assert.Equal(IncidentClockState.Lapsed, (await lab.ClockOf(opened.Id, "IR-5"))!.State);
        lab.Clock.Advance(TimeSpan.FromMinutes(30));
        Good(await lab.Incidents.Judge(IncidentLab.Head, opened.Id, null, new LevelFacts(Persons: 1_200_000), IncidentLevel.Larger, "", default));
        Assert.Equal((opened.AwareAt.AddHours(4), true), ((await lab.ClockOf(opened.Id, "IR-5"))!.DueAt, (await lab.ClockOf(opened.Id, "IR-5"))!.IsRunning));

        var earlier = opened.AwareAt.AddHours(-1);
        Refuses("kernel.invalid-input", await lab.Incidents.CorrectTimes(IncidentLab.Head, opened.Id, null, earlier, earlier.AddMinutes(-5), "值班记录显示更早知悉", default));
        Refuses("watch.only-bureau", await lab.Incidents.CorrectTimes(Facts.PoliceHead, opened.Id, null, earlier, earlier, "值班记录显示更早知悉", default));
        Good(await lab.Incidents.CorrectTimes(IncidentLab.Head, opened.Id, null, earlier, earlier, "值班记录显示更早知悉此事", default));
        Assert.Equal(earlier.AddHours(4), (await lab.ClockOf(opened.Id, "IR-5"))!.DueAt);
        var moved = (await lab.View(opened.Id)).Events.Last(e => e.Kind == "clock-moved" && e.Args[0] == "IR-5");
        Assert.NotEqual(moved.Args[1], moved.Args[2]);
        Assert.Contains("→", IncidentSay.Event(moved, Texts.Parts, Texts.Chinese, _ => null), StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task Nobody_answers_and_the_ladder_is_climbed_until_somebody_does(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        var opened = await lab.Opened();
        Assert.Equal(["bureau SecurityAdmin", "police SharingOfficeHead"], (await lab.Told()).Where(t => t.Kind == NoticeKind.IncidentOpened).Select(t => t.To).Order());
        lab.Clock.Advance(TimeSpan.FromMinutes(9));
        await lab.Watch.Run(default);
        Assert.DoesNotContain(await lab.Told(), t => t.Kind == NoticeKind.IncidentUnacknowledged);
        lab.Clock.Advance(TimeSpan.FromMinutes(2));
        await lab.Watch.Run(default);
        await lab.Watch.Run(default);
        Assert.Equal(["bureau BureauHead"], (await lab.Told()).Where(t => t.Kind == NoticeKind.IncidentUnacknowledged).Select(t => t.To));
        lab.Clock.Advance(TimeSpan.FromMinutes(10));
        await lab.Watch.Run(default);
        Assert.Contains((NoticeKind.IncidentUnacknowledged, "police AgencyHead"), await lab.Told());
        Good(await lab.Incidents.Acknowledge(IncidentLab.Head, opened.Id, null, default));
        var told = (await lab.Told()).Count(t => t.Kind == NoticeKind.IncidentUnacknowledged);
        lab.Clock.Advance(TimeSpan.FromHours(3));
        await lab.Watch.Run(default);
        Assert.Equal(told, (await lab.Told()).Count(t => t.Kind == NoticeKind.IncidentUnacknowledged));
        Assert.Contains(await lab.Told(), t => t.Kind == NoticeKind.IncidentTaskLate);
        Assert.Contains((await lab.View(opened.Id)).Events, e => e.Kind == "escalated");
    }

    [Theory, EveryStore]
    public async Task A_drill_never_leaves_the_house_and_its_figures_stand_apart(Store store)
    {
        await using var lab = await IncidentLab.Open(store, notices: new NoticeSettings { SmtpHost = "smtp.invalid" });
        var drill = await lab.Opened(drill: true);
        Assert.StartsWith("YL-2026-", drill.Number, StringComparison.Ordinal);
        lab.Clock.Advance(TimeSpan.FromMinutes(30));
        await lab.Watch.Run(default);
        Assert.Equal(0, await lab.Db.One($"select count(*) from share_sending", r => r.GetInt64(0), default));
        Assert.NotEmpty(await lab.Told());
        await lab.Opened();
        Assert.NotEqual(0, await lab.Db.One($"select count(*) from share_sending", r => r.GetInt64(0), default));

        Good(await lab.Incidents.Acknowledge(IncidentLab.Security, drill.Id, null, default));
        Good(await lab.Incidents.Contain(IncidentLab.Security, drill.Id, null, "演练切断", default));
        Assert.Equal((1L, 1L), ((await lab.Incidents.Statistics(IncidentLab.Head, true, default)).Opened, (await lab.Incidents.Statistics(IncidentLab.Head, false, default)).Opened));
        Assert.Equal(30, (await lab.Incidents.Statistics(IncidentLab.Head, true, default)).MeanContainMinutes);
        Assert.Null((await lab.Incidents.Statistics(IncidentLab.Head, false, default)).MeanContainMinutes);
        Assert.Single((await lab.Incidents.List(IncidentLab.Head, drills: true, open: true, null, 10, default)).Items);
        Assert.Empty((await lab.Incidents.List(IncidentLab.Head, drills: true, open: false, null, 10, default)).Items);
        Refuses("watch.may-not-open", await lab.Incidents.OpenByHand(Facts.PoliceHead, lab.Said(drill: true), default));
    }

    [Theory, EveryStore]
    public async Task A_false_alarm_is_dismissed_with_grounds_and_its_clocks_lapse(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        var opened = await lab.Opened();
        Refuses("kernel.invalid-input", await lab.Incidents.Dismiss(IncidentLab.Security, opened.Id, null, "误", default));
        Refuses("watch.incident-side", await lab.Incidents.Dismiss(Facts.PoliceHead, opened.Id, null, "是每月批量核对", default));
        Good(await lab.Incidents.Dismiss(IncidentLab.Security, opened.Id, null, "是每月批量核对，已与使用部门核实", default));
        Assert.All((await lab.View(opened.Id)).Clocks, c => Assert.Equal(IncidentClockState.Lapsed, c.State));
        Good(await lab.Incidents.Review(IncidentLab.Security, opened.Id, null, "基线没有学到每月一次的批量核对。", "把批量核对写进授权", [], default));
        Good(await lab.Incidents.Close(IncidentLab.Head, opened.Id, null, default));
        Assert.Equal(1, (await lab.Incidents.Statistics(IncidentLab.Head, false, default)).FalseAlarms);
    }

    [Theory, EveryStore]
    public async Task Whoever_it_does_not_touch_finds_nothing_and_a_consumer_finds_no_more_than_that_it_is(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        var opened = await lab.Opened();
        await lab.Called(5);
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        Good(await lab.Incidents.Count(IncidentLab.Security, opened.Id, default));
        foreach (var stranger in new[] { Facts.HealthSteward, Facts.Citizen, Facts.CompanyPerson, Caller.Anonymous })
        {
            Assert.Null(await lab.Incidents.Find(stranger, opened.Id, default));
            Assert.Empty((await lab.Incidents.List(stranger, false, null, null, 10, default)).Items);
            Refuses("kernel.not-found", await lab.Incidents.Acknowledge(stranger, opened.Id, null, default));
            Refuses("kernel.not-found", await lab.Incidents.Note(stranger, opened.Id, "看一看", default));
            Assert.Null(await lab.Incidents.Paper(stranger, opened.Id, PaperKind.FirstReport, Texts.Chinese, default));
        }
        var provider = await lab.View(opened.Id, Facts.PoliceHead);
        Assert.True(provider.IsWhole);
        Assert.Equal([IncidentStep.Acknowledge], provider.Possible);
        var consumer = await lab.View(opened.Id, Facts.CivilHead);
        Assert.False(consumer.IsWhole);
        Assert.Empty(consumer.Possible);
        Assert.Empty(consumer.Incident.Figures!.Resources);
        Assert.Equal((0, 0), (consumer.Incident.Figures.Rows, consumer.Incident.Figures.Calls));
        Assert.All(consumer.Events, e => Assert.Equal(("", ""), (e.Note, e.ActorName)));
        Refuses("watch.incident-side", await lab.Incidents.Acknowledge(Facts.CivilHead, opened.Id, null, default));
        Refuses("watch.only-handlers", await lab.Incidents.Note(Facts.CivilHead, opened.Id, "无关", default));
        Refuses("watch.only-handlers", await lab.Incidents.Count(Facts.CivilHead, opened.Id, default));
        Assert.Equal(1, await lab.Incidents.Waiting(Facts.CivilHead, default));
    }

    [Theory, EveryStore]
    public async Task Tasks_are_added_and_done_by_whoever_may(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        var opened = await lab.Opened();
        var tasks = (await lab.View(opened.Id)).Tasks;
        Assert.Equal(Runbook.Shipped.Tasks.Count, tasks.Count);
        var own = tasks.First(t => t.Place == RungPlace.Provider && t.Role == Role.SharingOfficeHead);
        var bureaus = tasks.First(t => t.Place == RungPlace.Bureau);
        Refuses("watch.task-role", await lab.Incidents.Done(Facts.PoliceHead, opened.Id, bureaus.Id, "", default));
        Good(await lab.Incidents.Done(Facts.PoliceHead, opened.Id, own.Id, "已核对资源与字段", default));
        Refuses("watch.task-done", await lab.Incidents.Done(IncidentLab.Security, opened.Id, own.Id, "", default));
        Good(await lab.Incidents.AddTask(IncidentLab.Security, opened.Id, "请网络中心提供出口流量", Role.SystemAdmin, RungPlace.Bureau, lab.Clock.GetUtcNow().AddHours(1), default));
        Refuses("watch.only-bureau", await lab.Incidents.AddTask(Facts.PoliceHead, opened.Id, "请网络中心提供出口流量", Role.SystemAdmin, RungPlace.Bureau, lab.Clock.GetUtcNow().AddHours(1), default));
        Refuses("kernel.not-found", await lab.Incidents.Done(IncidentLab.Security, opened.Id, Id<IncidentTask>.New(lab.Clock), "", default));
        Assert.Contains((await lab.View(opened.Id)).Tasks, t => t.Code is null && t.Title.StartsWith("请网络中心", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("短", "title")]
    [InlineData("标题里藏着\u202e控制字符", "title")]
    [InlineData("标题很正常的事件", "resources")]
    public async Task A_wrong_opening_names_its_field(string title, string field)
    {
        await using var lab = await IncidentLab.Open(Store.Sqlite);
        var said = lab.Said(title: title) with { Resources = field == "resources" ? ["no-such"] : [lab.Resource] };
        Assert.Contains(field, (await lab.Incidents.OpenByHand(IncidentLab.Security, said, default)).Refusal!.Fields.Select(f => f.Field));
        Refuses("watch.may-not-open", await lab.Incidents.OpenByHand(Facts.CivilHead, lab.Said(), default));
    }

    internal static async Task<Id<Incident>> Handled(IncidentLab lab)
    {
        var opened = await lab.Opened();
        Good(await lab.Incidents.Acknowledge(IncidentLab.Security, opened.Id, null, default));
        Good(await lab.Incidents.Contain(IncidentLab.Security, opened.Id, null, "已切断该客户端", default));
        Good(await lab.Incidents.Judge(IncidentLab.Head, opened.Id, null, new LevelFacts(Persons: 2_000_000), IncidentLevel.Larger, "", default));
        await lab.Submitted(opened.Id, PaperKind.FullReport);
        Good(await lab.Incidents.Report(IncidentLab.Head, opened.Id, null, default));
        Good(await lab.Incidents.Restore(IncidentLab.Head, opened.Id, null, "已由两人恢复", false, default));
        return opened.Id;
    }
}
