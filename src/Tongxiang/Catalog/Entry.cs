using System.Text.Json.Serialization;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Where an entry stands on its way (Order 809 art. 13–16).</summary>
public enum EntryState
{
    /// <summary>The steward writes it (起草).</summary>
    Draft,

    /// <summary>Both assessments are attached; the department's head decides (待负责人审批).</summary>
    AwaitingHead,

    /// <summary>Submitted; the bureau reviews within two working days (art. 17).</summary>
    AwaitingReview,

    /// <summary>Announced to all departments (art. 16).</summary>
    Published,

    /// <summary>Taken out of use; its code is never used again.</summary>
    Retired,
}

/// <summary>Shared unconditionally, conditionally, or withheld (Order 809 art. 14).</summary>
public enum ShareClass { Unconditional, Conditional, Withheld }

/// <summary>Open, conditionally open, or closed (provincial ordinances; local names differ).</summary>
public enum OpenClass { Open, Conditional, Closed }

/// <summary>Only these three ranks can ground withholding (Order 809 art. 15); provincial ordinances can ground closing to the public.</summary>
public enum BasisKind { Law, AdministrativeRegulation, StateCouncilDecision, ProvincialOrdinance }

/// <summary>A legal basis with its article.</summary>
public sealed record LegalBasis(BasisKind Kind, string Title, string Article);

/// <summary>GB/T 43697-2024. Suspected core data are not held here at all.</summary>
public enum Grade { General1, General2, General3, General4, Important, Core }

/// <summary>How the data reach a consumer (Order 809 art. 22).</summary>
public enum Mode { Api, Batch, File, Subscription, Verification }

/// <summary>How often the provider promises new data (更新承诺).</summary>
public enum UpdatePromise { RealTime, Daily, Weekly, Monthly, Quarterly, Yearly, AsNeeded }

/// <summary>Secrecy declaration; only <see cref="None"/> may be catalogued (Order 809 art. 3).</summary>
public enum Secrecy { None, WorkSecret, StateSecret }

/// <summary>Sharing between departments: class, modes, and what the class demands.</summary>
/// <param name="Scope">Who may have it (Conditional: required).</param>
/// <param name="PermittedUse">For what (Conditional: required).</param>
/// <param name="Reason">Why it is withheld (Withheld: required, with a basis).</param>
public sealed record Sharing(ShareClass Class, IReadOnlyList<Mode> Modes, string Scope, string PermittedUse, string Reason, IReadOnlyList<LegalBasis> Bases);

/// <summary>Opening to companies and the public: independent of <see cref="Sharing"/>.</summary>
public sealed record Opening(OpenClass Class, string Conditions, string Safeguards, string Reason, IReadOnlyList<LegalBasis> Bases)
{
    /// <summary>The passing release assessment that lets data about persons be open (GB/T 42460-2023); null where there is none.</summary>
    public string? Release { get; init; }
}

/// <summary>All that an entry says about its resource.</summary>
/// <param name="ClassPath">类/项/目/细目 digits of the 2017 guide, e.g. <c>306001</c>.</param>
/// <param name="Theme">Key of the theme list, e.g. <c>transport</c>.</param>
/// <param name="Industry">GB/T 4754 section letter.</param>
/// <param name="Region">Division code the data cover.</param>
/// <param name="Key">Field names that identify a row; empty when there is none.</param>
/// <param name="LongitudeField">With <paramref name="LatitudeField"/>: makes the resource spatial (CGCS2000 degrees).</param>
public sealed record EntryContent(
    string Name, string? NameEn, string Abstract, string? AbstractEn, IReadOnlyList<string> Keywords,
    string ClassPath, string Theme, string Industry, string Region, IReadOnlyList<string> Formats, UpdatePromise UpdatePromise,
    Sharing Sharing, Opening Opening, Grade Grade, string? LocalLabel, Secrecy Secrecy,
    IReadOnlyList<Field> Fields, IReadOnlyList<string> Key, string? LongitudeField, string? LatitudeField,
    IReadOnlyList<string> RelatedCodes, string ContactPhone, string ContactEmail, string Licence, string? Terms)
{
    public bool HasPersonalData => Fields.Any(f => f.IsPersonal);

    /// <summary>Data about persons that anyone may read: only with a release assessment, and only the versions that passed it.</summary>
    [JsonIgnore]
    public bool OpensPersons => Opening.Class == OpenClass.Open && HasPersonalData;
}

/// <summary>A catalogue entry (目录条目): describes exactly one resource.</summary>
/// <param name="Code">From the node's template, e.g. <c>306001/000123</c>; never used again.</param>
/// <param name="Slug">URL-safe name of the resource: <c>/data/{slug}</c>, <c>/datasets/{slug}</c>.</param>
/// <param name="Revision">Counts changes of the content; every revision is kept.</param>
/// <param name="Content">The content in force (of the draft while it was never published).</param>
/// <param name="Draft">A newer content on its way, beside the published one; null when there is none.</param>
/// <param name="DraftState">Where that newer content stands.</param>
public sealed record Entry(
    Id<Entry> Id, string Code, string Slug, Id<Agency> Agency, EntryState State, long Revision, EntryContent Content,
    EntryContent? Draft, EntryState? DraftState, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, DateTimeOffset? PublishedAt)
{
    /// <summary>Revision of <see cref="Draft"/>; an edit or a step names the revision it was decided on.</summary>
    public long? DraftRevision { get; init; }

    /// <summary>Since when <see cref="Content"/> is in force; null before the first publication.</summary>
    public DateTimeOffset? InForceAt { get; init; }

    /// <summary>What a change on its way grades higher; null when it grades nothing higher. The public content stays as it is, protection heeds it at once.</summary>
    [JsonIgnore]
    public Suspicion? Suspected { get; init; }

    /// <summary>End of the bureau's review clock while one runs (Order 809 art. 17).</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Rule id of that clock.</summary>
    public string? DueRule { get; init; }

    public bool DueIsProvisional { get; init; }

    /// <summary>When it was taken out of use.</summary>
    public DateTimeOffset? RetiredAt { get; init; }

    /// <summary>Code of the entry that took its place.</summary>
    public string? Successor { get; init; }

    /// <summary>The newest content, published or not.</summary>
    [JsonIgnore]
    public EntryContent Latest => Draft ?? Content;

    public long LatestRevision => DraftRevision ?? Revision;

    /// <summary>Where the newest content stands.</summary>
    public EntryState LatestState => DraftState ?? State;

    /// <summary>Which of the newest content's conditions are the provider's own words, for the bureau's review (Order 809 art. 15).</summary>
    public IReadOnlyList<string> OwnWording => EntryRules.OwnWording(Latest.Sharing);

    public bool IsPublished => State == EntryState.Published;

    /// <summary>Shown to the public: closed ones are known to departments only.</summary>
    public bool IsPublic => IsPublished && Content.Opening.Class != OpenClass.Closed;

    /// <summary>Anyone may read it without an account.</summary>
    public bool IsOpen => IsPublished && Content.Opening.Class == OpenClass.Open;
}
