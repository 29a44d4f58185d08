using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using Tongxiang.Watch;

namespace Tongxiang.Tests.Agencies;

/// <summary>Offices that only look: cyberspace, secrecy and audit.</summary>
public sealed class InspectorTests
{
    [Theory, EveryStore]
    public async Task The_secrecy_office_reads_assessments_and_writes_nothing(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Publish(Samples.Open());
        var inspector = lab.Person(lab.Police, Role.SecrecyInspector);
        Assert.Equal(2, (await lab.Entries.History(inspector, entry.Id, default)).Value.Assessments.Count);
        Assert.Empty((await lab.Entries.History(lab.Stranger, entry.Id, default)).Value.Assessments);
        Assert.Empty((await lab.Entries.History(lab.Person(lab.Police, Role.CyberspaceInspector), entry.Id, default)).Value.Assessments);
        Assert.NotNull((await lab.Entries.Draft(inspector, Samples.Open(), default)).Refusal);
        Assert.NotNull((await lab.Entries.Retire(inspector, entry.Id, entry.LatestRevision, "x", default)).Refusal);
        // What was never announced stays its department's own.
        var draft = await lab.Assessed(Samples.Open() with { Name = "草稿", NameEn = "Draft" });
        Assert.Equal(404, (await lab.Entries.History(inspector, draft.Id, default)).Refusal?.Status);
    }

    [Theory]
    [InlineData(Role.AuditAdmin, true, true)]
    [InlineData(Role.AuditInspector, true, true)]
    [InlineData(Role.Steward, true, false)]
    [InlineData(Role.SecurityAdmin, true, false)]
    [InlineData(Role.SystemAdmin, false, false)]
    [InlineData(Role.Vendor, false, false)]
    [InlineData(Role.CyberspaceInspector, false, false)]
    [InlineData(Role.SecrecyInspector, false, false)]
    public void Evidence_is_read_by_auditors_whole_and_by_offices_in_part(Role role, bool reads, bool whole)
    {
        var reader = ReadingRights.Evidence(Someone(role));
        Assert.Equal((reads, whole), (reader is not null, reader?.IsAuditor ?? false));
        Assert.Null(ReadingRights.Evidence(Caller.Anonymous));
        Assert.Null(ReadingRights.Evidence(Someone(role) with { Client = default(Id<Client>) }));
    }

    [Theory]
    [InlineData(Role.Steward, true)]
    [InlineData(Role.SharingOfficeHead, true)]
    [InlineData(Role.Operative, true)]
    [InlineData(Role.SecurityAdmin, false)]
    [InlineData(Role.Vendor, false)]
    [InlineData(Role.AuditInspector, false)]
    public void Working_papers_of_an_agency_are_for_its_officers(Role role, bool reads)
    {
        Assert.Equal(reads, ReadingRights.OwnPapers(Someone(role)));
        Assert.False(ReadingRights.OwnPapers(Someone(role) with { Client = default(Id<Client>) }));
        Assert.False(ReadingRights.OwnPapers(Someone(role) with { Agency = null }));
    }

    [Fact]
    public void The_cyberspace_office_sees_incidents_and_takes_no_side()
    {
        var inspector = Someone(Role.CyberspaceInspector);
        Assert.True(IncidentFlow.SeesAll(inspector));
        Assert.Empty(IncidentFlow.Sides(inspector, [inspector.Agency!.Value]));
        foreach (var other in new[] { Role.SecrecyInspector, Role.AuditInspector, Role.Vendor, Role.Steward }) Assert.False(IncidentFlow.SeesAll(Someone(other)));
        Assert.All(RoleRules.Inspectors, r => Assert.True(RoleRules.ReadsNoContent(new HashSet<Role> { r })));
    }

    private static Caller Someone(Role role) => Caller.Anonymous with
    {
        Actor = "x",
        Person = new Id<Person>(Guid.Parse("00000000-0000-7000-8000-0000000000c1")),
        Agency = new Id<Agency>(Guid.Parse("00000000-0000-7000-8000-0000000000c2")),
        AgencyKind = AgencyKind.Department,
        Roles = new HashSet<Role> { role },
    };
}
