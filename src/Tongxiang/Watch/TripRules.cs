using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Who may pull a fuse, let it back, open a window and look on.</summary>
public static class TripRules
{
    /// <summary>The bureau's security people stop anything; a provider's head stops what is its own.</summary>
    /// <param name="provider">Whose data the scope is about; null where it is about no one provider.</param>
    public static Refusal? MayPull(Caller caller, FuseScope scope, Id<Agency>? provider) => caller switch
    {
        { Person: null } or { Client: not null } => new Refusal(401, "watch.sign-in"),
        _ when IsGuard(caller) => null,
        _ when scope is FuseScope.Resource or FuseScope.Grant && provider is { } own && IsHead(caller, own) => null,
        _ => Refusal.Forbidden("watch.not-yours"),
    };

    /// <summary>One duty officer lets it back to slow and step-up, at once.</summary>
    public static Refusal? MayEase(Caller caller, Trip trip)
    {
        if (MayRestore(caller, trip) is { } refusal) return refusal;
        if (trip.State != TripState.InForce) return Refusal.Conflict("watch.not-in-force", trip.Number);
        return trip.Action <= FuseAction.Slow ? Refusal.Conflict("watch.nothing-to-ease", trip.Number) : null;
    }

    /// <summary>Full restore: the first asks, another one does it.</summary>
    public static Refusal? MayRestore(Caller caller, Trip trip)
    {
        if (caller.Person is null || caller.Client is not null) return new Refusal(401, "watch.sign-in");
        if (!IsGuard(caller) && !(caller.IsBureau && caller.Has(Role.BureauHead)) && !IsOwnHead(caller, trip)) return Refusal.Forbidden("watch.not-yours");
        if (trip.IsDark) return Refusal.Conflict("watch.dark", trip.Number);
        return trip.State == TripState.Restored ? Refusal.Conflict("watch.restored", trip.Number) : null;
    }

    /// <summary>Whoever opens a window stands on the consumer's side, answers for its office and is not the one who is stopped.</summary>
    public static Refusal? MayApprove(Caller caller, Trip trip, bool isStopped)
    {
        if (caller.Person is null || caller.Client is not null) return new Refusal(401, "watch.sign-in");
        if (caller.Agency is not { } agency || agency != trip.Consumer || !(caller.Has(Role.SharingOfficeHead) || caller.Has(Role.AgencyHead) || caller.Has(Role.Steward) || caller.Has(Role.CompanyUser)))
            return Refusal.Forbidden("watch.not-consumer");
        if (trip.ActionNow != FuseAction.StepUp || !trip.Bites) return Refusal.Conflict("watch.no-step-up", trip.Number);
        return isStopped ? Refusal.Forbidden("watch.second-person") : null;
    }

    public static bool MaySee(Caller caller, Trip trip) =>
        SeesAll(caller) || caller.Person is not null && caller.Agency is { } agency && (agency == trip.Provider || agency == trip.Consumer) && IsOffice(caller);

    /// <summary>The bureau's security people and its auditors.</summary>
    public static bool SeesAll(Caller caller) => caller.IsBureau && caller.Person is not null && (caller.Has(Role.SecurityAdmin) || caller.Has(Role.AuditAdmin) || caller.Has(Role.BureauHead));

    /// <summary>The bureau's security administrator: pulls, restores, flags and switches rules.</summary>
    public static bool IsGuard(Caller caller) => caller is { IsBureau: true, Person: not null, Client: null } && caller.Has(Role.SecurityAdmin);

    /// <summary>Whoever handles sharing for an agency.</summary>
    public static bool IsOffice(Caller caller) => caller.Has(Role.SharingOfficeHead) || caller.Has(Role.AgencyHead) || caller.Has(Role.Steward) || caller.Has(Role.CompanyUser);

    private static bool IsOwnHead(Caller caller, Trip trip) => trip is { Scope: FuseScope.Resource or FuseScope.Grant, Provider: { } provider } && IsHead(caller, provider);

    private static bool IsHead(Caller caller, Id<Agency> provider) => caller.Agency == provider && (caller.Has(Role.SharingOfficeHead) || caller.Has(Role.AgencyHead));
}
