using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Which roles go together, which fit an agency, and which take a second person to give.</summary>
public static class RoleRules
{
    /// <summary>System, security and audit administrator: three people (等保三级), none of whom reads content.</summary>
    public static IReadOnlyList<Role> Administrators { get; } = [Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin];

    /// <summary>Offices that only look: cyberspace, secrecy and audit.</summary>
    public static IReadOnlyList<Role> Inspectors { get; } = [Role.CyberspaceInspector, Role.SecrecyInspector, Role.AuditInspector];

    private static readonly Role[] bureau = [Role.BureauReviewer, Role.BureauHead, Role.SecurityAdmin, Role.AuditAdmin];

    // They give no right over data and decide nothing.
    private static readonly Role[] harmless = [Role.Vendor, Role.Expert, Role.CompanyUser, Role.Citizen];

    /// <summary>What is wrong with these roles for someone of such an agency; null when nothing is.</summary>
    /// <param name="kind">Null for a citizen.</param>
    public static Refusal? Wrong(AgencyKind? kind, IReadOnlySet<Role> roles)
    {
        if (roles.Count(Administrators.Contains) > 1) return new Refusal(422, "agencies.roles-separate");
        foreach (var role in roles)
        {
            if (!ReadsNoContent(role) || roles.Count == 1) continue;
            return new Refusal(422, "agencies.role-alone", Say(role)) { Article = role == Role.Vendor ? "Order 809 art. 36" : null };
        }
        foreach (var role in roles)
            if (!Fits(kind, role)) return new Refusal(422, "agencies.role-unfit", Say(role));
        return null;
    }

    /// <summary>Whether the change needs somebody else's approval: whatever gives rights over data or decisions, and whatever touches one of the three administrators.</summary>
    public static bool NeedsSecond(IReadOnlySet<Role> before, IReadOnlySet<Role> after) =>
        after.Except(before).Any(r => !harmless.Contains(r)) || before.Except(after).Any(Administrators.Contains);

    /// <summary>Whether the roles leave no way to content but break-glass: contractors, administrators and inspectors (Order 809 art. 36).</summary>
    public static bool ReadsNoContent(IReadOnlySet<Role> roles) => roles.Any(ReadsNoContent);

    /// <summary>Whether it is one of those roles: each is held alone, and takes away rather than gives.</summary>
    public static bool ReadsNoContent(Role role) => role == Role.Vendor || Administrators.Contains(role) || Inspectors.Contains(role);

    /// <summary>Why the role may not rest on a certificate; null when it may.</summary>
    public static Refusal? WrongForCertificate(Role role) => role switch
    {
        // Whoever decides on it would shut himself out, and nobody could let him in again.
        Role.BureauHead or Role.Citizen or Role.CompanyUser => new Refusal(422, "agencies.course-role", Say(role)),
        // It restricts: falling away it would open what it closes, and one decision would switch all administrators off.
        _ when ReadsNoContent(role) => new Refusal(422, "agencies.course-restricting", Say(role)),
        _ => null,
    };

    public static TextKey Say(Role role) => new("agencies.role." + role);

    private static bool Fits(AgencyKind? kind, Role role) => kind switch
    {
        null => role == Role.Citizen,
        AgencyKind.Company => role is Role.CompanyUser or Role.Broker or Role.Vendor or Role.Expert,
        AgencyKind.Bureau => role is not (Role.Citizen or Role.CompanyUser),
        _ => role is not (Role.Citizen or Role.CompanyUser or Role.Broker) && !bureau.Contains(role),
    };
}
