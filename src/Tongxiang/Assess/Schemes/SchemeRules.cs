using Tongxiang.Kernel;

namespace Tongxiang.Assess;

/// <summary>What a scheme must be like; every refusal names the node.</summary>
public static class SchemeRules
{
    /// <summary>Rule of the least weight of utilisation, in percent.</summary>
    public const string Utilisation = "SCORE-UTILISATION";

    private const int LeastLevels = 3;
    private const int MostLevels = 6;
    private const int MostNodes = 300;
    private const decimal Whole = 100m;

    /// <param name="leastUtilisation">Percent of the whole that indicators of use must weigh.</param>
    public static IReadOnlyList<FieldError> Check(NewScheme scheme, decimal leastUtilisation)
    {
        List<FieldError> found = [];
        if ((scheme.Name ?? "").Trim().Length is < 2 or > 120) found.Add(new FieldError("name", "assess.field.scheme-name"));
        if (!IsPeriod(scheme.Period)) found.Add(new FieldError("period", "assess.field.scheme-period"));
        if (scheme.Tree is null) return [.. found, new FieldError("tree", "kernel.required")];
        var all = Nodes(scheme.Tree).Take(MostNodes + 1).ToList();
        if (all.Count > MostNodes) return [.. found, new FieldError("tree", "assess.field.scheme-large", MostNodes)];
        if (Depth(scheme.Tree) is < LeastLevels or > MostLevels) found.Add(new FieldError("tree", "assess.field.scheme-levels", LeastLevels, MostLevels));
        foreach (var twice in all.GroupBy(n => n.Key, StringComparer.Ordinal).Where(g => g.Count() > 1)) found.Add(new FieldError("tree", "assess.field.scheme-twice", twice.Key));
        foreach (var node in all) Node(node, found);
        if (found.Count > 0) return found;
        var weight = UtilisationWeight(scheme.Tree);
        // What counts is what is used: a scheme that rewards mere quantity is refused.
        if (weight < leastUtilisation) found.Add(new FieldError("tree", "assess.field.utilisation", weight, leastUtilisation));
        return found;
    }

    /// <summary>Percent of the whole that the indicators of use weigh.</summary>
    public static decimal UtilisationWeight(SchemeNode root)
    {
        decimal Sum(SchemeNode node, decimal share) => node.IsUtilisation ? share : node.IsLeaf ? 0 : node.Children!.Sum(c => Sum(c, share * c.Weight / Whole));
        return Sum(root, Whole);
    }

    public static IEnumerable<SchemeNode> Nodes(SchemeNode node) => node.IsLeaf ? [node] : [node, .. node.Children!.SelectMany(Nodes)];

    public static IEnumerable<SchemeNode> Leaves(SchemeNode node) => Nodes(node).Where(n => n.IsLeaf);

    private static int Depth(SchemeNode node) => node.IsLeaf ? 1 : 1 + node.Children!.Max(Depth);

    private static void Node(SchemeNode node, List<FieldError> found)
    {
        if ((node.Key ?? "").Length is 0 or > 60 || !node.Key!.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')) found.Add(new FieldError("tree", "assess.field.node-key", node.Key ?? ""));
        if ((node.Name ?? "").Trim().Length is 0 or > 120) found.Add(new FieldError("tree", "assess.field.node-name", node.Key ?? ""));
        if (node.IsLeaf) Leaf(node, found);
        else if (node.Function is not null) found.Add(new FieldError("tree", "assess.field.node-both", node.Key ?? ""));
        else
        {
            var sum = node.Children!.Where(c => !c.IsAside).Sum(c => c.Weight);
            if (sum != Whole) found.Add(new FieldError("tree", "assess.field.weights", node.Key ?? "", sum));
            if (node.Children!.Any(c => c.IsAside ? c.Weight != 0 : c.Weight is <= 0 or > Whole)) found.Add(new FieldError("tree", "assess.field.weight", node.Key ?? ""));
        }
    }

    private static void Leaf(SchemeNode node, List<FieldError> found)
    {
        if (node.Function is not { } function || !Enum.IsDefined(function)) found.Add(new FieldError("tree", "assess.field.function", node.Key));
        else if (!HasNumbers(function, node.Numbers ?? new ScoreNumbers())) found.Add(new FieldError("tree", "assess.field.numbers", node.Key, function));
        // No indicator may be silent about missing data.
        if (node.Missing is not { } missing || !Enum.IsDefined(missing)) found.Add(new FieldError("tree", "assess.field.missing", node.Key));
        if (node.Source is { } source && (SupervisionReport.Formulas.All(f => f.Key != source) || node.Function is ScoreFunction.Manual or ScoreFunction.Peer)) found.Add(new FieldError("tree", "assess.field.source", node.Key, source));
    }

    private static bool HasNumbers(ScoreFunction function, ScoreNumbers n) => function switch
    {
        ScoreFunction.CappedCount => n.Target > 0,
        ScoreFunction.Linear => n is { Target: { } goal, Floor: { } floor } && goal > floor,
        ScoreFunction.Inverse => n is { Target: { } best, Floor: { } worst } && worst > best,
        ScoreFunction.Bands => n.Bands is { Count: > 0 } bands && bands.All(b => b.Points is >= 0 and <= Whole) && bands.Zip(bands.Skip(1)).All(p => p.First.From < p.Second.From),
        ScoreFunction.Deduction => n.Each > 0 && n.Floor is >= 0 and < Whole,
        ScoreFunction.Bonus => n.Each > 0 && n.Ceiling is > 0 and <= 20,
        ScoreFunction.Veto => n.Ceiling is >= 0 and < Whole,
        _ => true,
    };

    private static bool IsPeriod(string? period) => period is { Length: 4 } && int.TryParse(period, out var year) && year is > 2020 and < 2100 || SupervisionReports.Begin(period) is not null;
}
