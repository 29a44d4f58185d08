using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Desk;

public sealed partial class DeskPagesTests(Chromium chromium, Site site)
{
    private static readonly ConcurrentDictionary<(string Site, string Role), Task<string>> Sessions = new();

    [Theory]
    [InlineData("Steward", "/desk")]
    [InlineData("Steward", "/en/desk")]
    [InlineData("Steward", "/desk/applications")]
    [InlineData("Steward", "/desk/received")]
    [InlineData("Steward", "/desk/applications/{received}")]
    [InlineData("Steward", "/en/desk/applications/{received}")]
    [InlineData("Steward", "/desk/notices")]
    [InlineData("Steward", "/desk/find?q=%E4%BF%A1%E6%81%AF")]
    [InlineData("Steward", "/en/desk/find/bus-stops")]
    [InlineData("Steward", "/desk/apply/bus-stops")]
    [InlineData("Steward", "/desk/grants?view=given")]
    [InlineData("Steward", "/desk/grants/{given}")]
    [InlineData("Steward", "/en/desk/clients")]
    [InlineData("Steward", "/desk/ledger")]
    [InlineData("Steward", "/en/desk/ledger?view=own&from=2026-01-01")]
    [InlineData("Steward", "/desk/challenges")]
    [InlineData("Steward", "/desk/grants/{given}/ledger")]
    [InlineData("Citizen", "/me/disclosures")]
    [InlineData("Citizen", "/en/me/disclosures")]
    [InlineData("Steward", "/desk/reports")]
    [InlineData("Steward", "/desk/explain")]
    [InlineData("Operative", "/desk/lookup")]
    [InlineData("Operative", "/en/desk/lookup")]
    [InlineData("Steward", "/en/desk/explain?resource=population&client=civil-affairs-01")]
    [InlineData("Steward", "/desk/batches")]
    [InlineData("Steward", "/en/desk/batches")]
    [InlineData("SecurityAdmin", "/bureau/leaks")]
    [InlineData("SecurityAdmin", "/en/bureau/leaks")]
    [InlineData("SharingOfficeHead", "/desk/office")]
    [InlineData("BureauReviewer", "/bureau")]
    [InlineData("BureauReviewer", "/en/bureau/catalogue")]
    [InlineData("BureauReviewer", "/bureau/clocks")]
    [InlineData("BureauReviewer", "/en/bureau/uses?view=Shown")]
    [InlineData("Citizen", "/en/datasets/bus-stops/uses/new")]
    [InlineData("Citizen", "/en/me/uses")]
    [InlineData("BureauReviewer", "/bureau/evidence")]
    [InlineData("BureauReviewer", "/bureau/evidence/{evidence}")]
    public async Task Every_page_of_desk_and_bureau_passes_every_check(string role, string path)
    {
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = new Uri(site.Url) };
        var cookie = await Session(http, role);
        http.DefaultRequestHeaders.Add("Cookie", cookie);
        await PageCheck.Passes(chromium, site.Url, await Known(http, path), cookie: cookie);
    }

    [Theory]
    [InlineData("Steward", "/bureau")]
    [InlineData("Steward", "/bureau/evidence")]
    [InlineData("Citizen", "/bureau")]
    [InlineData("Steward", "/bureau/uses")]
    public async Task The_bureaus_pages_are_for_the_bureau(string role, string path)
    {
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = new Uri(site.Url) };
        http.DefaultRequestHeaders.Add("Cookie", await Session(http, role));
        using var answer = await http.GetAsync(path);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_refused_call_is_explained(bool scripts)
    {
        await using var context = await chromium.Open(site.Url, scripts);
        var page = await Stewardship.SignIn(site, context, "civil-affairs.steward");
        await page.GotoAsync("/desk/explain");
        await page.GetByLabel("资源名称").FillAsync("population");
        await page.GetByLabel("调用系统").FillAsync("civil-affairs-01");
        await page.GetByRole(AriaRole.Button, new() { Name = "查看说明" }).ClickAsync();
        await Assertions.Expect(page.GetByText("这次调用会被拒绝")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("经办人和办件编号齐全 拒绝") })).ToBeVisibleAsync();
        await Stewardship.Look(page, "explain-refused", scripts);
        await page.GetByLabel("经办人").FillAsync("civil-affairs.clerk");
        await page.GetByLabel("办件编号").FillAsync("DB20260001");
        await page.GetByRole(AriaRole.Button, new() { Name = "查看说明" }).ClickAsync();
        await Assertions.Expect(page.GetByText("这次调用会被允许")).ToBeVisibleAsync();
        await Stewardship.Look(page, "explain-allowed", scripts);
    }

    // One session a role: to check a password is made to take time.
    private Task<string> Session(HttpClient http, string role) => Sessions.GetOrAdd((site.Url, role), _ => SignIn(http, role));

    private async Task<string> SignIn(HttpClient http, string role)
    {
        var (user, password) = site.Person(role);
        using var answer = await http.PostAsJsonAsync("/api/session", new { user, password });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return answer.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]).First(c => !c.EndsWith('='));
    }

    private static async Task<string> Known(HttpClient http, string path) => path switch
    {
        _ when path.Contains("{received}", StringComparison.Ordinal) => path.Replace("{received}", await First(http, "/api/applications?view=received"), StringComparison.Ordinal),
        _ when path.Contains("{given}", StringComparison.Ordinal) => path.Replace("{given}", await First(http, "/api/grants?view=given"), StringComparison.Ordinal),
        _ when path.Contains("{evidence}", StringComparison.Ordinal) => path.Replace("{evidence}", Entry().Match(await http.GetStringAsync("/bureau/evidence")).Groups[1].Value, StringComparison.Ordinal),
        _ => path,
    };

    private static async Task<string> First(HttpClient http, string list) => (string)(await http.GetFromJsonAsync<JsonObject>(list))!["items"]![0]!["id"]!;

    [GeneratedRegex("/bureau/evidence/([0-9]+)\"")]
    private static partial Regex Entry();
}
