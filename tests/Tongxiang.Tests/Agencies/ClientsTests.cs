using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using CsCheck;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Server.Verbs;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class ClientsTests
{
    [Theory, EveryStore]
    public async Task A_steward_registers_rotates_and_revokes_through_the_interface(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var cookie = await lab.SignIn("police.steward");
        var body = new { clientId = "police-02", name = "第二个系统", jwk = TokenLab.Public(key, "a") };
        using var made = await lab.Send(HttpMethod.Post, "/api/clients", body, cookie: cookie);
        Assert.Equal(201, (int)made.StatusCode);
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        using var twice = await lab.Send(HttpMethod.Post, "/api/clients", body, cookie: cookie);
        Assert.Equal(409, (int)twice.StatusCode);

        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rotated = await lab.Send(HttpMethod.Post, $"/api/clients/{id}/keys", new { jwk = TokenLab.Public(next, "b") }, cookie: cookie);
        Assert.Equal(2, (await rotated.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("keys").GetArrayLength());

        using var list = await lab.Send(HttpMethod.Get, "/api/clients", cookie: cookie);
        Assert.Equal(["police-01", "police-02"], (await list.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").EnumerateArray().Select(c => c.GetProperty("clientId").GetString()));
        using var gone = await lab.Send(HttpMethod.Delete, $"/api/clients/{id}", cookie: cookie);
        Assert.Equal(204, (int)gone.StatusCode);
    }

    [Fact]
    public async Task Another_agencys_client_does_not_exist_for_the_caller()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var other = new Agency(Id<Agency>.New(lab.Clock), "health", "91350100M000100Y43", "卫健委", "Health", AgencyKind.Department, "290000", null, null, null);
        await lab.Node.Get<Roster>().Add(Caller.Platform, other, default);
        await lab.Enrol("health.steward", other.Id, Role.Steward);
        await lab.Enrol("police.operative", lab.Agency.Id, Role.Operative);
        await lab.Enrol("citizen.li", null, Role.Citizen);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (var user in new[] { "health.steward", "police.operative", "citizen.li" })
        {
            var cookie = await lab.SignIn(user);
            using var rotate = await lab.Send(HttpMethod.Post, $"/api/clients/{lab.Client.Id}/keys", new { jwk = TokenLab.Public(key, "b") }, cookie: cookie);
            using var revoke = await lab.Send(HttpMethod.Delete, $"/api/clients/{lab.Client.Id}", cookie: cookie);
            using var list = await lab.Send(HttpMethod.Get, "/api/clients", cookie: cookie);
            Assert.Equal((404, 404), ((int)rotate.StatusCode, (int)revoke.StatusCode));
            Assert.Equal(0, (await list.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").GetArrayLength());
        }
        using var nobody = await lab.Send(HttpMethod.Post, "/api/clients", new { clientId = "x-01", name = "无名", jwk = TokenLab.Public(key, "b") });
        Assert.Equal(403, (int)nobody.StatusCode);
        // A client's own token administers nothing.
        using var byToken = await lab.Send(HttpMethod.Delete, $"/api/clients/{lab.Client.Id}", token: await lab.Token());
        Assert.Equal(404, (int)byToken.StatusCode);
    }

    [Fact]
    public async Task A_citizen_owns_a_client_of_his_own()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var citizen = await lab.Enrol("citizen.li", null, Role.Citizen);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var cookie = await lab.SignIn("citizen.li");
        using var made = await lab.Send(HttpMethod.Post, "/api/clients", new { clientId = "li-01", name = "个人应用", jwk = TokenLab.Public(key, "a") }, cookie: cookie);
        Assert.Equal(201, (int)made.StatusCode);
        var client = Assert.Single(lab.Node.Get<Clients>().OfPerson(citizen.Id));
        Assert.Equal("li-01", client.ClientId);
        // The client's token is the citizen's for data, not for keys: a stolen one plants none.
        var (_, body) = await lab.Ask(lab.Sign(TokenLab.Header(kid: "a"), lab.Claims("li-01"), b => key.SignData(b, HashAlgorithmName.SHA256)), "li-01");
        var token = body.GetProperty("access_token").GetString();
        using var rotate = await lab.Send(HttpMethod.Post, $"/api/clients/{client.Id}/keys", new { jwk = TokenLab.Public(lab.Key, "b") }, token: token);
        using var leave = await lab.Send(HttpMethod.Post, "/api/session/sign-out-everywhere", token: token);
        Assert.Equal((404, 404), ((int)rotate.StatusCode, (int)leave.StatusCode));
    }

    public static TheoryData<string, string> BadKeys => new()
    {
        { """[]""", "agencies.key-form" },
        { """{"kty":"oct","k":"AAAA"}""", "agencies.key-private" },
        { """{"kty":"oct"}""", "agencies.key-type" },
        { """{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""", "agencies.key-type" },
        { """{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}""", "agencies.key-curve" },
        { """{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}""", "agencies.key-form" },
        { """{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"}""", "agencies.key-point" },
        { """{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}""", "agencies.key-private" },
        { """{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"../../etc/passwd"}""", "agencies.key-kid" },
        { """{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"a\"b"}""", "agencies.key-kid" },
        { """{"kty":"EC","crv":"P-256","x":"AA","y":"AA","use":"enc"}""", "agencies.key-use" },
        { """{"kty":"RSA","n":"AQAB","e":"AQAB"}""", "agencies.key-size" },
        { """{"kty":1}""", "agencies.key-type" },
    };

    [Theory, MemberData(nameof(BadKeys))]
    public void A_key_that_is_private_weak_or_odd_is_refused_with_its_reason(string jwk, string reason) =>
        Assert.Equal(reason, Assert.Single(PublicKey.Read(JsonDocument.Parse(jwk).RootElement).Refusal!.Fields).Key);

    [Fact]
    public void A_good_key_keeps_only_its_public_members_whatever_stands_beside_them()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var good = TokenLab.Public(key, "k");
        Gen.Dictionary(Gen.String[Gen.Char['e', 'w'], 1, 6], Gen.String[0, 20])[0, 6].Sample(extra =>
        {
            var all = extra.Where(e => e.Key is not ("x" or "y" or "kty" or "crv" or "kid" or "use" or "alg" or "p" or "q" or "k" or "oth" or "qi")).ToDictionary(e => e.Key, e => (object?)e.Value);
            foreach (var p in good.EnumerateObject()) all[p.Name] = p.Value;
            var read = PublicKey.Read(JsonSerializer.SerializeToElement(all)).Value;
            Assert.Equal(["crv", "kid", "kty", "use", "x", "y"], JsonDocument.Parse(read.Jwk).RootElement.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        }, seed: "0000MJ3aYqt1", iter: 200);
    }

    [Fact]
    public void A_key_read_from_noise_is_refused_and_never_throws() =>
        Gen.Dictionary(Pick("kty", "crv", "x", "y", "n", "e", "kid", "use", "alg"), Gen.OneOf(Pick("EC", "RSA", "P-256", "sig", "AQAB"), Gen.String[0, 60]))[0, 9].Sample(
            noise => PublicKey.Read(JsonSerializer.SerializeToElement(noise)).IsRefused, seed: "0000MJ3aYqt2", iter: 2000);

    [Theory]
    [InlineData("ec", "ES256")]
    [InlineData("rsa", "PS256")]
    public async Task The_token_verb_signs_with_pem_and_jwk_keys(string kind, string algorithm)
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        var pem = kind == "ec" ? ec.ExportPkcs8PrivateKeyPem() : rsa.ExportPkcs8PrivateKeyPem();
        using var signer = Signer.Read(pem, null);
        var jwk = kind == "ec" ? TokenLab.Public(ec, null) : JsonSerializer.SerializeToElement(new
        {
            kty = "RSA",
            n = System.Buffers.Text.Base64Url.EncodeToString(rsa.ExportParameters(false).Modulus),
            e = System.Buffers.Text.Base64Url.EncodeToString(rsa.ExportParameters(false).Exponent),
        });
        var bare = JsonSerializer.SerializeToElement(jwk.EnumerateObject().Where(p => p.Name != "kid").ToDictionary(p => p.Name, p => p.Value));
        Assert.Null((await lab.Node.Get<Clients>().RegisterFor(lab.Agency.Id, null, new NewClient("verb-01", "命令行", bare), default)).Refusal);
        Assert.Equal(algorithm, signer.Algorithm);
        var (status, body) = await lab.Ask(Token.Assertion(signer, "verb-01", lab.Issuer, null, lab.Clock), "verb-01");
        Assert.True(status == 200, body.ToString());
    }

    [Fact]
    public async Task The_token_verb_gets_a_token_from_a_running_node()
    {
        await using var node = await NodeLab.Start(Store.Sqlite);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = Path.Combine(node.Root, "key.pem");
        await File.WriteAllTextAsync(file, key.ExportPkcs8PrivateKeyPem());
        var jwk = JsonSerializer.SerializeToElement(TokenLab.Public(key, null).EnumerateObject().Where(p => p.Name != "kid").ToDictionary(p => p.Name, p => p.Value));
        Assert.Null((await node.Get<Clients>().RegisterFor(null, null, new NewClient("verb-02", "命令行", jwk), default)).Refusal);
        string[] Words(string client, string path) => ["--client", client, "--key", path, "--url", node.Http.BaseAddress!.ToString()];
        Assert.Equal(0, await Token.Verb().Parse(Words("verb-02", file)).InvokeAsync());
        Assert.Equal(1, await Token.Verb().Parse(Words("nobody-01", file)).InvokeAsync());
        Assert.Equal(1, await Token.Verb().Parse(Words("verb-02", file + ".missing")).InvokeAsync());
    }

    [Fact]
    public async Task A_client_written_with_openssl_alone_gets_a_token()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl") && File.Exists("/usr/bin/curl"), "Needs openssl and curl.");
        // The script signs with the machine's clock, so the node runs on it too.
        await using var node = await NodeLab.Start(Store.Sqlite);
        var folder = StoreLab.Folder();
        var key = await Shell($"openssl genrsa 2048 2>/dev/null | tee {folder}/key.pem | openssl rsa -noout -modulus 2>/dev/null | cut -d= -f2");
        var jwk = JsonSerializer.SerializeToElement(new { kty = "RSA", n = System.Buffers.Text.Base64Url.EncodeToString(Convert.FromHexString(key.Trim())), e = "AQAB", kid = "o1", alg = "RS256" });
        Assert.Null((await node.Get<Clients>().RegisterFor(null, null, new NewClient("openssl-01", "脚本", jwk), default)).Refusal);
        var answer = await Shell($$"""
            b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
            now=$(date +%s)
            head=$(printf '{"alg":"RS256","typ":"JWT","kid":"o1"}' | b64)
            body=$(printf '{"iss":"openssl-01","sub":"openssl-01","aud":"{{node.Http.BaseAddress}}","iat":%s,"exp":%s,"jti":"%s"}' $now $((now+60)) $(openssl rand -hex 12) | b64)
            sig=$(printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -sign {{folder}}/key.pem -binary | b64)
            curl -s {{node.Http.BaseAddress}}connect/token -d grant_type=client_credentials -d client_id=openssl-01 \
              -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer -d client_assertion=$head.$body.$sig
            """);
        System.IO.Directory.Delete(folder, recursive: true);
        Assert.Contains("access_token", answer, StringComparison.Ordinal);
    }

    private static Gen<string> Pick(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    private static async Task<string> Shell(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", script }, RedirectStandardOutput = true })!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return output;
    }
}
