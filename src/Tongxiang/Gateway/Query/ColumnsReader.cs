using System.Text;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Query;

/// <summary>Reads <c>select</c> and <c>order</c>.</summary>
internal static class ColumnsReader
{
    private const int shownCharacters = 63;

    /// <summary>The columns of the answer: <c>*</c>, <c>name</c>, <c>shown:name</c>.</summary>
    public static QueryFault? Select(QueryScope scope, string? select, out IReadOnlyList<PlanColumn> columns)
    {
        var chosen = new List<PlanColumn>();
        columns = chosen;
        if (string.IsNullOrWhiteSpace(select)) select = "*";
        foreach (var item in Split(select))
        {
            var fault = item == "*" ? Everything(scope, chosen) : One(scope, item, chosen);
            if (fault is not null) return fault;
        }

        return null;
    }

    /// <summary>The order: <c>name.desc.nullslast</c>, comma-separated.</summary>
    public static QueryFault? Order(QueryScope scope, string? order, out IReadOnlyList<PlanOrder> steps)
    {
        var chosen = new List<PlanOrder>();
        steps = chosen;
        if (string.IsNullOrWhiteSpace(order)) return null;
        foreach (var item in Split(order))
        {
            var parts = Unquote(item, out var name).Split('.', StringSplitOptions.RemoveEmptyEntries);
            if (scope.Find(name) is not { } column) return name.Contains('(', StringComparison.Ordinal) || name.Contains("->", StringComparison.Ordinal) ? FilterReader.NotOffered(name) : QueryFault.NoColumn(scope.Resource, name);
            if (column.IsMasked) return new QueryFault(400, "gateway.masked-column", $"column {scope.Resource}.{name} is masked and cannot be filtered or ordered by", null, "gateway.query.masked", name);
            var (descending, nullsFirst) = (false, false);
            for (var i = 0; i < parts.Length; i++)
            {
                if (i == 0 && parts[i] is "asc" or "desc") descending = parts[i] == "desc";
                else if (i == parts.Length - 1 && parts[i] is "nullsfirst" or "nullslast") nullsFirst = parts[i] == "nullsfirst";
                else return QueryFault.Parse($"\"failed to parse order ({QueryFault.Clip(order)})\"", $"unexpected \"{QueryFault.Clip(parts[i])}\" expecting asc, desc, nullsfirst or nullslast", "gateway.query.order");
            }

            // A column that stands a second time cannot change the order any more.
            if (!chosen.Exists(step => step.Field.Name == name)) chosen.Add(new PlanOrder(column.Field, descending, nullsFirst));
            if (chosen.Count > scope.Limits.OrderColumns) return FilterReader.TooMuch("gateway.query.order-columns", scope.Limits.OrderColumns);
        }

        return null;
    }

    private static QueryFault? Everything(QueryScope scope, List<PlanColumn> chosen)
    {
        foreach (var column in scope.Columns)
            if (!IsShown(chosen, column.Field.Name)) chosen.Add(new PlanColumn(column.Field, column.Field.Name));
        return null;
    }

    // On the path of every call: nothing is made to compare names.
    private static bool IsShown(List<PlanColumn> chosen, string name)
    {
        foreach (var column in chosen)
            if (column.Shown == name) return true;
        return false;
    }

    private static QueryFault? One(QueryScope scope, string item, List<PlanColumn> chosen)
    {
        if (item.Length == 0) return QueryFault.Parse("\"failed to parse select parameter\"", "unexpected \",\" expecting field name (* or [a..z0..9_$])", "gateway.query.select");
        if (item.Contains('(', StringComparison.Ordinal) || item.Contains("::", StringComparison.Ordinal) || item.Contains("->", StringComparison.Ordinal)) return FilterReader.NotOffered(item);
        var colon = item.StartsWith('"') ? item.IndexOf("\":", StringComparison.Ordinal) + 1 : item.IndexOf(':', StringComparison.Ordinal);
        var shown = colon > 0 ? item[..colon].Trim('"', ' ') : null;
        Unquote(item[(colon > 0 ? colon + 1 : 0)..].Trim(), out var name);
        if (scope.Find(name) is not { } column) return QueryFault.NoColumn(scope.Resource, name);
        shown ??= name;
        // The shown name becomes a JSON key and a CSV heading that a spreadsheet may open.
        if (shown.Length is 0 or > shownCharacters || !shown.EnumerateRunes().All(r => Rune.IsLetterOrDigit(r) || r.Value is '_' or '-' or ' ') || shown[0] is '-' or ' ')
            return QueryFault.Parse($"\"failed to parse select parameter ({QueryFault.Clip(item)})\"", "bad alias", "gateway.query.alias", shownCharacters);
        var known = chosen.FindIndex(c => c.Shown == shown);
        if (known >= 0 && chosen[known].Field.Name != name)
            return QueryFault.Parse($"\"failed to parse select parameter ({QueryFault.Clip(item)})\"", $"the name \"{shown}\" is used twice", "gateway.query.twice", shown);
        if (known < 0) chosen.Add(new PlanColumn(column.Field, shown));
        return null;
    }

    // Commas inside quotes do not separate.
    private static IEnumerable<string> Split(string list)
    {
        var (start, quoted) = (0, false);
        for (var i = 0; i < list.Length; i++)
        {
            if (list[i] == '"') quoted = !quoted;
            if (list[i] != ',' || quoted) continue;
            yield return list[start..i].Trim();
            start = i + 1;
        }

        yield return list[start..].Trim();
    }

    private static string Unquote(string item, out string name)
    {
        var end = item.StartsWith('"') ? item.IndexOf('"', 1) : -1;
        if (end > 0)
        {
            name = item[1..end];
            return item[(end + 1)..];
        }

        var dot = item.IndexOf('.', StringComparison.Ordinal);
        name = dot < 0 ? item : item[..dot];
        return dot < 0 ? "" : item[dot..];
    }
}
