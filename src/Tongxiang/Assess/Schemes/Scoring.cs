using System.Globalization;
using Tongxiang.Core;

namespace Tongxiang.Assess;

/// <summary>Computes a score from a tree and its inputs; pure, in decimal arithmetic, rounded only at the end.</summary>
[Enforces(37)]
public static class Scoring
{
    private const decimal Whole = 100m;
    private const int Digits = 2;

    public static ScoreResult Compute(SchemeNode root, IReadOnlyDictionary<string, ScoreInput> inputs)
    {
        var aside = SchemeRules.Leaves(root).Where(l => l.IsAside).ToList();
        List<string> held = [.. SchemeRules.Leaves(root).Where(l => l.Missing == MissingPolicy.Hold && Points(l, inputs.GetValueOrDefault(l.Key)).Points is null).Select(l => l.Key)];
        var tree = Node(root, inputs, Whole);
        var weighted = tree.Points ?? 0;
        var bonus = aside.Where(l => l.Function == ScoreFunction.Bonus).Sum(l => Points(l, inputs.GetValueOrDefault(l.Key)).Points ?? 0);
        decimal? cap = aside.Where(l => l.Function == ScoreFunction.Veto).Select(l => Points(l, inputs.GetValueOrDefault(l.Key)).Points).Where(p => p < Whole).Min();
        var total = Math.Min(Math.Min(Whole, weighted + bonus), cap ?? Whole);
        // Nothing but missing data is no zero.
        return new ScoreResult(held.Count > 0 || tree.Points is null ? null : Round(total), Round(weighted), Round(bonus), cap, held, tree);
    }

    private static NodeScore Node(SchemeNode node, IReadOnlyDictionary<string, ScoreInput> inputs, decimal share)
    {
        if (node.IsLeaf)
        {
            var input = inputs.GetValueOrDefault(node.Key);
            var (points, formula) = Points(node, input);
            if (points is null && node.Missing == MissingPolicy.Zero && !node.IsAside) (points, formula) = (0, formula + " → 0");
            return new NodeScore(node.Key, node.Name, node.NameEn, node.Weight, points, node.IsAside ? 0 : share, formula, input, []);
        }
        // Which siblings have data must be known before their shares are: first without shares, then with.
        var first = node.Children!.Select(c => (Node: c, Score: Node(c, inputs, 0))).ToList();
        var counted = first.Where(c => !c.Node.IsAside && c.Score.Points is not null).ToList();
        var weights = counted.Sum(c => c.Node.Weight);
        var children = node.Children!.Select(c => Node(c, inputs, weights > 0 && counted.Any(k => k.Node.Key == c.Key) ? share * c.Weight / weights : 0)).ToList();
        if (weights == 0) return new NodeScore(node.Key, node.Name, node.NameEn, node.Weight, null, 0, "–", null, children);
        var sum = counted.Sum(c => c.Score.Points!.Value * c.Node.Weight) / weights;
        var text = "(" + string.Join(" + ", counted.Select(c => $"{Say(c.Score.Points!.Value)} × {Say(c.Node.Weight)}")) + $") / {Say(weights)} = {Say(sum)}";
        return new NodeScore(node.Key, node.Name, node.NameEn, node.Weight, sum, share, text, null, children);
    }

    /// <summary>Points of one indicator with its formula; null points where data are missing.</summary>
    internal static (decimal? Points, string Formula) Points(SchemeNode leaf, ScoreInput? input)
    {
        var n = leaf.Numbers ?? new ScoreNumbers();
        var i = input ?? new ScoreInput();
        return leaf.Function switch
        {
            ScoreFunction.Ratio or ScoreFunction.OnTime => i is { Value: { } a, Of: { } b } && b > 0 ? Result($"{Say(a)} / {Say(b)} × 100", a / b * Whole) : Missing("a / b × 100"),
            ScoreFunction.CappedCount => i.Value is { } count ? Result($"min({Say(count)} / {Say(n.Target!.Value)}, 1) × 100", Math.Min(count / n.Target.Value, 1) * Whole) : Missing("min(n / target, 1) × 100"),
            ScoreFunction.Linear => i.Value is { } v ? Result($"({Say(v)} − {Say(n.Floor!.Value)}) / ({Say(n.Target!.Value)} − {Say(n.Floor.Value)}) × 100", (v - n.Floor.Value) / (n.Target.Value - n.Floor.Value) * Whole) : Missing("(v − floor) / (goal − floor) × 100"),
            ScoreFunction.Inverse => i.Value is { } low ? Result($"({Say(n.Floor!.Value)} − {Say(low)}) / ({Say(n.Floor.Value)} − {Say(n.Target!.Value)}) × 100", (n.Floor.Value - low) / (n.Floor.Value - n.Target.Value) * Whole) : Missing("(worst − v) / (worst − best) × 100"),
            ScoreFunction.Bands => i.Value is { } reached ? Result($"band({Say(reached)})", n.Bands!.LastOrDefault(b => b.From <= reached)?.Points ?? 0) : Missing("band(v)"),
            ScoreFunction.Deduction => i.Value is { } faults ? Result($"max(100 − {Say(faults)} × {Say(n.Each!.Value)}, {Say(n.Floor!.Value)})", Math.Max(Whole - faults * n.Each.Value, n.Floor.Value)) : Missing("max(100 − n × each, floor)"),
            ScoreFunction.Bonus => i.Value is { } merits ? Result($"min({Say(merits)} × {Say(n.Each!.Value)}, {Say(n.Ceiling!.Value)})", Math.Min(merits * n.Each.Value, n.Ceiling.Value)) : Missing("min(n × each, ceiling)"),
            ScoreFunction.Veto => i.Value is { } times ? Result($"{Say(times)} > 0 ? {Say(n.Ceiling!.Value)} : 100", times > 0 ? n.Ceiling.Value : Whole) : Missing("n > 0 ? cap : 100"),
            ScoreFunction.Peer => i is { Value: { } own, Least: { } least, Most: { } most } && most >= least
                ? most == least ? Result($"{Say(own)}, all peers alike", Whole) : Result($"({Say(own)} − {Say(least)}) / ({Say(most)} − {Say(least)}) × 100", (own - least) / (most - least) * Whole)
                : Missing("(v − min) / (max − min) × 100"),
            ScoreFunction.Manual => i is { First: { } one, Second: { } two } ? Result($"({Say(one.Points)} + {Say(two.Points)}) / 2", (one.Points + two.Points) / 2) : Missing("(first + second) / 2"),
            _ => Missing(""),
        };
    }

    private static (decimal?, string) Result(string formula, decimal points)
    {
        var within = Math.Clamp(points, 0, Whole);
        return (within, $"{formula} = {Say(within)}");
    }

    private static (decimal?, string) Missing(string formula) => (null, formula + " = –");

    private static decimal Round(decimal value) => Math.Round(value, Digits, MidpointRounding.AwayFromZero);

    private static string Say(decimal value) => Math.Round(value, 4, MidpointRounding.AwayFromZero).ToString("0.####", CultureInfo.InvariantCulture);
}
