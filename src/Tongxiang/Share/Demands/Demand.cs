using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Where a demand stands: 登记、受理、认领、编目、挂接、满足, or refused, or merged into another.</summary>
public enum DemandState { Filed, Accepted, Claimed, Catalogued, Attached, Satisfied, Refused, Merged }

/// <summary>Steps of a demand; <see cref="Join"/> is what the merging of another is for the one it goes into.</summary>
public enum DemandStep { File, Accept, Assign, Claim, Decline, Catalogue, Attach, Satisfy, Reopen, Refuse, Merge, Join }

/// <summary>From whom a demand comes; the public needs no account.</summary>
public enum DemandOrigin { Department, Company, Person, Public }

/// <summary>Why a demand ends without data.</summary>
public enum DemandGround
{
    /// <summary>A law, administrative regulation or decision of the State Council forbids it (Order 809 art. 14).</summary>
    NotShareable,

    /// <summary>It is in the catalogue already.</summary>
    AlreadyThere,

    /// <summary>No department holds it or has the duty to.</summary>
    NobodyHolds,

    /// <summary>What is meant cannot be made out.</summary>
    Unclear,

    /// <summary>Not a demand for data at all; its words are not shown.</summary>
    Unusable,
}

/// <summary>As what somebody acts on a demand.</summary>
public enum DemandSide { Bureau, Owner, Demander, Platform }

/// <summary>What somebody asks for.</summary>
/// <param name="What">Which data.</param>
/// <param name="Matter">For which matter or scenario; may be empty.</param>
/// <param name="Contact">E-mail for questions; may be empty. Only the offices see it.</param>
/// <param name="Owner">Who probably holds it; null: the platform proposes.</param>
public sealed record NewDemand(string What, string Matter = "", string Contact = "", DateOnly? WantedBy = null, Id<Agency>? Owner = null);

/// <summary>A demand (供需对接 需求) for data that the catalogue does not have.</summary>
/// <param name="Number">Such as <c>XQ20260212-0001</c>.</param>
/// <param name="Bureau">The data authority in charge.</param>
/// <param name="Proposed">Who probably holds the data, before the bureau decides.</param>
/// <param name="Owner">The department the bureau named; null while it must name one.</param>
public sealed record Demand(
    Id<Demand> Id, string Number, string What, string Matter, string Contact, DateOnly? WantedBy, DemandOrigin Origin, Id<Person>? Demander, Id<Agency>? DemanderAgency, Id<Agency> Bureau,
    Id<Agency>? Proposed, Id<Agency>? Owner, DemandState State, long Revision, DateTimeOffset FiledAt, DateTimeOffset ChangedAt)
{
    /// <summary>How many departments declined it: after the second the bureau decides.</summary>
    public int Declined { get; init; }

    /// <summary>The demander said once that the data are not what was asked for.</summary>
    public bool IsReopened { get; init; }

    /// <summary>The published entry that answers it.</summary>
    public Id<Entry>? Entry { get; init; }

    /// <summary>The version that was current when data were attached.</summary>
    public long? Version { get; init; }

    public Id<Demand>? MergedInto { get; init; }

    public DemandGround? Ground { get; init; }

    /// <summary>The law, regulation or decision with its article that forbids sharing.</summary>
    public string Basis { get; init; } = "";

    /// <summary>Why it was refused; everybody reads it.</summary>
    public string Reason { get; init; } = "";

    /// <summary>How many want it, the demander among them.</summary>
    public long Votes { get; init; } = 1;

    public DateTimeOffset? AttachedAt { get; init; }

    /// <summary>Rule of the running clock; null when none runs.</summary>
    public string? DueRule { get; init; }

    public DateTimeOffset? DueAt { get; init; }

    public bool DueIsProvisional { get; init; }

    /// <summary>Which notices of the running clock went out: 0 none, 1 half time, 2 overdue.</summary>
    public int Noticed { get; init; }

    public DateTimeOffset? NextNoticeAt { get; init; }

    public bool IsOpen => State is not (DemandState.Satisfied or DemandState.Refused or DemandState.Merged);

    /// <summary>Whether the words may be read by everybody: once the bureau has, and unless they are no demand.</summary>
    public bool IsShown => State != DemandState.Filed && Ground != DemandGround.Unusable;
}

/// <summary>A step that was taken.</summary>
/// <param name="Owner">The department that was named or that declined.</param>
/// <param name="Evidence">Its entry in the evidence log.</param>
public sealed record DemandTaken(
    long Number, DemandStep Step, DemandState From, DemandState To, string Actor, string ActorName, Id<Agency>? Agency, Id<Agency>? Owner, string Reason, DateTimeOffset At, string Evidence);

/// <summary>The current data of an entry.</summary>
public readonly record struct AttachedVersion(long Number, DateTimeOffset PromotedAt);

/// <summary>The version of an entry that is current now; null while there is none.</summary>
public delegate AttachedVersion? CurrentVersion(Id<Entry> entry);
