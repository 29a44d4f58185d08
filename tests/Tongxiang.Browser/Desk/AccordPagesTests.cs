using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Browser.Desk;

/// <summary>Standing consents, service changes, prepared grants, emergencies, clearances, return flows and onward requests in the browser, each step by the one whose step it is.</summary>
public sealed partial class AccordPagesTests(Chromium chromium, Site site)
{
    private static readonly Dictionary<string, string> Lists = new()
    {
        ["standing"] = "/api/standing",
        ["changes"] = "/api/service-changes",
        ["prepared"] = "/api/prepared",
        ["returns"] = "/api/return-flows",
    };

    [Theory]
    [InlineData("medical-insurance.office", "/desk/standing")]
    [InlineData("medical-insurance.steward", "/desk/standing/{Signed}")]
    [InlineData("bureau.reviewer", "/en/desk/standing")]
    [InlineData("human-resources.office", "/en/desk/standing/{Drafted}")]
    [InlineData("human-resources.steward", "/desk/standing/{Drafted}")]
    [InlineData("human-resources.steward", "/desk/standing/{Drafted}/edit")]
    [InlineData("medical-insurance.steward", "/en/desk/standing/new/medical-insurance-enrolment")]
    [InlineData("medical-insurance.steward", "/desk/applications/{outside}")]
    [InlineData("medical-insurance.steward", "/en/desk/applications/{answered}")]
    [InlineData("medical-insurance.office", "/desk/changes")]
    [InlineData("housing.head", "/en/desk/changes")]
    [InlineData("human-resources.steward", "/desk/changes/{Consulting}")]
    [InlineData("bureau.reviewer", "/en/desk/changes/{Consulting}")]
    [InlineData("medical-insurance.office", "/desk/changes/{Consulting}")]
    [InlineData("emergency.steward", "/desk/prepared")]
    [InlineData("natural-resources.office", "/en/desk/prepared")]
    [InlineData("natural-resources.office", "/en/desk/prepared/{Ready}")]
    [InlineData("emergency.head", "/desk/prepared/{Ready}")]
    [InlineData("health.office", "/desk/prepared/{Drafted}")]
    [InlineData("bureau.head", "/bureau/emergencies")]
    [InlineData("bureau.reviewer", "/en/bureau/emergencies")]
    [InlineData("bureau.head", "/bureau/clearances")]
    [InlineData("bureau.head", "/en/bureau/clearances?agency={lanpu-civil-affairs}")]
    [InlineData("qingyu-transport.head", "/desk/returns")]
    [InlineData("bureau.reviewer", "/en/desk/returns")]
    [InlineData("qingyu-city-management.head", "/desk/returns/{Asked}")]
    [InlineData("transport.office", "/desk/returns/{Agreed}")]
    [InlineData("lanpu-civil-affairs.steward", "/en/desk/returns/{Open}?sheet=yes")]
    [InlineData("civil-affairs.office", "/desk/returns/{Open}")]
    [InlineData("lanpu-civil-affairs.steward", "/desk/grants/{returned}")]
    [InlineData("market-supervision.office", "/desk/grants/{onward}")]
    [InlineData("civil-affairs.steward", "/en/desk/grants/{onward}")]
    public async Task The_pages_pass_every_check(string user, string path)
    {
        var cookie = await site.CookieOf(user);
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = new Uri(site.Url) };
        http.DefaultRequestHeaders.Add("Cookie", cookie);
        await PageCheck.Passes(chromium, site.Url, await Known(http, path), cookie: cookie);
    }

    [Theory]
    [InlineData("health.steward", "medical-insurance.steward", "/desk/standing/{Signed}"), InlineData("education.office", "medical-insurance.office", "/desk/changes/{Consulting}")]
    [InlineData("police.office", "health.office", "/desk/prepared/{Drafted}"), InlineData("lanpu-transport.head", "transport.office", "/desk/returns/{Agreed}")]
    public async Task Whose_it_is_not_finds_nothing(string stranger, string owner, string path)
    {
        using var own = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = new Uri(site.Url) };
        own.DefaultRequestHeaders.Add("Cookie", await site.CookieOf(owner));
        using var other = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = new Uri(site.Url) };
        other.DefaultRequestHeaders.Add("Cookie", await site.CookieOf(stranger));
        using var answer = await other.GetAsync(await Known(own, path));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_steward_drafts_a_standing_consent_and_the_head_signs_and_revokes_it(bool scripts)
    {
        await using var stewards = await chromium.Open(site.Url, scripts);
        var steward = await Stewardship.SignIn(site, stewards, "housing-fund.steward");
        await steward.GotoAsync("/desk/standing");
        await steward.Locator("#resource").SelectOptionAsync("housing-fund-accounts");
        await Press(steward, "开始拟定");
        await steward.GetByLabel("事项", new() { Exact = true }).FillAsync("商品房网签备案");
        await Press(steward, "保存草稿");
        await Assertions.Expect(steward.Locator(".err-sum")).ToContainTextAsync("请选择适用的部门");
        await Stewardship.Look(steward, "standing-wrong", scripts);
        await steward.GetByRole(AriaRole.Checkbox, new() { Name = "云汀省住房和城乡建设厅" }).CheckAsync();
        foreach (var field in new[] { "公民身份号码", "账户状态" }) await steward.GetByRole(AriaRole.Combobox, new() { Name = "提供形式: " + field }).SelectOptionAsync("Plain:");
        await steward.GetByRole(AriaRole.Checkbox, new() { Name = "接口" }).CheckAsync();
        await steward.GetByLabel("最高级别").SelectOptionAsync("General3");
        await Press(steward, "保存草稿");
        await Done(steward, "drafted");
        await Assertions.Expect(steward.GetByRole(AriaRole.Button, new() { Name = "签发长期同意" })).ToHaveCountAsync(0);
        var address = new Uri(steward.Url).AbsolutePath;

        await using var heads = await chromium.Open(site.Url, scripts);
        var head = await Stewardship.SignIn(site, heads, "housing-fund.head");
        await head.GotoAsync(address);
        await Stewardship.Look(head, "standing-sign", scripts);
        await Press(head, "签发长期同意");
        await Done(head, "signed");
        await Assertions.Expect(head.Locator(".meta")).ToContainTextAsync("生效");
        await head.Locator("summary", new() { HasText = "撤销" }).ClickAsync();
        await head.GetByLabel("理由").FillAsync(" ");
        await Press(head, "确认撤销");
        await Assertions.Expect(head.Locator(".err-sum")).ToBeVisibleAsync();
        await head.GetByLabel("理由").FillAsync("网签系统改版，规则需重新拟定");
        await Stewardship.Look(head, "standing-revoke", scripts);
        await Press(head, "确认撤销");
        await Done(head, "revoked");
        await Assertions.Expect(head.Locator(".meta")).ToContainTextAsync("已撤销");
        await Stewardship.Look(head, "standing-revoked", scripts);
    }

    [Fact]
    public async Task A_sampled_answer_is_reviewed()
    {
        await using var stewards = await chromium.Open(site.Url);
        var steward = await Stewardship.SignIn(site, stewards, "medical-insurance.steward");
        await steward.GotoAsync("/desk/standing");
        await steward.Locator("#samples").GetByRole(AriaRole.Link).First.ClickAsync();
        await steward.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^复核 GX") }).ClickAsync();
        await steward.GetByRole(AriaRole.Radio, new() { Name = "不符合本意" }).CheckAsync();
        await Press(steward, "提交复核结论");
        await Assertions.Expect(steward.Locator(".err-sum")).ToBeVisibleAsync();
        await Stewardship.Look(steward, "standing-review", true);
        await steward.GetByRole(AriaRole.Radio, new() { Name = "符合本意", Exact = true }).CheckAsync();
        await Press(steward, "提交复核结论");
        await Done(steward, "reviewed");
        await Assertions.Expect(steward.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("澜浦市民政局.*符合本意") })).ToBeVisibleAsync();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_user_answers_a_service_change_and_the_bureau_decides(bool scripts)
    {
        await using var offices = await chromium.Open(site.Url, scripts);
        var office = await Stewardship.SignIn(site, offices, "police.office");
        await office.GotoAsync("/desk/changes");
        await office.Locator("#resource").SelectOptionAsync("population");
        await office.GetByRole(AriaRole.Radio, new() { Name = scripts ? "变更服务" : "终止服务" }).CheckAsync();
        if (scripts) await office.GetByLabel("涉及的数据项").FillAsync("name");
        await office.GetByLabel("理由").FillAsync("姓名改由电子证照核验，不再随人口信息提供");
        await office.GetByLabel("拟生效日").FillAsync("2020-01-01");
        await Press(office, "提出并通知使用方");
        await Assertions.Expect(office.Locator(".err-sum")).ToContainTextAsync("生效日应在今天之后");
        await Stewardship.Look(office, "change-wrong", scripts);
        await office.GetByLabel("拟生效日").FillAsync(In(60));
        await Press(office, "提出并通知使用方");
        await Done(office, "proposed");
        await Stewardship.Look(office, "change-proposed", scripts);
        var address = new Uri(office.Url).AbsolutePath;

        await using var users = await chromium.Open(site.Url, scripts);
        var user = await Stewardship.SignIn(site, users, "civil-affairs.steward");
        await user.GotoAsync(address);
        await user.GetByRole(AriaRole.Radio, new() { Name = "有异议" }).CheckAsync();
        await Press(user, "提交答复");
        await Assertions.Expect(user.Locator(".err-sum")).ToBeVisibleAsync();
        await user.Locator("#note").FillAsync("低保审核仍要用，请保留到年底");
        await Stewardship.Look(user, "change-answer", scripts);
        await Press(user, "提交答复");
        await Done(user, "answered");
        await Assertions.Expect(user.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("云汀省民政厅.*有异议") })).ToBeVisibleAsync();
        await Assertions.Expect(user.GetByText("云汀省人力资源和社会保障厅")).ToHaveCountAsync(0);

        await using var bureaus = await chromium.Open(site.Url, scripts);
        var reviewer = await Stewardship.SignIn(site, bureaus, "bureau.reviewer");
        await reviewer.GotoAsync("/en" + address);
        await Press(reviewer, scripts ? "File and number it" : "Do not file");
        await Assertions.Expect(reviewer.Locator(".err-sum")).ToBeVisibleAsync();
        await reviewer.Locator("#note").FillAsync("使用方仍有需要，先保留一年");
        await Stewardship.Look(reviewer, "change-decide-en", scripts);
        await Press(reviewer, scripts ? "File and number it" : "Do not file");
        await Done(reviewer, "decided");
        await Stewardship.Look(reviewer, "change-decided-en", scripts);
        await user.GotoAsync(address);
        await Assertions.Expect(user.Locator("#what")).ToContainTextAsync("使用方仍有需要，先保留一年");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_superior_cannot_refuse_a_return_flow_without_words_and_opens_it(bool scripts)
    {
        await using var cities = await chromium.Open(site.Url, scripts);
        var steward = await Stewardship.SignIn(site, cities, "lanpu-transport.steward");
        await steward.GotoAsync("/desk/returns");
        await steward.GetByLabel("资源", new() { Exact = true }).FillAsync(scripts ? "driver-qualifications" : "traffic-flow");
        await steward.GetByLabel("区划数据项").FillAsync("no_such_field");
        await Press(steward, "提出");
        await Assertions.Expect(steward.Locator(".err-sum")).ToBeVisibleAsync();
        await Stewardship.Look(steward, "return-wrong", scripts);
        await steward.GetByLabel("区划数据项").FillAsync("区划代码");
        await Press(steward, "提出");
        await Done(steward, "asked");
        await Assertions.Expect(steward.GetByRole(AriaRole.Button, new() { Name = "同意提出" })).ToHaveCountAsync(0);
        var address = new Uri(steward.Url).AbsolutePath;

        await using var heads = await chromium.Open(site.Url, scripts);
        var head = await Stewardship.SignIn(site, heads, "lanpu-transport.head");
        await head.GotoAsync(address);
        await Press(head, "同意提出");
        await Done(head, "signed");

        await using var superiors = await chromium.Open(site.Url, scripts);
        var superior = await Stewardship.SignIn(site, superiors, "transport.office");
        await superior.GotoAsync(address);
        await superior.Locator("summary", new() { HasText = "说明不能回流" }).ClickAsync();
        await superior.GetByLabel("理由", new() { Exact = true }).FillAsync(" ");
        await Press(superior, "说明不能回流");
        await Assertions.Expect(superior.Locator(".err-sum")).ToBeVisibleAsync();
        await Stewardship.Look(superior, "return-refuse", scripts);
        await Press(superior, "开通回流");
        await Done(superior, "opened");
        await Assertions.Expect(superior.Locator(".meta")).ToContainTextAsync("回流中");

        await steward.GotoAsync(address + "?sheet=yes");
        var digest = await steward.Locator("#sheet .hash").InnerTextAsync();
        async Task Compare(string rows)
        {
            await steward.GetByLabel("版本", new() { Exact = true }).FillAsync("1");
            await steward.GetByLabel("收到行数").FillAsync(rows);
            await steward.GetByLabel("摘要").FillAsync(digest);
            await Press(steward, "对账");
            await Done(steward, "reconciled");
        }
        await Compare("0");
        await Assertions.Expect(steward.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("不一致") })).ToBeVisibleAsync();
        await Stewardship.Look(steward, "return-compared", scripts);
    }

    [Fact]
    public async Task What_both_sides_prepared_is_on_with_the_emergency_and_over_with_it()
    {
        await using var consumers = await chromium.Open(site.Url);
        var steward = await Stewardship.SignIn(site, consumers, "health.steward");
        await steward.GotoAsync("/desk/prepared");
        await steward.GetByLabel("资源", new() { Exact = true }).FillAsync("学籍信息");
        await steward.GetByLabel("突发事件类型").SelectOptionAsync("PublicHealth");
        await steward.GetByLabel("数据项", new() { Exact = true }).FillAsync("no_such_field");
        await steward.GetByLabel("使用依据").FillAsync("《中华人民共和国传染病防治法》");
        await steward.GetByLabel("使用场景").FillAsync("学校发生聚集性疫情时确定密切接触的师生");
        await steward.GetByLabel("办理事项").FillAsync("突发公共卫生事件处置");
        await steward.GetByLabel("用途", new() { Exact = true }).FillAsync("联系受影响的学校和家长");
        await steward.GetByRole(AriaRole.Checkbox, new() { Name = "接口" }).CheckAsync();
        await Press(steward, "保存草稿");
        await Assertions.Expect(steward.Locator(".err-sum")).ToContainTextAsync("no_such_field");
        await Stewardship.Look(steward, "prepared-wrong", true);
        await steward.GetByLabel("数据项", new() { Exact = true }).FillAsync("姓名\n学校\ngrade");
        await Press(steward, "保存草稿");
        await Done(steward, "drafted");
        var address = new Uri(steward.Url).AbsolutePath;

        await using var chiefs = await chromium.Open(site.Url);
        var chief = await Stewardship.SignIn(site, chiefs, "health.office");
        await chief.GotoAsync(address);
        await Press(chief, "签署（需求方）");
        await Done(chief, "signed");
        await using var providers = await chromium.Open(site.Url);
        var provider = await Stewardship.SignIn(site, providers, "education.steward");
        await provider.GotoAsync(address);
        await Stewardship.Look(provider, "prepared-reply", true);
        await Press(provider, "提交签发");
        await Done(provider, "proposed");
        await using var owners = await chromium.Open(site.Url);
        var owner = await Stewardship.SignIn(site, owners, "education.office");
        await owner.GotoAsync(address);
        await Press(owner, "签署（提供方）");
        await Done(owner, "signed");
        await Stewardship.Look(owner, "prepared-ready", true);

        await using var bureaus = await chromium.Open(site.Url);
        var head = await Stewardship.SignIn(site, bureaus, "bureau.head");
        await head.GotoAsync("/bureau/emergencies");
        await head.GetByLabel("文号").FillAsync("云应急发〔2026〕9号");
        await head.GetByLabel("突发事件类型").SelectOptionAsync("PublicHealth");
        await head.GetByLabel("适用区域").FillAsync("110000");
        await head.GetByLabel("截止日").FillAsync(In(20));
        await head.GetByLabel("理由").FillAsync("望湖区学校发生聚集性疫情");
        await Press(head, "宣布并启用");
        await Assertions.Expect(head.Locator(".err-sum")).ToContainTextAsync("请选择本主管部门辖区内的区划");
        await Stewardship.Look(head, "emergency-wrong", true);
        await head.GetByLabel("适用区域").FillAsync("290102");
        await Press(head, "宣布并启用");
        await Done(head, "declared");
        await Stewardship.Look(head, "emergency-running", true);
        await Assertions.Expect(head.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("云汀省卫生健康委员会.*待处置") })).ToBeVisibleAsync();
        await chief.GotoAsync("/en" + address);
        await Assertions.Expect(chief.Locator("#on").GetByText("Owed")).ToBeVisibleAsync();
        await Stewardship.Look(chief, "prepared-on-en", true);
        await head.GetByLabel("理由").FillAsync("疫情已得到控制");
        await Press(head, "解除应急共享");
        await Done(head, "lifted");
        await Assertions.Expect(head.Locator(".meta")).ToContainTextAsync("已结束");
        await Stewardship.Look(head, "emergency-over", true);
        await head.GotoAsync("/bureau/emergencies");
        await Stewardship.Look(head, "emergencies", true);
    }

    [Fact]
    public async Task A_consumer_asks_to_use_data_more_widely_and_is_refused_with_a_reason()
    {
        await using var consumers = await chromium.Open(site.Url);
        var steward = await Stewardship.SignIn(site, consumers, "human-resources.steward");
        await steward.GotoAsync(await Of("human-resources.steward", "/desk/grants/{insured}"));
        await steward.Locator("summary", new() { HasText = "申请提供给第三方或扩大使用" }).ClickAsync();
        await steward.Locator("#onward").GetByRole(AriaRole.Radio, new() { Name = "提供给第三方" }).CheckAsync();
        await steward.GetByLabel("办理事项").FillAsync("失业登记");
        await steward.GetByLabel("用途", new() { Exact = true }).FillAsync("核对失业登记人员参保状态");
        await steward.GetByLabel("使用期限").FillAsync(In(60));
        await Press(steward, "提交申请");
        await Assertions.Expect(steward.Locator(".err-sum")).ToContainTextAsync("请指明第三方");
        await Stewardship.Look(steward, "onward-wrong", true);
        await steward.Locator("#onward").GetByRole(AriaRole.Radio, new() { Name = "扩大使用范围" }).CheckAsync();
        await Press(steward, "提交申请");
        await Assertions.Expect(steward.Locator("#onward").GetByText("待提供方决定")).ToBeVisibleAsync();

        await using var owners = await chromium.Open(site.Url);
        var owner = await Stewardship.SignIn(site, owners, "medical-insurance.office");
        await owner.GotoAsync(new Uri(steward.Url).AbsolutePath);
        await Press(owner, "不同意");
        await Assertions.Expect(owner.Locator(".err-sum")).ToBeVisibleAsync();
        await owner.GetByLabel("理由").FillAsync("失业登记另有共享渠道");
        await Stewardship.Look(owner, "onward-decide", true);
        await Press(owner, "不同意");
        await Assertions.Expect(owner.Locator("#onward").GetByText("失业登记另有共享渠道")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_head_of_the_bureau_sets_a_clearance()
    {
        await using var bureaus = await chromium.Open(site.Url);
        var head = await Stewardship.SignIn(site, bureaus, "bureau.head");
        await head.GotoAsync("/bureau/clearances");
        await head.GetByRole(AriaRole.Link, new() { Name = "修改 云汀省文化和旅游厅" }).ClickAsync();
        await head.Locator("#grade").SelectOptionAsync("General2");
        await head.GetByLabel("理由").FillAsync("无");
        await Press(head, "设定");
        await Assertions.Expect(head.Locator(".err-sum")).ToBeVisibleAsync();
        await Stewardship.Look(head, "clearance-wrong", true);
        await head.GetByLabel("理由").FillAsync("文旅业务不处理个人信息");
        await Press(head, "设定");
        await Done(head, "set");
        await Assertions.Expect(head.GetByRole(AriaRole.Row, new() { NameRegex = new Regex("云汀省文化和旅游厅 一般 2 级") })).ToBeVisibleAsync();
    }

    private async Task<string> Of(string user, string path)
    {
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = new Uri(site.Url) };
        http.DefaultRequestHeaders.Add("Cookie", await site.CookieOf(user));
        return await Known(http, path);
    }

    // What stands in braces is found as the person would find it: by its state, its resource or its department.
    private async Task<string> Known(HttpClient http, string path)
    {
        if (Hole().Match(path) is not { Success: true } hole) return path;
        var (key, folder) = (hole.Groups[2].Value, hole.Groups[1].Value);
        var id = key switch
        {
            "outside" => await First(http, "/api/applications?view=received", i => At(i, "entry") == Entry("medical-insurance-enrolment") && At(i, "state") == "Submitted"),
            "answered" => await First(http, "/api/applications?view=received", i => i["reply"]?["standing"] is not null),
            "insured" => await First(http, "/api/grants", i => At(i, "entry") == Entry("medical-insurance-enrolment")),
            "returned" => await First(http, "/api/grants", i => At(i, "entry") == Entry("minimum-living-allowance")),
            "onward" => await First(http, "/api/grants", i => At(i, "entry") == Entry("legal-persons"))
                ?? await First(http, "/api/grants?view=given", i => At(i, "entry") == Entry("legal-persons") && At(i, "consumerAgency") == Agency("civil-affairs")),
            _ when Lists.TryGetValue(folder, out var list) => await First(http, list, i => At(i, "state") == key),
            _ => Agency(key),
        };
        Assert.NotNull(id);
        return path.Replace($"{{{key}}}", id, StringComparison.Ordinal);
    }

    private static async Task<string?> First(HttpClient http, string list, Func<JsonNode, bool> fits) =>
        (await http.GetFromJsonAsync<JsonObject>(list))!["items"]!.AsArray().FirstOrDefault(i => fits(i!)) is { } found ? At(found, "id") : null;

    private static string? At(JsonNode item, string name) => (string?)item[name];

    private string Entry(string slug) => site.Get<Catalogue>().BySlug(slug)!.Id.ToString();

    private string Agency(string slug) => site.Get<Directory>().BySlug(slug)!.Id.ToString();

    private string In(int days) => WorkCalendar.Day(site.Get<TimeProvider>().GetUtcNow()).AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Task Done(IPage page, string what) => Assertions.Expect(page).ToHaveURLAsync(new Regex($"[?]done={what}$"), new() { Timeout = 20_000 });

    private static Task Press(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First.ClickAsync();

    [GeneratedRegex(@"([a-z]+)(?:/|\?[a-z]+=)\{([^}]+)\}")]
    private static partial Regex Hole();
}
