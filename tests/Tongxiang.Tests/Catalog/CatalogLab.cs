using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Catalog;

/// <summary>The front doors of Catalog over one store, with a bureau, two departments and their people.</summary>
internal sealed class CatalogLab : IAsyncDisposable
{
    private readonly StoreLab lab;
    private readonly EvidenceLog evidence;

    private CatalogLab(StoreLab lab)
    {
        this.lab = lab;
        evidence = new EvidenceLog(lab.Db, lab.Home, lab.Key, lab.Settings, lab.Clock);
        Directory = new Tongxiang.Agencies.Directory(lab.Db);
        Roster = new Roster(lab.Db, lab.Clock, evidence, Directory);
        Rules = new RulePack(lab.Db, lab.Clock, evidence, lab.Settings);
        Calendar = new Calendar(lab.Db, lab.Clock, evidence);
        var deadlines = new Deadlines(Rules, Calendar);
        Catalogue = new Catalogue(lab.Db);
        Entries = new Entries(lab.Db, lab.Clock, lab.Settings, evidence, Directory, deadlines, Catalogue, (caller, _) => ValueTask.FromResult(DeputyOf(caller)));
        Duties = new UpdateDuties(lab.Db, lab.Clock, evidence, deadlines, Entries);
        Lists = new SigningLists(lab.Db, lab.Clock, evidence, Entries);
        Inventory = new Inventory(lab.Db, lab.Clock, evidence, Directory, Entries, Catalogue);
        Plans = new YearPlans(lab.Db, lab.Clock, evidence, Inventory, Entries, Catalogue);
        Imports = new Imports(lab.Db, lab.Clock, evidence, Directory, Plans);
        var clocks = new CatalogClocks(lab.Db);
        Moves = new ClockMoves(lab.Db, lab.Clock, evidence, deadlines, Rules, Calendar, Directory, [new OpenClocks(CatalogClocks.Reviews, clocks.ReviewShifts), new OpenClocks(CatalogClocks.Duties, clocks.DutyShifts)]);
        Desk = new RuleDesk(lab.Db, lab.Clock, Rules, Calendar, Moves, Directory, lab.Settings);
        Finder = new Finder(Catalogue, Directory, lab.Clock, lab.Db);
        Listings = new Listings(Catalogue, Directory);
    }

    public StoreLab Store => lab;
    public Tongxiang.Agencies.Directory Directory { get; }
    public Roster Roster { get; }
    public Catalogue Catalogue { get; }
    public Entries Entries { get; }
    public UpdateDuties Duties { get; }
    public Finder Finder { get; }
    public RulePack Rules { get; }
    public Calendar Calendar { get; }
    public SigningLists Lists { get; }
    public Inventory Inventory { get; }
    public YearPlans Plans { get; }
    public Imports Imports { get; }
    public ClockMoves Moves { get; }
    public RuleDesk Desk { get; }

    /// <summary>For which head somebody signs; nobody does unless a test says so.</summary>
    public Func<Caller, Id<Person>?> DeputyOf { get; set; } = _ => null;
    public Listings Listings { get; }

    public Agency Bureau { get; private set; } = null!;
    public Agency Transport { get; private set; } = null!;
    public Agency Police { get; private set; } = null!;

    public Caller Steward { get; private set; } = null!;
    public Caller Head { get; private set; } = null!;
    public Caller Reviewer { get; private set; } = null!;
    public Caller Stranger { get; private set; } = null!;
    public Caller Company { get; private set; } = null!;

    public static async Task<CatalogLab> Open(Store store)
    {
        var lab = new CatalogLab(await StoreLab.Open(store));
        var opened = new DateOnly(2020, 1, 1);
        await lab.Roster.LoadDivisions(
            [new Division("290000", "云岭省", "Yunling", null, 1, opened, null, "demonstration"), new Division("290100", "南湖市", "Nanhu", "290000", 2, opened, null, "demonstration")], default);
        lab.Bureau = await lab.Agency("data-bureau", "云岭省数据局", AgencyKind.Bureau, null);
        lab.Transport = await lab.Agency("transport", "云岭省交通运输厅", AgencyKind.Department, lab.Bureau.Id);
        lab.Police = await lab.Agency("police", "云岭省公安厅", AgencyKind.Department, lab.Bureau.Id);
        var company = await lab.Agency("company", "某数据有限公司", AgencyKind.Company, null);
        lab.Steward = lab.Person(lab.Transport, Role.Steward);
        lab.Head = lab.Person(lab.Transport, Role.AgencyHead);
        lab.Reviewer = lab.Person(lab.Bureau, Role.BureauReviewer);
        lab.Stranger = lab.Person(lab.Police, Role.Steward, Role.AgencyHead);
        lab.Company = lab.Person(company, Role.CompanyUser);
        await Offices.Fill(lab.Store.Db, lab.Directory, lab.Store.Clock);
        return lab;
    }

    public Caller Person(Agency agency, params Role[] roles)
    {
        var id = Id<Person>.New(lab.Clock);
        return new Caller(id.ToString(), id, null, agency.Id, agency.Kind, roles.ToHashSet(), "测试人员");
    }

    public Enrolment Enrolment(EntryContent content, string? slug = null) => new(content, slug, Steward, Head, Reviewer, "不涉及国家秘密和工作秘密", "影响可控");

    public async Task<Entry> Publish(EntryContent content, string? slug = null) => (await Entries.Enrol([Enrolment(content, slug)], default)).Value[0];

    /// <summary>A draft with both assessments.</summary>
    public async Task<Entry> Assessed(EntryContent content)
    {
        var entry = (await Entries.Draft(Steward, content, default)).Value;
        foreach (var kind in Enum.GetValues<AssessmentKind>()) await Entries.Assess(Steward, entry.Id, kind, "评估结论：可以编目", default);
        return entry;
    }

    public Task<IReadOnlyList<string>> Evidenced() => lab.Db.List($"select record from evidence_outbox order by id", r => r.GetString(0), default);

    public async ValueTask DisposeAsync()
    {
        Catalogue.Dispose();
        await evidence.DisposeAsync();
        await lab.DisposeAsync();
    }

    private async Task<Agency> Agency(string slug, string name, AgencyKind kind, Id<Agency>? bureau)
    {
        var agency = new Agency(Id<Agency>.New(lab.Clock), slug, "91350100M000100Y43", name, $"Agency {slug}", kind, "290000", bureau, null, null);
        return (await Roster.Add(Caller.Platform, agency, default)).Value;
    }
}
