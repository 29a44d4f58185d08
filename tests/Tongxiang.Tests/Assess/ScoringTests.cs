using Tongxiang.Assess;

namespace Tongxiang.Tests.Assess;

public sealed class ScoringTests
{
    [Fact]
    public void The_example_of_90_35_100_60_with_20_40_20_20_gives_exactly_64()
    {
        var result = Scoring.Compute(Trees.Seed(20, 40, 20, 20), Trees.Example);
        Assert.Equal(64.0m, result.Total);
        Assert.Equal([90m, 35m, 100m, 60m], result.Tree.Children.Select(c => c.Points!.Value));
        Assert.Equal("(90 × 20 + 35 × 40 + 100 × 20 + 60 × 20) / 100 = 64", result.Tree.Formula);
        Assert.Equal("35 / 100 × 100 = 35", result.Tree.Children[1].Children[0].Formula);
        Assert.Equal(40m, result.Tree.Children[1].Children[0].Share);
        // What the refused weights would have given.
        Assert.Equal(69.5m, Scoring.Compute(Trees.Seed(30, 30, 20, 20), Trees.Example).Total);
    }

    [Theory]
    [InlineData(ScoreFunction.Ratio, "3", "4", null, null, "75")]
    [InlineData(ScoreFunction.OnTime, "9", "12", null, null, "75")]
    [InlineData(ScoreFunction.Ratio, "0", "0", null, null, null)]
    [InlineData(ScoreFunction.CappedCount, "5", null, "10", null, "50")]
    [InlineData(ScoreFunction.CappedCount, "50", null, "10", null, "100")]
    [InlineData(ScoreFunction.Linear, "70", null, "90", "50", "50")]
    [InlineData(ScoreFunction.Linear, "40", null, "90", "50", "0")]
    [InlineData(ScoreFunction.Linear, "95", null, "90", "50", "100")]
    [InlineData(ScoreFunction.Inverse, "2", null, "2", "10", "100")]
    [InlineData(ScoreFunction.Inverse, "6", null, "2", "10", "50")]
    [InlineData(ScoreFunction.Inverse, "11", null, "2", "10", "0")]
    [InlineData(ScoreFunction.Deduction, "3", null, null, "60", "70")]
    [InlineData(ScoreFunction.Deduction, "9", null, null, "60", "60")]
    [InlineData(ScoreFunction.Bands, "79", null, null, null, "60")]
    [InlineData(ScoreFunction.Bands, "80", null, null, null, "85")]
    [InlineData(ScoreFunction.Bands, "10", null, null, null, "0")]
    [InlineData(ScoreFunction.CappedCount, null, null, "10", null, null)]
    public void Each_function_gives_its_points(ScoreFunction function, string? value, string? of, string? target, string? floor, string? points)
    {
        var leaf = Trees.Leaf("x", 100, function, new ScoreNumbers(Number(target), Number(floor), 10, null, [new ScoreBand(60, 60), new ScoreBand(80, 85)]));
        Assert.Equal(Number(points), Scoring.Compute(Trees.Of(leaf), new Dictionary<string, ScoreInput> { ["x"] = new(Number(value), Number(of)) }).Total);
    }

    [Theory]
    [InlineData("5", "0", "10", "50")]
    [InlineData("10", "0", "10", "100")]
    [InlineData("7", "7", "7", "100")]
    public void Peers_are_measured_by_their_group(string value, string least, string most, string points) =>
        Assert.Equal(Number(points), Scoring.Compute(Trees.Of(Trees.Leaf("x", 100, ScoreFunction.Peer)), new Dictionary<string, ScoreInput> { ["x"] = new(Number(value), null, Number(least), Number(most)) }).Total);

    [Fact]
    public void Two_reviewers_make_a_mark_and_one_makes_none()
    {
        var tree = Trees.Of(Trees.Leaf("x", 100, ScoreFunction.Manual, missing: MissingPolicy.Hold));
        Assert.Equal(85m, Scoring.Compute(tree, new Dictionary<string, ScoreInput> { ["x"] = new(First: new Mark("甲", 80, "材料完整"), Second: new Mark("乙", 90, "成效明显")) }).Total);
        var held = Scoring.Compute(tree, new Dictionary<string, ScoreInput> { ["x"] = new(First: new Mark("甲", 80, "材料完整")) });
        Assert.Null(held.Total);
        Assert.Equal(["x"], held.Held);
    }

    [Theory]
    [InlineData(MissingPolicy.Exclude, "80")]
    [InlineData(MissingPolicy.Zero, "32")]
    [InlineData(MissingPolicy.Hold, null)]
    public void Missing_data_follow_the_policy_of_their_indicator(MissingPolicy policy, string? total)
    {
        var tree = Trees.Of(Trees.Leaf("a", 40, ScoreFunction.CappedCount, new ScoreNumbers(Target: 100)), Trees.Leaf("b", 60, ScoreFunction.Ratio, missing: policy));
        var result = Scoring.Compute(tree, new Dictionary<string, ScoreInput> { ["a"] = new(80) });
        Assert.Equal(Number(total), result.Total);
        Assert.Equal(policy == MissingPolicy.Zero ? 40m : 100m, result.Tree.Children[0].Children[0].Share);
    }

    [Fact]
    public void Nothing_at_all_is_no_zero() => Assert.Null(Scoring.Compute(Trees.Of(Trees.Leaf("a", 100, ScoreFunction.Ratio)), new Dictionary<string, ScoreInput>()).Total);

    [Fact]
    public void A_bonus_has_a_ceiling_and_a_veto_caps_all()
    {
        var tree = Trees.Of(Trees.Leaf("a", 100, ScoreFunction.CappedCount, new ScoreNumbers(Target: 100)), Trees.Leaf("plus", 0, ScoreFunction.Bonus, new ScoreNumbers(Each: 2, Ceiling: 5)), Trees.Leaf("never", 0, ScoreFunction.Veto, new ScoreNumbers(Ceiling: 0)));
        Assert.Equal(85m, Scoring.Compute(tree, new Dictionary<string, ScoreInput> { ["a"] = new(80), ["plus"] = new(9), ["never"] = new(0) }).Total);
        Assert.Equal(100m, Scoring.Compute(tree, new Dictionary<string, ScoreInput> { ["a"] = new(99), ["plus"] = new(9) }).Total);
        Assert.Equal(0m, Scoring.Compute(tree, new Dictionary<string, ScoreInput> { ["a"] = new(80), ["plus"] = new(9), ["never"] = new(1) }).Total);
    }

    [Fact]
    public void A_scheme_is_refused_for_weights_levels_keys_silence_and_too_little_use()
    {
        Assert.Empty(Wrong(Trees.Seed(20, 40, 20, 20)));
        Assert.Equal(["assess.field.utilisation"], Wrong(Trees.Seed(30, 30, 20, 20)));
        Assert.Equal(["assess.field.weights"], Wrong(Trees.Seed(20, 40, 20, 21)));
        Assert.Equal(["assess.field.weight"], Wrong(Trees.Seed(0, 80, 40, -20)));
        Assert.Contains("assess.field.scheme-levels", Wrong(new SchemeNode("root", "根", "r", 100, [Trees.Leaf("a", 100, ScoreFunction.Ratio, isUtilisation: true)])));
        Assert.Contains("assess.field.scheme-twice", Wrong(Trees.Of(Trees.Leaf("a", 50, ScoreFunction.Ratio), Trees.Leaf("a", 50, ScoreFunction.Ratio))));
        Assert.Contains("assess.field.missing", Wrong(Trees.Of(Trees.Leaf("a", 100, ScoreFunction.Ratio) with { Missing = null })));
        Assert.Contains("assess.field.function", Wrong(Trees.Of(Trees.Leaf("a", 100, ScoreFunction.Ratio) with { Function = null })));
        foreach (var (function, numbers) in new (ScoreFunction, ScoreNumbers?)[]
        {
            (ScoreFunction.CappedCount, null), (ScoreFunction.Linear, new(50, 50)), (ScoreFunction.Inverse, new(5, 1)), (ScoreFunction.Bands, new(Bands: [new(2, 50), new(1, 90)])), (ScoreFunction.Deduction, new(Each: 0, Floor: 0)),
        })
            Assert.Contains("assess.field.numbers", Wrong(Trees.Of(Trees.Leaf("a", 100, function, numbers))));
        Assert.Contains("assess.field.source", Wrong(Trees.Of(Trees.Leaf("a", 100, ScoreFunction.Ratio, source: "no.such"))));
        Assert.Empty(Wrong(Trees.Of(Trees.Leaf("a", 100, ScoreFunction.Ratio, source: "use.used", isUtilisation: true))));
        // Weight of use counts through the levels: 50 % of 80 %.
        Assert.Equal(40m, SchemeRules.UtilisationWeight(new SchemeNode("r", "r", "r", 100, [new SchemeNode("h", "h", "h", 80, [Trees.Leaf("u", 50, ScoreFunction.Ratio, isUtilisation: true), Trees.Leaf("v", 50, ScoreFunction.Ratio)]), Trees.Leaf("w", 20, ScoreFunction.Ratio)])));
    }

    private static IEnumerable<string> Wrong(SchemeNode tree) => [.. SchemeRules.Check(new NewScheme("年度考核", "2026", tree), 40).Select(e => e.Key)];

    private static decimal? Number(string? text) => text is null ? null : decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
