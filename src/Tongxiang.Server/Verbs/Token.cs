using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Tongxiang.Server.Verbs;

/// <summary>Gets an access token for a client: signs an assertion with its private key (private_key_jwt), or shows its certificate (mutual TLS), and prints the token.</summary>
internal static class Token
{
    private const string Local = "http://127.0.0.1:8080";
    private static readonly TimeSpan AssertionLife = TimeSpan.FromMinutes(2);

    /// <summary>What is asked for, as the command line said.</summary>
    /// <param name="Key">Text of the private key; null: the certificate alone proves the client.</param>
    /// <param name="Proof">File of the key the token is to be bound to (DPoP).</param>
    /// <param name="Authority">PEM file of the authority that vouches for the node's own certificate.</param>
    private sealed record Wanted(string Client, string? Key, string? Kid, string Url, string? Matter, string? Proof, string? Certificate, string? CertificateKey, string? Authority);

    public static Command Verb()
    {
        var client = new Option<string>("--client") { Description = "Client id / 客户端编号", Required = true };
        var key = new Option<string?>("--key") { Description = "File with the private key, PEM or JWK / 私钥文件" };
        var data = new Option<string>("--data") { Description = "Without --key: folder whose demo.json has a demonstration client's key / 演示节点的数据目录", DefaultValueFactory = _ => "data" };
        var kid = new Option<string?>("--kid") { Description = "Key id, when it was registered under one of its own / 密钥编号" };
        var url = new Option<string?>("--url") { Description = "Address of the node; http://127.0.0.1:8080, or the one in demo.json / 节点地址" };
        var matter = new Option<string?>("--matter") { Description = "Matter the token is bound to / 事项" };
        var dpop = new Option<string?>("--dpop") { Description = "Bind the token to the key in this file, made when there is none; calls then need a proof (tongxiang proof) / 令牌绑定到此密钥（DPoP）" };
        var cert = new Option<string?>("--cert") { Description = "Prove the client by this certificate, PEM, instead of --key / 客户端证书（双向 TLS）" };
        var certKey = new Option<string?>("--cert-key") { Description = "Private key of --cert, PEM; the same file when not given / 证书私钥" };
        var ca = new Option<string?>("--cacert") { Description = "Trust this authority, PEM, for the node's own certificate / 信任的服务器证书颁发机构" };
        var command = new Command("token", "Get an access token for a client / 换取访问令牌") { client, key, data, kid, url, matter, dpop, cert, certKey, ca };
        command.SetAction(async (parsed, ct) =>
        {
            var (name, address) = (parsed.GetValue(client)!, parsed.GetValue(url));
            foreach (var (option, file) in new[] { ("--key", parsed.GetValue(key)), ("--cert", parsed.GetValue(cert)), ("--cert-key", parsed.GetValue(certKey)), ("--cacert", parsed.GetValue(ca)) })
                if (file is not null && !File.Exists(file)) return await Complain($"{option} {file}: no such file / 文件不存在");
            var wanted = new Wanted(name, null, parsed.GetValue(kid), address ?? Local, parsed.GetValue(matter), parsed.GetValue(dpop), parsed.GetValue(cert), parsed.GetValue(certKey), parsed.GetValue(ca));
            if (parsed.GetValue(key) is { } keyFile) return await Run(wanted with { Key = await File.ReadAllTextAsync(keyFile, ct) }, ct);
            if (wanted.Certificate is not null) return await Run(wanted, ct);
            return FromDemonstration(parsed.GetValue(data)!, name) is { } found
                ? await Run(wanted with { Key = found.Jwk, Url = address ?? found.Url }, ct)
                : await Complain($"{Path.Combine(parsed.GetValue(data)!, "demo.json")}: no client '{name}' there; give --key FILE / 其中没有该客户端，请用 --key 指定私钥");
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

    private static async Task<int> Run(Wanted wanted, CancellationToken ct)
    {
        try
        {
            using var handler = Handler(wanted);
            using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
            var discovery = await http.GetFromJsonAsync<JsonElement>(new Uri(new Uri(wanted.Url.TrimEnd('/') + "/"), ".well-known/openid-configuration"), ct);
            var endpoint = Endpoint(discovery, wanted.Certificate is not null);
            var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = wanted.Client };
            if (wanted.Key is not null) Assert(form, wanted, discovery.GetProperty("issuer").GetString()!);
            using var proofKey = wanted.Proof is { } file ? Proof.KeyOf(file) : null;
            var (answer, nonce) = await Ask(http, endpoint, form, proofKey, null, ct);
            // RFC 9449 §8: the first refusal brings the number that the proof must carry. Nothing was spent by it.
            if (nonce is not null && proofKey is not null && Says(answer, "error") == "use_dpop_nonce") (answer, _) = await Ask(http, endpoint, form, proofKey, nonce, ct);
            if (Says(answer, "access_token") is not { } token) return await Complain($"{Says(answer, "error")}: {Says(answer, "error_description")}");
            Console.WriteLine(token);
            return 0;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException or HttpRequestException or IOException or JsonException or KeyNotFoundException or UriFormatException or InvalidOperationException)
        {
            return await Complain(e.Message);
        }
    }

    private static void Assert(Dictionary<string, string> form, Wanted wanted, string issuer)
    {
        using var signer = Signer.Read(wanted.Key!, wanted.Kid);
        form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        form["client_assertion"] = Assertion(signer, wanted.Client, issuer, wanted.Matter, TimeProvider.System);
    }

    private static async Task<(JsonElement Answer, string? Nonce)> Ask(HttpClient http, string endpoint, Dictionary<string, string> form, Signer? proofKey, string? nonce, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new FormUrlEncodedContent(form) };
        if (proofKey is not null) request.Headers.Add("DPoP", Proof.Make(proofKey, "POST", endpoint, null, nonce, TimeProvider.System));
        using var answer = await http.SendAsync(request, ct);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct), answer.Headers.TryGetValues("DPoP-Nonce", out var told) ? told.FirstOrDefault() : null);
    }

    private static string Endpoint(JsonElement discovery, bool isMutual) =>
        isMutual && discovery.TryGetProperty("mtls_endpoint_aliases", out var aliases) && Says(aliases, "token_endpoint") is { } alias ? alias : discovery.GetProperty("token_endpoint").GetString()!;

    private static string? Says(JsonElement answer, string name) => answer.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static HttpClientHandler Handler(Wanted wanted)
    {
        var handler = new HttpClientHandler();
        if (wanted.Certificate is { } file)
        {
            using var read = X509Certificate2.CreateFromPemFile(file, wanted.CertificateKey ?? file);
            // SChannel takes no key that lives in memory only.
            handler.ClientCertificates.Add(X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null));
        }
        if (wanted.Authority is not { } authority) return handler;
        var trusted = X509CertificateLoader.LoadCertificateFromFile(authority);
        handler.ServerCertificateCustomValidationCallback = (_, shown, chain, errors) =>
        {
            if (shown is null || chain is null || errors.HasFlag(System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch)) return false;
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.CustomTrustStore.Add(trusted);
            return chain.Build(shown);
        };
        return handler;
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
        return signer.Jwt(new Dictionary<string, object> { ["typ"] = "JWT", ["kid"] = signer.Kid }, claims);
    }

    internal static async Task<int> Complain(string message)
    {
        await Console.Error.WriteLineAsync(message);
        return 1;
    }
}
