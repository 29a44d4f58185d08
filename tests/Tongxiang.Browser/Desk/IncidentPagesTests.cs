using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Desk;

/// <summary>An incident from the opening to the closing in the browser, and the pages of the drill that stands in the demonstration.</summary>
public sealed class IncidentPagesTests(Chromium chromium, Site site)
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task An_incident_is_opened_judged_reported_and_closed(bool scripts)
    {
        var title = scripts ? "人口信息夜间批量导出" : "人口信息被连续枚举";
        await using var guards = await chromium.Open(site.Url, scripts);
        var security = await Stewardship.SignIn(site, guards, "bureau.security");
        await security.GotoAsync("/bureau/incidents");
        await security.Locator("summary", new() { HasText = "启动安全事件" }).ClickAsync();
        await security.GetByLabel("事件", new() { Exact = true }).FillAsync("短");
        await security.GetByLabel("涉及的资源").FillAsync("no-such-data");
        await Press(security, "启动安全事件");
        await Assertions.Expect(security.Locator(".err-sum")).ToContainTextAsync("没有名为“no-such-data”的已发布资源");
        await Stewardship.Look(security, "incident-open-wrong", scripts);
        await security.GetByLabel("事件", new() { Exact = true }).FillAsync(title);
        await security.GetByLabel("涉及的资源").FillAsync("population");
        await Press(security, "启动安全事件");
        await security.WaitForURLAsync("**?done=opened");
        await Assertions.Expect(security.GetByText("IR-5 其他运营者向省级网信部门报告", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(security.GetByText(new Regex("^剩余 3 小时 5[0-9] 分")).First).ToBeVisibleAsync();
        await Stewardship.Look(security, "incident-opened", scripts);
        var address = new Uri(security.Url).AbsolutePath;
        await Press(security, "接手处置");
        await security.WaitForURLAsync("**?done=acknowledge");
        await security.GetByLabel("已采取的控制措施").FillAsync("已撤销涉事客户端的授权");
        await Press(security, "已控制");
        await security.WaitForURLAsync("**?done=contain");
        await Press(security, "重新统计");
        await security.WaitForURLAsync("**?done=count");
        await Press(security, "定级");
        await Assertions.Expect(security.Locator(".err-sum")).ToContainTextAsync("请选择一个级别");
        await Stewardship.Look(security, "incident-judge", scripts);
        await security.GetByRole(AriaRole.Radio, new() { Name = "较大", Exact = true }).CheckAsync();
        await security.GetByLabel("判断依据").FillAsync("属于较大量个人信息可能外泄，构成较严重威胁。");
        await Press(security, "定级");
        await security.WaitForURLAsync("**?done=judge");
        await Press(security, "报告完毕");
        await Assertions.Expect(security.Locator(".err-sum")).ToContainTextAsync("IR-");
        foreach (var kind in new[] { "网络安全事件首次报告", "网络安全事件补充报告", "个人信息安全事件告知书" }) await Submit(security, address, kind, scripts && kind.Contains("首次", StringComparison.Ordinal));
        await security.GotoAsync(address);
        await Press(security, "报告完毕");
        await security.WaitForURLAsync("**?done=report");
        await security.GetByLabel("处置结果与恢复情况").FillAsync("两人审批后已恢复该授权");
        await Press(security, "处置结束并恢复");
        await security.WaitForURLAsync("**?done=restore");
        await Submit(security, address, "网络安全事件处置总结报告", false);
        await security.GotoAsync(address);
        await security.GetByLabel("原因", new() { Exact = true }).First.FillAsync("授权的每日行数过宽，未限定经办人。");
        await security.GetByLabel("教训").FillAsync("授权按事项收紧");
        await security.GetByLabel("整改措施").FillAsync("收紧每日行数; 公安厅; 2031-12-31");
        await Press(security, "保存复盘");
        await security.WaitForURLAsync("**?done=review");
        await Stewardship.Look(security, "incident-review", scripts);

        await using var heads = await chromium.Open(site.Url, scripts);
        var head = await Stewardship.SignIn(site, heads, "bureau.head");
        await head.GotoAsync(address);
        await Press(head, "关闭事件");
        await head.WaitForURLAsync("**?done=close");
        await Assertions.Expect(head.GetByRole(AriaRole.Status).First).ToContainTextAsync("事件已关闭");
        await Stewardship.Look(head, "incident-closed", scripts);
        await using var offices = await chromium.Open(site.Url, scripts);
        var office = await Stewardship.SignIn(site, offices, "police.office");
        await office.GotoAsync("/desk/incidents");
        await Stewardship.Look(office, "incident-desk-list", scripts);
        await office.GetByRole(AriaRole.Link, new() { Name = title }).First.ClickAsync();
        await Assertions.Expect(office.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(title);
        await Stewardship.Look(office, "incident-desk", scripts);
    }

    [Fact]
    public async Task A_drill_says_everywhere_that_it_is_one()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await Stewardship.SignIn(site, context, "bureau.head");
        await page.GotoAsync("/bureau/incidents?drills=1");
        await Stewardship.Look(page, "incident-drills", true);
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^应急演练") }).First.ClickAsync();
        await Assertions.Expect(page.GetByText("这是演练")).ToBeVisibleAsync();
        await Stewardship.Look(page, "incident-drill", true);
        await page.GetByRole(AriaRole.Link, new() { Name = "网络安全事件首次报告" }).ClickAsync();
        await Assertions.Expect(page.Locator(".drill-mark")).ToHaveTextAsync("演练");
        await Stewardship.Look(page, "incident-drill-paper", true);
        await page.GotoAsync("/en/bureau/incidents?drills=1");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Incidents");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Two_people_take_the_list_of_the_persons_to_tell(bool scripts)
    {
        await Disclosures.Make(site);
        await using var guards = await chromium.Open(site.Url, scripts);
        var security = await Stewardship.SignIn(site, guards, "bureau.security");
        await security.GotoAsync("/bureau/incidents");
        await security.Locator("summary", new() { HasText = "启动安全事件" }).ClickAsync();
        await security.GetByLabel("事件", new() { Exact = true }).FillAsync(scripts ? "人口信息可能外泄" : "人口信息疑似外泄");
        await security.GetByLabel("涉及的资源").FillAsync("population");
        await Press(security, "启动安全事件");
        await security.WaitForURLAsync("**?done=opened");
        var address = new Uri(security.Url).AbsolutePath;
        var box = security.Locator("#notify");
        await Assertions.Expect(box).ToContainTextAsync("还没有人申请名单");
        await Stewardship.Look(security, "notify-none", scripts);
        await box.Locator("#reason-notify").FillAsync("看看是谁啊");
        await Press(security, "申请告知名单");
        await Assertions.Expect(security.Locator(".err-sum")).ToContainTextAsync("10–500");
        await Stewardship.Look(security, "notify-wrong", scripts);
        await box.Locator("#reason-notify").FillAsync("逐一告知受影响的个人，履行告知义务");
        await Press(security, "申请告知名单");
        await security.WaitForURLAsync("**?done=list-asked");
        await Assertions.Expect(box).ToContainTextAsync("申请人不能自己批准");
        await Assertions.Expect(box.GetByRole(AriaRole.Button, new() { Name = "导出名单（CSV）" })).ToHaveCountAsync(0);
        await Stewardship.Look(security, "notify-asked", scripts);

        await using var auditors = await chromium.Open(site.Url, scripts);
        var auditor = await Stewardship.SignIn(site, auditors, "bureau.audit");
        await auditor.GotoAsync(address);
        await Press(auditor, "批准打开");
        await auditor.WaitForURLAsync("**?done=list-approved");
        var file = await auditor.RunAndWaitForDownloadAsync(() => Press(auditor, "导出名单（CSV）"));
        Assert.StartsWith("告知名单-SJ-", file.SuggestedFilename, StringComparison.Ordinal);
        var lines = (await File.ReadAllTextAsync(await file.PathAsync())).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length >= 3, string.Join('\n', lines));
        await auditor.GotoAsync(address);
        await Assertions.Expect(auditor.Locator("#notify").GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await Assertions.Expect(auditor.Locator("#notify")).ToContainTextAsync("1 人不在资源现有数据中");
        await Stewardship.Look(auditor, "notify-exported", scripts);
        await auditor.GotoAsync(address + "/documents/PersonNotice");
        await auditor.GetByRole(AriaRole.Link, new() { Name = "向谁发送" }).ClickAsync();
        await auditor.WaitForURLAsync(new Regex("#notify$"));
        await auditor.GotoAsync("/en" + address);
        await Assertions.Expect(auditor.Locator("#notify")).ToContainTextAsync("Persons to tell");
        await Stewardship.Look(auditor, "notify-en", scripts);

        await using var offices = await chromium.Open(site.Url, scripts);
        var office = await Stewardship.SignIn(site, offices, "police.office");
        await office.GotoAsync(address.Replace("/bureau/", "/desk/", StringComparison.Ordinal));
        await Assertions.Expect(office.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await Assertions.Expect(office.Locator("#notify")).ToHaveCountAsync(0);
    }

    private static async Task Submit(IPage page, string address, string kind, bool looks)
    {
        await page.GotoAsync(address);
        await page.GetByRole(AriaRole.Link, new() { Name = kind }).ClickAsync();
        await page.GetByLabel("回执编号或接收人").FillAsync("12387-2026-001");
        await Press(page, "登记报送");
        await Assertions.Expect(page.Locator(".err-sum")).ToContainTextAsync("还没有填写");
        if (looks) await Stewardship.Look(page, "incident-paper-missing", true);
        foreach (var box in await page.Locator("textarea").AllAsync())
            if ((await box.InputValueAsync()).Length == 0) await box.FillAsync("已由处置人员核实填写");
        await Press(page, "保存");
        await page.WaitForURLAsync("**?done=written");
        await page.GetByLabel("报送渠道").SelectOptionAsync("Hotline");
        await page.GetByLabel("回执编号或接收人").FillAsync("12387-2026-001");
        await Press(page, "登记报送");
        await page.WaitForURLAsync("**?done=submitted");
        if (looks) await Stewardship.Look(page, "incident-paper", true);
    }

    private static Task Press(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First.ClickAsync();
}
