using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Journeys;

/// <summary>A whole node with a bureau and three departments, spoken to only as people and programs speak to it: over HTTP, signed in or with a token.</summary>
internal sealed class Province : IAsyncDisposable
{
    private const string Password = "crane-paper-7-lantern";
    private readonly List<HttpClient> sessions = [];

    private Province(NodeLab node) => Node = node;

    public NodeLab Node { get; }

    public HttpClient Public => Node.Http;

    public static async Task<Province> Open(Store store)
    {
        var province = new Province(await NodeLab.Start(store));
        var opened = new DateOnly(2020, 1, 1);
        await province.Node.Get<Roster>().LoadDivisions(
            [new Division("290000", "云岭省", "Yunling", null, 1, opened, null, "demonstration"), new Division("290100", "南湖市", "Nanhu", "290000", 2, opened, null, "demonstration")], default);
        var bureau = await province.Agency("data-bureau", "云岭省数据局", AgencyKind.Bureau, null);
        await province.Person("reviewer", bureau, Role.BureauReviewer);
        foreach (var (slug, name) in new[] { ("health", "云岭省卫生健康委员会"), ("civil", "云岭省民政厅"), ("police", "云岭省公安厅") })
        {
            var agency = await province.Agency(slug, name, AgencyKind.Department, bureau.Id);
            await province.Person(slug + ".steward", agency, Role.Steward);
            await province.Person(slug + ".head", agency, Role.SharingOfficeHead, Role.AgencyHead);
            await province.Person(slug + ".admin", agency, Role.SystemAdmin);
        }
        await Offices.Fill(province.Node.Get<Db>(), province.Node.Get<Tongxiang.Agencies.Directory>(), TimeProvider.System);
        return province;
    }

    public async Task<HttpClient> SignIn(string user)
    {
        var session = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = Public.BaseAddress };
        sessions.Add(session);
        using var answer = await session.PostAsJsonAsync("/api/session", new { user, password = Password });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return session;
    }

    public static async Task<JsonObject> Get(HttpClient session, string path)
    {
        using var answer = await session.GetAsync(path);
        return await Read(answer, path, HttpStatusCode.OK);
    }

    public static async Task<JsonObject> Post(HttpClient session, string path, object body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: Wire.Json) };
        request.Headers.Add(Idempotency.Header, Guid.CreateVersion7().ToString("N"));
        using var answer = await session.SendAsync(request);
        return await Read(answer, path, expected);
    }

    /// <summary>Sends a file as a browser's form does, streamed.</summary>
    public static async Task<JsonObject> Send(HttpClient session, string path, Stream file, string name)
    {
        using var form = new MultipartFormDataContent();
        using var part = new StreamContent(file);
        part.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        form.Add(part, "file", name);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
        request.Headers.Add(Idempotency.Header, "landing-" + name);
        using var answer = await session.SendAsync(request);
        return await Read(answer, path, HttpStatusCode.Accepted);
    }

    /// <summary>Asks again until the node says so itself; a node that never does is a failure.</summary>
    public static async Task<JsonObject> Until(Func<Task<JsonObject?>> ask, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await pause.WaitForNextTickAsync(patience.Token))
            if (await ask() is { } found) return found;
        throw new InvalidOperationException($"{what} never came.");
    }

    /// <summary>A short-lived token for a program that proves itself with its own key (RFC 7523).</summary>
    public async Task<string> Token(string client, ECDsa key)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = client, ["sub"] = client, ["aud"] = Public.BaseAddress!.ToString(), ["iat"] = now, ["exp"] = now + 120, ["jti"] = Guid.CreateVersion7().ToString("N") };
        var content = $"{Encode(new JsonObject { ["alg"] = "ES256", ["typ"] = "JWT", ["kid"] = "k1" })}.{Encode(claims)}";
        var assertion = $"{content}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256))}";
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = client,
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = assertion,
        });
        using var answer = await Public.PostAsync("/connect/token", form);
        return (string)(await Read(answer, "/connect/token", HttpStatusCode.OK))["access_token"]!;
    }

    public static JsonObject PublicJwk(ECDsa key)
    {
        var q = key.ExportParameters(false).Q;
        return new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(q.X), ["y"] = Base64Url.EncodeToString(q.Y), ["kid"] = "k1" };
    }

    /// <summary>Calls the gateway with a token, for a matter and a case.</summary>
    public async Task<HttpResponseMessage> Call(string path, string? token, string matter = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (matter.Length > 0) request.Headers.Add("Data-Matter", Uri.EscapeDataString(matter));
        request.Headers.Add("Data-Case", "BJ-2026-0001");
        request.Headers.Add("Data-Operator", "clerk-7");
        request.Headers.Add("Prefer", "count=exact");
        return await Public.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in sessions) session.Dispose();
        await Node.DisposeAsync();
    }

    private static async Task<JsonObject> Read(HttpResponseMessage answer, string path, HttpStatusCode expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected == answer.StatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? [] : JsonSerializer.Deserialize<JsonObject>(text)!;
    }

    private async Task<Agency> Agency(string slug, string name, AgencyKind kind, Id<Agency>? bureau) =>
        (await Node.Get<Roster>().Add(Caller.Platform, new Agency(Id<Agency>.New(TimeProvider.System), slug, "91350100M000100Y43", name, "Agency " + slug, kind, "290000", bureau, null, slug + "@agency.example"), default)).Value;

    private async Task Person(string user, Agency agency, params Role[] roles)
    {
        var made = await Node.Get<People>().Enrol(Caller.Platform, new NewPerson(user, "某人" + user, agency.Id, roles.ToHashSet(), Password), default);
        Assert.Null(made.Refusal);
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
