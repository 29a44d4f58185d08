using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

/// <summary>A node with one department, one person, one client, and an assertion maker that can lie in every detail.</summary>
internal sealed class TokenLab : IAsyncDisposable
{
    public const string Password = "crane-paper-7-lantern";

    private readonly string? publicUrl;

    private TokenLab(NodeLab node, FakeTimeProvider clock, string? publicUrl)
    {
        this.publicUrl = publicUrl;
        Node = node;
        Clock = clock;
    }

    public NodeLab Node { get; }
    public FakeTimeProvider Clock { get; }
    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    public Agency Agency { get; private set; } = null!;
    public Person Person { get; private set; } = null!;
    public Client Client { get; private set; } = null!;
    public string Issuer => publicUrl ?? Node.Http.BaseAddress!.ToString();

    public static async Task<TokenLab> Start(Store store, string? publicUrl = null, IReadOnlyDictionary<string, string>? settings = null, FakeTimeProvider? clock = null)
    {
        var all = new Dictionary<string, string>(settings ?? new Dictionary<string, string>());
        if (publicUrl is not null) all["Node:PublicUrl"] = publicUrl;
        clock ??= new FakeTimeProvider(new DateTimeOffset(2026, 9, 18, 9, 0, 0, TimeSpan.FromHours(8)));
        var node = await NodeLab.Start(store, services => services.AddSingleton<TimeProvider>(clock), settings: all);
        var lab = new TokenLab(node, clock, publicUrl);
        var agency = new Agency(Id<Agency>.New(clock), "police", "91350100M000100Y43", "公安厅", "Police", AgencyKind.Department, "290000", null, null, null);
        lab.Agency = (await node.Get<Roster>().Add(Caller.Platform, agency, default)).Value;
        lab.Person = await lab.Enrol("police.steward", agency.Id, Role.Steward);
        lab.Client = (await node.Get<Clients>().RegisterFor(agency.Id, lab.Person.Id, new NewClient("police-01", "公安系统", Public(lab.Key, "k1")), default)).Value;
        return lab;
    }

    public async Task<Person> Enrol(string userName, Id<Agency>? agency, params Role[] roles) =>
        (await Node.Get<People>().Enrol(Caller.Platform, new NewPerson(userName, "某人", agency, roles.ToHashSet(), Password), default)).Value;

    public static JsonElement Public(ECDsa key, string? kid)
    {
        var q = key.ExportParameters(false).Q;
        return JsonSerializer.SerializeToElement(new { kty = "EC", crv = "P-256", x = Base64Url.EncodeToString(q.X), y = Base64Url.EncodeToString(q.Y), kid = kid ?? "none" });
    }

    public JsonObject Claims(string client = "police-01") => new()
    {
        ["iss"] = client,
        ["sub"] = client,
        ["aud"] = Issuer,
        ["iat"] = Clock.GetUtcNow().ToUnixTimeSeconds(),
        ["exp"] = Clock.GetUtcNow().AddMinutes(2).ToUnixTimeSeconds(),
        ["jti"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(8)),
    };

    public static JsonObject Header(string alg = "ES256", string kid = "k1") => new() { ["alg"] = alg, ["typ"] = "JWT", ["kid"] = kid };

    public string Sign(JsonObject header, JsonObject claims, Func<byte[], byte[]>? sign = null)
    {
        var content = $"{Encode(header)}.{Encode(claims)}";
        var bytes = Encoding.ASCII.GetBytes(content);
        return $"{content}.{Base64Url.EncodeToString(sign is null ? Key.SignData(bytes, HashAlgorithmName.SHA256) : sign(bytes))}";
    }

    public async Task<(int Status, JsonElement Body)> Ask(string? assertion, string client = "police-01", Action<Dictionary<string, string>>? change = null, string? proof = null)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = client };
        if (assertion is not null)
        {
            form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            form["client_assertion"] = assertion;
        }
        change?.Invoke(form);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent(form) };
        if (proof is not null) request.Headers.Add("DPoP", proof);
        using var answer = await Node.Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async Task<string> Token()
    {
        var (status, body) = await Ask(Sign(Header(), Claims()));
        Assert.True(status == 200, body.ToString());
        return body.GetProperty("access_token").GetString()!;
    }

    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, object? body = null, string? token = null, string? cookie = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body, options: Wire.Json);
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        if (cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", cookie);
        return await Node.Http.SendAsync(request);
    }

    /// <summary>Signs in through the API; the cookie as a browser would send it back.</summary>
    public async Task<string> SignIn(string user, string password = Password)
    {
        using var answer = await Send(HttpMethod.Post, "/api/session", new { user, password });
        Assert.Equal(200, (int)answer.StatusCode);
        return Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("tx-session=", StringComparison.Ordinal)).Split(';')[0];
    }

    public async Task<string> Who(string? token = null, string? cookie = null)
    {
        using var answer = await Send(HttpMethod.Get, "/api/session", null, token, cookie);
        return (int)answer.StatusCode == 401 ? "refused" : (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("kind").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        Key.Dispose();
        await Node.DisposeAsync();
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
