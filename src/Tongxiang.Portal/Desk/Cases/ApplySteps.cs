using System.Globalization;
using Tongxiang.Catalog;
using Tongxiang.Share;

namespace Tongxiang.Portal.Desk.Cases;

/// <summary>The steps of a department's application and what each reads into the wish.</summary>
static class ApplySteps
{
    public static readonly IReadOnlyList<string> All = ["basis", "scope", "terms", "check"];

    public static Wish Blank(Entry entry) => new("", "", "", "", [], "", [.. entry.Content.Sharing.Modes.Take(1)], default, new GrantLimits(null, [], null, null, 600), "", false);

    /// <summary>The fields each step answers for.</summary>
    public static IReadOnlyList<string> AsksFor(string step) => step switch
    {
        "basis" => ["basis", "scenario", "matter", "purpose"],
        "scope" => ["fields", "rows", "modes"],
        "terms" => ["until", "limits.hours", "limits.networks", "limits.callsPerDay", "limits.rowsPerDay", "limits.callsPerMinute"],
        _ => ["basis", "scenario", "matter", "purpose", "fields", "rows", "modes", "until", "limits.hours", "limits.networks", "limits.callsPerDay", "limits.rowsPerDay", "limits.callsPerMinute"],
    };

    public static Wish Read(Visit visit, Wish wish, string step) => step switch
    {
        "basis" => wish with { Basis = visit.Said("basis"), Scenario = visit.Said("scenario"), Matter = visit.Said("matter"), Purpose = visit.Said("purpose") },
        "scope" => wish with { Fields = visit.SaidAll("fields"), Rows = visit.Said("rows"), Modes = visit.SaidMany<Mode>("modes") },
        "terms" => wish with { Until = visit.SaidDay("until") ?? default, Limits = Limits(visit) },
        _ => wish,
    };

    private static GrantLimits Limits(Visit visit)
    {
        var (from, to) = (visit.SaidNumber("hoursFrom"), visit.SaidNumber("hoursTo"));
        var hours = from is null && to is null ? null : new HourRange((int)Math.Clamp(from ?? 0, -1, 99), (int)Math.Clamp(to ?? 24, -1, 99));
        return new GrantLimits(hours, visit.SaidLines("limits.networks"), visit.SaidNumber("limits.callsPerDay"), visit.SaidNumber("limits.rowsPerDay"), (int)Math.Clamp(visit.SaidNumber("limits.callsPerMinute") ?? 0, -1, int.MaxValue));
    }

    public static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
}
