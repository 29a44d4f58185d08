using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Something that a field tells of a person, recognised by standard element or by words of its name.</summary>
/// <param name="Links">Whether it joins the rows of one resource to those of another.</param>
/// <param name="Says">Chinese and English.</param>
public sealed record Trait(string Id, IReadOnlyList<string> Says, bool Links, IReadOnlyList<string> Elements, IReadOnlyList<string> Words);

/// <summary>Traits that together are graded higher than each alone.</summary>
/// <param name="Evidence">How far the source was verified; C says 未核实.</param>
public sealed record CombinationRule(string Id, IReadOnlyList<string> Of, Grade Grade, IReadOnlyList<string> Says, string Source, RuleGrade Evidence);

/// <summary>How combined grants are graded: versioned data, not code.</summary>
public sealed record CombinationTable(string Version, Grade DefaultClearance, IReadOnlyList<Trait> Traits, IReadOnlyList<CombinationRule> Rules)
{
    /// <summary>The table that ships.</summary>
    public static CombinationTable Current { get; } = Read();

    private static CombinationTable Read()
    {
        using var stream = typeof(CombinationTable).Assembly.GetManifestResourceStream("Tongxiang.Share.Combining.combinations.json")!;
        return JsonSerializer.Deserialize<CombinationTable>(stream, Wire.Json)!;
    }
}

/// <summary>What a consumer holds, or would hold, of one resource.</summary>
/// <param name="Highest">The highest grade among the granted fields.</param>
/// <param name="Traits">What its granted fields tell of persons.</param>
/// <param name="IsLinked">Whether its rows can be joined with those of others.</param>
public sealed record Holding(Id<Entry> Entry, string Name, string NameEn, Grade Highest, IReadOnlySet<string> Traits, bool IsLinked);

/// <summary>The grade of everything together.</summary>
/// <param name="Alone">The highest grade of any resource alone.</param>
/// <param name="Rule">The rule that lifts it above that; null when none does.</param>
/// <param name="Parts">The resources that the rule needs, with the traits each gives.</param>
public sealed record Combined(Grade Grade, Grade Alone, CombinationRule? Rule, IReadOnlyList<(Holding Holding, IReadOnlyList<string> Traits)> Parts);

/// <summary>Up to which grade a department may hold data together, as the bureau has set it.</summary>
/// <param name="Revision">0 while the default holds.</param>
public sealed record Clearance(Id<Agency> Agency, Grade Grade, string Reason, long Revision, string? SetBy, DateTimeOffset? SetAt);
