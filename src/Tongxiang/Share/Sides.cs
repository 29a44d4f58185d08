using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Works out on which sides of an application a caller stands, and whether it is theirs to see.</summary>
public static class Sides
{
    /// <param name="bureau">The data authority in charge of the provider.</param>
    /// <param name="standsInFor">Heads whose deputy the caller is now, all of the caller's own agency.</param>
    public static IReadOnlySet<Side> Of(Caller caller, Application now, Id<Agency>? bureau, IReadOnlyList<Id<Person>> standsInFor)
    {
        var sides = new HashSet<Side>();
        if (caller == Caller.Platform) return new HashSet<Side> { Side.Platform };
        // Steps are taken by people who sign in; a client's token only calls for data.
        if (caller.Person is not { } person) return sides;
        var isHead = caller.Has(Role.SharingOfficeHead) || standsInFor.Count > 0;
        if (IsApplicant(caller, now, person)) sides.Add(Side.Applicant);
        // Two people on each side: nobody signs what they wrote (art. 20 names drafter and head apart).
        if (now.Lane == Lane.Sharing && caller.Agency == now.ApplicantAgency && isHead && person != now.Applicant) sides.Add(Side.ApplicantHead);
        if (caller.Agency == now.Provider && (caller.Has(Role.Steward) || isHead)) sides.Add(Side.Provider);
        if (caller.Agency == now.Provider && isHead && person != now.Proposer) sides.Add(Side.ProviderHead);
        if (caller.IsBureau && caller.Agency == bureau && (caller.Has(Role.BureauReviewer) || caller.Has(Role.BureauHead))) sides.Add(Side.Bureau);
        return sides;
    }

    /// <summary>The applicant, the people of both offices, the bureau in charge and auditors of these; nobody else learns that it exists.</summary>
    public static bool MaySee(Caller caller, Application now, Id<Agency>? bureau)
    {
        if (caller == Caller.Platform || (caller.Person is { } person && person == now.Applicant)) return true;
        if (caller.Person is null || caller.Agency is not { } agency) return false;
        var isDraft = now.State is ApplicationState.Draft or ApplicationState.AwaitingOwnHead;
        if (agency == now.ApplicantAgency) return caller.Roles.Overlaps(Offices);
        return !isDraft && (agency == now.Provider || agency == bureau) && caller.Roles.Overlaps(Offices);
    }

    private static readonly HashSet<Role> Offices =
        [Role.Steward, Role.SharingOfficeHead, Role.AgencyHead, Role.BureauReviewer, Role.BureauHead, Role.AuditAdmin, Role.CompanyUser];

    private static bool IsApplicant(Caller caller, Application now, Id<Person> person) =>
        person == now.Applicant ||
        (now.ApplicantAgency is { } agency && caller.Agency == agency && caller.Has(now.Lane == Lane.Sharing ? Role.Steward : Role.CompanyUser));
}
