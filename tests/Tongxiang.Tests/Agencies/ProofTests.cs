using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Laws;

namespace Tongxiang.Tests.Agencies;

/// <summary>Proof of possession (DPoP, RFC 9449) at the token endpoint and at every call.</summary>
public sealed class ProofTests
{
    [Theory, EveryStore]
    public async Task A_token_bound_to_a_key_counts_only_with_a_proof_of_that_key(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        using var proofs = new ProofMaker(lab);
        using var thief = new ProofMaker(lab);
        var token = await proofs.Token();
        var url = proofs.Url("/api/session");
        Assert.Equal(PublicKey.Read(JsonSerializer.SerializeToElement(ProofMaker.Jwk(proofs.Key))).Value.Thumbprint, new JsonWebToken(token).GetPayloadValue<JsonElement>("cnf").GetProperty("jkt").GetString());
        Assert.Equal((200, "client"), Said(await proofs.Call("DPoP " + token, proofs.Make("GET", url, token))));
        Assert.Equal((200, "client"), Said(await proofs.Call("dpop " + token, proofs.Make("GET", url, token))));

        // Stolen, in every way to use it.
        Assert.Equal((401, "agencies.bad-token"), Said(await proofs.Call("Bearer " + token)));
        Assert.Equal((401, "agencies.bad-token"), Said(await proofs.Call("Bearer " + token, proofs.Make("GET", url, token))));
        Assert.Equal((401, "agencies.bad-proof"), Said(await proofs.Call("DPoP " + token)));
        Assert.Equal((401, "agencies.bad-proof"), Said(await thief.Call("DPoP " + token, thief.Make("GET", url, token))));
        Assert.Equal((401, "agencies.bad-token"), Said(await proofs.Call(null, proofs.Make("GET", url, token))));

        // A token without a bond stays what it is: no proof makes it more.
        var plain = await lab.Token();
        Assert.Equal((200, "client"), Said(await proofs.Call("Bearer " + plain)));
        Assert.Equal((401, "agencies.bad-token"), Said(await proofs.Call("Bearer " + plain, proofs.Make("GET", url, plain))));
        Assert.Equal((401, "agencies.bad-token"), Said(await proofs.Call("DPoP " + plain, proofs.Make("GET", url, plain))));
        var refused = await proofs.Call("DPoP " + plain, proofs.Make("GET", url, plain));
        Assert.Equal("Bearer error=\"invalid_token\", DPoP algs=\"ES256 PS256 RS256\"", refused.Challenge);
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "none", "algorithm" }, { "HS256", "algorithm" }, { "ES384", "algorithm" }, { "EdDSA", "algorithm" }, { "no alg", "algorithm" }, { "typ JWT", "type" }, { "no typ", "type" },
        { "jku", "header" }, { "x5u", "header" }, { "x5c", "header" }, { "crit", "header" }, { "b64", "header" }, { "no jwk", "key" }, { "private jwk", "key" }, { "RSA of 1024 bits", "key" },
        { "point off the curve", "key" }, { "alg of another kind", "key" }, { "symmetric jwk", "key" }, { "another's signature", "signature" }, { "no signature", "form" }, { "zero signature", "signature" },
        { "DER signature", "signature" }, { "changed payload", "signature" }, { "twice the same member", "form" }, { "not a JWT", "form" }, { "no jti", "id" }, { "short jti", "id" }, { "long jti", "id" },
        { "POST", "method" }, { "get", "method" }, { "another path", "target" }, { "another host", "target" }, { "relative", "target" }, { "a user in it", "target" }, { "no htu", "target" },
        { "a minute and a half old", "time" }, { "from the future", "time" }, { "no iat", "time" }, { "iat as text", "time" }, { "another token", "token" }, { "no ath", "token" }, { "four kilobytes", "long" },
    };

    [Fact]
    public async Task A_proof_that_is_wrong_in_one_thing_is_refused_for_it_and_is_told_why()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        using var proofs = new ProofMaker(lab);
        var token = await proofs.Token();
        foreach (var (how, flaw) in Wrong.Select(w => w.Data))
        {
            var (status, code, challenge) = await proofs.Call("DPoP " + token, Lie(proofs, how, token));
            Assert.True((status, code) == (401, "agencies.bad-proof"), $"{how}: {status} {code}");
            Assert.Equal("DPoP error=\"invalid_dpop_proof\", algs=\"ES256 PS256 RS256\"", challenge);
            var read = ProofReader.Read(Lie(proofs, how, token)).Flaw;
            Assert.True(read == "agencies.proof." + flaw || (read is null && flaw is "method" or "target" or "time" or "token"), $"{how}: {read}");
        }
        Assert.Equal((401, "agencies.bad-proof"), Said(await proofs.Call("DPoP " + token, proofs.Make("GET", proofs.Url("/api/session"), token), proofs.Make("GET", proofs.Url("/api/session"), token))));
        Assert.Equal((200, "client"), Said(await proofs.Call("DPoP " + token, proofs.Make("GET", proofs.Url("/api/session"), token))));
    }

    [Fact]
    public async Task The_token_endpoint_takes_no_wrong_proof_either()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        using var proofs = new ProofMaker(lab);
        foreach (var how in (string[])["none", "HS256", "typ JWT", "private jwk", "another's signature", "another path", "a minute and a half old", "four kilobytes"])
        {
            var (status, body) = await lab.Ask(lab.Sign(TokenLab.Header(), lab.Claims()), proof: Lie(proofs, how, null));
            Assert.True((status, body.GetProperty("error").GetString()) == (400, "invalid_dpop_proof"), $"{how}: {body}");
        }
        // A proof is spent with its token, and a stranger's proofs are not even remembered.
        var once = proofs.Make("POST", proofs.Url("/connect/token"), null);
        Assert.NotEqual(200, (await lab.Ask(lab.Sign(TokenLab.Header(kid: "none"), lab.Claims()), proof: once)).Status);
        Assert.Equal(200, (await lab.Ask(lab.Sign(TokenLab.Header(), lab.Claims()), proof: once)).Status);
        Assert.Equal("invalid_dpop_proof", (await lab.Ask(lab.Sign(TokenLab.Header(), lab.Claims()), proof: once)).Body.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_proof_is_spent_once_even_when_sent_many_times_at_once()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        using var proofs = new ProofMaker(lab);
        var token = await proofs.Token();
        var proof = proofs.Make("GET", proofs.Url("/api/session"), token);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => proofs.Call("DPoP " + token, proof)));
        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Equal((401, "agencies.bad-proof"), Said(a)));
        lab.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(401, (await proofs.Call("DPoP " + token, proof)).Status);
    }

    [Fact]
    public async Task With_nonces_no_proof_can_be_made_in_advance()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite, settings: new Dictionary<string, string> { ["Identity:ProofNonce"] = "true" });
        using var proofs = new ProofMaker(lab);
        var (status, body) = await lab.Ask(lab.Sign(TokenLab.Header(), lab.Claims()), proof: proofs.Make("POST", proofs.Url("/connect/token"), null));
        Assert.Equal((400, "use_dpop_nonce"), (status, body.GetProperty("error").GetString()));
        var nonce = await Nonce(lab, proofs);
        (status, body) = await lab.Ask(lab.Sign(TokenLab.Header(), lab.Claims()), proof: proofs.Make("POST", proofs.Url("/connect/token"), null, claims: c => c["nonce"] = nonce));
        Assert.Equal(200, status);
        var token = body.GetProperty("access_token").GetString()!;
        string Proof(string? said) => proofs.Make("GET", proofs.Url("/api/session"), token, claims: c => c["nonce"] = said);
        var without = await proofs.Call("DPoP " + token, Proof(null));
        Assert.Equal(401, without.Status);
        Assert.StartsWith("DPoP error=\"use_dpop_nonce\"", without.Challenge);
        Assert.Equal(401, (await proofs.Call("DPoP " + token, Proof("made-up"))).Status);
        Assert.Equal(200, (await proofs.Call("DPoP " + token, Proof(nonce))).Status);
        lab.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(401, (await proofs.Call("DPoP " + token, Proof(nonce))).Status);
    }

    [Theory]
    [InlineData("https://data.example/api/session", true)]
    [InlineData("HTTPS://Data.Example:443/api/session?a=1#b", true)]
    [InlineData("https://data.example/api/%73ession", true)]
    [InlineData("https://data.example/api/../api/session", true)]
    [InlineData("http://data.example/api/session", false)]
    [InlineData("https://data.example.evil/api/session", false)]
    [InlineData("https://data.example:444/api/session", false)]
    [InlineData("https://data.example/api/session/", false)]
    [InlineData("https://second.example/api/session", true)]
    [InlineData("own", false)]
    public async Task A_proof_names_the_public_address_however_it_is_written(string target, bool isTaken)
    {
        await using var lab = await TokenLab.Start(Store.Sqlite, "https://data.example", new Dictionary<string, string> { ["Identity:Addresses:0"] = "https://second.example/" });
        using var proofs = new ProofMaker(lab);
        var (_, body) = await lab.Ask(lab.Sign(TokenLab.Header(), lab.Claims()), proof: proofs.Make("POST", "https://data.example/connect/token", null));
        var token = body.GetProperty("access_token").GetString()!;
        var (status, code, _) = await proofs.Call("DPoP " + token, proofs.Make("GET", target == "own" ? proofs.Url("/api/session") : target, token));
        Assert.True(status == 200 == isTaken, $"{status} {code}");
    }

    // RFC 9449 §4.1 and §7.1.
    [Theory]
    [InlineData("eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg", "POST", "https://server.example.com/token", null)]
    [InlineData("eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA", "GET", "https://resource.example.org/protectedresource", "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU")]
    public void The_examples_of_the_standard_are_read_as_it_says(string rest, string method, string target, string? token)
    {
        const string header = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19";
        var (proof, flaw) = ProofReader.Read($"{header}.{rest}");
        Assert.Null(flaw);
        Assert.Equal(("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", method, target), (proof!.Key, proof.Method, proof.Target));
        Assert.Equal(token is null ? null : ProofReader.DigestOf(token), proof.TokenDigest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Libraries_written_by_others_get_a_bound_token_and_call_with_it(bool nonce)
    {
        var folder = Path.Combine(Repository.Root, "tests", "clients", "dpop");
        if (await Tongxiang.Tests.Lab.Said.By("node", folder, null, "--version") is not { Code: 0 }) Assert.Skip("No Node.js on this machine.");
        if (!System.IO.Directory.Exists(Path.Combine(folder, "node_modules")) && await Tongxiang.Tests.Lab.Said.By("npm", folder, null, "ci", "--no-audit", "--no-fund", "--ignore-scripts") is not { Code: 0 })
            Assert.Skip("The npm libraries could not be installed.");
        await using var lab = await TokenLab.Start(Store.Sqlite, settings: new Dictionary<string, string> { ["Identity:ProofNonce"] = nonce ? "true" : "false" });
        lab.Clock.SetUtcNow(TimeProvider.System.GetUtcNow());
        var own = lab.Key.ExportParameters(true);
        var jwk = new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = "k1", ["x"] = Base64Url.EncodeToString(own.Q.X), ["y"] = Base64Url.EncodeToString(own.Q.Y), ["d"] = Base64Url.EncodeToString(own.D) };
        var said = await Tongxiang.Tests.Lab.Said.By("node", folder, null, "call.mjs", lab.Node.Http.BaseAddress!.ToString().TrimEnd('/'), "police-01", jwk.ToJsonString());
        Assert.True(said!.Code == 0, said.Errors);
        var got = JsonDocument.Parse(said.Output).RootElement;
        foreach (var algorithm in (string[])["ES256", "PS256", "RS256"])
        {
            var one = got.GetProperty(algorithm);
            Assert.True((one.GetProperty("status").GetInt32(), one.GetProperty("type").GetString(), one.GetProperty("isBound").GetBoolean(), one.GetProperty("called").GetInt32(), one.GetProperty("asBearer").GetInt32()) == (200, "DPoP", true, 200, 401), one.ToString());
            Assert.Equal(nonce, one.GetProperty("challenge").GetString()?.Contains("use_dpop_nonce", StringComparison.Ordinal) == true);
        }
    }

    [Fact]
    public void Proofs_are_remembered_as_long_as_they_could_come_again_and_one_keys_flood_is_its_own()
    {
        var clock = new FakeTimeProvider();
        var memory = new ProofMemory(clock, TimeSpan.FromSeconds(120), 1_000);
        for (var i = 0; i < 1_000; i++) Assert.Equal(Spent.Now, memory.Spend("noisy", $"proof-{i}"));
        Assert.Equal(Spent.TooMany, memory.Spend("noisy", "one more"));
        Assert.Equal(Spent.Before, memory.Spend("noisy", "proof-0"));
        Assert.Equal(Spent.Now, memory.Spend("quiet", "proof-0"));
        clock.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(Spent.Before, memory.Spend("noisy", "proof-999"));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Spent.Now, memory.Spend("noisy", "one more"));
        Assert.Equal(Spent.Before, memory.Spend("noisy", "proof-999"));
        memory.Forget();
        Assert.Equal(2, memory.Keys);
        clock.Advance(TimeSpan.FromSeconds(241));
        memory.Forget();
        Assert.Equal(0, memory.Keys);
        Assert.Equal(Spent.Now, memory.Spend("noisy", "proof-999"));
    }

    private static (int, string?) Said((int Status, string? Code, string Challenge) answer) => (answer.Status, answer.Code);

    private static async Task<string> Nonce(TokenLab lab, ProofMaker proofs)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token");
        request.Headers.Add("DPoP", proofs.Make("POST", proofs.Url("/connect/token"), null));
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "police-01",
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = lab.Sign(TokenLab.Header(), lab.Claims()),
        });
        using var answer = await lab.Node.Http.SendAsync(request);
        return Assert.Single(answer.Headers.GetValues("DPoP-Nonce"));
    }

    private static string Lie(ProofMaker proofs, string how, string? token)
    {
        var (method, url) = token is null ? ("POST", proofs.Url("/connect/token")) : ("GET", proofs.Url("/api/session"));
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var weak = RSA.Create(1024);
        var at = DateTimeOffset.FromUnixTimeSeconds(JsonNode.Parse(Base64Url.DecodeFromChars(proofs.Make(method, url, token).Split('.')[1]))!["iat"]!.GetValue<long>());
        string Head(Action<JsonObject> change, Func<byte[], byte[]>? sign = null) => proofs.Make(method, url, token, change, null, sign);
        string Body(Action<JsonObject> change) => proofs.Make(method, url, token, null, change);
        JsonObject Changed(Action<JsonObject> change)
        {
            var jwk = ProofMaker.Jwk(proofs.Key);
            change(jwk);
            return jwk;
        }

        var rsa = weak.ExportParameters(false);
        return how switch
        {
            "none" => Head(h => h["alg"] = "none", _ => [1]),
            "HS256" => Head(h => h["alg"] = "HS256", b => HMACSHA256.HashData(proofs.Key.ExportSubjectPublicKeyInfo(), b)),
            "ES384" or "EdDSA" => Head(h => h["alg"] = how),
            "no alg" => Head(h => h.Remove("alg")),
            "typ JWT" => Head(h => h["typ"] = "JWT"),
            "no typ" => Head(h => h.Remove("typ")),
            "jku" or "x5u" => Head(h => h[how] = "http://127.0.0.1:1/keys"),
            "x5c" or "crit" => Head(h => h[how] = new JsonArray("x")),
            "b64" => Head(h => h["b64"] = false),
            "no jwk" => Head(h => h.Remove("jwk")),
            "private jwk" => Head(h => h["jwk"] = Changed(j => j["d"] = Base64Url.EncodeToString(proofs.Key.ExportParameters(true).D))),
            "symmetric jwk" => Head(h => h["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" }),
            "point off the curve" => Head(h => h["jwk"] = Changed(j => j["y"] = j["x"]!.ToString())),
            "RSA of 1024 bits" => Head(h => (h["alg"], h["jwk"]) = ("RS256", new JsonObject { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(rsa.Modulus), ["e"] = Base64Url.EncodeToString(rsa.Exponent) }),
                b => weak.SignData(b, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            "alg of another kind" => Head(h => h["alg"] = "RS256"),
            "another's signature" => Head(_ => { }, b => foreign.SignData(b, HashAlgorithmName.SHA256)),
            "no signature" => Head(_ => { }, _ => []),
            "zero signature" => Head(_ => { }, _ => new byte[64]),
            "DER signature" => Head(_ => { }, b => proofs.Key.SignData(b, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
            "changed payload" => proofs.Make(method, url, token) is var honest && proofs.Make(method, url, token).Split('.') is var other ? $"{honest.Split('.')[0]}.{other[1]}.{honest.Split('.')[2]}" : "",
            "twice the same member" => Twice(proofs, method, url, token),
            "not a JWT" => "x.y",
            "no jti" => Body(c => c.Remove("jti")),
            "short jti" => Body(c => c["jti"] = "1234567"),
            "long jti" => Body(c => c["jti"] = new string('j', 201)),
            "POST" or "get" => Body(c => c["htm"] = token is null ? "GET" : how),
            "another path" => Body(c => c["htu"] = proofs.Url("/api/sessions")),
            "another host" => Body(c => c["htu"] = "http://evil.example/api/session"),
            "relative" => Body(c => c["htu"] = "/api/session"),
            "a user in it" => Body(c => c["htu"] = proofs.Url("/api/session").Replace("://", "://me@", StringComparison.Ordinal)),
            "no htu" => Body(c => c.Remove("htu")),
            "a minute and a half old" => Body(c => c["iat"] = at.AddSeconds(-90).ToUnixTimeSeconds()),
            "from the future" => Body(c => c["iat"] = at.AddSeconds(90).ToUnixTimeSeconds()),
            "no iat" => Body(c => c.Remove("iat")),
            "iat as text" => Body(c => c["iat"] = "now"),
            "another token" => Body(c => c["ath"] = ProofReader.DigestOf("another")),
            "no ath" => Body(c => c.Remove("ath")),
            "four kilobytes" => Body(c => c["more"] = new string('m', 4_000)),
            _ => throw new ArgumentOutOfRangeException(nameof(how), how, null),
        };
    }

    private static string Twice(ProofMaker proofs, string method, string url, string? token)
    {
        var parts = proofs.Make(method, url, token).Split('.');
        var body = System.Text.Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1]));
        var content = $"{parts[0]}.{Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(body.Insert(1, "\"htm\":\"DELETE\",")))}";
        return $"{content}.{Base64Url.EncodeToString(proofs.Key.SignData(System.Text.Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256))}";
    }
}
