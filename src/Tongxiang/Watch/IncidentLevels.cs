using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Whose portal stood still.</summary>
public enum DownSite { None, Prefecture, Province }

/// <summary>What the level is judged by. Null: not known.</summary>
/// <param name="Persons">People whose information leaked, as far as known.</param>
/// <param name="CityPercent">Share of a city's people affected.</param>
/// <param name="IsCritical">Touches critical information infrastructure.</param>
/// <param name="PersonalData">Personal information leaked, was tampered with or lost, or may have been (PIPL art. 57).</param>
/// <param name="HarmsPersons">Harm to people or organisations (Order 790 art. 11).</param>
/// <param name="SuspectsCrime">A crime is suspected.</param>
/// <param name="Flaw">A flaw that touches national security or the public interest (Order 790 art. 10).</param>
/// <param name="ImportantData">Important data, or another serious threat that no threshold names.</param>
public sealed record LevelFacts(
    long? Persons = null, long? Records = null, Grade? Grade = null, int? DownMinutes = null, DownSite Site = DownSite.None, long? LossYuan = null, int? CityPercent = null, int? ProvincePercent = null,
    bool IsCritical = false, bool PersonalData = false, bool HarmsPersons = false, bool SuspectsCrime = false, bool Flaw = false, bool ImportantData = false);

/// <summary>A threshold that was reached.</summary>
/// <param name="Value">What stands against it, in the rule's unit.</param>
public sealed record LevelHit(IncidentLevel Level, long Value, Rule Rule);

/// <summary>What the thresholds say of a level.</summary>
/// <param name="Floor">What the verified thresholds demand; judging lower is refused.</param>
/// <param name="Suggested">With the unverified ones.</param>
/// <param name="NeedsJudgement">No verified threshold is reached: the officer must judge and give the grounds.</param>
public sealed record LevelProposal(IncidentLevel Floor, IncidentLevel Suggested, IReadOnlyList<LevelHit> Hits, bool NeedsJudgement);

/// <summary>Judging the level: thresholds are rows of the rule pack, the rest is an officer's judgement on record.</summary>
public static class IncidentLevels
{
    public const int ReasonLeast = 10;
    public const int ReasonMost = 1000;
    private const int MinutesAnHour = 60;

    private sealed record Threshold(string Rule, IncidentLevel Level, Func<LevelFacts, long?> Value);

    private static readonly Threshold[] Thresholds =
    [
        new("LV-PERSONS-2", IncidentLevel.Larger, f => f.Persons),
        new("LV-PERSONS-3", IncidentLevel.Major, f => f.Persons),
        new("LV-PERSONS-4", IncidentLevel.Extreme, f => f.Persons),
        new("LV-DOWN-2", IncidentLevel.Larger, f => f.Site == DownSite.None ? null : f.DownMinutes / MinutesAnHour),
        new("LV-DOWN-3", IncidentLevel.Major, f => f.Site == DownSite.None ? null : f.DownMinutes / MinutesAnHour),
        new("LV-DOWN-4", IncidentLevel.Extreme, f => f.Site == DownSite.Province ? f.DownMinutes / MinutesAnHour : null),
        new("LV-LOSS-2", IncidentLevel.Larger, f => f.LossYuan),
        new("LV-LOSS-3", IncidentLevel.Major, f => f.LossYuan),
        new("LV-LOSS-4", IncidentLevel.Extreme, f => f.LossYuan),
        new("LV-CITY-2", IncidentLevel.Larger, f => f.CityPercent),
        new("LV-CITY-3", IncidentLevel.Major, f => f.CityPercent),
        new("LV-PROVINCE-4", IncidentLevel.Extreme, f => f.ProvincePercent),
    ];

    /// <summary>Ids of the thresholds, for the page that shows them.</summary>
    public static IEnumerable<string> Rules => Thresholds.Select(t => t.Rule);

    /// <param name="rules">The rule that holds on the day; a threshold without one is passed over.</param>
    public static LevelProposal Propose(LevelFacts facts, Func<string, Rule?> rules)
    {
        var hits = new List<LevelHit>();
        foreach (var threshold in Thresholds)
            // "Above" includes the number itself.
            if (threshold.Value(facts) is { } value && rules(threshold.Rule) is { Value: { } least } rule && value >= least) hits.Add(new LevelHit(threshold.Level, value, rule));
        var floor = Highest(hits.Where(h => h.Rule.Grade == RuleGrade.A));
        return new LevelProposal(floor, Highest(hits), hits, floor < IncidentLevel.Larger);
    }

    /// <summary>Whether an officer may judge so: not below a verified threshold, and with grounds wherever a number does not decide alone.</summary>
    public static IReadOnlyList<FieldError> Check(LevelProposal proposal, IncidentLevel judged, string reason)
    {
        var found = new List<FieldError>();
        if (judged == IncidentLevel.Unjudged || !Enum.IsDefined(judged)) found.Add(new FieldError("level", "watch.field.level"));
        else if (judged < proposal.Floor) found.Add(new FieldError("level", "watch.field.level-floor", IncidentFlow.Say(proposal.Floor)));
        if ((proposal.NeedsJudgement || judged != proposal.Suggested) && reason.Trim().Length < ReasonLeast) found.Add(new FieldError("reason", "watch.field.grounds", ReasonLeast));
        return found;
    }

    /// <summary>Numbers that cannot be.</summary>
    public static IReadOnlyList<FieldError> Check(LevelFacts facts)
    {
        var found = new List<FieldError>();
        void Range(string field, long? value, long most)
        {
            if (value is < 0 || value > most) found.Add(new FieldError(field, "watch.field.range", 0, most, value));
        }
        Range("persons", facts.Persons, 2_000_000_000);
        Range("records", facts.Records, 1_000_000_000_000);
        Range("downMinutes", facts.DownMinutes, 525_600);
        Range("lossYuan", facts.LossYuan, 1_000_000_000_000);
        Range("cityPercent", facts.CityPercent, 100);
        Range("provincePercent", facts.ProvincePercent, 100);
        return found;
    }

    private static IncidentLevel Highest(IEnumerable<LevelHit> hits) => hits.Select(h => h.Level).DefaultIfEmpty(IncidentLevel.General).Max();
}
