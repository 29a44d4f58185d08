using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>What is registered: a resource for the first time, its change, a mistake in the registration, or that it is over (首次、变更、更正、注销).</summary>
public enum RegistrationKind { First, Change, Correction, Cancellation }

/// <summary>Where a registration stands (发改数据规〔2025〕26号).</summary>
public enum RegistrationState
{
    /// <summary>The registrant writes the dossier.</summary>
    Draft,

    /// <summary>Applied for; the registrar decides on acceptance (申请).</summary>
    Applied,

    /// <summary>Accepted, under formal review (受理、形式审核).</summary>
    Accepted,

    /// <summary>In public notice: anybody who is signed in may object (公示).</summary>
    Noticed,

    /// <summary>The code is issued (赋码).</summary>
    Issued,

    /// <summary>Sent back with a reason; may be applied for again.</summary>
    Returned,

    /// <summary>Taken back by the registrant.</summary>
    Withdrawn,
}

/// <summary>How a code stands.</summary>
public enum CodeState { Valid, Expired, Cancelled }

/// <summary>The dossier (登记材料) of a resource.</summary>
/// <param name="Source">Where the data come from.</param>
/// <param name="Content">What is in them.</param>
/// <param name="Scale">How much: rows, bytes.</param>
/// <param name="Update">How often they are renewed.</param>
/// <param name="Grade">Classification and grade.</param>
/// <param name="UseScene">What they are used for.</param>
/// <param name="Deposit">Evidence that they are held as described (存证): digests and evidence ids.</param>
/// <param name="Safety">Statement on safety.</param>
/// <param name="Compliance">Statement on lawfulness of source and processing.</param>
public sealed record RegistrationDossier(string Source, string Content, string Scale, string Update, string Grade, string UseScene, string Deposit, string Safety, string Compliance);

/// <summary>A registration on its way (公共数据资源登记).</summary>
/// <param name="Agency">The registrant (登记主体).</param>
/// <param name="Bureau">The registrar (登记机构).</param>
/// <param name="Renews">A change that also asks for another term.</param>
/// <param name="Digest">SHA-256 of the dossier's canonical form, lower-case hex.</param>
/// <param name="EntryRevision">Revision of the entry that the dossier describes.</param>
/// <param name="Code">The code that was issued, or that is changed, corrected or cancelled.</param>
public sealed record Registration(
    Id<Registration> Id, string Number, Id<Entry> Entry, Id<Agency> Agency, Id<Agency> Bureau, RegistrationKind Kind, bool Renews, RegistrationState State, RegistrationDossier Dossier, string Digest,
    long EntryRevision, string? Code, long Revision, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt)
{
    /// <summary>End of the clock that runs now; at public notice, its end.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public string? DueRule { get; init; }

    public bool DueIsProvisional { get; init; }

    public DateTimeOffset? NoticeFrom { get; init; }

    public DateTimeOffset? NoticeUntil { get; init; }

    public bool IsOver => State is RegistrationState.Issued or RegistrationState.Withdrawn;
}

/// <summary>A code that was issued; it is never used again.</summary>
/// <param name="Registration">The registration that made or last changed it.</param>
/// <param name="EntryRevision">The entry as it was registered.</param>
public sealed record RegistrationCode(
    string Code, Id<Entry> Entry, Id<Agency> Agency, Id<Agency> Bureau, Id<Registration> Registration, CodeState State, long EntryRevision, DateTimeOffset IssuedAt, DateTimeOffset ValidUntil, DateTimeOffset? EndedAt);

/// <summary>A step that was taken.</summary>
public sealed record RegistrationStep(RegistrationState State, string Actor, string ActorName, string? Agency, string Note, DateTimeOffset At, string EvidenceId);

/// <summary>An objection (异议) raised while the registration is in public notice.</summary>
/// <param name="IsUpheld">Null until it is answered; an upheld one stops the code.</param>
public sealed record RegistrationObjection(Id<RegistrationObjection> Id, Id<Registration> Registration, string Person, string? Agency, string Body, DateTimeOffset MadeAt, bool? IsUpheld, string Answer, DateTimeOffset? AnsweredAt);

/// <summary>All that belongs to a registration.</summary>
public sealed record RegistrationCase(Registration Registration, IReadOnlyList<RegistrationStep> Steps, IReadOnlyList<RegistrationObjection> Objections);

/// <summary>What differs today from what was registered.</summary>
public enum RegistrationDrift
{
    /// <summary>Fields or key are others.</summary>
    Structure,

    /// <summary>Where the data come from: classification, region, industry or promise of renewal are others.</summary>
    Source,

    /// <summary>Another department holds them.</summary>
    Holder,

    /// <summary>The entry is out of use.</summary>
    Retired,
}

/// <summary>A registration that the catalogue's present state calls for.</summary>
/// <param name="Kind">Change, or cancellation for a retired entry.</param>
public sealed record RegistrationProposal(RegistrationCode Code, RegistrationKind Kind, IReadOnlyList<RegistrationDrift> Drifts);

/// <summary>Tells a department's stewards of a code that ends soon; filled in by whoever keeps notices.</summary>
/// <param name="args">Code, name of the resource, last day.</param>
public delegate Task RegistrationNotice(Tx tx, Id<Agency> agency, string once, string link, IReadOnlyList<string> args, DateTimeOffset at);
