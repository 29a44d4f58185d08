using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tongxiang.Tests.Agencies;

/// <summary>A small OpenID provider on a socket of its own, with its own keys, PKCE and client secret checked; it can lie in every detail of a token.</summary>
internal sealed class OpenIdProvider : IAsyncDisposable
{
    public const string ClientId = "tongxiang";
    public const string Secret = "provider-side secret 7";
    private readonly WebApplication app;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<string, (string Nonce, string Challenge, string Redirect)> codes = new();

    private OpenIdProvider(WebApplication app, TimeProvider clock) => (this.app, this.clock) = (app, clock);

    public ECDsa Key { get; private set; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Kid { get; private set; } = "p1";

    public string Issuer { get; private set; } = "";

    /// <summary>Who has signed in there.</summary>
    public string Staff { get; set; } = "10086";

    public string Session { get; set; } = "s-1";

    /// <summary>Changes the claims, or the header, of the next id tokens.</summary>
    public Action<JsonObject, JsonObject>? Lie { get; set; }

    /// <summary>Signs instead of the provider's key.</summary>
    public Func<string, string>? Forge { get; set; }

    public static async Task<OpenIdProvider> Start(TimeProvider clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var provider = new OpenIdProvider(app, clock);
        app.MapGet("/.well-known/openid-configuration", () => new { issuer = provider.Issuer, authorization_endpoint = provider.Issuer + "/authorize", token_endpoint = provider.Issuer + "/token", jwks_uri = provider.Issuer + "/jwks" });
        app.MapGet("/jwks", () => new { keys = new[] { TokenLab.Public(provider.Key, provider.Kid) } });
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", (Delegate)provider.Token);
        await app.StartAsync();
        provider.Issuer = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return provider;
    }

    public void RotateKey()
    {
        Key.Dispose();
        (Key, Kid) = (ECDsa.Create(ECCurve.NamedCurves.nistP256), "p2");
    }

    public JsonObject LogoutClaims() => new()
    {
        ["iss"] = Issuer,
        ["aud"] = ClientId,
        ["iat"] = clock.GetUtcNow().ToUnixTimeSeconds(),
        ["exp"] = clock.GetUtcNow().AddMinutes(2).ToUnixTimeSeconds(),
        ["jti"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(16)),
        ["sub"] = Staff,
        ["sid"] = Session,
        ["events"] = new JsonObject { ["http://schemas.openid.net/event/backchannel-logout"] = new JsonObject() },
    };

    public string Sign(JsonObject claims, JsonObject? header = null)
    {
        var content = $"{Encode(header ?? new JsonObject { ["alg"] = "ES256", ["kid"] = Kid })}.{Encode(claims)}";
        return Forge?.Invoke(content) ?? $"{content}.{Base64Url.EncodeToString(Key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256))}";
    }

    public async ValueTask DisposeAsync()
    {
        Key.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private IResult Authorize(HttpContext http)
    {
        var query = http.Request.Query;
        if (query["client_id"] != ClientId || query["response_type"] != "code" || query["code_challenge_method"] != "S256" || query["code_challenge"].ToString().Length != 43) return Results.BadRequest();
        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        codes[code] = (query["nonce"].ToString(), query["code_challenge"].ToString(), query["redirect_uri"].ToString());
        return Results.Redirect($"{query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(query["state"].ToString())}&iss={Uri.EscapeDataString(Issuer)}");
    }

    private async Task<IResult> Token(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(ClientId)}:{Uri.EscapeDataString(Secret)}"));
        if (http.Request.Headers.Authorization != "Basic " + basic || !codes.TryRemove(form["code"].ToString(), out var kept)) return Results.BadRequest(new { error = "invalid_grant" });
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (challenge != kept.Challenge || form["redirect_uri"] != kept.Redirect) return Results.BadRequest(new { error = "invalid_grant" });
        var now = clock.GetUtcNow();
        var claims = new JsonObject
        {
            ["iss"] = Issuer,
            ["aud"] = ClientId,
            ["sub"] = Staff,
            ["sid"] = Session,
            ["nonce"] = kept.Nonce,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
            ["staff"] = Staff,
            ["dept"] = "D01",
        };
        var header = new JsonObject { ["alg"] = "ES256", ["kid"] = Kid };
        Lie?.Invoke(claims, header);
        return Results.Json(new { access_token = "unused", token_type = "Bearer", id_token = Sign(claims, header) });
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString(JsonSerializerOptions.Default)));
}
