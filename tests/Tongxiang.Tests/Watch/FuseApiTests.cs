using System.Net;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using Tongxiang.Watch;
using static Tongxiang.Tests.Lab.Api;

namespace Tongxiang.Tests.Watch;

public sealed class FuseApiTests
{
    [Theory, EveryStore]
    public async Task A_fuse_runs_its_life_over_http_and_only_its_sides_see_it(Store store)
    {
        await using var region = await CatalogNode.Start(store);
        var entry = (await region.Publish(Samples.Open("公交站点")))[0];
        var (security, audit, provider, stranger) = await People(region);
        var wish = new { scope = "Resource", subject = entry.Slug, action = "Cut", reason = "站点数据被连续枚举" };

        await Post(region.Public, "/api/watch/fuses", wish, HttpStatusCode.Unauthorized);
        await Post(stranger, "/api/watch/fuses", wish, HttpStatusCode.Forbidden);
        await Post(audit, "/api/watch/fuses", wish, HttpStatusCode.Forbidden);
        var unknown = await Post(security, "/api/watch/fuses", wish with { subject = "no-such-data" }, HttpStatusCode.BadRequest);
        Assert.Contains("no-such-data", unknown["errors"]!["subject"]!.ToJsonString(), StringComparison.Ordinal);
        await Post(security, "/api/watch/fuses", wish with { reason = "短" }, HttpStatusCode.BadRequest);
        var pulled = await Post(security, "/api/watch/fuses", wish, HttpStatusCode.Created, key: "f-1");
        var again = await Post(security, "/api/watch/fuses", wish, HttpStatusCode.Created, key: "f-1");
        Assert.Equal((string)pulled["id"]!, (string)again["id"]!);

        var path = "/api/watch/fuses/" + (string)pulled["id"]!;
        foreach (var side in new[] { security, audit, provider }) Assert.Equal([(string)pulled["number"]!], (await Get(side, "/api/watch/fuses"))["items"]!.AsArray().Select(t => (string)t!["number"]!));
        Assert.Empty((await Get(stranger, "/api/watch/fuses"))["items"]!.AsArray());
        using (var hidden = await stranger.GetAsync(path)) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        Assert.Equal("InForce", (string)(await Get(provider, path))["state"]!);

        Assert.Equal(FuseAction.Cut, Asked(region, entry));
        Assert.Equal("Eased", (string)(await Post(provider, path + "/ease", new { reason = "站点数据可以限速提供" }, HttpStatusCode.OK))["state"]!);
        await Post(stranger, path + "/windows", new { minutes = 10, reason = "不相干的人" }, HttpStatusCode.NotFound);
        await Post(provider, path + "/restore", new { reason = "已核实无误" }, HttpStatusCode.OK);
        await Post(provider, path + "/restore", new { reason = "已核实无误" }, HttpStatusCode.Conflict);
        Assert.Equal("Restored", (string)(await Post(security, path + "/restore", new { reason = "同意恢复" }, HttpStatusCode.OK))["state"]!);
        using (var proof = await security.GetAsync(path + "/proof")) Assert.True(proof.IsSuccessStatusCode, await proof.Content.ReadAsStringAsync());
        using (var proof = await stranger.GetAsync(path + "/proof")) Assert.Equal(HttpStatusCode.NotFound, proof.StatusCode);
    }

    [Theory, EveryStore]
    public async Task The_package_that_proves_a_cut_is_for_security_and_audit_only(Store store)
    {
        await using var region = await CatalogNode.Start(store);
        var entry = (await region.Publish(Samples.Open("公交站点")))[0];
        var (security, audit, provider, stranger) = await People(region);
        var pulled = await Post(security, "/api/watch/fuses", new { scope = "Resource", subject = entry.Slug, action = "Cut", reason = "站点数据被连续枚举" }, HttpStatusCode.Created);
        var path = "/api/watch/fuses/" + (string)pulled["id"]!;
        foreach (var side in new[] { security, audit })
        {
            using var package = await side.GetAsync(path + "/proof/openings");
            var lines = await package.Content.ReadAsStringAsync();
            Assert.True(package.IsSuccessStatusCode && package.Content.Headers.ContentType?.MediaType == "application/x-ndjson", lines);
            Assert.StartsWith($"{{\"fuse\":\"{(string)pulled["number"]!}\"}}\n", lines, StringComparison.Ordinal);
        }
        foreach (var (side, status) in new[] { (provider, HttpStatusCode.Forbidden), (stranger, HttpStatusCode.NotFound), (region.Public, HttpStatusCode.NotFound) })
            using (var hidden = await side.GetAsync(path + "/proof/openings")) Assert.Equal(status, hidden.StatusCode);
    }

    [Theory, EveryStore]
    public async Task What_lives_depend_on_is_flagged_listed_and_only_slowed(Store store)
    {
        await using var region = await CatalogNode.Start(store);
        var entry = (await region.Publish(Samples.Open("公交站点")))[0];
        var (security, audit, provider, stranger) = await People(region);
        var flag = new { scope = "Resource", subject = entry.Slug, isVital = true, reason = "急救调度依赖此资源" };

        await Post(region.Public, "/api/watch/vital", flag, HttpStatusCode.Forbidden);
        foreach (var other in new[] { audit, provider, stranger }) await Post(other, "/api/watch/vital", flag, HttpStatusCode.Forbidden);
        Assert.Contains("scope", (await Post(security, "/api/watch/vital", flag with { scope = "Caller" }, HttpStatusCode.BadRequest))["errors"]!.ToJsonString(), StringComparison.Ordinal);
        await Post(security, "/api/watch/vital", flag with { subject = "no-such-data" }, HttpStatusCode.BadRequest);
        await Post(security, "/api/watch/vital", flag with { reason = "" }, HttpStatusCode.BadRequest);
        await Post(security, "/api/watch/vital", flag, HttpStatusCode.NoContent);
        await Post(security, "/api/watch/vital", flag with { reason = "急救调度、报警联动依赖此资源" }, HttpStatusCode.NoContent);
        var listed = (await Get(audit, "/api/watch/vital")).AsArray();
        Assert.Equal((entry.Id.ToString(), "急救调度、报警联动依赖此资源"), ((string)listed.Single()!["subject"]!, (string)listed[0]!["reason"]!));
        Assert.Equal((entry.Slug, entry.Content.Name), ((string)listed[0]!["handle"]!, (string)listed[0]!["name"]!));
        foreach (var other in new[] { region.Public, provider, stranger })
            using (var hidden = await other.GetAsync("/api/watch/vital")) Assert.Equal(HttpStatusCode.Forbidden, hidden.StatusCode);

        await Post(security, "/api/watch/fuses", new { scope = "Node", subject = "", action = "Cut", reason = "全节点演练，检验流程" }, HttpStatusCode.Created);
        Assert.Equal(FuseAction.Slow, Asked(region, entry));
        await Post(security, "/api/watch/vital", flag with { isVital = false, reason = "调度系统已改用自建数据" }, HttpStatusCode.NoContent);
        await Post(security, "/api/watch/vital", flag with { isVital = false, reason = "再取消一次" }, HttpStatusCode.NotFound);
        Assert.Equal(FuseAction.Cut, Asked(region, entry));
        Assert.Empty((await Get(audit, "/api/watch/vital")).AsArray());
    }

    private static FuseAction Asked(CatalogNode region, Entry entry) => region.Node.Get<Fuse>().Now.Ask(new FuseQuestion("anybody", null, null, null, entry.Id, false, default)).Action;

    private static async Task<(HttpClient Security, HttpClient Audit, HttpClient Provider, HttpClient Stranger)> People(CatalogNode region) =>
        (await region.Enrol("bureau.security", "data-bureau", Role.SecurityAdmin), await region.Enrol("bureau.audit", "data-bureau", Role.AuditAdmin),
            await region.Enrol("transport.office", "transport", Role.SharingOfficeHead), await region.SignIn("police.steward"));
}
