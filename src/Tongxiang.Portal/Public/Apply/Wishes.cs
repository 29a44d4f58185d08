using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tongxiang.Catalog;
using Tongxiang.Share;

namespace Tongxiang.Portal.Public.Apply;

/// <summary>The steps of the wizard and what each reads from its form into the wish.</summary>
static class Wishes
{
    public static readonly IReadOnlyList<string> Steps = ["purpose", "data", "safety", "check"];

    public static Wish Blank { get; } = new("", "", "", "", [], "", [Mode.Api], default, new GrantLimits(null, [], null, null, 60), "", false);

    /// <summary>The fields of the wish that a step asks for, by the names that mistakes carry.</summary>
    public static IReadOnlyList<string> AsksFor(string step) => step switch
    {
        "purpose" => ["purpose"],
        "data" => ["fields", "modes", "until"],
        "safety" => ["safeguards"],
        _ => ["agreementAccepted"],
    };

    /// <summary>The wish with what the step's form says.</summary>
    public static Wish Read(Wish wish, string step, IFormCollection form) => step switch
    {
        "purpose" => wish with { Purpose = Text(form, "purpose") },
        "data" => wish with { Fields = [.. form["fields"].OfType<string>().Distinct(StringComparer.Ordinal)], Modes = [.. form["modes"].OfType<string>().Where(m => Enum.IsDefined(typeof(Mode), m)).Select(Enum.Parse<Mode>).Distinct()], Until = Day(Text(form, "until")) },
        "safety" => wish with { Safeguards = Text(form, "safeguards") },
        _ => wish with { AgreementAccepted = form["agreementAccepted"] == "yes" },
    };

    // Browsers send line ends as CR LF and count them as one towards the limit.
    static string Text(IFormCollection form, string name) => form[name].ToString().ReplaceLineEndings("\n").Trim();

    static DateOnly Day(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : default;
}
