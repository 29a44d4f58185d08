using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Desk;

/// <summary>What a steward, a head and the bureau do on the way of a resource, step by step in the browser.</summary>
internal static class Stewardship
{
    public const string Header = "date,country,countryCode,province,provinceCode,city,cityCode,confirmed,suspected,cured,dead";

    public static async Task<IPage> SignIn(Site site, IBrowserContext context, string user)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in?returnUrl=%2Fdesk%2Fentries");
        await page.GetByLabel("用户名").FillAsync(user);
        await page.GetByLabel("密码").FillAsync(site.PasswordOf(user));
        await page.Locator("#main").GetByRole(AriaRole.Button, new() { Name = "登录" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/desk/entries$"), new() { Timeout = 20_000 });
        return page;
    }

    public static async Task<string> Catalogue(IPage page, string name, bool scripts, string share = "无条件共享", string open = "无条件开放")
    {
        await page.GotoAsync("/desk/entries");
        await Look(page, "entries", scripts);
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
        await page.GetByRole(AriaRole.Radio, new() { Name = share }).CheckAsync();
        if (share == "有条件共享")
        {
            await page.GetByLabel("共享范围").FillAsync("因履行法定职责确需使用的政务部门");
            await page.GetByLabel("使用用途").FillAsync("统计分析与辅助决策");
        }
        await page.GetByRole(AriaRole.Radio, new() { Name = open }).CheckAsync();
        if (open == "有条件开放")
        {
            await page.Locator("[name='opening.conditions']").FillAsync("说明用途并签订开放利用协议");
            await page.Locator("[name='opening.safeguards']").FillAsync("专人保管，不得转让");
            await page.GetByLabel("许可", new() { Exact = true }).SelectOptionAsync("agreement");
        }
        await page.GetByLabel("数据级别").First.ScrollIntoViewIfNeededAsync();
        await page.Locator("#grade").SelectOptionAsync("General1");
        await page.GetByRole(AriaRole.Button, new() { Name = "检查" }).ClickAsync();
        await Assertions.Expect(page.Locator(".err-sum")).ToHaveCountAsync(0);
        await Look(page, "entry-edit", scripts);
        await page.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await page.WaitForURLAsync("**/desk/entries/*?done=saved");
        var address = new Uri(page.Url).AbsolutePath;
        await page.GetByLabel("保密风险评估").FillAsync("不涉及国家秘密和工作秘密，汇聚后无泄密风险。");
        await page.GetByRole(AriaRole.Button, new() { Name = "附上评估结论" }).First.ClickAsync();
        await page.WaitForURLAsync("**?done=assessed");
        await page.GetByLabel("个人信息保护影响评估").FillAsync("只有汇总人数，不含个人信息。");
        await page.GetByRole(AriaRole.Button, new() { Name = "附上评估结论" }).First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "重新评估" })).ToHaveCountAsync(2);
        await Look(page, "entry-view", scripts);
        return address;
    }

    private static ILocator Row(IPage page, string field) => page.GetByRole(AriaRole.Group, new() { NameRegex = new Regex($" {field}$") });

    public static async Task Step(IPage page, string button, string done)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await page.WaitForURLAsync("**?done=submitted");
        await Assertions.Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync(done);
    }

    public static async Task Decide(IPage page, string address, string button, string done, bool scripts)
    {
        await page.GotoAsync(address);
        await Look(page, "decide-" + done, scripts);
        await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await page.WaitForURLAsync("**?done=" + done);
    }

    public static async Task Land(IPage page, string address, string file, int rows, bool scripts)
    {
        await page.GotoAsync(address + "/land");
        await page.GetByLabel("选择文件").SetInputFilesAsync(file);
        await Look(page, "land", scripts);
        await page.GetByRole(AriaRole.Button, new() { Name = "上传" }).ClickAsync();
        await page.WaitForURLAsync("**/landings/*");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "确认并入库" })).ToBeVisibleAsync();
        await Look(page, "layout", scripts);
        var confirm = page.GetByRole(AriaRole.Button, new() { Name = "确认并入库" });
        await confirm.ClickAsync();
        await Assertions.Expect(confirm).ToBeHiddenAsync();
        // Scripts follow the work by themselves; without them the reader asks again.
        var done = page.GetByText("已入库");
        for (var asked = 0; !scripts && asked < 100 && await done.CountAsync() == 0; asked++)
        {
            await page.WaitForTimeoutAsync(250);
            await page.GotoAsync(page.Url);
        }
        await Assertions.Expect(done.First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page.GetByText($"{rows.ToString("N0", CultureInfo.InvariantCulture)} 行写入第 1 版")).ToBeVisibleAsync();
        await Look(page, "landed", scripts);
    }

    // Each page on the way passes the checks on a desk and on a phone.
    public static async Task Look(IPage page, string name, bool scripts)
    {
        // The checks are scripts: they would wait for ever in a browser without.
        var faults = new List<string>();
        foreach (var width in scripts ? new[] { 390, 1440 } : [])
        {
            await page.SetViewportSizeAsync(width, 900);
            faults.AddRange(await PageCheck.Faults(page, width));
        }
        foreach (var width in new[] { 390, 1440 })
        {
            await page.SetViewportSizeAsync(width, 900);
            await PageCheck.Shoot(page, $"desk-{name}-{width}");
        }
        Assert.True(faults.Count == 0, name + "\n  " + string.Join("\n  ", faults.Distinct()));
    }

    // The real file where it lies beside a checkout, else a small one of the same form.
    public static async Task<(string File, int Rows)> Delivery()
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
