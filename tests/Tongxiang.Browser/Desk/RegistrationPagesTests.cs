using Microsoft.Playwright;
using Tongxiang.Browser.Lab;
using Tongxiang.Catalog;
using Tongxiang.Products;

namespace Tongxiang.Browser.Desk;

/// <summary>Registration, authorised operation and release assessment in the browser: the walk, and every page at both widths, in both languages.</summary>
public sealed class RegistrationPagesTests(Chromium chromium, Site site)
{
    [Fact]
    public async Task A_registration_is_applied_for_noticed_and_objected_to()
    {
        await using var stewards = await chromium.Open(site.Url);
        var steward = await Stewardship.SignIn(site, stewards, "transport.steward");
        var entry = site.Get<Catalogue>().All.First(e => e.Slug != "bus-stops" && site.Get<Agencies.Directory>().Find(e.Agency)?.Slug == "transport");
        await steward.GotoAsync("/desk/registrations");
        // It stands open as long as nothing was registered.
        if (!await steward.GetByLabel("资源", new() { Exact = true }).IsVisibleAsync()) await steward.Locator("summary", new() { HasText = "开始登记" }).ClickAsync();
        await steward.GetByLabel("资源", new() { Exact = true }).SelectOptionAsync(entry.Id.ToString());
        await Press(steward, "开始登记");
        await steward.WaitForURLAsync("**/desk/registrations/*");
        await steward.GetByLabel("应用场景").FillAsync("");
        await steward.EvaluateAsync("document.querySelectorAll('form').forEach(f => f.noValidate = true)");
        await Press(steward, "保存材料");
        await steward.WaitForURLAsync("**?done=saved");
        await Press(steward, "提交申请");
        await Assertions.Expect(steward.Locator(".err-sum")).ToBeVisibleAsync();
        await Stewardship.Look(steward, "registration-missing", true);
        await steward.GetByLabel("应用场景").FillAsync("公众出行查询");
        await Press(steward, "保存材料");
        await steward.WaitForURLAsync("**?done=saved");
        await Press(steward, "提交申请");
        await Assertions.Expect(steward.GetByRole(AriaRole.Button, new() { Name = "撤回" })).ToBeVisibleAsync();
        var address = new Uri(steward.Url).AbsolutePath;

        await using var bureau = await chromium.Open(site.Url);
        var reviewer = await Stewardship.SignIn(site, bureau, "bureau.reviewer");
        await reviewer.GotoAsync(address);
        await Press(reviewer, "受理");
        await Press(reviewer, "审核通过并公示");
        await Press(reviewer, "赋码");
        await Assertions.Expect(reviewer.Locator(".err-sum")).ToContainTextAsync("届满前不能赋码");
        await Stewardship.Look(reviewer, "registration-notice", true);

        var number = (await site.Get<Registrations>().InNotice(default)).Single(r => r.Entry == entry.Id).Number;
        await steward.GotoAsync("/registrations/" + number);
        await steward.GetByLabel("异议内容").FillAsync("应用场景写得不全。");
        await Press(steward, "提出异议");
        await steward.WaitForURLAsync("**?done=objected");
        await reviewer.GotoAsync(address);
        await reviewer.GetByRole(AriaRole.Radio, new() { Name = "异议不成立" }).CheckAsync();
        await reviewer.GetByLabel("答复", new() { Exact = true }).FillAsync("场景以目录为准，异议不成立。");
        await Press(reviewer, "答复异议");
        await Assertions.Expect(reviewer.Locator("#objections")).ToContainTextAsync("场景以目录为准");
        await Stewardship.Look(reviewer, "registration-answered", true);
    }

    [Fact]
    public async Task Every_page_of_registration_and_operation_passes()
    {
        var codes = (await site.Get<Registrations>().Codes(null, 10, default)).Items;
        var noticed = await site.Get<Registrations>().InNotice(default);
        Assert.NotEmpty(codes);
        foreach (var page in new[] { "/registrations", "/en/registrations", "/registrations/" + noticed[0].Number, "/en/registrations/" + noticed[0].Number, "/operation", "/en/operation" }) await PageCheck.Passes(chromium, site.Url, page);
        var steward = await site.CookieOf("qingyu-transport.steward");
        var registration = codes[0].Registration;
        var population = site.Get<Catalogue>().BySlug("population")!;
        foreach (var page in new[] { "/desk/registrations", $"/desk/registrations/{registration}", $"/en/desk/registrations/{registration}", $"/desk/registrations/{registration}/paper" }) await PageCheck.Passes(chromium, site.Url, page, cookie: steward);
        var owner = await site.CookieOf("police.steward");
        foreach (var page in new[] { $"/desk/entries/{population.Id}/release", $"/en/desk/entries/{population.Id}/release" }) await PageCheck.Passes(chromium, site.Url, page, cookie: owner);
        var reviewer = await site.CookieOf("bureau.reviewer");
        var caller = site.Get<Agencies.Directory>().People.Single(p => p.UserName == "bureau.reviewer");
        var contract = (await site.Get<Contracts>().List(Agencies.Caller.Of(caller, site.Get<Agencies.Directory>()), default))[0];
        foreach (var page in new[] { "/bureau/operation", "/en/bureau/operation", "/bureau/operation/new", $"/bureau/operation/{contract.Id}", $"/en/bureau/operation/{contract.Id}", "/desk/registrations" }) await PageCheck.Passes(chromium, site.Url, page, cookie: reviewer);
    }

    private static Task Press(IPage page, string name) => page.Locator("#main").GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).ClickAsync();
}
