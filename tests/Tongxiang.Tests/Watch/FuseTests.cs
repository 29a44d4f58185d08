using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Tests.Gateway;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;
using Tongxiang.Watch;

namespace Tongxiang.Tests.Watch;

public sealed class FuseTests
{
    private static readonly Field[] Columns = [Field("id"), Field("name")];

    [Theory, EveryStore]
    public async Task A_cut_stops_the_next_call_names_its_number_and_only_that_scope(Store store)
    {
        await using var lab = await Opened(store);
        var trip = await lab.Trip(FuseScope.Caller, WatchLab.Actor(GatewayLab.Consumer), FuseAction.Cut, GatewayLab.Consumer);

        using var cut = await lab.Call("/data/people", GatewayLab.Consumer);
        var problem = JsonDocument.Parse(await cut.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((HttpStatusCode.Forbidden, "gateway.fuse-cut"), (cut.StatusCode, problem.GetProperty("code").GetString()));
        Assert.Contains(trip.Number, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("gateway.fuse-cut", lab.Witnessed[^1].Facts["code"]);
        using var other = await lab.Call("/data/people", GatewayLab.Other);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory, EveryStore]
    public async Task One_officer_eases_two_people_restore_and_a_window_lets_a_step_up_pass(Store store)
    {
        await using var lab = await Opened(store);
        var trips = lab.Get<Trips>();
        var trip = await lab.Trip(FuseScope.Department, GatewayLab.Consumer.ToString(), FuseAction.Cut, GatewayLab.Consumer, pace: 2);

        Assert.Equal("watch.no-step-up", (await trips.Approve(WatchLab.ConsumerHead, trip.Id, 10, "核对后继续", default)).Refusal?.Code);
        Assert.Equal(404, (await trips.Ease(WatchLab.Stranger, trip.Id, "不相干的人", default)).Refusal?.Status);
        Assert.Equal("watch.not-yours", (await trips.Ease(WatchLab.ConsumerHead, trip.Id, "自己放行自己", default)).Refusal?.Code);
        Assert.Equal(TripState.Eased, (await trips.Ease(WatchLab.Guard, trip.Id, "业务需要", default)).Value.State);
        await Stopped(lab, "gateway.step-up");

        Assert.Equal("watch.not-consumer", (await trips.Approve(WatchLab.Guard, trip.Id, 10, "替使用方批准", default)).Refusal?.Code);
        Assert.False((await trips.Approve(WatchLab.ConsumerHead, trip.Id, 10, "核对后继续", default)).IsRefused);
        await Answered(lab);
        await Answered(lab);
        await Stopped(lab, "gateway.slowed");
        lab.Store.Clock.Advance(TimeSpan.FromMinutes(11));
        await Stopped(lab, "gateway.step-up");

        Assert.Equal(TripState.Eased, (await trips.Restore(WatchLab.Guard, trip.Id, "已核实无误", default)).Value.State);
        Assert.Equal("watch.second-restorer", (await trips.Restore(WatchLab.Guard, trip.Id, "已核实无误", default)).Refusal?.Code);
        Assert.Equal(TripState.Restored, (await trips.Restore(WatchLab.BureauHead, trip.Id, "同意恢复", default)).Value.State);
        await Answered(lab);
        Assert.Equal("watch.restored", (await trips.Restore(WatchLab.BureauHead, trip.Id, "同意恢复", default)).Refusal?.Code);
    }

    [Theory, EveryStore]
    public async Task Who_is_stopped_himself_is_no_second_person(Store store)
    {
        await using var lab = await Opened(store);
        var pseudonym = lab.Get<Pseudonyms>().Of(WatchLab.ConsumerHead.Person!.Value.ToString());
        var trip = await lab.Trip(FuseScope.Operator, Trip.OperatorSubject(GatewayLab.Consumer, "x", pseudonym), FuseAction.StepUp, GatewayLab.Consumer);
        Assert.Equal("watch.second-person", (await lab.Get<Trips>().Approve(WatchLab.ConsumerHead, trip.Id, 10, "给自己开门", default)).Refusal?.Code);

        // The same operator named by another department is somebody else.
        using var stopped = await lab.Call("/data/people", GatewayLab.Consumer, change: r => r.Headers.Add("Data-Operator", WatchLab.ConsumerHead.Person.ToString()));
        using var other = await lab.Call("/data/people", GatewayLab.Other, change: r => r.Headers.Add("Data-Operator", WatchLab.ConsumerHead.Person.ToString()));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (stopped.StatusCode, other.StatusCode));
    }

    [Theory, EveryStore]
    public async Task What_lives_depend_on_is_only_slowed_and_a_drill_stops_nothing_unless_asked(Store store)
    {
        await using var lab = await Opened(store);
        await lab.Trip(FuseScope.Node, "", FuseAction.Cut, isDrill: true, bites: false);
        await Answered(lab);
        await lab.Trip(FuseScope.Node, "", FuseAction.Cut, isDrill: true);
        await Stopped(lab, "gateway.fuse-cut");
        var people = lab.Grants[0].Entry.ToString();
        await lab.Store.Db.Run($"insert into watch_vital (kind, subject, reason, set_by, set_by_name, set_at, evidence) values ({FuseScope.Resource}, {people}, {"急救"}, {"x"}, {"x"}, {0}, {"x"})", default);
        await lab.Trip(FuseScope.Caller, WatchLab.Actor(GatewayLab.Consumer), FuseAction.Cut);
        for (var i = 0; i < 6; i++) await Answered(lab);
        await Stopped(lab, "gateway.slowed");
    }

    [Theory, EveryStore]
    public async Task Another_copy_knows_within_one_look_and_one_that_lost_the_store_refuses_what_is_sensitive(Store store)
    {
        await using var lab = await Opened(store);
        using var copy = new Fuse(lab.Store.Db, lab.Store.Clock, new WatchSettings(), NullLogger<Fuse>.Instance);
        await copy.Follow(default);
        Assert.True(copy.Now.IsEmpty);
        await lab.Trip(FuseScope.Caller, WatchLab.Actor(GatewayLab.Consumer), FuseAction.Cut);
        await copy.Follow(default);
        Assert.Equal(FuseAction.Cut, copy.Now.Ask(new FuseQuestion(WatchLab.Actor(GatewayLab.Consumer), null, null, null, Id<Entry>.New(lab.Store.Clock), false, default)).Action);

        lab.Store.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(copy.IsBlind);
        lab.Store.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(copy.IsBlind);
        Assert.True(await copy.Renew(default));
        Assert.False(copy.IsBlind);

        await lab.Store.Db.Run($"alter table watch_change rename to watch_gone", default);
        lab.Store.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.False(await copy.Renew(default));
        await Stopped(lab, "gateway.fuse-blind", "/data/registry", GatewayLab.Other, HttpStatusCode.ServiceUnavailable);
        using var open = await lab.Call("/data/people", GatewayLab.Other);
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
    }

    [Theory, EveryStore]
    public async Task A_call_and_a_file_under_way_end_where_the_fuse_trips(Store store)
    {
        await using var lab = await Opened(store);
        var calls = lab.Get<Calls>();
        Call Begun(Mode mode) => new()
        {
            Resource = "people",
            Query = new QueryText(""),
            Caller = Caller.Anonymous with { Actor = WatchLab.Actor(GatewayLab.Consumer), Agency = GatewayLab.Consumer, AgencyKind = AgencyKind.Department, Client = new Id<Client>(GatewayLab.Consumer.Value) },
            Mode = mode,
            At = lab.Store.Clock.GetUtcNow(),
        };
        var (call, file) = (Begun(Mode.Api), Begun(Mode.File));
        Assert.Null(await calls.Decide(call, default));
        Assert.Null(await calls.Permit(file, BulkFormat.Csv, default));
        await using var pages = calls.Pages(file, 1, default).GetAsyncEnumerator();
        Assert.True(await pages.MoveNextAsync());
        Assert.Null(calls.HasTripped(call));

        await lab.Trip(FuseScope.Caller, WatchLab.Actor(GatewayLab.Consumer), FuseAction.Cut);
        Assert.Equal("gateway.fuse-cut", calls.HasTripped(call)?.Code);
        Assert.False(await pages.MoveNextAsync());
        Assert.Equal((true, "gateway.fuse-cut"), (file.IsCutOff, file.CutOff?.Code));
        await calls.Close(file, 1, 10, isWhole: false);
    }

    [Fact]
    public async Task What_a_caller_writes_reaches_neither_feed_nor_alarm()
    {
        await using var lab = await Opened(Store.Sqlite);
        const string forged = "clerk [critical] the fuse is restored";
        using var answer = await lab.Call("/data/people?id=eq.1", GatewayLab.Consumer, change: r =>
        {
            r.Headers.TryAddWithoutValidation("Data-Operator", forged);
            r.Headers.TryAddWithoutValidation("Data-Case", forged);
        });
        Assert.True(answer.IsSuccessStatusCode);
        Assert.True(lab.Get<CallFeed>().Take(out var seen));
        Assert.DoesNotContain("critical", seen.ToString(), StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{32}$", seen.Operator);
        Assert.NotEqual(0UL, seen.Case);
        Assert.Equal(1, seen.Ordinal);
    }

    private static async Task<GatewayLab> Opened(Store store)
    {
        var lab = await WatchLab.Open(store);
        var people = await lab.Add(lab.Entry("people", Columns, ["id"], OpenClass.Conditional), [["1", "甲"], ["2", "乙"]]);
        var registry = lab.Entry("registry", Columns, ["id"], OpenClass.Conditional);
        registry = await lab.Add(registry with { Content = registry.Content with { Grade = Grade.General3 } }, [["1", "甲"]]);
        foreach (var agency in (Id<Agency>[])[GatewayLab.Consumer, GatewayLab.Other])
            foreach (var entry in (Entry[])[people, registry]) lab.Grant(entry, agency, ["id", "name"]);
        return lab;
    }

    private static async Task Answered(GatewayLab lab)
    {
        using var answer = await lab.Call("/data/people", GatewayLab.Consumer);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task Stopped(GatewayLab lab, string code, string path = "/data/people", Id<Agency>? agency = null, HttpStatusCode? status = null)
    {
        using var answer = await lab.Call(path, agency ?? GatewayLab.Consumer);
        var said = await answer.Content.ReadAsStringAsync();
        Assert.Contains($"\"{code}\"", said, StringComparison.Ordinal);
        if (status is { } wanted) Assert.Equal(wanted, answer.StatusCode);
    }

    private static Field Field(string name) => Catalog.Samples.Field(name);
}
