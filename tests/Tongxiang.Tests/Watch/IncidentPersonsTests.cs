using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;
using Directory = Tongxiang.Agencies.Directory;
using static Tongxiang.Tests.Lab.Api;

namespace Tongxiang.Tests.Watch;

public sealed class IncidentPersonsTests
{
    [Theory, EveryStore]
    public async Task Two_of_security_and_audit_take_the_list_and_nobody_else_sees_of_it(Store store)
    {
        await using var region = await CatalogNode.Start(store);
        var entry = await Insured(region);
        await Disclose(region, entry, "290102198001010020", "=1+1", "290201198001010099");
        var security = await region.Enrol("bureau.security", "data-bureau", Role.SecurityAdmin);
        var auditor = await region.Enrol("bureau.audit", "data-bureau", Role.AuditAdmin);
        var third = await region.Enrol("bureau.audit2", "data-bureau", Role.AuditAdmin);
        var head = await region.Enrol("bureau.head", "data-bureau", Role.BureauHead);
        var provider = await region.Enrol("transport.office", "transport", Role.SharingOfficeHead);
        var stranger = await region.SignIn("police.steward");
        var path = await Opened(region, security, entry, isDrill: false);

        foreach (var (who, status) in new[] { (region.Public, 401), (stranger, 404), (provider, 403), (head, 403) })
        {
            using var hidden = await who.GetAsync(path + "/persons");
            Assert.Equal(status, (int)hidden.StatusCode);
            await Post(who, path + "/persons", new { note = "逐一告知受影响的个人" }, (HttpStatusCode)status);
        }
        await Post(security, path + "/persons", new { note = "看看" }, HttpStatusCode.BadRequest);
        var asked = await Post(security, path + "/persons", new { note = "逐一告知受影响的个人" }, HttpStatusCode.OK);
        Assert.Equal((3, 1), ((int)asked["expected"]!["persons"]!, (int)asked["expected"]!["records"]!));
        var opening = "/api/journal-openings/" + (string)asked["id"]!;
        Assert.Equal("share.journal-not-approved", await Code(security, opening + "/file"));
        Assert.Equal("share.journal-other-person", await Code(security, opening + "/approve"));
        foreach (var other in new[] { stranger, provider, head }) Assert.Equal("share.journal-only-security", await Code(other, opening + "/approve"));
        await Post(auditor, opening + "/approve", new { }, HttpStatusCode.OK);
        foreach (var other in new[] { stranger, provider, head }) Assert.Equal("share.journal-only-security", await Code(other, opening + "/file"));
        Assert.Equal("share.journal-other-person", await Code(third, opening + "/file"));

        var (name, bytes) = await Export(auditor, opening);
        Assert.StartsWith("告知名单-SJ-2026-000001-", name, StringComparison.Ordinal);
        Assert.Equal(Encoding.UTF8.Preamble.ToArray(), bytes[..3]);
        Assert.Equal(
            ["序号,事件编号,性质,数据资源,资源名称,标识项,标识", "1,SJ-2026-000001,真实事件,insured-persons,社会保险参保人员,站点名称,'290102198001010020", "2,SJ-2026-000001,真实事件,insured-persons,社会保险参保人员,站点名称,'=1+1"],
            Lines(bytes, entry.Slug));
        await Export(security, opening + "/file?language=en");
        var list = (await Get(security, path + "/persons")).AsArray()[0]!;
        Assert.Equal("SJ-2026-000001", (string)list["opening"]!["incident"]!["number"]!);
        Assert.Equal(2, list["uses"]!.AsArray().Count);
        Assert.All(list["uses"]!.AsArray(), u => Assert.Equal((true, 2, 1), ((bool)u!["isWhole"]!, (int)u["named"]!, (int)u["unnamed"]!["unmatched"]!)));

        // Whom it touches learns nothing of it: neither from the incident nor from the evidence.
        Assert.DoesNotContain("journal", (await Get(provider, path)).ToJsonString(), StringComparison.OrdinalIgnoreCase);
        await region.Node.Get<Sequencer>().Run(default);
        var openings = region.Node.Get<Openings>();
        foreach (var (kind, times) in new[] { ("asked", 1), ("approved", 1), ("opened", 2), ("closed", 2) })
        {
            var query = new OpeningQuery { Kind = "share.journal-" + kind };
            Assert.Empty((await openings.List(new OpeningReader(region.Transport.Id.ToString()), query, default)).Items);
            var found = (await openings.List(new OpeningReader(null, IsAuditor: true), query, default)).Items;
            Assert.Equal(times, found.Count);
            Assert.All(found, f => Assert.Equal(("SJ-2026-000001", "Incident"), (f.Happening.Facts["incident"], f.Happening.Facts["purpose"])));
            if (kind == "closed") Assert.All(found, f => Assert.Equal(("2", "1", "true"), (f.Happening.Facts["named"], f.Happening.Facts["unmatched"], f.Happening.Facts["whole"])));
        }

        region.Clock.Advance(TimeSpan.FromHours(73));
        var later = await region.SignIn("bureau.audit");
        Assert.Equal("share.journal-over", await Code(later, opening + "/file"));
        // A page's button leads back to a page.
        using var form = new FormUrlEncodedContent([]);
        using var back = await later.PostAsync(opening + "/file?language=en", form);
        Assert.Equal((HttpStatusCode.Redirect, $"/en/bureau/journal/{(string)asked["id"]!}?refused=share.journal-over"), (back.StatusCode, back.Headers.Location!.OriginalString));
    }

    [Theory, EveryStore]
    public async Task A_drills_list_says_so_in_its_name_in_every_line_and_in_the_evidence(Store store)
    {
        await using var region = await CatalogNode.Start(store);
        var entry = await Insured(region);
        await Disclose(region, entry, "29010119800101001X");
        var security = await region.Enrol("bureau.security", "data-bureau", Role.SecurityAdmin);
        var auditor = await region.Enrol("bureau.audit", "data-bureau", Role.AuditAdmin);
        var path = await Opened(region, security, entry, isDrill: true);
        var asked = await Post(auditor, path + "/persons", new { note = "演练：逐一告知受影响的个人" }, HttpStatusCode.OK);
        var opening = "/api/journal-openings/" + (string)asked["id"]!;
        await Post(security, opening + "/approve", new { }, HttpStatusCode.OK);
        var (name, bytes) = await Export(auditor, opening);
        Assert.StartsWith("演练-告知名单-YL-2026-000001-", name, StringComparison.Ordinal);
        Assert.Contains("1,YL-2026-000001,演练,", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Contains("Drill", Encoding.UTF8.GetString((await Export(auditor, opening + "/file?language=en")).Bytes), StringComparison.Ordinal);
        var opened = (await region.Node.Get<Openings>().List(new OpeningReader(null, IsAuditor: true), new OpeningQuery { Kind = "share.journal-opened" }, default)).Items;
        Assert.All(opened, o => Assert.Equal("true", o.Happening.Facts["drill"]));
        var view = await Get(auditor, opening);
        Assert.Equal(2, view["uses"]!.AsArray().Count);
        using var hidden = await (await region.SignIn("police.steward")).GetAsync(opening);
        Assert.Equal(HttpStatusCode.Forbidden, hidden.StatusCode);
        using var none = await security.GetAsync("/api/journal-openings/" + Guid.CreateVersion7());
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        var door = region.Node.Get<JournalOpenings>();
        var page = await door.Newest(Tongxiang.Tests.Share.Facts.Reviewer with { Roles = new HashSet<Role> { Role.AuditAdmin } }, null, 1, default);
        Assert.Single(page.Items);
    }

    [Theory, EveryStore]
    public async Task Months_whose_key_is_gone_are_counted_and_said_and_an_empty_list_is_refused(Store store)
    {
        await using var region = await CatalogNode.Start(store);
        var entry = await Insured(region);
        await Disclose(region, entry, "29010119800101001X", "290102198001010020");
        var security = await region.Enrol("bureau.security", "data-bureau", Role.SecurityAdmin);
        await region.Enrol("bureau.audit", "data-bureau", Role.AuditAdmin);
        var path = await Opened(region, security, entry, isDrill: false);
        var gone = await region.Node.Get<Disclosures>().Destroy(
            entry.Id.ToString(), 202609, _ => new Happening("share.journal-key-destroyed", "system", null, "key:1", region.Clock.GetUtcNow(), new Dictionary<string, string>()), default);
        Assert.NotNull(gone!.DestroyedAt);
        var lost = await Post(security, path + "/persons", new { note = "逐一告知受影响的个人" }, HttpStatusCode.Conflict);
        Assert.Equal("share.list-lost", (string)lost["code"]!);
        Assert.Contains("2 人次", lost.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), StringComparison.Ordinal);

        region.Clock.Advance(TimeSpan.FromDays(20));
        await Disclose(region, entry, "=1+1");
        (security, var auditor) = (await region.SignIn("bureau.security"), await region.SignIn("bureau.audit"));
        var asked = await Post(security, path + "/persons", new { note = "逐一告知受影响的个人" }, HttpStatusCode.OK);
        Assert.Equal((1, 1, 2), ((int)asked["expected"]!["persons"]!, (int)asked["expected"]!["lostCalls"]!, (int)asked["expected"]!["lostPersons"]!));
        var opening = "/api/journal-openings/" + (string)asked["id"]!;
        await Post(auditor, opening + "/approve", new { }, HttpStatusCode.OK);
        await Export(security, opening);
        var use = (await Get(security, opening))["uses"]!.AsArray().Single()!;
        Assert.Equal((1, 0, 1, 2), ((int)use["named"]!, (int)use["unnamed"]!["unmatched"]!, (int)use["unnamed"]!["lostCalls"]!, (int)use["unnamed"]!["lostPersons"]!));

        // Nothing was disclosed of the platform's other data, and who names no resource counts first.
        var everywhere = await Post(security, "/api/incidents", new { title = "平台被连续枚举", detectedAt = region.Clock.GetUtcNow() }, HttpStatusCode.Created);
        Assert.Equal("watch.persons-uncounted", await Code(security, $"/api/incidents/{everywhere["id"]}/persons", new { note = "逐一告知受影响的个人" }));
        var quiet = await Post(security, "/api/incidents", new { title = "没有人被披露", resources = new[] { entry.Slug }, detectedAt = region.Clock.GetUtcNow(), client = "nobody" }, HttpStatusCode.Created);
        Assert.Equal("share.list-nobody", await Code(security, $"/api/incidents/{quiet["id"]}/persons", new { note = "逐一告知受影响的个人" }));
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+86", "'+86")]
    [InlineData("-1", "'-1")]
    [InlineData("@x", "'@x")]
    [InlineData("\tx", "'\tx")]
    [InlineData("290102198001010020", "'290102198001010020")]
    [InlineData("29010119800101001X", "29010119800101001X")]
    [InlineData("123456789012345", "123456789012345")]
    [InlineData("", "")]
    public void No_cell_is_run_or_rounded_by_a_spreadsheet(string cell, string written) => Assert.Equal(written, AffectedFile.Plain(cell));

    private static IEnumerable<string> Lines(byte[] bytes, string slug) =>
        Encoding.UTF8.GetString(bytes.AsSpan(3)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Replace($",{slug},", ",insured-persons,", StringComparison.Ordinal));

    private static async Task<string> Opened(CatalogNode region, HttpClient security, Entry entry, bool isDrill)
    {
        region.Clock.Advance(TimeSpan.FromMinutes(1));
        var opened = await Post(security, "/api/incidents", new { title = "参保人员被连续枚举", resources = new[] { entry.Slug }, detectedAt = region.Clock.GetUtcNow(), isDrill }, HttpStatusCode.Created);
        return "/api/incidents/" + (string)opened["id"]!;
    }

    private static async Task<Entry> Insured(CatalogNode region)
    {
        var entry = (await region.Publish(Samples.Personal()))[0];
        var file = Path.Combine(region.Node.Get<Home>().Scratch, "rows.csv");
        await File.WriteAllTextAsync(file, "290102198001010020,欧阳修\n29010119800101001X,张三\n=1+1,李四\n290201198001010031,王五\n");
        var (id, key) = await region.Node.Get<VersionKeys>().Make(entry.Id, default);
        var landed = new Landed(id, key, entry.Id, entry.Content.Fields, entry.Content.Key, file, (byte)',', 0, entry.Content.Fields.Count, [0, 1], 4, 0, true, "{}", "", "steward", null);
        var versions = region.Node.Get<Versions>();
        Assert.Null((await versions.Promote("steward", null, (await versions.Land(landed, default)).Value.Id, default)).Refusal);
        return entry;
    }

    /// <summary>A call as the gateway witnesses it.</summary>
    private static async Task Disclose(CatalogNode region, Entry entry, params string[] persons)
    {
        using var subjects = new SubjectList();
        foreach (var person in persons) subjects.Add(SubjectKind.Citizen, Encoding.UTF8.GetBytes(person));
        var facts = new Dictionary<string, string> { ["resource"] = entry.Slug, ["grant"] = "SQ-1", ["rows"] = "1", ["columns"] = "name" };
        var police = region.Node.Get<Directory>().BySlug("police")!.Id.ToString();
        await region.Node.Get<EvidenceLog>().Witness(
            new Happening("gateway.answered", "client-1", police, "grant:1", region.Clock.GetUtcNow(), facts) { Disclosed = new Disclosed(entry.Id.ToString(), subjects) }, default);
        region.Clock.Advance(TimeSpan.FromMinutes(1));
    }

    private static async Task<(string Name, byte[] Bytes)> Export(HttpClient client, string opening)
    {
        using var answer = await client.PostAsync(opening.Contains("/file", StringComparison.Ordinal) ? opening : opening + "/file", null);
        Assert.Equal((HttpStatusCode.OK, "text/csv"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.True(answer.Headers.CacheControl?.NoStore);
        return (answer.Content.Headers.ContentDisposition!.FileNameStar!, await answer.Content.ReadAsByteArrayAsync());
    }

    private static async Task<string> Code(HttpClient client, string path, object? body = null)
    {
        using var answer = await client.PostAsJsonAsync(path, body ?? new { });
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!;
    }
}
