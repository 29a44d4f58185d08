using System.Net;
using System.Text.Json.Serialization;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Where a correction request stands.</summary>
public enum CorrectionState
{
    Open,

    /// <summary>The provider is verifying it.</summary>
    Taken,
    Corrected,

    /// <summary>Verified, and the record was right.</summary>
    FoundCorrect,
    Withdrawn,
}

/// <summary>What can be done with one.</summary>
public enum CorrectionStep { Report, TakeUp, Correct, FindCorrect, Withdraw }

/// <summary>As what somebody reads one; each side reads less than the one before.</summary>
public enum CorrectionSide { Provider, Reporter, Bureau, Told }

/// <summary>What a consumer reports (校核申请): a record, fields, or fields of a record.</summary>
/// <param name="Key">The key of the record, by field; empty: the fields are wrong in general.</param>
/// <param name="Fields">Fields that are wrong; empty: the record as a whole.</param>
/// <param name="Proposed">The value that would be right; may be empty.</param>
/// <param name="Proof">What shows it; may be empty.</param>
public sealed record NewCorrection(Id<Grant> Grant, IReadOnlyDictionary<string, string> Key, IReadOnlyList<string> Fields, string Wrong, string Proposed, string Proof)
{
    /// <summary>From where it is reported: a right may be bound to networks. Never read from the body.</summary>
    [JsonIgnore]
    public IPAddress? From { get; init; }
}

/// <summary>What the provider itself takes up because a person objected.</summary>
public sealed record NewOwnCorrection(IReadOnlyDictionary<string, string> Key, IReadOnlyList<string> Fields, string Wrong, string Proposed);

/// <summary>A correction request (校核) with its ten working days (Order 809 art. 26); who it is about stands in it only sealed.</summary>
/// <param name="Consumer">The department that reported it; null for whoever only hears of the result.</param>
/// <param name="Version">The version the report was made on; null when the rows stay with the provider.</param>
/// <param name="Told">Users of the record that the result was pushed to.</param>
public sealed record Correction(
    Id<Correction> Id, string Number, Id<Entry> Entry, Id<Agency> Provider, Id<Agency>? Consumer, Id<Person>? Reporter, Id<Grant>? Grant, Id<Objection>? Objection, bool IsRecord,
    IReadOnlyList<string> Fields, long? Version, CorrectionState State, DateTimeOffset DueAt, bool DueIsProvisional, long Told, long Revision, DateTimeOffset ReportedAt, DateTimeOffset? ClosedAt)
{
    public bool IsOpen => ClosedAt is null;

    /// <summary>The version up to which the record was served wrong, once it is corrected.</summary>
    public long? StaleThrough { get; init; }
}

/// <summary>What lies sealed beside a request.</summary>
/// <param name="Subject">Whom the record is about, as the disclosure journal knows it; null when it is about nobody.</param>
internal sealed record CorrectionContent(IReadOnlyDictionary<string, string> Key, string? Subject, string Wrong, string Proposed, string Proof);

/// <summary>A step that was taken; the words are null for whoever may not read them.</summary>
public sealed record CorrectionTaken(long Number, CorrectionStep Step, CorrectionState To, string ActorName, Id<Agency> Agency, DateTimeOffset At, string? Words, string Evidence);

/// <summary>A request as its reader may know it.</summary>
/// <param name="Key">Empty where the reader does not get the key in clear.</param>
/// <param name="Wrong">Null where the reader is not one of the two sides.</param>
public sealed record CorrectionView(
    Correction Correction, CorrectionSide Side, IReadOnlyDictionary<string, string> Key, string? Wrong, string? Proposed, string? Proof, IReadOnlyList<CorrectionTaken> Steps,
    IReadOnlyList<Id<Agency>> Told, IReadOnlyList<CorrectionStep> Possible);

/// <summary>A record that was looked up for a correction.</summary>
/// <param name="Key">Its key as it is served.</param>
/// <param name="Subject">Whom it is about, when it is about a person.</param>
public sealed record SeenRecord(IReadOnlyDictionary<string, string> Key, string? Subject);

/// <summary>Looks a record up by its key: under a right of use by the steps of every call, or, without one, for the provider itself. Null: there is none that the right shows.</summary>
public delegate ValueTask<Outcome<SeenRecord?>> RecordLook(Caller caller, Entry entry, Grant? grant, IReadOnlyDictionary<string, string> key, IPAddress? from, CancellationToken ct);
