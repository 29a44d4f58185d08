using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class TokenTests
{
    [Theory, EveryStore]
    public async Task A_client_gets_a_short_token_for_its_own_signature_and_is_known_by_it(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var claims = lab.Claims();
        claims["Data-Matter"] = "低保核查";
        var (status, body) = await lab.Ask(lab.Sign(TokenLab.Header(), claims));
        Assert.True(status == 200, body.ToString());
        Assert.InRange(body.GetProperty("expires_in").GetInt32(), 1, 600);
        var token = body.GetProperty("access_token").GetString()!;
        var jwt = new JsonWebToken(token);
        Assert.Equal(("ES256", "at+jwt", lab.Client.Id.ToString(), "police-01"), (jwt.Alg, jwt.Typ, jwt.Subject, jwt.GetClaim("client_id").Value));
        Assert.Equal(("client", lab.Agency.Id.ToString()), (jwt.GetClaim("tx:kind").Value, jwt.GetClaim("tx:agency").Value));
        Assert.Equal("client", await lab.Who(token));
        var bearer = await lab.Node.Get<TokenReader>().Read(token);
        Assert.Equal(("低保核查", lab.Agency.Id, true), (bearer!.Matter, bearer.Caller.Agency, bearer.IsAsserted));
    }

    [Fact]
    public async Task The_token_endpoint_describes_itself()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var about = await lab.Node.Http.GetFromJsonAsync<JsonElement>("/.well-known/openid-configuration");
        Assert.Equal(["private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth"], about.GetProperty("token_endpoint_auth_methods_supported").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(["ES256", "PS256", "RS256"], about.GetProperty("dpop_signing_alg_values_supported").EnumerateArray().Select(m => m.GetString()));
        Assert.True(about.GetProperty("tls_client_certificate_bound_access_tokens").GetBoolean());
        Assert.Equal(["client_credentials"], about.GetProperty("grant_types_supported").EnumerateArray().Select(m => m.GetString()));
        var keys = await lab.Node.Http.GetFromJsonAsync<JsonElement>(about.GetProperty("jwks_uri").GetString());
        var key = Assert.Single(keys.GetProperty("keys").EnumerateArray());
        Assert.Equal(("EC", "P-256"), (key.GetProperty("kty").GetString(), key.GetProperty("crv").GetString()));
        Assert.False(key.TryGetProperty("d", out _));
        Assert.Equal(new JsonWebToken(await lab.Token()).Kid, key.GetProperty("kid").GetString());
    }

    private static readonly string[] Forgeries =
    [
        "none", "hs256 with the public key", "another key", "another client's key", "own jwk header", "own jku header", "path as kid", "no kid", "wrong audience", "no audience", "expired", "future",
        "ten years", "no expiry", "no jti", "short jti", "issuer is another", "subject is another", "changed payload", "no assertion", "client secret", "garbage", "empty signature", "critical header",
        "client that does not exist", "sql as client",
    ];

    [Fact]
    public async Task A_forged_assertion_gets_nothing()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await lab.Node.Get<Clients>().RegisterFor(null, null, new NewClient("other-01", "别的系统", TokenLab.Public(foreign, "k1")), default);
        foreach (var how in Forgeries)
        {
            var (assertion, client) = Forge(lab, foreign, how);
            var (status, body) = await lab.Ask(assertion, client, form =>
            {
                if (how == "client secret") form["client_secret"] = "secret";
            });
            Assert.True(status is 400 or 401 && !body.TryGetProperty("access_token", out _), $"{how}: {status} {body}");
            Assert.DoesNotContain("Too many", body.ToString(), StringComparison.Ordinal);
        }
        // The same lab still serves the honest client: each refusal had its own cause.
        Assert.NotEmpty(await lab.Token());
    }

    [Fact]
    public async Task An_address_that_keeps_failing_must_wait()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        for (var i = 0; i < 32; i++) await lab.Ask("a.b.c");
        Assert.Equal("slow_down", (await lab.Ask(lab.Sign(TokenLab.Header(), lab.Claims()))).Body.GetProperty("error").GetString());
        lab.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.NotEmpty(await lab.Token());
    }

    [Theory, EveryStore]
    public async Task An_assertion_is_spent_once_even_when_sent_many_times_at_once(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var assertion = lab.Sign(TokenLab.Header(), lab.Claims());
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => lab.Ask(assertion)));
        Assert.Equal(1, answers.Count(a => a.Status == 200));
        lab.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.NotEqual(200, (await lab.Ask(assertion)).Status);
        await lab.Node.Get<Assertions>().Forget(default);
        Assert.NotEqual(200, (await lab.Ask(assertion)).Status);
    }

    [Fact]
    public async Task A_clock_that_is_a_minute_off_is_borne_and_no_more()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        JsonObject Late(int seconds)
        {
            var claims = lab.Claims();
            claims["exp"] = lab.Clock.GetUtcNow().AddSeconds(-seconds).ToUnixTimeSeconds();
            claims["iat"] = lab.Clock.GetUtcNow().AddSeconds(-seconds - 60).ToUnixTimeSeconds();
            return claims;
        }
        Assert.Equal(200, (await lab.Ask(lab.Sign(TokenLab.Header(), Late(40)))).Status);
        Assert.NotEqual(200, (await lab.Ask(lab.Sign(TokenLab.Header(), Late(65)))).Status);
    }

    [Fact]
    public async Task A_token_ends_and_a_forged_one_never_begins()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var token = await lab.Token();
        var parts = token.Split('.');
        string Part(object value) => System.Buffers.Text.Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
        string[] forged =
        [
            $"{Part(new { alg = "none", typ = "at+jwt" })}.{parts[1]}.",
            $"{parts[0]}.{parts[1]}.",
            $"{parts[0]}.{Part(new { sub = lab.Client.Id, exp = 9999999999, aud = "tongxiang" })}.{parts[2]}",
            lab.Sign(new JsonObject { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = new JsonWebToken(token).Kid }, JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]))!.AsObject()),
            lab.Sign(new JsonObject { ["alg"] = "ES256", ["typ"] = "at+jwt", ["kid"] = "../keys/node.key" }, JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]))!.AsObject()),
            "", "x", "..", new string('a', 20_000), token + "a",
        ];
        foreach (var bad in forged) Assert.Null(await lab.Node.Get<TokenReader>().Read(bad));
        Assert.Equal("refused", await lab.Who(forged[0]));
        Assert.Equal("client", await lab.Who(token));
        lab.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("refused", await lab.Who(token));
    }

    [Theory, EveryStore]
    public async Task A_revoked_client_is_out_at_once(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var token = await lab.Token();
        Assert.Equal("client", await lab.Who(token));
        lab.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null((await lab.Node.Get<Clients>().Revoke(Caller.Platform, lab.Client.Id, default)).Refusal);
        Assert.Equal("refused", await lab.Who(token));
        Assert.NotEqual(200, (await lab.Ask(lab.Sign(TokenLab.Header(), lab.Claims()))).Status);
    }

    [Theory, EveryStore]
    public async Task What_another_copy_revoked_is_out_here_at_the_next_look(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var token = await lab.Token();
        lab.Clock.Advance(TimeSpan.FromSeconds(2));
        var elsewhere = new Tongxiang.Agencies.Directory(lab.Node.Get<Db>());
        var copy = new Clients(lab.Node.Get<Db>(), lab.Clock, lab.Node.Get<EvidenceLog>(), elsewhere, new IdentitySettings());
        await copy.Refresh(default);
        Assert.Null((await copy.Revoke(Caller.Platform, lab.Client.Id, default)).Refusal);
        await lab.Node.Get<Follower>().Follow(default);
        Assert.Equal("refused", await lab.Who(token));
    }

    [Theory, EveryStore]
    public async Task A_replaced_key_works_through_its_grace_and_a_compromised_one_ends_with_its_tokens(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var clients = lab.Node.Get<Clients>();
        using var second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var third = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Null((await clients.Rotate(Caller.Platform, lab.Client.Id, TokenLab.Public(second, "k2"), false, default)).Refusal);
        Assert.Equal(200, (await lab.Ask(lab.Sign(TokenLab.Header(), lab.Claims()))).Status);
        Assert.Equal(200, (await lab.Ask(lab.Sign(TokenLab.Header(kid: "k2"), lab.Claims(), b => second.SignData(b, HashAlgorithmName.SHA256)))).Status);
        lab.Clock.Advance(Clients.Grace + TimeSpan.FromSeconds(1));
        Assert.NotEqual(200, (await lab.Ask(lab.Sign(TokenLab.Header(), lab.Claims()))).Status);

        var (_, body) = await lab.Ask(lab.Sign(TokenLab.Header(kid: "k2"), lab.Claims(), b => second.SignData(b, HashAlgorithmName.SHA256)));
        var token = body.GetProperty("access_token").GetString()!;
        lab.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null((await clients.Rotate(Caller.Platform, lab.Client.Id, TokenLab.Public(third, "k3"), true, default)).Refusal);
        Assert.Equal("refused", await lab.Who(token));
        Assert.NotEqual(200, (await lab.Ask(lab.Sign(TokenLab.Header(kid: "k2"), lab.Claims(), b => second.SignData(b, HashAlgorithmName.SHA256)))).Status);
        Assert.Equal("agencies.key-known", (await clients.Rotate(Caller.Platform, lab.Client.Id, TokenLab.Public(second, "k2"), false, default)).Refusal?.Code);
    }

    [Fact]
    public async Task The_nodes_own_key_rotates_and_old_tokens_live_on()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var before = await lab.Token();
        lab.Clock.Advance(TimeSpan.FromSeconds(5));
        lab.Node.Services.RotateTokenKeys();
        var after = await lab.Token();
        Assert.NotEqual(new JsonWebToken(before).Kid, new JsonWebToken(after).Kid);
        Assert.Equal(("client", "client"), (await lab.Who(before), await lab.Who(after)));
        var keys = await lab.Node.Http.GetFromJsonAsync<JsonElement>("/.well-known/jwks");
        Assert.Equal(2, keys.GetProperty("keys").GetArrayLength());
    }

    [Fact]
    public async Task Without_a_public_address_a_foreign_host_name_gets_no_token()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var claims = lab.Claims();
        claims["aud"] = "http://evil.example/";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Headers = { Host = "evil.example" } };
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "police-01",
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = lab.Sign(TokenLab.Header(), claims),
        });
        using var answer = await lab.Node.Http.SendAsync(request);
        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("https://data.example", true)]
    [InlineData("https://data.example/", true)]
    [InlineData("https://data.example/connect/token", false)]
    [InlineData("host", false)]
    [InlineData("host/connect/token", false)]
    public async Task With_a_public_address_only_that_is_the_audience(string audience, bool isTaken)
    {
        await using var lab = await TokenLab.Start(Store.Sqlite, "https://data.example");
        var claims = lab.Claims();
        claims["aud"] = audience.Replace("host", lab.Node.Http.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal);
        var (status, body) = await lab.Ask(lab.Sign(TokenLab.Header(), claims));
        Assert.True(status == 200 == isTaken, body.ToString());
        if (isTaken) Assert.Equal("client", await lab.Who(body.GetProperty("access_token").GetString()));
    }

    private static (string? Assertion, string Client) Forge(TokenLab lab, ECDsa foreign, string how)
    {
        var header = TokenLab.Header();
        var claims = lab.Claims();
        byte[] Foreign(byte[] b) => foreign.SignData(b, HashAlgorithmName.SHA256);
        string Claim(string name, JsonNode? value)
        {
            if (value is null) claims.Remove(name);
            else claims[name] = value;
            return lab.Sign(header, claims);
        }
        string Headed(string name, JsonNode? value, Func<byte[], byte[]>? sign = null)
        {
            if (value is null) header.Remove(name);
            else header[name] = value;
            return lab.Sign(header, claims, sign);
        }
        var now = lab.Clock.GetUtcNow();
        return how switch
        {
            "none" => (Headed("alg", "none", _ => []), "police-01"),
            "hs256 with the public key" => (Headed("alg", "HS256", b => HMACSHA256.HashData(Encoding.UTF8.GetBytes(lab.Key.ExportSubjectPublicKeyInfoPem()), b)), "police-01"),
            "another key" or "another client's key" => (lab.Sign(header, claims, Foreign), "police-01"),
            "own jwk header" => (Headed("jwk", JsonNode.Parse(TokenLab.Public(foreign, "k1").ToString()), Foreign), "police-01"),
            "own jku header" => (Headed("jku", "http://127.0.0.1:1/keys", Foreign), "police-01"),
            "path as kid" => (Headed("kid", "../../keys/node.key", Foreign), "police-01"),
            "no kid" => (Headed("kid", null), "police-01"),
            "critical header" => (Headed("crit", new JsonArray("exp")), "police-01"),
            "wrong audience" => (Claim("aud", "https://elsewhere.example/"), "police-01"),
            "no audience" => (Claim("aud", null), "police-01"),
            "expired" => (Claim("exp", now.AddMinutes(-5).ToUnixTimeSeconds()), "police-01"),
            "future" => (Claim("iat", now.AddMinutes(5).ToUnixTimeSeconds()), "police-01"),
            "ten years" => (Claim("exp", now.AddYears(10).ToUnixTimeSeconds()), "police-01"),
            "no expiry" => (Claim("exp", null), "police-01"),
            "no jti" => (Claim("jti", null), "police-01"),
            "short jti" => (Claim("jti", "1"), "police-01"),
            "issuer is another" => (Claim("iss", "other-01"), "police-01"),
            "subject is another" => (Claim("sub", "other-01"), "police-01"),
            "changed payload" => (lab.Sign(header, claims) is var s && s.Split('.') is var p ? $"{p[0]}.{p[1][..^4]}AAAA.{p[2]}" : s, "police-01"),
            "no assertion" => (null, "police-01"),
            "client secret" => (lab.Sign(header, claims), "police-01"),
            "empty signature" => (lab.Sign(header, claims, _ => []), "police-01"),
            "client that does not exist" => (lab.Sign(header, lab.Claims("nobody-01")), "nobody-01"),
            "sql as client" => (lab.Sign(header, lab.Claims("' or 1=1 --")), "' or 1=1 --"),
            _ => ("a.b.c", "police-01"),
        };
    }
}
