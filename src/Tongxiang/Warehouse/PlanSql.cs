using System.Globalization;
using System.Text;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>A statement on a serving table: text with $1, $2 … each once and in this order, which both stores take as they are, and their values.</summary>
internal readonly record struct ServeStatement(string Text, IReadOnlyList<object> Values);

/// <summary>Turns a plan into SQL. Names come from the entry's checked fields, everything a caller wrote is a parameter; both stores answer alike.</summary>
internal sealed class PlanSql
{
    private readonly StringBuilder text = own ??= new StringBuilder(512);
    private readonly List<object> values = [];
    private readonly Store store;

    // One a thread: a statement is written in one go.
    [ThreadStatic]
    private static StringBuilder? own;

    private PlanSql(Store store)
    {
        this.store = store;
        text.Clear();
    }

    /// <summary>The rows of the plan and one more, which only tells that there are more. The values that continue it follow the columns of the answer, and the subject those.</summary>
    public static ServeStatement Rows(Store store, string table, IReadOnlyList<string> key, Plan plan)
    {
        var sql = new PlanSql(store);
        sql.text.Append("select ");
        var names = plan.Columns.Select(column => column.Field.Name).Concat(IsPoint(plan, key) ? [] : Continuing(plan, key));
        sql.List(plan.Subject is { } subject ? names.Append(subject.Name) : names);
        sql.From(table);
        sql.Where(plan, After(plan, key));
        if (!IsPoint(plan, key)) sql.Order(plan, key);
        sql.text.Append(" limit ");
        sql.Value(plan.Limit + 1);
        if (plan.Offset > 0)
        {
            sql.text.Append(" offset ");
            sql.Value(plan.Offset);
        }

        return new ServeStatement(sql.text.ToString(), sql.values);
    }

    /// <summary>How many rows fit, wherever the page stands.</summary>
    public static ServeStatement Count(Store store, string table, Plan plan)
    {
        var sql = new PlanSql(store);
        sql.text.Append("select count(*)");
        sql.From(table);
        sql.Where(plan, null);
        return new ServeStatement(sql.text.ToString(), sql.values);
    }

    /// <summary>Columns whose values say where a page ended: the order and what the order lacks of the key.</summary>
    public static IEnumerable<string> Continuing(Plan plan, IReadOnlyList<string> key) =>
        plan.Order.Select(order => order.Field.Name).Concat(key.Where(name => !plan.Order.Any(order => order.Field.Name == name)));

    /// <summary>Whether every key column is fixed to one value, so that at most one row fits.</summary>
    public static bool IsPoint(Plan plan, IReadOnlyList<string> key)
    {
        if (plan.Where is not { } where || plan.After is not null) return false;
        foreach (var name in key)
            if (!Fixes(where, name)) return false;
        return true;
    }

    private static bool Fixes(Predicate where, string name)
    {
        if (where.Negated) return false;
        if (where.Operator == PlanOperator.Eq) return where.Field!.Name == name;
        if (where.Operator != PlanOperator.And) return false;
        foreach (var part in where.Parts)
            if (Fixes(part, name)) return true;
        return false;
    }

    private sealed record Step(string Name, object? Value, bool Descending, bool NullsFirst);

    private static List<Step>? After(Plan plan, IReadOnlyList<string> key)
    {
        if (plan.After is not { } seen) return null;
        var steps = plan.Order.Select((order, i) => new Step(order.Field.Name, seen[i], order.Descending, order.NullsFirst)).ToList();
        foreach (var name in Continuing(plan, key).Skip(steps.Count)) steps.Add(new Step(name, seen[steps.Count], false, false));
        return steps;
    }

    private void From(string table) => text.Append(" from ").Append('"').Append(table).Append('"');

    private void List(IEnumerable<string> names)
    {
        var first = true;
        foreach (var name in names)
        {
            if (!first) text.Append(", ");
            Name(name);
            first = false;
        }
    }

    private void Where(Plan plan, List<Step>? after)
    {
        var word = " where ";
        foreach (var predicate in (Predicate?[])[plan.Granted, plan.Where])
        {
            if (predicate is null) continue;
            text.Append(word);
            Write(predicate);
            word = " and ";
        }

        if (after is null) return;
        text.Append(word);
        if (after.TrueForAll(step => step is { Value: not null, Descending: false }) && plan.Order.Count == 0) Beyond(after);
        else Follows(after, 0);
    }

    // (k1, k2) > (v1, v2): both stores seek it in the key.
    private void Beyond(List<Step> after)
    {
        text.Append('(');
        List(after.Select(step => step.Name));
        text.Append(") > (");
        for (var i = 0; i < after.Count; i++)
        {
            if (i > 0) text.Append(", ");
            Value(after[i].Value!);
        }

        text.Append(')');
    }

    private void Follows(List<Step> after, int i)
    {
        var (name, value, descending, nullsFirst) = after[i];
        text.Append('(');
        if (value is null)
        {
            if (nullsFirst) Name(name).Append(" is not null");
            else text.Append("1 = 0");
        }
        else
        {
            Name(name).Append(descending ? " < " : " > ");
            Value(value);
            if (!nullsFirst) Name(name, " or ").Append(" is null");
        }

        if (i + 1 < after.Count)
        {
            text.Append(" or (");
            Name(name).Append(value is null ? " is null" : " = ");
            if (value is not null) Value(value);
            text.Append(" and ");
            Follows(after, i + 1);
            text.Append(')');
        }

        text.Append(')');
    }

    private void Order(Plan plan, IReadOnlyList<string> key)
    {
        text.Append(" order by ");
        foreach (var order in plan.Order)
        {
            Name(order.Field.Name).Append(order.Descending ? " desc" : " asc");
            if (!key.Contains(order.Field.Name)) text.Append(order.NullsFirst ? " nulls first" : " nulls last");
            text.Append(", ");
        }

        List(key.Where(name => !plan.Order.Any(order => order.Field.Name == name)).DefaultIfEmpty(key[0]));
    }

    private void Write(Predicate predicate)
    {
        if (predicate.Negated) text.Append("not ");
        text.Append('(');
        switch (predicate.Operator)
        {
            case PlanOperator.And or PlanOperator.Or:
                for (var i = 0; i < predicate.Parts.Count; i++)
                {
                    if (i > 0) text.Append(predicate.Operator == PlanOperator.And ? " and " : " or ");
                    Write(predicate.Parts[i]);
                }

                break;
            case PlanOperator.Never:
                text.Append("1 = 0");
                break;
            case PlanOperator.IsNull:
                Name(predicate.Field!.Name).Append(" is null");
                break;
            case PlanOperator.In:
                Name(predicate.Field!.Name).Append(" in (");
                for (var i = 0; i < predicate.Values.Count; i++)
                {
                    if (i > 0) text.Append(", ");
                    Value(predicate.Values[i]);
                }

                text.Append(')');
                break;
            default:
                Compare(predicate);
                break;
        }

        text.Append(')');
    }

    private void Compare(Predicate predicate)
    {
        var value = predicate.Values[0];
        Name(predicate.Field!.Name);
        var (sign, end) = predicate.Operator switch
        {
            PlanOperator.Eq => (" = ", ""),
            PlanOperator.Neq => (" <> ", ""),
            PlanOperator.Gt => (" > ", ""),
            PlanOperator.Gte => (" >= ", ""),
            PlanOperator.Lt => (" < ", ""),
            PlanOperator.Lte => (" <= ", ""),
            // SQLite's like folds A–Z always, its glob never; PostgreSQL's ilike folds only A–Z under collation "C".
            PlanOperator.Like when store == Store.Sqlite => (" glob ", ""),
            PlanOperator.Like => (" like ", " escape '\\'"),
            PlanOperator.Ilike => (store == Store.Sqlite ? " like " : " ilike ", " escape '\\'"),
            _ => throw new InvalidOperationException($"{predicate.Operator} compares nothing."),
        };
        text.Append(sign);
        Value(predicate.Operator == PlanOperator.Like && store == Store.Sqlite ? Glob((string)value) : value);
        text.Append(end);
    }

    /// <summary>The same pattern in the signs of glob.</summary>
    internal static string Glob(string pattern)
    {
        var glob = new StringBuilder(pattern.Length + 8);
        for (var i = 0; i < pattern.Length; i++)
        {
            var sign = pattern[i];
            var literal = sign == '\\';
            if (literal) sign = pattern[++i];
            if (!literal && sign is '%' or '_') glob.Append(sign == '%' ? '*' : '?');
            else if (sign is '*' or '?' or '[') glob.Append('[').Append(sign).Append(']');
            else glob.Append(sign);
        }

        return glob.ToString();
    }

    private StringBuilder Name(string name, string before = "")
    {
        // Fields were checked when they were catalogued; this stands between a mistake there and the database.
        foreach (var c in name)
            if (c is not ('_' or (>= 'a' and <= 'z') or (>= '0' and <= '9'))) throw new ArgumentException($"'{name}' is no column name.", nameof(name));
        return text.Append(before).Append('"').Append(name).Append('"');
    }

    private void Value(object value)
    {
        values.Add(value);
        text.Append(CultureInfo.InvariantCulture, $"${values.Count}");
    }
}
