using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Where a dispute stands: the three steps of Order 809 art. 28, and its three ends.</summary>
public enum DisputeState
{
    /// <summary>The two departments negotiate.</summary>
    Negotiating,

    /// <summary>The bureau in charge of both, or their common superior one, coordinates.</summary>
    Coordinating,

    /// <summary>That bureau's own people's government decides.</summary>
    Deciding,
    Settled,
    Decided,
    Withdrawn,
}

/// <summary>What can be done in a dispute.</summary>
public enum DisputeStep
{
    Open,

    /// <summary>A side, or the coordinating bureau, gives its view.</summary>
    Say,

    /// <summary>A side offers a settlement.</summary>
    Offer,

    /// <summary>The other side accepts it.</summary>
    Accept,

    /// <summary>Negotiation failed: to the bureau.</summary>
    Escalate,

    /// <summary>The bureau records what both sides agreed to under its coordination.</summary>
    Coordinate,

    /// <summary>Coordination failed: to the people's government.</summary>
    Refer,

    /// <summary>The government's decision is recorded with its document number.</summary>
    Decide,
    Withdraw,
}

/// <summary>What a dispute is about.</summary>
public enum DisputeAbout { Refusal, Conditions, Delivery, ServiceChange, Quality, SourceOfRecord, ReturnFlow, Misuse, Other }

/// <summary>As what somebody stands in a dispute.</summary>
public enum DisputeSide { Complainant, Respondent, Bureau }

/// <summary>What the complaining department writes.</summary>
/// <param name="Reference">Number of the application, grant or correction it is about; may be empty.</param>
/// <param name="Words">What the dispute is, and on what grounds.</param>
public sealed record NewDispute(Id<Agency> Respondent, DisputeAbout About, Id<Entry>? Entry, string Reference, string Title, string Words);

/// <summary>A dispute (争议) between two departments.</summary>
/// <param name="Bureau">Who coordinates, once it was referred to a bureau.</param>
/// <param name="Division">Division whose people's government decides.</param>
/// <param name="OfferBy">The side whose settlement is on the table.</param>
/// <param name="Document">Number of the government's document.</param>
public sealed record Dispute(
    Id<Dispute> Id, string Number, DisputeAbout About, string Reference, Id<Entry>? Entry, string Title, Id<Agency> Complainant, Id<Agency> Respondent, DisputeState State, Id<Agency>? Bureau, string? Division,
    Id<Agency>? OfferBy, string? Offer, string? Document, DateOnly? DecidedOn, long Revision, DateTimeOffset OpenedAt, DateTimeOffset ChangedAt, DateTimeOffset? ClosedAt)
{
    public bool IsOpen => ClosedAt is null;
}

/// <summary>A step that was taken, with its reasons and its evidence.</summary>
public sealed record DisputeTaken(long Number, DisputeStep Step, DisputeState From, DisputeState To, string ActorName, Id<Agency> Agency, Id<Person>? OnBehalf, DateTimeOffset At, string Words, string Evidence);

/// <summary>A dispute as its reader sees it.</summary>
/// <param name="Next">Where it would go to be coordinated; null where no bureau of this node can.</param>
public sealed record DisputeView(Dispute Dispute, DisputeSide Side, IReadOnlyList<DisputeTaken> Steps, IReadOnlyList<DisputeStep> Possible, DisputeRoute? Next);
