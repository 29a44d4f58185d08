using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;
using Tongxiang.Core.Crypto;

namespace Tongxiang.Browser.Desk;

/// <summary>People and duties, emergency access, courses and the second factor, as people use them.</summary>
public sealed class DutyPagesTests(Chromium chromium, Site site)
{
    [Theory]
    [InlineData("bureau.system", "/desk/people")]
    [InlineData("bureau.security", "/en/desk/people?person=transport.steward")]
    [InlineData("bureau.audit", "/desk/people?person=bureau.vendor")]
    [InlineData("bureau.vendor", "/desk/break-glass")]
    [InlineData("bureau.audit", "/en/desk/break-glass")]
    [InlineData("bureau.expert", "/desk/opinions")]
    [InlineData("police.steward", "/desk/courses")]
    [InlineData("police.head", "/en/desk/courses/data-security")]
    [InlineData("police.head", "/desk/courses/data-security")]
    [InlineData("bureau.head", "/bureau/coverage")]
    [InlineData("bureau.head", "/en/bureau/coverage")]
    [InlineData("police.steward", "/desk/security?set-up=yes")]
    [InlineData("police.steward", "/en/desk/security")]
    [InlineData("audit.inspector", "/bureau/evidence")]
    public async Task Every_page_passes_every_check(string user, string path) => await PageCheck.Passes(chromium, site.Url, path, cookie: await site.CookieOf(user));

    [Theory]
    [InlineData("/founding")]
    [InlineData("/en/founding")]
    [InlineData("/sign-in/code")]
    [InlineData("/en/sign-in/enrol")]
    public async Task What_waits_for_nobody_says_so(string path) => await PageCheck.Passes(chromium, site.Url, path);

    [Theory]
    [InlineData("bureau.vendor", "/bureau")]
    [InlineData("cyberspace.inspector", "/bureau/evidence")]
    [InlineData("audit.inspector", "/bureau")]
    [InlineData("police.steward", "/desk/people")]
    public async Task Pages_of_others_stay_closed(string user, string path)
    {
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = new Uri(site.Url) };
        http.DefaultRequestHeaders.Add("Cookie", await site.CookieOf(user));
        using var answer = await http.GetAsync(path);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_role_takes_two_and_an_emergency_access_another_two(bool scripts)
    {
        var who = scripts ? "health.steward" : "education.steward";
        await using var one = await chromium.Open(site.Url, scripts);
        var system = await Stewardship.SignIn(site, one, "bureau.system");
        await system.GotoAsync("/desk/people?person=" + who);
        await system.GetByLabel("经办人", new() { Exact = true }).CheckAsync();
        await system.GetByLabel("理由").First.FillAsync("兼办窗口业务");
        await system.GetByRole(AriaRole.Button, new() { Name = "提出变更" }).ClickAsync();
        await Assertions.Expect(system.GetByRole(AriaRole.Status).First).ToContainTextAsync("等待安全管理员批准");
        await using var two = await chromium.Open(site.Url, scripts);
        var security = await Stewardship.SignIn(site, two, "bureau.security");
        await security.GotoAsync("/desk/people");
        var row = security.Locator("#waiting").GetByRole(AriaRole.Row, new() { NameRegex = new Regex("兼办窗口业务") });
        await Stewardship.Look(security, "people-waiting", scripts);
        await row.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^驳回") }).ClickAsync();
        await Assertions.Expect(security.GetByRole(AriaRole.Alert)).ToContainTextAsync("必填");
        await row.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^批准") }).ClickAsync();
        await Assertions.Expect(security.GetByRole(AriaRole.Status).First).ToContainTextAsync("角色即时生效");

        await using var three = await chromium.Open(site.Url, scripts);
        var vendor = await Stewardship.SignIn(site, three, "bureau.vendor");
        await vendor.GotoAsync("/desk/break-glass");
        await vendor.GetByLabel("资源标识").FillAsync("population");
        await vendor.GetByLabel("字段", new() { Exact = true }).FillAsync("citizen_id, name, division");
        await vendor.GetByLabel("理由").FillAsync("同步任务连续失败，需要核对一条记录");
        await vendor.GetByLabel("事件或工单编号").FillAsync("YW-" + (scripts ? "1" : "2"));
        await vendor.GetByRole(AriaRole.Button, new() { Name = "提交申请" }).ClickAsync();
        await Assertions.Expect(vendor.GetByRole(AriaRole.Status).First).ToContainTextAsync("等待另一人批准");
        await using var four = await chromium.Open(site.Url, scripts);
        var head = await Stewardship.SignIn(site, four, "police.office");
        await head.GotoAsync("/desk/break-glass");
        await head.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^批准并告警") }).First.ClickAsync();
        await Assertions.Expect(head.GetByRole(AriaRole.Status).First).ToContainTextAsync("收到告警");
        await vendor.GotoAsync("/desk/break-glass");
        await vendor.GetByLabel("查询条件").First.FillAsync("select=name,division&limit=1");
        await vendor.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^读取") }).First.ClickAsync();
        await Assertions.Expect(vendor.GetByText("回执").First).ToBeVisibleAsync();
        await Stewardship.Look(vendor, "break-glass-read", scripts);
        await vendor.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^立即结束") }).First.ClickAsync();
        await Assertions.Expect(vendor.GetByRole(AriaRole.Status).First).ToContainTextAsync("已结束");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_course_is_passed_and_a_second_factor_set_up_and_asked_for(bool scripts)
    {
        var user = scripts ? "taxation.steward" : "ecology.steward";
        await using var context = await chromium.Open(site.Url, scripts);
        var page = await Stewardship.SignIn(site, context, user);
        await page.GotoAsync("/desk/courses/data-security");
        await page.GetByRole(AriaRole.Button, new() { Name = "交卷" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("已答 0 道");
        foreach (var answer in new[] { "不可以，须另行申请", "申请应急访问，由另一人批准", "立即报告", "任何人都不可以", "打印或抄写后妥善保管" }) await page.GetByLabel(answer).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "交卷" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("答对 5/5 题");
        await Stewardship.Look(page, "course-passed", scripts);

        await page.GotoAsync("/desk/security");
        await page.GetByRole(AriaRole.Link, new() { Name = "设置验证器" }).ClickAsync();
        var key = (await page.Locator("#authenticator code").First.InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal);
        await page.GetByLabel("验证码").FillAsync("000000");
        await page.GetByRole(AriaRole.Button, new() { Name = "启用" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("验证码不正确");
        await page.GetByLabel("验证码").FillAsync(Totp.Code(Bytes(key), Totp.StepOf(TimeProvider.System.GetUtcNow())));
        await page.GetByRole(AriaRole.Button, new() { Name = "启用" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status).First).ToContainTextAsync("请保存恢复码");
        var recovery = await page.Locator(".codes code").First.InnerTextAsync();
        await Stewardship.Look(page, "factor-recovery", scripts);

        await using var again = await chromium.Open(site.Url, scripts);
        var next = await again.NewPageAsync();
        await next.GotoAsync("/sign-in");
        await next.GetByLabel("用户名").FillAsync(user);
        await next.GetByLabel("密码").FillAsync(site.PasswordOf(user));
        await next.Locator("main").GetByRole(AriaRole.Button).First.ClickAsync();
        await next.WaitForURLAsync("**/sign-in/code**");
        await Stewardship.Look(next, "sign-in-code", scripts);
        await next.GetByLabel("验证码或恢复码").FillAsync(recovery);
        await next.Locator("main").GetByRole(AriaRole.Button).First.ClickAsync();
        await next.GotoAsync("/desk/security");
        await Assertions.Expect(next.GetByText("剩余恢复码")).ToBeVisibleAsync();
        // As it was before: others sign in as these people with their password alone.
        await next.GetByLabel("验证码或恢复码").FillAsync(await page.Locator(".codes code").Last.InnerTextAsync());
        await next.GetByRole(AriaRole.Button, new() { Name = "移除验证器" }).ClickAsync();
        await Assertions.Expect(next.GetByRole(AriaRole.Status).First).ToContainTextAsync("验证器已移除");
    }

    private static byte[] Bytes(string base32)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(base32.Select(c => Convert.ToString(Alphabet.IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
