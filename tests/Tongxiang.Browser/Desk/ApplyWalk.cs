using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Desk;

public sealed partial class ApplyWalk(Chromium chromium, Site site)
{
    [Fact]
    public async Task A_department_applies_is_answered_field_by_field_and_granted_without_scripts()
    {
        var tax = await As("taxation.steward");
        await tax.GotoAsync("/desk/find/population");
        await tax.GetByRole(AriaRole.Link, new() { Name = "申请共享" }).ClickAsync();
        await tax.GetByRole(AriaRole.Button, new() { Name = "开始申请" }).ClickAsync();
        await tax.GetByLabel("使用依据").FillAsync("《中华人民共和国税收征收管理法》第六条");
        await tax.GetByLabel("办理事项").FillAsync("专项附加扣除核验");
        await tax.GetByLabel("使用场景").FillAsync("汇算清缴审核岗核对赡养关系");
        await tax.GetByLabel("用途").FillAsync("核对纳税人申报的身份信息");
        await Next(tax);
        await Next(tax);
        Assert.Contains("请至少选择一个数据项", await tax.GetByRole(AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
        foreach (var field in new[] { "citizen_id", "name", "division" }) await tax.Locator($"input[name=fields][value={field}]").CheckAsync();
        await Next(tax);
        await tax.GetByLabel("使用期限").FillAsync("2028-10-31");
        await Next(tax);
        Assert.Contains("公民身份号码", await tax.Locator("#wish").InnerTextAsync(), StringComparison.Ordinal);
        await tax.GetByRole(AriaRole.Button, new() { Name = "提请负责人同意" }).ClickAsync();
        var path = Case().Match(tax.Url).Value;
        Assert.NotEmpty(path);

        var office = await As("taxation.office");
        await office.GotoAsync(path);
        await office.GetByRole(AriaRole.Button, new() { Name = "同意并提交" }).ClickAsync();
        Assert.Contains("审核中", await office.Locator(".meta").First.InnerTextAsync(), StringComparison.Ordinal);

        var clerk = await As("police.steward");
        await clerk.GotoAsync(path + "/reply");
        await Preview(clerk);
        await clerk.Locator("input[name='answer.name'][value=Masked]").CheckAsync();
        await clerk.Locator("input[name='answer.division'][value=NotGiven]").CheckAsync();
        await clerk.GetByRole(AriaRole.Button, new() { Name = "提交签发" }).ClickAsync();
        Assert.Contains("不提供“区划代码”须说明理由", await clerk.GetByRole(AriaRole.Alert).InnerTextAsync(), StringComparison.Ordinal);
        await clerk.Locator("input[name='why.division']").FillAsync("用途不需要");
        await clerk.GetByRole(AriaRole.Button, new() { Name = "提交签发" }).ClickAsync();

        var head = await As("police.office");
        await head.GotoAsync(path);
        await head.GetByRole(AriaRole.Button, new() { Name = "签发同意" }).ClickAsync();
        Assert.Contains("供给中", await head.Locator(".meta").First.InnerTextAsync(), StringComparison.Ordinal);

        await tax.GotoAsync("/desk/grants");
        await tax.Locator("tbody a").First.ClickAsync();
        Assert.Contains("签名有效", await tax.Locator("#record").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("脱敏", await tax.Locator("#granted").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("假名", await tax.Locator("#granted").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("欧阳**", await tax.Locator("#seen").InnerTextAsync(), StringComparison.Ordinal);
        await Stewardship.Look(tax, "grant-seen", scripts: false);
    }

    // Another form for one field, seen on made-up values and on rows before anything is laid before the head.
    private static async Task Preview(IPage clerk)
    {
        await clerk.Locator("input[name='answer.citizen_id'][value=Other]").CheckAsync();
        await clerk.GetByLabel(new Regex("^其他形式: 公民身份号码")).SelectOptionAsync("Pseudonym:");
        await clerk.Locator("input[name='answer.name'][value=Masked]").CheckAsync();
        await clerk.GetByRole(AriaRole.Button, new() { Name = "预览示例值" }).ClickAsync();
        var shown = clerk.Locator("#preview");
        await Assertions.Expect(shown.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("欧阳明月.*欧阳\\*\\*", RegexOptions.Singleline) })).ToBeVisibleAsync();
        await Assertions.Expect(shown.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("公民身份号码.*[a-z2-7]{26}", RegexOptions.Singleline) })).ToBeVisibleAsync();
        await Stewardship.Look(clerk, "reply-preview", scripts: false);
        await clerk.GetByRole(AriaRole.Button, new() { Name = "预览当前数据三行" }).ClickAsync();
        await Assertions.Expect(shown.GetByRole(AriaRole.Status)).ToContainTextAsync("已存证");
        Assert.DoesNotContain("欧阳明月", await shown.InnerTextAsync(), StringComparison.Ordinal);
        await Assertions.Expect(clerk.GetByLabel(new Regex("^其他形式: 公民身份号码"))).ToHaveValueAsync("Pseudonym:");
    }

    private static Task Next(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "保存并继续" }).ClickAsync();

    private async Task<IPage> As(string user)
    {
        var context = await chromium.Open(site.Url, scripts: false);
        var answer = await context.APIRequest.PostAsync("/api/session", new() { DataObject = new { user, password = site.PasswordOf(user) } });
        Assert.True(answer.Ok, await answer.TextAsync());
        return await context.NewPageAsync();
    }

    [GeneratedRegex("/desk/applications/[0-9a-f-]{36}")]
    private static partial Regex Case();
}
