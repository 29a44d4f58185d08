using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Where a return flow is.</summary>
public enum ReturnState
{
    /// <summary>Asked for by the lower region's steward.</summary>
    Asked,

    /// <summary>Signed by the receiver's head: the superior must open it.</summary>
    Agreed,
    Open,
    Refused,
    Closed,
}

/// <summary>Conditions that somebody would put on a return flow; the law knows none (Order 809 art. 24), so any of them is refused.</summary>
public sealed record ReturnConditions(
    string? Rows = null, IReadOnlyList<string>? Fields = null, IReadOnlyList<Mode>? Modes = null, DateOnly? Until = null, GrantLimits? Limits = null, bool? NeedsCase = null, string? Matter = null, string? Purpose = null)
{
    public bool IsNone => Rows is null or "" && Fields is null && Modes is null && Until is null && Limits is null && NeedsCase is null && Matter is null or "" && Purpose is null or "";
}

/// <summary>A return flow (回流): a superior department gives a lower region exactly the rows of that region.</summary>
/// <param name="Number">Readable, e.g. <c>HL20260212-0001</c>.</param>
/// <param name="Division">The receiver's division; rows of it and below it flow.</param>
/// <param name="RegionField">Column with the division code.</param>
public sealed record ReturnFlow(
    Id<ReturnFlow> Id, string Number, Id<Entry> Entry, Id<Agency> Provider, Id<Agency> Receiver, string Division, string RegionField, ReturnState State, long Revision, Id<Person> AskedBy, DateTimeOffset AskedAt,
    Id<Person>? AgreedBy, DateTimeOffset? AgreedAt, string? ReceiverProof, DateTimeOffset? OpenedAt, Id<Application>? Application, Id<Grant>? Grant, string? Reason);

/// <summary>What the platform counts for a return flow in one version, so that the receiver can compare.</summary>
/// <param name="Digest">Sum modulo 2²⁵⁶ of the SM3 digests of the rows, 64 hexadecimal digits; a row is the JSON array of its values as text in the order of <paramref name="Columns"/>, UTF-8, without spaces.</param>
public sealed record ReturnSheet(long Version, IReadOnlyList<string> Columns, long Rows, string Digest);

/// <summary>A comparison of what was sent with what was received.</summary>
public sealed record Reconciliation(Id<Reconciliation> Id, Id<ReturnFlow> Flow, long Version, long RowsSent, string DigestSent, long RowsReceived, string DigestReceived, bool IsComplete, DateTimeOffset MadeAt);
