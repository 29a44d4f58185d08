using System.Collections.Immutable;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Documents that an incident may owe.</summary>
public enum PaperKind
{
    /// <summary>First report: unit and system; time, place, kind, level, impact, measures (art. 7).</summary>
    FirstReport,

    /// <summary>Full report: the first and what was left for later.</summary>
    FullReport,

    /// <summary>Summary within thirty days of the handling (art. 8).</summary>
    Summary,

    /// <summary>Report to the police.</summary>
    PoliceReport,

    /// <summary>Notice to the people affected (PIPL art. 57).</summary>
    PersonNotice,
}

/// <summary>How a document went out.</summary>
public enum ReportChannel { Hotline, Web, Phone, OfficialLetter, InPerson, Mail, Sms, PublicNotice }

/// <summary>An item of a document.</summary>
/// <param name="Key">Its label is <c>watch.item.{key}</c>.</param>
/// <param name="IsRequired">The document is not submitted while it is empty.</param>
public sealed record PaperItem(string Key, bool IsRequired = true);

/// <summary>An item filled in.</summary>
/// <param name="Filled">What the platform knows; null when it knows nothing.</param>
/// <param name="Said">What a person wrote instead or in addition; null when nobody did.</param>
public sealed record PaperLine(PaperItem Item, string? Filled, string? Said)
{
    public string? Text => Said ?? Filled;

    /// <summary>A person must still fill it in.</summary>
    public bool IsMissing => Item.IsRequired && Text is null;
}

/// <summary>A document as it stands.</summary>
public sealed record Paper(PaperKind Kind, Incident Incident, IReadOnlyList<PaperLine> Lines)
{
    public IEnumerable<PaperLine> Missing => Lines.Where(l => l.IsMissing);
}

/// <summary>A submission on record: what went out, when, by which way, under which number.</summary>
/// <param name="IsPartial">A first report that leaves the rest for later.</param>
/// <param name="Digest">SHA-256 of the content, lower-case hex; the same stands in the evidence.</param>
public sealed record IncidentSubmission(
    Id<IncidentSubmission> Id, Id<Incident> Incident, PaperKind Kind, bool IsPartial, ReportChannel Channel, string Reference, DateTimeOffset SubmittedAt, string RecordedBy, DateTimeOffset RecordedAt, string Content, string Digest);

/// <summary>What each document must say, and which clocks it stops.</summary>
public static class IncidentPapers
{
    /// <summary>Longest text of an item.</summary>
    public const int ItemMost = 4000;

    private static readonly ImmutableArray<PaperItem> Head =
    [
        new("unit"), new("system"), new("contact"), new("number", IsRequired: false), new("found"), new("known"), new("happened", IsRequired: false), new("place"), new("kind"), new("level"), new("impact"), new("measures"),
    ];

    private static readonly ImmutableArray<PaperItem> Rest =
    [
        new("trend"), new("cause"), new("clues"), new("next"), new("scene"), new("other", IsRequired: false),
    ];

    public static ImmutableArray<PaperItem> Items(PaperKind kind) => kind switch
    {
        PaperKind.FirstReport => Head,
        PaperKind.FullReport => [.. Head, .. Rest],
        PaperKind.Summary => [new("unit"), new("system"), new("contact"), new("number", IsRequired: false), new("found"), new("known"), new("level"), new("impact"), new("cause"), new("course"), new("responsibility"), new("rectification"), new("lessons"), new("other", IsRequired: false)],
        PaperKind.PoliceReport => [new("unit"), new("contact"), new("number", IsRequired: false), new("found"), new("place"), new("kind"), new("suspicion"), new("impact"), new("clues"), new("measures"), new("scene"), new("other", IsRequired: false)],
        _ => [new("persons"), new("data"), new("cause"), new("harm"), new("remedies"), new("self-help"), new("processor"), new("contact")],
    };

    /// <summary>Whether submitting this stops the clock of that rule.</summary>
    public static bool Meets(PaperKind kind, string rule) => kind switch
    {
        PaperKind.FirstReport => rule is "IR-1" or "IR-2" or "IR-3" or "IR-4" or "IR-5" or "IR-6" or IncidentClocks.Flaw or IncidentClocks.PersonalAuthority,
        PaperKind.FullReport => rule == IncidentClocks.Supplement || Meets(PaperKind.FirstReport, rule),
        PaperKind.Summary => rule == IncidentClocks.Summary,
        PaperKind.PoliceReport => rule == IncidentClocks.Police,
        _ => rule is IncidentClocks.Harmed or IncidentClocks.PersonalPersons,
    };

    /// <summary>Which documents an incident owes by its running clocks, the most urgent first.</summary>
    public static IReadOnlyList<PaperKind> Owed(IReadOnlyList<IncidentClock> clocks) =>
        [.. Enum.GetValues<PaperKind>().Where(k => clocks.Any(c => c.IsRunning && Meets(k, c.Rule))).OrderBy(k => clocks.Where(c => c.IsRunning && Meets(k, c.Rule)).Min(c => c.DueAt ?? c.FromAt))];

    /// <summary>What is missing before it can go out.</summary>
    public static IReadOnlyList<FieldError> Missing(Paper paper) =>
        [.. paper.Missing.Select(l => new FieldError(l.Item.Key, "watch.field.item", new TextKey("watch.item." + l.Item.Key)))];
}
