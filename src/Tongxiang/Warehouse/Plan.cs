using System.Globalization;
using System.Text;
using Tongxiang.Catalog;

namespace Tongxiang.Warehouse;

/// <summary>Which rows and columns of a version are wanted; the Warehouse alone turns it into SQL.</summary>
/// <param name="Columns">In the order of the answer.</param>
/// <param name="Where">What the caller asked for; null: every row.</param>
/// <param name="Order">The caller's order; the key of the resource is always added to it, so that paging is exact.</param>
/// <param name="After">Values of <paramref name="Order"/> and key in the last row already seen.</param>
public sealed record Plan(
    IReadOnlyList<PlanColumn> Columns, Predicate? Where, IReadOnlyList<PlanOrder> Order, long Limit, long Offset, IReadOnlyList<object?>? After, PlanCount Count)
{
    /// <summary>The row filter of the grant: always and-ed, never shown, never part of an answer's wording.</summary>
    public Predicate? Granted { get; init; }

    /// <summary>The column that says whom a row is about: read beside the answer for the disclosure journal, shown only when it is among the columns too.</summary>
    public Field? Subject { get; init; }

    /// <summary>Part of a file: read to the end, whatever it costs.</summary>
    public bool IsFile { get; init; }

    /// <summary>What a continuation is bound to: the same filter and the same order.</summary>
    public string Shape()
    {
        var shape = new StringBuilder();
        foreach (var order in Order) shape.Append(CultureInfo.InvariantCulture, $"{order.Field.Name}.{order.Descending}.{order.NullsFirst},");
        shape.Append('|');
        Where?.Write(shape);
        shape.Append('|');
        Granted?.Write(shape);
        return shape.ToString();
    }
}

/// <summary>A column of the answer and the name it is shown under.</summary>
public readonly record struct PlanColumn(Field Field, string Shown);

/// <summary>One step of an order. Nulls come last unless asked otherwise, in both directions.</summary>
public readonly record struct PlanOrder(Field Field, bool Descending, bool NullsFirst);

/// <summary>Whether and how the rows are counted.</summary>
public enum PlanCount
{
    None,

    /// <summary>The rows that fit.</summary>
    Exact,

    /// <summary>The rows of the version.</summary>
    Planned,
}

/// <summary>What a predicate does.</summary>
public enum PlanOperator
{
    And,
    Or,
    Eq,
    Neq,
    Gt,
    Gte,
    Lt,
    Lte,

    /// <summary>Value 0 is a pattern with % and _, escaped by a backslash; letters count as written.</summary>
    Like,

    /// <summary>The same where A–Z equal a–z; no other letters are folded, so that both stores agree.</summary>
    Ilike,
    In,
    IsNull,

    /// <summary>Holds for no row.</summary>
    Never,
}

/// <summary>A condition on rows; comparing with null is unknown, as in SQL.</summary>
/// <param name="Field">Null for <see cref="PlanOperator.And"/>, <see cref="PlanOperator.Or"/> and <see cref="PlanOperator.Never"/>.</param>
/// <param name="Values">In the column's stored form: text, whole numbers (decimals scaled), floating point.</param>
public sealed record Predicate(PlanOperator Operator, Field? Field, IReadOnlyList<object> Values, IReadOnlyList<Predicate> Parts, bool Negated)
{
    public static Predicate On(Field field, PlanOperator op, params IReadOnlyList<object> values) => new(op, field, values, [], false);

    public static Predicate All(params IReadOnlyList<Predicate> parts) => parts.Count == 1 ? parts[0] : new(PlanOperator.And, null, [], parts, false);

    public static Predicate Any(params IReadOnlyList<Predicate> parts) => parts.Count == 1 ? parts[0] : new(PlanOperator.Or, null, [], parts, false);

    public Predicate Not() => this with { Negated = !Negated };

    /// <summary>A text that is equal for equal predicates and different for different ones.</summary>
    public void Write(StringBuilder into)
    {
        if (Negated) into.Append('!');
        into.Append(Operator).Append('(').Append(Field?.Name);
        foreach (var value in Values)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture)!;
            into.Append(CultureInfo.InvariantCulture, $",{text.Length}:{text}");
        }

        foreach (var part in Parts) part.Write(into);
        into.Append(')');
    }
}
