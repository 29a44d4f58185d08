using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tongxiang.Browser.Lab;
using Tongxiang.Catalog;
using Tongxiang.Warehouse;

namespace Tongxiang.Browser.Desk;

/// <summary>Corrections, disputes, objections and the register of source departments in the browser, from the first word to the last.</summary>
public sealed class RemedyPagesTests(Chromium chromium, Site site)
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task An_officer_reports_a_wrong_record_and_the_provider_answers(bool scripts)
    {
        var person = await Somebody(scripts ? 5 : 6);
        await using var clerks = await chromium.Open(site.Url, scripts);
        var clerk = await Stewardship.SignIn(site, clerks, "civil-affairs.clerk");
        await clerk.GotoAsync("/desk/lookup");
        await clerk.GetByRole(AriaRole.Navigation, new() { Name = "可查询的资源" }).GetByRole(AriaRole.Link, new() { NameRegex = new Regex("人口|居民") }).First.ClickAsync();
        await clerk.GetByLabel("办件编号").FillAsync("DB20260102");
        await clerk.Locator("input[name='key.citizen_id']").FillAsync(person);
        await Press(clerk, "查询");
        await Press(clerk, "这条记录有误");
        // The key came along in the form and stands in no address.
        await Assertions.Expect(clerk.Locator("input[name='key.citizen_id']")).ToHaveValueAsync(person);
        Assert.DoesNotContain(person, clerk.Url, StringComparison.Ordinal);
        await clerk.GetByLabel("哪里有误").FillAsync("错");
        await Press(clerk, "提出校核申请");
        await Assertions.Expect(clerk.Locator(".err-sum")).ToContainTextAsync("至少写 5 个字符");
        await Stewardship.Look(clerk, "correction-wrong", scripts);
        await clerk.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("姓名") }).CheckAsync();
        await clerk.GetByLabel("哪里有误").FillAsync("姓名与居民身份证不一致");
        await clerk.GetByLabel("建议的值").FillAsync("张叁");
        await Press(clerk, "提出校核申请");
        await clerk.WaitForURLAsync("**?done=report");
        await Assertions.Expect(clerk.GetByText("DL-06")).ToBeVisibleAsync();
        await Stewardship.Look(clerk, "correction-reported", scripts);
        var address = new Uri(clerk.Url).AbsolutePath;

        // Whoever is shown the record now is told of it.
        await clerk.GotoAsync("/desk/lookup");
        await clerk.GetByLabel("办件编号").FillAsync("DB20260102");
        await clerk.Locator("input[name='key.citizen_id']").FillAsync(person);
        await Press(clerk, "查询");
        await Assertions.Expect(clerk.GetByText("校核中：姓名")).ToBeVisibleAsync();
        await Stewardship.Look(clerk, "correction-marked", scripts);

        await using var stewards = await chromium.Open(site.Url, scripts);
        var steward = await Stewardship.SignIn(site, stewards, "police.steward");
        await steward.GotoAsync("/desk/corrections");
        await Stewardship.Look(steward, "corrections", scripts);
        await steward.GotoAsync("/en" + address);
        await Assertions.Expect(steward.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Correction JH");
        await Press(steward, "Corrected, feed back");
        await Assertions.Expect(steward.Locator(".err-sum")).ToContainTextAsync("at least 5 characters");
        await steward.GetByLabel("Result").FillAsync("已按居民身份证更正");
        await Stewardship.Look(steward, "correction-answer-en", scripts);
        await Press(steward, "Corrected, feed back");
        await steward.WaitForURLAsync("**?done=correct");
        await Stewardship.Look(steward, "correction-answered", scripts);
        await clerk.GotoAsync(address);
        await Assertions.Expect(clerk.GetByText("已按居民身份证更正")).ToBeVisibleAsync();
        await using var strangers = await chromium.Open(site.Url);
        var stranger = await Stewardship.SignIn(site, strangers, "health.steward");
        Assert.Equal(404, (await stranger.GotoAsync(address))!.Status);
    }

    [Fact]
    public async Task A_dispute_is_opened_referred_and_decided_step_by_step()
    {
        await using var offices = await chromium.Open(site.Url);
        var office = await Stewardship.SignIn(site, offices, "civil-affairs.office");
        await office.GotoAsync("/desk/disputes/new");
        await office.GetByLabel("对方部门").SelectOptionAsync(new SelectOptionValue { Label = "云汀省公安厅" });
        await office.GetByLabel("类别").SelectOptionAsync("Refusal");
        await office.GetByLabel("争议事项").FillAsync("户籍数据不予共享");
        await office.GetByLabel("争议内容和依据").FillAsync("我厅依职责需要核对户籍，对方以内部规定为由不同意，没有列明法律依据。");
        await Press(office, "提出争议");
        await office.WaitForURLAsync("**?done=open");
        await Stewardship.Look(office, "dispute-opened", true);
        var address = new Uri(office.Url).AbsolutePath;
        await using var seconds = await chromium.Open(site.Url);
        var second = await Stewardship.SignIn(site, seconds, "civil-affairs.office");
        await second.GotoAsync(address);
        await office.GetByLabel("意见和理由").FillAsync("两次协商未能一致");
        await Press(office, "协商不成，提请协调");
        await office.WaitForURLAsync("**?done=escalate");
        // Whoever decides on what has changed meanwhile is told what happened.
        await second.GetByLabel("意见和理由").FillAsync("先行撤回本件争议");
        await Press(second, "撤回争议");
        await Assertions.Expect(second.Locator(".err-sum")).ToContainTextAsync("您的操作没有生效");

        await using var bureaus = await chromium.Open(site.Url);
        var reviewer = await Stewardship.SignIn(site, bureaus, "bureau.reviewer");
        await reviewer.GotoAsync("/bureau/disputes");
        await Stewardship.Look(reviewer, "disputes-bureau", true);
        await reviewer.GotoAsync(address);
        await reviewer.GetByLabel("意见和理由").FillAsync("协调不成，报请省政府决定");
        await Press(reviewer, "协调不成，报请决定");
        await reviewer.WaitForURLAsync("**?done=refer");
        await using var heads = await chromium.Open(site.Url);
        var head = await Stewardship.SignIn(site, heads, "bureau.head");
        await head.GotoAsync("/en" + address);
        await head.GetByLabel("View and reasons").FillAsync("省政府决定予以共享");
        await head.GetByLabel("Document number").FillAsync("云政函〔2026〕31号");
        await head.GetByLabel("Day of the decision").FillAsync("2026-01-05");
        await Stewardship.Look(head, "dispute-decide-en", true);
        await Press(head, "Record the government's decision");
        await head.WaitForURLAsync("**?done=decide");
        await office.GotoAsync(address);
        await Assertions.Expect(office.GetByText("云政函〔2026〕31号").First).ToBeVisibleAsync();
        await Stewardship.Look(office, "dispute-decided", true);
        await office.GotoAsync("/desk/disputes");
        await Stewardship.Look(office, "disputes", true);
    }

    [Fact]
    public async Task The_bureau_names_a_source_and_the_second_is_refused_with_the_first()
    {
        await using var bureaus = await chromium.Open(site.Url);
        var reviewer = await Stewardship.SignIn(site, bureaus, "bureau.reviewer");
        await reviewer.GotoAsync("/bureau/sources");
        await Stewardship.Look(reviewer, "sources", true);
        await reviewer.Locator("#element").SelectOptionAsync("citizen-id");
        await reviewer.Locator("#department").SelectOptionAsync(new SelectOptionValue { Label = "云汀省民政厅" });
        await reviewer.Locator("#ground").FillAsync("省数据局通知（测试）");
        await Press(reviewer, "指定");
        await Assertions.Expect(reviewer.Locator(".err-sum")).ToContainTextAsync("云汀省公安厅");
        await Stewardship.Look(reviewer, "source-refused", true);
        await reviewer.Locator("#element").SelectOptionAsync("person-name");
        await Press(reviewer, "指定");
        await reviewer.WaitForURLAsync("**?done=named");
        await reviewer.GotoAsync("/desk/find/population");
        await Assertions.Expect(reviewer.Locator("#sources")).ToContainTextAsync("协同更新");
        await Stewardship.Look(reviewer, "source-marks", true);
    }

    [Fact]
    public async Task A_citizen_objects_and_is_answered()
    {
        await using var people = await chromium.Open(site.Url);
        var citizen = await Stewardship.SignIn(site, people, "citizen");
        await citizen.GotoAsync("/objections/new");
        await citizen.Locator("#about").SelectOptionAsync("Decision");
        await citizen.Locator("#provider").SelectOptionAsync(new SelectOptionValue { Label = "云汀省民政厅" });
        await citizen.Locator("#words").FillAsync("低保申请未获批准，家庭收入计算有误。");
        await Press(citizen, "提交异议");
        await Assertions.Expect(citizen.Locator(".err-sum")).ToContainTextAsync("至少写 2 个字符");
        await Stewardship.Look(citizen, "objection-wrong", true);
        await citizen.Locator("#reference").FillAsync("DB20260103");
        await Press(citizen, "提交异议");
        await citizen.WaitForURLAsync("**?done=file");
        await Stewardship.Look(citizen, "objection-filed", true);
        var id = new Uri(citizen.Url).AbsolutePath.Split('/')[^1];
        await using var stewards = await chromium.Open(site.Url);
        var steward = await Stewardship.SignIn(site, stewards, "civil-affairs.steward");
        await steward.GotoAsync("/desk/objections");
        await Stewardship.Look(steward, "objections", true);
        await steward.GotoAsync("/desk/objections/" + id);
        await steward.Locator("#outcome").SelectOptionAsync("Upheld");
        await steward.Locator("#words").FillAsync("经复核家庭收入计算有误，已重新审核");
        await Stewardship.Look(steward, "objection-answer", true);
        await steward.GetByRole(AriaRole.Button, new() { Name = "答复", Exact = true }).ClickAsync();
        await steward.WaitForURLAsync("**?done=answer");
        await citizen.GotoAsync("/en/me/objections/" + id);
        await Assertions.Expect(citizen.GetByText("经复核家庭收入计算有误，已重新审核")).ToBeVisibleAsync();
        await Stewardship.Look(citizen, "objection-answered-en", true);
        await citizen.GotoAsync("/me/objections");
        await Stewardship.Look(citizen, "objections-mine", true);
    }

    private async Task<string> Somebody(int at)
    {
        var entry = site.Get<Catalogue>().BySlug("population")!;
        var version = site.Get<Versions>().Current(entry.Id)!;
        using var page = (await site.Get<ServingCopies>().Read(version, new Plan([], null, [], at + 1, 0, null, PlanCount.None) { Subject = Subjects.Of(version) }, default)).Value;
        var all = new List<string>();
        foreach (var one in page.Subjects!) all.Add(Encoding.UTF8.GetString(one.Utf8));
        return all[at];
    }

    private static Task Press(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).First.ClickAsync();
}
