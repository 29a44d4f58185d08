using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Desk;

/// <summary>Supervision in the browser: a finding from its notice to its recheck, the report that is computed again, and a dossier in one press.</summary>
public sealed class SupervisionPagesTests(Chromium chromium, Site site)
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_finding_is_opened_noticed_and_answered(bool scripts)
    {
        var matter = scripts ? "接口停用未事先通知" : "接口变更未事先通知";
        await using var bureau = await chromium.Open(site.Url, scripts);
        var reviewer = await Stewardship.SignIn(site, bureau, "bureau.reviewer");
        await reviewer.GotoAsync("/bureau/findings");
        await Assertions.Expect(reviewer.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("监督问题");
        await Stewardship.Look(reviewer, "findings", scripts);
        await reviewer.Locator("summary", new() { HasText = "人工立案" }).ClickAsync();
        await reviewer.Locator("#item").SelectOptionAsync("39-7");
        await reviewer.Locator("#agency").SelectOptionAsync(new SelectOptionValue { Label = "云汀省交通运输厅" });
        await reviewer.Locator("#subject").FillAsync(matter);
        await reviewer.Locator("#statement").FillAsync("使用");
        await Press(reviewer, "立案");
        await Assertions.Expect(reviewer.Locator(".err-sum")).ToContainTextAsync("请写 5 到 2000 个字");
        await Stewardship.Look(reviewer, "findings-wrong", scripts);
        await reviewer.Locator("#statement").FillAsync("使用部门反映接口于上周变更，未经协商，也未备案。");
        await Press(reviewer, "立案");
        await Assertions.Expect(reviewer.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("问题 WT");
        var address = new Uri(reviewer.Url).AbsolutePath;
        await reviewer.Locator("#note").FillAsync("请与使用部门协商，补办备案，并书面说明。");
        await Press(reviewer, "发出整改通知");
        await Assertions.Expect(reviewer.GetByText("已办理，并已存证")).ToBeVisibleAsync();
        await Stewardship.Look(reviewer, "finding-noticed", scripts);

        await using var department = await chromium.Open(site.Url, scripts);
        var office = await Stewardship.SignIn(site, department, "transport.office");
        await office.GotoAsync("/desk/findings");
        await office.GetByRole(AriaRole.Link, new() { NameRegex = new("^WT") }).First.ClickAsync();
        await Assertions.Expect(office.Locator("#what")).ToContainTextAsync(matter);
        await office.Locator("#note").FillAsync("已与使用部门协商，备案编号 BA-2026-017。");
        await Press(office, "报告整改");
        await Assertions.Expect(office.GetByText("已办理，并已存证")).ToBeVisibleAsync();
        await office.GotoAsync("/en" + address.Replace("/bureau/", "/desk/", StringComparison.Ordinal));
        await Stewardship.Look(office, "finding-desk-en", scripts);

        await using var heads = await chromium.Open(site.Url, scripts);
        var head = await Stewardship.SignIn(site, heads, "bureau.head");
        await head.GotoAsync(address);
        await Press(head, "立即复核");
        await Assertions.Expect(head.GetByText("复核通过：同一检测规则未再发现问题")).ToBeVisibleAsync();
        await head.GetByRole(AriaRole.Radio, new() { Name = "通报" }).CheckAsync();
        await head.Locator("#serious").CheckAsync();
        await head.Locator("#note").FillAsync("擅自变更服务影响多个部门办件，情节严重，予以通报。");
        await Press(head, "办理");
        await Assertions.Expect(head.GetByText("已办理，并已存证")).ToBeVisibleAsync();
        await office.GotoAsync("/desk/circulars");
        await Stewardship.Look(office, "circulars", scripts);
        await office.GetByRole(AriaRole.Link, new() { NameRegex = new("^TB") }).First.ClickAsync();
        await Assertions.Expect(office.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("通报");
        await Stewardship.Look(office, "circular", scripts);
    }

    [Fact]
    public async Task A_report_is_computed_again_and_a_dossier_leaves_in_one_press()
    {
        await using var context = await chromium.Open(site.Url);
        var head = await Stewardship.SignIn(site, context, "bureau.head");
        await head.GotoAsync("/bureau/reports");
        await Stewardship.Look(head, "supervision-reports", true);
        await head.GetByRole(AriaRole.Link, new() { NameRegex = new("^JD") }).First.ClickAsync();
        await head.GetByRole(AriaRole.Link, new() { Name = "重新计算" }).ClickAsync();
        await Assertions.Expect(head.Locator(".notice")).ToContainTextAsync("逐字节一致");
        await Stewardship.Look(head, "supervision-report", true);
        await head.GotoAsync("/bureau/schemes");
        await Stewardship.Look(head, "schemes", true);
        await head.GetByRole(AriaRole.Link, new() { NameRegex = new("^政务数据共享年度考核") }).ClickAsync();
        await Assertions.Expect(head.GetByText("(90 × 20 + 35 × 40 + 100 × 20 + 60 × 20) / 100 = 64")).ToBeVisibleAsync();
        await Stewardship.Look(head, "scheme", true);
        await head.GotoAsync("/desk/dossiers");
        await head.Locator("#agency").SelectOptionAsync("police");
        await Press(head, "查看内容");
        await Assertions.Expect(head.Locator("#outline")).ToContainTextAsync("存证条目");
        await Stewardship.Look(head, "dossier", true);
        var file = await head.RunAndWaitForDownloadAsync(() => Press(head, "调取卷宗（ZIP）"));
        Assert.StartsWith("JZ", file.SuggestedFilename, StringComparison.Ordinal);
        await head.GotoAsync("/desk/dossiers?kind=Grant&number=SQ-none");
        await Assertions.Expect(head.Locator(".err-sum")).ToContainTextAsync("没有这样的卷宗");
    }

    [Theory]
    [InlineData("police.office", "/bureau/findings"), InlineData("police.office", "/bureau/reports"), InlineData("police.steward", "/desk/dossiers"), InlineData("bureau.system", "/bureau/reports"), InlineData("bureau.system", "/bureau/findings")]
    public async Task Whose_it_is_not_sees_none_of_it(string user, string path)
    {
        await using var context = await chromium.Open(site.Url);
        var page = await Stewardship.SignIn(site, context, user);
        Assert.Equal(403, (await page.GotoAsync(path))!.Status);
    }

    private static Task Press(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First.ClickAsync();
}
