using Microsoft.Extensions.Logging.Abstractions;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Evidence;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;
using Opening = Tongxiang.Catalog.Opening;

namespace Tongxiang.Bench;

/// <summary>A node's landing side on a folder of its own, with one entry of people.</summary>
internal sealed class LandingPlace : IAsyncDisposable
{
    public LandingPlace(string data)
    {
        Settings = new NodeSettings { Data = data };
        Home = new Home(data);
        Schema.Upgrade(Settings.Store, Settings.ConnectionString(Home));
        Db = new Db(Settings.Store, Settings.ConnectionString(Home));
        var clock = TimeProvider.System;
        Key = NodeKey.Of(Home);
        Log = new EvidenceLog(Db, Home, Key, Settings, clock);
        var keys = new VersionKeys(Db, Key, Settings, clock);
        Versions = new Versions(Db, Home, Settings, new VersionFiles(Home, keys), Log, clock);
        var around = new Surroundings(new DateOnly(2026, 9, 18), new DivisionList(Enumerable.Range(1, 40).Select(i => new DatedDivision($"2901{i:00}", "区"))));
        var limits = new IngestSettings();
        var room = new UploadRoom(Db, Home, limits);
        Landings = new Landings(Db, Home, keys, Versions, new Proposals(Home, room, () => around), room, () => around, Key, limits, clock, NullLogger<Landings>.Instance);
        Entry = EntryOf(clock);
    }

    public NodeSettings Settings { get; }
    public Home Home { get; }
    public Db Db { get; }
    public NodeKey Key { get; }
    public EvidenceLog Log { get; }
    public Versions Versions { get; }
    public Landings Landings { get; }
    public Entry Entry { get; }

    public async ValueTask DisposeAsync()
    {
        Landings.Dispose();
        Versions.Dispose();
        await Log.DisposeAsync();
        await Db.DisposeAsync();
    }

    private static Entry EntryOf(TimeProvider clock)
    {
        static Field Of(string name, string element, FieldType type = FieldType.Text, bool personal = true) => new(name, name, null, type, null, null, "", element, null, personal, false, null, null, Grade.General1);
        var content = new EntryContent("people", null, "", null, [], "306001", "people", "S", "290000", ["csv"], UpdatePromise.Weekly, new Sharing(ShareClass.Unconditional, [Mode.Api], "", "", "", []),
            new Opening(OpenClass.Closed, "", "", "", []), Grade.General2, null, Secrecy.None,
            [Of("id_card", "citizen-id"), Of("name", "person-name"), Of("sex", "sex", personal: false), Of("birth", "date", FieldType.Date), Of("division", "division-code", personal: false), Of("phone", "mobile")], ["id_card"], null, null, [], "", "", "", null);
        return new Entry(Id<Entry>.New(clock), "306001/000001", "people", Id<Agency>.New(clock), EntryState.Published, 1, content, null, null, clock.GetUtcNow(), clock.GetUtcNow(), null);
    }
}
