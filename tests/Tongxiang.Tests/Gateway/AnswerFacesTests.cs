using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NSec.Cryptography;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Tests.Gateway;

/// <summary>Signed answers (RFC 9421), and the message form of X-Road.</summary>
public sealed class AnswerFacesTests
{
    private static readonly string One = Tongxiang.Server.Demo.FictionalNumbers.Credit("11", "290000", 41);
    private static readonly string Other = Tongxiang.Server.Demo.FictionalNumbers.Credit("11", "290000", 42);

    [Theory, EveryStore]
    public async Task An_answer_is_signed_for_whoever_asks_and_a_changed_one_does_not_verify(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["id"]);
        using var answer = await lab.Call("/data/people?limit=2&select=id", GatewayLab.Consumer, change: r => r.Headers.Add("Accept-Signature", "tongxiang=(\"@status\");nonce=\"n-17\""));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var body = await answer.Content.ReadAsByteArrayAsync();
        string Field(string name) => (answer.Headers.TryGetValues(name, out var own) ? own : answer.Content.Headers.GetValues(name)).Single();
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(body))}:", Field("Content-Digest"));
        var parameters = Field("Signature-Input")["tongxiang=".Length..];
        Assert.Contains(";nonce=\"n-17\"", parameters, StringComparison.Ordinal);
        Assert.Contains("\"evidence-receipt\"", parameters, StringComparison.Ordinal);

        // Built anew from what a client sees, with the key that anybody can fetch.
        var lines = new StringBuilder();
        foreach (var part in parameters[1..parameters.IndexOf(')', StringComparison.Ordinal)].Split(' '))
        {
            var value = part switch
            {
                "\"@status\"" => "200",
                "\"@method\";req" => "GET",
                "\"@path\";req" => "/data/people",
                "\"@query\";req" => "?limit=2&select=id",
                _ => Field(part.Trim('"')),
            };
            lines.Append(part).Append(": ").Append(value).Append('\n');
        }
        lines.Append("\"@signature-params\": ").Append(parameters);
        var signature = Convert.FromBase64String(Field("Signature")["tongxiang=:".Length..^1]);
        using var keys = JsonDocument.Parse(await lab.Http.GetStringAsync("/.well-known/http-message-signatures-directory"));
        var key = keys.RootElement.GetProperty("keys")[0];
        Assert.Contains($"keyid=\"{key.GetProperty("kid").GetString()}\"", parameters, StringComparison.Ordinal);
        var own = NSec.Cryptography.PublicKey.Import(SignatureAlgorithm.Ed25519, Base64Url.DecodeFromChars(key.GetProperty("x").GetString()), KeyBlobFormat.RawPublicKey);
        Assert.True(SignatureAlgorithm.Ed25519.Verify(own, Encoding.UTF8.GetBytes(lines.ToString()), signature));
        Assert.False(SignatureAlgorithm.Ed25519.Verify(own, Encoding.UTF8.GetBytes(lines.Replace("limit=2", "limit=3").ToString()), signature));

        using var plain = await lab.Call("/data/people?limit=2&select=id", GatewayLab.Consumer);
        Assert.False(plain.Headers.Contains("Signature"));
        Assert.Equal(body, await plain.Content.ReadAsByteArrayAsync());
    }

    [Theory, EveryStore]
    public async Task A_client_of_X_Road_gets_the_same_rows_by_its_own_message_form(Store store)
    {
        await using var lab = await GatewayLab.Open(store, services =>
        {
            services.AddSingleton<Directory>();
            services.AddSingleton<Roster>();
        });
        var roster = lab.Get<Roster>();
        await Enter(roster, GatewayLab.Provider, "provider", One);
        await Enter(roster, GatewayLab.Consumer, "consumer", Other);
        await lab.Get<Directory>().Refresh(default);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["id"], change: g => g with { NeedsCase = true });
        var division = lab.Store.Settings.Division;
        var (service, client) = ($"/r1/{division}/GOV/{One}/data/people?limit=1", $"{division}/GOV/{Other}/client-{GatewayLab.Consumer}");

        using var answer = await Call(client, "case-1");
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        Assert.Equal(client, answer.Headers.GetValues("X-Road-Client").Single());
        Assert.Equal("q-7", answer.Headers.GetValues("X-Road-Id").Single());
        Assert.Equal(64, Convert.FromBase64String(answer.Headers.GetValues("X-Road-Request-Hash").Single()).Length);
        Assert.False(answer.Headers.Contains("X-Road-Error"));
        Assert.Equal("case-1", lab.Witnessed[^1].Facts["case"]);

        await Refused(await Call(client, null), HttpStatusCode.Forbidden, "Client.gateway.needs-case");
        await Refused(await Call(client + "x", "case-1"), HttpStatusCode.Forbidden, "Client.AccessDenied");
        await Refused(await Call(client, "case-1", service.Replace("people", "nothing", StringComparison.Ordinal)), HttpStatusCode.BadRequest, "Client.UnknownService");
        await Refused(await Call(client, "case-1", service.Replace("/" + division, "/000000", StringComparison.Ordinal)), HttpStatusCode.BadRequest, "Client.UnknownMember");
        using var nobody = await lab.Call(service, null, change: r => r.Headers.Add("X-Road-Client", client));
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);

        Task<HttpResponseMessage> Call(string named, string? issue, string? path = null) => lab.Call(path ?? service, GatewayLab.Consumer, change: r =>
        {
            r.Headers.Add("X-Road-Client", named);
            r.Headers.Add("X-Road-Id", "q-7");
            r.Headers.Add("X-Road-UserId", "EE-clerk-7");
            if (issue is not null) r.Headers.Add("X-Road-Issue", issue);
        });
    }

    [Fact]
    public void The_signature_of_an_older_platform_stands_between_key_and_assertion_and_gets_no_sensitive_grade()
    {
        Assert.True(Assurance.Key < Assurance.LegacySignature && Assurance.LegacySignature < Assurance.SignedAssertion);
        foreach (var sensitive in new[] { new Sensitivity(true, Tongxiang.Catalog.Grade.General1, Tongxiang.Catalog.Grade.General1), new Sensitivity(false, Tongxiang.Catalog.Grade.General3, Tongxiang.Catalog.Grade.General1), new Sensitivity(false, Tongxiang.Catalog.Grade.General1, Tongxiang.Catalog.Grade.General3) })
            Assert.True(AssuranceRules.Floor(sensitive, AssuranceSettings.Default) > Assurance.LegacySignature);
    }

    private static async Task Enter(Roster roster, Id<Agency> id, string slug, string creditCode) =>
        Assert.Null((await roster.Add(Caller.Platform, new Agency(id, slug, creditCode, slug, slug, AgencyKind.Department, "290000", null, null, null), default)).Refusal);

    private static async Task Refused(HttpResponseMessage answer, HttpStatusCode status, string type)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == status, text);
            Assert.Equal(type, answer.Headers.GetValues("X-Road-Error").Single());
            using var error = JsonDocument.Parse(text);
            Assert.Equal(type, error.RootElement.GetProperty("type").GetString());
        }
    }
}
