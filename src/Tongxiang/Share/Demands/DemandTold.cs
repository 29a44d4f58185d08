using Tongxiang.Agencies;

namespace Tongxiang.Share;

/// <summary>Who is told what of a demand: pure, from the step and the demand as it stands after it.</summary>
public static class DemandTold
{
    public static IReadOnlyList<Telling> Of(DemandStep step, Demand now) => step switch
    {
        DemandStep.File => Bureau(NoticeKind.DemandFiled, now),
        DemandStep.Accept => [.. Owner(NoticeKind.DemandAssigned, now), .. Demander(NoticeKind.DemandMoved, now)],
        DemandStep.Assign => Owner(NoticeKind.DemandAssigned, now),
        DemandStep.Decline => Bureau(NoticeKind.DemandDeclined, now),
        DemandStep.Claim or DemandStep.Catalogue or DemandStep.Attach => Demander(NoticeKind.DemandMoved, now),
        DemandStep.Satisfy => [.. Owner(NoticeKind.DemandMoved, now), .. Demander(NoticeKind.DemandMoved, now)],
        DemandStep.Reopen => Owner(NoticeKind.DemandReopened, now),
        DemandStep.Refuse => Demander(NoticeKind.DemandRefused, now),
        DemandStep.Merge => Demander(NoticeKind.DemandMerged, now),
        _ => [],
    };

    /// <summary>Who hears that half of the time or all of it is gone: whoever must act, and the bureau once it is over.</summary>
    public static IReadOnlyList<Telling> OfClock(NoticeKind kind, Demand now)
    {
        IReadOnlyList<Telling> acting = now.Owner is null || now.State == DemandState.Filed ? Bureau(kind, now) : Owner(kind, now);
        return kind == NoticeKind.DemandOverdue ? [.. acting.Concat(Bureau(kind, now)).DistinctBy(t => t.To.ToString())] : acting;
    }

    private static Telling[] Bureau(NoticeKind kind, Demand now) => [new(kind, new Recipient(null, now.Bureau, Role.BureauReviewer))];

    private static Telling[] Owner(NoticeKind kind, Demand now) =>
        now.Owner is not { } owner ? [] : [new(kind, new Recipient(null, owner, Role.Steward)), new(kind, new Recipient(null, owner, Role.SharingOfficeHead))];

    private static Telling[] Demander(NoticeKind kind, Demand now) => now.Demander is { } person ? [new(kind, new Recipient(person, null, null))] : [];
}
