using System.IO.Compression;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Assess;
using Tongxiang.Catalog;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;
using Tongxiang.Server.Verbs;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Lab.Api;

namespace Tongxiang.Tests.Assess;

public sealed class AssessApiTests
{
    [Theory, EveryStore]
    public async Task Findings_run_over_http_and_strangers_find_nothing(Store store)
    {
        await using var region = await CatalogNode.Start(store);
        var entry = (await region.Publish(Samples.Open("公交站点")))[0];
        var steward = Caller.Of(region.Node.Get<Tongxiang.Agencies.Directory>().People.Single(p => p.UserName == "transport.steward"), region.Node.Get<Tongxiang.Agencies.Directory>());
        Assert.Null((await region.Node.Get<UpdateDuties>().Report(steward, entry.Id, region.Clock.GetUtcNow(), "线路管理办法修订", default)).Refusal);
        region.Clock.Advance(TimeSpan.FromDays(40));
        var head = await region.Enrol("bureau.head", "data-bureau", Role.BureauHead);
        var auditor = await region.Enrol("bureau.audit", "data-bureau", Role.AuditAdmin);
        var (office, stranger) = (await region.Enrol("transport.office", "transport", Role.SharingOfficeHead), await region.SignIn("police.steward"));

        await Post(region.Public, "/api/findings/run", new { }, HttpStatusCode.Unauthorized);
        await Post(stranger, "/api/findings/run", new { }, HttpStatusCode.Forbidden);
        await region.Node.Get<Supervision>().Run(default);
        Assert.Equal(0, (int)(await Post(head, "/api/findings/run", new { }))["found"]!);
        var found = (await Get(head, "/api/findings?open=true"))["items"]!.AsArray().Single()!;
        Assert.Equal(("39-1", "update-late"), ((string)found["item"]!, (string)found["detector"]!));
        var path = "/api/findings/" + (string)found["id"]!;
        Assert.Empty((await Get(office, "/api/findings"))["items"]!.AsArray());
        foreach (var client in new[] { office, stranger })
            using (var hidden = await client.GetAsync(path)) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        await Post(stranger, path + "/notify", new { note = "请限期整改" }, HttpStatusCode.NotFound);

        await Post(head, path + "/notify", new { revision = 1, note = "请更新目录并重新报送" });
        var stale = await Post(head, path + "/dismiss", new { revision = 1, note = "已有正当理由" }, HttpStatusCode.Conflict);
        Assert.Equal("assess.changed", (string)stale["code"]!);
        Assert.Single((await Get(office, "/api/findings"))["items"]!.AsArray());
        await Post(office, path + "/rectify", new { revision = 2, note = "已完成修订，见目录" });
        var still = await Post(head, path + "/close", new { revision = 3, note = "同意销号归档" }, HttpStatusCode.Conflict);
        Assert.Contains("第三十九条第（一）项", (string)still["article"]!, StringComparison.Ordinal);
        Assert.False((bool)(await Post(head, path + "/recheck", new { }))["isClean"]!);
        await Post(head, path + "/circulate", new { note = "经复核仍未更新目录", serious = true });
        Assert.Single((await Get(stranger, "/api/circulars"))["items"]!.AsArray());
        Assert.Equal(20, (await Get(head, "/api/findings/detectors")).AsArray().Select(d => (string)d!["item"]!).Distinct().Count());

        var opened = await Post(auditor, "/api/findings", new { item = "41-3", agency = region.Node.Get<Tongxiang.Agencies.Directory>().BySlug("data-bureau")!.Id.ToString(), subject = "目录审核超期", statement = "两个条目审核超过两个工作日" }, HttpStatusCode.Created, key: "f-1");
        using (var own = await head.GetAsync("/api/findings/" + (string)opened["id"]!)) Assert.Equal(HttpStatusCode.NotFound, own.StatusCode);
    }

    [Theory, EveryStore]
    public async Task Reports_and_dossiers_leave_over_http_and_are_verified_with_the_public_keys(Store store)
    {
        await using var region = await CatalogNode.Start(store);
        await region.Publish(Samples.Open("公交站点"));
        region.Clock.Advance(TimeSpan.FromDays(20));
        var head = await region.Enrol("bureau.head", "data-bureau", Role.BureauHead);
        var (boss, stranger) = (await region.SignIn("transport.head"), await region.SignIn("police.steward"));
        await region.Node.Services.GetServices<Chore>().Single(c => c.Name == "evidence.sequence").Run(default);

        await Post(stranger, "/api/reports", new { month = "2026-09" }, HttpStatusCode.Forbidden);
        var made = await Post(head, "/api/reports", new { month = "2026-09" }, HttpStatusCode.Created, key: "r-1");
        var path = "/api/reports/" + (string)made["id"]!;
        Assert.True((bool)(await Get(head, path + "/check"))["sameFromRecords"]!);
        using (var hidden = await stranger.GetAsync(path)) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        var folder = StoreLab.Folder();
        var number = (string)made["number"]!;
        await File.WriteAllBytesAsync(Path.Combine(folder, number + ".json"), await head.GetByteArrayAsync(path));
        await File.WriteAllBytesAsync(Path.Combine(folder, number + ".note"), await head.GetByteArrayAsync(path + "/note"));
        Assert.NotEmpty((await Get(head, path + "/inputs"))["agencies"]!.AsArray());
        string[] keys = [await region.Public.GetStringAsync("/log/papers-key"), await region.Public.GetStringAsync("/log/key")];
        Assert.Equal(0, await Checked(Path.Combine(folder, number + ".note"), keys));

        const string ask = "/api/dossiers/Department";
        Assert.True((long)(await Get(boss, ask + "?key=transport"))["entries"]! > 0);
        using (var hidden = await stranger.GetAsync(ask + "?key=transport")) Assert.Equal(HttpStatusCode.Forbidden, hidden.StatusCode);
        using (var hidden = await boss.GetAsync(ask + "?key=police")) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        using var answer = await boss.PostAsync(ask + "/file?key=transport", null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains(Dossiers.NextHeader));
        var zip = Path.Combine(folder, "dossier.zip");
        await File.WriteAllBytesAsync(zip, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(0, await Checked(zip, keys));
        using (var archive = ZipFile.OpenRead(zip)) Assert.All(archive.Entries, e => Assert.True(PaperName.IsOne(e.FullName), e.FullName));
        System.IO.Directory.Delete(folder, recursive: true);
    }

    private static Task<int> Checked(string target, string[] keys) => Verify.Run(new Verification(target, keys, null, null, null, 0, TreeHash.Sha256, null), TextWriter.Null, CancellationToken.None);
}
