using Tongxiang.Evidence;

namespace Tongxiang.Agencies;

/// <summary>What offices that only look may look at, and who reads the openings of evidence.</summary>
public static class ReadingRights
{
    /// <summary>How far somebody sees into evidence: auditors everything, others what their agency did or is a party of; the system administrator, contractors and the other inspectors nothing.</summary>
    public static OpeningReader? Evidence(Caller caller)
    {
        if (caller is not { Person: not null, Client: null }) return null;
        if (caller.Has(Role.AuditAdmin) || caller.Has(Role.AuditInspector)) return new OpeningReader(caller.Agency?.ToString(), IsAuditor: true);
        if (caller.Has(Role.SystemAdmin) || caller.Has(Role.Vendor) || caller.Has(Role.CyberspaceInspector) || caller.Has(Role.SecrecyInspector)) return null;
        return caller.Agency is { } agency ? new OpeningReader(agency.ToString()) : null;
    }

    /// <summary>Whether somebody of a bureau has its pages: its officers and administrators, neither its contractors nor who only inspects.</summary>
    public static bool BureauPages(Caller caller) => caller.IsBureau && !caller.Has(Role.Vendor) && !RoleRules.Inspectors.Any(caller.Has);

    /// <summary>Whether somebody reads the working papers of the own agency: its officers; neither its systems and contractors, nor administrators and inspectors stationed there.</summary>
    public static bool OwnPapers(Caller caller) => caller is { Person: not null, Client: null, Agency: not null } && !RoleRules.ReadsNoContent(caller.Roles);

    /// <summary>The cyberspace office reads every incident.</summary>
    public static bool Incidents(Caller caller) => caller is { Person: not null, Client: null, IsGovernment: true } && caller.Has(Role.CyberspaceInspector);

    /// <summary>The secrecy office reads the assessments of every published entry.</summary>
    public static bool Assessments(Caller caller) => caller is { Person: not null, Client: null, IsGovernment: true } && caller.Has(Role.SecrecyInspector);
}
