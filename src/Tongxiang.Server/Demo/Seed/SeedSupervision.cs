using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Assess;
using Tongxiang.Kernel;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>Two findings in different states, the report of the running month, and a scheme with one score, each step taken by the person whose step it is.</summary>
internal sealed class SeedSupervision(FindingBook findings, SupervisionReports reports, Schemes schemes, Cast cast, TimeProvider clock)
{
    private const string SchemeName = "政务数据共享年度考核（演示）";

    public async Task Run(CancellationToken ct)
    {
        var head = cast.Of("bureau.head");
        await Bring("police", "39-2", "申请方投诉：要求另签纸质协议", "申请部门投诉，提供部门在目录列明的条件之外要求另签纸质协议。（演示）", "请停止目录之外的附加条件，并在期限内书面说明。", null, ct);
        await Bring("civil-affairs", "40-5", "使用记录缺少存储说明", "抽查发现该部门的使用台账没有登记数据存储位置和保存期限。（演示）", "请补登存储情况，并报告责任人。", "已补登存储位置、保存期限和责任人，见使用台账。", ct);
        var month = clock.GetUtcNow().ToOffset(WorkCalendar.Offset).ToString("yyyy-MM", CultureInfo.InvariantCulture);
        if ((await reports.List(head, null, 1, ct)).Items.Count == 0) Must(await reports.Make(head, month, ct), "the supervision report");
        await Appraise(head, month[..4], ct);
    }

    private async Task Bring(string organisation, string item, string subject, string statement, string demand, string? rectification, CancellationToken ct)
    {
        var (reviewer, agency) = (cast.Reviewer, cast.Agency(organisation));
        var known = (await findings.List(reviewer, null, agency.Id, null, 200, ct)).Items.FirstOrDefault(f => f.Detector == Finding.ByHand && f.Args[0] == subject);
        var now = known ?? Must(await findings.Open(reviewer, new NewFinding(item, agency.Id, subject, statement), ct), subject);
        if (now.State == FindingState.Found) now = Must(await findings.Notify(reviewer, now.Id, now.Revision, demand, null, false, ct), subject);
        if (rectification is not null && now.State == FindingState.Noticed) Must(await findings.Rectify(cast.Office(organisation), now.Id, now.Revision, rectification, ct), subject);
    }

    private async Task Appraise(Caller head, string year, CancellationToken ct)
    {
        var known = (await schemes.List(head, ct)).FirstOrDefault(s => s.Name == SchemeName);
        var scheme = known ?? Must(await schemes.Draft(head, new NewScheme(SchemeName, year, Tree()), ct), SchemeName);
        if (scheme.State == SchemeState.Draft) scheme = Must(await schemes.Freeze(head, scheme.Id, scheme.Revision, ct), SchemeName);
        if ((await schemes.Scores(head, scheme.Id, ct)).Count > 0) return;
        var inputs = new Dictionary<string, ScoreInput>
        {
            ["quantity.entries"] = new(90, Evidence: "目录统计（演示）"),
            ["utilisation.datasets"] = new(35, 100, Evidence: "使用台账（演示）"),
            ["security.incidents"] = new(0, Evidence: "安全事件统计（演示）"),
            ["application.cases"] = new(6, Evidence: "应用成果清单（演示）"),
        };
        Must(await schemes.Compute(head, scheme.Id, cast.Agency("police").Id, inputs, ct), SchemeName);
    }

    private static SchemeNode Tree() => new("root", "共享考核", "Sharing", 100,
    [
        Head("quantity", "数量", "Quantity", 20, new SchemeNode("quantity.entries", "共享条目数", "Entries shared", 100, null, ScoreFunction.CappedCount, new ScoreNumbers(Target: 100), MissingPolicy.Zero)),
        Head("utilisation", "质量（利用率）", "Quality (utilisation)", 40, new SchemeNode("utilisation.datasets", "被其他部门使用的数据占比", "Datasets used by another department", 100, null, ScoreFunction.Ratio, null, MissingPolicy.Zero), isUtilisation: true),
        Head("security", "安全", "Security", 20, new SchemeNode("security.incidents", "泄露事件扣分", "Deduction for leaks", 100, null, ScoreFunction.Deduction, new ScoreNumbers(Each: 20, Floor: 0), MissingPolicy.Hold)),
        Head("application", "应用", "Application", 20, new SchemeNode("application.cases", "应用成果数", "Uses shown", 100, null, ScoreFunction.CappedCount, new ScoreNumbers(Target: 10), MissingPolicy.Exclude)),
    ]);

    private static SchemeNode Head(string key, string name, string nameEn, decimal weight, SchemeNode leaf, bool isUtilisation = false) => new(key, name, nameEn, weight, [leaf], IsUtilisation: isUtilisation);

    private static T Must<T>(Outcome<T> outcome, string what) => outcome.Refusal is { } refusal ? throw new RefusedException(what, refusal) : outcome.Value;
}
