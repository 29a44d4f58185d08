using System.Globalization;
using CsCheck;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Query;
using Tongxiang.Warehouse;

namespace Tongxiang.Tests.Gateway.Query;

/// <summary>A small table with every type and many nulls, and filters on it whose answer is known without our parser.</summary>
internal static class Sample
{
    public static readonly Field Id = Make("id", FieldType.Integer);
    public static readonly Field Name = Make("name", FieldType.Text);
    public static readonly Field Amount = Make("amount", FieldType.Decimal, 2);
    public static readonly Field Ratio = Make("ratio", FieldType.Real);
    public static readonly Field Day = Make("day", FieldType.Date);
    public static readonly Field Secret = Make("secret", FieldType.Text);
    public static readonly IReadOnlyList<Field> Fields = [Id, Name, Amount, Ratio, Day];

    public static readonly string?[] Names = ["张三", "李四", "O'Brien", "a,b)c", "back\\slash", "say \"hi\"", "%per_cent%", "ABC", "abc", "𠮷野", "", "*", null];

    public static Continuation Continuation { get; } = new(new byte[32]);

    /// <summary>Rows as stored: id, name, amount × 100, ratio, day.</summary>
    public static readonly IReadOnlyList<object?[]> Rows = [.. Enumerable.Range(0, 60).Select(i => new object?[]
    {
        (long)i,
        Names[i % Names.Length],
        i % 7 == 0 ? null : (long)(i * 125 - 3000),
        i % 5 == 0 ? null : i * 0.25 - 3,
        i % 11 == 0 ? null : new DateOnly(2024, 1, 1).AddDays(i * 17).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    })];

    public static QueryScope Scope(Predicate? rows = null, QueryLimits? limits = null) =>
        new("sample", [.. Fields.Select(f => new ScopeColumn(f, false)), new ScopeColumn(Make("masked", FieldType.Text), true)], rows, limits);

    public static Field Make(string name, FieldType type, int? scale = null) =>
        new(name, name, name, type, null, scale, "", null, null, false, false, null, null, Grade.General1);

    /// <summary>A filter's text and what it says of a row (null: unknown).</summary>
    public sealed record Filter(string Text, Func<object?[], bool?> Holds);

    /// <summary>One condition inside a tree: <c>col.op.value</c>.</summary>
    public static Gen<Filter> Condition { get; } = Gen.OneOf(
        Compared(0, "id", Gen.Long[-5, 65], v => v.ToString(CultureInfo.InvariantCulture), (cell, v) => ((long)cell).CompareTo(v)),
        Compared(2, "amount", Gen.Int[-40_000, 50_000], v => (v / 1000m).ToString(CultureInfo.InvariantCulture), (cell, v) => ((long)cell * 10).CompareTo(v)),
        Compared(3, "ratio", Gen.Int[-20, 60], v => (v * 0.25).ToString(CultureInfo.InvariantCulture), (cell, v) => ((double)cell).CompareTo(v * 0.25)),
        Compared(1, "name", Gen.OneOf(Names[..^1]), v => Quote(v!), (cell, v) => string.CompareOrdinal((string)cell, v)),
        Compared(4, "day", Gen.Int[0, 1100], v => Date(v), (cell, v) => string.CompareOrdinal((string)cell, Date(v))),
        Gen.Select(Gen.Int[0, 4], Gen.Bool).Select((column, no) => new Filter(
            $"{Fields[column].Name}.is.{(no ? "not_null" : "null")}", row => row[column] is null != no)),
        Gen.OneOf(Names[..^1]).Array[0, 4].Select(list => new Filter(
            $"name.in.({string.Join(',', list.Select(v => Quote(v!)))})", row => row[1] is null && list.Length > 0 ? null : list.Contains((string?)row[1]))),
        Gen.Select(Gen.OneOf(Names[..^1]), Gen.Int[0, 3], Gen.Bool).Select((name, cut, fold) => Like(name!, cut, fold)));

    public static Gen<Filter> Tree { get; } = Gen.Recursive<Filter>((depth, inner) => depth > 3 ? Condition : Gen.Frequency(
        (3, Condition.Select(Gen.Bool, (c, not) => not ? new Filter(Negate(c.Text), row => !c.Holds(row)) : c)),
        (2, Gen.Select(inner.Array[1, 3], Gen.Bool, Gen.Bool).Select((parts, all, not) => new Filter(
            $"{(not ? "not." : "")}{(all ? "and" : "or")}({string.Join(" , ", parts.Select(p => p.Text))})",
            row =>
            {
                var held = all ? All(parts, row) : Any(parts, row);
                return not ? !held : held;
            })))));

    public static bool? Evaluate(Predicate predicate, object?[] row)
    {
        var cell = predicate.Field is { } field ? row[Fields.ToList().FindIndex(f => f.Name == field.Name)] : null;
        bool? held = predicate.Operator switch
        {
            PlanOperator.And => All([.. predicate.Parts.Select(p => new Filter("", r => Evaluate(p, r)))], row),
            PlanOperator.Or => Any([.. predicate.Parts.Select(p => new Filter("", r => Evaluate(p, r)))], row),
            PlanOperator.Never => false,
            PlanOperator.IsNull => cell is null,
            _ when cell is null => null,
            PlanOperator.In => predicate.Values.Contains(cell),
            PlanOperator.Like => Matches((string)cell, (string)predicate.Values[0], false),
            PlanOperator.Ilike => Matches((string)cell, (string)predicate.Values[0], true),
            var op => Order(cell, predicate.Values[0]) is var order && op switch
            {
                PlanOperator.Eq => order == 0,
                PlanOperator.Neq => order != 0,
                PlanOperator.Gt => order > 0,
                PlanOperator.Gte => order >= 0,
                PlanOperator.Lt => order < 0,
                _ => order <= 0,
            },
        };
        return predicate.Negated ? !held : held;
    }

    private static int Order(object a, object b) => a is string text ? string.CompareOrdinal(text, (string)b) : Comparer<object>.Default.Compare(a, b);

    private static Gen<Filter> Compared<T>(int column, string name, Gen<T> values, Func<T, string> text, Func<object, T, int> compare) =>
        Gen.Select(Gen.OneOf("eq", "neq", "gt", "gte", "lt", "lte"), values).Select((op, value) => new Filter($"{name}.{op}.{text(value)}", row => row[column] is not { } cell
            ? null
            : compare(cell, value) is var order && op switch { "eq" => order == 0, "neq" => order != 0, "gt" => order > 0, "gte" => order >= 0, "lt" => order < 0, _ => order <= 0 }));

    // A known name with its end cut off and a star instead: every row that begins with the rest.
    private static Filter Like(string name, int cut, bool fold)
    {
        var runes = name.EnumerateRunes().Select(r => r.ToString()).ToList();
        var kept = string.Concat(runes.Take(Math.Max(0, runes.Count - cut)));
        var pattern = kept.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal) + "*";
        return new Filter($"name.{(fold ? "ilike" : "like")}.{Quote(pattern)}", row => row[1] is string cell
            ? cell.StartsWith(kept, fold ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal) : null);
    }

    private static bool Matches(string text, string pattern, bool fold)
    {
        var regex = new System.Text.StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
            regex.Append(pattern[i] switch
            {
                '%' => "(?s:.*)",
                '_' => "(?s:[\uD800-\uDBFF][\uDC00-\uDFFF]|.)",
                '\\' => System.Text.RegularExpressions.Regex.Escape(pattern[++i].ToString()),
                var sign => System.Text.RegularExpressions.Regex.Escape(sign.ToString()),
            });
        var options = System.Text.RegularExpressions.RegexOptions.CultureInvariant;
        return System.Text.RegularExpressions.Regex.IsMatch(text, regex + "\\z", fold ? options | System.Text.RegularExpressions.RegexOptions.IgnoreCase : options);
    }

    private static bool? All(Filter[] parts, object?[] row)
    {
        var held = parts.Select(p => p.Holds(row)).ToList();
        return held.Contains(false) ? false : held.Contains(null) ? null : true;
    }

    private static bool? Any(Filter[] parts, object?[] row)
    {
        var held = parts.Select(p => p.Holds(row)).ToList();
        return held.Contains(true) ? true : held.Contains(null) ? null : false;
    }

    private static string Negate(string condition) => condition.Insert(condition.IndexOf('.', StringComparison.Ordinal) + 1, "not.");

    private static string Quote(string value) => "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    private static string Date(int day) => new DateOnly(2024, 1, 1).AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
