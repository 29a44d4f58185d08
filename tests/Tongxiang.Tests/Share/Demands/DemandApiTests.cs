using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Core.Calendars;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Share;

/// <summary>The register of demands and the calendar of what is due through real sockets.</summary>
public sealed class DemandApiTests
{
    private const string Password = "correct horse battery staple 9";

    [Theory, EveryStore]
    public async Task From_an_empty_search_to_a_claimed_demand_and_its_place_in_the_calendar(Store store)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 9, 18, 9, 0, 0, TimeSpan.FromHours(8)));
        await using var node = await NodeLab.Start(store, services => services.AddSingleton<TimeProvider>(clock));
        var bureau = await Agency(node, clock, "bureau", "省数据局", AgencyKind.Bureau, null);
        var police = await Agency(node, clock, "police", "省公安厅", AgencyKind.Department, bureau.Id);
        var health = await Agency(node, clock, "health", "省卫生健康委员会", AgencyKind.Department, bureau.Id);
        await Person(node, "reviewer", bureau.Id, Role.BureauReviewer);
        await Person(node, "clerk", police.Id, Role.Steward);
        await Person(node, "doctor", health.Id, Role.Steward);
        await Offices.Fill(node.Get<Db>(), node.Get<Tongxiang.Agencies.Directory>(), clock);
        using var reviewer = await SignIn(node, "reviewer");
        using var clerk = await SignIn(node, "clerk");
        using var doctor = await SignIn(node, "doctor");

        var search = await Api.Get(node.Http, "/api/search?q=" + Uri.EscapeDataString("公安检查站排队时间"));
        Assert.Equal((0, "/api/demands"), ((int)search["total"]!, (string)search["registerDemand"]!));
        await Api.Post(node.Http, "/api/demands", new { what = "公安检查站排队时间" }, HttpStatusCode.Unauthorized);
        var filed = await Api.Post(doctor, "/api/demands", new { what = "公安检查站排队时间", matter = "救护车路线", contact = "d@health.example" }, HttpStatusCode.Created, key: "k1");
        Assert.Equal((string)filed["demand"]!["number"]!, (string)(await Api.Post(doctor, "/api/demands", new { what = "公安检查站排队时间", matter = "救护车路线", contact = "d@health.example" }, HttpStatusCode.Created, key: "k1"))["demand"]!["number"]!);
        Assert.False((bool)(await Api.Post(doctor, "/api/demands", new { what = "公安检查站 排队时间" }))["isNew"]!);
        Assert.Equal(["contact", "what"], (await Api.Post(doctor, "/api/demands", new { contact = "x" }, HttpStatusCode.BadRequest))["errors"]!.AsObject().Select(e => e.Key).Order());
        await Api.Post(doctor, "/api/demands", new { what = "路灯位置", owner = "nobody" }, HttpStatusCode.BadRequest);
        var path = "/api/demands/" + (string)filed["demand"]!["number"]!;
        // The name of the department says whose it is.
        Assert.Equal(police.Id.ToString(), (string)filed["demand"]!["proposed"]!);

        var seen = await Api.Get(node.Http, path);
        Assert.Equal((null, null, 0), ((string?)seen["demand"]!["what"], (string?)seen["demand"]!["contact"], seen["possible"]!.AsArray().Count));
        await Api.Post(clerk, path + "/accept", new { owner = "police" }, HttpStatusCode.Forbidden);
        using (var hidden = await clerk.GetAsync(path + "/alike")) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        using (var hidden = await clerk.GetAsync(path + "/owners")) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        Assert.Empty((await Api.Get(reviewer, path + "/alike")).AsArray());
        Assert.Equal(police.Id.ToString(), (string)(await Api.Get(reviewer, path + "/owners"))[0]!["agency"]!);
        await Api.Post(node.Http, path + "/accept", new { owner = "police" }, HttpStatusCode.Unauthorized);
        await Api.Post(reviewer, path + "/accept", new { owner = "police", revision = 1 });
        Assert.Equal("share.demand-changed", (string)(await Api.Post(reviewer, path + "/refuse", new { ground = "Unclear", reason = "看不明白要什么", revision = 1 }, HttpStatusCode.Conflict))["code"]!);
        Assert.Equal("公安检查站排队时间", (string)(await Api.Get(node.Http, path))["demand"]!["what"]!);
        await Api.Post(clerk, path + "/claim", new { revision = 2 });
        await Api.Post(clerk, path + "/catalogue", new { entry = "no-such" }, HttpStatusCode.BadRequest);
        await Api.Post(clerk, path + "/vote", new { });
        Assert.Equal(2, (int)(await Api.Get(node.Http, "/api/demands?open=true&owner=police"))["items"]![0]!["votes"]!);
        Assert.Empty((await Api.Get(node.Http, "/api/demands?state=Refused"))["items"]!.AsArray());
        using (var bad = await node.Http.GetAsync("/api/demands?after=x")) Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        using (var none = await node.Http.GetAsync("/api/demands/XQ1")) Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);

        var dues = (await Api.Get(clerk, "/api/dues"))["items"]!.AsArray();
        Assert.Equal(("DEMAND-01", "C", true), ((string)dues.Single()!["rule"]!, (string)dues[0]!["grade"]!, (bool)dues[0]!["isUnverified"]!));
        Assert.Single((await Api.Get(reviewer, "/api/dues?scope=overseen"))["items"]!.AsArray());
        using (var forbidden = await clerk.GetAsync("/api/dues?scope=overseen")) Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        using (var wrong = await clerk.GetAsync("/api/dues?scope=all")) Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using (var nobody = await node.Http.GetAsync("/api/dues.ics")) Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.Empty((await Api.Get(doctor, "/api/dues"))["items"]!.AsArray());

        using var answer = await clerk.GetAsync("/api/dues.ics?lang=zh");
        Assert.Equal("text/calendar", answer.Content.Headers.ContentType!.MediaType);
        var one = Assert.Single(IcsReader.Events(await answer.Content.ReadAsStringAsync()));
        string Of(string name) => IcsReader.Text(one.Single(l => l.Name == name).Value);
        Assert.Equal($"为需求编目 {(string)filed["demand"]!["number"]!} 公安检查站排队时间", Of("SUMMARY"));
        Assert.Contains("未核实", Of("DESCRIPTION"), StringComparison.Ordinal);
        Assert.Equal(WorkCalendar.Day(DateTimeOffset.Parse((string)dues[0]!["dueAt"]!, System.Globalization.CultureInfo.InvariantCulture)).ToString("yyyyMMdd", null), one.Single(l => l.Name == "DTSTART").Value);
        Assert.StartsWith("http", one.Single(l => l.Name == "URL").Value, StringComparison.Ordinal);
        using var english = await clerk.GetAsync("/api/dues.ics?lang=en");
        Assert.Contains("/en/desk/demands/", await english.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task Every_step_is_there_over_http(Store store)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 9, 18, 9, 0, 0, TimeSpan.FromHours(8)));
        await using var node = await NodeLab.Start(store, services => services.AddSingleton<TimeProvider>(clock));
        var opened = new DateOnly(2020, 1, 1);
        await node.Get<Roster>().LoadDivisions(
            [new Division("290000", "云岭省", "Yunling", null, 1, opened, null, "demonstration"), new Division("290100", "南湖市", "Nanhu", "290000", 2, opened, null, "demonstration")], default);
        var bureau = await Agency(node, clock, "bureau", "省数据局", AgencyKind.Bureau, null);
        var police = await Agency(node, clock, "police", "省公安厅", AgencyKind.Department, bureau.Id);
        var health = await Agency(node, clock, "health", "省卫生健康委员会", AgencyKind.Department, bureau.Id);
        var people = new[]
        {
            await Person(node, "reviewer", bureau.Id, Role.BureauReviewer), await Person(node, "clerk", police.Id, Role.Steward, Role.SharingOfficeHead, Role.AgencyHead), await Person(node, "doctor", health.Id, Role.Steward),
        };
        await Offices.Fill(node.Get<Db>(), node.Get<Tongxiang.Agencies.Directory>(), clock);
        using var reviewer = await SignIn(node, "reviewer");
        using var clerk = await SignIn(node, "clerk");
        using var doctor = await SignIn(node, "doctor");
        var directory = node.Get<Tongxiang.Agencies.Directory>();
        Caller Of(int i) => Caller.Of(people[i], directory);
        var entry = (await node.Get<Entries>().Enrol([new Enrolment(Samples.Open(), null, Of(1), Of(1), Of(0), "不涉密", "无个人信息")], default)).Value[0];

        async Task<string> File(string what) => "/api/demands/" + (string)(await Api.Post(doctor, "/api/demands", new { what }, HttpStatusCode.Created))["demand"]!["number"]!;
        var one = await File("公交站点位置");
        await Api.Post(reviewer, one + "/accept", new { owner = "health" }, HttpStatusCode.BadRequest);
        await Api.Post(reviewer, one + "/accept", new { owner = "police" });
        await Api.Post(clerk, one + "/decline", new { reason = "由交通部门管理" });
        await Api.Post(reviewer, one + "/assign", new { owner = "bureau" });
        await Api.Post(reviewer, one + "/refuse", new { ground = "AlreadyThere", entry = entry.Code, reason = "目录中已经有了" });
        Assert.Equal(entry.Code, (string)(await Api.Get(node.Http, one))["demand"]!["entry"]!["code"]!);
        var (two, three) = (await File("公交站点候车亭"), await File("公交候车亭站点照片"));
        await Api.Post(reviewer, three + "/merge", new { into = two.Split('/')[^1] });
        await Api.Post(reviewer, two + "/accept", new { owner = "police" });
        await Api.Post(clerk, two + "/claim", new { });
        await Api.Post(clerk, two + "/catalogue", new { entry = entry.Slug });
        Assert.Equal("share.demand-no-version", (string)(await Api.Post(clerk, two + "/attach", new { }, HttpStatusCode.Conflict))["code"]!);
        await Api.Post(doctor, two + "/satisfy", new { }, HttpStatusCode.Conflict);
        await Api.Post(doctor, two + "/reopen", new { reason = "还没有数据" }, HttpStatusCode.Conflict);
        Assert.Null(node.Get<CurrentVersion>()(entry.Id));
    }

    private static async Task<Agency> Agency(NodeLab node, TimeProvider clock, string slug, string name, AgencyKind kind, Id<Agency>? bureau) =>
        ShareLab.Good(await node.Get<Roster>().Add(Caller.Platform, new Agency(Id<Agency>.New(clock), slug, "91350100M000100Y43", name, "Agency " + slug, kind, "290000", bureau, null, slug + "@agency.example"), default));

    private static async Task<Person> Person(NodeLab node, string user, Id<Agency> agency, params Role[] roles) =>
        ShareLab.Good(await node.Get<People>().Enrol(Caller.Platform, new NewPerson(user, "某人" + user, agency, roles.ToHashSet(), Password), default));

    private static async Task<HttpClient> SignIn(NodeLab node, string user)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = node.Http.BaseAddress };
        using var answer = await http.PostAsJsonAsync("/api/session", new { user, password = Password });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return http;
    }
}
