using System.Net;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using Tongxiang.Watch;
using static Tongxiang.Tests.Lab.Api;

namespace Tongxiang.Tests.Watch;

public sealed class IncidentTripTests
{
    [Theory, EveryStore]
    public async Task A_confirmed_alarm_opens_an_incident_unless_a_fuse_did(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        var now = lab.Clock.GetUtcNow();
        var alarm = new RaisedAlarm(Id<RaisedAlarm>.New(lab.Clock), "client-7", "民政核对", Facts.Civil.Id, null, null, Facts.Police.Id, null, 0.9, [], true, now, "e");
        await lab.Db.Commit(tx => lab.Alarms.Follow(tx, alarm, IncidentLab.Security), default);
        var opened = Assert.Single((await lab.Incidents.List(IncidentLab.Head, false, null, null, 50, default)).Items);
        Assert.Equal((IncidentOrigin.Alarm, "client-7", now), (opened.Origin, opened.Scope.Client, opened.AwareAt));
        var tripped = Tripped("RD-6", FuseScope.Caller, "client-6", now) with { Cause = Id<RaisedAlarm>.New(lab.Clock) };
        await lab.Db.Commit(async tx =>
        {
            await TripRows.Insert(tx, tripped);
            await Trips.Name(tx, tripped.Id, "SJ-2026-000077");
        }, default);
        await lab.Db.Commit(tx => lab.Alarms.Follow(tx, alarm with { Id = tripped.Cause!.Value }, IncidentLab.Security), default);
        Assert.Single((await lab.Incidents.List(IncidentLab.Head, false, null, null, 50, default)).Items);
    }

    [Theory, EveryStore]
    public async Task A_pulled_fuse_opens_the_incident_and_two_people_restore_it_before_the_handling_ends(Store store)
    {
        await using var region = await CatalogNode.Start(store);
        var entry = (await region.Publish(Samples.Open("公交站点")))[0];
        var (security, head) = (await region.Enrol("bureau.security", "data-bureau", Role.SecurityAdmin), await region.Enrol("bureau.head", "data-bureau", Role.BureauHead));
        var trip = await Post(security, "/api/watch/fuses", new { scope = "Resource", subject = entry.Slug, action = "Cut", reason = "发现批量导出，先行切断" }, HttpStatusCode.Created);
        var fuse = "/api/watch/fuses/" + (string)trip["id"]!;
        var incident = (await Get(security, "/api/incidents"))["items"]!.AsArray().Single()!;
        Assert.Equal((string)incident["number"]!, (string)(await Get(security, fuse))["incident"]!);
        Assert.Equal(entry.Slug, (string)incident["scope"]!["resources"]![0]!);
        var path = "/api/incidents/" + (string)incident["id"]!;
        await Post(security, path + "/acknowledge", new { });
        await Post(security, path + "/contain", new { note = "熔断已切断该资源" });
        await Post(head, path + "/judge", new { level = "General", note = "没有个人信息，影响很小，一般级别。", facts = new { } });
        await Post(head, path + "/report", new { });
        var refused = await Post(head, path + "/restore", new { note = "已核实并恢复" }, HttpStatusCode.Conflict);
        Assert.Equal("watch.trips-stand", (string)refused["code"]!);
        await Post(security, fuse + "/restore", new { reason = "核实无误，提出恢复" });
        await Post(head, fuse + "/restore", new { reason = "同意恢复该资源" });
        Assert.Equal("Review", (string)(await Post(head, path + "/restore", new { note = "已核实并恢复" }))["stage"]!);
    }

    private static Trip Tripped(string number, FuseScope scope, string subject, DateTimeOffset at) => new(
        new Id<Trip>(Guid.CreateVersion7()), number, scope, subject, FuseAction.Cut, Trip.Manual, null, "连续枚举身份证号", 6, Facts.Police.Id, Facts.Civil.Id, at, "system", "system", true, false, false, true, "e");
}
