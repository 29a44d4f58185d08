using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Row filters of wishes and grants: conditions of the data API's query language joined by <c>&amp;</c>, all of which must hold.</summary>
public static class RowFilter
{
    private static readonly string[] Operators = ["eq", "neq", "gt", "gte", "lt", "lte", "like", "ilike", "in", "is"];

    /// <summary>Both filters at once: what a provider adds only narrows.</summary>
    public static string Both(string one, string other) => (one.Length, other.Length) switch
    {
        (0, _) => other,
        (_, 0) => one,
        _ when one == other => one,
        _ => $"{one}&{other}",
    };

    public static IEnumerable<FieldError> Check(string at, string rows, Func<string, bool> isKnown)
    {
        if (rows.Length == 0) yield break;
        foreach (var condition in rows.Split('&'))
        {
            var equals = condition.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? condition : condition[..equals];
            if (equals <= 0 || !IsCondition(condition[(equals + 1)..])) yield return new FieldError(at, "share.field.rows-form", Short(condition));
            else if (!isKnown(name)) yield return new FieldError(at, "share.field.rows-unknown", Short(name));
        }
    }

    private static bool IsCondition(string text)
    {
        var rest = text.StartsWith("not.", StringComparison.Ordinal) ? text[4..] : text;
        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && Operators.Contains(rest[..dot], StringComparer.Ordinal) && rest.Length > dot + 1 && !rest.Any(char.IsControl);
    }

    private static string Short(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
