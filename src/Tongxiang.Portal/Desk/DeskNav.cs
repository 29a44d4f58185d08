using Tongxiang.Agencies;
using Tongxiang.Portal.Layouts;

namespace Tongxiang.Portal.Desk;

/// <summary>What a person finds at the side of the desk: only what the person's roles can use.</summary>
static class DeskNav
{
    public static IReadOnlyList<NavGroup> For(Visit visit, Caller caller, int waiting = 0, int unread = 0, int reports = 0, int uses = 0)
    {
        var groups = new List<NavGroup>
        {
            new(visit["desk.nav.work"],
            [
                new("/desk", visit["desk.nav.inbox"], waiting),
                new("/desk/due", visit["due.title"]),
                new("/desk/applications", visit["desk.nav.applications"]),
                .. If(caller.IsGovernment,
                    new("/desk/received", visit["case.received"]),
                    new("/desk/standing", visit["accord.standing"]),
                    new("/desk/changes", visit["accord.changes"])),
                new("/desk/notices", visit["case.notices"], unread),
                .. If(caller.Has(Role.Expert), new NavItem("/desk/opinions", visit["opinion.title"])),
            ]),
        };
        if (caller.IsGovernment)
            groups.Add(new(visit["desk.nav.remedies"],
            [
                new("/desk/corrections", visit["remedy.corrections"]),
                new("/desk/reports", visit["report.desk"], reports),
                new("/desk/objections", visit["objection.desk"]),
                new("/desk/challenges", visit["looks.desk"]),
                new("/desk/disputes", visit["dispute.title"]),
            ]));
        if (caller.IsGovernment)
            groups.Add(new(visit["desk.nav.data"],
            [
                new("/desk/entries", visit["desk.nav.entries"]),
                new("/desk/signing", visit["sign.title"]),
                new("/desk/register", visit["plan.register"]),
                new("/desk/plan", visit["plan.title"]),
                new("/desk/find", visit["desk.nav.find"]),
                new("/desk/demands", visit["demand.title"]),
                new("/desk/registrations", visit["registration.title"]),
                new("/desk/provider-apis", visit["provide.title"]),
            ]));
        groups.Add(new(visit["desk.nav.use"],
        [
            new("/desk/lookup", visit["lookup.title"]),
            new("/desk/grants", visit["desk.nav.grants"]),
            new("/desk/batches", visit["batch.title"]),
            new("/desk/clients", visit["desk.nav.clients"]),
            new("/desk/explain", visit["explain.title"]),
            new("/desk/ledger", visit["desk.nav.ledger"]),
            new("/desk/watch", visit["fuse.title"]),
        ]));
        if (caller.IsGovernment)
            groups.Add(new(visit["case.nav-office"],
            [
                new("/desk/office", visit["case.office"]),
                new("/desk/incidents", visit["incident.title"]),
                new("/desk/findings", visit["finding.title"]),
                new("/desk/circulars", visit["circular.title"]),
                .. If(Assess.DossierPlans.IsHead(caller), new NavItem("/desk/dossiers", visit["dossier.title"])),
                new("/desk/prepared", visit["accord.prepared"]),
                new("/desk/returns", visit["accord.returns"]),
            ]));
        groups.Add(new(visit["desk.nav.own"],
        [
            .. If(RoleRules.Administrators.Any(caller.Has), new NavItem("/desk/people", visit["people.title"])),
            .. If(caller.IsGovernment || caller.Has(Role.Vendor), new NavItem("/desk/break-glass", visit["glass.title"])),
            .. If(caller.Has(Role.AuditInspector), new NavItem("/bureau/evidence", visit["desk.nav.evidence"])),
            new("/desk/courses", visit["course.title"]),
            new("/desk/security", visit["factor.title"]),
        ]));
        // Where somebody is stands first: a bureau's officer has two desks.
        if (ReadingRights.BureauPages(caller)) groups.InsertRange(visit.Bare.StartsWith("/bureau", StringComparison.Ordinal) ? 0 : groups.Count, Bureau(visit, caller, uses));
        return groups;
    }

    static IEnumerable<NavGroup> Bureau(Visit visit, Caller caller, int uses) =>
    [
        new(visit["desk.nav.bureau"],
        [
            new("/bureau", visit["desk.nav.review"]),
            new("/bureau/due", visit["due.title-bureau"]),
            new("/bureau/demands", visit["demand.nav-bureau"]),
            new("/bureau/uses", visit["showcase.review"], uses),
            new("/bureau/emergencies", visit["accord.emergencies"]),
            new("/bureau/clearances", visit["accord.clearances"]),
        ]),
        new(visit["desk.nav.order"],
        [
            new("/bureau/catalogue", visit["desk.nav.catalogue"]),
            new("/bureau/sources", visit["source.title"]),
            new("/bureau/disputes", visit["dispute.bureau-title"]),
            new("/bureau/plan", visit["plan.title"]),
            new("/bureau/coverage", visit["coverage.title"]),
            new("/bureau/operation", visit["operation.title"]),
        ]),
        new(visit["desk.nav.oversight"],
        [
            new("/bureau/clocks", visit["desk.nav.clocks"]),
            new("/bureau/rules", visit["rule.title"]),
            .. If(Assess.SupervisionReports.Reads(caller),
                new("/bureau/findings", visit["finding.title"]),
                new("/bureau/reports", visit["supervise.title"]),
                new("/bureau/schemes", visit["scheme.title"])),
        ]),
        new(visit["desk.nav.safety"],
        [
            new("/bureau/incidents", visit["incident.title"]),
            new("/bureau/watch", visit["fuse.title"]),
            new("/bureau/evidence", visit["desk.nav.evidence"]),
            .. If(Gateway.Tracing.Traces.MayTrace(caller), new NavItem("/bureau/leaks", visit["leak.title"])),
        ]),
    ];

    static NavItem[] If(bool isTheirs, params NavItem[] items) => isTheirs ? items : [];
}
