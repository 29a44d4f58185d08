using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tongxiang.Catalog;

/// <summary>Makes codes from the node's template and names for addresses.</summary>
public static partial class EntryNames
{
    private const int LongestStem = 60;

    /// <param name="template">Such as <c>{class}/{number:000000}</c>.</param>
    public static string Code(string template, string classPath, long number)
    {
        var withClass = template.Replace("{class}", classPath, StringComparison.Ordinal);
        return NumberHole().Replace(withClass, hole => number.ToString(hole.Groups[1].Success ? hole.Groups[1].Value : "0", CultureInfo.InvariantCulture));
    }

    /// <summary>Lower-case Latin letters and digits with single hyphens; null when the text has none.</summary>
    public static string? Slug(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var slug = new StringBuilder(LongestStem);
        foreach (var c in text.Normalize(NormalizationForm.FormKD).ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c)) slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-' && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && c != '\'') slug.Append('-');
            if (slug.Length == LongestStem) break;
        }
        var done = slug.ToString().Trim('-');
        return done.Length >= 2 ? done : null;
    }

    [GeneratedRegex(@"\{number(?::(0+))?\}")]
    private static partial Regex NumberHole();
}
