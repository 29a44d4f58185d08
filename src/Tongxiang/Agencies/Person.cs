using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>What a person may do; held for one agency.</summary>
public enum Role
{
    Steward,
    SharingOfficeHead,
    AgencyHead,
    BureauReviewer,
    BureauHead,
    SystemAdmin,
    SecurityAdmin,
    AuditAdmin,
    Operative,
    Expert,
    Vendor,
    CompanyUser,
    Citizen,
    Broker,

    /// <summary>Of the cyberspace office (网信): reads incidents, changes nothing.</summary>
    CyberspaceInspector,

    /// <summary>Of the secrecy office (保密): reads the assessments of catalogue entries, changes nothing.</summary>
    SecrecyInspector,

    /// <summary>Of the audit office (审计): reads evidence, changes nothing.</summary>
    AuditInspector,
}

/// <summary>Someone who can sign in.</summary>
/// <param name="Agency">The department, bureau or company acted for; null for a citizen.</param>
public sealed record Person(Id<Person> Id, string UserName, string Name, Id<Agency>? Agency, IReadOnlySet<Role> Roles);
