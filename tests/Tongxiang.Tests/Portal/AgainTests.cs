using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Journeys;

namespace Tongxiang.Tests.Portal;

/// <summary>Two clicks on one button, or a colleague who was faster: the second gets a page that says so.</summary>
public sealed partial class AgainTests
{
    [Fact]
    public async Task A_step_that_was_taken_is_told_with_who_and_when_and_is_not_taken_twice()
    {
        await using var province = await Province.Open(Store.Sqlite);
        var (steward, head, reviewer) = (await province.SignIn("health.steward"), await province.SignIn("health.head"), await province.SignIn("reviewer"));
        var made = await Province.Post(steward, "/api/entries", new NewEntry(Samples.Open(), "stops"), HttpStatusCode.Created);
        var entry = (string)made["entry"]!["id"]!;
        await Province.Post(steward, $"/api/entries/{entry}/assessments", new { kind = "SecrecyRisk", conclusion = "不涉及国家秘密" });
        await Province.Post(steward, $"/api/entries/{entry}/assessments", new { kind = "PersonalInformationImpact", conclusion = "不含个人信息" });
        await Province.Post(steward, $"/api/entries/{entry}/submit", new { revision = 1 });
        await Twice(head, $"/desk/entries/{entry}", "step", [("step", "Approved"), ("revision", "1")], "某人health.head");
        await Twice(reviewer, $"/en/desk/entries/{entry}", "step", [("step", "Published"), ("revision", "1")], "某人reviewer");
        Assert.Equal(3, (await Province.Get(steward, $"/api/entries/{entry}/history"))["steps"]!.AsArray().Count);
        var wish = new
        {
            basis = "《城市公共交通条例》第五条",
            scenario = "核对站点",
            matter = "巡线",
            purpose = "核对",
            fields = (string[])[Samples.Open().Fields[0].Name],
            modes = (string[])["Api"],
            until = TimeProvider.System.GetUtcNow().AddMonths(6).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        };
        var (clerk, chief) = (await province.SignIn("civil.steward"), await province.SignIn("civil.head"));
        var id = (string)(await Province.Post(clerk, "/api/applications", new { lane = "Sharing", entry, wish }, HttpStatusCode.Created))["application"]!["id"]!;
        await Province.Post(clerk, $"/api/applications/{id}/propose", new { });
        await Twice(chief, $"/desk/applications/{id}", "agree", [("seen", "")], "某人civil.head");
        // Somebody else's click is told the same way.
        Assert.Equal("Submitted", (string)(await Province.Get(clerk, $"/api/applications/{id}"))["application"]!["state"]!);
    }

    [Fact]
    public async Task A_landing_that_was_confirmed_is_told_where_it_stands()
    {
        await using var lab = await Ingest.LandingNode.Start(Store.Sqlite);
        using var form = Ingest.LandingNode.Form("站点.csv", Ingest.LandingNode.Utf8("站点表,\ncode,riders\n001,5\n"));
        var run = (string)JsonNode.Parse((await lab.Ask(HttpMethod.Post, $"/api/entries/{lab.Stops.Id}/landings", form)).Body.GetRawText())!["id"]!;
        using var steward = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = lab.Node.Http.BaseAddress };
        using var signed = await steward.PostAsync("/api/session", System.Net.Http.Json.JsonContent.Create(new { user = "transport.steward", password = Staff.Password }));
        await Twice(steward, $"/desk/entries/{lab.Stops.Id}/landings/{run}", "confirm", [("firstRow", "3"), ("leaveOut", ""), ("place-code", "0"), ("place-riders", "1")], "已经不在等待确认");
        Assert.Equal("Done", (await lab.Follow(lab.Stops, run))[^1]);
        Assert.Equal(1, (await lab.Run(lab.Stops, run)).Body.GetProperty("versionNumber").GetInt32());
    }

    [Fact]
    public async Task A_form_without_its_token_or_of_no_page_still_says_something()
    {
        await using var province = await Province.Open(Store.Sqlite);
        var steward = await province.SignIn("health.steward");
        foreach (var (path, fields) in new (string, Dictionary<string, string>)[] { ("/desk/entries", new() { ["_handler"] = "step" }), ("/datasets", new() { ["_handler"] = "x" }), ("/desk", []), ("/desk/clients", new() { ["_handler"] = "no-such", ["_form"] = "forged" }) })
        {
            using var answer = await steward.PostAsync(path, new FormUrlEncodedContent(fields));
            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            Assert.Contains("<h1", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private static async Task Twice(HttpClient session, string path, string handler, IReadOnlyList<(string Name, string Value)> fields, string told)
    {
        var page = await session.GetStringAsync(path);
        var token = FormToken().Match(page).Groups[1].Value;
        Assert.True(token.Length > 20, page);
        async Task<HttpResponseMessage> Send() => await session.PostAsync(path, new FormUrlEncodedContent(
            [.. fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), KeyValuePair.Create("_handler", handler), KeyValuePair.Create("_form", WebUtility.HtmlDecode(token))]));
        using var first = await Send();
        Assert.True(first.StatusCode == HttpStatusCode.Found, $"{path}: {first.StatusCode} {await first.Content.ReadAsStringAsync()}");
        using var second = await Send();
        var text = WebUtility.HtmlDecode(await second.Content.ReadAsStringAsync());
        Assert.True(second.StatusCode == HttpStatusCode.Conflict, $"{path}: {second.StatusCode} {text}");
        Assert.Equal("text/html", second.Content.Headers.ContentType?.MediaType);
        Assert.True(second.Headers.Contains("Content-Security-Policy"), path);
        Assert.Contains(path.StartsWith("/en", StringComparison.Ordinal) ? "What you sent was not done" : "这次提交没有执行", text, StringComparison.Ordinal);
        Assert.Contains(told, text[text.IndexOf("role=\"status\"", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [GeneratedRegex("name=\"_form\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();
}
