using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Share;

public sealed class ShareApiTests
{
    private const string Password = "correct horse battery staple 9";

    [Theory, EveryStore]
    public async Task The_whole_path_runs_over_http_and_strangers_find_nothing(Store store)
    {
        await using var region = await Region.Open(store);
        using var steward = await region.SignIn("civil.steward");
        using var head = await region.SignIn("civil.head");
        using var clerk = await region.SignIn("police.steward");
        using var chief = await region.SignIn("police.head");
        using var stranger = await region.SignIn("health.steward");
        var draft = await Post(steward, "/api/applications", new { lane = "Sharing", entry = region.Entry.Id, wish = new { fields = new[] { region.Field } } }, HttpStatusCode.Created, key: "k1");
        var again = await Post(steward, "/api/applications", new { lane = "Sharing", entry = region.Entry.Id, wish = new { fields = new[] { region.Field } } }, HttpStatusCode.Created, key: "k1");
        var id = (string)draft["application"]!["id"]!;
        Assert.Equal(id, (string)again["application"]!["id"]!);
        var problem = await Post(steward, $"/api/applications/{id}/propose", new { }, HttpStatusCode.BadRequest);
        Assert.Equal(["basis", "matter", "modes", "purpose", "scenario", "until"], problem["errors"]!.AsObject().Select(e => e.Key).Order());
        var whole = new { basis = "《办法》第五条", scenario = "核对", matter = "低保审核", purpose = "核对身份", fields = new[] { region.Field }, modes = new[] { "Api" }, until = "2027-06-30" };
        using (var put = await steward.PutAsJsonAsync($"/api/applications/{id}", new { wish = whole, revision = 1 })) Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        await Post(steward, $"/api/applications/{id}/propose", new { }, HttpStatusCode.OK);
        await Post(head, $"/api/applications/{id}/agree", new { }, HttpStatusCode.OK);
        Assert.Single((await Get(clerk, "/api/inbox"))["items"]!.AsArray());
        Assert.Single((await clerk.GetFromJsonAsync<JsonArray>("/api/inbox/notices"))!);
        var reply = new { isConsent = true, reason = "", fields = new[] { new { name = region.Field, answer = "Plain" } }, rows = "", needsCase = false, lowestAssurance = "Key", providerResponsible = "责任人" };
        await Post(clerk, $"/api/applications/{id}/propose-reply", new { reply }, HttpStatusCode.OK);
        var late = await Post(clerk, $"/api/applications/{id}/ask-supplement", new { revision = 3, missing = new[] { "x" } }, HttpStatusCode.Conflict);
        Assert.Equal("share.already-decided", (string)late["code"]!);
        Assert.Contains("拟定答复", (string)late["detail"]!, StringComparison.Ordinal);
        var signed = await Post(chief, $"/api/applications/{id}/consent", new { }, HttpStatusCode.OK);
        var grant = (string)signed["application"]!["grant"]!;
        Assert.Single((await Get(steward, "/api/grants"))["items"]!.AsArray());
        var record = await Get(steward, $"/api/grants/{grant}");
        var key = Convert.FromBase64String((string)(await Get(steward, "/api/grants/key"))["publicKey"]!);
        Assert.True(GrantKey.Verify(key, (string)record["record"]!, (string)record["signature"]!));
        foreach (var path in new[] { $"/api/applications/{id}", $"/api/grants/{grant}", $"/api/grants/{grant}/uses" })
        {
            using var hidden = await stranger.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        }
        await Post(stranger, $"/api/grants/{grant}/suspend", new { reason = "x" }, HttpStatusCode.NotFound);
        var suspended = await Post(clerk, $"/api/grants/{grant}/suspend", new { reason = "发现异常" }, HttpStatusCode.OK);
        Assert.Equal("Suspended", (string)suspended["state"]!);
        await Post(clerk, $"/api/grants/{grant}/resume", new { reason = "已整改" }, HttpStatusCode.OK);
        await Post(steward, $"/api/grants/{grant}/end", new { ground = "NoLongerNeeded", reason = "业务调整" }, HttpStatusCode.OK);
        Assert.Empty((await Get(steward, "/api/uses"))["items"]!.AsArray());
        Assert.Empty((await Get(clerk, "/api/uses?view=provider"))["items"]!.AsArray());
    }

    [Theory, EveryStore]
    public async Task One_supplement_notice_is_all_there_is_and_the_legal_day_stays_where_it_was(Store store)
    {
        await using var region = await Region.Open(store);
        using var steward = await region.SignIn("civil.steward");
        using var head = await region.SignIn("civil.head");
        using var clerk = await region.SignIn("police.steward");
        var wish = new { basis = "《办法》第五条", scenario = "核对", matter = "低保审核", purpose = "核对身份", fields = new[] { region.Field }, modes = new[] { "Api" }, until = "2027-06-30" };
        var path = $"/api/applications/{(string)(await Post(steward, "/api/applications", new { lane = "Sharing", entry = region.Entry.Id, wish }, HttpStatusCode.Created))["application"]!["id"]!}";
        await Post(steward, path + "/propose", new { }, HttpStatusCode.OK);
        var sent = (await Post(head, path + "/agree", new { }, HttpStatusCode.OK))["application"]!;
        Assert.Equal("missing", (await Post(clerk, path + "/ask-supplement", new { missing = Array.Empty<string>() }, HttpStatusCode.BadRequest))["errors"]!.AsObject().Single().Key);
        await Post(steward, path + "/ask-supplement", new { missing = new[] { "职责文件" } }, HttpStatusCode.Forbidden);

        var asked = (await Post(clerk, path + "/ask-supplement", new { missing = new[] { "职责文件", "经办人名单" } }, HttpStatusCode.OK))["application"]!;
        Assert.Equal("SupplementAsked", (string)asked["state"]!);
        // Order 809 art. 21: the reply clock does not stop for a supplement notice.
        Assert.Equal((string)sent["dueAt"]!, (string)asked["dueAt"]!);
        Assert.Contains(await Told(steward), n => n.Contains("补正", StringComparison.Ordinal));
        region.Clock.Advance(TimeSpan.FromDays(4));
        using var later = await region.SignIn("civil.steward");
        using var examiner = await region.SignIn("police.steward");
        var refusal = new { isConsent = false, ground = "LawForbids", reason = "材料不全", fields = Array.Empty<object>(), rows = "", needsCase = false, lowestAssurance = "Key", providerResponsible = "责任人" };
        Assert.Equal("share.refusal-while-supplement", (string)(await Post(examiner, path + "/propose-reply", new { reply = refusal }, HttpStatusCode.Conflict))["code"]!);
        var supplied = (await Post(later, path + "/supplement", new { text = "已补充" }, HttpStatusCode.OK))["application"]!;
        Assert.Equal(("Submitted", (string)sent["dueAt"]!, "已补充"), ((string)supplied["state"]!, (string)supplied["dueAt"]!, (string)supplied["supplementText"]!));

        var second = await Post(examiner, path + "/ask-supplement", new { missing = new[] { "还要一份" } }, HttpStatusCode.Conflict);
        Assert.Equal("share.one-supplement", (string)second["code"]!);
        Assert.Contains("第二十一条", (string)second["article"]!, StringComparison.Ordinal);
        Assert.Contains(await Told(examiner), n => n.Contains("补正", StringComparison.Ordinal));
    }

    [Theory, EveryStore]
    public async Task Nobody_without_a_session_reads_or_writes(Store store)
    {
        await using var region = await Region.Open(store);
        foreach (var path in new[] { "/api/inbox", "/api/inbox/notices", "/api/inbox/deputies", "/api/inbox/webhooks", "/api/grants", "/api/uses" })
        {
            using var answer = await region.Node.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        await Post(region.Node.Http, "/api/applications", new { lane = "Sharing", entry = region.Entry.Id, wish = new { } }, HttpStatusCode.Unauthorized);
        using var list = await region.Node.Http.GetAsync("/api/applications");
        Assert.Empty((await list.Content.ReadFromJsonAsync<JsonObject>())!["items"]!.AsArray());
    }

    [Theory, EveryStore]
    public async Task Deputies_and_webhooks_are_kept_by_the_head(Store store)
    {
        await using var region = await Region.Open(store);
        using var head = await region.SignIn("police.head");
        using var clerk = await region.SignIn("police.steward");
        var deputy = region.People["police.steward"].Id;
        var at = region.Clock.GetUtcNow();
        var made = await Post(head, "/api/inbox/deputies", new { deputy, from = at, until = at.AddDays(3) }, HttpStatusCode.Created);
        await Post(clerk, "/api/inbox/deputies", new { deputy, from = at, until = at.AddDays(3) }, HttpStatusCode.Forbidden);
        using (var ended = await head.DeleteAsync($"/api/inbox/deputies/{(string)made["id"]!}")) Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        var hook = await Post(head, "/api/inbox/webhooks", new { url = "https://hooks.police.example/in" }, HttpStatusCode.Created);
        Assert.Equal(64, ((string)hook["secret"]!).Length);
        await Post(head, "/api/inbox/webhooks", new { url = "https://127.0.0.1/in" }, HttpStatusCode.BadRequest);
        using (var removed = await head.DeleteAsync($"/api/inbox/webhooks/{(string)hook["webhook"]!["id"]!}")) Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using (var read = await head.PostAsync("/api/inbox/notices/read", null)) Assert.Equal(HttpStatusCode.NoContent, read.StatusCode);
    }

    [Theory, EveryStore]
    public async Task Mail_goes_to_the_person_or_to_the_office_and_to_nobody_without_an_address(Store store)
    {
        await using var region = await Region.Open(store);
        var addresses = region.Node.Get<MailAddresses>();
        var person = region.People["police.steward"];
        Assert.Empty(await addresses(person.Id, null, default));
        Assert.Equal(["police@agency.example"], await addresses(null, person.Agency, default));
        Assert.Empty(await addresses(null, null, default));
    }

    [Theory, EveryStore]
    public async Task The_desks_button_gives_the_owner_a_token_that_calls_and_a_stranger_none(Store store)
    {
        await using var region = await Region.Open(store);
        var tokens = region.Node.Get<DeskTokens>();
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        var jwk = JsonSerializer.SerializeToElement(new { kty = "EC", crv = "P-256", kid = "k1", x = System.Buffers.Text.Base64Url.EncodeToString(point.X), y = System.Buffers.Text.Base64Url.EncodeToString(point.Y) });
        var client = (await region.Node.Get<Clients>().Register(region.CallerOf("civil.steward"), new NewClient("civil-01", "系统", jwk), default)).Value;
        region.Clock.Advance(TimeSpan.FromSeconds(2));
        var made = (await tokens.Issue(region.CallerOf("civil.steward"), client.Id, default)).Value;
        var bearer = (await region.Node.Get<TokenReader>().Read(made.Token))!;
        Assert.Equal((client.Id, false), (bearer.Caller.Client!.Value, bearer.IsAsserted));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/session");
        request.Headers.Authorization = new("Bearer", made.Token);
        using var answer = await region.Node.Http.SendAsync(request);
        Assert.Equal("client", (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["kind"]!);
        Assert.Equal(404, (await tokens.Issue(region.CallerOf("police.steward"), client.Id, default)).Refusal!.Status);
        Assert.Equal(404, (await tokens.Issue(Caller.Anonymous, client.Id, default)).Refusal!.Status);
        await region.Node.Get<Clients>().Revoke(region.CallerOf("civil.steward"), client.Id, default);
        Assert.Null(await region.Node.Get<TokenReader>().Read(made.Token));
        Assert.Equal("agencies.client-revoked", (await tokens.Issue(region.CallerOf("civil.steward"), client.Id, default)).Refusal!.Code);
    }

    private static async Task<List<string>> Told(HttpClient http) => [.. (await http.GetFromJsonAsync<JsonArray>("/api/inbox/notices"))!.Select(n => n!.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))];

    private static async Task<JsonObject> Get(HttpClient http, string path) => (await http.GetFromJsonAsync<JsonObject>(path))!;

    private static async Task<JsonObject> Post(HttpClient http, string path, object body, HttpStatusCode expected, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: Wire.Json) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{path}: {answer.StatusCode} {text}");
        return text.Length == 0 ? [] : JsonSerializer.Deserialize<JsonObject>(text)!;
    }

    /// <summary>A node with three departments, a bureau and one published entry.</summary>
    private sealed class Region : IAsyncDisposable
    {
        public required NodeLab Node { get; init; }
        public required FakeTimeProvider Clock { get; init; }
        public Dictionary<string, Person> People { get; } = [];
        public Entry Entry { get; private set; } = null!;
        public string Field => Entry.Content.Fields[0].Name;

        public static async Task<Region> Open(Store store)
        {
            var clock = new FakeTimeProvider(new DateTimeOffset(2026, 9, 18, 9, 0, 0, TimeSpan.FromHours(8)));
            var node = await NodeLab.Start(store, services => services.AddSingleton<TimeProvider>(clock));
            var region = new Region { Node = node, Clock = clock };
            var opened = new DateOnly(2020, 1, 1);
            await node.Get<Roster>().LoadDivisions(
                [new Division("290000", "云岭省", "Yunling", null, 1, opened, null, "demonstration"), new Division("290100", "南湖市", "Nanhu", "290000", 2, opened, null, "demonstration")], default);
            var bureau = await region.Agency("bureau", AgencyKind.Bureau, null);
            await region.Person("reviewer", bureau.Id, Role.BureauReviewer, Role.BureauHead);
            foreach (var slug in new[] { "police", "civil", "health" })
            {
                var agency = await region.Agency(slug, AgencyKind.Department, bureau.Id);
                await region.Person(slug + ".steward", agency.Id, Role.Steward);
                await region.Person(slug + ".head", agency.Id, Role.SharingOfficeHead, Role.AgencyHead);
            }
            await Offices.Fill(node.Get<Db>(), node.Get<Tongxiang.Agencies.Directory>(), clock);
            var entries = node.Get<Entries>();
            region.Entry = (await entries.Enrol([new Enrolment(Samples.Open() with { Sharing = Samples.Open().Sharing with { Modes = [Mode.Api, Mode.File] } }, null,
                region.CallerOf("police.steward"), region.CallerOf("police.head"), region.CallerOf("reviewer"), "不涉密", "无个人信息")], default)).Value[0];
            return region;
        }

        public async Task<HttpClient> SignIn(string user)
        {
            var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
            var http = new HttpClient(handler) { BaseAddress = Node.Http.BaseAddress };
            using var answer = await http.PostAsJsonAsync("/api/session", new { user, password = Password });
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return http;
        }

        public ValueTask DisposeAsync() => Node.DisposeAsync();

        public Caller CallerOf(string user)
        {
            var person = People[user];
            var agency = Node.Get<Tongxiang.Agencies.Directory>().Find(person.Agency!.Value)!;
            return new Caller(person.Id.ToString(), person.Id, null, agency.Id, agency.Kind, person.Roles, person.Name);
        }

        private async Task<Agency> Agency(string slug, AgencyKind kind, Id<Agency>? bureau) => (await Node.Get<Roster>().Add(Caller.Platform,
            new Agency(Id<Agency>.New(Clock), slug, "91350100M000100Y43", "单位" + slug, "Agency " + slug, kind, "290000", bureau, null, slug + "@agency.example"), default)).Value;

        private async Task Person(string user, Id<Agency> agency, params Role[] roles)
        {
            var made = await Node.Get<People>().Enrol(Caller.Platform, new NewPerson(user, "某人" + user, agency, roles.ToHashSet(), Password), default);
            Assert.False(made.IsRefused, made.Refusal?.Code);
            People[user] = made.Value;
        }
    }
}
