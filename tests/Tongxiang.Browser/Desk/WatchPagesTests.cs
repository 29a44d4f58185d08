using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;
using Tongxiang.Server.Verbs;

namespace Tongxiang.Browser.Desk;

/// <summary>The bureau's board of fuses and alarms, and what the stopped side sees of it.</summary>
public sealed class WatchPagesTests(Chromium chromium, Site site)
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_fuse_is_pulled_and_two_people_restore_it(bool scripts)
    {
        await using var one = await chromium.Open(site.Url, scripts);
        var page = await Stewardship.SignIn(site, one, "bureau.security");
        await page.GotoAsync("/bureau/watch");
        await Stewardship.Look(page, "watch-board", scripts);
        await page.GetByRole(AriaRole.Link, new() { Name = "人工熔断" }).ClickAsync();
        await page.GetByLabel("范围").SelectOptionAsync("Caller");
        await page.GetByLabel("对象").FillAsync("no-such-client");
        await page.GetByLabel("理由").FillAsync("桌面演练，检验流程");
        await page.GetByLabel("演练，不影响调用").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "人工熔断" }).ClickAsync();
        await Assertions.Expect(page.GetByText("找不到“no-such-client”").First).ToBeVisibleAsync();
        await Stewardship.Look(page, "watch-pull-wrong", scripts);
        await page.GetByLabel("对象").FillAsync("human-resources-01");
        await page.GetByRole(AriaRole.Button, new() { Name = "人工熔断" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("已熔断");
        await Stewardship.Look(page, "watch-fuse", scripts);
        var fuse = new Uri(page.Url).AbsolutePath;

        await page.GetByLabel("理由").Last.FillAsync("演练结束");
        await page.GetByRole(AriaRole.Button, new() { Name = "提出恢复" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("等待另一位人员确认");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "确认恢复" })).ToHaveCountAsync(0);

        await using var two = await chromium.Open(site.Url, scripts);
        var other = await Stewardship.SignIn(site, two, "bureau.head");
        await other.GotoAsync(fuse);
        await other.GetByLabel("理由").Last.FillAsync("同意恢复");
        await other.GetByRole(AriaRole.Button, new() { Name = "确认恢复" }).ClickAsync();
        await Assertions.Expect(other.GetByRole(AriaRole.Status)).ToContainTextAsync("已完全恢复");
        await Stewardship.Look(other, "watch-restored", scripts);
    }

    [Fact]
    public async Task An_attack_shows_on_the_board_is_judged_and_its_own_side_opens_a_window()
    {
        await using var said = new StringWriter();
        Assert.True(await Drill.Run(Attack.Stale, site.Folder, site.Url, 60, TimeProvider.System, said, default) == 0, said.ToString());

        await using var context = await chromium.Open(site.Url);
        var page = await Stewardship.SignIn(site, context, "bureau.security");
        await page.GotoAsync("/bureau/watch");
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("升级审批.*沉睡账号复活") })).ToBeVisibleAsync();
        await page.Locator("#alarms").GetByRole(AriaRole.Row, new() { NameRegex = new Regex("天后重新启用") }).GetByRole(AriaRole.Link).First.ClickAsync();
        await Assertions.Expect(page.GetByText("天后重新启用").First).ToBeVisibleAsync();
        await Stewardship.Look(page, "watch-alarm", true);
        await page.GetByLabel("属实").CheckAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "说明" }).FillAsync("密钥外泄，已通知使用方");
        await page.GetByRole(AriaRole.Button, new() { Name = "判定" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("已判定");

        await using var own = await chromium.Open(site.Url);
        var company = await Stewardship.SignIn(site, own, "qiming.user");
        await company.GotoAsync("/desk/watch");
        await Stewardship.Look(company, "watch-desk", true);
        await company.Locator("#fuses").GetByRole(AriaRole.Link).First.ClickAsync();
        await company.GetByLabel("理由").FillAsync("已更换密钥，继续分析");
        await company.GetByRole(AriaRole.Button, new() { Name = "批准时段" }).ClickAsync();
        await Assertions.Expect(company.GetByRole(AriaRole.Status)).ToContainTextAsync("时段已批准");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task What_lives_depend_on_is_flagged_and_the_flag_comes_off_again(bool scripts)
    {
        await using var context = await chromium.Open(site.Url, scripts);
        var page = await Stewardship.SignIn(site, context, "bureau.security");
        await page.GotoAsync("/bureau/watch");
        await page.GetByRole(AriaRole.Link, new() { Name = "生命相关" }).ClickAsync();
        await page.GetByLabel("对象").FillAsync("no-such-data");
        await page.GetByLabel("理由").FillAsync("急救调度依赖此资源");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存标记" }).ClickAsync();
        await Assertions.Expect(page.GetByText("找不到“no-such-data”").First).ToBeVisibleAsync();
        await page.GetByLabel("对象").FillAsync("bus-stops");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存标记" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("已标记");
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("急救调度依赖此资源") })).ToBeVisibleAsync();
        await Stewardship.Look(page, "watch-vital", scripts);
        await page.GetByLabel("取消标记").CheckAsync();
        await page.GetByLabel("对象").FillAsync("bus-stops");
        await page.GetByLabel("理由").FillAsync("调度系统已改用自建数据");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存标记" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("已取消标记");
        await Assertions.Expect(page.GetByText("还没有标记任何资源或授权")).ToBeVisibleAsync();
    }

    // A rule that no other walk of this site needs, and never live.
    [Theory, InlineData(true), InlineData(false)]
    public async Task Of_two_windows_on_one_rule_the_second_sees_the_first_and_then_decides(bool scripts)
    {
        await using var context = await chromium.Open(site.Url, scripts);
        var first = await Stewardship.SignIn(site, context, "bureau.security");
        var second = await context.NewPageAsync();
        foreach (var page in new[] { first, second }) await page.GotoAsync("/bureau/watch/rules/department-compromised");
        async Task Press(IPage page, string mode)
        {
            await page.GetByRole(AriaRole.Radio, new() { Name = mode }).CheckAsync();
            await page.GetByLabel("理由").FillAsync("两个窗口同时打开");
            await page.GetByRole(AriaRole.Button, new() { Name = "更改状态" }).ClickAsync();
        }
        await Press(first, "停用");
        await Assertions.Expect(first.GetByRole(AriaRole.Status)).ToBeVisibleAsync();
        await Press(second, "启用");
        await Assertions.Expect(second.GetByText("刚由")).ToBeVisibleAsync();
        await Assertions.Expect(second.Locator(".meta")).ToContainTextAsync("停用");
        await Press(second, "试运行");
        await Assertions.Expect(second.GetByRole(AriaRole.Status)).ToBeVisibleAsync();
        await Assertions.Expect(second.Locator(".meta")).ToContainTextAsync("试运行");
    }

    [Theory]
    [InlineData("bureau.audit", "/en/bureau/watch/vital")]
    [InlineData("bureau.security", "/bureau/watch")]
    [InlineData("bureau.audit", "/en/bureau/watch")]
    [InlineData("bureau.security", "/bureau/watch/pull")]
    [InlineData("bureau.security", "/en/bureau/watch/rules/burst")]
    [InlineData("civil-affairs.steward", "/desk/watch")]
    [InlineData("qiming.user", "/en/desk/watch")]
    public async Task The_pages_pass_every_check(string user, string path) => await PageCheck.Passes(chromium, site.Url, path, cookie: await site.CookieOf(user));
}
