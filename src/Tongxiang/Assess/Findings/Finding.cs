using System.Text.Json.Serialization;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Assess;

/// <summary>Where a finding (问题) stands.</summary>
public enum FindingState
{
    /// <summary>Found by a detector or a person; nobody was told yet (待核实).</summary>
    Found,

    /// <summary>The notice of rectification is out and its term runs (整改中).</summary>
    Noticed,

    /// <summary>The department says it is rectified; to be rechecked (待复核).</summary>
    Rectified,

    /// <summary>Criticised publicly; still to be rectified (已通报).</summary>
    Circulated,

    /// <summary>Rechecked and closed (已销号).</summary>
    Closed,

    /// <summary>Not upheld, with a reason (不予认定).</summary>
    Dismissed,
}

/// <summary>Steps of a finding.</summary>
public enum FindingStep { Open, Notify, Rectify, Recheck, Return, Close, Dismiss, Circulate }

/// <summary>As what somebody acts on a finding.</summary>
public enum FindingSide { Reviewer, Head, Answerer }

/// <summary>A finding of arts. 39–42: what the records show, the order to correct and what became of it.</summary>
/// <param name="Number">WT20261130-0001.</param>
/// <param name="Detector">Id of the detector; <c>hand</c> for one that a person opened.</param>
/// <param name="Item">Item of <see cref="Liability"/>.</param>
/// <param name="Args">For the text of the detector.</param>
/// <param name="Statement">What a person wrote who opened it by hand.</param>
/// <param name="Demand">What the notice asks for.</param>
/// <param name="IsClean">What the last recheck said; null before the first.</param>
/// <param name="Outcome">Why it was dismissed or how it was closed.</param>
public sealed record Finding(
    Id<Finding> Id, string Number, string Detector, string Item, string Subject, Id<Agency> Agency, IReadOnlyList<string> Args, IReadOnlyList<string> Records, string Statement, DateTimeOffset Since,
    FindingState State, long Revision, bool IsSerious, string Demand, DateTimeOffset? DueAt, bool DueIsProvisional, string Rectification, DateTimeOffset? RectifiedAt, DateTimeOffset? RecheckedAt, bool? IsClean,
    string Outcome, DateTimeOffset FoundAt, DateTimeOffset ChangedAt)
{
    public const string ByHand = "hand";

    [JsonIgnore]
    public bool IsOpen => State is not (FindingState.Closed or FindingState.Dismissed);

    public bool IsOverdue(DateTimeOffset now) => State is FindingState.Noticed or FindingState.Circulated && DueAt < now;
}

/// <summary>A step that was taken.</summary>
public sealed record FindingEvent(long Place, FindingStep Step, FindingState From, FindingState To, string Actor, string ActorName, Id<Agency>? Agency, DateTimeOffset At, string Note, string Evidence);

/// <summary>A finding as one reader may see it.</summary>
/// <param name="Possible">Steps the reader can take.</param>
/// <param name="Circular">Number of its circular; null when none was issued.</param>
public sealed record FindingView(Finding Finding, string Article, IReadOnlyList<FindingEvent> Events, IReadOnlyList<FindingStep> Possible, string? Circular);

/// <summary>What a recheck saw.</summary>
public sealed record RecheckResult(bool IsClean, IReadOnlyList<Hit> Standing);

/// <summary>A finding that a person opens.</summary>
public sealed record NewFinding(string Item, Id<Agency> Agency, string Subject, string Statement);
