using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Desk;
using Tongxiang.Browser.Lab;

namespace Tongxiang.Browser.Public;

/// <summary>Somebody finds nothing, presses once, and a department brings the data; what is due shows it on the way.</summary>
public sealed partial class DemandWalk(Chromium chromium, Site site)
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task An_empty_search_becomes_a_demand_in_one_press_and_the_demand_becomes_data(bool scripts)
    {
        var what = scripts ? "鲸鲨洄游" : "蓝鲸声呐";
        await using var readers = await chromium.Open(site.Url, scripts);
        var reader = await readers.NewPageAsync();
        await reader.GotoAsync("/datasets?q=" + Uri.EscapeDataString(what));
        await Stewardship.Look(reader, "demand-empty-search", scripts);
        await reader.GetByRole(AriaRole.Button, new() { Name = $"登记需求“{what}”" }).ClickAsync();
        await reader.WaitForURLAsync(OfDemand());
        var number = new Uri(reader.Url).Segments[^1];
        await Assertions.Expect(reader.GetByRole(AriaRole.Status).First).ToContainTextAsync(number);
        await Assertions.Expect(reader.GetByRole(AriaRole.Main)).Not.ToContainTextAsync(what);
        await Stewardship.Look(reader, "demand-filed", scripts);

        // The same press again is the same demand.
        await reader.GotoAsync("/datasets?q=" + Uri.EscapeDataString(what));
        await reader.GetByRole(AriaRole.Button, new() { Name = $"登记需求“{what}”" }).ClickAsync();
        await reader.WaitForURLAsync($"**/demands/{number}?done=same");

        await using var bureau = await chromium.Open(site.Url, scripts);
        var reviewer = await Stewardship.SignIn(site, bureau, "bureau.reviewer");
        await reviewer.GotoAsync("/bureau/due");
        await Stewardship.Look(reviewer, "due-bureau", scripts);
        await reviewer.GotoAsync("/bureau/demands");
        await Stewardship.Look(reviewer, "demand-queue", scripts);
        await reviewer.GetByRole(AriaRole.Link, new() { Name = number }).ClickAsync();
        await reviewer.GetByLabel("提供部门").SelectOptionAsync("qingyu-transport");
        await Stewardship.Look(reviewer, "demand-accept", scripts);
        await reviewer.GetByRole(AriaRole.Button, new() { Name = "受理并指定提供部门" }).ClickAsync();
        await reviewer.WaitForURLAsync("**?done=accept");

        await using var office = await chromium.Open(site.Url, scripts);
        var steward = await Stewardship.SignIn(site, office, "qingyu-transport.steward");
        await steward.GotoAsync("/desk/due");
        await Stewardship.Look(steward, "due-list", scripts);
        await steward.GetByRole(AriaRole.Link, new() { Name = "认领数据需求 " + number }).ClickAsync();
        await steward.GetByRole(AriaRole.Button, new() { Name = "认领" }).ClickAsync();
        await steward.WaitForURLAsync("**?done=claim");
        await steward.GetByLabel("目录条目代码").FillAsync("no-such-entry");
        await steward.GetByRole(AriaRole.Button, new() { Name = "完成编目" }).ClickAsync();
        await Assertions.Expect(steward.Locator(".err-sum")).ToContainTextAsync("请填写已发布的目录条目代码");
        await Stewardship.Look(steward, "demand-catalogue-wrong", scripts);
        await steward.GetByLabel("目录条目代码").FillAsync("bus-stops");
        await steward.GetByRole(AriaRole.Button, new() { Name = "完成编目" }).ClickAsync();
        await steward.WaitForURLAsync("**?done=catalogue");
        var attach = steward.GetByRole(AriaRole.Button, new() { Name = "完成挂接" });
        // The platform may have been faster than the press; either way the data are there.
        if (await attach.CountAsync() > 0) await attach.ClickAsync();
        await Assertions.Expect(steward.Locator("p.meta .tag").First).ToHaveTextAsync("已挂接");
        await Stewardship.Look(steward, "demand-attached", scripts);
        await steward.GotoAsync("/desk/due?view=month");
        await Assertions.Expect(steward.GetByRole(AriaRole.Columnheader)).ToHaveCountAsync(7);
        await Stewardship.Look(steward, "due-month", scripts);

        await reader.GotoAsync("/demands/" + number);
        await Assertions.Expect(reader.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(number);
        await Assertions.Expect(reader.GetByRole(AriaRole.Main)).ToContainTextAsync(what);
        await Assertions.Expect(reader.Locator("p.meta .tag").First).ToHaveTextAsync("已挂接");
        await Stewardship.Look(reader, "demand-public", scripts);
    }

    [Fact]
    public async Task A_desk_search_without_hits_offers_the_same_register()
    {
        await using var office = await chromium.Open(site.Url);
        var steward = await Stewardship.SignIn(site, office, "civil-affairs.steward");
        await steward.GotoAsync("/desk/find?q=" + Uri.EscapeDataString("海龟产卵沙滩"));
        await steward.GetByRole(AriaRole.Link, new() { Name = "补充说明后登记" }).ClickAsync();
        await Assertions.Expect(steward.GetByLabel("需要什么数据")).ToHaveValueAsync("海龟产卵沙滩");
        await steward.GetByLabel("邮箱").FillAsync("keine adresse");
        await steward.GetByRole(AriaRole.Button, new() { Name = "登记", Exact = true }).ClickAsync();
        await Assertions.Expect(steward.Locator(".err-sum")).ToContainTextAsync("请填写一个邮箱地址");
        await Stewardship.Look(steward, "demand-form-wrong", true);
        await steward.GetByLabel("邮箱").FillAsync("a@civil.example");
        await steward.GetByRole(AriaRole.Button, new() { Name = "登记", Exact = true }).ClickAsync();
        await steward.WaitForURLAsync("**/desk/demands/XQ*?done=filed");
        await Assertions.Expect(steward.GetByRole(AriaRole.Main)).ToContainTextAsync("海龟产卵沙滩");
        await Stewardship.Look(steward, "demand-desk", true);
    }

    [Theory]
    [InlineData("bureau.reviewer", "/bureau/due")]
    [InlineData("bureau.reviewer", "/en/bureau/due?view=month")]
    [InlineData("bureau.reviewer", "/en/bureau/demands?view=running")]
    [InlineData("housing.steward", "/desk/due")]
    [InlineData("civil-affairs.steward", "/en/desk/due")]
    [InlineData("civil-affairs.steward", "/desk/due?view=month")]
    [InlineData("civil-affairs.steward", "/desk/demands?view=all")]
    [InlineData("civil-affairs.steward", "/en/desk/demands/new")]
    [InlineData(null, "/demands")]
    [InlineData(null, "/en/demands?view=ended")]
    [InlineData(null, "/demands/new")]
    public async Task Pages_of_demands_and_dues_pass_every_check(string? user, string path) =>
        await PageCheck.Passes(chromium, site.Url, path, cookie: user is null ? null : await site.CookieOf(user));

    [GeneratedRegex(@"/demands/XQ\d+-\d+\?done=(filed|same)$")]
    private static partial Regex OfDemand();
}
