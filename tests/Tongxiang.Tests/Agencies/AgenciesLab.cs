using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

/// <summary>The front doors of Agencies over one store.</summary>
internal sealed class AgenciesLab : IAsyncDisposable
{
    private readonly StoreLab lab;

    private AgenciesLab(StoreLab lab, NodeSettings settings)
    {
        this.lab = lab;
        Evidence = new EvidenceLog(lab.Db, lab.Home, lab.Key, settings, lab.Clock);
        Directory = new Tongxiang.Agencies.Directory(lab.Db);
        Roster = new Roster(lab.Db, lab.Clock, Evidence, Directory);
        Rules = new RulePack(lab.Db, lab.Clock, Evidence, settings);
        Calendar = new Calendar(lab.Db, lab.Clock, Evidence);
        Deadlines = new Deadlines(Rules, Calendar);
    }

    public StoreLab Store => lab;
    public EvidenceLog Evidence { get; }
    public Tongxiang.Agencies.Directory Directory { get; }
    public Roster Roster { get; }
    public RulePack Rules { get; }
    public Calendar Calendar { get; }
    public Deadlines Deadlines { get; }

    public static async Task<AgenciesLab> Open(Store store, string division = "290000")
    {
        var lab = await StoreLab.Open(store);
        return new AgenciesLab(lab, lab.Settings with { Division = division });
    }

    public async Task<Agency> Agency(string slug, AgencyKind kind = AgencyKind.Department, Id<Agency>? bureau = null)
    {
        var agency = new Agency(Id<Agency>.New(lab.Clock), slug, "91350100M000100Y43", $"单位{slug}", $"Agency {slug}", kind, "290000", bureau, null, null);
        return (await Roster.Add(Caller.Platform, agency, default)).Value;
    }

    public async Task<IReadOnlyList<string>> Evidenced() =>
        await lab.Db.List($"select record from evidence_outbox order by id", r => r.GetString(0), default);

    public async ValueTask DisposeAsync()
    {
        await Evidence.DisposeAsync();
        await lab.DisposeAsync();
    }
}
