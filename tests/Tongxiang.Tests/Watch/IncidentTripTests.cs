using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using Tongxiang.Watch;

namespace Tongxiang.Tests.Watch;

public sealed class IncidentTripTests
{
    private const string Office = "00000000-0000-7000-8000-00000000000a";
    private const string Thing = "00000000-0000-7000-8000-00000000e001";

    [Theory]
    [InlineData(FuseScope.Caller, "client-1", "client-1", null, null, null, null)]
    [InlineData(FuseScope.Operator, Office + "/abcdef", null, null, "abcdef", Office, null)]
    [InlineData(FuseScope.Grant, Thing, null, "SQ-7", null, null, null)]
    [InlineData(FuseScope.Resource, Thing, null, null, null, null, "population")]
    [InlineData(FuseScope.Department, Office, null, null, null, Office, null)]
    [InlineData(FuseScope.Node, "", null, null, null, null, null)]
    public void A_trips_scope_is_said_in_the_words_of_the_evidence(FuseScope scope, string subject, string? client, string? grant, string? operative, string? agency, string? resource)
    {
        var said = IncidentTrips.ScopeOf(Tripped("RD-1", scope, subject, default), _ => "population", _ => "SQ-7");
        Assert.Equal((client, grant, operative, agency), (said.Client, said.Grant, said.Operator, said.Agency?.ToString()));
        Assert.Equal(resource is null ? [] : [resource], said.Resources);
    }

    [Theory, EveryStore]
    public async Task A_trip_opens_one_incident_and_further_ones_of_the_same_sharing_join_it(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        var first = await Follow(lab, "RD-1");
        var view = await lab.View(first.Id);
        Assert.Equal((IncidentOrigin.Trip, "client-9", lab.Clock.GetUtcNow()), (first.Origin, first.Scope.Client, first.ContainedAt!.Value));
        Assert.Contains("RD-1", first.Title, StringComparison.Ordinal);
        Assert.Equal(first.Id, (await Follow(lab, "RD-2")).Id);
        Assert.Contains((await lab.View(first.Id)).Events, e => e.Kind == "linked" && e.Args[0] == "RD-2");
        Assert.NotEqual(first.Id, (await Follow(lab, "RD-3", isDrill: true)).Id);
        var count = (await lab.Incidents.List(IncidentLab.Head, false, null, null, 50, default)).Items.Count;
        await lab.Db.Commit(tx => lab.Trips.Follow(tx, Tripped("RD-4", FuseScope.Caller, "client-8", lab.Clock.GetUtcNow()) with { IsDark = true, Bites = false }), default);
        await lab.Db.Commit(tx => lab.Trips.Follow(tx, Tripped("RD-5", FuseScope.Caller, "client-8", lab.Clock.GetUtcNow()) with { Action = FuseAction.Watch }), default);
        Assert.Equal(count, (await lab.Incidents.List(IncidentLab.Head, false, null, null, 50, default)).Items.Count);
        Assert.NotNull(await lab.Incidents.Find(Facts.CivilHead, first.Id, default));
        Assert.NotEmpty(view.Clocks);
    }

    [Theory, EveryStore]
    public async Task A_confirmed_alarm_opens_an_incident_unless_a_fuse_did(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        var now = lab.Clock.GetUtcNow();
        var alarm = new RaisedAlarm(Id<RaisedAlarm>.New(lab.Clock), "client-7", "民政核对", Facts.Civil.Id, null, null, Facts.Police.Id, null, 0.9, [], true, now, "e");
        await lab.Db.Commit(tx => lab.Trips.Follow(tx, alarm, IncidentLab.Security), default);
        var opened = Assert.Single((await lab.Incidents.List(IncidentLab.Head, false, null, null, 50, default)).Items);
        Assert.Equal((IncidentOrigin.Alarm, "client-7", now), (opened.Origin, opened.Scope.Client, opened.AwareAt));
        var tripped = Tripped("RD-6", FuseScope.Caller, "client-6", now) with { Cause = Id<RaisedAlarm>.New(lab.Clock) };
        await lab.Db.Commit(async tx =>
        {
            await TripRows.Insert(tx, tripped);
            await lab.Trips.Follow(tx, tripped);
        }, default);
        await lab.Db.Commit(tx => lab.Trips.Follow(tx, alarm with { Id = tripped.Cause!.Value }, IncidentLab.Security), default);
        Assert.Equal(2, (await lab.Incidents.List(IncidentLab.Head, false, null, null, 50, default)).Items.Count);
    }

    [Theory, EveryStore]
    public async Task A_pulled_fuse_opens_the_incident_and_two_people_restore_it_before_the_handling_ends(Store store)
    {
        await using var region = await CatalogNode.Start(store);
        var entry = (await region.Publish(Samples.Open("公交站点")))[0];
        await Enrol(region, "bureau.security", Role.SecurityAdmin);
        await Enrol(region, "bureau.head", Role.BureauHead);
        var (security, head) = (await region.SignIn("bureau.security"), await region.SignIn("bureau.head"));
        var trip = await Post(security, "/api/watch/fuses", new { scope = "Resource", subject = entry.Slug, action = "Cut", reason = "发现批量导出，先行切断" });
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

    private static async Task<Incident> Follow(IncidentLab lab, string number, bool isDrill = false)
    {
        var trip = Tripped(number, FuseScope.Caller, "client-9", lab.Clock.GetUtcNow()) with { IsDrill = isDrill };
        await lab.Db.Commit(async tx =>
        {
            await TripRows.Insert(tx, trip);
            await lab.Trips.Follow(tx, trip);
        }, default);
        var named = await lab.Db.One($"select incident from watch_trip where id = {trip.Id}", r => r.GetString(0), default);
        return (await lab.Incidents.List(IncidentLab.Head, isDrill, null, null, 50, default)).Items.Single(i => i.Number == named);
    }

    private static Trip Tripped(string number, FuseScope scope, string subject, DateTimeOffset at) => new(
        new Id<Trip>(Guid.CreateVersion7()), number, scope, subject, FuseAction.Cut, Trip.Manual, null, "连续枚举身份证号", 6, Facts.Police.Id, Facts.Civil.Id, at, "system", "system", true, false, false, true, "e");

    private static async Task Enrol(CatalogNode region, string user, Role role)
    {
        var id = region.Node.Get<Tongxiang.Agencies.Directory>().BySlug("data-bureau")!.Id;
        Assert.Null((await region.Node.Get<People>().Enrol(Caller.Platform, new NewPerson(user, "某人", id, new HashSet<Role> { role }, "crane-paper-7-lantern"), default)).Refusal);
    }

    private static async Task<JsonNode> Get(HttpClient client, string path) => (await client.GetFromJsonAsync<JsonNode>(path))!;

    private static async Task<JsonNode> Post(HttpClient client, string path, object body, HttpStatusCode? expected = null)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected is { } code ? answer.StatusCode == code : answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
