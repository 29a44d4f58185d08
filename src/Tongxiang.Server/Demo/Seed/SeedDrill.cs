using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Watch;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>One exercise of the emergency plan, held from the opening to the closing by the people whose steps they are; it is marked as a drill wherever it is seen.</summary>
internal sealed class SeedDrill(Incidents incidents, Cast cast, TimeProvider clock)
{
    private const string Filled = "演练填写：本项按演练脚本准备，不涉及真实人员和真实数据。";

    public async Task Run(CancellationToken ct)
    {
        var (security, head) = (cast.Of("bureau.security"), cast.Of("bureau.head"));
        if ((await incidents.List(security, drills: true, null, null, 1, ct)).Items.Count > 0) return;
        var now = clock.GetUtcNow();
        // The script of the exercise begins with an alarm half an hour ago.
        var opened = Must(await incidents.OpenByHand(security, new HandOpening("应急演练：人口基础信息被连续枚举查询", ["population"], now.AddMinutes(-30), now.AddMinutes(-28), IsDrill: true), ct));
        Must(await incidents.Acknowledge(security, opened.Id, null, ct));
        Must(await incidents.Contain(security, opened.Id, null, "演练：按预案切断涉事客户端的授权，并通知提供部门。", ct));
        Must(await incidents.Count(security, opened.Id, ct));
        Must(await incidents.Judge(head, opened.Id, null, new LevelFacts(PersonalData: true), IncidentLevel.Larger, "演练设定：按较大量个人信息可能外泄的一般条款判断。", ct));
        await Send(security, opened.Id, PaperKind.FirstReport, ct);
        await Send(security, opened.Id, PaperKind.FullReport, ct);
        Must(await incidents.SkipPersons(head, opened.Id, null, "演练没有真实人员受影响，不向任何个人发送通知。", ct));
        Must(await incidents.Report(head, opened.Id, null, ct));
        Must(await incidents.Restore(head, opened.Id, null, "演练：模拟两人审批后恢复该授权，未切断任何真实共享。", false, ct));
        var until = WorkCalendar.Day(now).AddDays(60);
        IncidentMeasure[] measures = [new("把夜间批量核对的时段写进授权", "省公安厅共享工作机构", until), new("值班表补充第二联系人", "省数据局安全管理员", until)];
        Must(await incidents.Review(security, opened.Id, null, "演练结论：授权未限定每日不同编号的数量，枚举行为十分钟后才被人员发现。", "授权按事项限定数量，告警先到值班人员", measures, ct));
        foreach (var task in (await incidents.Find(security, opened.Id, ct))!.Tasks) Must(await incidents.Done(security, opened.Id, task.Id, "", ct));
        await Send(security, opened.Id, PaperKind.Summary, ct);
        Must(await incidents.Close(head, opened.Id, null, ct));
    }

    private async Task Send(Caller caller, Id<Incident> id, PaperKind kind, CancellationToken ct)
    {
        var paper = await incidents.Paper(caller, id, kind, Texts.Chinese, ct) ?? throw new InvalidOperationException($"The drill's {kind} is missing.");
        Must(await incidents.Write(caller, id, kind, paper.Missing.ToDictionary(l => l.Item.Key, _ => Filled), ct));
        Must(await incidents.Submit(caller, id, kind, new NewSubmission(ReportChannel.Web, "演练回执", clock.GetUtcNow()), ct));
    }

    private static Incident Must(Outcome<Incident> outcome) => outcome.Refusal is { } refusal ? throw new RefusedException("the drill", refusal) : outcome.Value;
}
