using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The four kinds of emergencies (突发事件应对法).</summary>
public enum EmergencyKind { NaturalDisaster, Accident, PublicHealth, PublicSecurity }

/// <summary>Where a prepared grant is.</summary>
public enum PreparedState
{
    /// <summary>The consumer's steward writes it.</summary>
    Drafted,

    /// <summary>The consumer's head has signed; the provider's side is next.</summary>
    ConsumerSigned,

    /// <summary>Signed by both sides and dormant: an emergency of its kind and area switches it on.</summary>
    Ready,
    Revoked,
}

/// <summary>What is prepared, and for which emergencies.</summary>
/// <param name="Area">Division code it is meant for.</param>
/// <param name="RegionField">Column with a division code by which rows are narrowed to the declared area; null: not narrowed.</param>
public sealed record NewPrepared(Id<Entry> Entry, EmergencyKind Kind, string Area, Wish Wish, string? RegionField);

/// <summary>A prepared grant (应急预置授权): agreed and signed beforehand, without effect until an emergency is declared.</summary>
/// <param name="Number">Readable, e.g. <c>YZ20260212-0001</c>.</param>
/// <param name="ConsumerProof">Evidence of the consumer head's signature.</param>
/// <param name="ProviderProof">Evidence of the provider head's.</param>
public sealed record PreparedGrant(
    Id<PreparedGrant> Id, string Number, Id<Entry> Entry, Id<Agency> Provider, Id<Agency> Consumer, EmergencyKind Kind, string Area, PreparedState State, long Revision, Wish Wish, Reply? Reply, string? RegionField,
    Id<Person> DraftedBy, DateTimeOffset DraftedAt, Id<Person>? ConsumerSignedBy, string? ConsumerProof, Id<Person>? ProposedBy, Id<Person>? ProviderSignedBy, string? ProviderProof, string? Reason);

/// <summary>What a bureau's head declares.</summary>
/// <param name="Document">Number of the document that declares it.</param>
/// <param name="Until">Last day.</param>
public sealed record NewEmergency(string Document, EmergencyKind Kind, string Area, DateOnly Until, string Reason);

/// <summary>A declared emergency (应急共享): switches on what was prepared, and ends by itself.</summary>
/// <param name="Number">Readable, e.g. <c>YJ20260212-0001</c>; in the terms of every grant and in the ledger of every use.</param>
/// <param name="EndedAt">When it was over, early or by itself.</param>
public sealed record Emergency(
    Id<Emergency> Id, string Number, Id<Agency> Bureau, string Document, EmergencyKind Kind, string Area, string Reason, DateTimeOffset From, DateTimeOffset Until, long Revision, string DeclaredBy,
    DateTimeOffset? EndedAt, string? EndReason, string Proof)
{
    public bool IsRunning(DateTimeOffset at) => EndedAt is null && at < Until;
}

/// <summary>What became of one prepared grant in an emergency: an application with its grant, or why it was not switched on.</summary>
public sealed record SwitchedOn(Id<PreparedGrant> Prepared, string Number, Id<Entry> Entry, Id<Agency> Provider, Id<Agency> Consumer, Id<Application>? Application, Id<Grant>? Grant, string? Refused);

/// <summary>One grant of the report: what was used under it, and whether its data are disposed of.</summary>
/// <param name="Disposal">The consumer's proof of disposal; null while it is owed.</param>
/// <param name="DisposalEvidence">Evidence of that step.</param>
public sealed record EmergencyLine(
    SwitchedOn Of, string? GrantNumber, GrantState? State, ApplicationState? Stage, DateTimeOffset? DeliveredAt, UseTotals? Used, string? Disposal, DateTimeOffset? DisposedAt, string? DisposalEvidence);

/// <summary>The report of an emergency, computed from grants, ledger and disposals.</summary>
/// <param name="Open">Grants that still run or whose disposal is owed; 0 when nothing is left open.</param>
public sealed record EmergencyReport(Emergency Emergency, IReadOnlyList<EmergencyLine> Lines, int Open);
