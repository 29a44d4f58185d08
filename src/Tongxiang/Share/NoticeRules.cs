using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>What a notice is about.</summary>
public enum NoticeKind
{
    AwaitsOwnHead,
    SentBack,
    Received,
    ReceiptConfirmed,
    SupplementAsked,
    Supplemented,
    ExtensionAsked,
    ExtensionAgreed,
    ExtensionDenied,
    ReplyProposed,
    ReplyReturned,
    Consented,
    Refused,
    Delivered,
    Suspended,
    Resumed,
    Ended,
    DisposalDue,
    Disposed,
    Withdrawn,
    HalfTime,
    FourFifths,
    Overdue,
    Urged,
    Reassigned,
    IncidentOpened,
    IncidentUnacknowledged,
    IncidentHalfTime,
    IncidentFourFifths,
    IncidentOverdue,
    IncidentTaskLate,
    LookChallenged,
    LookAnswered,
    BreakGlassAsked,
    BreakGlassOpened,
    BreakGlassRefused,
    BreakGlassEnded,
    ContentAlarm,
    OpinionAsked,
    OpinionGiven,
    DemandFiled,
    DemandAssigned,
    DemandDeclined,
    DemandMoved,
    DemandRefused,
    DemandMerged,
    DemandReopened,
    DemandHalfTime,
    DemandOverdue,
    RegistrationEnding,
    ExternalLinked,
    ExternalUnlinked,
    CorrectionReported,
    CorrectionResult,
    CorrectionMade,
    CorrectionUnfounded,
    CorrectionWithdrawn,
    CorrectionHalfTime,
    CorrectionFourFifths,
    CorrectionOverdue,
    DisputeOpened,
    DisputeMoved,
    DisputeReferred,
    DisputeClosed,
    ObjectionFiled,
    ObjectionExtended,
    ObjectionAnswered,
    ObjectionWithdrawn,
    ObjectionHalfTime,
    ObjectionFourFifths,
    ObjectionOverdue,
    FindingNoticed,
    FindingAnswered,
    FindingClosed,
    CircularIssued,
    StandingDrafted,
    StandingSampled,
    ChangeProposed,
    ChangeToFile,
    ChangeDecided,
    OnwardAsked,
    OnwardDecided,
    PreparedMoved,
    EmergencyDeclared,
    EmergencyOver,
    ReturnMoved,
    ReturnIncomplete,
}

/// <summary>To whom: a person, or whoever holds the role in the agency.</summary>
public sealed record Recipient(Id<Person>? Person, Id<Agency>? Agency, Role? Role)
{
    public override string ToString() => Person?.ToString() ?? $"{Agency}/{Role}";
}

/// <summary>A notice that a step causes.</summary>
public sealed record Telling(NoticeKind Kind, Recipient To);

/// <summary>Who is told what: pure, from the step and the application as it stands after it.</summary>
public static class NoticeRules
{
    public static IReadOnlyList<Telling> For(Step step, Application a, Id<Agency>? bureau)
    {
        IEnumerable<Telling> all = step switch
        {
            Step.Propose => [Own(NoticeKind.AwaitsOwnHead, a)],
            Step.SendBack => [Applicant(NoticeKind.SentBack, a)],
            Step.Agree or Step.Submit => [.. Office(NoticeKind.Received, a), Applicant(NoticeKind.ReceiptConfirmed, a)],
            Step.AskSupplement => [Applicant(NoticeKind.SupplementAsked, a)],
            Step.Supplement => [Steward(NoticeKind.Supplemented, a)],
            Step.AskExtension => a.Lane == Lane.Sharing ? Bureau(NoticeKind.ExtensionAsked, bureau) : [Head(NoticeKind.ExtensionAsked, a)],
            Step.AgreeExtension => [Applicant(NoticeKind.ExtensionAgreed, a), Steward(NoticeKind.ExtensionAgreed, a)],
            Step.DenyExtension => [Steward(NoticeKind.ExtensionDenied, a)],
            Step.ProposeReply => [Head(NoticeKind.ReplyProposed, a)],
            Step.ReturnReply => [Steward(NoticeKind.ReplyReturned, a)],
            // Art. 21: the reason of a refusal is visible to applicant and bureau; in the opening lane the bureau is informed of every decision.
            Step.Consent => [.. Decision(NoticeKind.Consented, a), .. a.Lane == Lane.Opening ? Bureau(NoticeKind.Consented, bureau) : []],
            Step.Refuse => [.. Decision(NoticeKind.Refused, a), .. Bureau(NoticeKind.Refused, bureau)],
            Step.Deliver => [Applicant(NoticeKind.Delivered, a), Steward(NoticeKind.Delivered, a)],
            Step.Suspend => [.. Decision(NoticeKind.Suspended, a), Steward(NoticeKind.Suspended, a), .. Bureau(NoticeKind.Suspended, bureau)],
            Step.Resume => [.. Decision(NoticeKind.Resumed, a), Steward(NoticeKind.Resumed, a)],
            Step.End => [.. Decision(NoticeKind.Ended, a), Steward(NoticeKind.Ended, a), Applicant(NoticeKind.DisposalDue, a)],
            Step.Dispose => [Steward(NoticeKind.Disposed, a)],
            Step.Urge => Waiting(NoticeKind.Urged, a, bureau),
            Step.Reassign => a.Holder is null ? [] : Waiting(NoticeKind.Reassigned, a, bureau),
            Step.Withdraw => a.SubmittedAt is null ? [] : [Steward(NoticeKind.Withdrawn, a)],
            _ => [],
        };
        return [.. all];
    }

    /// <summary>Who hears of half time, four fifths and overdue: whoever must act, then the head above, then bureau and applicant.</summary>
    public static IReadOnlyList<Telling> OfClock(NoticeKind kind, Application a, Id<Agency>? bureau) => kind switch
    {
        NoticeKind.HalfTime => [.. Waiting(kind, a, bureau)],
        NoticeKind.FourFifths => [.. Distinct([.. Waiting(kind, a, bureau), .. Office(kind, a)])],
        _ => [.. Distinct([.. Waiting(kind, a, bureau), .. Office(kind, a), .. Bureau(kind, bureau), Applicant(kind, a)])],
    };

    /// <summary>Those for whom the application waits: the holder, or the role.</summary>
    public static IReadOnlyList<Telling> Waiting(NoticeKind kind, Application a, Id<Agency>? bureau)
    {
        if (a.Holder is { } holder) return [new Telling(kind, new Recipient(holder, null, null))];
        return Workflow.WaitsFor(a.Lane, a.State) switch
        {
            Side.Applicant => [Applicant(kind, a)],
            Side.ApplicantHead => [Own(kind, a)],
            Side.Provider => [Steward(kind, a)],
            Side.ProviderHead => [Head(kind, a)],
            Side.Bureau => [.. Bureau(kind, bureau)],
            _ => [],
        };
    }

    private static IEnumerable<Telling> Distinct(IEnumerable<Telling> all) => all.DistinctBy(t => t.To.ToString());

    private static Telling Applicant(NoticeKind kind, Application a) => new(kind, new Recipient(a.Applicant, null, null));

    private static Telling Own(NoticeKind kind, Application a) => new(kind, new Recipient(null, a.ApplicantAgency, Role.SharingOfficeHead));

    private static Telling Steward(NoticeKind kind, Application a) => new(kind, new Recipient(null, a.Provider, Role.Steward));

    private static Telling Head(NoticeKind kind, Application a) => new(kind, new Recipient(null, a.Provider, Role.SharingOfficeHead));

    private static Telling[] Office(NoticeKind kind, Application a) => [Steward(kind, a), Head(kind, a)];

    private static Telling[] Bureau(NoticeKind kind, Id<Agency>? bureau) => bureau is null ? [] : [new(kind, new Recipient(null, bureau, Role.BureauReviewer))];

    private static Telling[] Decision(NoticeKind kind, Application a) => a.Lane == Lane.Sharing ? [Applicant(kind, a), Own(kind, a)] : [Applicant(kind, a)];
}
