using Microsoft.Extensions.Logging.Abstractions;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;
using Tongxiang.Watch;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Bench;

/// <summary>A caller with a grant on one version: what the gateway asks for, without the network.</summary>
internal sealed class Place(Version version)
{
    private readonly Entry entry = MakeEntry(version);
    private readonly Caller caller = Caller.Anonymous with { Actor = "client", Agency = Id<Agency>.New(TimeProvider.System), AgencyKind = AgencyKind.Department, Client = Id<Client>.New(TimeProvider.System) };
    private Grant? grant;

    public Version Version => version;

    public Calls Calls(Db db, EvidenceLog log, ServingCopies copies, NodeKey key) => new(
        Sources(log), new GatewaySettings { RowsPerDay = long.MaxValue, CallsPerDay = long.MaxValue }, copies, new Rates(TimeProvider.System), new DayUses(db, TimeProvider.System), new ResourceUses(db, TimeProvider.System), new Fuse(db, TimeProvider.System, new WatchSettings(), NullLogger<Fuse>.Instance), new CallFeed(new WatchSettings(), TimeProvider.System), key,
        NullLogger<Calls>.Instance);

    public Call Call(string query) => new()
    {
        Resource = entry.Slug,
        Query = new QueryText(query),
        Caller = caller,
        Assurance = Assurance.SignedAssertion,
        Context = new CallPurpose(null, "BJ-2026-1", "operator-7"),
        At = DateTimeOffset.UnixEpoch,
    };

    private GatewaySources Sources(EvidenceLog log)
    {
        grant = new Grant(
            Id<Grant>.New(TimeProvider.System), "SQ-1", entry.Id, entry.Agency, caller.Agency, null, [.. version.Columns.Select(f => new GrantedField(f.Name, f.Name is "name" or "phone" ? FieldForm.Masked : FieldForm.Plain))],
            "", "核验", "助学金核验", true, [Mode.Api], new GrantLimits(null, [], null, null, int.MaxValue), Assurance.Key, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, "", "", GrantState.Active, null, "", "", default);
        IReadOnlyList<Grant> grants = [grant];
        return new GatewaySources(
            _ => caller, _ => entry, _ => version, (_, _, _) => ValueTask.FromResult<Version?>(version), (_, _) => Task.CompletedTask, (_, _) => grants,
            log.Witness, (_, _, _) => ValueTask.CompletedTask, log.Count, () => log.Stopped, async (id, ct) => await log.Of(id, ct));
    }

    private static Entry MakeEntry(Version version) => new(
        Id<Entry>.New(TimeProvider.System), "1/1", "people", Id<Agency>.New(TimeProvider.System), EntryState.Published, 1,
        new EntryContent("人口", null, "", null, [], "1", "people", "S", "290000", [], UpdatePromise.Daily, new Sharing(ShareClass.Conditional, [Mode.Api], "", "", "", []),
            new Tongxiang.Catalog.Opening(OpenClass.Closed, "", "", "", []), Grade.General3, null, Secrecy.None, version.Columns, version.Key, null, null, [], "", "", "", null),
        null, null, default, default, default);
}
