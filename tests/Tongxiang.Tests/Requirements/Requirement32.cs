using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Watch;
using Tongxiang.Watch;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Requirements;

/// <summary>《国家网络安全事件报告管理办法》: an incident with 1,000,000 persons leaked is proposed as 较大 and starts a 4-hour clock (1 hour if 关基, 2 hours for a central organ), with a 30-day summary task.</summary>
public sealed class Requirement32
{
    [Theory, EveryStore]
    public Task Requirement_32_a_million_persons_are_proposed_as_larger_and_start_four_hours(Store store) => Walk(store, OperatorType.Other, false, "IR-5", 4);

    [Theory, EveryStore]
    public Task Requirement_32_critical_infrastructure_has_one_hour(Store store) => Walk(store, OperatorType.Other, true, "IR-1", 1);

    [Theory, EveryStore]
    public Task Requirement_32_an_operator_of_critical_infrastructure_has_one_hour(Store store) => Walk(store, OperatorType.CriticalInfrastructure, false, "IR-1", 1);

    [Theory, EveryStore]
    public Task Requirement_32_a_central_organ_has_two_hours(Store store) => Walk(store, OperatorType.CentralOrgan, false, "IR-3", 2);

    private static async Task Walk(Store store, OperatorType type, bool isCritical, string rule, int hours)
    {
        await using var lab = await IncidentLab.Open(store, new IncidentSettings { Operator = type });
        var incident = await lab.Opened();
        Good(await lab.Incidents.Acknowledge(IncidentLab.Security, incident.Id, null, default));
        Good(await lab.Incidents.Contain(IncidentLab.Security, incident.Id, null, "已切断该客户端", default));

        // A million is "above"; one less is not. Judging lower than the number demands is refused.
        var facts = new LevelFacts(Persons: 1_000_000, PersonalData: true, IsCritical: isCritical);
        Rule? Find(string id) => lab.Rules.TryFind(id, WorkCalendar.Day(lab.Clock.GetUtcNow()));
        Assert.Equal((IncidentLevel.Larger, IncidentLevel.Larger, false), IncidentLevels.Propose(facts, Find) is var proposed ? (proposed.Floor, proposed.Suggested, proposed.NeedsJudgement) : default);
        Assert.Equal(IncidentLevel.General, IncidentLevels.Propose(facts with { Persons = 999_999 }, Find).Suggested is var below && below < IncidentLevel.Larger ? IncidentLevel.General : below);
        Refuses("kernel.invalid-input", await lab.Incidents.Judge(IncidentLab.Head, incident.Id, null, facts, IncidentLevel.General, "认为影响有限，可以控制。", default));
        Good(await lab.Incidents.Judge(IncidentLab.Head, incident.Id, null, facts, IncidentLevel.Larger, "", default));
        var clock = (await lab.ClockOf(incident.Id, rule))!;
        Assert.Equal(((await lab.View(incident.Id)).Incident.AwareAt.AddHours(hours), false), (clock.DueAt!.Value, clock.IsProvisional));
        Assert.Equal(RuleGrade.A, Find(rule)!.Grade);

        // Handled: thirty days for the summary, and no closing before it.
        await lab.Submitted(incident.Id, PaperKind.FirstReport);
        Good(await lab.Incidents.Report(IncidentLab.Head, incident.Id, null, default));
        Good(await lab.Incidents.Restore(IncidentLab.Head, incident.Id, null, "两人审批，已恢复该授权", false, default));
        var summary = (await lab.ClockOf(incident.Id, "IR-8"))!;
        Assert.True(summary.IsRunning);
        Assert.Equal(WorkCalendar.Day(lab.Clock.GetUtcNow()).AddDays(30), WorkCalendar.Day(summary.DueAt!.Value));
        Refuses("watch.clock-open", await lab.Incidents.Close(IncidentLab.Head, incident.Id, null, default));
        await lab.Submitted(incident.Id, PaperKind.Summary);
        Assert.Equal(IncidentClockState.Met, (await lab.ClockOf(incident.Id, "IR-8"))!.State);
    }
}
