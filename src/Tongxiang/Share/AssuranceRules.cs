using Tongxiang.Catalog;

namespace Tongxiang.Share;

/// <summary>The lowest assurance that each grade of data takes, whatever a grant says; section <c>Assurance</c> of the settings.</summary>
public sealed record AssuranceSettings
{
    public static AssuranceSettings Default { get; } = new();

    /// <summary>Fields about people.</summary>
    public Assurance Personal { get; init; } = Assurance.SignedAssertion;

    /// <summary>Fields, or a resource as a whole, of general grade 3.</summary>
    public Assurance General3 { get; init; } = Assurance.SignedAssertion;

    /// <summary>Fields of general grade 4.</summary>
    public Assurance General4 { get; init; } = Assurance.BoundToken;

    /// <summary>Fields of important or core data.</summary>
    public Assurance Important { get; init; } = Assurance.BoundToken;
}

/// <summary>How sensitive the fields are that a grant gives out.</summary>
/// <param name="Highest">The highest grade among them.</param>
/// <param name="Whole">The grade of the resource as a whole.</param>
public readonly record struct Sensitivity(bool IsPersonal, Grade Highest, Grade Whole);

/// <summary>What a grade demands of those who call: pure rules over the granted fields.</summary>
public static class AssuranceRules
{
    /// <summary>A masked field still tells of its person.</summary>
    public static Sensitivity Of(IEnumerable<string> fields, EntryContent content)
    {
        var given = fields.ToHashSet(StringComparer.Ordinal);
        var (isPersonal, highest) = (false, Grade.General1);
        foreach (var field in content.Fields.Where(f => given.Contains(f.Name)))
        {
            isPersonal |= field.IsPersonal;
            if (field.Grade > highest) highest = field.Grade;
        }
        return new Sensitivity(isPersonal, highest, content.Grade);
    }

    /// <summary>The lowest assurance that may get these fields.</summary>
    public static Assurance Floor(Sensitivity of, AssuranceSettings floors)
    {
        var floor = of.Highest switch
        {
            Grade.General1 or Grade.General2 => Assurance.Key,
            Grade.General3 => floors.General3,
            Grade.General4 => floors.General4,
            _ => floors.Important,
        };
        // A slice of harmless columns may come of a resource that is graded for all of them together.
        if (of.Whole >= Grade.General3 && floors.General3 > floor) floor = floors.General3;
        return of.IsPersonal && floors.Personal > floor ? floors.Personal : floor;
    }

    /// <summary>Whether a key sent as it is may get them: opened on conditions, of a low grade, and about nobody.</summary>
    public static bool TakesHeaderKey(Sensitivity of, OpenClass opening) =>
        opening != OpenClass.Closed && !of.IsPersonal && of.Highest <= Grade.General2 && of.Whole <= Grade.General2;
}
