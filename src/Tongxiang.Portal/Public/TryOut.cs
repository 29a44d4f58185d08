using System.Globalization;
using System.Text;

namespace Tongxiang.Portal.Public;

/// <summary>What a reader put into the try-out form, and the query it makes.</summary>
public sealed record TryOut(string Column, string Operator, string Value, string Order, int Limit)
{
    public static readonly IReadOnlyList<string> Operators = ["eq", "neq", "gt", "gte", "lt", "lte", "like", "is"];

    public static TryOut Read(Visit visit) => new(
        visit.Ask("column"),
        Operators.Contains(visit.Ask("op")) ? visit.Ask("op") : "eq",
        visit.Ask("value"),
        visit.Ask("order"),
        int.TryParse(visit.Ask("limit"), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? Math.Clamp(n, 1, 100) : 10);

    /// <summary>Path and query as a program would send them.</summary>
    public string Query(string slug)
    {
        var query = new StringBuilder("/data/").Append(slug).Append("?limit=").Append(Limit.ToString(CultureInfo.InvariantCulture));
        if (Column.Length > 0)
            query.Append('&').Append(Uri.EscapeDataString(Column)).Append('=').Append(Operator).Append('.').Append(Uri.EscapeDataString(Operator == "is" && Value.Length == 0 ? "null" : Value).Replace("%2A", "*", StringComparison.Ordinal));
        if (Order.Length > 0)
            query.Append("&order=").Append(Uri.EscapeDataString(Order));
        return query.ToString();
    }
}

/// <summary>What the data API answered.</summary>
public sealed record TryAnswer(int Status, string Text);
