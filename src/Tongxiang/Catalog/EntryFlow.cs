using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Steps of an entry on its way (Order 809 art. 13, 16, 17).</summary>
public enum Step { Submitted, Approved, Returned, Recalled, Published, Retired }

/// <summary>The two assessments before cataloguing (Order 809 art. 13).</summary>
public enum AssessmentKind { SecrecyRisk, PersonalInformationImpact }

/// <summary>Who may do what to an entry, and who may see it.</summary>
public static class EntryFlow
{
    /// <param name="bureau">The data authority in charge of the provider.</param>
    public static Refusal? Check(Step step, Entry entry, Caller caller, Id<Agency> bureau)
    {
        if (!Sees(caller, entry, bureau)) return Refusal.NotFound("catalog.entry");
        if (!IsTheirs(step, entry, caller, bureau)) return Refusal.Forbidden("catalog.not-your-step", step) with { Article = step == Step.Approved ? "Order 809 art. 13" : null };
        return Fits(step, entry) ? null : Refusal.Conflict("catalog.wrong-state", step, entry.LatestState);
    }

    /// <summary>Whether the caller may write the entry's content and assessments.</summary>
    public static Refusal? Writes(Entry entry, Caller caller, Id<Agency> bureau)
    {
        if (!Sees(caller, entry, bureau)) return Refusal.NotFound("catalog.entry");
        if (!caller.Has(Role.Steward, entry.Agency) && !caller.Has(Role.SharingOfficeHead, entry.Agency)) return Refusal.Forbidden("catalog.not-steward");
        return entry.State == EntryState.Retired || entry.LatestState is EntryState.AwaitingHead or EntryState.AwaitingReview
            ? Refusal.Conflict("catalog.not-a-draft", entry.LatestState)
            : null;
    }

    /// <summary>A published entry is known to every department, to the public unless closed; anything else to its own agency, and to the bureau while it reviews.</summary>
    public static bool Sees(Caller caller, Entry entry, Id<Agency> bureau) =>
        SeesDraft(caller, entry, bureau) || entry.IsPublic || (caller.IsGovernment && (entry.IsPublished || IsFormerly(entry)));

    // A draft that was given up was never announced: it stays its agency's own.
    private static bool IsFormerly(Entry entry) => entry is { State: EntryState.Retired, PublishedAt: not null };

    public static bool SeesDraft(Caller caller, Entry entry, Id<Agency> bureau) =>
        caller.Actor == Caller.Platform.Actor || caller.Agency == entry.Agency || (caller.Agency == bureau && entry.LatestState == EntryState.AwaitingReview);

    /// <summary>The entry as the caller may know it: without a draft that is not theirs.</summary>
    public static Entry As(Caller caller, Entry entry, Id<Agency> bureau) => SeesDraft(caller, entry, bureau)
        ? entry
        : entry with { Draft = null, DraftState = null, DraftRevision = null, DueAt = null, DueRule = null, DueIsProvisional = false };

    private static bool IsTheirs(Step step, Entry entry, Caller caller, Id<Agency> bureau) => step switch
    {
        Step.Submitted or Step.Recalled => IsSteward(entry, caller),
        Step.Approved => IsHead(entry, caller),
        Step.Returned => entry.LatestState == EntryState.AwaitingReview ? IsReviewer(caller, bureau) : IsHead(entry, caller),
        Step.Published => IsReviewer(caller, bureau),
        Step.Retired => entry.State == EntryState.Draft ? IsSteward(entry, caller) : IsHead(entry, caller) || caller.Has(Role.BureauHead, bureau),
        _ => false,
    };

    private static bool Fits(Step step, Entry entry) => step switch
    {
        Step.Submitted => entry.LatestState == EntryState.Draft,
        Step.Approved => entry.LatestState == EntryState.AwaitingHead,
        Step.Returned or Step.Recalled => entry.LatestState is EntryState.AwaitingHead or EntryState.AwaitingReview,
        Step.Published => entry.LatestState == EntryState.AwaitingReview,
        Step.Retired => entry.State is EntryState.Draft or EntryState.Published,
        _ => false,
    };

    private static bool IsSteward(Entry entry, Caller caller) => caller.Has(Role.Steward, entry.Agency) || caller.Has(Role.SharingOfficeHead, entry.Agency);

    private static bool IsHead(Entry entry, Caller caller) => caller.Has(Role.AgencyHead, entry.Agency) || caller.Has(Role.SharingOfficeHead, entry.Agency);

    private static bool IsReviewer(Caller caller, Id<Agency> bureau) => caller.Has(Role.BureauReviewer, bureau) || caller.Has(Role.BureauHead, bureau);
}
