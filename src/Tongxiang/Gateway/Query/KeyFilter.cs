using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Query;

/// <summary>Many keys as one condition that both stores seek in the key.</summary>
internal static class KeyFilter
{
    public static Predicate Any(IReadOnlyList<Predicate> keys)
    {
        if (keys.Count == 1) return keys[0];
        return keys[0].Operator == PlanOperator.Eq ? Predicate.On(keys[0].Field!, PlanOperator.In, [.. keys.Select(key => key.Values[0]).Distinct()]) : Tree(keys, 0, keys.Count);
    }

    // Halved again and again: a chain of a thousand "or" is deeper than a statement may be.
    private static Predicate Tree(IReadOnlyList<Predicate> keys, int from, int until) =>
        until - from == 1 ? keys[from] : Predicate.Any(Tree(keys, from, (from + until) / 2), Tree(keys, (from + until) / 2, until));
}
