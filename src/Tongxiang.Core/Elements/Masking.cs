using System.Globalization;
using System.Text;

namespace Tongxiang.Core.Elements;

/// <summary>How a bad value is shown in a reason: enough to find the cell, never the person. Counts text elements, so rare characters stay whole.</summary>
public static class Masking
{
    private const int Longest = 24;

    public static string Mask(ElementKind kind, ReadOnlySpan<byte> value) => Mask(kind, Encoding.UTF8.GetString(value.Length > 400 ? value[..400] : value));

    public static string Mask(ElementKind kind, string value)
    {
        var signs = Signs(value);
        return kind switch
        {
            ElementKind.PersonName => Keep(signs, 1, 0),
            ElementKind.Mobile or ElementKind.Phone => Keep(signs, 3, 4),
            ElementKind.CitizenId or ElementKind.BankCard => Keep(signs, 3, 4),
            ElementKind.Plate => Keep(signs, 2, 1),
            ElementKind.Address => Keep(signs, 6, 0),
            ElementKind.Email => value.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? Keep(Signs(value[..at]), 1, 0) + Shorten(Signs(value[at..])) : Keep(signs, 1, 0),
            ElementKind.Date or ElementKind.Timestamp => string.Concat(signs.Select((s, i) => i > 3 && char.IsAsciiDigit(s[0]) ? "*" : s).Take(Longest)),
            // A text field may hold anything, a name or a number of a person too.
            ElementKind.Text => signs.Count <= 2 ? Keep(signs, 1, 0) : Keep(signs, 1, 1),
            _ => Shorten(signs),
        };
    }

    // 3-4-4 shows seven of eleven; a value too short for that shows its first sign only, a single sign nothing.
    private static string Keep(List<string> signs, int first, int last)
    {
        if ((first + last) * 3 > signs.Count * 2) (first, last) = (signs.Count > 1 ? 1 : 0, 0);
        var hidden = signs.Count - first - last;
        return string.Concat(signs.Take(first)) + (hidden > Longest ? "***…***" : new string('*', hidden)) + string.Concat(signs.Skip(signs.Count - last));
    }

    private static string Shorten(List<string> signs) => signs.Count <= Longest ? string.Concat(signs) : string.Concat(signs.Take(Longest)) + "…";

    private static List<string> Signs(string value)
    {
        var signs = new List<string>();
        for (var rest = value.AsSpan(); rest.Length > 0 && signs.Count < 200;)
        {
            var length = StringInfo.GetNextTextElementLength(rest);
            signs.Add(char.IsControl(rest[0]) ? "\u2423" : rest[..length].ToString());
            rest = rest[length..];
        }
        return signs;
    }
}
