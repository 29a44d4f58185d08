using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Protect;

namespace Tongxiang.Share;

/// <summary>Grades what a consumer holds together: pure rules over the granted fields and the table of combinations.</summary>
public static class CombinationRules
{
    /// <summary>What a grant makes of a resource; fields that leave masked, generalised or suppressed tell nothing that could be joined.</summary>
    public static Holding Of(Entry entry, IEnumerable<GrantedField> given, CombinationTable table)
    {
        var (highest, traits, linked) = (Grade.General1, new HashSet<string>(StringComparer.Ordinal), false);
        foreach (var granted in given)
        {
            if (entry.Content.Fields.FirstOrDefault(f => f.Name == granted.Name) is not { } field || granted.Form == FieldForm.Suppressed) continue;
            var grade = Measures.GradeOf(entry, field);
            if (grade > highest) highest = grade;
            if (granted.Form is FieldForm.Masked or FieldForm.Generalised || !field.IsPersonal) continue;
            foreach (var trait in table.Traits.Where(t => Tells(t, field)))
            {
                traits.Add(trait.Id);
                linked |= trait.Links;
            }
        }
        return new Holding(entry.Id, entry.Content.Name, entry.Content.NameEn ?? entry.Content.Name, highest, traits, linked);
    }

    /// <summary>Several grants on one resource count as one holding of all their fields.</summary>
    public static IReadOnlyList<Holding> Merge(IEnumerable<Holding> all) => [.. all.GroupBy(h => h.Entry).Select(g => g.Aggregate((a, b) => a with
    {
        Highest = a.Highest > b.Highest ? a.Highest : b.Highest,
        Traits = a.Traits.Union(b.Traits, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal),
        IsLinked = a.IsLinked || b.IsLinked,
    }))];

    /// <summary>The combined grade: the highest of any resource alone, or of any rule whose traits are all there among the resources that can be joined.</summary>
    public static Combined Together(IReadOnlyList<Holding> holdings, CombinationTable table)
    {
        var alone = holdings.Count == 0 ? Grade.General1 : holdings.Max(h => h.Highest);
        var linked = holdings.Where(h => h.IsLinked).ToList();
        var there = linked.SelectMany(h => h.Traits).ToHashSet(StringComparer.Ordinal);
        var rule = table.Rules.Where(r => r.Grade > alone && r.Of.All(there.Contains)).OrderByDescending(r => r.Grade).ThenBy(r => r.Of.Count).FirstOrDefault();
        if (rule is null) return new Combined(alone, alone, null, []);
        return new Combined(rule.Grade, alone, rule,
            [.. linked.Select(h => (Holding: h, Traits: (IReadOnlyList<string>)[.. rule.Of.Where(h.Traits.Contains)])).Where(p => p.Traits.Count > 0)]);
    }

    /// <summary>Why a further grant is blocked; null when everything together stays within the clearance.</summary>
    /// <param name="before">What the consumer holds already.</param>
    /// <param name="isSet">Whether the bureau set the clearance: the default only stops what combining makes, a grade alone is met by its own measures.</param>
    public static Refusal? Blocks(IReadOnlyList<Holding> before, Holding more, Grade clearance, CombinationTable table, string? article, bool isSet = true)
    {
        var after = Together(Merge([.. before, more]), table);
        if (after.Grade <= clearance) return null;
        // What stood above already (a clearance can be lowered) does not block a grant that has no part in it.
        if (after.Rule is null ? !isSet || more.Highest <= clearance : after.Parts.All(p => p.Holding.Entry != more.Entry)) return null;
        // Order 809 art. 25 ¶2: guard against what leaks by bringing data together.
        return after.Rule is { } rule
            ? new Refusal(409, "share.combined-above-clearance", Key(after.Grade), Key(clearance), Names(after), rule.Id, new TextKey("share.combination." + rule.Id.ToLowerInvariant())) { Article = article }
            : new Refusal(409, "share.above-clearance", more.Name, Key(after.Grade), Key(clearance)) { Article = article };
    }

    private static TextKey Key(Grade grade) => new("protect.grade." + grade.ToString().ToLowerInvariant());

    private static string Names(Combined combined) => string.Join("、", combined.Parts.Select(p => p.Holding.Name));

    private static bool Tells(Trait trait, Field field) =>
        (field.Element is { } element && trait.Elements.Contains(element, StringComparer.Ordinal))
        || trait.Words.Any(w => field.Title.Contains(w, StringComparison.Ordinal) || (field.TitleEn?.Contains(w, StringComparison.OrdinalIgnoreCase) ?? false));
}
