using System.Text;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Public;

public sealed class JourneyTests(Chromium chromium, Site site)
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_reader_finds_narrows_and_downloads_without_an_account(bool scripts)
    {
        await using var context = await chromium.Open(site.Url, scripts);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/");
        var search = page.GetByRole(AriaRole.Searchbox).Or(page.GetByRole(AriaRole.Combobox, new() { Name = "搜索数据集" })).First;
        await search.FillAsync("公交站");
        await search.PressAsync("Enter");
        await page.WaitForURLAsync("**/datasets?q=*");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "无条件开放" }).CheckAsync();
        if (!scripts)
            await page.GetByRole(AriaRole.Button, new() { Name = "应用筛选" }).ClickAsync();
        await page.WaitForURLAsync("**open=Open*");
        await page.GetByRole(AriaRole.Link, new() { Name = "青屿市公交站点信息" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("青屿市公交站点信息");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "下载 CSV" }).ClickAsync());
        var text = await File.ReadAllTextAsync((await download.PathAsync())!, Encoding.UTF8);
        Assert.StartsWith("stop_code,", text, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task The_api_is_tried_on_the_page_in_English(bool scripts)
    {
        await using var context = await chromium.Open(site.Url, scripts);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/en/datasets/bus-stops/api");
        await page.GetByLabel("Column").First.SelectOptionAsync("name");
        await page.GetByLabel("Comparison").SelectOptionAsync("like");
        await page.GetByLabel("Value").FillAsync("*公园");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Assertions.Expect(page.Locator(".answer")).ToContainTextAsync("公园\"");
        await Assertions.Expect(page.Locator("#answer")).ToContainTextAsync("name=like.*");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task The_other_language_shows_the_same_page_and_Back_returns(bool scripts)
    {
        await using var context = await chromium.Open(site.Url, scripts);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/datasets?theme=transport");
        await page.GetByRole(AriaRole.Link, new() { Name = "English", Exact = true }).ClickAsync();
        await page.WaitForURLAsync("**/en/datasets?theme=transport");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Data catalogue");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await page.GoBackAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("数据目录");
    }

    [Fact]
    public async Task A_department_lists_its_own_datasets_and_is_a_filter_of_the_results()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await context.NewPageAsync();
        await page.GotoAsync("/en/orgs/qingyu-transport");
        await Assertions.Expect(page.GetByRole(AriaRole.Article).Filter(new() { HasText = "Qingyu bus stops" })).ToHaveCountAsync(1);
        await Assertions.Expect(page.GetByRole(AriaRole.Article).Filter(new() { HasText = "Lanpu bus stops" })).ToHaveCountAsync(0);
        await page.GotoAsync("/en/datasets?agency=qingyu-transport");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Remove Department: Qingyu Transport Bureau" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Machines_and_link_checkers_get_what_they_ask_for()
    {
        using var http = new HttpClient { BaseAddress = new Uri(site.Url) };
        using var head = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/datasets/bus-stops"));
        Assert.Equal(200, (int)head.StatusCode);
        using var page = await http.GetAsync("/datasets/bus-stops");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/datasets/bus-stops");
        again.Headers.IfNoneMatch.Add(page.Headers.ETag!);
        using var same = await http.SendAsync(again);
        Assert.Equal(304, (int)same.StatusCode);
        Assert.Contains("application/ld+json", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var gone = await http.GetAsync("/datasets/never-was");
        Assert.Equal(404, (int)gone.StatusCode);
        Assert.Equal([0xEF, 0xBB, 0xBF], (await http.GetByteArrayAsync("/en/datasets.csv?theme=transport"))[..3]);
    }

    [Fact]
    public async Task A_wrong_password_is_said_without_telling_which_names_exist()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await context.NewPageAsync();
        foreach (var user in (string[])["nobody-of-that-name", site.Person("Citizen").User])
        {
            await page.GotoAsync("/en/sign-in");
            await page.GetByLabel("User name").FillAsync(user);
            await page.GetByLabel("Password").FillAsync("not the password");
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("User name or password is not right");
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_citizen_applies_step_by_step_checks_and_sends(bool scripts)
    {
        await using var context = await chromium.Open(site.Url, scripts);
        var page = await context.NewPageAsync();
        var (user, password) = site.Person(scripts ? "Citizen" : "CompanyUser");
        await page.GotoAsync("/datasets?open=Conditional");
        await page.GetByRole(AriaRole.Article).GetByRole(AriaRole.Link).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "申请使用", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "登录后申请" }).ClickAsync();
        await page.GetByLabel("用户名").FillAsync(user);
        await page.GetByLabel("密码").FillAsync(password);
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "登录" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "开始申请" }).ClickAsync();
        await page.WaitForURLAsync("**/edit/purpose");
        // Required fields stop an empty form in the browser; a form with blanks only reaches the server, which says what is missing.
        await page.GetByLabel("用途").FillAsync("   ");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存并继续" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        Assert.Empty(scripts ? await PageCheck.Faults(page, 1440) : []);
        await page.GetByLabel("用途").FillAsync("分析各类场所的分布，供社区养老服务选址参考。");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存并继续" }).ClickAsync();
        await page.WaitForURLAsync("**/edit/data");
        await page.GetByRole(AriaRole.Checkbox).First.CheckAsync();
        await page.GetByLabel("使用到").FillAsync(DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()).AddDays(200).ToString("yyyy-MM-dd"));
        await page.GetByRole(AriaRole.Button, new() { Name = "保存并继续" }).ClickAsync();
        await page.WaitForURLAsync("**/edit/safety");
        await page.GetByLabel("安全保障措施").FillAsync("数据只保存在内网加密盘，两人可读，项目结束后删除，由项目负责人负责。");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存并继续" }).ClickAsync();
        await page.WaitForURLAsync("**/edit/check");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "我已阅读并接受开放利用协议" }).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "提交申请" }).ClickAsync();
        await Assertions.Expect(page.GetByText("申请已提交")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("审核中").First).ToBeVisibleAsync();
    }
}
