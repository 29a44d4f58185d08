using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Warehouse;

/// <summary>Which column of a version says whom a row is about, and which persons a query asked for by name.</summary>
public static class Subjects
{
    /// <summary>The personal identity number; without one the first part of the key that is personal; null when no row points at a person.</summary>
    public static Field? Of(Version version)
    {
        var key = version.Key.Select(name => version.Columns.FirstOrDefault(f => f.Name == name)).OfType<Field>();
        return version.Columns.FirstOrDefault(f => f.IsPersonal && IsCitizenId(f)) ?? key.FirstOrDefault(f => f.IsPersonal);
    }

    public static SubjectKind KindOf(Field field) => IsCitizenId(field) ? SubjectKind.Citizen : SubjectKind.OwnKey;

    /// <summary>
    /// The persons a condition names whole, wherever in it they stand: whoever asks for one and gets no row has still learnt something about that person. A lower and an
    /// upper bound that are the same name one too.
    /// </summary>
    public static HashSet<string> AskedFor(Predicate? where, Field subject)
    {
        var (asked, low, high) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        if (where is not null) Collect(where, subject, asked, low, high);
        low.IntersectWith(high);
        asked.UnionWith(low);
        return asked;
    }

    private static void Collect(Predicate at, Field subject, HashSet<string> asked, HashSet<string> low, HashSet<string> high)
    {
        foreach (var part in at.Parts) Collect(part, subject, asked, low, high);
        if (at.Field?.Name != subject.Name) return;
        var into = at.Operator switch
        {
            PlanOperator.Eq or PlanOperator.Neq or PlanOperator.In => asked,
            PlanOperator.Like or PlanOperator.Ilike when at.Values[0] is string pattern && pattern.AsSpan().IndexOfAny("%_\\") < 0 => asked,
            PlanOperator.Gte or PlanOperator.Gt => low,
            PlanOperator.Lte or PlanOperator.Lt => high,
            _ => null,
        };
        foreach (var value in at.Values) into?.Add(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "");
    }

    private static bool IsCitizenId(Field field) => ElementKinds.TryParse(field.Element, out var kind) && kind == ElementKind.CitizenId;
}
