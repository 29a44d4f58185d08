using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Evidence;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;
using Opening = Tongxiang.Catalog.Opening;

namespace Tongxiang.Tests.Ingest;

/// <summary>A store with evidence, warehouse and landing, one entry to land into and its steward.</summary>
internal sealed class LandingLab : IAsyncDisposable
{
    private readonly EvidenceLog log;

    private LandingLab(StoreLab store)
    {
        Store = store;
        log = new EvidenceLog(store.Db, store.Home, store.Key, store.Settings, store.Clock);
        Keys = new VersionKeys(store.Db, store.Key, store.Settings, store.Clock);
        Files = new VersionFiles(store.Home, Keys);
        Open();
        Serving = new ServingCopies(store.Settings, store.Home);
        Entry = EntryOf([
            Field("id_card", "身份证号", element: "citizen-id", personal: true), Field("name", "姓名", element: "person-name", personal: true), Field("sex", "性别", element: "sex"),
            Field("birth", "出生日期", FieldType.Date, "date"), Field("division", "区划代码", element: "division-code"), Field("score", "分值", FieldType.Decimal)], ["id_card"]);
    }

    public StoreLab Store { get; }
    public VersionKeys Keys { get; }
    public VersionFiles Files { get; }
    public Versions Versions { get; private set; } = null!;
    public Landings Landings { get; private set; } = null!;
    public UploadRoom Room { get; private set; } = null!;
    public IngestSettings Settings { get; set; } = new();
    public long Free { get; set; } = 1L << 40;
    public Proposals Proposals { get; private set; } = null!;
    public ServingCopies Serving { get; }
    public Entry Entry { get; set; }

    /// <summary>Called when a landing begins its check.</summary>
    public Action Begins { get; set; } = () => { };

    public Caller Steward => new("steward", null, null, Entry.Agency, AgencyKind.Department, new HashSet<Role> { Role.Steward }, "专员");

    public static async Task<LandingLab> Start(Store store)
    {
        var lab = new LandingLab(await StoreLab.Open(store));
        await lab.Versions.Start(default);
        return lab;
    }

    /// <summary>Throws away what is in memory, as a restart does.</summary>
    public void Open()
    {
        Versions = new Versions(Store.Db, Store.Home, Store.Settings, Files, log, Store.Clock);
        var today = new Surroundings(new DateOnly(2026, 9, 18), new DivisionList([new("290101", "甲区"), new("290102", "乙区", Until: new DateOnly(2020, 1, 1)), new("290103", "丙区", From: new DateOnly(2030, 1, 1))]));
        Surroundings Today()
        {
            Begins();
            return today;
        }
        Room = new UploadRoom(Store.Db, Store.Home, Settings, () => Free);
        Proposals = new Proposals(Store.Home, Room, Today);
        Landings = new Landings(Store.Db, Store.Home, Keys, Versions, Proposals, Room, Today, Store.Key, Settings, Store.Clock, NullLogger<Landings>.Instance);
    }

    public Task<Run> Land(string text, string name = "rows.csv", bool promotes = true, long? mostBad = null) => Land(Encoding.UTF8.GetBytes(text), name, promotes, mostBad);

    public async Task<Run> Land(byte[] bytes, string name = "rows.csv", bool promotes = true, long? mostBad = null)
    {
        // Ids sort by time: each landing has its own moment.
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        var outcome = await Landings.Receive(Steward, Entry, name, new MemoryStream(bytes), new LandingWish(true, promotes, mostBad), default);
        if (outcome.IsRefused) return (await Landings.Of(Entry.Id, default))[0];
        await Landings.Work(default);
        return (await Landings.Find(outcome.Value.Id, default))!;
    }

    public async Task<List<string>> Rows(Tongxiang.Warehouse.Version version)
    {
        var columns = version.Columns.Select(f => new PlanColumn(f, f.Name)).ToList();
        using var page = (await Serving.Read(version, new Plan(columns, null, [], 1000, 0, null, PlanCount.None), default)).Value;
        return [.. Enumerable.Range(0, page.Rows).Select(r => string.Join('|', Enumerable.Range(0, columns.Count).Select(c => page.Text(r, c) ?? "null")))];
    }

    public Entry EntryOf(IReadOnlyList<Field> fields, IReadOnlyList<string> key) => new(
        Id<Entry>.New(Store.Clock), "306001/000001", "people", Id<Agency>.New(Store.Clock), EntryState.Published, 1, Content(fields, key), null, null, Store.Clock.GetUtcNow(), Store.Clock.GetUtcNow(), Store.Clock.GetUtcNow());

    public static Field Field(string name, string title, FieldType type = FieldType.Text, string? element = null, bool personal = false, bool required = false, int? length = null, string? codes = null) =>
        new(name, title, null, type, length, type == FieldType.Decimal ? 2 : null, "", element, codes, personal, required, null, null, Grade.General1);

    /// <summary>A valid citizen number of the demonstration's first district.</summary>
    public static string Id(int sequence, string region = "290101", string birth = "19900101")
    {
        var seventeen = $"{region}{birth}{sequence:000}";
        return seventeen + CitizenId.CheckCharacter(Encoding.ASCII.GetBytes(seventeen));
    }

    public async ValueTask DisposeAsync()
    {
        await Serving.DisposeAsync();
        await log.DisposeAsync();
        await Store.DisposeAsync();
    }

    private static EntryContent Content(IReadOnlyList<Field> fields, IReadOnlyList<string> key) => new(
        "人口", null, "", null, [], "306001", "people", "S", "290000", ["csv"], UpdatePromise.Weekly, new Sharing(ShareClass.Unconditional, [Mode.Api], "", "", "", []),
        new Opening(OpenClass.Closed, "", "", "", []), Grade.General2, null, Secrecy.None, fields, key, null, null, [], "", "", "", null);
}
