using System.Globalization;
using System.Numerics;
using Tongxiang.Catalog;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Query;

/// <summary>Turns the text of a comparison into a predicate on the stored form of a column.</summary>
internal static class Literals
{
    private static readonly string[] stampForms = ["yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF"];

    /// <summary>The comparison, or null when the text is no value of the column's type.</summary>
    public static Predicate? Compare(Field field, PlanOperator op, string text) => field.Type switch
    {
        FieldType.Text => Predicate.On(field, op, text),
        FieldType.Integer or FieldType.Decimal => Whole(field, op, text),
        FieldType.Real => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? Predicate.On(field, op, real) : null,
        FieldType.Date => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? Predicate.On(field, op, text) : null,
        _ => Stamp(text) is { } stamp ? Predicate.On(field, op, stamp) : null,
    };

    /// <summary>What a value of the type looks like, for the remedy.</summary>
    public static string Example(Field field) => field.Type switch
    {
        FieldType.Integer => "42",
        FieldType.Decimal => "12.50",
        FieldType.Real => "120.15",
        FieldType.Date => "2026-01-31",
        FieldType.Timestamp => "2026-01-31T08:00:00",
        _ => "text",
    };

    /// <summary>PostgreSQL's name of the type, which its clients know.</summary>
    public static string TypeName(Field field) => field.Type switch
    {
        FieldType.Integer => "bigint",
        FieldType.Decimal => "numeric",
        FieldType.Real => "double precision",
        FieldType.Date => "date",
        FieldType.Timestamp => "timestamp",
        _ => "text",
    };

    // A literal between two stored values never equals one; the bounds move to the neighbour below.
    private static Predicate? Whole(Field field, PlanOperator op, string text)
    {
        if (!Digits(text, field.Type == FieldType.Decimal ? field.Scale ?? 0 : 0, field.Type == FieldType.Decimal, out var floor, out var exact)) return null;
        var value = (long)BigInteger.Clamp(floor, long.MinValue, long.MaxValue);
        if (value != floor) (exact, value) = (false, floor.Sign < 0 ? long.MinValue : long.MaxValue);
        if (exact) return Predicate.On(field, op, value);
        return op switch
        {
            // False, respectively true, for every value, and unknown for null: a negation must not turn null into an answer.
            PlanOperator.Eq => Predicate.On(field, PlanOperator.Lt, long.MinValue),
            PlanOperator.Neq => Predicate.On(field, PlanOperator.Gte, long.MinValue),
            PlanOperator.Gt or PlanOperator.Gte => value == long.MinValue ? Predicate.On(field, PlanOperator.Gte, value) : Predicate.On(field, PlanOperator.Gt, value),
            _ => value == long.MinValue ? Predicate.On(field, PlanOperator.Lt, value) : Predicate.On(field, PlanOperator.Lte, value),
        };
    }

    // [-+]digits[.digits], read exactly: 0.1 is not a binary fraction.
    private static bool Digits(string text, int scale, bool fraction, out BigInteger floor, out bool exact)
    {
        (floor, exact) = (default, true);
        var negative = text.StartsWith('-');
        var body = negative || text.StartsWith('+') ? text[1..] : text;
        var dot = body.IndexOf('.', StringComparison.Ordinal);
        var (whole, part) = dot < 0 ? (body, "") : (body[..dot], body[(dot + 1)..]);
        if (dot >= 0 && (!fraction || part.Length == 0) || whole.Length is 0 or > 40 || part.Length > 40) return false;
        if (!whole.All(char.IsAsciiDigit) || !part.All(char.IsAsciiDigit)) return false;
        var kept = part.Length > scale ? part[..scale] : part.PadRight(scale, '0');
        exact = part.Length <= scale || part.AsSpan(scale).TrimStart('0').Length == 0;
        floor = BigInteger.Parse(whole + kept, CultureInfo.InvariantCulture);
        if (negative) floor = exact ? -floor : -floor - 1;
        return true;
    }

    // Stored as text with the offset it came with; compared as text, so a bound is written in the form of the column.
    private static string? Stamp(string text)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) return text + "T00:00:00";
        if (text.Length is < 16 or > 35) return null;
        var stamp = text[..10] + "T" + text[11..];
        var offset = stamp.EndsWith('Z') ? 1 : stamp.Length > 21 && stamp[^6] is '+' or '-' ? 6 : 0;
        var local = stamp[..^offset];
        if (text[10] is not ('T' or ' ') || !DateTime.TryParseExact(local, stampForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) return null;
        if (offset == 6 && !TimeSpan.TryParseExact(stamp[^5..], @"hh\:mm", CultureInfo.InvariantCulture, out _)) return null;
        return (local.Length == 16 ? local + ":00" : local) + stamp[^offset..];
    }
}
