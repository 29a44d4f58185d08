using Tongxiang.Kernel;

namespace Tongxiang.Assess;

/// <summary>Inputs of a score: handed in with evidence, or taken from figures of supervision reports.</summary>
public static class ScoreInputs
{
    private const decimal Whole = 100m;

    /// <summary>What is wrong with inputs that were handed in.</summary>
    public static IReadOnlyList<FieldError> Check(SchemeNode root, IReadOnlyDictionary<string, ScoreInput> given)
    {
        List<FieldError> found = [];
        var leaves = SchemeRules.Leaves(root).ToDictionary(l => l.Key, StringComparer.Ordinal);
        foreach (var (key, input) in given.OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (!leaves.TryGetValue(key, out var leaf)) found.Add(new FieldError("inputs", "assess.field.no-indicator", key));
            else if (leaf.Source is not null) found.Add(new FieldError("inputs", "assess.field.from-report", key, leaf.Source));
            else if (leaf.Function == ScoreFunction.Manual) Marks(key, input, found);
            else if (input.Value is null || input.Value < 0 || input.Of < 0 || input.Value > 1_000_000_000_000 || input.Of > 1_000_000_000_000 || (leaf.Function is ScoreFunction.Ratio or ScoreFunction.OnTime && (input.Of is null || input.Value > input.Of)))
                found.Add(new FieldError("inputs", "assess.field.input", key));
            else if (leaf.Function == ScoreFunction.Peer && (input.Least is null || input.Most is null || input.Value < input.Least || input.Value > input.Most)) found.Add(new FieldError("inputs", "assess.field.peers", key));
            if (leaves.ContainsKey(key) && leaf?.Source is null && (input.Evidence ?? "").Trim().Length is 0 or > 300) found.Add(new FieldError("inputs", "assess.field.input-evidence", key));
        }
        return found;
    }

    /// <summary>Adds what the reports of the period say: parts and wholes are summed over its months.</summary>
    public static IReadOnlyDictionary<string, ScoreInput> With(SchemeNode root, IReadOnlyDictionary<string, ScoreInput> given, IReadOnlyList<(string Number, FigureRow Row)> reports)
    {
        var all = new SortedDictionary<string, ScoreInput>(StringComparer.Ordinal);
        foreach (var (key, input) in given) all[key] = input;
        foreach (var leaf in SchemeRules.Leaves(root).Where(l => l.Source is not null))
        {
            var figures = reports.Select(r => (r.Number, Figure: r.Row[leaf.Source!])).Where(f => f.Figure.Part is not null).ToList();
            // Without a figure there is no input: the indicator's own policy says what follows.
            if (figures.Count == 0) continue;
            all[leaf.Key] = new ScoreInput(
                figures.Sum(f => f.Figure.Part!.Value), SupervisionReport.IsCount(leaf.Source!) ? null : figures.Sum(f => f.Figure.Whole), Evidence: string.Join(", ", figures.Select(f => $"{f.Number}#{leaf.Source}")));
        }
        return all;
    }

    // One pair of eyes is no appraisal: two people mark, each with grounds.
    private static void Marks(string key, ScoreInput input, List<FieldError> found)
    {
        if (input is not { First: { } first, Second: { } second } || first.Points is < 0 or > Whole || second.Points is < 0 or > Whole || (first.Grounds ?? "").Trim().Length < 5 || (second.Grounds ?? "").Trim().Length < 5)
            found.Add(new FieldError("inputs", "assess.field.marks", key));
        else if (string.IsNullOrWhiteSpace(first.Reviewer) || string.IsNullOrWhiteSpace(second.Reviewer) || first.Reviewer.Trim() == second.Reviewer.Trim()) found.Add(new FieldError("inputs", "assess.field.two-reviewers", key));
    }
}
