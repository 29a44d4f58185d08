using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Who must prove himself twice.</summary>
public static class SecondFactorRules
{
    private static readonly Role[] approvers = [Role.SharingOfficeHead, Role.AgencyHead, Role.BureauReviewer, Role.BureauHead, .. RoleRules.Administrators, .. RoleRules.Inspectors];

    /// <summary>Whether someone of these roles signs or administers.</summary>
    public static bool Approves(IReadOnlySet<Role> roles) => roles.Overlaps(approvers);

    /// <summary>Whether a session without a second factor is none for these roles.</summary>
    public static bool IsMissing(SecondFactorUse use, IReadOnlySet<Role> roles, bool hasFactor) => use == SecondFactorUse.Required && !hasFactor && Approves(roles);

    /// <summary>Why someone may not look at personal data: where a second factor is required, whoever sees them has one.</summary>
    public static Refusal? ForPersonalData(SecondFactorUse use, Caller caller) =>
        use == SecondFactorUse.Required && caller is { Client: null, HasSecondFactor: false } ? Refusal.Forbidden("agencies.factor-for-persons") : null;
}
