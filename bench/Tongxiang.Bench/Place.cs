using Microsoft.Extensions.Logging.Abstractions;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Protect;
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
    private readonly GatewaySettings settings = new() { RowsPerDay = long.MaxValue, CallsPerDay = long.MaxValue, ClientCallsPerMinute = int.MaxValue, DepartmentCallsPerMinute = int.MaxValue, ResourceCallsPerMinute = int.MaxValue };
    private Grant? grant;
    private Fuse? fuse;

    public Version Version => version;

    public Entry Entry => entry;

    /// <summary>A right on all columns, two of them masked, without limits of its own.</summary>
    public Grant GrantOf(Entry about, Id<Agency> consumer) => new(
        Id<Grant>.New(TimeProvider.System), "SQ-1", about.Id, about.Agency, consumer, null, [.. version.Columns.Select(f => new GrantedField(f.Name, f.Name is "name" or "phone" ? FieldForm.Masked : FieldForm.Plain))],
        "", "核验", "助学金核验", true, [Mode.Api], new GrantLimits(null, [], null, null, int.MaxValue), Assurance.Key, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, "", "", GrantState.Active, null, "", "", default);

    /// <param name="witness">How an answer gets its receipt.</param>
    public Calls Calls(Db db, EvidenceLog log, ServingCopies copies, NodeKey key, Func<Happening, CancellationToken, ValueTask<Receipt>>? witness = null) => new(
        Sources(log, witness ?? log.Witness), settings, copies, new Rates(TimeProvider.System), new DayUses(db, TimeProvider.System), new ResourceUses(db, TimeProvider.System), new Limits(db, log, TimeProvider.System, settings),
        new Tongxiang.Gateway.Verify.Guesses(db, TimeProvider.System, settings, key), fuse ??= new Fuse(db, TimeProvider.System, new WatchSettings(), NullLogger<Fuse>.Instance), new CallFeed(new WatchSettings(), TimeProvider.System), key, Protections(db, log, key),
        NullLogger<Calls>.Instance);

    public static Protections Protections(Db db, EvidenceLog log, NodeKey key)
    {
        var settings = new NodeSettings();
        return new(new ProtectKeys(db, key, log, settings, TimeProvider.System), new RecipientKeys(db, log, settings, TimeProvider.System), TimeProvider.System);
    }

    /// <summary>Keeps the fuse from going blind: without a look at the store every five seconds it stops what is sensitive.</summary>
    public Task Look() => fuse!.Follow(default);

    public Call Call(string query) => new()
    {
        Resource = entry.Slug,
        Query = new QueryText(query),
        Caller = caller,
        Assurance = Assurance.SignedAssertion,
        Context = new CallPurpose(null, "BJ-2026-1", "operator-7"),
        At = DateTimeOffset.UnixEpoch,
    };

    private GatewaySources Sources(EvidenceLog log, Func<Happening, CancellationToken, ValueTask<Receipt>> witness)
    {
        grant = GrantOf(entry, caller.Agency!.Value);
        IReadOnlyList<Grant> grants = [grant];
        return new GatewaySources(
            _ => caller, _ => entry, _ => version, (_, _, _) => ValueTask.FromResult<Version?>(version), (_, _) => Task.CompletedTask, (_, _) => grants,
            witness, (_, _, _) => ValueTask.CompletedTask, log.Count, () => log.Stopped, async (id, ct) => await log.Of(id, ct));
    }

    private static Entry MakeEntry(Version version) => new(
        Id<Entry>.New(TimeProvider.System), "1/1", "people", Id<Agency>.New(TimeProvider.System), EntryState.Published, 1,
        new EntryContent("人口", null, "", null, [], "1", "people", "S", "290000", [], UpdatePromise.Daily, new Sharing(ShareClass.Conditional, [Mode.Api], "", "", "", []),
            new Tongxiang.Catalog.Opening(OpenClass.Closed, "", "", "", []), Grade.General3, null, Secrecy.None, version.Columns, version.Key, null, null, [], "", "", "", null),
        null, null, default, default, default);
}
