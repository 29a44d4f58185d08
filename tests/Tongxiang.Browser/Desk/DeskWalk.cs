using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Desk;

/// <summary>The steward's path in a browser: catalogue a resource, have it approved and published, land a file, see its rows on the public page.</summary>
public sealed class DeskWalk(Chromium chromium, Site site)
{
    [Theory, InlineData(true, "城市每日统计"), InlineData(false, "无脚本每日统计")]
    public async Task A_resource_is_catalogued_approved_published_landed_and_shown(bool scripts, string name)
    {
        var (file, rows) = await Stewardship.Delivery();
        await using var desk = await chromium.Open(site.Url, scripts);
        var steward = await Stewardship.SignIn(site, desk, "health.steward");
        var address = await Stewardship.Catalogue(steward, name, scripts);
        await Stewardship.Step(steward, "提交负责人审批", "提交");

        await using var office = await chromium.Open(site.Url, scripts);
        await Stewardship.Decide(await Stewardship.SignIn(site, office, "health.head"), address, "同意并送主管部门审核", "approved", scripts);
        await using var bureau = await chromium.Open(site.Url, scripts);
        await Stewardship.Decide(await Stewardship.SignIn(site, bureau, "bureau.reviewer"), address, "审核通过并发布", "published", scripts);

        await Stewardship.Land(steward, address, file, rows, scripts);
        await steward.Locator("#main").GetByRole(AriaRole.Link, new() { NameRegex = new Regex("datasets") }).ClickAsync();
        await Assertions.Expect(steward.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(name);
        await Assertions.Expect(steward.GetByRole(AriaRole.Cell, new() { Name = "武汉市" }).First).ToBeVisibleAsync();
        await Assertions.Expect(steward.GetByText(rows.ToString("N0", CultureInfo.InvariantCulture)).First).ToBeVisibleAsync();
        await Stewardship.Look(steward, "dataset-" + (scripts ? "js" : "plain"), scripts);
    }

    [Fact]
    public async Task What_is_missing_is_listed_and_leads_to_its_field()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await Stewardship.SignIn(site, context, "health.steward");
        await page.GotoAsync("/desk/entries/new");
        await page.GetByLabel("名称", new() { Exact = true }).FillAsync("半");
        await page.GetByRole(AriaRole.Button, new() { Name = "检查" }).ClickAsync();
        var summary = page.Locator(".err-sum");
        await Assertions.Expect(summary).ToBeFocusedAsync();
        await Stewardship.Look(page, "entry-mistakes", true);
        await summary.GetByRole(AriaRole.Link).First.ClickAsync();
        await Assertions.Expect(page.Locator("input:focus, select:focus, textarea:focus")).ToHaveCountAsync(1);
    }

    [Theory]
    [InlineData("empty.csv", "")]
    [InlineData("other.csv", "夜,昼\n1,2\n")]
    [InlineData("not-a-table.xlsx", "PK no workbook at all")]
    [InlineData("picture.png", "\u0089PNG nothing")]
    public async Task A_wrong_file_is_answered_in_words_and_with_the_way_on(string name, string text)
    {
        await using var context = await chromium.Open(site.Url);
        var page = await Stewardship.SignIn(site, context, "health.steward");
        await page.GetByRole(AriaRole.Link, new() { Name = "医疗机构信息" }).ClickAsync();
        await page.WaitForURLAsync("**/desk/entries/*-*");
        await page.GotoAsync(new Uri(page.Url).AbsolutePath + "/land");
        await page.GetByLabel("选择文件").SetInputFilesAsync(new FilePayload { Name = name, MimeType = "application/octet-stream", Buffer = System.Text.Encoding.UTF8.GetBytes(text) });
        await page.GetByRole(AriaRole.Button, new() { Name = "上传" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "重新上传" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("选择文件")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Another_departments_draft_and_landing_are_not_found()
    {
        await using var context = await chromium.Open(site.Url);
        var page = await Stewardship.SignIn(site, context, "health.steward");
        var address = await Stewardship.Catalogue(page, "只属于本部门的草稿", scripts: true);
        await using var other = await chromium.Open(site.Url);
        var stranger = await Stewardship.SignIn(site, other, "education.steward");
        foreach (var path in new[] { address, address + "/edit", address + "/land" })
        {
            var answer = await stranger.GotoAsync(path);
            Assert.Equal(404, answer!.Status);
            Assert.DoesNotContain("只属于本部门的草稿", await stranger.ContentAsync(), StringComparison.Ordinal);
            Assert.Equal(0, await stranger.GetByRole(AriaRole.Button, new() { Name = "保存" }).CountAsync());
        }
    }
}
