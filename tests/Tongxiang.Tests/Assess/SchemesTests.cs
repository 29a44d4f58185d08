using Tongxiang.Assess;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;
using Known = Tongxiang.Tests.Share.Facts;

namespace Tongxiang.Tests.Assess;

public sealed class SchemesTests
{
    [Theory, EveryStore]
    public async Task A_scheme_is_frozen_once_for_its_period_and_scores_are_kept_with_their_inputs(Store store)
    {
        await using var lab = await AssessLab.Open(store);
        var good = new NewScheme("年度共享考核", "2026", Trees.Seed(20, 40, 20, 20));
        Refuses("assess.only-bureau", await lab.Schemes.Draft(Known.PoliceHead, good, default));
        Refuses("kernel.invalid-input", await lab.Schemes.Draft(Known.Reviewer, good with { Period = "2026-13" }, default));
        var draft = Good(await lab.Schemes.Draft(Known.Reviewer, good, default));
        var second = Good(await lab.Schemes.Draft(Known.Reviewer, good, default));
        Assert.Equal((1L, 2L), (draft.Version, second.Version));
        Refuses("assess.scheme-draft", await lab.Schemes.Compute(Known.Reviewer, draft.Id, Known.Police.Id, Trees.Example, default));
        Assert.Null(await lab.Schemes.Find(Known.PoliceHead, draft.Id, default));
        Refuses("assess.scheme-head", await lab.Schemes.Freeze(Known.Reviewer, draft.Id, 1, default));
        Refuses("assess.scheme-changed", await lab.Schemes.Freeze(AssessLab.Head, draft.Id, 7, default));
        Assert.Equal(SchemeState.Frozen, Good(await lab.Schemes.Freeze(AssessLab.Head, draft.Id, 1, default)).State);
        Refuses("assess.scheme-frozen", await lab.Schemes.Freeze(AssessLab.Head, second.Id, 1, default));

        Refuses("kernel.invalid-input", await lab.Schemes.Compute(Known.Reviewer, draft.Id, Known.Company.Id, Trees.Example, default));
        var odd = new Dictionary<string, ScoreInput>(Trees.Example) { ["utilisation-1"] = new(101, 100, Evidence: "台账") };
        Assert.Equal("assess.field.input", (await lab.Schemes.Compute(Known.Reviewer, draft.Id, Known.Police.Id, odd, default)).Refusal!.Fields.Single().Key);
        odd["utilisation-1"] = new(35, 100);
        Assert.Equal("assess.field.input-evidence", (await lab.Schemes.Compute(Known.Reviewer, draft.Id, Known.Police.Id, odd, default)).Refusal!.Fields.Single().Key);
        var score = Good(await lab.Schemes.Compute(Known.Reviewer, draft.Id, Known.Police.Id, Trees.Example, default));
        Good(await lab.Schemes.Compute(Known.Reviewer, draft.Id, Known.Police.Id, Trees.Example, default));
        Good(await lab.Schemes.Compute(Known.Reviewer, draft.Id, Known.Civil.Id, Trees.Example, default));
        Assert.Equal((64.0m, 1L), (score.Result.Total!.Value, score.Issue));
        var kept = (await lab.Schemes.Scores(AssessLab.Auditor, draft.Id, default)).Single(s => s.Agency == Known.Police.Id);
        Assert.Equal((2L, 64.0m, 90m), (kept.Issue, kept.Result.Total!.Value, kept.Inputs["quantity-1"].Value!.Value));
        Assert.Equal(2, (await lab.Schemes.Scores(AssessLab.Auditor, draft.Id, default)).Count);
        // A department sees the scheme in force and its own score, not that of others.
        Assert.Single(await lab.Schemes.List(Known.PoliceHead, default));
        Assert.Equal(2, (await lab.Schemes.List(Known.Reviewer, default)).Count);
        Assert.Equal(Known.Police.Id, Assert.Single(await lab.Schemes.Scores(Known.PoliceHead, draft.Id, default)).Agency);
        Assert.Empty(await lab.Schemes.List(Known.Citizen, default));
        Assert.Equal(404, (await lab.Schemes.Compute(Known.PoliceHead, second.Id, Known.Police.Id, Trees.Example, default)).Refusal!.Status);
    }

    [Theory, EveryStore]
    public async Task Figures_of_reports_come_by_themselves_and_cannot_be_handed_in(Store store)
    {
        await using var lab = await AssessLab.Open(store);
        var grant = (await lab.Share.Consented()).Grant!.Value;
        await lab.Called(grant, times: 2);
        lab.Share.SetDay("2026-03-02");
        var report = Good(await lab.Reports.Make(AssessLab.Head, "2026-02", default));
        var tree = Trees.Of(Trees.Leaf("used", 60, ScoreFunction.Ratio, source: "use.used", isUtilisation: true), Trees.Leaf("reply", 40, ScoreFunction.OnTime, source: "timeliness.reply"));
        var scheme = Good(await lab.Schemes.Draft(AssessLab.Head, new NewScheme("二月考核", "2026-02", tree), default));
        Good(await lab.Schemes.Freeze(AssessLab.Head, scheme.Id, 1, default));
        Assert.Equal("assess.field.from-report", (await lab.Schemes.Compute(AssessLab.Head, scheme.Id, Known.Civil.Id, new Dictionary<string, ScoreInput> { ["used"] = new(1, 1, Evidence: "自报") }, default)).Refusal!.Fields.Single().Key);
        var score = Good(await lab.Schemes.Compute(AssessLab.Head, scheme.Id, Known.Civil.Id, new Dictionary<string, ScoreInput>(), default));
        // The reply was due in March: without data the indicator leaves its weight to the other.
        Assert.Equal((100m, $"{report.Number}#use.used"), (score.Result.Total!.Value, score.Inputs["used"].Evidence));
        Assert.False(score.Inputs.ContainsKey("reply"));
    }

    [Fact]
    public void Marks_come_from_two_people_with_grounds()
    {
        var tree = Trees.Of(Trees.Leaf("m", 50, ScoreFunction.Manual), Trees.Leaf("p", 50, ScoreFunction.Peer));
        IEnumerable<string> Wrong(string key, ScoreInput input) => ScoreInputs.Check(tree, new Dictionary<string, ScoreInput> { [key] = input }).Select(e => e.Key);
        var (one, two) = (new Mark("甲", 80, "材料完整可信"), new Mark("乙", 90, "成效比较明显"));
        Assert.Empty(Wrong("m", new(First: one, Second: two, Evidence: "评审表")));
        Assert.Equal(["assess.field.two-reviewers"], Wrong("m", new(First: one, Second: two with { Reviewer = "甲" }, Evidence: "评审表")));
        Assert.Equal(["assess.field.marks"], Wrong("m", new(First: one, Evidence: "评审表")));
        Assert.Equal(["assess.field.marks"], Wrong("m", new(First: one, Second: two with { Points = 101 }, Evidence: "评审表")));
        Assert.Equal(["assess.field.peers"], Wrong("p", new(5, null, 6, 9, Evidence: "同组统计")));
        Assert.Equal(["assess.field.no-indicator"], Wrong("x", new(5, Evidence: "统计")));
        Assert.Equal(["assess.field.input"], Wrong("p", new(-1, null, 0, 9, Evidence: "统计")).Take(1));
    }
}
