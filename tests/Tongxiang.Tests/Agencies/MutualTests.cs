using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Said = Tongxiang.Tests.Lab.Said;

namespace Tongxiang.Tests.Agencies;

/// <summary>Client certificates (mutual TLS, RFC 8705) over real TLS, with curl as the client.</summary>
public sealed class MutualTests
{
    [Theory, EveryStore]
    public async Task A_registered_certificate_gets_a_token_that_counts_on_its_connections_alone(Store store)
    {
        if (await Said.By("curl", ".", null, "--version") is not { Code: 0 }) Assert.Skip("No curl on this machine.");
        var port = FreePort();
        await using var lab = await TokenLab.Start(store, settings: new Dictionary<string, string> { ["Listeners:Mutual"] = $"https://127.0.0.1:{port}" });
        using var folder = new CertificateFolder(lab.Node.Root);
        var (own, other) = (folder.Make("own", "CN=police-01"), folder.Make("other", "CN=police-01"));
        var clients = lab.Node.Get<Clients>();
        var added = (await clients.AddCertificate(Caller.Platform, lab.Client.Id, new NewCertificate(File.ReadAllText(own + ".crt")), default)).Value;
        async Task<(int Status, JsonElement Body)> Curl(string? certificate, string path, params string[] more) =>
            await Curled(lab, folder, [.. certificate is null ? Array.Empty<string>() : ["--cert", certificate + ".crt", "--key", certificate + ".key"], .. more, $"https://127.0.0.1:{port}{path}"]);
        string[] ask = ["-d", "grant_type=client_credentials", "-d", "client_id=police-01"];

        var (status, body) = await Curl(own, "/connect/token", ask);
        Assert.True(status == 200, body.ToString());
        var token = body.GetProperty("access_token").GetString()!;
        Assert.Equal(added.Value, new JsonWebToken(token).GetPayloadValue<JsonElement>("cnf").GetProperty("x5t#S256").GetString());
        string[] shown = ["-H", "Authorization: Bearer " + token];
        Assert.True((await lab.Node.Get<TokenReader>().Read(token))!.IsBound);

        // Stolen: over another certificate's connection, none, or plain HTTP.
        Assert.Equal(401, (await Curl(other, "/data/none", shown)).Status);
        Assert.Equal(401, (await Curl(null, "/data/none", shown)).Status);
        Assert.Equal("refused", await lab.Who(token));
        Assert.Equal(404, (await Curl(own, "/data/none", shown)).Status);

        // Nobody else's certificate, and nobody else's name.
        Assert.Equal((401, "invalid_client"), Error(await Curl(other, "/connect/token", ask)));
        Assert.Equal((401, "invalid_client"), Error(await Curl(own, "/connect/token", "-d", "grant_type=client_credentials", "-d", "client_id=nobody-01")));
        Assert.Contains((await Curl(null, "/connect/token", ask)).Status, new[] { 400, 401 });
        Assert.Equal(400, (await Curl(own, "/connect/token", "-d", "grant_type=password", "-d", "client_id=police-01")).Status);

        // The desk and its pages are not for machines.
        Assert.Equal(404, (await Curl(own, "/desk")).Status);

        lab.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null((await clients.WithdrawCertificate(Caller.Platform, lab.Client.Id, added.Id, default)).Refusal);
        Assert.Equal(401, (await Curl(own, "/data/none", shown)).Status);
        Assert.Equal(401, (await Curl(own, "/connect/token", ask)).Status);
        Assert.Equal("agencies.certificate-known", (await clients.AddCertificate(Caller.Platform, lab.Client.Id, new NewCertificate(File.ReadAllText(own + ".crt")), default)).Refusal?.Code);
    }

    [Fact]
    public async Task An_accepted_authority_may_name_clients_by_subject_and_two_certificates_overlap()
    {
        if (await Said.By("curl", ".", null, "--version") is not { Code: 0 }) Assert.Skip("No curl on this machine.");
        var port = FreePort();
        using var authority = new CertificateFolder(StoreLab.Folder());
        var ca = authority.Make("ca", "CN=Authority", isAuthority: true);
        await using var lab = await TokenLab.Start(Store.Sqlite, settings: new Dictionary<string, string>
        {
            ["Listeners:Mutual"] = $"https://127.0.0.1:{port}",
            ["Identity:CertificateAuthorities"] = ca + ".crt",
            ["Identity:MutualUrl"] = $"https://127.0.0.1:{port}",
        });
        var (issued, self, stranger, server) = (authority.Make("issued", "CN=police-01, O=公安厅", ca), authority.Make("self", "CN=police-01, O=公安厅"), authority.Make("stranger", "CN=police-02, O=公安厅", ca), authority.Make("server", "CN=police-01, O=公安厅", ca, use: "1.3.6.1.5.5.7.3.1"));
        var clients = lab.Node.Get<Clients>();
        Assert.Null((await clients.AddCertificate(Caller.Platform, lab.Client.Id, new NewCertificate(Subject: "CN=police-01,O=公安厅"), default)).Refusal);
        async Task<int> Ask(string certificate) => (await Curled(lab, authority, "--cert", certificate + ".crt", "--key", certificate + ".key", "-d", "grant_type=client_credentials", "-d", "client_id=police-01", $"https://127.0.0.1:{port}/connect/token")).Status;
        Assert.Equal((200, 401, 401, 401), (await Ask(issued), await Ask(self), await Ask(stranger), await Ask(server)));

        // Changing over: both are good until the first is withdrawn.
        var registered = (await clients.AddCertificate(Caller.Platform, lab.Client.Id, new NewCertificate(File.ReadAllText(self + ".crt")), default)).Value;
        Assert.Equal((200, 200), (await Ask(issued), await Ask(self)));
        Assert.Null((await clients.WithdrawCertificate(Caller.Platform, lab.Client.Id, registered.Id, default)).Refusal);
        Assert.Equal((200, 401), (await Ask(issued), await Ask(self)));
        var (_, about) = await Curled(lab, authority, $"https://127.0.0.1:{port}/.well-known/openid-configuration");
        Assert.Equal($"https://127.0.0.1:{port}/connect/token", about.GetProperty("mtls_endpoint_aliases").GetProperty("token_endpoint").GetString());
        System.IO.Directory.Delete(authority.Path, recursive: true);
    }

    [Theory]
    [InlineData("nothing", "agencies.certificate-one")]
    [InlineData("both", "agencies.certificate-one")]
    [InlineData("junk", "agencies.certificate-form")]
    [InlineData("with its key", "agencies.certificate-private")]
    [InlineData("ended", "agencies.certificate-ended")]
    [InlineData("RSA of 1024 bits", "agencies.key-size")]
    [InlineData("subject", "agencies.certificate-no-authority")]
    public async Task What_cannot_be_registered_is_refused_for_its_reason(string how, string key)
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        using var folder = new CertificateFolder(lab.Node.Root);
        var made = folder.Make("one", "CN=police-01", bits: how == "RSA of 1024 bits" ? 1024 : 0);
        var pem = File.ReadAllText(made + ".crt");
        if (how == "ended") lab.Clock.Advance(TimeSpan.FromDays(3_000));
        var given = how switch
        {
            "nothing" => new NewCertificate(),
            "both" => new NewCertificate(pem, "CN=police-01"),
            "junk" => new NewCertificate("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
            "with its key" => new NewCertificate(pem + File.ReadAllText(made + ".key")),
            "subject" => new NewCertificate(Subject: "CN=police-01"),
            _ => new NewCertificate(pem),
        };
        var refusal = (await lab.Node.Get<Clients>().AddCertificate(Caller.Platform, lab.Client.Id, given, default)).Refusal;
        Assert.Equal(key, Assert.Single(refusal!.Fields).Key);
    }

    [Fact]
    public async Task Certificates_and_header_keys_belong_to_the_client_s_own_people()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        using var folder = new CertificateFolder(lab.Node.Root);
        var pem = File.ReadAllText(folder.Make("one", "CN=police-01") + ".crt");
        await lab.Enrol("citizen-1", null, Role.Citizen);
        var path = $"/api/clients/{lab.Client.Id}";
        foreach (var (cookie, token, expected) in new (string?, string?, int)[] { (null, null, 404), (await lab.SignIn("citizen-1"), null, 404), (null, await lab.Token(), 404), (await lab.SignIn("police.steward"), null, 201) })
        {
            using var certificate = await lab.Send(HttpMethod.Post, path + "/certificates", new { pem }, token, cookie);
            using var key = await lab.Send(HttpMethod.Post, path + "/header-keys", null, token, cookie);
            Assert.Equal((expected, expected), ((int)certificate.StatusCode, (int)key.StatusCode));
        }
        using var list = await lab.Send(HttpMethod.Get, "/api/clients", null, null, await lab.SignIn("police.steward"));
        var text = await list.Content.ReadAsStringAsync();
        Assert.Contains("CN=police-01", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("txk_[A-Za-z0-9_-]{40}", text);
    }

    internal static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private static async Task<(int Status, JsonElement Body)> Curled(TokenLab lab, CertificateFolder folder, params string[] arguments)
    {
        var authority = Path.Combine(lab.Node.Get<Home>().Keys, "tls.crt");
        var said = (await Said.By("curl", folder.Path, null, ["-sS", "--path-as-is", "--cacert", authority, "-w", "\n%{http_code}", .. arguments]))!;
        Assert.True(said.Code == 0, said.Errors);
        var end = said.Output.LastIndexOf('\n');
        return (int.Parse(said.Output[(end + 1)..], System.Globalization.CultureInfo.InvariantCulture), said.Output.TrimStart().StartsWith('{') ? JsonDocument.Parse(said.Output[..end]).RootElement : default);
    }

    private static (int, string?) Error((int Status, JsonElement Body) answer) => (answer.Status, answer.Body.GetProperty("error").GetString());
}

/// <summary>Makes certificates with their keys as PEM files.</summary>
internal sealed class CertificateFolder(string path) : IDisposable
{
    public string Path => path;

    /// <summary>Path without its endings .crt and .key.</summary>
    public string Make(string name, string subject, string? issuer = null, bool isAuthority = false, string use = "1.3.6.1.5.5.7.3.2", int bits = 0)
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = bits > 0 ? RSA.Create(bits) : null;
        var request = rsa is null ? new CertificateRequest(subject, ec, HashAlgorithmName.SHA256) : new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (!isAuthority) request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        var (from, until) = (new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2033, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var certificate = issuer is null ? request.CreateSelfSigned(from, until) : Issue(request, issuer, from, until);
        var file = System.IO.Path.Combine(path, name);
        File.WriteAllText(file + ".crt", certificate.ExportCertificatePem());
        File.WriteAllText(file + ".key", rsa is null ? ec.ExportPkcs8PrivateKeyPem() : rsa.ExportPkcs8PrivateKeyPem());
        return file;
    }

    public void Dispose()
    {
        if (!System.IO.Directory.Exists(path)) return;
        foreach (var file in System.IO.Directory.EnumerateFiles(path, "*.key")) File.Delete(file);
    }

    private static X509Certificate2 Issue(CertificateRequest request, string issuer, DateTimeOffset from, DateTimeOffset until)
    {
        using var authority = X509Certificate2.CreateFromPemFile(issuer + ".crt", issuer + ".key");
        return request.Create(authority, from, until, RandomNumberGenerator.GetBytes(8));
    }
}
