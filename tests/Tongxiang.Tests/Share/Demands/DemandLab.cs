using Microsoft.Extensions.Logging.Abstractions;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

/// <summary>The register of demands over one store, with entries and versions that a test sets.</summary>
internal sealed class DemandLab : IAsyncDisposable
{
    private readonly Catalogue catalogue;

    private DemandLab(ShareLab share)
    {
        Share = share;
        catalogue = new Catalogue(share.Db);
        Owners = new DemandOwners(share.Directory, catalogue);
        Demands = Another();
        Watch = new DemandWatch(share.Db, share.Clock, Demands, NullLogger<DemandWatch>.Instance);
    }

    public ShareLab Share { get; }
    public DemandOwners Owners { get; }
    public Tongxiang.Share.Demands Demands { get; }
    public DemandWatch Watch { get; }
    public Dictionary<Id<Entry>, Entry> Entries { get; } = [];
    public Dictionary<Id<Entry>, AttachedVersion> Versions { get; } = [];

    public static async Task<DemandLab> Open(Store store, string at = "2026-02-12") => new(await ShareLab.Open(store, at));

    public Tongxiang.Share.Demands Another() => new(
        Share.Db, Share.Clock, Share.Evidence, Share.Directory, Share.Rules, Share.Calendar, new NodeSettings(), (id, _) => ValueTask.FromResult(Entries.GetValueOrDefault(id)),
        id => Versions.TryGetValue(id, out var version) ? version : null, Owners, Share.Notices);

    public async Task<Demand> Filed(Caller? by = null, string what = "停车场空余泊位", string contact = "who@people.example") => Good(await Demands.File(by ?? Facts.Citizen, new NewDemand(what, "找车位", contact), default)).Demand;

    public async Task<Demand> Accepted(Caller? by = null, string what = "停车场空余泊位")
    {
        var filed = await Filed(by, what);
        return Good(await Demands.Accept(Facts.Reviewer, filed.Number, null, Facts.Police.Id, default));
    }

    /// <summary>Catalogued by an entry of the police.</summary>
    public async Task<Demand> Catalogued(Caller? by = null)
    {
        var entry = Published();
        var accepted = await Accepted(by);
        Good(await Demands.Claim(Facts.PoliceSteward, accepted.Number, null, default));
        return Good(await Demands.Catalogue(Facts.PoliceSteward, accepted.Number, null, entry, default));
    }

    public async Task<Demand> Attached(Caller? by = null)
    {
        var catalogued = await Catalogued(by);
        Land(catalogued.Entry!.Value);
        return Good(await Demands.Attach(Facts.PoliceSteward, catalogued.Number, null, default));
    }

    public Entry Published(OpenClass open = OpenClass.Conditional)
    {
        var entry = Facts.Entry(open: open);
        Entries[entry.Id] = entry;
        return entry;
    }

    public void Land(Id<Entry> entry, long number = 1) => Versions[entry] = new AttachedVersion(number, Share.Clock.GetUtcNow());

    public async Task<Demand> Now(Demand demand) => (await Demands.Find(demand.Id, default))!;

    public async ValueTask DisposeAsync()
    {
        catalogue.Dispose();
        await Share.DisposeAsync();
    }
}
