using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class SessionTests
{
    [Theory, EveryStore]
    public async Task A_person_signs_in_is_known_and_signs_out_for_good(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        using var answer = await lab.Send(HttpMethod.Post, "/api/session", new { user = " Police.Steward ", password = TokenLab.Password });
        var set = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("tx-session=", StringComparison.Ordinal));
        Assert.Contains("httponly", set, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", set, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(lab.Person.Id.ToString(), set, StringComparison.Ordinal);
        var cookie = set.Split(';')[0];

        using var who = await lab.Send(HttpMethod.Get, "/api/session", cookie: cookie);
        var view = await who.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("person", "公安厅", "Steward"), (view.GetProperty("kind").GetString(), view.GetProperty("agencyName").GetString(), view.GetProperty("roles")[0].GetString()));

        await lab.Send(HttpMethod.Delete, "/api/session", cookie: cookie);
        Assert.Equal("anonymous", await lab.Who(cookie: cookie));
        Assert.Contains(await Evidenced(lab), e => e.Contains("agencies.signed-in", StringComparison.Ordinal));
    }

    // A demonstration's passwords are hashed in few rounds, and so are those of an older node: each is hashed anew at its first use.
    [Theory, EveryStore]
    public async Task A_password_hashed_anew_ends_no_session_that_began_at_the_same_moment(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var db = lab.Node.Get<Db>();
        Task<(string Hash, string Stamp, long At)> Kept() => db.One($"select password_hash, security_stamp, password_at from agencies_person where id = {lab.Person.Id}", r => (r.GetString(0), r.GetString(1), r.GetInt64(2)), default);
        var weak = new PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = 500 })).HashPassword(null!, TokenLab.Password);
        await db.Run($"update agencies_person set password_hash = {weak} where id = {lab.Person.Id}", default);
        var before = await Kept();
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        var sessions = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => lab.SignIn("police.steward")));
        foreach (var session in sessions) Assert.Equal("person", await lab.Who(cookie: session));
        var after = await Kept();
        Assert.NotEqual(weak, after.Hash);
        Assert.Equal((before.Stamp, before.At), (after.Stamp, after.At));
        Assert.Equal("person", await lab.Who(cookie: await lab.SignIn("police.steward")));
        using var wrong = await lab.Send(HttpMethod.Post, "/api/session", new { user = "police.steward", password = "wrong-password-77" });
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
    }

    [Fact]
    public async Task Unknown_name_wrong_password_and_disabled_person_read_alike()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var disabled = await lab.Enrol("police.former", lab.Agency.Id, Role.Operative);
        await lab.Node.Get<People>().Disable(Caller.Platform, disabled.Id, default);
        var answers = new List<string>();
        foreach (var (user, password) in new[] { ("nobody", TokenLab.Password), ("police.steward", "wrong-password-77"), ("police.former", TokenLab.Password), ("' or 1=1 --", "x"), ("", "") })
        {
            using var answer = await lab.Send(HttpMethod.Post, "/api/session", new { user, password });
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            answers.Add($"{body.GetProperty("title")} {body.GetProperty("detail")}");
        }
        Assert.Single(answers.Distinct());
    }

    [Theory, EveryStore]
    public async Task Guessing_is_slowed_for_known_and_unknown_names_alike(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        foreach (var user in new[] { "police.steward", "nobody" })
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(async i =>
            {
                using var answer = await lab.Send(HttpMethod.Post, "/api/session", new { user, password = $"wrong-password-{i}" });
                return (int)answer.StatusCode;
            }));
            // Sent at once: tries are counted before they are made, so no more than the free ones and the first slow one get through.
            Assert.Equal((6, 6), (answers.Count(a => a == 401), answers.Count(a => a == 429)));
        }
        using var locked = await lab.Send(HttpMethod.Post, "/api/session", new { user = "police.steward", password = TokenLab.Password });
        Assert.Equal(429, (int)locked.StatusCode);
        Assert.NotNull(locked.Headers.RetryAfter);
        lab.Clock.Advance(TimeSpan.FromSeconds(2));
        await lab.SignIn("police.steward");
        await lab.SignIn("police.steward");
    }

    [Fact]
    public async Task An_address_that_tries_many_names_is_slowed_and_its_own_account_does_not_wash_it()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var refused = 0;
        for (var i = 0; i < 36; i++)
        {
            if (i == 20) await lab.SignIn("police.steward");
            using var answer = await lab.Send(HttpMethod.Post, "/api/session", new { user = $"name{i}", password = "wrong-password-77" });
            if ((int)answer.StatusCode == 429) refused++;
        }
        Assert.InRange(refused, 5, 6);
    }

    [Fact]
    public async Task A_session_ends_by_idleness_by_age_and_by_stamp()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var idle = await lab.SignIn("police.steward");
        lab.Clock.Advance(Sessions.Idle + TimeSpan.FromSeconds(1));
        Assert.Equal("anonymous", await lab.Who(cookie: idle));

        var used = await lab.SignIn("police.steward");
        for (var i = 0; i < 35; i++)
        {
            lab.Clock.Advance(TimeSpan.FromMinutes(20));
            used = await Renewed(lab, used);
        }
        Assert.Equal("person", await lab.Who(cookie: used));
        lab.Clock.Advance(TimeSpan.FromMinutes(21));
        Assert.Equal("anonymous", await lab.Who(cookie: used));

        var (one, two) = (await lab.SignIn("police.steward"), await lab.SignIn("police.steward"));
        await lab.Send(HttpMethod.Post, "/api/session/sign-out-everywhere", cookie: one);
        Assert.Equal(("anonymous", "anonymous"), (await lab.Who(cookie: one), await lab.Who(cookie: two)));
    }

    [Fact]
    public async Task Signing_in_anew_makes_a_new_session_and_ends_the_one_before()
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var first = await lab.SignIn("police.steward");
        using var again = await lab.Send(HttpMethod.Post, "/api/session", new { user = "police.steward", password = TokenLab.Password }, cookie: first);
        var second = again.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tx-session=", StringComparison.Ordinal)).Split(';')[0];
        Assert.NotEqual(first, second);
        Assert.Equal(("anonymous", "person"), (await lab.Who(cookie: first), await lab.Who(cookie: second)));
        Assert.Equal("anonymous", await lab.Who(cookie: second[..^6] + "AAAAAA"));
    }

    [Theory, EveryStore]
    public async Task A_changed_password_ends_every_session(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var (one, two) = (await lab.SignIn("police.steward"), await lab.SignIn("police.steward"));
        const string next = "a quite different sentence";
        using var wrong = await lab.Send(HttpMethod.Post, "/api/session/password", new { current = "not-the-password", next }, cookie: one);
        Assert.Equal(400, (int)wrong.StatusCode);
        using var weak = await lab.Send(HttpMethod.Post, "/api/session/password", new { current = TokenLab.Password, next = "password1234" }, cookie: one);
        Assert.Equal(400, (int)weak.StatusCode);
        using var good = await lab.Send(HttpMethod.Post, "/api/session/password", new { current = TokenLab.Password, next }, cookie: one);
        Assert.Equal(204, (int)good.StatusCode);
        Assert.Equal(("anonymous", "anonymous"), (await lab.Who(cookie: one), await lab.Who(cookie: two)));
        await lab.SignIn("police.steward", next);
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    public async Task A_post_from_another_site_is_refused_though_the_cookie_came_along(string from)
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        var cookie = await lab.SignIn("police.steward");
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/api/session");
        request.Headers.Add("Cookie", cookie);
        request.Headers.Add("Sec-Fetch-Site", from);
        using var answer = await lab.Node.Http.SendAsync(request);
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Equal("person", await lab.Who(cookie: cookie));
    }

    [Theory]
    [InlineData("/sign-in", "/sign-in?why=form")]
    [InlineData("/en/sign-in", "/en/sign-in?why=form")]
    public async Task A_form_without_its_token_signs_nobody_in(string path, string target)
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["user"] = "police.steward", ["password"] = TokenLab.Password });
        using var answer = await lab.Node.Http.PostAsync(path, form);
        Assert.Equal((303, target), ((int)answer.StatusCode, answer.Headers.Location!.ToString()));
        Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(c => c.StartsWith("tx-session", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("", "/desk", "/desk")]
    [InlineData("/en", "//evil.example", "/en/")]
    public async Task The_sign_in_page_works_as_a_plain_form(string language, string returnUrl, string target)
    {
        await using var lab = await TokenLab.Start(Store.Sqlite);
        using var page = await lab.Node.Http.GetAsync(language + "/sign-in");
        var form = System.Text.RegularExpressions.Regex.Match(await page.Content.ReadAsStringAsync(), "name=\"_form\"[^>]*value=\"([^\"]+)\"").Groups[1].Value;
        var guard = page.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tx-form=", StringComparison.Ordinal)).Split(';')[0];
        async Task<HttpResponseMessage> Post(string password)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, language + "/sign-in");
            request.Headers.Add("Cookie", guard);
            request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["_form"] = form, ["user"] = "police.steward", ["password"] = password, ["returnUrl"] = returnUrl });
            return await lab.Node.Http.SendAsync(request);
        }
        using var wrong = await Post("wrong-password-77");
        Assert.StartsWith(language + "/sign-in?why=refused", wrong.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var right = await Post(TokenLab.Password);
        Assert.Equal((303, target), ((int)right.StatusCode, right.Headers.Location!.ToString()));
        Assert.Equal("person", await lab.Who(cookie: right.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tx-session=", StringComparison.Ordinal)).Split(';')[0]));
    }

    [Theory]
    [InlineData("/desk", "/desk")]
    [InlineData("/desk?a=1#x", "/desk?a=1#x")]
    [InlineData("//evil.example", null)]
    [InlineData("/\\evil.example", null)]
    [InlineData("https://evil.example", null)]
    [InlineData("desk", null)]
    [InlineData("/a\r\nSet-Cookie: x", null)]
    [InlineData("", null)]
    public void Only_a_path_of_this_site_is_returned_to(string target, string? kept) => Assert.Equal(kept, SessionRoutes.Local(target));

    [Theory, EveryStore]
    public async Task Failures_become_evidence_as_a_number(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        for (var i = 0; i < 3; i++) await lab.Send(HttpMethod.Post, "/api/session", new { user = "secret-typed-here", password = "x" });
        await lab.Node.Get<Sessions>().WitnessFailures(default);
        var said = Assert.Single(await Evidenced(lab), e => e.Contains("agencies.sign-ins-failed", StringComparison.Ordinal));
        Assert.Contains("3", said, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-typed-here", said, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task What_is_over_is_forgotten(Store store)
    {
        await using var lab = await TokenLab.Start(store);
        var cookie = await lab.SignIn("police.steward");
        await lab.Send(HttpMethod.Delete, "/api/session", cookie: cookie);
        await lab.Send(HttpMethod.Post, "/api/session", new { user = "nobody", password = "x" });
        await lab.Token();
        lab.Clock.Advance(TimeSpan.FromHours(13));
        await lab.Node.Get<Sessions>().Forget(default);
        await lab.Node.Get<Attempts>().Forget(default);
        await lab.Node.Get<Assertions>().Forget(default);
        Assert.Equal(0, await lab.Node.Get<Db>().One($"select (select count(*) from agencies_session_end) + (select count(*) from agencies_attempt) + (select count(*) from agencies_assertion)", r => r.GetInt64(0), default));
    }

    private static async Task<string> Renewed(TokenLab lab, string cookie)
    {
        using var answer = await lab.Send(HttpMethod.Get, "/api/session", cookie: cookie);
        return answer.Headers.TryGetValues("Set-Cookie", out var set) && set.FirstOrDefault(c => c.StartsWith("tx-session=", StringComparison.Ordinal)) is { } next ? next.Split(';')[0] : cookie;
    }

    private static async Task<IReadOnlyList<string>> Evidenced(TokenLab lab)
    {
        // Sequenced or still waiting: the outbox empties within a second of the node's clock, which stands here.
        return await lab.Node.Get<Db>().List($"select record from evidence_outbox", r => r.GetString(0), default);
    }
}
