using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Core.Crypto;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class SecondFactorTests
{
    private static readonly Dictionary<string, string> Required = new() { ["Identity:SecondFactor"] = "Required" };

    [Theory, EveryStore]
    public async Task Where_it_is_required_an_approver_sets_it_up_to_sign_in_and_shows_it_ever_after(Store store)
    {
        await using var lab = await TokenLab.Start(store, settings: Required);
        await lab.Enrol("police.head", lab.Agency.Id, Role.SharingOfficeHead);
        var (half, _) = await Half(lab, "police.head", HttpStatusCode.Forbidden, "agencies.factor-needed");
        Assert.Equal("anonymous", await lab.Who(cookie: half));
        var offer = await Ask(lab, HttpMethod.Post, "/offer", null, half);
        Assert.Equal((string)offer["key"]!, (string)(await Ask(lab, HttpMethod.Post, "/offer", null, half))["key"]!);
        Assert.Contains("secret=" + (string)offer["key"]!, (string)offer["address"]!, StringComparison.Ordinal);
        await Ask(lab, HttpMethod.Post, "/confirm", new { code = "000000" }, half, HttpStatusCode.Unauthorized);
        var key = FromBase32((string)offer["key"]!);
        using var confirmed = await lab.Send(HttpMethod.Post, "/api/session/second-factor/confirm", new { code = Now(lab, key) }, cookie: half);
        Assert.Equal(HttpStatusCode.OK, confirmed.StatusCode);
        Assert.Equal("person", await lab.Who(cookie: Session(confirmed)));
        var codes = JsonNode.Parse(await confirmed.Content.ReadAsStringAsync())!["codes"]!.AsArray().Select(c => (string)c!).ToList();
        Assert.Equal(10, codes.Distinct().Count());

        // The next sign-in asks; the code that set it up counts no second time, a wrong one never, the next one once.
        var (again, _) = await Half(lab, "police.head", HttpStatusCode.Unauthorized, "agencies.factor-asked");
        await Ask(lab, HttpMethod.Post, "", new { code = Now(lab, key) }, again, HttpStatusCode.Unauthorized);
        lab.Clock.Advance(TimeSpan.FromSeconds(Totp.StepSeconds * 2));
        var next = Now(lab, key);
        using var completed = await lab.Send(HttpMethod.Post, "/api/session/second-factor", new { code = next }, cookie: again);
        Assert.Equal(HttpStatusCode.OK, completed.StatusCode);
        using (var who = await lab.Send(HttpMethod.Get, "/api/session/second-factor", cookie: Session(completed)))
            Assert.Equal(10, (await JsonDocument.ParseAsync(await who.Content.ReadAsStreamAsync())).RootElement.GetProperty("recoveryLeft").GetInt32());
        await Ask(lab, HttpMethod.Post, "", new { code = next }, again, HttpStatusCode.Unauthorized);

        // In one request, and by a recovery code, each once.
        lab.Clock.Advance(TimeSpan.FromMinutes(2));
        using (var whole = await lab.Send(HttpMethod.Post, "/api/session", new { user = "police.head", password = TokenLab.Password, code = Now(lab, key) })) Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
        using (var recovered = await lab.Send(HttpMethod.Post, "/api/session", new { user = "police.head", password = TokenLab.Password, code = codes[0].ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal) })) Assert.Equal(HttpStatusCode.OK, recovered.StatusCode);
        using (var twice = await lab.Send(HttpMethod.Post, "/api/session", new { user = "police.head", password = TokenLab.Password, code = codes[0] })) Assert.Equal(HttpStatusCode.Unauthorized, twice.StatusCode);
        var kept = await lab.Node.Get<Db>().List($"select secret from agencies_second_factor", r => r.Bytes(0), default);
        Assert.DoesNotContain(Convert.ToHexString(key), Convert.ToHexString(Assert.Single(kept)), StringComparison.Ordinal);
        Assert.DoesNotContain(await lab.Node.Get<Db>().List($"select digest from agencies_recovery_code", r => r.GetString(0), default), d => codes.Any(c => d.Contains(c.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)));
    }

    // Whoever read the first password signs in before the person does and notes the key.
    [Theory, EveryStore]
    public async Task A_key_is_its_askers_alone(Store store)
    {
        await using var lab = await TokenLab.Start(store, settings: Required);
        await lab.Enrol("police.head", lab.Agency.Id, Role.SharingOfficeHead);
        var (thief, _) = await Half(lab, "police.head", HttpStatusCode.Forbidden, "agencies.factor-needed");
        var noted = FromBase32((string)(await Ask(lab, HttpMethod.Post, "/offer", null, thief))["key"]!);
        var (owner, _) = await Half(lab, "police.head", HttpStatusCode.Forbidden, "agencies.factor-needed");
        // Nothing was offered here yet, and what was offered there is no key here.
        await Ask(lab, HttpMethod.Post, "/confirm", new { code = Now(lab, noted) }, owner, HttpStatusCode.Conflict);
        var own = FromBase32((string)(await Ask(lab, HttpMethod.Post, "/offer", null, owner))["key"]!);
        Assert.NotEqual(noted, own);
        Assert.Equal(own, FromBase32((string)(await Ask(lab, HttpMethod.Post, "/offer", null, owner))["key"]!));
        await Ask(lab, HttpMethod.Post, "/confirm", new { code = Now(lab, noted) }, owner, HttpStatusCode.Unauthorized);
        await Ask(lab, HttpMethod.Post, "/confirm", new { code = Now(lab, own) }, owner);
        Assert.Equal("agencies.factor-not-begun", (string)(await Ask(lab, HttpMethod.Post, "/confirm", new { code = Now(lab, noted) }, thief, HttpStatusCode.Conflict))["code"]!);
        Assert.Equal("agencies.factor-on", (string)(await Ask(lab, HttpMethod.Post, "/offer", null, thief, HttpStatusCode.Conflict))["code"]!);
        var said = await lab.Node.Get<Db>().List($"select record from evidence_outbox", r => r.GetString(0), default);
        Assert.Equal(2, said.Count(s => s.Contains("agencies.factor-offered", StringComparison.Ordinal)));

        // Two sessions of one person are two askers; what nobody confirms is forgotten.
        var (one, other) = (await lab.SignIn("police.steward"), await lab.SignIn("police.steward"));
        Assert.NotEqual((string)(await Ask(lab, HttpMethod.Post, "/offer", null, one))["key"]!, (string)(await Ask(lab, HttpMethod.Post, "/offer", null, other))["key"]!);
        var kept = await lab.Node.Get<Db>().List($"select secret from agencies_factor_offer", r => r.Bytes(0), default);
        Assert.Equal(2, kept.Count);
        lab.Clock.Advance(TimeSpan.FromMinutes(31));
        await lab.Node.Get<Sessions>().Forget(default);
        Assert.Empty(await lab.Node.Get<Db>().List($"select holder from agencies_factor_offer", r => r.GetString(0), default));
    }

    [Theory, EveryStore]
    public async Task Of_two_who_confirm_at_once_one_does(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var factors = lab.Node.Get<SecondFactors>();
        var holders = new[] { "session 1", "session 2" };
        var keys = new List<byte[]>();
        foreach (var holder in holders) keys.Add(FromBase32((await factors.Begin(lab.Person.Id, holder, default)).Value.Key));
        var outcomes = await Task.WhenAll(holders.Zip(keys).Select(p => Task.Run(() => factors.Confirm(lab.Person.Id, p.First, Now(lab, p.Second), null, default))));
        Assert.Single(outcomes, o => !o.IsRefused);
    }

    [Theory, EveryStore]
    public async Task Guessing_codes_is_slowed_and_a_half_sign_in_ends(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var (cookie, key) = await SetUp(lab, "police.steward");
        Assert.Equal("person", await lab.Who(cookie: cookie));
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        var (half, _) = await Half(lab, "police.steward", HttpStatusCode.Unauthorized, "agencies.factor-asked");
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 8; i++)
        {
            using var answer = await lab.Send(HttpMethod.Post, "/api/session/second-factor", new { code = $"{i:000000}" }, cookie: half);
            answers.Add(answer.StatusCode);
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
        lab.Clock.Advance(TimeSpan.FromMinutes(11));
        await Ask(lab, HttpMethod.Post, "", new { code = Now(lab, key) }, half, HttpStatusCode.Unauthorized);
        // A cookie that was changed, or is of another node, is none.
        await Ask(lab, HttpMethod.Post, "", new { code = Now(lab, key) }, "tx-second=AAAA", HttpStatusCode.Unauthorized);
        await Ask(lab, HttpMethod.Post, "/offer", null, "tx-second=AAAA", HttpStatusCode.Unauthorized);
    }

    [Theory, EveryStore]
    public async Task One_code_shown_twice_at_one_moment_counts_once(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var (_, key) = await SetUp(lab, "police.steward");
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        var code = Now(lab, key);
        var factors = lab.Node.Get<SecondFactors>();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => factors.Check(lab.Person.Id, code, null, default)));
        Assert.Single(outcomes, o => o is null);
    }

    [Theory, EveryStore]
    public async Task A_lost_one_is_reset_by_a_security_administrator_and_sessions_end(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var bureau = (await lab.Node.Get<Roster>().Add(Caller.Platform, new Agency(Id<Agency>.New(lab.Clock), "data-bureau", "91350100M000100Y43", "数据局", "Bureau", AgencyKind.Bureau, "290000", null, null, null), default)).Value;
        await lab.Enrol("bureau.security", bureau.Id, Role.SecurityAdmin);
        await lab.Enrol("bureau.system", bureau.Id, Role.SystemAdmin);
        var reviewer = await lab.Enrol("bureau.reviewer", bureau.Id, Role.BureauReviewer);
        var (cookie, key) = await SetUp(lab, "bureau.reviewer");
        var (security, system) = (await lab.SignIn("bureau.security"), await lab.SignIn("bureau.system"));
        // An open session alone adds no second way in where there is an authenticator; a code of it does.
        using var cardKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var card = new CertificateRequest("CN=审核员", cardKey, HashAlgorithmName.SHA256).CreateSelfSigned(lab.Clock.GetUtcNow().AddDays(-1), lab.Clock.GetUtcNow().AddDays(30));
        var pem = card.ExportCertificatePem();
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull((await Ask(lab, HttpMethod.Post, "/certificates", new { pem }, cookie, HttpStatusCode.BadRequest))["errors"]!["code"]);
        await Ask(lab, HttpMethod.Post, "/certificates", new { pem, code = "000000" }, cookie, HttpStatusCode.Unauthorized);
        await Ask(lab, HttpMethod.Post, "/certificates", new { pem, code = Now(lab, key) }, cookie, HttpStatusCode.Created);
        var factors = lab.Node.Get<SecondFactors>();
        Assert.Single((await factors.Of(reviewer.Id, default)).Certificates);
        using (var not = await lab.Send(HttpMethod.Delete, $"/api/people/{reviewer.Id}/second-factor", cookie: system)) Assert.Equal(HttpStatusCode.NotFound, not.StatusCode);
        using (var done = await lab.Send(HttpMethod.Delete, $"/api/people/{reviewer.Id}/second-factor", cookie: security)) Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
        Assert.Equal("anonymous", await lab.Who(cookie: cookie));
        // The card may be lost with the telephone: it goes too, and whoever finds it again registers it again.
        Assert.Empty((await factors.Of(reviewer.Id, default)).Certificates);
        var fresh = await lab.SignIn("bureau.reviewer");
        await Ask(lab, HttpMethod.Post, "/certificates", new { pem }, fresh, HttpStatusCode.Created);
        using (var own = await lab.Send(HttpMethod.Post, "/api/session/second-factor/remove", new { code = Now(lab, key) }, cookie: fresh)) Assert.Equal(HttpStatusCode.Unauthorized, own.StatusCode);
        var (_, second) = await SetUp(lab, "bureau.reviewer");
        Assert.NotEqual(key, second);
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        var session = await lab.Send(HttpMethod.Post, "/api/session", new { user = "bureau.reviewer", password = TokenLab.Password, code = Now(lab, second) });
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        using (var own = await lab.Send(HttpMethod.Post, "/api/session/second-factor/remove", new { code = Now(lab, second) }, cookie: Session(session))) Assert.Equal(HttpStatusCode.NoContent, own.StatusCode);
        await lab.SignIn("bureau.reviewer");
    }

    // Roles that came to need one, or a setting that changed, end what a session without one may do.
    [Theory]
    [InlineData(SecondFactorUse.Required, Role.BureauReviewer, false, true)]
    [InlineData(SecondFactorUse.Required, Role.AuditAdmin, false, true)]
    [InlineData(SecondFactorUse.Required, Role.AgencyHead, true, false)]
    [InlineData(SecondFactorUse.Required, Role.Steward, false, false)]
    [InlineData(SecondFactorUse.Offered, Role.BureauHead, false, false)]
    [InlineData(SecondFactorUse.Off, Role.SystemAdmin, false, false)]
    public void A_session_without_one_is_none_for_approvers(SecondFactorUse use, Role role, bool has, bool isMissing) =>
        Assert.Equal(isMissing, SecondFactorRules.IsMissing(use, new HashSet<Role> { role }, has));

    [Fact]
    public void Whoever_sees_personal_data_has_one_where_it_is_required()
    {
        Assert.Equal("agencies.factor-for-persons", SecondFactorRules.ForPersonalData(SecondFactorUse.Required, Caller.Anonymous with { Actor = "x" })?.Code);
        Assert.Null(SecondFactorRules.ForPersonalData(SecondFactorUse.Required, Caller.Anonymous with { Actor = "x", HasSecondFactor = true }));
        Assert.Null(SecondFactorRules.ForPersonalData(SecondFactorUse.Offered, Caller.Anonymous with { Actor = "x" }));
    }

    [Theory, EveryStore]
    public async Task A_certificate_of_the_person_is_registered_once_and_withdrawn(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var cookie = await lab.SignIn("police.steward");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = lab.Clock.GetUtcNow();
        using var certificate = new CertificateRequest("CN=张三", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        var pem = certificate.ExportCertificatePem();
        foreach (var (bad, expected) in new[] { ("nonsense", HttpStatusCode.BadRequest), (pem + key.ExportPkcs8PrivateKeyPem(), HttpStatusCode.BadRequest), (pem + new string(' ', 8_000), HttpStatusCode.BadRequest) })
        {
            using var refused = await lab.Send(HttpMethod.Post, "/api/session/second-factor/certificates", new { pem = bad }, cookie: cookie);
            Assert.Equal(expected, refused.StatusCode);
        }
        using var added = await lab.Send(HttpMethod.Post, "/api/session/second-factor/certificates", new { pem }, cookie: cookie);
        var made = JsonNode.Parse(await added.Content.ReadAsStringAsync())!;
        Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(certificate.RawData)), (string)made["thumbprint"]!);
        using (var twice = await lab.Send(HttpMethod.Post, "/api/session/second-factor/certificates", new { pem }, cookie: cookie)) Assert.Equal(HttpStatusCode.Conflict, twice.StatusCode);
        using (var gone = await lab.Send(HttpMethod.Delete, $"/api/session/second-factor/certificates/{made["id"]}", cookie: cookie)) Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using (var again = await lab.Send(HttpMethod.Delete, $"/api/session/second-factor/certificates/{made["id"]}", cookie: cookie)) Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    private static async Task<(string Cookie, byte[] Key)> SetUp(TokenLab lab, string user)
    {
        var cookie = await lab.SignIn(user);
        var key = FromBase32((string)(await Ask(lab, HttpMethod.Post, "/offer", null, cookie))["key"]!);
        await Ask(lab, HttpMethod.Post, "/confirm", new { code = Now(lab, key) }, cookie);
        return (cookie, key);
    }

    private static async Task<(string Cookie, JsonNode Problem)> Half(TokenLab lab, string user, HttpStatusCode expected, string code)
    {
        using var answer = await lab.Send(HttpMethod.Post, "/api/session", new { user, password = TokenLab.Password });
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal((expected, code), (answer.StatusCode, (string)problem["code"]!));
        Assert.DoesNotContain(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("tx-session=", StringComparison.Ordinal));
        return (answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tx-second=", StringComparison.Ordinal)).Split(';')[0], problem);
    }

    private static async Task<JsonNode> Ask(TokenLab lab, HttpMethod method, string path, object? body, string cookie, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var answer = await lab.Send(method, "/api/session/second-factor" + path, body, cookie: cookie);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private static string Session(HttpResponseMessage answer) => answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tx-session=", StringComparison.Ordinal)).Split(';')[0];

    private static string Now(TokenLab lab, byte[] key) => Totp.Code(key, Totp.StepOf(lab.Clock.GetUtcNow()));

    internal static byte[] FromBase32(string text)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(text.Select(c => Convert.ToString(Alphabet.IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
