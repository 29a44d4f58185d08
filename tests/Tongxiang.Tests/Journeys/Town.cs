using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
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
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Tests.Journeys;

/// <summary>A data folder with two departments, two open resources, one lent resource with its grant and client; whoever starts a node on it goes on from there.</summary>
internal sealed class Town : IAsyncDisposable
{
    public const string Password = "crane-paper-7-lantern";
    public const string Client = "police-01";
    public const long LentRows = 500;
    private readonly string root = StoreLab.Folder();

    public string Data => Path.Combine(root, "data");

    public string Settings => Path.Combine(root, "settings.json");

    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The open resources, by name in addresses.</summary>
    public Dictionary<string, Id<Entry>> Open { get; } = new(StringComparer.Ordinal);

    public Id<Entry> Lent { get; private set; }

    public static EntryContent Content(string name, string nameEn) => Samples.Open(name, nameEn) with
    {
        Fields = [Samples.Field("k", FieldType.Integer), Samples.Field("batch"), Samples.Field("size", FieldType.Integer)], Key = ["k"], LongitudeField = null, LatitudeField = null,
    };

    /// <summary>The rows of a delivery; each names the delivery and its size, so that whoever reads them knows what all of them must be.</summary>
    public static string Rows(string batch, long size)
    {
        var text = new StringBuilder("k,batch,size\n");
        for (var k = 1L; k <= size; k++) text.Append(k).Append(',').Append(batch).Append(',').Append(size).Append('\n');
        return text.ToString();
    }

    public static async Task<Town> Found()
    {
        var town = new Town();
        await File.WriteAllTextAsync(town.Settings, JsonSerializer.Serialize(new Dictionary<string, string> { ["Gateway:OpenCallsPerMinute"] = "100000" }));
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

    public ValueTask DisposeAsync()
    {
        Key.Dispose();
        System.IO.Directory.Delete(root, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task Fill(IServiceProvider node)
    {
        T Get<T>() where T : notnull => node.GetRequiredService<T>();
        var opened = new DateOnly(2020, 1, 1);
        await Get<Roster>().LoadDivisions(
            [new Division("290000", "云岭省", "Yunling", null, 1, opened, null, "demonstration"), new Division("290100", "南湖市", "Nanhu", "290000", 2, opened, null, "demonstration")], default);
        async Task<Agency> Add(string slug, string name, AgencyKind kind, Id<Agency>? bureau) =>
            (await Get<Roster>().Add(Caller.Platform, new Agency(Id<Agency>.New(TimeProvider.System), slug, "91350100M000100Y43", name, slug, kind, "290000", bureau, null, null), default)).Value;
        async Task<Caller> Enrol(string user, Agency agency, params Role[] roles)
        {
            var person = (await Get<People>().Enrol(Caller.Platform, new NewPerson(user, "某人", agency.Id, roles.ToHashSet(), Password), default)).Value;
            return new Caller(person.Id.ToString(), person.Id, null, agency.Id, agency.Kind, person.Roles, person.Name);
        }
        var bureau = await Add("data-bureau", "云岭省数据局", AgencyKind.Bureau, null);
        var transport = await Add("transport", "云岭省交通运输厅", AgencyKind.Department, bureau.Id);
        var police = await Add("police", "云岭省公安厅", AgencyKind.Department, bureau.Id);
        var steward = await Enrol("transport.steward", transport, Role.Steward);
        var head = await Enrol("transport.head", transport, Role.AgencyHead, Role.SharingOfficeHead);
        var reviewer = await Enrol("bureau.reviewer", bureau, Role.BureauReviewer);
        var applicant = await Enrol("police.steward", police, Role.Steward);
        var chief = await Enrol("police.head", police, Role.AgencyHead, Role.SharingOfficeHead);
        Assert.False((await Get<Clients>().RegisterFor(police.Id, applicant.Person, new NewClient(Client, "公安系统", TokenLab.Public(Key, "k1")), default)).IsRefused);

        var lent = Content("内部站点", "Lent") with
        {
            Sharing = new Sharing(ShareClass.Conditional, [Mode.Api], "因履行法定职责确需使用的政务部门", "办理政务服务事项", "", []), Opening = new Opening(OpenClass.Closed, "", "", "含内部信息", []),
        };
        Enrolment Whole(EntryContent content, string slug) => new(content, slug, steward, head, reviewer, "不涉密", "影响可控");
        var entries = (await Get<Entries>().Enrol([Whole(Content("站点甲", "Stops A"), "stops-a"), Whole(Content("站点乙", "Stops B"), "stops-b"), Whole(lent, "lent")], default)).Value;
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
