using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tongxiang.Agencies;
using Tongxiang.Core.Crypto;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class ExternalSignInTests
{
    [Theory, EveryStore]
    public async Task A_linked_person_signs_in_there_with_the_rights_given_here_and_is_out_when_the_provider_says_so(Store store)
    {
        await using var region = await Region.Open(store);
        var (cookie, target) = await region.SignIn("/desk");
        Assert.Equal("/desk", target);
        Assert.Equal("person", await region.Lab.Who(cookie: cookie));
        using (var who = await region.Lab.Send(HttpMethod.Get, "/api/session", cookie: cookie)) Assert.Contains("Steward", await who.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var (other, _) = await region.SignIn("/desk", session: "s-2");

        // Another session of the same person goes on; a token counts once.
        var token = region.Provider.Sign(region.Provider.LogoutClaims().With("sid", "s-1"));
        Assert.Equal(HttpStatusCode.OK, await region.LogOut(token));
        Assert.Equal(("anonymous", "person"), (await region.Lab.Who(cookie: cookie), await region.Lab.Who(cookie: other)));
        Assert.Equal(HttpStatusCode.BadRequest, await region.LogOut(token));
        var all = region.Provider.LogoutClaims();
        all.Remove("sid");
        Assert.Equal(HttpStatusCode.OK, await region.LogOut(region.Provider.Sign(all)));
        Assert.Equal("anonymous", await region.Lab.Who(cookie: other));
        var said = await region.Lab.Node.Get<Db>().List($"select record from evidence_outbox", r => r.GetString(0), default);
        Assert.Contains(said, s => s.Contains("agencies.provider-logout", StringComparison.Ordinal));
        await region.Lab.Node.Get<Sessions>().Forget(default);
    }

    public static TheoryData<string> Attacks => new(Lies.Keys);

    private static readonly Dictionary<string, Action<OpenIdProvider, FakeTimeProvider>> Lies = new()
    {
        ["issuer"] = (p, _) => p.Lie = (c, _) => c["iss"] = "https://elsewhere.example",
        ["audience"] = (p, _) => p.Lie = (c, _) => c["aud"] = "another-client",
        ["second audience without azp"] = (p, _) => p.Lie = (c, _) => c["aud"] = new JsonArray("tongxiang", "another-client"),
        ["nonce"] = (p, _) => p.Lie = (c, _) => c["nonce"] = "of-another-sign-in",
        ["no nonce"] = (p, _) => p.Lie = (c, _) => c.Remove("nonce"),
        ["expired"] = (p, t) => p.Lie = (c, _) => c["exp"] = t.GetUtcNow().AddMinutes(-2).ToUnixTimeSeconds(),
        ["never expires"] = (p, _) => p.Lie = (c, _) => c.Remove("exp"),
        ["of the future"] = (p, t) => p.Lie = (c, _) => c["iat"] = t.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds(),
        ["alg none"] = (p, _) => (p.Lie, p.Forge) = ((_, h) => h["alg"] = "none", content => content + "."),
        ["signed with the client secret"] = (p, _) => (p.Lie, p.Forge) = ((_, h) => h["alg"] = "HS256", content => $"{content}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(OpenIdProvider.Secret), Encoding.ASCII.GetBytes(content)))}"),
        ["another key"] = (p, _) => p.Forge = content =>
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return $"{content}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256))}";
        },
        ["unknown staff id"] = (p, _) => p.Lie = (c, _) => c["staff"] = "99999",
        ["no staff id"] = (p, _) => p.Lie = (c, _) => c.Remove("staff"),
        ["another department"] = (p, _) => p.Lie = (c, _) => c["dept"] = "D02",
        ["unknown department"] = (p, _) => p.Lie = (c, _) => c["dept"] = "D77",
    };

    [Theory, MemberData(nameof(Attacks))]
    public async Task Nobody_gets_in_by(string lie)
    {
        await using var region = await Region.Open(Store.Sqlite);
        Lies[lie](region.Provider, region.Lab.Clock);
        var (cookie, target) = await region.SignIn("/desk");
        Assert.Equal("", cookie);
        Assert.StartsWith("/sign-in?why=external", target, StringComparison.Ordinal);
        (region.Provider.Lie, region.Provider.Forge) = (null, null);
        Assert.NotEqual("", (await region.SignIn("/desk")).Cookie);
    }

    [Theory, EveryStore]
    public async Task A_disabled_or_unlinked_person_stays_out(Store store)
    {
        await using var region = await Region.Open(store);
        var (cookie, _) = await region.SignIn("/desk");
        var links = region.Lab.Node.Get<ExternalPeople>();
        Assert.Equal("agencies.external-taken", (await links.Link(Caller.Platform, region.Lab.Person.Id, "other-id", default)).Refusal?.Code);
        Assert.Equal(404, (await links.Link(Caller.Anonymous, region.Lab.Person.Id, "other-id", default)).Refusal?.Status);
        Assert.Null((await links.Unlink(Caller.Platform, region.Lab.Person.Id, default)).Refusal);
        Assert.Equal("anonymous", await region.Lab.Who(cookie: cookie));
        Assert.Equal(("", "/sign-in?why=external-unknown"), await region.SignIn("/desk"));
        Assert.Null((await links.Link(Caller.Platform, region.Lab.Person.Id, region.Provider.Staff, default)).Refusal);
        Assert.NotEqual("", (await region.SignIn("/desk")).Cookie);
        Assert.Null((await region.Lab.Node.Get<People>().Disable(Caller.Platform, region.Lab.Person.Id, default)).Refusal);
        Assert.Equal(("", "/sign-in?why=external-unknown"), await region.SignIn("/desk"));
    }

    [Theory, EveryStore]
    public async Task One_administrator_alone_links_nobody(Store store)
    {
        await using var region = await Region.Open(store);
        var (links, db) = (region.Lab.Node.Get<ExternalPeople>(), region.Lab.Node.Get<Db>());
        var (system, security, audit) = (await region.Of("bureau.system", Role.SystemAdmin), await region.Of("bureau.security", Role.SecurityAdmin), await region.Of("bureau.audit", Role.AuditAdmin));
        var victim = await region.Lab.Enrol("health.head", region.Health.Id, Role.SharingOfficeHead);
        var session = await region.Lab.SignIn("health.head");
        region.Provider.Staff = "66666";
        region.Provider.Lie = (c, _) => c["dept"] = "D02";

        // His own staff id on somebody else's account: it waits, and he does not decide.
        var asked = (await links.Link(system, victim.Id, "66666", default)).Value;
        Assert.Equal(ExternalLinkState.Waiting, asked.State);
        Assert.Equal(("", "/sign-in?why=external-unknown"), await region.SignIn("/desk"));
        foreach (var other in new[] { system, audit }) Assert.Equal(404, (await links.Decide(other, asked.Id, true, "", default)).Refusal?.Status);
        Assert.Equal("agencies.own-request", (await links.Decide(system with { Roles = new HashSet<Role> { Role.SecurityAdmin } }, asked.Id, true, "", default)).Refusal?.Code);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => db.Run($"update agencies_external_person set state = 'Linked', decided_by = asked_by, decided_at = {0L} where id = {asked.Id}", default));
        Assert.Equal("agencies.external-waiting", (await links.Link(system, victim.Id, "77777", default)).Refusal?.Code);
        Assert.Equal(400, (await links.Decide(security, asked.Id, false, " ", default)).Refusal?.Status);
        Assert.Equal(ExternalLinkState.Refused, (await links.Decide(security, asked.Id, false, "工号不符", default)).Value.State);
        Assert.Equal("person", await region.Lab.Who(cookie: session));

        var again = (await links.Link(system, victim.Id, "66666", default)).Value;
        Assert.Equal(404, (await links.Withdraw(security, again.Id, default)).Refusal?.Status);
        Assert.Equal(ExternalLinkState.Withdrawn, (await links.Withdraw(system, again.Id, default)).Value.State);
        var third = (await links.Link(system, victim.Id, "66666", default)).Value;
        var colleague = await region.Lab.Enrol("health.steward", region.Health.Id, Role.Steward);
        var same = (await links.Link(system, colleague.Id, "66666", default)).Value;
        Assert.Equal(new[] { third.Id, same.Id }.Order(), (await links.Waiting(security, default)).Select(l => l.Id).Order());
        Assert.Empty(await links.Waiting(audit, default));

        // Two persons: it holds, open sessions end, and the person hears of it.
        var outcomes = await Task.WhenAll(links.Decide(security, third.Id, true, "", default), links.Decide(security, third.Id, true, "", default));
        Assert.Single(outcomes, o => !o.IsRefused);
        Assert.Equal("agencies.external-decided", Assert.Single(outcomes, o => o.IsRefused).Refusal!.Code);
        Assert.Equal("agencies.external-taken", (await links.Decide(security, same.Id, true, "", default)).Refusal?.Code);
        Assert.Equal("agencies.external-taken", (await links.Link(system, victim.Id, "88888", default)).Refusal?.Code);
        Assert.Equal("anonymous", await region.Lab.Who(cookie: session));
        var (cookie, _) = await region.SignIn("/desk");
        Assert.Equal("person", await region.Lab.Who(cookie: cookie));
        Assert.Equal("66666", (await links.Of(audit, victim.Id, default))?.StaffId);
        Assert.Null(await links.Of(Caller.Anonymous, victim.Id, default));

        Assert.Null((await links.Unlink(system, victim.Id, default)).Refusal);
        Assert.Equal("anonymous", await region.Lab.Who(cookie: cookie));
        Assert.Null(await links.Of(audit, victim.Id, default));
        var told = await region.Lab.Node.Get<Notices>().Of(Caller.Of(victim, region.Lab.Node.Get<Tongxiang.Agencies.Directory>()), 10, default);
        Assert.Equal([NoticeKind.ExternalLinked, NoticeKind.ExternalUnlinked], told.Select(n => n.Kind).Order());
        var said = await db.List($"select record from evidence_outbox", r => r.GetString(0), default);
        foreach (var kind in new[] { "asked", "refused", "withdrawn", "linked", "unlinked" }) Assert.Contains(said, s => s.Contains("agencies.external-" + kind, StringComparison.Ordinal));
        Assert.Contains(said, s => s.Contains("agencies.external-linked", StringComparison.Ordinal) && s.Contains(system.Actor, StringComparison.Ordinal) && s.Contains(security.Actor, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_link_waits_over_http_too()
    {
        await using var region = await Region.Open(Store.Sqlite);
        await region.Of("bureau.system", Role.SystemAdmin);
        await region.Of("bureau.security", Role.SecurityAdmin);
        var steward = await region.Lab.Enrol("health.steward", region.Health.Id, Role.Steward);
        var (system, security) = (await region.Lab.SignIn("bureau.system"), await region.Lab.SignIn("bureau.security"));
        async Task<JsonNode?> Ask(HttpMethod method, string path, object? body, string cookie, HttpStatusCode expected)
        {
            using var answer = await region.Lab.Send(method, path, body, cookie: cookie);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == expected, $"{path}: {(int)answer.StatusCode} {text}");
            return text.Length > 0 ? JsonNode.Parse(text) : null;
        }
        var asked = await Ask(HttpMethod.Post, $"/api/people/{steward.Id}/external", new { staffId = "66666" }, system, HttpStatusCode.OK);
        Assert.Equal("Waiting", (string)asked!["state"]!);
        await Ask(HttpMethod.Delete, $"/api/external-links/{asked["id"]}", null, system, HttpStatusCode.NoContent);
        await Ask(HttpMethod.Post, $"/api/people/{steward.Id}/external", new { staffId = (string?)null }, system, HttpStatusCode.BadRequest);
        await Ask(HttpMethod.Post, $"/api/people/{steward.Id}/external", new { staffId = "66666" }, system, HttpStatusCode.OK);
        var id = (await Ask(HttpMethod.Get, "/api/external-links/waiting", null, security, HttpStatusCode.OK))!["items"]![0]!["id"];
        await Ask(HttpMethod.Post, $"/api/external-links/{id}/decision", new { isApproved = true }, system, HttpStatusCode.NotFound);
        using (var page = await region.Lab.Send(HttpMethod.Get, "/desk/people", cookie: security)) Assert.Contains("66666", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("Linked", (string)(await Ask(HttpMethod.Post, $"/api/external-links/{id}/decision", new { isApproved = true }, security, HttpStatusCode.OK))!["state"]!);
        using (var page = await region.Lab.Send(HttpMethod.Get, "/desk/people?person=health.steward", cookie: system)) Assert.Contains("已绑定工号 66666", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await Ask(HttpMethod.Delete, $"/api/people/{steward.Id}/external", null, system, HttpStatusCode.NoContent);
        await Ask(HttpMethod.Delete, $"/api/people/{steward.Id}/external", null, system, HttpStatusCode.NotFound);
    }

    [Theory, EveryStore]
    public async Task A_logout_there_ends_a_sign_in_that_waits_for_its_code_here(Store store)
    {
        await using var region = await Region.Open(store);
        var (lab, db) = (region.Lab, region.Lab.Node.Get<Db>());
        var factors = lab.Node.Get<SecondFactors>();
        var offer = (await factors.Begin(lab.Person.Id, "session x", default)).Value;
        string Code() => Totp.Code(SecondFactorTests.FromBase32(offer.Key), Totp.StepOf(lab.Clock.GetUtcNow()));
        Assert.Null((await factors.Confirm(lab.Person.Id, "session x", Code(), null, default)).Refusal);
        async Task<HttpStatusCode> Complete(string half)
        {
            lab.Clock.Advance(TimeSpan.FromMinutes(1));
            using var answer = await lab.Send(HttpMethod.Post, "/api/session/second-factor", new { code = Code() }, cookie: half);
            return answer.StatusCode;
        }
        var (gone, stays, elsewhere) = (await region.Half("s-1"), await region.Half("s-2"), await region.Half("s-3"));
        region.Provider.Session = "s-1";
        Assert.Equal(HttpStatusCode.OK, await region.LogOut(region.Provider.Sign(region.Provider.LogoutClaims())));
        Assert.Equal(HttpStatusCode.Unauthorized, await Complete(gone));
        Assert.Equal(HttpStatusCode.OK, await Complete(stays));
        // Another copy of the node took the logout; this one has not heard of it yet.
        await db.Run($"insert into agencies_session_end (session, until_at) select session, until_at from agencies_external_session where external_session = {"s-3"}", default);
        Assert.Equal(HttpStatusCode.Unauthorized, await Complete(elsewhere));
    }

    [Fact]
    public async Task A_provider_that_is_down_is_asked_again_after_a_while_and_not_for_everybody()
    {
        var clock = new FakeTimeProvider();
        using var silent = new Silent();
        using var provider = new ExternalProvider(new IdentitySettings { External = new ExternalSettings { Issuer = "https://provider.example", ClientId = "x" } }, clock, new HttpMessageInvoker(silent));
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => provider.AuthorizeAddress(default))), Assert.Null);
        Assert.Equal(1, silent.Asked);
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Null(await provider.AuthorizeAddress(default));
        Assert.Equal(1, silent.Asked);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await provider.AuthorizeAddress(default));
        Assert.Equal(2, silent.Asked);
    }

    [Fact]
    public async Task An_answer_is_taken_once_by_the_browser_that_asked_and_within_its_time()
    {
        await using var region = await Region.Open(Store.Sqlite);
        var (journey, callback) = await region.SetOut("/desk");
        // Without the browser's cookie, with another state, from another issuer.
        Assert.StartsWith("/sign-in?why=external", (await region.Return(callback, "")).Target, StringComparison.Ordinal);
        Assert.StartsWith("/sign-in?why=external", (await region.Return(callback.Replace("state=", "state=x", StringComparison.Ordinal), journey)).Target, StringComparison.Ordinal);
        Assert.StartsWith("/sign-in?why=external", (await region.Return(callback.Replace("iss=", "iss=https%3A%2F%2Fx.example%2F", StringComparison.Ordinal), journey)).Target, StringComparison.Ordinal);
        Assert.NotEqual("", (await region.Return(callback, journey)).Cookie);
        // The code is spent at the provider.
        Assert.Equal("", (await region.Return(callback, journey)).Cookie);
        var (late, lateCallback) = await region.SetOut("/desk");
        region.Lab.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("", (await region.Return(lateCallback, late)).Cookie);
        // A place elsewhere is no place to return to.
        Assert.Equal("/", (await region.SignIn("//evil.example")).Target);
    }

    [Fact]
    public async Task A_new_key_of_the_provider_is_learnt_and_its_second_factor_counts_where_it_is_trusted()
    {
        await using var region = await Region.Open(Store.Sqlite, new() { ["Identity:SecondFactor"] = "Required", ["Identity:External:VouchesFactor"] = "true" });
        await region.Lab.Node.Get<People>().SetRoles(Caller.Platform, region.Lab.Person.Id, new HashSet<Role> { Role.SharingOfficeHead }, default);
        Assert.Equal(("", "/sign-in/enrol?returnUrl=%2Fdesk"), await region.SignIn("/desk"));
        region.Provider.RotateKey();
        region.Lab.Clock.Advance(TimeSpan.FromMinutes(1));
        region.Provider.Lie = (c, _) => c["amr"] = new JsonArray("pwd", "otp");
        var (cookie, _) = await region.SignIn("/desk");
        Assert.Equal("person", await region.Lab.Who(cookie: cookie));
    }

    [Theory]
    [InlineData("events")]
    [InlineData("jti")]
    [InlineData("exp")]
    [InlineData("iat")]
    [InlineData("nobody")]
    [InlineData("nonce")]
    [InlineData("audience")]
    [InlineData("issuer")]
    [InlineData("form")]
    public async Task A_logout_token_that_is_not_whole_ends_nothing(string what)
    {
        await using var region = await Region.Open(Store.Sqlite);
        var (cookie, _) = await region.SignIn("/desk");
        var claims = region.Provider.LogoutClaims();
        switch (what)
        {
            case "nobody": claims.Remove("sub"); claims.Remove("sid"); break;
            case "nonce": claims["nonce"] = "x"; break;
            case "audience": claims["aud"] = "x"; break;
            case "issuer": claims["iss"] = "https://x.example"; break;
            default: claims.Remove(what); break;
        }
        Assert.Equal(HttpStatusCode.BadRequest, await region.LogOut(what == "form" ? "" : region.Provider.Sign(claims)));
        Assert.Equal("person", await region.Lab.Who(cookie: cookie));
    }

    [Fact]
    public async Task A_node_without_a_provider_has_no_such_door()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        foreach (var path in new[] { "/sign-in/external", "/sign-in/external/callback?code=x&state=y" })
        {
            using var answer = await lab.Send(HttpMethod.Get, path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        var steward = Caller.Platform;
        Assert.Equal("agencies.external-off", (await lab.Node.Get<ExternalPeople>().Link(steward, lab.Person.Id, "1", default)).Refusal?.Code);
    }

    /// <summary>A provider that answers nothing, slowly.</summary>
    private sealed class Silent : HttpMessageHandler
    {
        private int asked;

        public int Asked => Volatile.Read(ref asked);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref asked);
            await Task.Yield();
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        }
    }

    /// <summary>A node and a provider that know each other, and one linked person.</summary>
    private sealed class Region : IAsyncDisposable
    {
        public required TokenLab Lab { get; init; }
        public required OpenIdProvider Provider { get; init; }
        public Agency Bureau { get; private set; } = null!;
        public Agency Health { get; private set; } = null!;

        public static async Task<Region> Open(Store store, Dictionary<string, string>? more = null)
        {
            var clock = new FakeTimeProvider(new DateTimeOffset(2026, 9, 18, 9, 0, 0, TimeSpan.FromHours(8)));
            var provider = await OpenIdProvider.Start(clock);
            var settings = new Dictionary<string, string>(more ?? [])
            {
                ["Identity:External:Issuer"] = provider.Issuer,
                ["Identity:External:ClientId"] = OpenIdProvider.ClientId,
                ["Identity:External:ClientSecret"] = OpenIdProvider.Secret,
                ["Identity:External:StaffClaim"] = "staff",
                ["Identity:External:DepartmentClaim"] = "dept",
                ["Identity:External:Departments:D01"] = "police",
                ["Identity:External:Departments:D02"] = "health",
                ["Identity:External:AllowsPlainHttp"] = "true",
            };
            var region = new Region { Lab = await TokenLab.Start(store, settings: settings, clock: clock), Provider = provider };
            Assert.Null((await region.Lab.Node.Get<ExternalPeople>().Link(Caller.Platform, region.Lab.Person.Id, provider.Staff, default)).Refusal);
            region.Bureau = await region.Add("data-bureau", AgencyKind.Bureau, null);
            region.Health = await region.Add("health", AgencyKind.Department, region.Bureau.Id);
            return region;
        }

        /// <summary>Somebody of the bureau.</summary>
        public async Task<Caller> Of(string user, Role role) => Caller.Of(await Lab.Enrol(user, Bureau.Id, role), Lab.Node.Get<Tongxiang.Agencies.Directory>());

        /// <summary>A sign-in from the provider that waits for the code here: its cookie.</summary>
        public async Task<string> Half(string session)
        {
            Provider.Session = session;
            var (journey, callback) = await SetOut("/desk");
            using var back = await Lab.Send(HttpMethod.Get, callback, cookie: journey);
            return back.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tx-second=", StringComparison.Ordinal)).Split(';')[0];
        }

        private async Task<Agency> Add(string slug, AgencyKind kind, Id<Agency>? bureau) =>
            (await Lab.Node.Get<Roster>().Add(Caller.Platform, new Agency(Id<Agency>.New(Lab.Clock), slug, "91350100M000100Y43", slug, slug, kind, "290000", bureau, null, null), default)).Value;

        /// <summary>As a browser: to the provider and back.</summary>
        public async Task<(string Cookie, string Target)> SignIn(string returnUrl, string session = "s-1")
        {
            Provider.Session = session;
            var (journey, callback) = await SetOut(returnUrl);
            return await Return(callback, journey);
        }

        public async Task<(string Journey, string Callback)> SetOut(string returnUrl)
        {
            using var begun = await Lab.Send(HttpMethod.Get, "/sign-in/external?returnUrl=" + Uri.EscapeDataString(returnUrl));
            Assert.Equal(HttpStatusCode.SeeOther, begun.StatusCode);
            var journey = begun.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tx-external=", StringComparison.Ordinal)).Split(';')[0];
            using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
            using var there = await browser.GetAsync(begun.Headers.Location);
            Assert.Equal(HttpStatusCode.Redirect, there.StatusCode);
            return (journey, there.Headers.Location!.PathAndQuery);
        }

        public async Task<(string Cookie, string Target)> Return(string callback, string journey)
        {
            using var back = await Lab.Send(HttpMethod.Get, callback, cookie: journey.Length > 0 ? journey : null);
            Assert.Equal(HttpStatusCode.SeeOther, back.StatusCode);
            var cookie = back.Headers.GetValues("Set-Cookie").FirstOrDefault(c => c.StartsWith("tx-session=", StringComparison.Ordinal))?.Split(';')[0] ?? "";
            return (cookie, back.Headers.Location!.ToString());
        }

        public async Task<HttpStatusCode> LogOut(string token)
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["logout_token"] = token });
            using var answer = await Lab.Node.Http.PostAsync("/sign-in/external/logout", form);
            return answer.StatusCode;
        }

        public async ValueTask DisposeAsync()
        {
            await Lab.DisposeAsync();
            await Provider.DisposeAsync();
        }
    }
}

internal static class ClaimsOfTests
{
    public static JsonObject With(this JsonObject claims, string name, string value)
    {
        claims[name] = value;
        return claims;
    }
}
