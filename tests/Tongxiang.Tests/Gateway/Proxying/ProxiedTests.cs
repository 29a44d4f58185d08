using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Proxying;
using Tongxiang.Kernel;
using Tongxiang.Tests.Gateway.Query;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway.Proxying;

public sealed class ProxiedTests
{
    private const string Good = """{"code":0,"data":{"items":[{"sfzh":"29010119800101001X","xm":"张三","division":"290101","fee":12.5,"secret":"x"},{"sfzh":"290201198001010031","xm":"李四","division":"290201","fee":null,"secret":"y"}]}}""";

    private static readonly IReadOnlyList<Field> Fields =
    [
        Sample.Make("id", FieldType.Text) with { Element = "citizen-id", IsPersonal = true }, Sample.Make("name", FieldType.Text) with { Element = "person-name", IsPersonal = true }, Sample.Make("division", FieldType.Text), Sample.Make("fee", FieldType.Decimal, 2),
    ];

    private static readonly Caller Steward = Caller.Anonymous with { Actor = "steward", Person = new Id<Person>(Guid.Parse("00000000-0000-7000-8000-0000000000a1")), Agency = GatewayLab.Provider, AgencyKind = AgencyKind.Department, Roles = new HashSet<Role> { Role.Steward } };
    private static readonly Caller Reviewer = Caller.Anonymous with { Actor = "reviewer", Person = new Id<Person>(Guid.Parse("00000000-0000-7000-8000-0000000000a2")), Agency = GatewayLab.Other, AgencyKind = AgencyKind.Bureau, Roles = new HashSet<Role> { Role.BureauReviewer } };

    [Theory, EveryStore]
    public async Task Rows_that_stay_at_the_provider_are_served_like_any_others(Store store)
    {
        await using var provider = await Provider.Start();
        await using var lab = await Open(store, provider);
        provider.Answer = _ => (200, Good);
        using var answer = await lab.Call("/data/register?select=id,name,fee&division=eq.290101&fee=gte.10&order=id.desc", GatewayLab.Consumer, change: r =>
        {
            r.Headers.Add("Cookie", "session=1");
            r.Headers.Add("X-Forwarded-For", "10.0.0.1");
            r.Headers.Add("Data-Case", "DB-1");
        });
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        // Granted columns alone, the name as it is granted, and nothing else the provider said.
        Assert.Equal("""[{"id":"29010119800101001X","name":"张*","fee":12.50}]""", body);
        Assert.False(answer.Headers.Contains("X-Provider"));
        Assert.Null(answer.Headers.ETag);
        Assert.Equal("gateway.answered", lab.Witnessed[^1].Kind);
        Assert.Equal(("1", "id,name,fee"), (lab.Witnessed[^1].Facts["rows"], lab.Witnessed[^1].Facts["columns"]));
        // The person of the row belongs to the journal, as of any other row.
        Assert.NotNull(lab.Witnessed[^1].Disclosed);
        Assert.Equal((1L, 1L), lab.Get<DayUses>().Today(lab.Grants[0].Id));

        var asked = provider.Asked.Single();
        Assert.Equal("?qh=290101", asked.Query);
        Assert.Equal(["Accept=application/json", "Data-Case=DB-1", $"Data-Grant={lab.Grants[0].Number}", $"Data-Matter={Uri.EscapeDataString("助学金核验")}", "X-Key=s3cret"], asked.Headers.Where(h => !h.StartsWith("Host", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

        // The row filter of the right holds whatever the provider sends; a file or a continuation there is none.
        lab.Grants[0] = lab.Grants[0] with { Rows = "division=eq.290201", Id = Id<Tongxiang.Share.Grant>.New(lab.Store.Clock) };
        Assert.Equal("""[{"id":"290201198001010031"}]""", await (await lab.Call("/data/register?select=id", GatewayLab.Consumer)).Content.ReadAsStringAsync());
        Assert.Contains("gateway.provider-file", await (await lab.Call("/data/register/download.csv", GatewayLab.Consumer)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.Call("/data/register", GatewayLab.Other)).StatusCode);
        Assert.DoesNotContain("s3cret", string.Join(' ', (await lab.Get<ProviderApis>().List(Steward, default)).Select(a => a.ToString())), StringComparison.Ordinal);
        Assert.Equal(0, await lab.Store.Db.One($"select count(*) from gateway_provider_api where cast(secret as text) like '%s3cret%'", r => r.GetInt64(0), default));
    }

    [Theory]
    [InlineData("""{"data":{"items":[{"sfzh":1,"xm":"a","division":"1","fee":1}]}}""", "gateway.provider-drift")]
    [InlineData("""{"data":{"items":[{"xm":"a","division":"1","fee":1}]}}""", "gateway.provider-drift")]
    [InlineData("""{"data":{"items":[{"sfzh":"1","xm":"a","division":"1","fee":"1"}]}}""", "gateway.provider-drift")]
    [InlineData("""{"data":{"items":[{"sfzh":"1","xm":"a","division":"1","fee":1.234}]}}""", "gateway.provider-drift")]
    [InlineData("""{"data":{"items":[{"sfzh":"1","xm":"a","division":"1","fee":1},{"sfzh":"1","xm":"b","division":"1","fee":1}]}}""", "gateway.provider-drift")]
    [InlineData("""{"data":{"items":[{"sfzh":null,"xm":"a","division":"1","fee":1}]}}""", "gateway.provider-drift")]
    [InlineData("""{"data":{"rows":[]}}""", "gateway.provider-drift")]
    [InlineData("<html>down</html>", "gateway.provider-drift")]
    [InlineData("", "gateway.provider-drift")]
    [InlineData("{large}", "gateway.provider-large")]
    [InlineData("{many}", "gateway.provider-drift")]
    public async Task An_answer_of_another_form_is_passed_on_in_no_part_and_its_steward_is_told(string body, string code)
    {
        await using var provider = await Provider.Start();
        await using var lab = await Open(Store.Sqlite, provider);
        provider.Answer = _ => (200, body switch
        {
            "{large}" => new string(' ', 200_000),
            "{many}" => "{\"data\":{\"items\":[" + string.Join(',', Enumerable.Range(0, 101).Select(i => "{\"sfzh\":\"" + i + "\",\"xm\":\"a\",\"division\":\"1\",\"fee\":1}")) + "]}}",
            _ => body,
        });
        using var answer = await lab.Call("/data/register?division=eq.1", GatewayLab.Consumer);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.BadGateway && text.Contains(code, StringComparison.Ordinal), text);
        Assert.DoesNotContain("down", text, StringComparison.Ordinal);
        await lab.Get<Proxied>().Tell(default);
        await lab.Get<Proxied>().Tell(default);
        Assert.Equal((code, 1L), Assert.Single((await lab.Get<ProviderApis>().Overview(Steward, default)).Alarms) is var alarm ? (alarm.Code, alarm.Times) : default);
        Assert.Empty((await lab.Get<ProviderApis>().Overview(Steward with { Agency = GatewayLab.Consumer }, default)).Alarms);
    }

    [Theory, EveryStore]
    public async Task The_breaker_opens_after_failures_and_closes_once_the_provider_answers_again(Store store)
    {
        await using var provider = await Provider.Start();
        await using var lab = await Open(store, provider);
        async Task<string> Code()
        {
            using var answer = await lab.Call("/data/register?division=eq.1", GatewayLab.Consumer);
            return answer.IsSuccessStatusCode ? "ok" : (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!;
        }

        provider.Answer = _ => (500, "internal: password=1");
        for (var i = 0; i < 5; i++) Assert.Equal("gateway.provider-fault", await Code());
        Assert.Equal("gateway.provider-broken", await Code());
        Assert.Equal(5, provider.Asked.Count);

        // Half open: one call tries, fails, and it is closed to calls again.
        lab.Store.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("gateway.provider-fault", await Code());
        Assert.Equal("gateway.provider-broken", await Code());
        lab.Store.Clock.Advance(TimeSpan.FromSeconds(31));
        provider.Answer = _ => (200, Good);
        Assert.Equal(["ok", "ok", "ok"], [await Code(), await Code(), await Code()]);
        await lab.Get<Proxied>().Tell(default);
        Assert.Equal(6, (await lab.Get<ProviderApis>().Overview(Reviewer, default)).Alarms.Single().Times);
        // What a caller asks wrongly is no failure of the provider.
        for (var i = 0; i < 10; i++) Assert.False((await lab.Call("/data/register?nothing=eq.1", GatewayLab.Consumer)).IsSuccessStatusCode);
        Assert.Equal("ok", await Code());
    }

    [Fact]
    public async Task A_hanging_provider_is_left_in_time_and_keeps_nobody_else_waiting()
    {
        await using var provider = await Provider.Start();
        await using var lab = await Open(Store.Sqlite, provider);
        var stops = await lab.Add(People.Stops(lab), People.StopRows);
        provider.Hangs = true;
        var hanging = Enumerable.Range(0, 4).Select(_ => lab.Call("/data/register?division=eq.1", GatewayLab.Consumer)).ToList();
        await provider.Arrived(4);
        // Every place is taken: the next is told at once, and other resources are served as ever.
        Assert.Contains("gateway.provider-busy", await (await lab.Call("/data/register?division=eq.1", GatewayLab.Consumer)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        for (var i = 0; i < 200; i++) Assert.Equal(HttpStatusCode.OK, (await lab.Call("/data/stops?limit=1")).StatusCode);
        Assert.All(hanging, call => Assert.False(call.IsCompleted));
        lab.Store.Clock.Advance(TimeSpan.FromSeconds(3));
        foreach (var call in hanging) Assert.Equal(HttpStatusCode.GatewayTimeout, (await call).StatusCode);
        Assert.NotNull(stops);
    }

    [Theory, InlineData(302), InlineData(307), InlineData(401), InlineData(403), InlineData(429)]
    public async Task A_redirect_or_refusal_of_the_provider_leads_nowhere(int status)
    {
        await using var provider = await Provider.Start();
        await using var lab = await Open(Store.Sqlite, provider);
        provider.Answer = _ => (status, Good);
        Assert.Contains("gateway.provider-status", await (await lab.Call("/data/register?division=eq.1", GatewayLab.Consumer)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(provider.Asked);
        provider.Answer = _ => (404, "no such person");
        Assert.Equal("[]", await (await lab.Call("/data/register?division=eq.1", GatewayLab.Consumer)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Data_about_persons_that_are_open_to_anyone_never_come_from_a_proxied_api()
    {
        await using var provider = await Provider.Start();
        await using var lab = await Open(Store.Sqlite, provider);
        provider.Answer = _ => (200, Good);
        Assert.Equal(HttpStatusCode.OK, (await lab.Call("/data/register?division=eq.1", GatewayLab.Consumer)).StatusCode);
        // The entry is opened afterwards, with an assessment of rows that somebody landed once.
        var entry = lab.Get<ProviderApis>() is var apis ? lab.Entry("register", Fields, ["id"]) : null!;
        lab.Change(entry with { Id = (await apis.List(Steward, default))[0].Entry, Content = entry.Content with { Opening = entry.Content.Opening with { Release = Guid.CreateVersion7().ToString() } } });
        await apis.Follow(default);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Call("/data/register?division=eq.1", null)).StatusCode);
        Assert.Equal("gateway.provider-persons", (await apis.Propose(Steward, Wish(provider), default)).Refusal!.Code);
    }

    [Fact]
    public async Task An_address_is_the_stewards_to_declare_and_another_persons_of_the_bureau_to_approve()
    {
        await using var provider = await Provider.Start();
        await using var lab = await Open(Store.Sqlite, provider, isApproved: false);
        var apis = lab.Get<ProviderApis>();
        Assert.Equal("gateway.no-data", (string)JsonNode.Parse(await (await lab.Call("/data/register", GatewayLab.Consumer)).Content.ReadAsStringAsync())!["code"]!);
        Assert.Equal("gateway.provider-bureau", (await apis.Approve(Steward, "register", default)).Refusal!.Code);
        Assert.Equal("gateway.provider-bureau", (await apis.Approve(Reviewer with { Roles = new HashSet<Role> { Role.AuditAdmin } }, "register", default)).Refusal!.Code);
        Assert.Equal("gateway.provider-steward", (await apis.Propose(Steward with { Agency = GatewayLab.Consumer }, Wish(provider), default)).Refusal!.Code);
        Assert.False((await apis.Approve(Reviewer, "register", default)).IsRefused);
        provider.Answer = _ => (200, Good);
        Assert.Equal(HttpStatusCode.OK, (await lab.Call("/data/register?division=eq.1", GatewayLab.Consumer)).StatusCode);

        // A change waits for its approval; what was approved goes on. An address inside the node's network needs the operator's own setting.
        Assert.Equal("share.field.url-private", (await apis.Propose(Steward, Wish(provider) with { Address = "http://10.0.0.7/x" }, default)).Refusal!.Fields.Single().Key);
        Assert.False((await apis.Propose(Steward, Wish(provider) with { Parameters = [new ProviderParameter("division", "qh", true)] }, default)).IsRefused);
        Assert.Equal(HttpStatusCode.OK, (await lab.Call("/data/register", GatewayLab.Consumer)).StatusCode);
        Assert.False((await apis.Approve(Reviewer, "register", default)).IsRefused);
        Assert.Contains("gateway.provider-needs", await (await lab.Call("/data/register", GatewayLab.Consumer)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False((await apis.Stop(Steward, "register", default)).IsRefused);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Call("/data/register?division=eq.1", GatewayLab.Consumer)).StatusCode);
    }

    [Theory, EveryStore]
    public async Task The_steward_tries_a_declaration_and_hears_what_does_not_fit_but_no_row(Store store)
    {
        await using var provider = await Provider.Start();
        await using var lab = await Open(store, provider, isApproved: false);
        var apis = lab.Get<ProviderApis>();
        var wish = new ProviderTrialWish(new Dictionary<string, string> { ["division"] = "290101" });
        async Task<ProviderTrial> Tried() => (await apis.Try(Steward, "register", wish, default)).Value;

        provider.Answer = _ => (200, Good);
        var trial = await Tried();
        Assert.Equal((true, 2L, (long)System.Text.Encoding.UTF8.GetByteCount(Good)), (trial.Answers, trial.Rows, trial.Bytes));
        Assert.DoesNotContain("张三", trial.ToString(), StringComparison.Ordinal);
        var asked = provider.Asked.Single();
        Assert.Equal("?qh=290101", asked.Query);
        Assert.Contains("X-Key=s3cret", asked.Headers);
        Assert.DoesNotContain(asked.Headers, h => h.StartsWith("Data-", StringComparison.Ordinal));

        provider.Answer = _ => (200, Good.Replace("sfzh", "id_no", StringComparison.Ordinal));
        Assert.Equal(("gateway.provider-drift", "Row 1 lacks 'sfzh'."), (await Tried() is var drift ? drift.Code : "", drift.Detail));
        provider.Answer = _ => (500, "internal: password=1");
        Assert.Equal(("gateway.provider-fault", "500"), (await Tried() is var fault ? fault.Code : "", fault.Detail));
        provider.Answer = _ => (404, "no such person");
        Assert.Equal((true, 0L), (await Tried() is var none && none.Answers, none.Rows));

        Assert.Equal("values", (await apis.Try(Steward, "register", new(new Dictionary<string, string> { ["fee"] = "1" }), default)).Refusal!.Fields.Single().Field);
        foreach (var other in (Caller[])[Reviewer, Steward with { Agency = GatewayLab.Consumer }, Caller.Anonymous]) Assert.Equal("gateway.provider-steward", (await apis.Try(other, "register", wish, default)).Refusal?.Code);
        using var post = await lab.Call("/api/provider-apis/register/try", GatewayLab.Provider, method: HttpMethod.Post, change: r => r.Content = System.Net.Http.Json.JsonContent.Create(wish));
        Assert.Equal(HttpStatusCode.Forbidden, post.StatusCode);

        // Whether calls go through: its own side and the bureau see it, others do not.
        Assert.Empty((await apis.Overview(Steward, default)).Health);
        Assert.False((await apis.Approve(Reviewer, "register", default)).IsRefused);
        Assert.Equal("Closed", Assert.Single((await apis.Overview(Steward, default)).Health).Breaker);
        provider.Answer = _ => (500, "");
        for (var i = 0; i < 5; i++) (await lab.Call("/data/register?division=eq.1", GatewayLab.Consumer)).Dispose();
        Assert.Equal("Open", Assert.Single((await apis.Overview(Reviewer, default)).Health).Breaker);
        Assert.Empty((await apis.Overview(Steward with { Agency = GatewayLab.Consumer }, default)).Health);
    }

    [Theory, EveryStore]
    public async Task Credentials_stay_with_the_host_they_were_given_for(Store store)
    {
        await using var provider = await Provider.Start();
        await using var lab = await Open(store, provider);
        var apis = lab.Get<ProviderApis>();
        var silent = Wish(provider) with { Secret = null };
        Assert.False((await apis.Propose(Steward, silent with { Address = provider.Url + "/people" }, default)).IsRefused);
        Assert.False((await apis.Approve(Reviewer, "register", default)).IsRefused);
        provider.Answer = _ => (200, Good);
        using (var answer = await lab.Call("/data/register?division=eq.290101", GatewayLab.Consumer)) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("X-Key=s3cret", provider.Asked.Single().Headers);

        // Another port, another way of proof, another header: they are given anew.
        foreach (var change in (ProviderApiWish[])[silent with { Address = "http://127.0.0.1:9/persons" }, silent with { Auth = ProviderAuth.Bearer, AuthName = null }, silent with { AuthName = "X-Other" }])
            Assert.Equal("gateway.provider-secret", (await apis.Propose(Steward, change, default)).Refusal!.Fields.Single().Key);
    }

    private static ProviderApiWish Wish(Provider provider) => new(
        "register", provider.Url + "/persons", [new ProviderParameter("division", "qh", false)], "data.items", new Dictionary<string, string> { ["id"] = "sfzh", ["name"] = "xm" }, ProviderAuth.Header, "X-Key", "s3cret", 2_000, 100_000, 100, true);

    private static async Task<GatewayLab> Open(Store store, Provider provider, bool isApproved = true)
    {
        var lab = await GatewayLab.Open(store, settings: new Dictionary<string, string> { ["Gateway:AllowedPrivateHosts:0"] = "127.0.0.1", ["Gateway:AllowHttpProviders"] = "true", ["Gateway:ProviderCallsAtOnce"] = "4" });
        var entry = lab.Entry("register", Fields, ["id"], OpenClass.Closed);
        lab.Change(entry);
        lab.Grant(entry, GatewayLab.Consumer, ["id", "division", "fee"], ["name"]);
        var proposed = await lab.Get<ProviderApis>().Propose(Steward, Wish(provider), default);
        Assert.True(!proposed.IsRefused, proposed.Refusal?.Code + string.Join(' ', proposed.Refusal?.Fields.Select(f => f.Key) ?? []));
        if (isApproved) Assert.False((await lab.Get<ProviderApis>().Approve(Reviewer, "register", default)).IsRefused);
        return lab;
    }

    /// <summary>A provider's system on a socket of its own.</summary>
    private sealed class Provider : IAsyncDisposable
    {
        private readonly WebApplication app;
        private readonly SemaphoreSlim arrived = new(0);
        private readonly CancellationTokenSource over = new();

        private Provider(WebApplication app) => this.app = app;

        public string Url { get; private set; } = "";

        public bool Hangs { get; set; }

        public Func<HttpRequest, (int Status, string Body)> Answer { get; set; } = _ => (200, Good);

        public System.Collections.Concurrent.ConcurrentQueue<(string Query, IReadOnlyList<string> Headers)> Asked { get; } = new();

        public static async Task<Provider> Start()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var provider = new Provider(builder.Build());
            provider.app.Run(provider.Take);
            await provider.app.StartAsync();
            provider.Url = provider.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return provider;
        }

        public async Task Arrived(int count)
        {
            for (var i = 0; i < count; i++) Assert.True(await arrived.WaitAsync(TimeSpan.FromSeconds(60)), "The provider was not asked.");
        }

        public async ValueTask DisposeAsync()
        {
            await over.CancelAsync();
            await app.DisposeAsync();
            over.Dispose();
            arrived.Dispose();
        }

        private async Task Take(HttpContext http)
        {
            Asked.Enqueue((http.Request.QueryString.Value ?? "", [.. http.Request.Headers.Select(h => $"{h.Key}={h.Value}")]));
            arrived.Release();
            if (Hangs)
            {
                using var both = CancellationTokenSource.CreateLinkedTokenSource(over.Token, http.RequestAborted);
                await Task.Delay(Timeout.Infinite, both.Token).ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            }

            var (status, body) = Answer(http.Request);
            http.Response.StatusCode = status;
            http.Response.Headers["X-Provider"] = "internal";
            if (status is 302 or 307) http.Response.Headers.Location = "http://169.254.169.254/latest";
            await http.Response.WriteAsync(body);
        }
    }
}
