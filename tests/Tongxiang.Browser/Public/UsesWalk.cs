using Microsoft.Playwright;
using Tongxiang.Browser.Desk;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Public;

/// <summary>Somebody made something of the data and proposes it; the bureau shows or declines it; everybody finds it beside the data.</summary>
public sealed class UsesWalk(Chromium chromium, Site site)
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_use_is_proposed_reviewed_and_shown_beside_the_data(bool scripts)
    {
        var title = scripts ? "到站时刻" : "公交换乘";
        await using var makers = await chromium.Open(site.Url, scripts);
        var maker = await makers.NewPageAsync();
        await maker.GotoAsync("/datasets/bus-stops/uses");
        if (scripts) await Stewardship.Look(maker, "uses-before", scripts);
        await maker.GetByRole(AriaRole.Link, new() { Name = "提交利用成果" }).First.ClickAsync();
        await SignIn(maker, "CompanyUser");
        await maker.GetByLabel("成果名称").FillAsync(title);
        await maker.GetByLabel("成果类型").SelectOptionAsync("App");
        await maker.GetByLabel("一句话说明").FillAsync("按站点查询附近的公交站和到达办法，供老年人使用。");
        await maker.GetByLabel("网址", new() { Exact = true }).FillAsync("javascript:alert(1)");
        await maker.GetByLabel("使用的数据集").FillAsync("bus-stops\nno-such-data");
        await maker.GetByRole(AriaRole.Button, new() { Name = "提交审核" }).ClickAsync();
        await Assertions.Expect(maker.Locator(".err-sum")).ToContainTextAsync("请填写公众能打开的完整网址");
        await Assertions.Expect(maker.Locator(".err-sum")).ToContainTextAsync("没有公开的数据集“no-such-data”");
        await Stewardship.Look(maker, "uses-new-wrong", scripts);
        await maker.GetByLabel("网址", new() { Exact = true }).FillAsync("https://stops.example.cn/" + (scripts ? "a" : "b"));
        await maker.GetByLabel("使用的数据集").FillAsync($"bus-stops\n{site.Url}/en/datasets/air-quality?x=1");
        await maker.GetByLabel("邮箱").FillAsync("maker@example.org");
        await maker.GetByRole(AriaRole.Button, new() { Name = "提交审核" }).ClickAsync();
        await maker.WaitForURLAsync("**/me/uses?sent=*");
        await Assertions.Expect(maker.GetByRole(AriaRole.Row).Filter(new() { HasText = title })).ToContainTextAsync("待审核");
        await Stewardship.Look(maker, "uses-mine", scripts);

        await using var readers = await chromium.Open(site.Url, scripts);
        var reader = await readers.NewPageAsync();
        await using var bureau = await chromium.Open(site.Url, scripts);
        var reviewer = await Stewardship.SignIn(site, bureau, "bureau.reviewer");
        await reviewer.GotoAsync("/bureau/uses");
        await Stewardship.Look(reviewer, "uses-queue", scripts);
        await reviewer.GetByRole(AriaRole.Link, new() { Name = title }).ClickAsync();
        await reviewer.GetByLabel("不予展示").CheckAsync();
        await reviewer.GetByRole(AriaRole.Button, new() { Name = "提交决定" }).ClickAsync();
        await Assertions.Expect(reviewer.Locator(".err-sum")).ToContainTextAsync("“原因”请至少写 5 个字");
        await Stewardship.Look(reviewer, "uses-review", scripts);
        await reviewer.GetByLabel("展示", new() { Exact = true }).CheckAsync();
        await reviewer.GetByRole(AriaRole.Button, new() { Name = "提交决定" }).ClickAsync();
        await reviewer.WaitForURLAsync("**?done=decided");
        await Stewardship.Look(reviewer, "uses-reviewed", scripts);

        foreach (var path in new[] { "/datasets/air-quality/uses", "/uses" })
        {
            await reader.GotoAsync(path);
            var link = reader.GetByRole(AriaRole.Link, new() { Name = title, Exact = true });
            await Assertions.Expect(link).ToHaveAttributeAsync("rel", "nofollow noopener external");
            await Assertions.Expect(reader.GetByRole(AriaRole.Main)).Not.ToContainTextAsync("maker@example.org");
            await Stewardship.Look(reader, "uses" + path.Replace('/', '-'), scripts);
        }

        await maker.GotoAsync("/me/uses");
        await maker.GetByRole(AriaRole.Button, new() { Name = "撤回 " + title }).ClickAsync();
        await maker.WaitForURLAsync("**?done=withdrawn");
        await Assertions.Expect(maker.GetByRole(AriaRole.Row).Filter(new() { HasText = title })).ToContainTextAsync("已撤回");
        await reviewer.GotoAsync("/datasets/air-quality/uses");
        await Assertions.Expect(reviewer.GetByRole(AriaRole.Link, new() { Name = title, Exact = true })).ToHaveCountAsync(0);
    }

    private async Task SignIn(IPage page, string role)
    {
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { Name = "登录" }).ClickAsync();
        var (user, password) = site.Person(role);
        await page.GetByLabel("用户名").FillAsync(user);
        await page.GetByLabel("密码").FillAsync(password);
        await page.Locator("#main").GetByRole(AriaRole.Button, new() { Name = "登录" }).ClickAsync();
        await page.WaitForURLAsync("**/uses/new");
    }
}
