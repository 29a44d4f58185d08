using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Desk;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Public;

/// <summary>A reader finds a mistake and says so; the department answers; everybody reads the answer.</summary>
public sealed partial class FeedbackWalk(Chromium chromium, Site site)
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task An_error_is_reported_without_an_account_and_answered_in_public(bool scripts)
    {
        await using var readers = await chromium.Open(site.Url, scripts);
        var reader = await readers.NewPageAsync();
        await Open(reader);
        await reader.GetByRole(AriaRole.Link, new() { Name = "我要纠错" }).ClickAsync();
        await reader.GetByLabel("问题类型").SelectOptionAsync("WrongValue");
        await reader.GetByLabel("哪里不对").FillAsync("错了");
        await reader.GetByRole(AriaRole.Button, new() { Name = "提交纠错" }).ClickAsync();
        await Assertions.Expect(reader.Locator(".err-sum")).ToContainTextAsync("“哪里不对”请至少写 5 个字");
        if (scripts) Assert.Empty(await PageCheck.Faults(reader, 1440));
        await reader.GetByLabel("哪里不对").FillAsync(scripts ? "第三行的电话少了一位，应为八位。" : "第五行的地址已经搬迁，请核实。");
        await reader.GetByRole(AriaRole.Button, new() { Name = "提交纠错" }).ClickAsync();
        await reader.WaitForURLAsync("**/reports?sent=*");
        await Assertions.Expect(reader.GetByRole(AriaRole.Status).First).ToContainTextAsync("已收到");
        var number = Number().Match(reader.Url).Value;
        Assert.DoesNotContain("第三行", await reader.GetByRole(AriaRole.Main).InnerTextAsync(), StringComparison.Ordinal);

        await using var desk = await chromium.Open(site.Url, scripts);
        var steward = await Stewardship.SignIn(site, desk, "health.steward");
        await steward.GotoAsync("/desk/reports");
        if (scripts) Assert.Empty(await PageCheck.Faults(steward, 1440));
        await steward.GetByRole(AriaRole.Link, new() { Name = number }).ClickAsync();
        await Assertions.Expect(steward.Locator("#what")).ToContainTextAsync(scripts ? "少了一位" : "已经搬迁");
        await steward.GetByLabel("办结：数据已更正").CheckAsync();
        await steward.GetByLabel("答复").FillAsync("已与登记信息核对并更正。");
        await steward.GetByRole(AriaRole.Button, new() { Name = "提交答复" }).ClickAsync();
        await steward.WaitForURLAsync("**?done=answered");
        if (scripts) Assert.Empty(await PageCheck.Faults(steward, 1440));

        await reader.ReloadAsync();
        await Assertions.Expect(reader.GetByRole(AriaRole.Row).Filter(new() { HasText = number })).ToContainTextAsync("已与登记信息核对并更正。");
        if (scripts) Assert.Empty(await PageCheck.Faults(reader, 1440));
    }

    [Fact]
    public async Task Machines_that_fill_every_field_and_hurried_senders_are_stopped_with_what_they_wrote_kept()
    {
        await using var context = await chromium.Open(site.Url, scripts: false);
        var page = await context.NewPageAsync();
        var path = await Open(page) + "/report";
        foreach (var trapped in new[] { true, false })
        {
            await page.GotoAsync(path);
            await page.GetByLabel("问题类型").SelectOptionAsync("Other");
            await page.GetByLabel("哪里不对").FillAsync("说明里的单位写成了公里。");
            if (trapped) await page.Locator("#website").EvaluateAsync("e => e.value = 'https://spam.example'");
            await page.GetByRole(AriaRole.Button, new() { Name = "提交纠错" }).ClickAsync();
            if (trapped) await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("没有通过检查");
        }
        var stopped = false;
        for (var i = 0; i < 8 && !stopped; i++)
        {
            await page.GotoAsync(path);
            await page.GetByLabel("问题类型").SelectOptionAsync("Other");
            await page.GetByLabel("哪里不对").FillAsync($"第 {i + 20} 行写重复了。");
            await page.GetByRole(AriaRole.Button, new() { Name = "提交纠错" }).ClickAsync();
            stopped = await page.GetByText("提交太快了").CountAsync() > 0;
        }
        Assert.True(stopped);
        Assert.StartsWith("第 ", await page.GetByLabel("哪里不对").InputValueAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_scores_once_and_changes_the_score()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await context.NewPageAsync();
        var path = await Open(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "登录后评分" }).ClickAsync();
        var (user, password) = site.Person("Citizen");
        await page.GetByLabel("用户名").FillAsync(user);
        await page.GetByLabel("密码").FillAsync(password);
        await page.Locator("#main").GetByRole(AriaRole.Button, new() { Name = "登录" }).ClickAsync();
        foreach (var stars in new[] { "3", "5" })
        {
            await page.GetByLabel(stars, new() { Exact = true }).CheckAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "提交评分" }).ClickAsync();
            await Assertions.Expect(page.Locator("#score")).ToContainTextAsync($"{stars}.0 满分 5，共 1 人");
        }
        Assert.Empty(await PageCheck.Faults(page, 1440));
        Assert.EndsWith(path, new Uri(page.Url).AbsolutePath, StringComparison.Ordinal);
    }

    // A dataset of the health department that everybody may read.
    private static async Task<string> Open(IPage page)
    {
        await page.GotoAsync("/orgs/health");
        await page.GetByRole(AriaRole.Article).GetByRole(AriaRole.Link).First.ClickAsync();
        await page.WaitForURLAsync("**/datasets/*");
        return new Uri(page.Url).AbsolutePath;
    }

    [GeneratedRegex("JC[0-9]{8}-[0-9]{4,}")]
    private static partial Regex Number();
}
