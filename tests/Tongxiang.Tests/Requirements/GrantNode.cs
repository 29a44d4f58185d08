using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Batching;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Agencies;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>A whole node with a provincial provider, a provincial and a municipal consumer, and one conditionally shared resource with rows of two cities; its clock can be moved.</summary>
internal sealed class GrantNode : IAsyncDisposable
{
    public const string Matter = "最低生活保障审核确认";
    public const string Rows = "code,division,amount\nA1,290101,100\nA2,290102,200\nA3,290100,300\nB1,290201,400\nB2,290202,500\n";
    private const string Password = "crane-paper-7-lantern";
    private readonly Dictionary<string, Person> people = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Client> clients = new(StringComparer.Ordinal);
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private GrantNode(NodeLab node, ShiftedTime clock) => (Node, Clock) = (node, clock);

    public NodeLab Node { get; }
    public ShiftedTime Clock { get; }
    public Entry Entry { get; private set; } = null!;

    public static async Task<GrantNode> Open(Store store)
    {
        var clock = new ShiftedTime(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.FromHours(8)));
        var law = new GrantNode(await NodeLab.Start(store, services => services.AddSingleton<TimeProvider>(clock)), clock);
        var opened = new DateOnly(2020, 1, 1);
        await law.Node.Get<Roster>().LoadDivisions(
            [
                new Division("290000", "云岭省", "Yunling", null, 1, opened, null, "demonstration"), new Division("290100", "南湖市", "Nanhu", "290000", 2, opened, null, "demonstration"),
                new Division("290200", "东山市", "Dongshan", "290000", 2, opened, null, "demonstration"),
            ], default);
        var bureau = await law.Agency("bureau", "290000", AgencyKind.Bureau, null);
        await law.Enrol("reviewer", bureau, Role.BureauReviewer);
        await law.Enrol("chief", bureau, Role.BureauHead);
        foreach (var (slug, division) in new[] { ("police", "290000"), ("civil", "290000"), ("nanhu", "290100") })
        {
            var agency = await law.Agency(slug, division, AgencyKind.Department, bureau.Id);
            await law.Enrol(slug + ".steward", agency, Role.Steward);
            await law.Enrol(slug + ".head", agency, Role.SharingOfficeHead, Role.AgencyHead);
        }
        await Offices.Fill(law.Node.Get<Db>(), law.Node.Get<Tongxiang.Agencies.Directory>(), clock);
        var content = Samples.Open("救助台账", "Relief book") with
        {
            Fields = [Samples.Field("code"), Samples.Field("division"), Samples.Field("amount", FieldType.Integer)],
            Key = ["code"],
            LongitudeField = null,
            LatitudeField = null,
            Sharing = new Sharing(ShareClass.Conditional, [Mode.Api, Mode.Batch, Mode.File], "因履行法定职责确需使用的政务部门", "办理政务服务事项", "", []),
            Opening = new Opening(OpenClass.Closed, "", "", "含内部信息", []),
        };
        var enrolled = await law.Node.Get<Entries>().Enrol([new Enrolment(content, "relief", law.CallerOf("police.steward"), law.CallerOf("police.head"), law.CallerOf("reviewer"), "不涉密", "影响可控")], default);
        Assert.Null(enrolled.Refusal);
        law.Entry = enrolled.Value[0];
        var run = (await law.Node.Get<Landings>().Receive(law.CallerOf("police.steward"), law.Entry, "rows.csv", new MemoryStream(Encoding.UTF8.GetBytes(Rows)), new LandingWish(true, true), default)).Value;
        Assert.Equal(RunState.Done, (await law.Node.Get<Landings>().Finish(run.Id, default)).State);
        foreach (var slug in new[] { "civil", "nanhu" })
            law.clients[slug] = (await law.Node.Get<Clients>().Register(law.CallerOf(slug + ".steward"), new NewClient(slug + "-01", "业务系统", TokenLab.Public(law.key, "k1")), default)).Value;
        clock.Move(clock.GetUtcNow() + TimeSpan.FromSeconds(2));
        return law;
    }

    public T Get<T>() where T : notnull => Node.Get<T>();

    public Caller CallerOf(string user) => Caller.Of(people[user], Get<Tongxiang.Agencies.Directory>());

    public async Task<HttpClient> SignIn(string user)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = Node.Http.BaseAddress };
        using var answer = await http.PostAsJsonAsync("/api/session", new { user, password = Password });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return http;
    }

    /// <summary>Applied for, agreed, replied to and signed by the four of both sides.</summary>
    public async Task<Application> Grant(IReadOnlyList<Mode>? modes = null, DateOnly? until = null)
    {
        var door = Get<Applications>();
        var wish = new Wish("《社会救助暂行办法》第五十八条", "核对", Matter, "核对救助金额", ["code", "division", "amount"], "", modes ?? [Mode.Api, Mode.Batch, Mode.File], until ?? new DateOnly(2026, 12, 31), new GrantLimits(null, [], null, null, 6000), "", false);
        var id = (await door.Draft(CallerOf("civil.steward"), Lane.Sharing, Entry.Id, wish, default)).Value.Id;
        Assert.Null((await door.Propose(CallerOf("civil.steward"), id, null, default)).Refusal);
        Assert.Null((await door.Agree(CallerOf("civil.head"), id, null, default)).Refusal);
        var reply = new Reply(true, null, "", [.. wish.Fields.Select(f => new FieldDecision(f, FieldAnswer.Plain, null))], "", null, null, false, Assurance.Key, "责任人");
        Assert.Null((await door.ProposeReply(CallerOf("police.steward"), id, null, reply, default)).Refusal);
        return (await door.Sign(CallerOf("police.head"), id, null, default)).Value;
    }

    /// <summary>A batch under the grant whose first package stands ready.</summary>
    public async Task<string> Package(string slug)
    {
        var batch = await Get<Batches>().Set(Caller.Of(clients[slug], Get<Tongxiang.Agencies.Directory>()), new BatchWish("relief", Rhythm.Version, "csv", Case: "BJ-1", Operator: "clerk-7"), default);
        Assert.Null(batch.Refusal);
        await Get<Packing>().Run(default);
        return $"/batch/{batch.Value.Number}/1/rows-0001.csv";
    }

    /// <summary>Calls as a system of the agency: what came, and the code when it was refused.</summary>
    public async Task<(HttpStatusCode Status, string? Code, string Body)> Call(string slug, string path, string matter = Matter)
    {
        var token = (await Get<DeskTokens>().Issue(CallerOf(slug + ".steward"), clients[slug].Id, default)).Value.Token;
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (matter.Length > 0) request.Headers.Add("Data-Matter", Uri.EscapeDataString(matter));
        request.Headers.Add("Data-Case", "BJ-1");
        request.Headers.Add("Data-Operator", "clerk-7");
        using var answer = await Node.Http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, answer.IsSuccessStatusCode ? null : (string?)JsonNode.Parse(body)!["code"], body);
    }

    /// <summary>The three ways of delivery of the resource (art. 22).</summary>
    public static string[] Ways(string package) => ["/data/relief", package, "/data/relief/download.csv"];

    public async ValueTask DisposeAsync()
    {
        key.Dispose();
        await Node.DisposeAsync();
    }

    private async Task<Agency> Agency(string slug, string division, AgencyKind kind, Id<Agency>? bureau) =>
        (await Node.Get<Roster>().Add(Caller.Platform, new Agency(Id<Agency>.New(Clock), slug, "91350100M000100Y43", "单位" + slug, "Agency " + slug, kind, division, bureau, null, null), default)).Value;

    private async Task Enrol(string user, Agency agency, params Role[] roles)
    {
        var made = await Node.Get<People>().Enrol(Caller.Platform, new NewPerson(user, "某人" + user, agency.Id, roles.ToHashSet(), Password), default);
        Assert.Null(made.Refusal);
        people[user] = made.Value;
    }
}
