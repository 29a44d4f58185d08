using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Desk;

/// <summary>The steward's path in a browser: catalogue a resource, have it approved and published, land a file, see its rows on the public page.</summary>
public sealed class DeskWalk(Chromium chromium, Site site)
{
    private const string Header = "date,country,countryCode,province,provinceCode,city,cityCode,confirmed,suspected,cured,dead";

    [Theory, InlineData(true, "城市每日统计"), InlineData(false, "无脚本每日统计")]
    public async Task A_resource_is_catalogued_approved_published_landed_and_shown(bool scripts, string name)
    {
        var (file, rows) = await Delivery();
        await using var desk = await chromium.Open(site.Url, scripts);
        var steward = await SignIn(desk, "health.steward");
        var address = await Catalogue(steward, name, scripts);
        await Step(steward, "提交负责人审批", "提交");

        await using var office = await chromium.Open(site.Url, scripts);
        await Decide(await SignIn(office, "health.head"), address, "同意并送主管部门审核", "approved");
        await using var bureau = await chromium.Open(site.Url, scripts);
        await Decide(await SignIn(bureau, "bureau.reviewer"), address, "审核通过并发布", "published");

        await Land(steward, address, file, rows, scripts);
        await steward.Locator("#main").GetByRole(AriaRole.Link, new() { NameRegex = new Regex("datasets") }).ClickAsync();
        await Assertions.Expect(steward.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(name);
        await Assertions.Expect(steward.GetByRole(AriaRole.Cell, new() { Name = "武汉市" }).First).ToBeVisibleAsync();
        await Assertions.Expect(steward.GetByText(rows.ToString("N0", CultureInfo.InvariantCulture)).First).ToBeVisibleAsync();
        await Look(steward, "dataset-" + (scripts ? "js" : "plain"));
    }

    [Fact]
    public async Task What_is_missing_is_listed_and_leads_to_its_field()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await SignIn(context, "health.steward");
        await page.GotoAsync("/desk/entries/new");
        await page.GetByLabel("名称", new() { Exact = true }).FillAsync("半");
        await page.GetByRole(AriaRole.Button, new() { Name = "检查" }).ClickAsync();
        var summary = page.Locator(".err-sum");
        await Assertions.Expect(summary).ToBeFocusedAsync();
        await Look(page, "entry-mistakes");
        await summary.GetByRole(AriaRole.Link).First.ClickAsync();
        await Assertions.Expect(page.Locator("input:focus, select:focus, textarea:focus")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Another_departments_draft_and_landing_are_not_found()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await SignIn(context, "health.steward");
        var address = await Catalogue(page, "只属于本部门的草稿", scripts: true);
        await using var other = await chromium.Open(site.Url);
        var stranger = await SignIn(other, "education.steward");
        foreach (var path in new[] { address, address + "/edit", address + "/land" })
        {
            await stranger.GotoAsync(path);
            Assert.DoesNotContain("只属于本部门的草稿", await stranger.ContentAsync(), StringComparison.Ordinal);
            Assert.Equal(0, await stranger.GetByRole(AriaRole.Button, new() { Name = "保存" }).CountAsync());
        }
    }

    private async Task<IPage> SignIn(IBrowserContext context, string user)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in?returnUrl=%2Fdesk%2Fentries");
        await page.GetByLabel("用户名").FillAsync(user);
        await page.GetByLabel("密码").FillAsync(site.PasswordOf(user));
        await page.Locator("#main").GetByRole(AriaRole.Button, new() { Name = "登录" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/desk/entries$"), new() { Timeout = 20_000 });
        return page;
    }

    private static async Task<string> Catalogue(IPage page, string name, bool scripts)
    {
        await page.GotoAsync("/desk/entries");
        await Look(page, "entries");
        await page.GetByRole(AriaRole.Link, new() { Name = "新编目录条目" }).ClickAsync();
        await page.GetByLabel("名称", new() { Exact = true }).FillAsync(name);
        await page.GetByLabel("摘要", new() { Exact = true }).FillAsync("按日期、国家、省份和城市统计的每日人数，逐日累计，来源为公开通报。");
        await page.GetByLabel("关键词").FillAsync("统计、每日");
        await page.GetByLabel("信息资源分类").FillAsync("306001");
        await page.GetByLabel("主题", new() { Exact = true }).SelectOptionAsync("health");
        await page.GetByLabel("行业（GB/T 4754）").SelectOptionAsync("Q");
        await page.GetByText("从表头生成").ClickAsync();
        await page.Locator("#header").FillAsync(Header);
        await page.GetByRole(AriaRole.Button, new() { Name = "生成", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Group, new() { NameRegex = new Regex("dead") })).ToHaveCountAsync(1);
        foreach (var key in new[] { "date", "country", "province", "city" }) await Row(page, key).GetByLabel("主键").CheckAsync();
        await Row(page, "date").GetByLabel("类型").SelectOptionAsync("Date");
        foreach (var count in new[] { "confirmed", "suspected", "cured", "dead" }) await Row(page, count).GetByLabel("类型").SelectOptionAsync("Integer");
        await page.GetByRole(AriaRole.Radio, new() { Name = "无条件共享" }).CheckAsync();
        await page.GetByRole(AriaRole.Radio, new() { Name = "无条件开放" }).CheckAsync();
        await page.GetByLabel("数据级别").First.ScrollIntoViewIfNeededAsync();
        await page.Locator("#grade").SelectOptionAsync("General1");
        await page.GetByRole(AriaRole.Button, new() { Name = "检查" }).ClickAsync();
        await Assertions.Expect(page.Locator(".err-sum")).ToHaveCountAsync(0);
        if (scripts) await Look(page, "entry-edit");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await page.WaitForURLAsync("**/desk/entries/*?done=saved");
        var address = new Uri(page.Url).AbsolutePath;
        await page.GetByLabel("保密风险评估").FillAsync("不涉及国家秘密和工作秘密，汇聚后无泄密风险。");
        await page.GetByRole(AriaRole.Button, new() { Name = "附上评估结论" }).First.ClickAsync();
        await page.WaitForURLAsync("**?done=assessed");
        await page.GetByLabel("个人信息保护影响评估").FillAsync("只有汇总人数，不含个人信息。");
        await page.GetByRole(AriaRole.Button, new() { Name = "附上评估结论" }).First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "重新评估" })).ToHaveCountAsync(2);
        if (scripts) await Look(page, "entry-view");
        return address;
    }

    private static ILocator Row(IPage page, string field) => page.GetByRole(AriaRole.Group, new() { NameRegex = new Regex($" {field}$") });

    private static async Task Step(IPage page, string button, string done)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await page.WaitForURLAsync("**?done=submitted");
        await Assertions.Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync(done);
    }

    private static async Task Decide(IPage page, string address, string button, string done)
    {
        await page.GotoAsync(address);
        await Look(page, "decide-" + done);
        await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await page.WaitForURLAsync("**?done=" + done);
    }

    private static async Task Land(IPage page, string address, string file, int rows, bool scripts)
    {
        await page.GotoAsync(address + "/land");
        await page.GetByLabel("选择文件").SetInputFilesAsync(file);
        await Look(page, "land");
        await page.GetByRole(AriaRole.Button, new() { Name = "上传" }).ClickAsync();
        await page.WaitForURLAsync("**/landings/*");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "确认并入库" })).ToBeVisibleAsync();
        await Look(page, "layout");
        await page.GetByRole(AriaRole.Button, new() { Name = "确认并入库" }).ClickAsync();
        // Scripts follow the work by themselves; without them the reader asks again.
        var done = page.GetByText("已入库");
        for (var asked = 0; !scripts && asked < 100 && await done.CountAsync() == 0; asked++) await page.ReloadAsync();
        await Assertions.Expect(done.First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page.GetByText($"{rows.ToString("N0", CultureInfo.InvariantCulture)} 行写入第 1 版")).ToBeVisibleAsync();
        await Look(page, "landed");
    }

    // Each page on the way passes the checks on a desk and on a phone.
    private static async Task Look(IPage page, string name)
    {
        var faults = new List<string>();
        foreach (var width in new[] { 390, 1440 })
        {
            await page.SetViewportSizeAsync(width, 900);
            faults.AddRange(await PageCheck.Faults(page, width));
            await PageCheck.Shoot(page, $"desk-{name}-{width}");
        }
        Assert.True(faults.Count == 0, name + "\n  " + string.Join("\n  ", faults.Distinct()));
    }

    // The real file where it lies beside a checkout, else a small one of the same form.
    private static async Task<(string File, int Rows)> Delivery()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var real = Path.GetFullPath(Path.Combine(at.FullName, "..", "shared", "data", "cn", "gov-open", "covid_city_daily_2020-01_04.csv"));
            if (File.Exists(Path.Combine(at.FullName, "Tongxiang.slnx")) && File.Exists(real)) return (real, 50_172);
        }
        var text = new StringBuilder(Header + "\n");
        for (var day = 0; day < 90; day++)
            text.Append(CultureInfo.InvariantCulture, $"{new DateOnly(2020, 1, 1).AddDays(day):yyyy-MM-dd},中国,CN,,,,,{day},0,0,0\n{new DateOnly(2020, 1, 1).AddDays(day):yyyy-MM-dd},中国,CN,湖北省,420000,武汉市,420100,{day},0,0,0\n");
        var file = Path.Combine(Path.GetTempPath(), $"city-days-{Guid.CreateVersion7():N}.csv");
        await File.WriteAllTextAsync(file, text.ToString());
        return (file, 180);
    }
}
