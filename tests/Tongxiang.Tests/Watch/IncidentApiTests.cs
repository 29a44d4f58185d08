using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Lab.Api;

namespace Tongxiang.Tests.Watch;

public sealed class IncidentApiTests
{
    [Theory, EveryStore]
    public async Task The_whole_handling_runs_over_http_and_strangers_find_nothing(Store store)
    {
        await using var region = await CatalogNode.Start(store);
        var entry = (await region.Publish(Samples.Open("公交站点")))[0];
        var security = await region.Enrol("bureau.security", "data-bureau", Role.SecurityAdmin);
        var (head, second) = (await region.Enrol("bureau.head", "data-bureau", Role.BureauHead), await region.Enrol("bureau.head2", "data-bureau", Role.BureauHead));
        var (provider, stranger) = (await region.Enrol("transport.office", "transport", Role.SharingOfficeHead), await region.SignIn("police.steward"));
        var said = new { title = "站点数据被连续枚举", resources = new[] { entry.Slug }, detectedAt = region.Clock.GetUtcNow() };

        await Post(region.Public, "/api/incidents", said, HttpStatusCode.Unauthorized);
        await Post(stranger, "/api/incidents", said, HttpStatusCode.Forbidden);
        var opened = await Post(security, "/api/incidents", said, HttpStatusCode.Created, key: "i-1");
        var again = await Post(security, "/api/incidents", said, HttpStatusCode.Created, key: "i-1");
        var id = (string)opened["id"]!;
        Assert.Equal(id, (string)again["id"]!);
        Assert.Equal("SJ-2026-000001", (string)opened["number"]!);
        var path = "/api/incidents/" + id;
        using (var hidden = await stranger.GetAsync(path)) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        await Post(stranger, path + "/acknowledge", new { }, HttpStatusCode.NotFound);
        Assert.Single((await Get(provider, "/api/incidents?open=true"))["items"]!.AsArray());
        Assert.Contains((await provider.GetFromJsonAsync<JsonArray>("/api/inbox/notices"))!, n => (string)n!["link"]! == "/desk/incidents/" + id);

        await Post(security, path + "/close", new { }, HttpStatusCode.Conflict);
        await Post(provider, path + "/acknowledge", new { revision = 1 }, HttpStatusCode.OK);
        await Post(security, path + "/contain", new { note = "已撤销该客户端的授权" }, HttpStatusCode.OK);
        var judged = new { level = "Larger", note = "属于较大量数据外泄，构成较严重威胁。", facts = new { persons = 1000, personalData = true } };
        await Post(provider, path + "/judge", judged, HttpStatusCode.Forbidden);
        await Post(head, path + "/judge", judged, HttpStatusCode.OK);
        await Post(security, path + "/count", new { }, HttpStatusCode.OK);
        await Post(head, path + "/report", new { }, HttpStatusCode.Conflict);

        var empty = await Post(security, path + "/documents/FirstReport/submit", Submission(region), HttpStatusCode.BadRequest);
        Assert.Contains("contact", empty["errors"]!.AsObject().Select(e => e.Key));
        foreach (var kind in new[] { "FirstReport", "FullReport", "PersonNotice" }) await Submit(region, security, path, kind);
        using (var file = await security.GetAsync(path + "/documents/FirstReport/file?language=en"))
        {
            Assert.Equal("application/vnd.openxmlformats-officedocument.wordprocessingml.document", file.Content.Headers.ContentType!.MediaType);
            Assert.Equal("PK", System.Text.Encoding.ASCII.GetString((await file.Content.ReadAsByteArrayAsync()).AsSpan(0, 2)));
        }
        using (var file = await stranger.GetAsync(path + "/documents/FirstReport/file")) Assert.Equal(HttpStatusCode.NotFound, file.StatusCode);
        await Post(head, path + "/report", new { }, HttpStatusCode.OK);
        region.Clock.Advance(TimeSpan.FromMinutes(20));
        await Post(head, path + "/restore", new { note = "两人审批后恢复" }, HttpStatusCode.OK);
        await Submit(region, security, path, "Summary");
        await Post(head, path + "/review", new { causes = "授权的每日行数过宽，未限定经办人。", lessons = "按事项收紧授权", measures = new[] { new { text = "收紧每日行数", owner = "交通运输厅", due = "2026-10-30" } } }, HttpStatusCode.OK);
        await Post(head, path + "/close", new { }, HttpStatusCode.Forbidden);
        Assert.Equal("Closed", (string)(await Post(second, path + "/close", new { }, HttpStatusCode.OK))["stage"]!);

        var view = await Get(security, path);
        Assert.All(view["clocks"]!.AsArray(), c => Assert.NotEqual("Running", (string)c!["state"]!));
        Assert.Contains(view["events"]!.AsArray(), e => (string)e!["kind"]! == "closed");
        var figures = await Get(security, "/api/incidents/statistics");
        Assert.Equal((1, 1, 20.0), ((int)figures["handled"]!, (int)figures["withinTarget"]!, (double)figures["meanHandleMinutes"]!));
    }

    [Theory, EveryStore]
    public async Task Tasks_notes_times_drills_and_skipping_work_over_http(Store store)
    {
        await using var region = await CatalogNode.Start(store);
        var (security, head) = (await region.Enrol("bureau.security", "data-bureau", Role.SecurityAdmin), await region.Enrol("bureau.head", "data-bureau", Role.BureauHead));
        await Post(security, "/api/incidents", new { title = "没有发现时间" }, HttpStatusCode.BadRequest);
        var drill = await Post(security, "/api/incidents", new { title = "季度应急演练：批量导出", detectedAt = region.Clock.GetUtcNow(), isDrill = true }, HttpStatusCode.Created);
        var path = "/api/incidents/" + (string)drill["id"]!;
        Assert.Empty((await Get(security, "/api/incidents"))["items"]!.AsArray());
        Assert.Single((await Get(security, "/api/incidents?drills=true"))["items"]!.AsArray());
        await Post(security, path + "/note", new { note = "已通知值班人员到位" }, HttpStatusCode.OK);
        await Post(security, path + "/tasks", new { title = "请机房提供出口流量", role = "SystemAdmin", place = "Bureau", dueAt = region.Clock.GetUtcNow().AddHours(1) }, HttpStatusCode.OK);
        var task = (await Get(security, path))["tasks"]!.AsArray().First(t => t!["code"] is null);
        await Post(security, $"{path}/tasks/{task!["id"]}/done", new { note = "已提供" }, HttpStatusCode.OK);
        var earlier = region.Clock.GetUtcNow().AddMinutes(-20);
        await Post(head, path + "/times", new { detectedAt = earlier, awareAt = earlier, note = "值班记录显示更早知悉此事" }, HttpStatusCode.OK);
        await Post(head, path + "/judge", new { level = "General", note = "演练设定为一般级别的事件。", facts = new { personalData = true } }, HttpStatusCode.OK);
        await Post(head, path + "/skip-persons", new { note = "演练没有真实人员受影响，不需要通知任何个人。" }, HttpStatusCode.OK);
        await Post(security, path + "/dismiss", new { note = "演练提前结束，恢复正常" }, HttpStatusCode.OK);
        Assert.Equal(1, (int)(await Get(security, "/api/incidents/statistics?drills=true"))["falseAlarms"]!);
    }

    private static object Submission(CatalogNode region) => new { channel = "Hotline", reference = "12387-回执-7", submittedAt = region.Clock.GetUtcNow() };

    private static async Task Submit(CatalogNode region, HttpClient client, string path, string kind)
    {
        var paper = await Get(client, $"{path}/documents/{kind}");
        var items = paper["items"]!.AsArray().Where(i => (bool)i!["isMissing"]!).ToDictionary(i => (string)i!["key"]!, _ => "已由处置人员核实填写");
        using var put = await client.PutAsJsonAsync($"{path}/documents/{kind}", new { items });
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        await Post(client, $"{path}/documents/{kind}/submit", Submission(region), HttpStatusCode.OK);
    }
}
