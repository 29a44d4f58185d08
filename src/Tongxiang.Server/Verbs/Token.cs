using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Tongxiang.Server.Verbs;

/// <summary>Gets an access token for a client: signs an assertion with its private key (private_key_jwt) and prints the token.</summary>
internal static class Token
{
    private const string Local = "http://127.0.0.1:8080";
    private static readonly TimeSpan AssertionLife = TimeSpan.FromMinutes(2);

    public static Command Verb()
    {
        var client = new Option<string>("--client") { Description = "Client id / 客户端编号", Required = true };
        var key = new Option<string?>("--key") { Description = "File with the private key, PEM or JWK / 私钥文件" };
        var data = new Option<string>("--data") { Description = "Without --key: folder whose demo.json has a demonstration client's key / 演示节点的数据目录", DefaultValueFactory = _ => "data" };
        var kid = new Option<string?>("--kid") { Description = "Key id, when it was registered under one of its own / 密钥编号" };
        var url = new Option<string?>("--url") { Description = "Address of the node; http://127.0.0.1:8080, or the one in demo.json / 节点地址" };
        var matter = new Option<string?>("--matter") { Description = "Matter the token is bound to / 事项" };
        var command = new Command("token", "Get an access token for a client / 换取访问令牌") { client, key, data, kid, url, matter };
        command.SetAction(async (parsed, ct) =>
        {
            var wanted = parsed.GetValue(client)!;
            var address = parsed.GetValue(url);
            if (parsed.GetValue(key) is { } file)
                return File.Exists(file) ? await Run(wanted, await File.ReadAllTextAsync(file, ct), parsed.GetValue(kid), address ?? Local, parsed.GetValue(matter), ct) : await Complain($"--key {file}: no such file / 文件不存在");
            return FromDemonstration(parsed.GetValue(data)!, wanted) is { } found
                ? await Run(wanted, found.Jwk, parsed.GetValue(kid), address ?? found.Url, parsed.GetValue(matter), ct)
                : await Complain($"{Path.Combine(parsed.GetValue(data)!, "demo.json")}: no client '{wanted}' there; give --key FILE / 其中没有该客户端，请用 --key 指定私钥");
        });
        return command;
    }

    private static (string Jwk, string Url)? FromDemonstration(string data, string client)
    {
        var file = Path.Combine(data, "demo.json");
        if (!File.Exists(file)) return null;
        using var demonstration = JsonDocument.Parse(File.ReadAllText(file));
        foreach (var known in demonstration.RootElement.GetProperty("clients").EnumerateArray())
            if (known.GetProperty("clientId").GetString() == client) return (known.GetProperty("privateJwk").GetRawText(), demonstration.RootElement.GetProperty("baseUrl").GetString() ?? Local);
        return null;
    }

    private static async Task<int> Run(string client, string keyText, string? kid, string url, string? matter, CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        try
        {
            using var signer = Signer.Read(keyText, kid);
            var discovery = await http.GetFromJsonAsync<JsonElement>(new Uri(new Uri(url.TrimEnd('/') + "/"), ".well-known/openid-configuration"), ct);
            var issuer = discovery.GetProperty("issuer").GetString()!;
            var form = new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = client,
                ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ["client_assertion"] = Assertion(signer, client, issuer, matter, TimeProvider.System),
            };
            using var answer = await http.PostAsync(new Uri(discovery.GetProperty("token_endpoint").GetString()!), new FormUrlEncodedContent(form), ct);
            var content = await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
            if (!answer.IsSuccessStatusCode)
                return await Complain($"{(int)answer.StatusCode} {content.GetProperty("error").GetString()}: {(content.TryGetProperty("error_description", out var why) ? why.GetString() : "")}");
            Console.WriteLine(content.GetProperty("access_token").GetString());
            return 0;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException or HttpRequestException or JsonException or KeyNotFoundException or UriFormatException or InvalidOperationException)
        {
            return await Complain(e.Message);
        }
    }

    /// <summary>A JWT that proves, once and for two minutes, that its maker holds the client's key.</summary>
    internal static string Assertion(Signer signer, string client, string audience, string? matter, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = client,
            ["sub"] = client,
            ["aud"] = audience,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + AssertionLife).ToUnixTimeSeconds(),
            ["jti"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
        };
        if (matter is not null) claims["Data-Matter"] = matter;
        var header = new Dictionary<string, string> { ["alg"] = signer.Algorithm, ["typ"] = "JWT", ["kid"] = signer.Kid };
        var content = $"{Part(header)}.{Part(claims)}";
        return $"{content}.{Base64Url.EncodeToString(signer.Sign(Encoding.ASCII.GetBytes(content)))}";
    }

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    private static async Task<int> Complain(string message)
    {
        await Console.Error.WriteLineAsync(message);
        return 1;
    }
}

/// <summary>A private key of a client, from PEM or JWK.</summary>
internal sealed class Signer : IDisposable
{
    private readonly ECDsa? ec;
    private readonly RSA? rsa;

    private Signer(ECDsa? ec, RSA? rsa, string? kid)
    {
        (this.ec, this.rsa) = (ec, rsa);
        Kid = kid ?? Thumbprint();
    }

    public string Kid { get; }

    public string Algorithm => ec is not null ? "ES256" : "PS256";

    /// <exception cref="ArgumentException">Neither PEM nor JWK of an EC P-256 or RSA key.</exception>
    public static Signer Read(string text, string? kid) => text.TrimStart().StartsWith('{') ? FromJwk(JsonDocument.Parse(text).RootElement, kid) : FromPem(text, kid);

    public static Signer FromJwk(JsonElement jwk, string? kid)
    {
        kid ??= jwk.TryGetProperty("kid", out var own) ? own.GetString() : null;
        byte[] Part(string name) => Base64Url.DecodeFromChars(jwk.GetProperty(name).GetString());
        return jwk.GetProperty("kty").GetString() switch
        {
            "EC" => new(ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Part("x"), Y = Part("y") }, D = Part("d") }), null, kid),
            "RSA" => new(null, RSA.Create(new RSAParameters
            {
                Modulus = Part("n"),
                Exponent = Part("e"),
                D = Part("d"),
                P = Part("p"),
                Q = Part("q"),
                DP = Part("dp"),
                DQ = Part("dq"),
                InverseQ = Part("qi"),
            }), kid),
            var kty => throw new ArgumentException($"kty {kty}: EC (P-256) or RSA is needed."),
        };
    }

    public byte[] Sign(byte[] data) => ec is not null ? ec.SignData(data, HashAlgorithmName.SHA256) : rsa!.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);

    public void Dispose()
    {
        ec?.Dispose();
        rsa?.Dispose();
    }

    private static Signer FromPem(string text, string? kid)
    {
        var ec = ECDsa.Create();
        try
        {
            ec.ImportFromPem(text);
            return new Signer(ec, null, kid);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            ec.Dispose();
        }
        var rsa = RSA.Create();
        rsa.ImportFromPem(text);
        return new Signer(null, rsa, kid);
    }

    // RFC 7638, as the node names a key that was registered without a kid.
    private string Thumbprint()
    {
        var text = ec is not null
            ? ec.ExportParameters(false).Q is var q ? $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(q.X)}}","y":"{{Base64Url.EncodeToString(q.Y)}}"}""" : ""
            : rsa!.ExportParameters(false) is var p ? $$"""{"e":"{{Base64Url.EncodeToString(p.Exponent)}}","kty":"RSA","n":"{{Base64Url.EncodeToString(p.Modulus)}}"}""" : "";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
