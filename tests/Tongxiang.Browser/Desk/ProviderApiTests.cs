using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Desk;

/// <summary>The API of a department's own system in the browser: declared, tried, approved by the bureau, seen by nobody else, stopped.</summary>
public sealed class ProviderApiTests(Chromium chromium, Site site)
{
    [Theory, InlineData(true, "police.steward", "citizen_id"), InlineData(false, "health.steward", "citizen_id")]
    public async Task An_api_is_declared_tried_approved_and_stopped(bool scripts, string user, string column)
    {
        await using var stewards = await chromium.Open(site.Url, scripts);
        var page = await Stewardship.SignIn(site, stewards, user);
        await page.GotoAsync("/desk/provider-apis");
        await Assertions.Expect(page.GetByText("还没有登记接口")).ToBeVisibleAsync();
        await Stewardship.Look(page, "provider-none", scripts);
        await Press(page, "填写登记");
        await page.WaitForURLAsync("**/desk/provider-apis/*");
        var address = new Uri(page.Url).AbsolutePath;
        await page.GetByLabel("接口地址").FillAsync("http://127.0.0.1/records/{id}");
        await page.GetByLabel("查询参数").FillAsync("nothing here");
        await Press(page, "提交登记");
        await Assertions.Expect(page.Locator(".err-sum")).ToContainTextAsync("“nothing here”不是“名称=名称”的形式");
        await page.GetByLabel("查询参数").FillAsync(column + "=id*");
        await Press(page, "提交登记");
        await Assertions.Expect(page.Locator(".err-sum")).ToContainTextAsync("https");
        await Stewardship.Look(page, "provider-wrong", scripts);
        await page.GetByLabel("接口地址").FillAsync("https://registry.invalid/records/{id}");
        await page.GetByRole(AriaRole.Radio, new() { Name = "令牌" }).CheckAsync();
        await page.GetByLabel("凭据", new() { Exact = false }).First.FillAsync("a-token-nobody-reads-again");
        await Press(page, "提交登记");
        await page.WaitForURLAsync("**?done=declared");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("等待数据主管部门批准");
        Assert.DoesNotContain("a-token-nobody-reads-again", await page.ContentAsync(), StringComparison.Ordinal);
        await page.Locator("#v-" + column).FillAsync("290101199001010015");
        await Press(page, "试连");
        await Assertions.Expect(page.GetByText("应答有问题")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText(new Regex("无法连接"))).ToBeVisibleAsync();
        await Stewardship.Look(page, "provider-tried", scripts);

        await using var reviewers = await chromium.Open(site.Url, scripts);
        var reviewer = await Stewardship.SignIn(site, reviewers, "bureau.reviewer");
        await reviewer.GotoAsync(address);
        await Press(reviewer, "批准使用");
        await reviewer.WaitForURLAsync("**?done=approved");
        await Assertions.Expect(reviewer.GetByText("正常放行")).ToBeVisibleAsync();
        await reviewer.GotoAsync("/en" + address);
        await Stewardship.Look(reviewer, "provider-approved-en", scripts);

        await using var others = await chromium.Open(site.Url, scripts);
        var other = await Stewardship.SignIn(site, others, "civil-affairs.steward");
        Assert.Equal(404, (await other.GotoAsync(address))!.Status);
        await other.GotoAsync("/desk/provider-apis");
        await Assertions.Expect(other.GetByText("registry.invalid")).ToHaveCountAsync(0);

        await page.GotoAsync("/desk/provider-apis");
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("registry.invalid.*使用中.*正常放行") })).ToBeVisibleAsync();
        await Stewardship.Look(page, "provider-list", scripts);
        await page.GotoAsync(address);
        await Press(page, "停用");
        await page.WaitForURLAsync("**?done=stopped");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "试连" })).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData("police.steward", "/en/desk/provider-apis")]
    [InlineData("bureau.reviewer", "/desk/provider-apis")]
    public async Task The_pages_pass_every_check(string user, string path) => await PageCheck.Passes(chromium, site.Url, path, cookie: await site.CookieOf(user));

    private static Task Press(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First.ClickAsync();
}
