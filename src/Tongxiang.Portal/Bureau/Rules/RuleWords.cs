using Tongxiang.Agencies;
using Tongxiang.Portal.Kit;

namespace Tongxiang.Portal.Bureau.Rules;

/// <summary>Rules and moved clocks in words.</summary>
static class RuleWords
{
    public static string Value(Visit visit, int? value, RuleUnit unit) =>
        value is not { } number ? visit["rule.no-number"] : unit == RuleUnit.Switch ? visit[number == 1 ? "rule.yes" : "rule.no"] : visit.T("rule.unit-" + unit, Visit.Count(number));

    public static Tone Tone(RuleGrade grade) => grade switch { RuleGrade.A => Kit.Tone.Ok, RuleGrade.B => Kit.Tone.Info, _ => Kit.Tone.Warn };

    public static bool Matches(Visit visit, RuleSheet sheet, string words) => words.Length == 0
        || new[] { sheet.Rule.Id, sheet.Rule.Source, sheet.Rule.Article, sheet.Rule.Says[0], sheet.Rule.Says[1], visit["rule.grade-" + sheet.Rule.Grade] }.Any(t => t.Contains(words, StringComparison.OrdinalIgnoreCase));

    /// <summary>The page of the matter a clock belongs to; null where this bureau has none.</summary>
    public static string? Link(Visit visit, ClockMove move) => move.Subject.Split(':') is not [var kind, var id] ? null : kind switch
    {
        "application" => visit.Link($"/desk/applications/{id}"),
        "entry" => visit.Link($"/desk/entries/{id}"),
        _ => null,
    };
}
