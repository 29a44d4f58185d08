using System.Globalization;
using Tongxiang.Catalog;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway;

/// <summary>The one key that a call asks for, when it asks for one: what enumeration and repeated reading are told by.</summary>
/// <param name="Text">The key as it was asked for.</param>
/// <param name="Ordinal">As a number without its check digit; -1 when it is none.</param>
internal readonly record struct AskedKey(string Text, long Ordinal, bool IsPersonal)
{
    private const int CitizenDigits = 17;

    /// <summary>A condition of equality on a field of the resource's key, or on an identifier of a person.</summary>
    public static AskedKey? Of(Predicate? where, IReadOnlyList<string> key)
    {
        if (where is null || where.Negated) return null;
        if (where is { Operator: PlanOperator.Eq, Field: { } field, Values: [{ } value] })
        {
            if (!IsKey(field, key)) return null;
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            return new AskedKey(text, OrdinalOf(field.Element, text), field.IsPersonal);
        }
        if (where.Operator != PlanOperator.And) return null;
        foreach (var part in where.Parts)
            if (Of(part, key) is { } found) return found;
        return null;
    }

    /// <summary>Numbers that are given out one after the other lie side by side once their check digit is gone.</summary>
    internal static long OrdinalOf(string? element, string text)
    {
        var digits = element == "citizen-id" && text.Length == CitizenDigits + 1 ? text.AsSpan(0, CitizenDigits) : text.AsSpan();
        return digits.Length is > 0 and <= 18 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }

    private static bool IsKey(Field field, IReadOnlyList<string> key)
    {
        if (field is { IsPersonal: true, Element: "citizen-id" }) return true;
        for (var i = 0; i < key.Count; i++)
            if (key[i] == field.Name) return true;
        return false;
    }
}
