using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core;
using Tongxiang.Core.Elements;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Protect;

/// <summary>For whom data about persons are to be released.</summary>
public enum ReleaseUse
{
    /// <summary>Anyone: unconditional opening.</summary>
    Public,

    /// <summary>Known recipients under conditions.</summary>
    Controlled,
}

/// <summary>What a field can do to a person it is about (GB/T 37964-2019).</summary>
public enum IdentifierRole
{
    /// <summary>Neither.</summary>
    None,

    /// <summary>Points at one person by itself (直接标识符).</summary>
    Direct,

    /// <summary>Points at one person together with others (准标识符).</summary>
    Quasi,

    /// <summary>Tells something about a person and is not known to others (敏感属性).</summary>
    Sensitive,
}

/// <summary>How far a release is de-identified (GB/T 42460-2023).</summary>
public enum ReleaseLevel
{
    /// <summary>Direct identifiers are in it.</summary>
    Direct = 1,

    /// <summary>Direct identifiers are gone, but the risk is above the threshold.</summary>
    Removed = 2,

    /// <summary>The risk of finding somebody again is at most the threshold.</summary>
    Acceptable = 3,

    /// <summary>Figures about groups only; no row stands for one person.</summary>
    Aggregate = 4,
}

/// <summary>What an assessment is asked to do.</summary>
/// <param name="Version">Number of the version whose rows are counted.</param>
/// <param name="Quasi">Fields to count as quasi-identifiers besides those that are so by their type.</param>
/// <param name="Sensitive">Personal fields nobody outside can know of somebody, so that they do not help to find a person.</param>
/// <param name="CountField">For figures about groups: the field that says how many persons a row stands for.</param>
public sealed record ReleaseWish(long Version, ReleaseUse Use, IReadOnlyList<string>? Quasi = null, IReadOnlyList<string>? Sensitive = null, string? CountField = null);

/// <summary>A field with the role it plays, and whether its type says so.</summary>
public sealed record FieldRole(string Field, IdentifierRole Role, bool IsByType);

/// <summary>Who could be found again in a release, and when it may go out.</summary>
public static class ReleaseRules
{
    private static readonly string[] tellingLists = ["sex", "marital", "education", "ethnic"];
    private static readonly string[] tellingNames = ["birth", "sex", "gender", "age", "ethnic", "nation", "marital", "education", "occupation", "postcode"];

    /// <summary>The role of each field that would go out. What a type makes an identifier nobody can argue away; a personal field of no known type counts as one unless it is called sensitive.</summary>
    public static IReadOnlyList<FieldRole> Roles(EntryContent content, ReleaseWish wish) =>
        [.. Released(content, wish.Use).Select(f => ByType(f, content) is var role and not IdentifierRole.None
            ? new FieldRole(f.Name, role, true)
            : new FieldRole(f.Name, Said(f, wish), false))];

    /// <summary>The fields of a content that a release of this kind lets out.</summary>
    public static IEnumerable<Field> Released(EntryContent content, ReleaseUse use) => content.Fields.Where(f => use == ReleaseUse.Controlled || f.OpenClass is null or OpenClass.Open);

    public static IReadOnlyList<FieldError> Check(EntryContent content, ReleaseWish wish)
    {
        var found = new List<FieldError>();
        foreach (var (at, names) in new[] { ("quasi", wish.Quasi ?? []), ("sensitive", wish.Sensitive ?? []), ("countField", wish.CountField is { } count ? new[] { count } : []) })
            foreach (var name in names.Where(n => content.Fields.All(f => f.Name != n))) found.Add(new FieldError(at, "protect.release-field", name.Length > 63 ? name[..63] : name));
        if (found.Count > 0) return found;
        foreach (var name in wish.Sensitive ?? [])
            if (content.Fields.First(f => f.Name == name) is var field && (!field.IsPersonal || ByType(field, content) != IdentifierRole.None)) found.Add(new FieldError("sensitive", "protect.release-not-sensitive", name));
        if ((wish.Sensitive ?? []).Intersect(wish.Quasi ?? []).FirstOrDefault() is { } both) found.Add(new FieldError("sensitive", "protect.release-both", both));
        if (wish.CountField is { } counted && content.Fields.First(f => f.Name == counted) is not { Type: FieldType.Integer, IsPersonal: false }) found.Add(new FieldError("countField", "protect.release-count", counted));
        return found;
    }

    /// <summary>Whether two assessments ask the same of a version, whichever version it is.</summary>
    public static bool IsSameWay(ReleaseWish one, ReleaseWish other) =>
        one.Use == other.Use && one.CountField == other.CountField && Same(one.Quasi, other.Quasi) && Same(one.Sensitive, other.Sensitive);

    private static bool Same(IReadOnlyList<string>? one, IReadOnlyList<string>? other) => (one ?? []).ToHashSet(StringComparer.Ordinal).SetEquals(other ?? []);

    /// <summary>The level a release reaches.</summary>
    /// <param name="thresholdPercent">Largest risk allowed, in percent: the risk of a class is one over its size.</param>
    [Enforces(34)]
    public static ReleaseLevel Level(IReadOnlyList<FieldRole> roles, ClassSizes sizes, bool isAggregate, int thresholdPercent)
    {
        if (roles.Any(r => r.Role == IdentifierRole.Direct)) return ReleaseLevel.Direct;
        // Whole numbers: 1/size ≤ percent/100 must not turn on how a fraction is rounded.
        if (sizes.Smallest < 1 || sizes.Smallest * thresholdPercent < 100) return ReleaseLevel.Removed;
        return isAggregate ? ReleaseLevel.Aggregate : ReleaseLevel.Acceptable;
    }

    /// <summary>Size of the smallest class that a threshold allows: 20 for 5 %.</summary>
    public static int LeastClass(int thresholdPercent) => (100 + thresholdPercent - 1) / thresholdPercent;

    /// <summary>The rule whose number is the threshold.</summary>
    public static string RuleOf(ReleaseUse use) => use == ReleaseUse.Public ? "RISK-PUBLIC" : "RISK-CONTROLLED";

    /// <summary>Who has releases assessed: those who answer for the data.</summary>
    public static bool MayAssess(Caller caller, Entry entry) => caller.Has(Role.Steward, entry.Agency) || caller.Has(Role.SharingOfficeHead, entry.Agency);

    private static IdentifierRole ByType(Field field, EntryContent content)
    {
        var kind = ElementKinds.TryParse(field.Element, out var parsed) ? parsed : ElementKind.Text;
        if (kind is ElementKind.CitizenId or ElementKind.PersonName || (field.IsPersonal && (kind.IsPersonal() || content.Key.Contains(field.Name)))) return IdentifierRole.Direct;
        var tells = kind is ElementKind.Sex or ElementKind.DivisionCode or ElementKind.Postcode or ElementKind.Longitude or ElementKind.Latitude
            || (field.IsPersonal && (field.Type is FieldType.Date or FieldType.Timestamp))
            || tellingLists.Contains(field.CodeList, StringComparer.Ordinal)
            || field.Name.Split('_').Any(word => tellingNames.Contains(word, StringComparer.Ordinal));
        return tells ? IdentifierRole.Quasi : IdentifierRole.None;
    }

    private static IdentifierRole Said(Field field, ReleaseWish wish) =>
        wish.Quasi?.Contains(field.Name) == true ? IdentifierRole.Quasi
        : !field.IsPersonal ? IdentifierRole.None
        : wish.Sensitive?.Contains(field.Name) == true ? IdentifierRole.Sensitive : IdentifierRole.Quasi;
}
