using System.Net;
using System.Net.Http.Json;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Ingest;
using Tongxiang.Tests.Journeys;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>Order 809 art. 36, Order 790 art. 16: vendor and operation roles cannot read data content; break-glass needs two persons and is alarmed.</summary>
public sealed class Requirement31
{
    [Theory, EveryStore]
    public async Task Requirement_31_vendor_and_operation_roles_cannot_read_data_content_and_break_glass_needs_two_persons_and_is_alarmed(Store store)
    {
        await using var lab = await LandingNode.Start(store);
        var sent = await lab.Send(lab.People, "people.csv", LandingNode.Utf8("身份证号,姓名,区划代码\n11010519491231002X,张三,290100\n"));
        await lab.Follow(lab.People, sent.Body.GetProperty("id").GetString()!);
        var node = lab.Node;
        var directory = node.Get<Tongxiang.Agencies.Directory>();
        var (bureau, transport) = (directory.BySlug("data-bureau")!, directory.BySlug("transport")!);
        foreach (var (user, agency, role) in new[]
        {
            ("transport.vendor", transport, Role.Vendor), ("bureau.system", bureau, Role.SystemAdmin), ("bureau.security", bureau, Role.SecurityAdmin), ("bureau.audit", bureau, Role.AuditAdmin),
        })
            Assert.Null((await node.Get<Tongxiang.Agencies.People>().Enrol(Caller.Platform, new NewPerson(user, user, agency.Id, new HashSet<Role> { role }, Staff.Password), default)).Refusal);

        // Neither the contractor of the very department nor any administrator reads a row.
        foreach (var user in new[] { "transport.vendor", "bureau.system", "bureau.security", "bureau.audit" })
        {
            var (status, body, _) = await lab.Ask(HttpMethod.Get, "/data/residents?limit=1", user: user);
            Assert.Equal((HttpStatusCode.Forbidden, "gateway.reads-no-content"), (status, body.GetProperty("code").GetString()));
            Assert.Contains("36", body.GetProperty("article").GetString(), StringComparison.Ordinal);
        }

        // The attempt is an alarm: told to the auditor and the guard, and on record.
        await node.Get<ContentAlarms>().Tell(node.Get<Db>(), node.Get<EvidenceLog>(), node.Get<Notices>(), directory, default);
        async Task<IReadOnlyList<Notice>> NoticesOf(string user) => await node.Get<Notices>().Of(Caller.Of(directory.People.Single(p => p.UserName == user), directory), 50, default);
        foreach (var watcher in new[] { "bureau.audit", "bureau.security", "transport.head" }) Assert.Contains(await NoticesOf(watcher), n => n.Kind == NoticeKind.ContentAlarm);

        // One person alone opens nothing.
        var wish = new { resource = "residents", fields = new[] { "id_card", "name", "division" }, reason = "接口返回异常，需核对一条记录", occasion = "SJ-2026-07", minutes = 10 };
        var (asked, glass, _) = await lab.Ask(HttpMethod.Post, "/api/break-glass", JsonContent.Create(wish), "transport.vendor");
        Assert.Equal(HttpStatusCode.Created, asked);
        var id = glass.GetProperty("id").GetString();
        Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body, HttpResponseMessage Answer)> Rows(string user) => lab.Ask(HttpMethod.Get, $"/api/break-glass/{id}/rows?select=name,division&limit=5", user: user);
        Assert.NotEqual(HttpStatusCode.OK, (await Rows("transport.vendor")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.Ask(HttpMethod.Post, $"/api/break-glass/{id}/decision", JsonContent.Create(new { isAllowed = true }), "transport.vendor")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Ask(HttpMethod.Post, $"/api/break-glass/{id}/decision", JsonContent.Create(new { isAllowed = true }), "police.head")).Status);

        // The second person of another role opens it; alarm, and the rows of the one resource for the one person.
        Assert.Equal(HttpStatusCode.OK, (await lab.Ask(HttpMethod.Post, $"/api/break-glass/{id}/decision", JsonContent.Create(new { isAllowed = true, note = "按预案" }), "transport.head")).Status);
        foreach (var watcher in new[] { "bureau.audit", "bureau.security", "transport.head" }) Assert.Contains(await NoticesOf(watcher), n => n.Kind == NoticeKind.BreakGlassOpened);
        var (read, rows, _) = await Rows("transport.vendor");
        Assert.True(read == HttpStatusCode.OK, rows.ToString());
        Assert.Equal("290100", rows.GetProperty("rows")[0][1].GetString());
        foreach (var other in new[] { "transport.head", "bureau.audit", "bureau.system" }) Assert.Equal(HttpStatusCode.NotFound, (await Rows(other)).Status);

        // Every read counts on the access itself; what was not read is free again, and nothing is left after a thousand.
        async Task<long> Read() => (await lab.Ask(HttpMethod.Get, $"/api/break-glass/{id}", user: "transport.vendor")).Body.GetProperty("rowsRead").GetInt64();
        Assert.Equal(1, await Read());
        Assert.NotEqual(HttpStatusCode.OK, (await lab.Ask(HttpMethod.Get, $"/api/break-glass/{id}/rows?nothing=eq.1", user: "transport.vendor")).Status);
        Assert.Equal(1, await Read());
        await node.Get<Db>().Run($"update share_break_glass set rows_read = {BreakGlassRules.MostRows} where id = {id!}", default);
        var (spent, why, _) = await Rows("transport.vendor");
        Assert.Equal((HttpStatusCode.Conflict, "share.break-glass.rows"), (spent, why.GetProperty("code").GetString()));
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.Ask(HttpMethod.Get, "/data/residents?limit=1", user: "bureau.system")).Status);

        // The auditor sees the access, and each read in evidence under its number.
        var (_, seen, _) = await lab.Ask(HttpMethod.Get, "/api/break-glass", user: "bureau.audit");
        var number = Assert.Single(seen.GetProperty("items").EnumerateArray()).GetProperty("number").GetString();
        await node.Get<Sequencer>().Run(default);
        var openings = await node.Get<Openings>().List(new OpeningReader(null, IsAuditor: true), new OpeningQuery { Kind = "gateway.answered" }, default);
        Assert.Contains(openings.Items, o => o.Happening.Facts.GetValueOrDefault("grant") == number && o.Happening.Facts.GetValueOrDefault("case") == "SJ-2026-07");

        // Ended, it is over at once.
        Assert.Equal(HttpStatusCode.OK, (await lab.Ask(HttpMethod.Post, $"/api/break-glass/{id}/end", user: "bureau.security")).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await Rows("transport.vendor")).Status);
        Assert.Equal(HttpStatusCode.OK, (await lab.Ask(HttpMethod.Get, $"/api/break-glass/{id}", user: "transport.vendor")).Status);
    }
}
