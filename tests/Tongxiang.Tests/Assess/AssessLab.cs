using Microsoft.Extensions.Time.Testing;
using Tongxiang.Agencies;
using Tongxiang.Assess;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using Tongxiang.Warehouse;
using Tongxiang.Watch;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Assess;

/// <summary>Supervision over one store, beside the agencies, people and the entry of <see cref="Tests.Share.Facts"/> and an evidence log that is really written.</summary>
internal sealed class AssessLab : IAsyncDisposable
{
    public static readonly Caller Head = Person("bureau-head", Tests.Share.Facts.Bureau, Role.BureauHead);
    public static readonly Caller Auditor = Person("bureau-auditor", Tests.Share.Facts.Bureau, Role.AuditAdmin);
    public static readonly Caller PoliceBoss = Person("police-boss", Tests.Share.Facts.Police, Role.AgencyHead);
    public static readonly Caller HealthHead = Person("health-head", Tests.Share.Facts.Health, Role.SharingOfficeHead);

    private readonly Home home = new(StoreLab.Folder());

    private AssessLab(ShareLab share)
    {
        Share = share;
        var node = new NodeSettings();
        var deadlines = new Deadlines(share.Rules, share.Calendar);
        Openings = new Openings(share.Db, share.Evidence);
        var records = new ShareRecord(share.Db);
        Facts = new FactsOf(share.Clock, share.Directory, share.Rules, deadlines, share.Calendar, new CatalogRecord(share.Db, share.Clock), records, new IncidentRecord(share.Db), new LandingRecord(share.Db), Openings);
        Key = PaperKey.Of(home, NodeKey.Of(home), node);
        Circulars = new Circulars(share.Db, share.Clock, share.Evidence, share.Directory, Key);
        Findings = new FindingBook(share.Db, share.Clock, share.Evidence, share.Directory, deadlines, Facts, share.Notices, Circulars);
        var entries = new Entries(share.Db, share.Clock, node, share.Evidence, share.Directory, deadlines, new Catalogue(share.Db));
        Reports = new SupervisionReports(share.Db, share.Clock, share.Evidence, share.Directory, entries, Facts, Key);
        Schemes = new Schemes(share.Db, share.Clock, share.Evidence, share.Directory, share.Rules, Reports);
        EntryNamed named = slug => slug == share.Entry.Slug ? share.Entry : null;
        var settings = new IncidentSettings();
        Incidents = new Incidents(share.Db, share.Clock, share.Evidence, share.Directory, share.Rules, deadlines, named, share.Notices, new IncidentCount(Openings, named, settings, share.Clock), settings, node);
        Notes = new UseNotes(share.Db, share.Clock, share.Evidence, share.Grants);
        var letters = new DossierLetters(share.Directory, Facts, Findings, share.Applications, share.Grants, new UseLedger(Openings, share.Grants), Notes, Reports);
        Plans = new DossierPlans(share.Directory, share.Grants, Incidents, records, new IncidentRecord(share.Db), letters);
    }

    public ShareLab Share { get; }
    public FactsOf Facts { get; }
    public PaperKey Key { get; }
    public FindingBook Findings { get; }
    public Circulars Circulars { get; }
    public SupervisionReports Reports { get; }
    public Schemes Schemes { get; }
    public Incidents Incidents { get; }
    public UseNotes Notes { get; }
    public Openings Openings { get; }
    public DossierPlans Plans { get; }
    public FakeTimeProvider Clock => Share.Clock;

    public Dossiers Dossiers(int most = Tongxiang.Assess.Dossiers.MostEntries) => new(Share.Db, Share.Clock, Share.Evidence, Openings, Plans, Key, new NodeSettings(), most);

    public static async Task<AssessLab> Open(Store store, string at = "2026-02-12") => new(await ShareLab.Open(store, at));

    /// <summary>The evidence so far in the log and under a signed checkpoint.</summary>
    public async Task Sequence()
    {
        using var sequencer = new Sequencer(Share.Db, Share.Evidence, Share.Clock);
        await sequencer.Run(default);
    }

    /// <summary>A call as the gateway witnesses it.</summary>
    public async Task Called(Id<Grant> grant, string kind = "gateway.answered", string? code = null, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            var facts = new Dictionary<string, string> { ["resource"] = "population", ["grant"] = "SQ20260212-0001", ["case"] = "CASE-1", ["rows"] = code is null ? "2" : "0" };
            if (code is not null) facts["code"] = code;
            await Share.Evidence.Witness(new Happening(kind, "client-1", Tests.Share.Facts.Civil.Id.ToString(), $"grant:{grant}", Clock.GetUtcNow(), facts) { Parties = [Tests.Share.Facts.Police.Id.ToString()] }, default);
        }
        await Sequence();
    }

    /// <summary>An application whose reply is overdue, and its finding.</summary>
    public async Task<(Application Application, Finding Finding)> Overdue()
    {
        var sent = await Share.Sent();
        Share.SetDay("2026-03-05");
        Assert.Equal(1, await Findings.Run(default));
        return (sent, (await Findings.List(Tests.Share.Facts.Reviewer, true, null, null, 50, default)).Items.Single());
    }

    public async Task<Finding> Noticed(Id<Finding> id) => Good(await Findings.Notify(Tests.Share.Facts.Reviewer, id, 1, "请在期限内答复该申请并书面说明原因", null, false, default));

    public async ValueTask DisposeAsync()
    {
        await Share.DisposeAsync();
        System.IO.Directory.Delete(home.Root, recursive: true);
    }

    private static Caller Person(string name, Agency agency, Role role)
    {
        var id = new Id<Person>(new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)));
        return new Caller(id.ToString(), id, null, agency.Id, agency.Kind, new HashSet<Role> { role }, name);
    }
}
