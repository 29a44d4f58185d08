using System.Globalization;
using System.Text;

namespace Tongxiang.Agencies;

/// <summary>Names of the call context, the same as headers and as token claims.</summary>
public static class CallContext
{
    public const string Matter = "Data-Matter";
    public const string Case = "Data-Case";
    public const string Operator = "Data-Operator";

    /// <summary>How surely the calling system knows that operator.</summary>
    public const string OperatorAssurance = "Data-Operator-Assurance";

    internal static readonly string[] All = [Matter, Case, Operator, OperatorAssurance];

    /// <summary>Whether a value may stand in the evidence: up to 200 characters, something to read in it, and nothing that ends, hides or turns a line.</summary>
    public static bool Takes(string value) => value.Length <= 200 && value.EnumerateRunes().All(IsPlain) && value.EnumerateRunes().Any(Rune.IsLetterOrDigit);

    // Half a surrogate pair is enumerated as the replacement character.
    private static bool IsPlain(Rune rune) =>
        rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
