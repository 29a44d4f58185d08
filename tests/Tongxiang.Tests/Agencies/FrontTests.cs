using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

/// <summary>What a front before the node may say of a caller, and nobody else.</summary>
public sealed class FrontTests
{
    private const string Secret = "a-secret-of-the-front-and-the-node-only";

    [Theory]
    [InlineData("10.0.0.5", "203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:10.0.0.5", "203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.5", "1.2.3.4, 203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.5", "1.2.3.4, 203.0.113.7, 10.0.0.9", "203.0.113.7")]
    [InlineData("10.0.0.5", "203.0.113.7:4711", "203.0.113.7")]
    [InlineData("10.0.0.5", "[2001:db8::1]:4711", "2001:db8::1")]
    [InlineData("10.0.0.5", "2001:db8::1", "2001:db8::1")]
    [InlineData("10.0.0.5", "unknown", "10.0.0.5")]
    [InlineData("10.0.0.5", "203.0.113.7, not-an-address", "10.0.0.5")]
    [InlineData("10.0.0.5", null, "10.0.0.5")]
    [InlineData("fd00::5", "203.0.113.7", "203.0.113.7")]
    [InlineData("203.0.113.99", "10.0.0.1", "203.0.113.99")]
    [InlineData("203.0.113.99", "127.0.0.1, 10.0.0.1", "203.0.113.99")]
    public async Task Only_a_front_says_from_where_somebody_calls_and_only_its_own_word_counts(string from, string? forwarded, string seen)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(from);
        if (forwarded is not null) http.Request.Headers["X-Forwarded-For"] = forwarded;
        var reached = false;
        await Make().Pass(http, _ =>
        {
            reached = true;
            return Task.CompletedTask;
        });
        Assert.True(reached);
        Assert.Equal(seen, http.Connection.RemoteIpAddress!.ToString());
    }

    [Fact]
    public void A_setting_that_is_no_address_stops_the_start()
    {
        var wrong = Assert.Throws<System.ComponentModel.DataAnnotations.ValidationException>(() => new Front(new IdentitySettings { Fronts = ["front.example"] }, TimeProvider.System));
        Assert.Contains("front.example", wrong.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Lies => ["another address", "no secret agreed", "no signature", "another secret", "another method", "another target", "another certificate", "two minutes old", "not base64", "twice", "a chain", "too long"];

    [Theory, MemberData(nameof(Lies))]
    public async Task The_certificate_header_is_refused_from_anybody_but_a_front_that_signed_it(string how)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 9, 18, 1, 0, 0, TimeSpan.Zero));
        using var folder = new CertificateFolder(StoreLab.Folder());
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(folder.Make("one", "CN=one") + ".crt"));
        var header = $":{Convert.ToBase64String(certificate.RawData)}:";
        if (how == "not base64") header = ":????:";
        if (how == "too long") header = $":{new string('A', 20_000)}:";
        var seconds = clock.GetUtcNow().ToUnixTimeSeconds() - (how == "two minutes old" ? 120 : 0);
        var signature = Front.Sign(Encoding.UTF8.GetBytes(how == "another secret" ? Secret + "!" : Secret), seconds, how == "another method" ? "POST" : "GET", how == "another target" ? "/data/b" : "/data/a?x=1", how == "another certificate" ? ":AAAA:" : header);

        Assert.Equal((true, certificate.Thumbprint), await Try("", $":{Convert.ToBase64String(certificate.RawData)}:", $"t={clock.GetUtcNow().ToUnixTimeSeconds()},s={Front.Sign(Encoding.UTF8.GetBytes(Secret), clock.GetUtcNow().ToUnixTimeSeconds(), "GET", "/data/a?x=1", $":{Convert.ToBase64String(certificate.RawData)}:")}"));
        Assert.Equal((false, null), await Try(how, header, how == "no signature" ? null : $"t={seconds},s={signature}"));
        System.IO.Directory.Delete(folder.Path, recursive: true);

        async Task<(bool Reached, string? Thumbprint)> Try(string kind, string sent, string? signed)
        {
            var http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
            http.Connection.RemoteIpAddress = IPAddress.Parse(kind == "another address" ? "203.0.113.7" : "10.0.0.5");
            http.Features.Get<IHttpRequestFeature>()!.RawTarget = "/data/a?x=1";
            http.Request.Method = "GET";
            http.Request.Headers["Client-Cert"] = kind == "twice" ? new Microsoft.Extensions.Primitives.StringValues([sent, sent]) : sent;
            if (signed is not null) http.Request.Headers["Client-Cert-Signature"] = signed;
            if (kind == "a chain") http.Request.Headers["Client-Cert-Chain"] = sent;
            var reached = false;
            await Make(clock, kind == "no secret agreed" ? null : Secret).Pass(http, _ =>
        {
            reached = true;
            return Task.CompletedTask;
        });
            return (reached, reached ? http.Connection.ClientCertificate?.Thumbprint : null);
        }
    }

    [Fact]
    public async Task Behind_a_front_a_certificate_gets_a_bound_token_and_the_header_alone_gets_nothing()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite, settings: new Dictionary<string, string> { ["Identity:Fronts:0"] = "127.0.0.1", ["Identity:FrontSecret"] = Secret });
        await using var bare = await TokenLab.Start(Store.Sqlite);
        using var folder = new CertificateFolder(lab.Node.Root);
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(folder.Make("one", "CN=police-01") + ".crt"));
        Assert.Null((await lab.Node.Get<Clients>().AddCertificate(Caller.Platform, lab.Client.Id, new NewCertificate(certificate.ExportCertificatePem()), default)).Refusal);
        using var asked = await lab.Node.Http.SendAsync(Through(lab, certificate, HttpMethod.Post, "/connect/token", null));
        var body = await asked.Content.ReadAsStringAsync();
        Assert.True(asked.IsSuccessStatusCode, body);
        var token = System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("access_token").GetString();
        using var good = await lab.Node.Http.SendAsync(Through(lab, certificate, HttpMethod.Get, "/api/session", token));
        Assert.Equal(200, (int)good.StatusCode);
        Assert.Equal("refused", await lab.Who(token));

        // The same header at a node that knows no front, and without its signature at one that does.
        using var smuggled = await bare.Node.Http.SendAsync(Through(bare, certificate, HttpMethod.Post, "/connect/token", null));
        Assert.Equal(400, (int)smuggled.StatusCode);
        using var unsigned = Through(lab, certificate, HttpMethod.Get, "/api/session", token);
        unsigned.Headers.Remove("Client-Cert-Signature");
        using var answer = await lab.Node.Http.SendAsync(unsigned);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("agencies.front-unknown", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static HttpRequestMessage Through(TokenLab lab, X509Certificate2 certificate, HttpMethod method, string path, string? token)
    {
        var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Post) request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = "police-01" });
        var (header, seconds) = ($":{Convert.ToBase64String(certificate.RawData)}:", lab.Clock.GetUtcNow().ToUnixTimeSeconds());
        request.Headers.Add("Client-Cert", header);
        request.Headers.Add("Client-Cert-Signature", $"t={seconds},s={Front.Sign(Encoding.UTF8.GetBytes(Secret), seconds, method.Method, path, header)}");
        if (token is not null) request.Headers.Add("Authorization", "Bearer " + token);
        return request;
    }

    private static Front Make(TimeProvider? clock = null, string? secret = Secret) =>
        new(new IdentitySettings { Fronts = ["10.0.0.0/24", "fd00::/8"], FrontSecret = secret }, clock ?? TimeProvider.System);
}
