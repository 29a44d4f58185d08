using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

/// <summary>Access tokens that are not what they say: all of them get one answer, and it does not tell why.</summary>
public sealed class TokenForgeryTests
{
    [Theory, EveryStore]
    public async Task Whatever_is_wrong_with_a_token_the_answer_is_the_same(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        await using var other = await TokenLab.Start(Store.Sqlite);
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var honest = await lab.Token();
        var own = lab.Node.Get<TokenKeys>().All[0].ECDsa;
        var forged = new Dictionary<string, string>(StringComparer.Ordinal);
        void Headed(string what, Action<JsonObject> change, Func<byte[], byte[]> sign) => forged[what] = Make(lab, honest, change, null, sign);
        void Claimed(string what, Action<JsonObject> change) => forged[what] = Make(lab, honest, null, change, Own);
        byte[] Own(byte[] b) => own.SignData(b, HashAlgorithmName.SHA256);
        byte[] Foreign(byte[] b) => foreign.SignData(b, HashAlgorithmName.SHA256);

        foreach (var none in (string[])["none", "None", "NONE", "nOnE", ""]) Headed($"alg '{none}'", h => h["alg"] = none, _ => []);
        Headed("no alg", h => h.Remove("alg"), Own);
        Headed("signed and called none", h => h["alg"] = "none", Own);
        foreach (var (what, secret) in Secrets(own)) Headed("HS256 with " + what, h => h["alg"] = "HS256", b => HMACSHA256.HashData(secret, b));
        Headed("called ES384", h => h["alg"] = "ES384", Own);
        Headed("DER signature", _ => { }, b => own.SignData(b, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        Headed("signature of zeros", _ => { }, _ => new byte[64]);
        Headed("no signature", _ => { }, _ => []);
        Headed("another key", _ => { }, Foreign);
        Headed("the client's own key", h => h["kid"] = "k1", b => lab.Key.SignData(b, HashAlgorithmName.SHA256));
        foreach (var kid in (string[])["../../etc/passwd", "../keys/node.key", "/dev/null", "' or 1=1 --", "' union select 'x", "k1", "", "\0", new string('k', 3000), "token-000000000000000.key"])
            Headed($"kid '{kid[..Math.Min(20, kid.Length)]}'", h => h["kid"] = kid, Foreign);
        Headed("no kid", h => h.Remove("kid"), Foreign);
        Headed("own jwk", h => h["jwk"] = JsonNode.Parse(TokenLab.Public(foreign, h["kid"]!.ToString()).ToString()), Foreign);
        Headed("own jku", h => h["jku"] = "http://127.0.0.1:1/keys", Foreign);
        Headed("own x5u", h => h["x5u"] = "http://127.0.0.1:1/cert", Foreign);
        foreach (var typ in (string?[])["JWT", "jwt", "id_token+jwt", "", null]) Headed($"typ '{typ}'", h => h["typ"] = typ, Own);
        Claimed("wrong audience", c => c["aud"] = "elsewhere");
        Claimed("no audience", c => c.Remove("aud"));
        Claimed("audience by prefix", c => c["aud"] = "tongxiang.evil.example");
        Claimed("expired a second ago", c => c["exp"] = lab.Clock.GetUtcNow().AddSeconds(-1).ToUnixTimeSeconds());
        Claimed("expired long ago", c => c["exp"] = 1);
        Claimed("no expiry", c => c.Remove("exp"));
        Claimed("issued in two minutes", c => c["iat"] = lab.Clock.GetUtcNow().AddMinutes(2).ToUnixTimeSeconds());
        Claimed("good in two minutes", c => c["nbf"] = lab.Clock.GetUtcNow().AddMinutes(2).ToUnixTimeSeconds());
        Claimed("no subject", c => c.Remove("sub"));
        Claimed("no such client", c => c["sub"] = Guid.Empty.ToString());
        Claimed("client by SQL", c => c["sub"] = "' or 1=1 --");
        Claimed("a person", c => c["tx:kind"] = "person");
        Claimed("no id", c => c.Remove("jti"));
        forged["another node"] = await other.Token();
        forged["another node's key under our kid"] = Make(lab, honest, null, null, b => other.Node.Get<TokenKeys>().All[0].ECDsa.SignData(b, HashAlgorithmName.SHA256));
        forged["an assertion"] = lab.Sign(TokenLab.Header(), lab.Claims());
        forged["twice"] = honest + ",Bearer " + honest;
        forged["changed payload"] = string.Join('.', honest.Split('.')[0], honest.Split('.')[1][..^4] + "AAAA", honest.Split('.')[2]);
        foreach (var junk in (string[])["x", "..", "a.b.c", "....", "{}", "%00", new string('a', 9_000), honest + ".", "." + honest, honest[..^1]]) forged[$"junk {junk.Length}"] = junk;

        Assert.Equal("client", await lab.Who(honest));
        Assert.Equal("client", await lab.Who(Make(lab, honest, null, null, Own)));
        foreach (var path in (string[])["/data/nothing", "/api/session"])
        {
            var expected = await Ask(lab, "x", path);
            Assert.StartsWith("401\n", expected);
            foreach (var (what, token) in forged)
            {
                var answer = await Ask(lab, token, path);
                Assert.True(answer == expected, $"{what} at {path}: {answer}\ninstead of\n{expected}");
            }
        }

        Assert.Equal("client", await lab.Who(honest));
    }

    [Theory]
    [InlineData("iat", 50, true)]
    [InlineData("iat", 61, false)]
    [InlineData("nbf", 50, true)]
    [InlineData("nbf", 61, false)]
    public async Task Copies_whose_clocks_differ_by_a_minute_take_each_others_tokens_and_no_later_ones(string claim, int seconds, bool isTaken)
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var own = lab.Node.Get<TokenKeys>().All[0].ECDsa;
        var token = Make(lab, await lab.Token(), null, c => c[claim] = lab.Clock.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds(), b => own.SignData(b, HashAlgorithmName.SHA256));
        Assert.Equal(isTaken ? "client" : "refused", await lab.Who(token));
    }

    [Theory]
    [InlineData("\u202e一号", null)]
    [InlineData("BJ\u2028-1", null)]
    [InlineData("\u200b", null)]
    [InlineData("BJ\n-1", null)]
    [InlineData("BJ-1", "BJ-1")]
    public async Task A_signed_case_number_forges_no_line_of_the_log_either(string signed, string? kept)
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var claims = lab.Claims();
        claims["Data-Case"] = signed;
        var (status, body) = await lab.Ask(lab.Sign(TokenLab.Header(), claims));
        Assert.True(status == 200, body.ToString());
        Assert.Equal(kept, (await lab.Node.Get<TokenReader>().Read(body.GetProperty("access_token").GetString()!))!.Case);
    }

    // What a library that confuses its algorithms might take the public key for.
    private static IEnumerable<(string, byte[])> Secrets(ECDsa key)
    {
        var point = key.ExportParameters(false).Q;
        yield return ("the PEM", Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()));
        yield return ("the PEM and a line end", Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n"));
        yield return ("the DER", key.ExportSubjectPublicKeyInfo());
        yield return ("the point", [4, .. point.X!, .. point.Y!]);
        yield return ("x", point.X!);
        yield return ("nothing", []);
    }

    private static string Make(TokenLab lab, string honest, Action<JsonObject>? header, Action<JsonObject>? claims, Func<byte[], byte[]> sign)
    {
        var parts = honest.Split('.').Take(2).Select(p => JsonNode.Parse(Base64Url.DecodeFromChars(p))!.AsObject()).ToArray();
        header?.Invoke(parts[0]);
        claims?.Invoke(parts[1]);
        return lab.Sign(parts[0], parts[1], sign);
    }

    private static async Task<string> Ask(TokenLab lab, string token, string path)
    {
        using var answer = await lab.Send(HttpMethod.Get, path, null, token);
        var body = Regex.Replace(await answer.Content.ReadAsStringAsync(), "\"traceId\":\"[^\"]*\"", "");
        var headers = answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key != "Date").Select(h => $"{h.Key}: {string.Join(", ", h.Value)}").Order(StringComparer.Ordinal);
        return $"{(int)answer.StatusCode}\n{string.Join('\n', headers)}\n\n{body}";
    }
}
