using System.Globalization;
using System.Text;

namespace Tongxiang.Portal.Desk.Cases;

/// <summary>Reads what a form sent; nothing while the page was only asked for.</summary>
static class Posted
{
    /// <summary>One value, line ends as one character, without spaces around it.</summary>
    public static string Said(this Visit visit, string name) => Has(visit) ? visit.Http.Request.Form[name].ToString().ReplaceLineEndings("\n").Trim() : "";

    public static IReadOnlyList<string> SaidAll(this Visit visit, string name) =>
        Has(visit) ? [.. visit.Http.Request.Form[name].OfType<string>().Select(v => v.Trim()).Where(v => v.Length > 0).Distinct(StringComparer.Ordinal)] : [];

    public static string? SaidOrNull(this Visit visit, string name) => visit.Said(name) is { Length: > 0 } text ? text : null;

    public static bool SaidYes(this Visit visit, string name) => visit.Said(name) is "yes" or "true" or "on";

    public static DateOnly? SaidDay(this Visit visit, string name) =>
        DateOnly.TryParseExact(visit.Said(name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>A whole number; -1 for what is no number, so that the rules refuse it by name.</summary>
    public static long? SaidNumber(this Visit visit, string name) =>
        visit.Said(name) is not { Length: > 0 } text ? null : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : -1;

    public static T? SaidOne<T>(this Visit visit, string name) where T : struct, Enum =>
        Enum.TryParse<T>(visit.Said(name), out var value) && Enum.IsDefined(value) ? value : null;

    public static IReadOnlyList<T> SaidMany<T>(this Visit visit, string name) where T : struct, Enum =>
        [.. visit.SaidAll(name).Where(v => Enum.TryParse<T>(v, out var e) && Enum.IsDefined(e)).Select(Enum.Parse<T>)];

    /// <summary>The revision the reader saw; a form without it decides on whatever stands.</summary>
    public static long? Seen(this Visit visit) => long.TryParse(visit.Said("seen"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : null;

    public static IReadOnlyList<string> SaidLines(this Visit visit, string name) => [.. visit.Said(name).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    /// <summary>The name of an enumeration's value as in the keys of texts.</summary>
    public static string Spinal<T>(T value) where T : struct, Enum
    {
        var text = new StringBuilder();
        foreach (var c in value.ToString())
        {
            if (char.IsUpper(c) && text.Length > 0) text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }

    public static string Day(DateOnly day) => day == default ? "" : day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A rule id with what it says: where it is local and not verified, that too.</summary>
    public static string Rule(this Visit visit, Tongxiang.Agencies.Rule? rule) => rule is null ? ""
        : visit.T(rule.IsUnverified ? "case.rule-local" : "case.rule", rule.Id, visit.English ? rule.Says[1] : rule.Says[0]);

    static bool Has(Visit visit) => Microsoft.AspNetCore.Http.HttpMethods.IsPost(visit.Http.Request.Method) && visit.Http.Request.HasFormContentType;
}
