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
        if (caller is not { Person: { } person, Client: null }) return sides;
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
        if (agency == now.ApplicantAgency) return IsOffice(caller);
        return !isDraft && (agency == now.Provider || agency == bureau) && IsOffice(caller);
    }

    /// <summary>Whether the caller is of an office that handles applications: others of an agency see only their own.</summary>
    public static bool IsOffice(Caller caller) => caller.Roles.Overlaps(Offices);

    /// <summary>The application as the caller may know it: a reply that waits for its signature is no reply yet, and the provider's own.</summary>
    public static Application As(Caller caller, Application now, Id<Agency>? bureau) =>
        IsDecided(now.State) || now.Reply is null || IsExaminer(caller, now, bureau) ? now : now with { Reply = null, Proposer = null };

    /// <summary>The step as the caller may know it: the reasons that one side gives to its own head stay on that side.</summary>
    public static StepTaken As(Caller caller, Application now, Id<Agency>? bureau, StepTaken step) => step.Step switch
    {
        Step.ProposeReply or Step.ReturnReply when !IsExaminer(caller, now, bureau) => step with { Reason = null },
        Step.SendBack when caller != Caller.Platform && caller.Agency != now.ApplicantAgency => step with { Reason = null },
        _ => step,
    };

    private static bool IsExaminer(Caller caller, Application now, Id<Agency>? bureau) =>
        caller == Caller.Platform || (caller.Agency is { } agency && (agency == now.Provider || agency == bureau));

    private static bool IsDecided(ApplicationState state) => state is ApplicationState.Delivering or ApplicationState.InUse or ApplicationState.Suspended
        or ApplicationState.Ended or ApplicationState.Disposed or ApplicationState.Refused;

    private static readonly HashSet<Role> Offices =
        [Role.Steward, Role.SharingOfficeHead, Role.AgencyHead, Role.BureauReviewer, Role.BureauHead, Role.AuditAdmin, Role.CompanyUser];

    private static bool IsApplicant(Caller caller, Application now, Id<Person> person) =>
        person == now.Applicant ||
        (now.ApplicantAgency is { } agency && caller.Agency == agency && caller.Has(now.Lane == Lane.Sharing ? Role.Steward : Role.CompanyUser));
}
