using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Share;
using Tongxiang.Watch;
using static Tongxiang.Watch.IncidentStage;

namespace Tongxiang.Tests.Watch;

public sealed class IncidentRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 12, 12, 0, 0, TimeSpan.FromHours(8));

    [Theory]
    [InlineData(OperatorType.Other, IncidentLevel.Unjudged, "IR-5")]
    [InlineData(OperatorType.Other, IncidentLevel.General, null)]
    [InlineData(OperatorType.Other, IncidentLevel.Larger, "IR-5")]
    [InlineData(OperatorType.Other, IncidentLevel.Extreme, "IR-5")]
    [InlineData(OperatorType.CriticalInfrastructure, IncidentLevel.General, null)]
    [InlineData(OperatorType.CriticalInfrastructure, IncidentLevel.Larger, "IR-1")]
    [InlineData(OperatorType.ProtectionDepartment, IncidentLevel.Larger, null)]
    [InlineData(OperatorType.ProtectionDepartment, IncidentLevel.Major, "IR-2")]
    [InlineData(OperatorType.CentralOrgan, IncidentLevel.Larger, "IR-3")]
    [InlineData(OperatorType.CentralCyberspaceUnit, IncidentLevel.Larger, null)]
    [InlineData(OperatorType.CentralCyberspaceUnit, IncidentLevel.Major, "IR-4")]
    [InlineData(OperatorType.ProvincialCyberspaceOffice, IncidentLevel.Larger, null)]
    [InlineData(OperatorType.ProvincialCyberspaceOffice, IncidentLevel.Extreme, "IR-6")]
    public void The_kind_of_operator_and_the_level_choose_the_reporting_row(OperatorType type, IncidentLevel level, string? rule)
    {
        var reports = IncidentClocks.Needed(type, At(level)).Select(n => n.Rule).Where(r => r is "IR-1" or "IR-2" or "IR-3" or "IR-4" or "IR-5" or "IR-6");
        Assert.Equal(rule is null ? [] : [rule], reports);
    }

    [Fact]
    public void Critical_infrastructure_on_this_platform_is_held_to_the_hour()
    {
        var needs = IncidentClocks.Needed(OperatorType.Other, At(IncidentLevel.Larger) with { Facts = new LevelFacts(IsCritical: true) });
        Assert.Contains(needs, n => n.Rule == "IR-1");
        Assert.DoesNotContain(needs, n => n.Rule == "IR-5");
    }

    [Theory]
    [InlineData("IR-9", false, false, true, false, false)]
    [InlineData("IR-10", false, true, false, false, false)]
    [InlineData("IR-11", true, false, false, false, false)]
    [InlineData("IR-11-PERSONS", true, false, false, false, false)]
    [InlineData("IR-12", false, false, false, true, false)]
    [InlineData("IR-8", false, false, false, false, true)]
    public void Each_duty_starts_with_its_own_fact(string rule, bool personal, bool harm, bool crime, bool flaw, bool handled)
    {
        var now = At(IncidentLevel.Larger) with { Facts = new LevelFacts(PersonalData: personal, HarmsPersons: harm, SuspectsCrime: crime, Flaw: flaw), HandledAt = handled ? Noon : null };
        Assert.Contains(IncidentClocks.Needed(OperatorType.Other, now), n => n.Rule == rule);
        Assert.DoesNotContain(IncidentClocks.Needed(OperatorType.Other, At(IncidentLevel.Larger)), n => n.Rule == rule);
    }

    [Fact]
    public void The_plan_is_always_owed_and_a_false_alarm_owes_nothing()
    {
        Assert.Contains(IncidentClocks.Needed(OperatorType.Other, At(IncidentLevel.General)), n => n.Rule == "IR-13");
        Assert.Empty(IncidentClocks.Needed(OperatorType.Other, At(IncidentLevel.Extreme) with { IsFalseAlarm = true }));
        Assert.Contains(IncidentClocks.Needed(OperatorType.Other, At(IncidentLevel.General) with { PartialAt = Noon }), n => n.Rule == "IR-7" && n.From == Noon);
    }

    [Fact]
    public void Clocks_start_move_and_lapse_and_what_was_met_stays_met()
    {
        var id = new Id<Incident>(Guid.Empty);
        ClockNeed[] needs = [new("IR-5", Noon), new("IR-13", Noon)];
        var first = IncidentClocks.Retune(id, [], needs, n => n.Rule == "IR-5" ? n.From.AddHours(4) : null, Noon);
        Assert.Equal([ClockChange.Started, ClockChange.Started], first.Select(c => c.Change));
        var clocks = first.Select(c => c.Clock).ToList();
        Assert.Equal((Noon.AddHours(2), (DateTimeOffset?)null), (clocks[0].NextNoticeAt, clocks[1].NextNoticeAt));
        Assert.Empty(IncidentClocks.Retune(id, clocks, needs, n => n.Rule == "IR-5" ? n.From.AddHours(4) : null, Noon));

        var earlier = Noon.AddHours(-1);
        var moved = Assert.Single(IncidentClocks.Retune(id, clocks, [new("IR-5", earlier), new("IR-13", Noon)], n => n.Rule == "IR-5" ? n.From.AddHours(4) : null, Noon));
        Assert.Equal((ClockChange.Moved, Noon.AddHours(4), Noon.AddHours(3)), (moved.Change, moved.OldDue, moved.Clock.DueAt));

        var lapsed = IncidentClocks.Retune(id, clocks, [], _ => null, Noon);
        Assert.All(lapsed, c => Assert.Equal((ClockChange.Lapsed, IncidentClockState.Lapsed), (c.Change, c.Clock.State)));
        IncidentClock[] met = [clocks[0] with { State = IncidentClockState.Met, EndedAt = Noon }];
        Assert.Empty(IncidentClocks.Retune(id, met, [new("IR-5", earlier)], n => n.From.AddHours(4), Noon));
        Assert.Empty(IncidentClocks.Retune(id, met, [], _ => null, Noon));
    }

    [Theory]
    [InlineData(0, 120)]
    [InlineData(1, 192)]
    [InlineData(2, 240)]
    [InlineData(3, null)]
    public void Warnings_come_at_half_time_four_fifths_and_after_the_end(int noticed, int? minutes) =>
        Assert.Equal(minutes, (int?)((IncidentClocks.NextNotice(Noon, Noon.AddHours(4), noticed) - Noon)?.TotalMinutes));

    [Theory]
    [InlineData(999_999, IncidentLevel.General, true)]
    [InlineData(1_000_000, IncidentLevel.Larger, false)]
    [InlineData(9_999_999, IncidentLevel.Larger, false)]
    [InlineData(10_000_000, IncidentLevel.Major, false)]
    [InlineData(100_000_000, IncidentLevel.Extreme, false)]
    public async Task People_decide_the_level_by_the_verified_thresholds(long persons, IncidentLevel level, bool needsJudgement)
    {
        await using var lab = await IncidentLab.Open(Store.Sqlite);
        var proposal = lab.Incidents.Propose(new LevelFacts(Persons: persons), Noon);
        Assert.Equal((level, level, needsJudgement), (proposal.Floor, proposal.Suggested, proposal.NeedsJudgement));
        Assert.All(proposal.Hits, h => Assert.Equal(RuleGrade.A, h.Rule.Grade));
    }

    [Theory]
    [InlineData(120, DownSite.Prefecture, null, null, null, IncidentLevel.Larger, "LV-DOWN-2")]
    [InlineData(119, DownSite.Prefecture, null, null, null, IncidentLevel.General, null)]
    [InlineData(360, DownSite.Prefecture, null, null, null, IncidentLevel.Major, "LV-DOWN-3")]
    [InlineData(1440, DownSite.Prefecture, null, null, null, IncidentLevel.Major, "LV-DOWN-3")]
    [InlineData(1440, DownSite.Province, null, null, null, IncidentLevel.Extreme, "LV-DOWN-4")]
    [InlineData(1440, DownSite.None, null, null, null, IncidentLevel.General, null)]
    [InlineData(null, DownSite.None, 5_000_000L, null, null, IncidentLevel.Larger, "LV-LOSS-2")]
    [InlineData(null, DownSite.None, 20_000_000L, null, null, IncidentLevel.Major, "LV-LOSS-3")]
    [InlineData(null, DownSite.None, 100_000_000L, null, null, IncidentLevel.Extreme, "LV-LOSS-4")]
    [InlineData(null, DownSite.None, null, 10, null, IncidentLevel.Larger, "LV-CITY-2")]
    [InlineData(null, DownSite.None, null, 30, null, IncidentLevel.Major, "LV-CITY-3")]
    [InlineData(null, DownSite.None, null, null, 30, IncidentLevel.Extreme, "LV-PROVINCE-4")]
    public async Task Unverified_thresholds_suggest_and_do_not_bind(int? down, DownSite site, long? loss, int? city, int? province, IncidentLevel level, string? rule)
    {
        await using var lab = await IncidentLab.Open(Store.Sqlite);
        var proposal = lab.Incidents.Propose(new LevelFacts(DownMinutes: down, Site: site, LossYuan: loss, CityPercent: city, ProvincePercent: province), Noon);
        Assert.Equal((IncidentLevel.General, level, true), (proposal.Floor, proposal.Suggested, proposal.NeedsJudgement));
        Assert.Equal(rule, proposal.Hits is [.., var last] ? last.Rule.Id : null);
        Assert.All(proposal.Hits, h => Assert.Equal(RuleGrade.B, h.Rule.Grade));
    }

    [Theory]
    [InlineData(IncidentLevel.Larger, IncidentLevel.General, "依据充分，影响有限。十个字以上", "level")]
    [InlineData(IncidentLevel.Larger, IncidentLevel.Larger, "", null)]
    [InlineData(IncidentLevel.Larger, IncidentLevel.Major, "", "reason")]
    [InlineData(IncidentLevel.General, IncidentLevel.General, "短", "reason")]
    [InlineData(IncidentLevel.General, IncidentLevel.General, "只涉及内部测试数据，没有真实人员。", null)]
    [InlineData(IncidentLevel.General, IncidentLevel.Unjudged, "只涉及内部测试数据，没有真实人员。", "level")]
    public void Nobody_judges_below_a_verified_threshold_or_without_grounds(IncidentLevel floor, IncidentLevel judged, string reason, string? field) =>
        Assert.Equal(field, IncidentLevels.Check(new LevelProposal(floor, floor, [], floor < IncidentLevel.Larger), judged, reason) is [var first, ..] ? first.Field : null);

    [Theory]
    [InlineData(Discovery, IncidentStep.Acknowledge, Containment)]
    [InlineData(Containment, IncidentStep.Contain, Assessment)]
    [InlineData(Discovery, IncidentStep.Judge, Discovery)]
    [InlineData(Containment, IncidentStep.Judge, Containment)]
    [InlineData(Assessment, IncidentStep.Judge, Reporting)]
    [InlineData(Reporting, IncidentStep.Judge, Reporting)]
    [InlineData(Reporting, IncidentStep.Report, Recovery)]
    [InlineData(Recovery, IncidentStep.Restore, Review)]
    [InlineData(Assessment, IncidentStep.Dismiss, Review)]
    [InlineData(Review, IncidentStep.Close, Closed)]
    [InlineData(Closed, IncidentStep.Close, null)]
    [InlineData(Recovery, IncidentStep.Dismiss, null)]
    [InlineData(Discovery, IncidentStep.Close, null)]
    [InlineData(Discovery, IncidentStep.Restore, null)]
    public void The_table_says_which_step_leads_where(IncidentStage from, IncidentStep step, IncidentStage? to)
    {
        var found = IncidentFlow.Find(At(IncidentLevel.General) with { Stage = from }, step, Enum.GetValues<IncidentSide>().ToHashSet());
        Assert.Equal(to, found.IsRefused ? null : found.Value.To);
        if (to is null) Assert.Equal("watch.wrong-stage", found.Refusal!.Code);
    }

    [Theory]
    [InlineData(IncidentStep.Acknowledge, Discovery, true, true, true)]
    [InlineData(IncidentStep.Contain, Containment, true, true, true)]
    [InlineData(IncidentStep.Judge, Assessment, true, true, false)]
    [InlineData(IncidentStep.Dismiss, Assessment, true, true, false)]
    [InlineData(IncidentStep.Report, Reporting, true, true, false)]
    [InlineData(IncidentStep.Restore, Recovery, true, true, false)]
    [InlineData(IncidentStep.Close, Review, false, true, false)]
    public void The_table_says_who_may_take_it(IncidentStep step, IncidentStage stage, bool security, bool head, bool provider)
    {
        var now = At(IncidentLevel.General) with { Stage = stage };
        foreach (var (side, may) in new[] { (IncidentSide.SecurityAdmin, security), (IncidentSide.BureauHead, head), (IncidentSide.ProviderHead, provider) })
            Assert.Equal(may ? null : "watch.incident-side", IncidentFlow.Find(now, step, new HashSet<IncidentSide> { side }).Refusal?.Code);
        Assert.Empty(IncidentFlow.Possible(now, new HashSet<IncidentSide>()));
    }

    [Fact]
    public void A_providers_head_acts_only_where_every_resource_is_the_own_agencys()
    {
        Assert.Contains(IncidentSide.ProviderHead, IncidentFlow.Sides(Facts.PoliceHead, [Facts.Police.Id]));
        Assert.Empty(IncidentFlow.Sides(Facts.PoliceHead, [Facts.Police.Id, Facts.Civil.Id]));
        Assert.Empty(IncidentFlow.Sides(Facts.PoliceHead, []));
        Assert.Empty(IncidentFlow.Sides(Facts.PoliceSteward, [Facts.Police.Id]));
        Assert.Empty(IncidentFlow.Sides(Caller.Platform, [Facts.Police.Id]));
        Assert.Equal([IncidentSide.SecurityAdmin], IncidentFlow.Sides(IncidentLab.Security, []));
    }

    [Fact]
    public void The_ladder_is_climbed_again_and_again_and_ends()
    {
        var book = Runbook.Shipped;
        Assert.Equal(Noon, book.Next(Noon, 0)!.Value.At);
        Assert.Equal(Noon.AddMinutes(10), book.Next(Noon, 2)!.Value.At);
        Assert.Equal(Noon.AddMinutes(30), book.Next(Noon, book.Ladder.Count)!.Value.At);
        Assert.Null(book.Next(Noon, book.Ladder.Count * book.Rounds));
        Assert.All(book.Tasks, t => Assert.True(Texts.Parts.Has("watch.task." + t.Code)));
    }

    [Theory]
    [InlineData(PaperKind.FirstReport, "IR-1 IR-2 IR-3 IR-4 IR-5 IR-6 IR-11 IR-12")]
    [InlineData(PaperKind.FullReport, "IR-1 IR-2 IR-3 IR-4 IR-5 IR-6 IR-7 IR-11 IR-12")]
    [InlineData(PaperKind.Summary, "IR-8")]
    [InlineData(PaperKind.PoliceReport, "IR-9")]
    [InlineData(PaperKind.PersonNotice, "IR-10 IR-11-PERSONS")]
    public void Each_document_answers_its_duties(PaperKind kind, string rules)
    {
        Assert.Equal(rules.Split(' '), IncidentClocks.All.Where(r => IncidentPapers.Meets(kind, r)));
        Assert.All(IncidentPapers.Items(kind), i => Assert.True(Texts.Parts.Has("watch.item." + i.Key), i.Key));
    }

    [Fact]
    public void Every_value_a_page_says_has_its_words()
    {
        var keys = Enum.GetValues<IncidentStage>().Select(s => IncidentFlow.Say(s).Key)
            .Concat(Enum.GetValues<IncidentStep>().Select(s => IncidentFlow.Say(s).Key))
            .Concat(Enum.GetValues<IncidentSide>().Select(s => IncidentFlow.Say(s).Key))
            .Concat(Enum.GetValues<IncidentLevel>().Select(s => IncidentFlow.Say(s).Key))
            .Concat(Enum.GetValues<PaperKind>().Select(k => "watch.paper." + k.ToString().ToLowerInvariant()))
            .Concat(Enum.GetValues<ReportChannel>().Select(k => "watch.channel." + k.ToString().ToLowerInvariant()))
            .Concat(Enum.GetValues<OperatorType>().Select(k => "watch.operator." + k.ToString().ToLowerInvariant()))
            .Concat(Enum.GetValues<IncidentOrigin>().Select(k => "watch.origin." + k.ToString().ToLowerInvariant()))
            .Concat(Enum.GetValues<Role>().Select(k => "agencies.role." + k))
            .Concat(IncidentClocks.All.Select(r => "watch.addressee." + r));
        Assert.All(keys, k => Assert.True(Texts.Parts.Has(k), k));
    }

    [Theory]
    [InlineData("clock-started", "IR-13||", "须立即履行")]
    [InlineData("clock-started", "IR-5||2026-02-12 16:00", "截止 2026-02-12 16:00")]
    [InlineData("clock-moved", "IR-5|2026-02-12 16:00|2026-02-12 16:00", "定级后时限确认")]
    [InlineData("clock-moved", "IR-5|2026-02-12 16:00|2026-02-12 15:00", "2026-02-12 16:00 → 2026-02-12 15:00")]
    [InlineData("judged", "Larger|Unjudged|LV-PERSONS-2", "定级：较大（原为未定级），命中标准：LV-PERSONS-2")]
    [InlineData("submitted", "FirstReport|Hotline|12387-1|ab", "报送网络安全事件首次报告：12387 热线，12387-1")]
    [InlineData("escalated", "BureauHead", "升级至主管部门负责人")]
    [InlineData("task-done", "confirm", "核实：是否真实")]
    public void An_event_is_a_sentence(string kind, string args, string says) => Assert.Contains(
        says, IncidentSay.Event(new IncidentEvent(new Id<Incident>(Guid.Empty), 1, Noon, kind, "a", "甲", args.Split('|'), "", ""), Texts.Parts, Texts.Chinese, _ => null), StringComparison.Ordinal);

    private static Incident At(IncidentLevel level) => new(
        new Id<Incident>(Guid.Empty), "SJ-2026-000001", false, "事件", IncidentOrigin.Hand, null, Discovery, level, new LevelFacts(), new IncidentScope([]), Noon, Noon, Noon, Noon, 1);
}
