using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Server;
using Tongxiang.Share;
using Tongxiang.Tests.Agencies;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Journeys;

/// <summary>A data folder with two departments, two open resources, one lent resource with its grant and client; whoever starts a node on it goes on from there.</summary>
internal sealed class Town : IAsyncDisposable
{
    public const string Client = "police-01";
    public const long LentRows = 500;
    private readonly string root = StoreLab.Folder();
    private string? database;

    public string Data => Path.Combine(root, "data");

    public bool IsCluster => database is not null;

    public string Settings => Path.Combine(root, "settings.json");

    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The open resources, by name in addresses.</summary>
    public Dictionary<string, Id<Entry>> Open { get; } = new(StringComparer.Ordinal);

    public Id<Entry> Lent { get; private set; }

    public static EntryContent Content(string name, string nameEn) => Samples.Open(name, nameEn) with
    {
        Fields = [Samples.Field("k", FieldType.Integer), Samples.Field("batch"), Samples.Field("size", FieldType.Integer)],
        Key = ["k"],
        LongitudeField = null,
        LatitudeField = null,
    };

    /// <summary>The rows of a delivery; each names the delivery and its size, so that whoever reads them knows what all of them must be.</summary>
    public static string Rows(string batch, long size)
    {
        var text = new StringBuilder("k,batch,size\n");
        for (var k = 1L; k <= size; k++) text.Append(k).Append(',').Append(batch).Append(',').Append(size).Append('\n');
        return text.ToString();
    }

    public static async Task<Town> Found(Store store = Store.Sqlite)
    {
        var town = new Town();
        var settings = new Dictionary<string, string> { ["Gateway:OpenCallsPerMinute"] = "100000" };
        if (store == Store.PostgreSql) (settings["Node:Store"], settings["Node:Database"]) = ("PostgreSql", town.database = await Cluster.Create());
        await File.WriteAllTextAsync(town.Settings, JsonSerializer.Serialize(settings));
        await town.Inside(town.Fill);
        return town;
    }

    /// <summary>Does something with a whole node on the folder in this process.</summary>
    public async Task Inside(Func<IServiceProvider, Task> work)
    {
        var options = new NodeOptions("http://127.0.0.1:0", Data, Settings, null);
        await using var app = Node.Build(options, services =>
        {
            services.AddSingleton(StoreLab.Trace);
            services.PostConfigure<PasswordHasherOptions>(o => o.IterationCount = 1000);
        });
        await Node.Start(app, options, default);
        await work(app.Services);
        await app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Key.Dispose();
        if (database is not null) await Cluster.Drop(database);
        System.IO.Directory.Delete(root, recursive: true);
    }

    private async Task Fill(IServiceProvider node)
    {
        T Get<T>() where T : notnull => node.GetRequiredService<T>();
        var staff = await Staff.Enrol(node);
        var (steward, head, reviewer, applicant, chief) = (staff["transport.steward"], staff["transport.head"], staff["bureau.reviewer"], staff["police.steward"], staff["police.head"]);
        Assert.False((await Get<Clients>().RegisterFor(applicant.Agency, applicant.Person, new NewClient(Client, "公安系统", TokenLab.Public(Key, "k1")), default)).IsRefused);

        var lent = Content("内部站点", "Lent") with
        {
            Sharing = new Sharing(ShareClass.Conditional, [Mode.Api], "因履行法定职责确需使用的政务部门", "办理政务服务事项", "", []),
            Opening = new Opening(OpenClass.Closed, "", "", "含内部信息", []),
        };
        var entries = (await Get<Entries>().Enrol([staff.Whole(Content("站点甲", "Stops A"), "stops-a"), staff.Whole(Content("站点乙", "Stops B"), "stops-b"), staff.Whole(lent, "lent")], default)).Value;
        foreach (var entry in entries)
        {
            var upload = new MemoryStream(Encoding.UTF8.GetBytes(Rows("first", LentRows)));
            var run = (await Get<Landings>().Receive(steward, entry, "first.csv", upload, new LandingWish(true, true), default)).Value;
            Assert.Equal(RunState.Done, (await Get<Landings>().Finish(run.Id, default)).State);
            if (entry.Slug == "lent") Lent = entry.Id;
            else Open[entry.Slug] = entry.Id;
        }
        await Grant(Get<Applications>(), applicant, chief, steward, head);
    }

    private async Task Grant(Applications applications, Caller applicant, Caller chief, Caller steward, Caller head)
    {
        var until = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddYears(1);
        var wish = new Wish("《办法》第五条", "核对", "巡线核对", "核对站点", ["k", "batch", "size"], "", [Mode.Api], until, new GrantLimits(null, [], null, null, 60_000), "", false);
        var id = (await applications.Draft(applicant, Lane.Sharing, Lent, wish, default)).Value.Id;
        Assert.Null((await applications.Propose(applicant, id, null, default)).Refusal);
        Assert.Null((await applications.Agree(chief, id, null, default)).Refusal);
        var reply = new Reply(true, null, "", [.. wish.Fields.Select(f => new FieldDecision(f, FieldAnswer.Plain, null))], "", null, null, false, Assurance.Key, "责任人");
        Assert.Null((await applications.ProposeReply(steward, id, null, reply, default)).Refusal);
        Assert.Null((await applications.Sign(head, id, null, default)).Refusal);
    }
}
