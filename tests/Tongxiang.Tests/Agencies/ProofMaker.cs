using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Tongxiang.Tests.Agencies;

/// <summary>Makes proofs of possession (DPoP) that can lie in every detail, and calls with them.</summary>
internal sealed class ProofMaker(TokenLab lab) : IDisposable
{
    public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>A token bound to <see cref="Key"/>.</summary>
    public async Task<string> Token()
    {
        var (status, body) = await lab.Ask(lab.Sign(TokenLab.Header(), lab.Claims()), proof: Make("POST", Url("/connect/token"), null));
        Assert.True(status == 200, body.ToString());
        Assert.Equal("DPoP", body.GetProperty("token_type").GetString());
        return body.GetProperty("access_token").GetString()!;
    }

    public string Url(string path) => lab.Node.Http.BaseAddress!.ToString().TrimEnd('/') + path;

    public string Make(string method, string url, string? token, Action<JsonObject>? header = null, Action<JsonObject>? claims = null, Func<byte[], byte[]>? sign = null)
    {
        var head = new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = "ES256", ["jwk"] = Jwk(Key) };
        var body = new JsonObject { ["jti"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(8)), ["htm"] = method, ["htu"] = url, ["iat"] = lab.Clock.GetUtcNow().ToUnixTimeSeconds() };
        if (token is not null) body["ath"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        header?.Invoke(head);
        claims?.Invoke(body);
        return lab.Sign(head, body, sign ?? (b => Key.SignData(b, HashAlgorithmName.SHA256)));
    }

    public static JsonObject Jwk(ECDsa key)
    {
        var q = key.ExportParameters(false).Q;
        return new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(q.X), ["y"] = Base64Url.EncodeToString(q.Y) };
    }

    /// <summary>Status, code and challenge of a call that shows these.</summary>
    public async Task<(int Status, string? Code, string Challenge)> Call(string? authorization, params string[] proofs)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/session");
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        foreach (var proof in proofs) request.Headers.TryAddWithoutValidation("DPoP", proof);
        using var answer = await lab.Node.Http.SendAsync(request);
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
        return ((int)answer.StatusCode, json?["code"]?.ToString() ?? json?["kind"]?.ToString(), string.Join(", ", answer.Headers.WwwAuthenticate.Select(c => c.ToString())));
    }

    public void Dispose() => Key.Dispose();
}
