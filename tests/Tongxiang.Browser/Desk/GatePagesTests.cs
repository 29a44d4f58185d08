using System.Text;
using Microsoft.Playwright;
using Tongxiang.Agencies;
using Tongxiang.Browser.Lab;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Browser.Desk;

/// <summary>The rule pack, the calendar, signing lists, the register of systems and the yearly plan.</summary>
public sealed class GatePagesTests(Chromium chromium, Site site)
{
    [Fact]
    public async Task A_rule_is_found_previewed_and_tightened_and_a_looser_number_is_refused()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await Stewardship.SignIn(site, context, "bureau.head");
        await page.GotoAsync("/bureau/rules");
        await Stewardship.Look(page, "rules", true);
        await page.GetByRole(AriaRole.Searchbox).First.FillAsync("DL-07");
        await page.GetByRole(AriaRole.Button, new() { Name = "搜索" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "DL-07" }).ClickAsync();
        await page.GetByLabel("数值").FillAsync("2");
        await page.GetByLabel("本地规定").FillAsync("《云岭省政务数据共享办法》第二十条");
        await page.GetByRole(AriaRole.Button, new() { Name = "预览变动的期限" }).ClickAsync();
        await Assertions.Expect(page.Locator(".err-sum")).ToContainTextAsync("第二十三条");
        await page.GetByLabel("数值").FillAsync("4");
        await page.GetByRole(AriaRole.Button, new() { Name = "预览变动的期限" }).ClickAsync();
        await Assertions.Expect(page.GetByText("没有在办期限会变动")).ToBeVisibleAsync();
        await Stewardship.Look(page, "rule-preview", true);
        await page.GetByRole(AriaRole.Button, new() { Name = "确认收紧" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("已收紧");
        await Assertions.Expect(page.Locator("#local")).ToContainTextAsync("第二十条");
        await Stewardship.Look(page, "rule-tightened", true);
    }

    [Fact]
    public async Task A_year_is_previewed_and_loaded_without_scripts()
    {
        await using var context = await chromium.Open(site.Url, false);
        var page = await Stewardship.SignIn(site, context, "bureau.head");
        await page.GotoAsync("/bureau/rules/calendar");
        await page.GetByLabel("年份").FillAsync("2031");
        await page.GetByLabel("通知名称").FillAsync("国务院办公厅关于2031年部分节假日安排的通知");
        await page.Locator("#off").FillAsync("2031-01-01/2031-01-03\n2031-10-01/2031-10-07");
        await page.Locator("#working").FillAsync("2031-01-06");
        await page.GetByRole(AriaRole.Button, new() { Name = "预览变动的期限" }).ClickAsync();
        await Assertions.Expect(page.Locator(".err-sum")).ToContainTextAsync("2031-01-06");
        await page.Locator("#working").FillAsync("2031-01-04");
        await page.GetByRole(AriaRole.Button, new() { Name = "预览变动的期限" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "确认载入" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("已载入");
        await page.GotoAsync("/bureau/rules");
        await Assertions.Expect(page.Locator("#calendar")).ToContainTextAsync("2031");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_steward_lists_drafts_one_is_taken_out_and_the_head_signs_once(bool scripts)
    {
        var directory = site.Get<Agencies.Directory>();
        var steward = Caller.Of(directory.People.Single(p => p.UserName == "transport.steward"), directory);
        var (entries, model) = (site.Get<Entries>(), site.Get<Catalogue>().BySlug("bus-stops")!.Content);
        var names = new[] { "首末班时刻", "候车亭" }.Select(n => $"{n}{(scripts ? "甲" : "乙")}").ToArray();
        var slug = scripts ? "list-a" : "list-b";
        foreach (var (name, i) in names.Select((n, i) => (n, i)))
            Assert.False((await entries.Draft(steward, model with { Name = name, NameEn = null }, default, $"{slug}-{i}")).IsRefused);

        await using var context = await chromium.Open(site.Url, scripts);
        var page = await Stewardship.SignIn(site, context, "transport.steward");
        await page.GotoAsync("/desk/signing");
        await page.GetByLabel("清单名称").FillAsync($"公交目录{slug}");
        foreach (var name in names) await page.GetByRole(AriaRole.Checkbox, new() { Name = name }).CheckAsync();
        await Stewardship.Look(page, "signing-make", scripts);
        await page.GetByLabel("保密风险评估").FillAsync("逐条核对，均不涉及国家秘密和工作秘密");
        await page.GetByLabel("个人信息保护影响评估").FillAsync("均不含个人信息");
        await page.GetByRole(AriaRole.Button, new() { Name = "提交负责人签批" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("清单已提交");
        var path = new Uri(page.Url).AbsolutePath;
        await page.Locator("#entry").SelectOptionAsync(new SelectOptionValue { Index = 0 });
        await page.Locator("#reason").FillAsync("单独审批");
        await page.GetByRole(AriaRole.Button, new() { Name = "移出清单" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("已移出");

        await using var other = await chromium.Open(site.Url, scripts);
        var head = await Stewardship.SignIn(site, other, "transport.head");
        await head.GotoAsync(path);
        await Stewardship.Look(head, "signing", scripts);
        await head.GetByRole(AriaRole.Button, new() { Name = "同意并报送主管部门" }).ClickAsync();
        await Assertions.Expect(head.GetByRole(AriaRole.Status)).ToContainTextAsync("已签批");
        await Assertions.Expect(head.Locator("#entries").GetByText("已报送主管部门")).ToHaveCountAsync(1);
        await Stewardship.Look(head, "signing-signed", scripts);
    }

    [Fact]
    public async Task A_list_with_errors_is_checked_shown_by_line_and_taken_after_a_yes()
    {
        await using var context = await chromium.Open(site.Url, false);
        var page = await Stewardship.SignIn(site, context, "housing.steward");
        await page.GotoAsync("/desk/register");
        var csv = "类别,名称,依据,运行单位\n系统,网签备案系统,《城市商品房预售管理办法》第十条,住房信息中心\n系统,没有依据的系统,,住房信息中心\n";
        await page.Locator("#file").SetInputFilesAsync(new FilePayload { Name = "systems.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(csv) });
        await page.GetByRole(AriaRole.Button, new() { Name = "检查" }).ClickAsync();
        await Assertions.Expect(page.Locator("#refused")).ToContainTextAsync("依据");
        await Stewardship.Look(page, "import", false);
        await page.GetByRole(AriaRole.Button, new() { Name = "确认导入" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("清单已导入");
        await page.GetByRole(AriaRole.Link, new() { Name = "修改 网签备案系统" }).ClickAsync();
        await page.GetByLabel("运行单位").FillAsync("大数据中心");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("已保存");
        await Stewardship.Look(page, "register-line", false);

        await page.GotoAsync("/desk/plan");
        await page.Locator("#name").FillAsync("商品房预售许可");
        await page.Locator("#dueOn").FillAsync($"{WorkCalendar.Day(TimeProvider.System.GetUtcNow()).Year}-12-31");
        await page.GetByRole(AriaRole.Button, new() { Name = "登记" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("已登记");
        await Stewardship.Look(page, "plan-desk", false);
    }

    [Theory]
    [InlineData("bureau.head", "/bureau/rules")]
    [InlineData("bureau.head", "/en/bureau/rules")]
    [InlineData("bureau.head", "/bureau/rules/DL-04")]
    [InlineData("bureau.reviewer", "/en/bureau/rules/OPEN-01")]
    [InlineData("bureau.head", "/bureau/rules/calendar")]
    [InlineData("bureau.head", "/bureau/plan")]
    [InlineData("transport.steward", "/en/desk/plan")]
    [InlineData("transport.steward", "/desk/register")]
    [InlineData("bureau.reviewer", "/en/desk/register")]
    [InlineData("transport.steward", "/en/desk/signing")]
    public async Task The_pages_pass_every_check(string user, string path) => await PageCheck.Passes(chromium, site.Url, path, cookie: await site.CookieOf(user));
}
