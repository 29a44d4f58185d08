using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Desk;

/// <summary>Opening the disclosure journal in the browser: asked for by one, approved by another, used by these two, and looked at by nobody else.</summary>
public sealed class JournalPagesTests(Chromium chromium, Site site)
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task An_opening_is_asked_for_approved_and_used(bool scripts)
    {
        await Disclosures.Make(site);
        await using var guards = await chromium.Open(site.Url, scripts);
        var security = await Stewardship.SignIn(site, guards, "bureau.security");
        await security.GotoAsync("/bureau/evidence");
        await security.GetByRole(AriaRole.Link, new() { Name = "打开披露日志（两人）" }).ClickAsync();
        await Assertions.Expect(security.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("打开披露日志");
        await security.Locator("summary", new() { HasText = "申请打开" }).ClickAsync();
        await security.Locator("#resource").FillAsync("no-such-data");
        await security.Locator("#reason").FillAsync("审计抽查：核对披露范围是否超出授权");
        await Press(security, "申请打开");
        await Assertions.Expect(security.Locator(".err-sum")).ToContainTextAsync("没有名为“no-such-data”的已发布资源");
        await Stewardship.Look(security, "journal-wrong", scripts);
        await security.Locator("#resource").FillAsync("population");
        await Press(security, "申请打开");
        await security.WaitForURLAsync("**?done=asked");
        await Assertions.Expect(security.GetByText("申请人不能自己批准")).ToBeVisibleAsync();
        await Assertions.Expect(security.GetByRole(AriaRole.Button, new() { Name = "批准打开" })).ToHaveCountAsync(0);
        await Stewardship.Look(security, "journal-asked", scripts);
        var address = new Uri(security.Url).AbsolutePath;

        await using var auditors = await chromium.Open(site.Url, scripts);
        var auditor = await Stewardship.SignIn(site, auditors, "bureau.audit");
        await auditor.GotoAsync("/en" + address);
        await Assertions.Expect(auditor.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Name the persons disclosed");
        await Stewardship.Look(auditor, "journal-approve-en", scripts);
        await Press(auditor, "Approve");
        await auditor.WaitForURLAsync("**?done=list-approved");
        var file = await auditor.RunAndWaitForDownloadAsync(() => Press(auditor, "Export the list (CSV)"));
        Assert.StartsWith("告知名单-population-", file.SuggestedFilename, StringComparison.Ordinal);
        await auditor.GotoAsync(address);
        await Assertions.Expect(auditor.Locator("#uses").GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await Stewardship.Look(auditor, "journal-used", scripts);
        await auditor.GotoAsync("/bureau/journal");
        await Stewardship.Look(auditor, "journal-list", scripts);
        await auditor.GotoAsync("/en/bureau/journal");
        await Stewardship.Look(auditor, "journal-list-en", scripts);
    }

    [Fact]
    public async Task A_key_whose_years_run_stays_and_the_page_says_until_when()
    {
        await Disclosures.Make(site);
        await using var guards = await chromium.Open(site.Url);
        var security = await Stewardship.SignIn(site, guards, "bureau.security");
        await security.GotoAsync("/bureau/journal");
        await security.Locator("summary", new() { HasText = "申请打开" }).ClickAsync();
        await security.GetByRole(AriaRole.Radio, new() { Name = "销毁到期的披露密钥" }).CheckAsync();
        await security.Locator("#resource").FillAsync("population");
        await security.Locator("#reason").FillAsync("法定保存年限届满后的例行销毁");
        await Press(security, "申请打开");
        await security.WaitForURLAsync("**?done=asked");
        await using var auditors = await chromium.Open(site.Url);
        var auditor = await Stewardship.SignIn(site, auditors, "bureau.audit");
        await auditor.GotoAsync(new Uri(security.Url).AbsolutePath);
        await Press(auditor, "批准打开");
        await auditor.WaitForURLAsync("**?done=list-approved");
        await Press(auditor, "销毁密钥");
        await Assertions.Expect(auditor.Locator(".err-sum")).ToContainTextAsync("之前不得销毁");
        await Stewardship.Look(auditor, "journal-destroy", true);
        // What a button of an old page is answered: the reason, on the opening's page.
        await auditor.GotoAsync(new Uri(security.Url).AbsolutePath + "?refused=share.journal-over");
        await Assertions.Expect(auditor.GetByText("批准已过 72 小时，请重新申请")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Nobody_else_of_the_bureau_reads_of_it()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await Stewardship.SignIn(site, context, "bureau.head");
        await page.GotoAsync("/bureau/evidence");
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "打开披露日志（两人）" })).ToHaveCountAsync(0);
        Assert.Equal(403, (await page.GotoAsync("/bureau/journal"))!.Status);
        Assert.Equal(403, (await page.GotoAsync("/bureau/journal/" + Guid.CreateVersion7()))!.Status);
    }

    private static Task Press(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First.ClickAsync();
}
