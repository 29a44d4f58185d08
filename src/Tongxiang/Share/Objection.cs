using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>What a person or company objects to.</summary>
public enum ObjectionAbout
{
    /// <summary>Data kept about it.</summary>
    OwnData,

    /// <summary>Credit information about it, which has clocks of its own in some provinces.</summary>
    CreditData,

    /// <summary>A decision on it.</summary>
    Decision,
}

/// <summary>Where an objection stands.</summary>
public enum ObjectionState { Open, Answered, Withdrawn }

/// <summary>How it was answered.</summary>
public enum ObjectionOutcome { Upheld, PartlyUpheld, Rejected }

/// <summary>What can be done with one.</summary>
public enum ObjectionStep { File, Say, Extend, OpenCorrection, Answer, Withdraw }

/// <summary>What a person or company writes.</summary>
/// <param name="Entry">The public dataset it is about; null: told in words.</param>
/// <param name="Reference">Number of the record or of the decision; may be empty.</param>
/// <param name="Wish">What should be done; may be empty.</param>
public sealed record NewObjection(ObjectionAbout About, Id<Agency> Provider, Id<Entry>? Entry, string Reference, string Words, string Wish);

/// <summary>An objection (异议) with its local clock; what is written in it lies sealed.</summary>
/// <param name="Company">The company it was filed for; null for a person's own.</param>
/// <param name="Rule">The rule its clock comes from.</param>
/// <param name="Correction">The correction that was opened out of it.</param>
public sealed record Objection(
    Id<Objection> Id, string Number, ObjectionAbout About, Id<Person> Person, Id<Agency>? Company, Id<Agency> Provider, Id<Entry>? Entry, ObjectionState State, ObjectionOutcome? Outcome,
    Id<Correction>? Correction, string Rule, bool IsExtended, DateTimeOffset DueAt, bool DueIsProvisional, long Revision, DateTimeOffset FiledAt, DateTimeOffset? ClosedAt)
{
    public bool IsOpen => ClosedAt is null;
}

/// <summary>What lies sealed beside it.</summary>
internal sealed record ObjectionContent(string Reference, string Words, string Wish);

/// <summary>One entry of the handling record (Order 809 art. 37).</summary>
public sealed record ObjectionTaken(long Number, ObjectionStep Step, string ActorName, Id<Agency>? Agency, DateTimeOffset At, string? Words, string Evidence);

/// <summary>An objection as its reader sees it; the bureau reads its course and not its words.</summary>
public sealed record ObjectionView(Objection Objection, bool IsOwn, string? Reference, string? Words, string? Wish, IReadOnlyList<ObjectionTaken> Steps, IReadOnlyList<ObjectionStep> Possible);
