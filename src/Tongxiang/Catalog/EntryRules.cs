using System.Text.RegularExpressions;
using Tongxiang.Core;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>What the rules found: errors stop, notices are shown to the steward and to the bureau.</summary>
public sealed record Findings(IReadOnlyList<FieldError> Errors, IReadOnlyList<FieldError> Notices)
{
    public bool IsGood => Errors.Count == 0;
}

/// <summary>How far an entry must be ready.</summary>
public enum Readiness
{
    /// <summary>May be kept as a draft: nothing in it is forbidden, but blocks may be missing.</summary>
    Draft,

    /// <summary>May be submitted: everything Order 809 art. 13–15 and the 2017 guide demand is there.</summary>
    Complete,
}

/// <summary>What an entry must say, and what it must not (Order 809 art. 3, 13–15; guide of 2017).</summary>
public static partial class EntryRules
{
    public const int MostFields = 1000;

    /// <param name="isDivision">Whether a division code is valid today.</param>
    [Enforces(1)]
    public static Findings Check(EntryContent content, Readiness readiness, Func<string, bool> isDivision)
    {
        var found = new RuleBook(readiness);
        Texts(content, found);
        Description(content, found, isDivision);
        SharingRules(content.Sharing, found);
        OpeningRules(content, found);
        Gradings(content, found);
        FieldRules.Check(content, found);
        return found.Findings;
    }

    /// <summary>Whether a change touches what the two assessments judged, so that they must be made again.</summary>
    public static bool VoidsAssessments(EntryContent before, EntryContent after) =>
        before.Secrecy != after.Secrecy || before.Grade != after.Grade || !SameBy(before.Sharing, after.Sharing) || !SameBy(before.Opening, after.Opening)
        || !SameBy(before.Fields, after.Fields);

    private static bool SameBy<T>(T a, T b) => System.Text.Json.JsonSerializer.Serialize(a, Wire.Json) == System.Text.Json.JsonSerializer.Serialize(b, Wire.Json);

    private static void Texts(EntryContent c, RuleBook found)
    {
        found.Text("name", c.Name, 2, 200, isNeeded: true, always: true);
        found.Text("nameEn", c.NameEn, 2, 300);
        found.Text("abstract", c.Abstract, 10, 5000, isNeeded: true);
        found.Text("abstractEn", c.AbstractEn, 10, 10_000);
        found.Text("localLabel", c.LocalLabel, 1, 100);
        found.Text("licence", c.Licence, 2, 200, isNeeded: true);
        found.Text("terms", c.Terms, 2, 20_000);
        found.Many("keywords", c.Keywords, 30, 40);
        found.Many("relatedCodes", c.RelatedCodes, 200, 100);
        found.Need("contactPhone", c.ContactPhone);
        found.Form("contactPhone", c.ContactPhone, Phone(), "catalog.bad-phone");
        found.Form("contactEmail", c.ContactEmail, Email(), "catalog.bad-email");
    }

    private static void Description(EntryContent c, RuleBook found, Func<string, bool> isDivision)
    {
        found.Need("classPath", c.ClassPath);
        found.Form("classPath", c.ClassPath, ClassPath(), "catalog.bad-class-path");
        found.OneOf("theme", c.Theme, Themes.All);
        found.OneOf("industry", c.Industry, Themes.Industries);
        found.Need("region", c.Region);
        if (!string.IsNullOrEmpty(c.Region) && !isDivision(c.Region)) found.Error("region", "catalog.bad-division", c.Region);
        if (c.Formats.Count == 0) found.Missing("formats");
        foreach (var format in c.Formats.Where(f => !Themes.Formats.Has(f)))
            found.Error("formats", "catalog.unknown-term", format, string.Join(" ", Themes.Formats.Terms.Select(t => t.Key)));
    }

    [Enforces(2, 3)]
    private static void SharingRules(Sharing s, RuleBook found)
    {
        found.Text("sharing.scope", s.Scope, 2, 1000, isNeeded: s.Class == ShareClass.Conditional, always: true);
        found.Text("sharing.permittedUse", s.PermittedUse, 2, 1000, isNeeded: s.Class == ShareClass.Conditional, always: true);
        found.Text("sharing.reason", s.Reason, 2, 2000, isNeeded: s.Class == ShareClass.Withheld, always: true);
        if (s.Class != ShareClass.Withheld && s.Modes.Count == 0) found.Missing("sharing.modes");
        Bases("sharing.bases", s.Bases, found);
        // Order 809 art. 15: a ministry's rule, a local rule or a notice grounds nothing.
        if (s.Bases.Any(b => b.Kind == BasisKind.ProvincialOrdinance)) found.Error("sharing.bases", "catalog.basis-too-low");
        if (s.Class == ShareClass.Withheld && !s.Bases.Any(Grounds)) found.Error("sharing.bases", "catalog.no-basis");
        // One class, one set of words: a reason for withholding beside a class that shares says two things at once.
        if (s.Class != ShareClass.Withheld && !string.IsNullOrWhiteSpace(s.Reason)) found.Notice("sharing.reason", "catalog.contradictory-reason");
        if (s.Class == ShareClass.Unconditional && !(string.IsNullOrWhiteSpace(s.Scope) && string.IsNullOrWhiteSpace(s.PermittedUse))) found.Notice("sharing.scope", "catalog.contradictory-conditions");
        foreach (var field in OwnWording(s)) found.Notice(field, "catalog.free-text-condition");
    }

    /// <summary>Fields of a conditional class whose words are the provider's own and not from the controlled lists: Order 809 art. 15 forbids
    /// conditions that obstruct sharing, so the bureau sees them in the same review.</summary>
    [Enforces(3)]
    public static IReadOnlyList<string> OwnWording(Sharing s) => s.Class != ShareClass.Conditional ? []
        : [.. IsOwn(s.Scope, Themes.Scopes) ? ["sharing.scope"] : Array.Empty<string>(), .. IsOwn(s.PermittedUse, Themes.Uses) ? ["sharing.permittedUse"] : Array.Empty<string>()];

    /// <summary>Whether the basis can ground withholding: one of the three ranks, with title and article.</summary>
    public static bool Grounds(LegalBasis basis) =>
        basis.Kind is BasisKind.Law or BasisKind.AdministrativeRegulation or BasisKind.StateCouncilDecision && !string.IsNullOrWhiteSpace(basis.Title) && !string.IsNullOrWhiteSpace(basis.Article);

    [Enforces(33)]
    private static void OpeningRules(EntryContent c, RuleBook found)
    {
        var o = c.Opening;
        // The two attributes are independent, but what anyone may have without asking cannot be withheld from the departments.
        if (o.Class == OpenClass.Open && c.Sharing.Class == ShareClass.Withheld) found.Error("opening.class", "catalog.contradictory-classes");
        if (o.Class != OpenClass.Closed && !string.IsNullOrWhiteSpace(o.Reason)) found.Notice("opening.reason", "catalog.contradictory-reason");
        found.Text("opening.conditions", o.Conditions, 2, 2000, isNeeded: o.Class == OpenClass.Conditional);
        found.Text("opening.safeguards", o.Safeguards, 2, 2000, isNeeded: o.Class == OpenClass.Conditional);
        found.Text("opening.reason", o.Reason, 2, 2000, isNeeded: o.Class == OpenClass.Closed);
        Bases("opening.bases", o.Bases, found);
        // Whether the named release assessment is one, and of these fields, the store is asked at every step (Entries.Release.cs).
        if (c.OpensPersons && string.IsNullOrWhiteSpace(o.Release)) found.Error("opening.class", "catalog.personal-open", string.Join(" ", c.Fields.Where(f => f.IsPersonal).Select(f => f.Name).Take(5)));
    }

    private static void Gradings(EntryContent c, RuleBook found)
    {
        if (c.Secrecy != Secrecy.None) found.Error("secrecy", "catalog.secret");
        if (c.Grade == Grade.Core) found.Error("grade", "catalog.core-data");
        if (c.Grade == Grade.Important && c.Sharing.Class == ShareClass.Unconditional) found.Error("sharing.class", "catalog.important-unconditional");
        if (c.Grade == Grade.Important && c.Opening.Class == OpenClass.Open) found.Error("opening.class", "catalog.important-open");
        if (c.Grade is Grade.General3 or Grade.General4 && (c.Sharing.Class == ShareClass.Unconditional || c.Opening.Class == OpenClass.Open))
            found.Notice("grade", "catalog.grade-unconditional");
    }

    private static void Bases(string field, IReadOnlyList<LegalBasis> bases, RuleBook found)
    {
        if (bases.Count > 20) found.Error(field, "catalog.too-many", 20, bases.Count);
        for (var i = 0; i < Math.Min(bases.Count, 20); i++)
        {
            found.Text($"{field}[{i}].title", bases[i].Title, 2, 200, isNeeded: true, always: true);
            found.Text($"{field}[{i}].article", bases[i].Article, 1, 100, isNeeded: true, always: true);
        }
    }

    private static bool IsOwn(string text, TermList list) => !string.IsNullOrWhiteSpace(text) && !list.Terms.Any(t => t.Name == text || t.NameEn == text || t.Key == text);

    [GeneratedRegex(@"^[123]\d{2}\d{3}\d{0,14}\z")]
    private static partial Regex ClassPath();

    [GeneratedRegex(@"^\+?[0-9][0-9 ()\-转]{4,29}\z")]
    private static partial Regex Phone();

    [GeneratedRegex(@"^[^@\s<>""]{1,64}@[^@\s<>""]{1,250}\z")]
    private static partial Regex Email();
}
