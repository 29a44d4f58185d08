using System.Globalization;
using System.Text;

namespace Tongxiang.Gateway.Query;

/// <summary>Why a query cannot be answered: code and message as PostgREST gives them, and a remedy from the texts.</summary>
/// <param name="Message">English, as clients of PostgREST know it.</param>
/// <param name="Key">Text that tells the reader what would be right.</param>
public sealed record QueryFault(int Status, string Code, string Message, string? Details, string Key, params object?[] Args)
{
    public static QueryFault Parse(string message, string details, string key, params object?[] args) => new(400, "PGRST100", message, details, key, args);

    /// <summary>A hidden column and one that does not exist answer alike.</summary>
    public static QueryFault NoColumn(string resource, string name) =>
        new(400, "42703", $"column {resource}.{Clip(name)} does not exist", null, "gateway.query.no-column", Clip(name));

    /// <summary>At most 80 characters of what a caller wrote, without those that end, hide or turn a line, and none cut in half.</summary>
    public static string Clip(string text) => string.Concat(text.EnumerateRunes().Take(80).Select(rune => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? "?" : rune.ToString()));
}
