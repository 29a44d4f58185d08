using System.Text;
using Tongxiang.Catalog;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Query;

/// <summary>Reads filters: <c>col=op.value</c> and the trees <c>and=(…)</c>, <c>or=(…)</c>. The first fault ends the reading.</summary>
internal sealed class FilterReader(QueryScope scope)
{
    private static readonly HashSet<string> foreignOperators = new(StringComparer.Ordinal)
        { "match", "imatch", "fts", "plfts", "phfts", "wfts", "cs", "cd", "ov", "sl", "sr", "nxr", "nxl", "adj", "isdistinct", "any", "all" };

    private int predicates;
    private string text = "";
    private int at;

    public QueryFault? Fault { get; private set; }

    /// <summary>A top-level filter; its value runs to the end and is never quoted.</summary>
    public Predicate? Column(string name, string condition)
    {
        (text, at) = (condition, 0);
        if (Known(name) is not { } column) return null;
        return Condition(column, nested: false);
    }

    /// <summary>A tree in parentheses under <c>and</c>, <c>or</c>, <c>not.and</c> or <c>not.or</c>.</summary>
    public Predicate? Tree(string key, string tree)
    {
        (text, at) = (tree, 0);
        var negated = key.StartsWith("not.", StringComparison.Ordinal);
        var group = Group(key.EndsWith("and", StringComparison.Ordinal), 1);
        if (group is not null && at < text.Length) return Unexpected("end of input");
        return negated ? group?.Not() : group;
    }

    private Predicate? Group(bool all, int depth)
    {
        if (depth > scope.Limits.Depth) return Too("gateway.query.too-deep", scope.Limits.Depth);
        if (!Take('(')) return Unexpected("\"(\"");
        var parts = new List<Predicate>();
        do
        {
            Blanks();
            if (Item(depth) is not { } part) return null;
            parts.Add(part);
            Blanks();
        }
        while (Take(','));
        if (!Take(')')) return Unexpected("\",\" or \")\"");
        return all ? Predicate.All(parts) : Predicate.Any(parts);
    }

    private Predicate? Item(int depth)
    {
        var negated = TakeWord("not.");
        foreach (var (word, all) in ((string, bool)[])[("and", true), ("or", false)])
        {
            if (!Next(word + "(")) continue;
            at += word.Length;
            var group = Group(all, depth + 1);
            return negated ? group?.Not() : group;
        }

        if (negated) return Unexpected("\"and\" or \"or\"");
        if (Name() is not { } name || Known(name) is not { } column) return null;
        return Take('.') ? Condition(column, nested: true) : Unexpected("\".\"");
    }

    private Predicate? Condition(Field field, bool nested)
    {
        if (++predicates > scope.Limits.Predicates) return Too("gateway.query.too-many", scope.Limits.Predicates);
        var negated = TakeWord("not.");
        var start = at;
        while (at < text.Length && char.IsAsciiLetter(text[at])) at++;
        var op = text[start..at];
        if (op.Length > 0 && Next("(")) return Foreign(op + "(");
        if (!Take('.')) return foreignOperators.Contains(op) ? Foreign(op) : Unexpected("operator (eq, gt, ...)");
        var predicate = op switch
        {
            "eq" => Compare(field, PlanOperator.Eq, nested),
            "neq" => Compare(field, PlanOperator.Neq, nested),
            "gt" => Compare(field, PlanOperator.Gt, nested),
            "gte" => Compare(field, PlanOperator.Gte, nested),
            "lt" => Compare(field, PlanOperator.Lt, nested),
            "lte" => Compare(field, PlanOperator.Lte, nested),
            "like" => Pattern(field, PlanOperator.Like, nested),
            "ilike" => Pattern(field, PlanOperator.Ilike, nested),
            "in" => List(field),
            "is" => Is(field, nested),
            _ => foreignOperators.Contains(op) ? Foreign(op) : Refuse(QueryFault.Parse(
                $"\"failed to parse filter ({QueryFault.Clip(text)})\" (line 1, column {start + 1})", $"unexpected \"{QueryFault.Clip(op)}\" expecting operator (eq, gt, ...)", "gateway.query.operators")),
        };
        if (predicate is not null && !nested && at < text.Length) return Unexpected("end of input");
        return negated ? predicate?.Not() : predicate;
    }

    private Predicate? Compare(Field field, PlanOperator op, bool nested)
    {
        if (Value(nested) is not { } value) return null;
        return Literals.Compare(field, op, value) ?? NoValue(field, value);
    }

    private Predicate? Pattern(Field field, PlanOperator op, bool nested)
    {
        if (Value(nested) is not { } value) return null;
        if (field.Type != FieldType.Text)
            return Refuse(new QueryFault(400, "42883", $"operator does not exist: {Literals.TypeName(field)} ~~ unknown", null, "gateway.query.like-text", field.Name));
        var pattern = new StringBuilder(value.Length);
        var wildcards = 0;
        for (var i = 0; i < value.Length; i++)
        {
            var sign = value[i] == '*' ? '%' : value[i];
            if (sign == '\\' && ++i == value.Length)
                return Refuse(new QueryFault(400, "22025", "LIKE pattern must not end with escape character", null, "gateway.query.like-escape"));
            if (value[i] is '%' or '_' or '\\' && sign == '\\') pattern.Append('\\').Append(value[i]);
            else if (sign == '\\') pattern.Append(value[i]);
            else if (sign != '%' || pattern is not [.., '%'] || pattern is [.., '\\', '%']) pattern.Append(sign);
            if (sign is '%' or '_') wildcards++;
        }

        return wildcards > scope.Limits.Wildcards ? Too("gateway.query.wildcards", scope.Limits.Wildcards) : Predicate.On(field, op, pattern.ToString());
    }

    private Predicate? List(Field field)
    {
        if (!Take('(')) return Unexpected("\"(\"");
        var values = new HashSet<object>();
        Predicate? none = null;
        Blanks();
        if (!Take(')'))
        {
            do
            {
                Blanks();
                if (Value(nested: true) is not { } value) return null;
                var one = Literals.Compare(field, PlanOperator.Eq, value);
                if (one is null) return NoValue(field, value);
                if (one.Operator == PlanOperator.Eq) values.Add(one.Values[0]);
                else none = one;
                if (values.Count > scope.Limits.ListItems) return Too("gateway.query.list", scope.Limits.ListItems);
                Blanks();
            }
            while (Take(','));
            if (!Take(')')) return Unexpected("\",\" or \")\"");
        }

        return values.Count > 0 ? Predicate.On(field, PlanOperator.In, [.. values]) : none ?? new Predicate(PlanOperator.Never, null, [], [], false);
    }

    private Predicate? Is(Field field, bool nested)
    {
        if (Value(nested) is not { } value) return null;
        return value.ToLowerInvariant() switch
        {
            "null" => Predicate.On(field, PlanOperator.IsNull),
            "not_null" => Predicate.On(field, PlanOperator.IsNull).Not(),
            "true" or "false" or "unknown" => Refuse(new QueryFault(
                400, "42804", $"argument of IS {value.ToUpperInvariant()} must be type boolean, not type {Literals.TypeName(field)}", null, "gateway.query.is")),
            _ => Refuse(QueryFault.Parse(
                $"\"failed to parse filter ({QueryFault.Clip(text)})\"", $"unexpected \"{QueryFault.Clip(value)}\" expecting isVal: (null, not_null, true, false, unknown)", "gateway.query.is")),
        };
    }

    private string? Value(bool nested)
    {
        string? value;
        if (nested && Next("\"")) value = Quoted();
        else
        {
            var start = at;
            while (at < text.Length && (!nested || text[at] is not (',' or ')'))) at++;
            value = text[start..at];
            if (nested) value = value.TrimEnd(' ');
        }

        if (value is null) return null;
        var fault = value.Length > scope.Limits.ValueCharacters ? TooMuch("gateway.query.value-long", scope.Limits.ValueCharacters)
            : value.Contains('\0', StringComparison.Ordinal) ? new QueryFault(400, "22021", "invalid byte sequence for encoding \"UTF8\": 0x00", null, "gateway.query.nul") : null;
        Fault ??= fault;
        return fault is null ? value : null;
    }

    private string? Quoted()
    {
        var value = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                at++;
                return value.ToString();
            }

            if (text[at] == '\\' && at + 1 < text.Length) at++;
            value.Append(text[at]);
        }

        Unexpected("\"\\\"\"");
        return null;
    }

    private string? Name()
    {
        if (Next("\"")) return Quoted();
        var start = at;
        while (at < text.Length && text[at] is not ('.' or ',' or '(' or ')')) at++;
        if (at > start) return text[start..at].Trim(' ');
        Unexpected("field name (* or [a..z0..9_$])");
        return null;
    }

    private Field? Known(string name)
    {
        if (scope.Find(name) is not { } column)
        {
            Fault ??= name.Contains("->", StringComparison.Ordinal) || name.Contains('(', StringComparison.Ordinal) ? NotOffered(name) : QueryFault.NoColumn(scope.Resource, name);
            return null;
        }

        if (!column.IsMasked) return column.Field;
        Fault ??= new QueryFault(400, "gateway.masked-column", $"column {scope.Resource}.{name} is masked and cannot be filtered or ordered by", null, "gateway.query.masked", name);
        return null;
    }

    private Predicate? NoValue(Field field, string value) => Refuse(new QueryFault(
        400, field.Type is FieldType.Date or FieldType.Timestamp ? "22007" : "22P02",
        $"invalid input syntax for type {Literals.TypeName(field)}: \"{QueryFault.Clip(value)}\"", null, "gateway.query.value", field.Name, Literals.Example(field)));

    private Predicate? Foreign(string op) => Refuse(QueryFault.Parse($"operator {QueryFault.Clip(op)} is not offered", "This interface reads with eq, neq, gt, gte, lt, lte, like, ilike, in, is, not, and, or.", "gateway.query.operators"));

    internal static QueryFault NotOffered(string name) => QueryFault.Parse($"\"{QueryFault.Clip(name)}\" is not offered", "Embedding, JSON paths, casts and functions are not part of this interface.", "gateway.query.plain-columns");

    private Predicate? Unexpected(string expecting)
    {
        var found = at < text.Length ? $"\"{QueryFault.Clip(text[at].ToString())}\"" : "end of input";
        return Refuse(QueryFault.Parse($"\"failed to parse filter ({QueryFault.Clip(text)})\" (line 1, column {at + 1})", $"unexpected {found} expecting {expecting}", "gateway.query.form"));
    }

    private Predicate? Too(string key, int most) => Refuse(TooMuch(key, most));

    internal static QueryFault TooMuch(string key, int most) => new(400, "gateway.query-too-large", "the query asks for more than this interface takes", null, key, most);

    private Predicate? Refuse(QueryFault fault)
    {
        Fault ??= fault;
        return null;
    }

    private bool Take(char sign)
    {
        if (at >= text.Length || text[at] != sign) return false;
        at++;
        return true;
    }

    private bool TakeWord(string word)
    {
        if (!Next(word)) return false;
        at += word.Length;
        return true;
    }

    private bool Next(string word) => text.AsSpan(at).StartsWith(word, StringComparison.Ordinal);

    private void Blanks()
    {
        while (at < text.Length && text[at] == ' ') at++;
    }
}
