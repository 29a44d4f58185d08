using System.Net;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Kit;

public sealed class GalleryTests(Chromium chromium, Site site)
{
    [Theory, InlineData("/kit", null), InlineData("/en/kit", null), InlineData("/kit?elder", "tx-elder=1")]
    public Task Every_component_passes_every_check(string path, string? cookie) => PageCheck.Passes(chromium, site.Url, path, 110_000, cookie);

    [Fact]
    public async Task The_error_summary_takes_the_focus_and_leads_to_its_field()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/en/kit");
        await Assertions.Expect(page.Locator(".err-sum")).ToBeFocusedAsync();
        await page.Locator(".err-sum").GetByRole(AriaRole.Link).First.ClickAsync();
        await Assertions.Expect(page.Locator("#purpose")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_dialog_opens_and_Escape_closes_it()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/en/kit");
        await page.Locator("[data-dialog]").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Large_type_is_one_press_and_comes_back_to_the_same_page(bool scripts)
    {
        await using var context = await chromium.Open(site.Url, scripts);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/en/kit?sort=name");
        await page.GetByRole(AriaRole.Button, new() { Name = "Large type" }).ClickAsync();
        await page.WaitForURLAsync("**/en/kit?sort=name");
        await Assertions.Expect(page.Locator("html.elder")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task The_first_tab_stop_skips_to_the_content()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/nothing-here");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "跳到主要内容" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#main")).ToBeFocusedAsync();
    }

    [Theory, InlineData("/no-such-page", "没有这个页面"), InlineData("/en/no-such-page", "There is no such page")]
    public async Task A_wrong_address_gets_a_page_that_says_what_to_do(string path, string heading)
    {
        await using var context = await chromium.Open(site.Url);
        var page = await context.NewPageAsync();
        var answer = await page.GotoAsync(path);
        Assert.Equal((int)HttpStatusCode.NotFound, answer!.Status);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(heading);
        Assert.Empty(await PageCheck.Faults(page, 1440));
    }

    [Fact]
    public async Task A_preference_never_leads_off_the_site()
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(site.Url) };
        foreach (var back in (string[])["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example", ""])
        {
            using var answer = await http.PostAsync("/preferences", new FormUrlEncodedContent([KeyValuePair.Create("elder", "1"), KeyValuePair.Create("back", back)]));
            Assert.Equal("/", answer.Headers.Location?.OriginalString);
        }
    }
}
