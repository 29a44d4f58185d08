using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Catalog;

public sealed class InventoryTests
{
    private static readonly InventoryWish System_ = new(InventoryKind.System, "公交调度系统", "公交运行调度", "《城市公共汽车和电车客运管理规定》第三十七条", "运输服务中心");

    [Theory, EveryStore]
    public async Task Coverage_says_what_should_be_catalogued_attached_and_opened_and_is_not(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var system = (await lab.Inventory.Add(lab.Steward, System_, default)).Value;
        Assert.False((await lab.Inventory.Add(lab.Steward, new InventoryWish(InventoryKind.Duty, "公交线路管理", "", "《道路运输条例》第十条", ""), default)).IsRefused);
        var entry = await lab.Publish(Samples.Open());
        var stops = (await lab.Inventory.Add(lab.Steward, new InventoryWish(InventoryKind.Resource, "站点", "", "", "", system.Id, Attaches: true, Opens: true, Code: entry.Code), default)).Value;
        var lines = (await lab.Inventory.Add(lab.Steward, new InventoryWish(InventoryKind.Resource, "线路", "", "", "", system.Id, Opens: true), default)).Value;
        var coverage = (await lab.Inventory.Coverage(lab.Reviewer, default)).Value.Single();
        Assert.Equal((1, 1, 1, 2, 1, 1, 0, 2, 1), (coverage.Systems, coverage.SystemsCovered, coverage.Duties, coverage.Resources, coverage.Catalogued, coverage.ToAttach, coverage.Attached, coverage.ToOpen, coverage.Opened));
        Assert.Equal(new[] { stops.Id, lines.Id }.Order(), coverage.Missing.Select(m => m.Line.Id).Order());
        lab.Catalogue.Updated(entry.Id, new DataFacts(1, lab.Store.Clock.GetUtcNow(), 10, 100, new string('a', 64)));
        Assert.Equal([lines.Id], (await lab.Inventory.Coverage(lab.Steward, default)).Value.Single().Missing.Select(m => m.Line.Id));
        // A retired entry is catalogued no more.
        await lab.Entries.Retire(lab.Head, entry.Id, 1, "停止采集", default);
        Assert.Equal(0, (await lab.Inventory.Coverage(lab.Steward, default)).Value.Single().Catalogued);
        Assert.Empty((await lab.Inventory.Coverage(lab.Stranger, default)).Value);
        Assert.Equal(403, (await lab.Inventory.Coverage(lab.Company, default)).Refusal!.Status);
    }

    [Theory, EveryStore]
    public async Task Lines_are_changed_on_the_revision_seen_and_end_with_a_reason(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var line = (await lab.Inventory.Add(lab.Steward, System_, default)).Value;
        Assert.Equal("catalog.inventory-twice", (await lab.Inventory.Add(lab.Steward, System_, default)).Refusal!.Code);
        var other = (await lab.Inventory.Add(lab.Steward, System_ with { Name = "票务系统" }, default)).Value;
        Assert.Equal("catalog.inventory-twice", (await lab.Inventory.Change(lab.Steward, other.Id, 1, System_, default)).Refusal!.Code);
        Assert.Equal(2, (await lab.Inventory.Change(lab.Steward, line.Id, 1, System_ with { RunBy = "信息中心" }, default)).Value.Revision);
        Assert.Equal("catalog.inventory-changed", (await lab.Inventory.Change(lab.Steward, line.Id, 1, System_, default)).Refusal!.Code);
        Assert.Equal(404, (await lab.Inventory.Change(lab.Stranger, line.Id, 2, System_, default)).Refusal!.Status);
        Assert.Equal(404, (await lab.Inventory.Change(lab.Reviewer, line.Id, 2, System_, default)).Refusal!.Status);
        Assert.Equal("kind", (await lab.Inventory.Change(lab.Steward, line.Id, 2, System_ with { Kind = InventoryKind.Duty }, default)).Refusal!.Fields.Single().Field);
        Assert.Equal("reason", (await lab.Inventory.End(lab.Steward, line.Id, 2, "", default)).Refusal!.Fields.Single().Field);
        Assert.Equal("catalog.inventory-changed", (await lab.Inventory.End(lab.Steward, line.Id, 1, "系统已下线", default)).Refusal!.Code);
        Assert.False((await lab.Inventory.End(lab.Steward, line.Id, 2, "系统已下线", default)).IsRefused);
        Assert.Null(await lab.Inventory.Find(lab.Steward, line.Id, default));
        // The name is free again.
        Assert.False((await lab.Inventory.Add(lab.Steward, System_, default)).IsRefused);
        foreach (var kind in new[] { "added", "changed", "ended" }) Assert.Contains(await lab.Evidenced(), e => e.Contains("catalog.inventory-" + kind, StringComparison.Ordinal));
    }

    [Theory, EveryStore]
    public async Task What_a_line_lacks_or_borrows_is_named(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        Assert.Equal(["name", "basis", "runBy"], (await lab.Inventory.Add(lab.Steward, new InventoryWish(InventoryKind.System, "", "", "", ""), default)).Refusal!.Fields.Select(f => f.Field));
        Assert.Equal(["code", "attaches"], (await lab.Inventory.Add(lab.Steward, System_ with { Code = "306001/000001", Attaches = true }, default)).Refusal!.Fields.Select(f => f.Field));
        var theirs = (await lab.Inventory.Add(lab.Stranger, System_, default)).Value;
        var entry = await lab.Publish(Samples.Open());
        Assert.Equal("parent", (await lab.Inventory.Add(lab.Steward, new InventoryWish(InventoryKind.Resource, "站点", "", "", "", theirs.Id), default)).Refusal!.Fields.Single().Field);
        Assert.Equal("code", (await lab.Inventory.Add(lab.Stranger, new InventoryWish(InventoryKind.Resource, "站点", "", "", "", theirs.Id, Code: entry.Code), default)).Refusal!.Fields.Single().Field);
        Assert.Equal(403, (await lab.Inventory.Add(lab.Head, System_, default)).Refusal!.Status);
        Assert.Equal(403, (await lab.Inventory.Add(lab.Company, System_, default)).Refusal!.Status);

        for (var i = 0; i < 3; i++) await lab.Inventory.Add(lab.Steward, System_ with { Name = $"系统{i}" }, default);
        var page = (await lab.Inventory.List(lab.Reviewer, lab.Transport.Id, InventoryKind.System, null, 2, default)).Value;
        Assert.Equal(["系统0", "系统1", "系统2"], page.Items.Concat((await lab.Inventory.List(lab.Reviewer, lab.Transport.Id, InventoryKind.System, page.Next, 2, default)).Value.Items).Select(s => s.Line.Name).Order(StringComparer.Ordinal));
        Assert.Equal(4, (await lab.Inventory.List(lab.Reviewer, null, null, null, 10, default)).Value.Items.Count);
        Assert.Equal(403, (await lab.Inventory.List(lab.Steward, lab.Police.Id, null, null, 10, default)).Refusal!.Status);
        Assert.Equal("kernel.bad-cursor", (await lab.Inventory.List(lab.Steward, null, null, "x", 10, default)).Refusal!.Code);
    }

    [Theory, EveryStore]
    public async Task Inventory_plan_and_import_work_over_HTTP(Store store)
    {
        await using var lab = await CatalogNode.Start(store);
        var (steward, stranger) = (await lab.SignIn("transport.steward"), await lab.SignIn("police.steward"));
        using var made = await steward.PostAsJsonAsync("/api/inventory", System_, Wire.Json);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var id = (await Json(made)).GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.OK, (await steward.PutAsJsonAsync($"/api/inventory/{id}", new { revision = 1, line = System_ with { RunBy = "信息中心" } }, Wire.Json)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PutAsJsonAsync($"/api/inventory/{id}", new { revision = 2, line = System_ }, Wire.Json)).StatusCode);
        Assert.Equal(1, (await Json(await steward.GetAsync("/api/inventory?kind=System"))).GetProperty("items").GetArrayLength());
        Assert.Equal(1, (await Json(await steward.GetAsync("/api/inventory/coverage"))).GetProperty("items")[0].GetProperty("systems").GetInt32());

        var csv = "类别,名称,用途,依据,运行单位,所属,应挂接,应开放,目录代码\n资源,站点,,,,公交调度系统,是,是,\n资源,线路,,,,没有的系统,是,否,\n系统,票务系统,售票,《某办法》第三条,信息中心,,,,\n系统,无依据系统,,,信息中心,,,,\n";
        using var check = await steward.PostAsync("/api/imports/Inventory", new StringContent(csv, Encoding.UTF8, "text/csv"));
        Assert.Equal(HttpStatusCode.Created, check.StatusCode);
        var import = await Json(check);
        Assert.Equal((2, 2), (import.GetProperty("good").GetInt32(), import.GetProperty("refusedCount").GetInt32()));
        Assert.Equal([(3L, "parent", "没有的系统"), (5L, "basis", "")], import.GetProperty("refused").EnumerateArray().Select(r => (r.GetProperty("line").GetInt64(), r.GetProperty("field").GetString(), r.GetProperty("value").GetString())));
        Assert.All(import.GetProperty("refused").EnumerateArray(), r => Assert.NotEqual("", r.GetProperty("remedy").GetString()));
        var path = "/api/imports/" + import.GetProperty("id").GetString();
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await steward.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await steward.PostAsJsonAsync(path + "/take", new { good = 3 })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await steward.PostAsJsonAsync(path + "/take", new { good = 2 })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await steward.PostAsJsonAsync(path + "/drop", new { })).StatusCode);
        Assert.Equal(3, (await Json(await steward.GetAsync("/api/inventory"))).GetProperty("items").GetArrayLength());

        using var item = await steward.PostAsJsonAsync("/api/plans/items", new { year = 2026, kind = "Open", name = "开放站点", dueOn = "2026-12-31" });
        Assert.Equal(HttpStatusCode.Created, item.StatusCode);
        var planned = (await Json(item)).GetProperty("id").GetString();
        var entry = (await lab.Publish(Samples.Open())).Single();
        Assert.Equal(HttpStatusCode.OK, (await steward.PostAsJsonAsync($"/api/plans/items/{planned}/link", new { revision = 1, code = entry.Code })).StatusCode);
        var bureau = await lab.Enrol("bureau.head", "data-bureau", Role.BureauHead);
        Assert.Equal(HttpStatusCode.OK, (await bureau.PostAsync("/api/plans/2026/publish", null)).StatusCode);
        Assert.Equal(1, (await Json(await bureau.GetAsync("/api/plans/2026"))).GetProperty("items").GetArrayLength());
        Assert.Equal(HttpStatusCode.Forbidden, (await steward.PostAsJsonAsync($"/api/plans/items/{planned}/drop", new { revision = 2, reason = "不做了" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await steward.PostAsJsonAsync($"/api/inventory/{id}/end", new { revision = 2, reason = "系统已下线" })).StatusCode);
    }

    private static async Task<JsonElement> Json(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
}
