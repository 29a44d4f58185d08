using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Behaviour;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Gateway;
using Tongxiang.Tests.Lab;
using Tongxiang.Watch;

namespace Tongxiang.Tests.Watch;

public sealed class AlarmTests
{
    private static readonly Id<Entry> Resource = new(Guid.Parse("00000000-0000-7000-8000-0000000000aa"));

    [Theory, EveryStore]
    public async Task A_rule_under_trial_only_says_what_it_would_have_done_and_a_live_one_cuts(Store store)
    {
        await using var lab = await Opened(store);
        await Told(lab, Foreign(1));
        var trips = await Counted(lab);
        Assert.Equal(1, trips["foreign-network"]);
        Assert.True(lab.Get<Fuse>().Now.IsEmpty);

        var policy = lab.Get<Policy>();
        Assert.Equal("watch.not-yours", (await policy.Switch(WatchLab.ProviderHead, "foreign-network", RuleMode.Live, "试运行无误", default)).Refusal?.Code);
        Assert.Equal(RuleMode.Live, (await policy.Switch(WatchLab.Guard, "foreign-network", RuleMode.Live, "试运行无误", default)).Value.Mode);
        await Told(lab, Foreign(2));
        var trip = Assert.Single(lab.Get<Fuse>().Now.Trips);
        Assert.Equal((FuseScope.Caller, FuseAction.Cut, "foreign-network", true, WatchLab.Actor(Client(2))), (trip.Scope, trip.Action, trip.Rule, trip.IsAutomatic, trip.Subject));

        var alarms = (await lab.Get<Alarms>().List(WatchLab.Guard, AlarmState.Open, default)).Value;
        Assert.Equal(2, alarms.Length);
        Assert.Equal(trip.Cause, alarms[0].Id);
        Assert.Contains("授权未登记的网络", string.Join(' ', AlarmWords.Of(alarms[0], Texts.Chinese)), StringComparison.Ordinal);

        // Off goes live only through another trial, and other terms begin in the dark again.
        await policy.Switch(WatchLab.Guard, "foreign-network", RuleMode.Off, "误触发太多", default);
        Assert.Equal("watch.rule-dark-first", (await policy.Switch(WatchLab.Guard, "foreign-network", RuleMode.Live, "重新启用", default)).Refusal?.Code);
        var terms = policy.Rules.Single(r => r.Id == "foreign-network").Terms;
        Assert.Equal(RuleMode.Dark, (await policy.Declare(WatchLab.Guard, "foreign-network", terms with { LeastStrength = 2 }, "提高强度", default)).Value.Mode);
        Assert.Equal("terms.leastStrength", (await policy.Declare(WatchLab.Guard, "foreign-network", terms with { LeastStrength = 0 }, "去掉强度", default)).Refusal!.Fields[0].Field);
    }

    [Theory, EveryStore]
    public async Task Who_decides_on_what_another_has_changed_meanwhile_sees_that_first(Store store)
    {
        await using var lab = await Opened(store);
        var policy = lab.Get<Policy>();
        var seen = policy.Rules.Single(r => r.Id == "foreign-network").ChangedAt;
        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => policy.Switch(WatchLab.Guard, "foreign-network", i % 2 == 0 ? RuleMode.Live : RuleMode.Off, "两个人同时决定", default, seen)));
        Assert.Single(asked, a => !a.IsRefused);
        Assert.All(asked.Where(a => a.IsRefused), a => Assert.Equal(("watch.rule-changed", 409), (a.Refusal!.Code, a.Refusal.Status)));

        // Other terms from another copy are not undone by a switch that has not heard of them.
        var other = new Policy(lab.Store.Db, lab.Store.Clock, lab.Get<EvidenceLog>());
        await other.Follow(default);
        var terms = other.Rules.Single(r => r.Id == "foreign-network").Terms with { LeastStrength = 2 };
        await policy.Declare(WatchLab.Guard, "foreign-network", terms, "提高强度", default);
        var live = (await other.Switch(WatchLab.Guard, "foreign-network", RuleMode.Live, "试运行无误", default)).Value;
        Assert.Equal(2, live.Terms.LeastStrength);
        Assert.Equal(2, policy.Rules.Single(r => r.Id == "foreign-network").Terms.LeastStrength);
    }

    [Theory, EveryStore]
    public async Task The_cap_of_the_hour_lets_a_rule_only_slow(Store store)
    {
        await using var lab = await Opened(store, cuts: 2);
        await lab.Get<Policy>().Switch(WatchLab.Guard, "foreign-network", RuleMode.Live, "试运行无误", default);
        for (var i = 1; i <= 4; i++) await Told(lab, Foreign(i));
        Assert.Equal([FuseAction.Cut, FuseAction.Cut, FuseAction.Slow, FuseAction.Slow], lab.Get<Fuse>().Now.Trips.OrderBy(t => t.Number, StringComparer.Ordinal).Select(t => t.Action));
        lab.Store.Clock.Advance(TimeSpan.FromMinutes(61));
        await Told(lab, Foreign(5));
        Assert.Equal(FuseAction.Cut, lab.Get<Fuse>().Now.Trips.MaxBy(t => t.At)!.Action);
    }

    [Theory, EveryStore]
    public async Task A_false_alarm_teaches_and_what_concerns_a_department_only_that_one_sees(Store store)
    {
        await using var lab = await Opened(store);
        await Told(lab, Walk(1).Take(14));
        var alarms = lab.Get<Alarms>();
        var alarm = Assert.Single((await alarms.List(WatchLab.Guard, null, default)).Value);
        Assert.Contains(alarm.Reasons, r => r.Sign == Sign.Enumeration);
        Assert.Equal(alarm.Id, Assert.Single((await alarms.List(WatchLab.ProviderHead, null, default)).Value).Id);
        Assert.Empty((await alarms.List(WatchLab.Stranger, null, default)).Value);
        Assert.Null(await alarms.Find(WatchLab.Stranger, alarm.Id, default));
        Assert.Equal(401, (await alarms.List(Caller.Anonymous, null, default)).Refusal?.Status);

        Assert.Equal("watch.not-yours", (await alarms.Judge(WatchLab.ProviderHead, alarm.Id, new(AlarmState.FalseAlarm, "是例行核对"), default)).Refusal?.Code);
        Assert.Equal("note", (await alarms.Judge(WatchLab.Guard, alarm.Id, new(AlarmState.FalseAlarm, ""), default)).Refusal!.Fields[0].Field);
        Assert.Equal(AlarmState.FalseAlarm, (await alarms.Judge(WatchLab.Guard, alarm.Id, new(AlarmState.FalseAlarm, "是例行核对"), default)).Value.State);
        Assert.Equal("watch.judged", (await alarms.Judge(WatchLab.Guard, alarm.Id, new(AlarmState.Confirmed, "改主意了"), default)).Refusal?.Code);

        // The same again two days later is no alarm any more; of another caller it still is.
        lab.Store.Clock.Advance(TimeSpan.FromDays(2));
        await Told(lab, Walk(1, 500_000).Take(14));
        Assert.Single((await alarms.List(WatchLab.Guard, null, default)).Value);
        await Told(lab, Walk(2, 900_000).Take(14));
        Assert.Equal(2, (await alarms.List(WatchLab.Guard, null, default)).Value.Length);
    }

    [Theory, EveryStore]
    public async Task Whoever_only_names_a_rival_leaves_no_trace_on_the_rival(Store store)
    {
        await using var lab = await Opened(store);
        await lab.Get<Policy>().Switch(WatchLab.Guard, "foreign-network", RuleMode.Live, "试运行无误", default);
        await Told(lab, Foreign(1, isBound: false));
        Assert.Empty((await lab.Get<Alarms>().List(WatchLab.Guard, null, default)).Value);
        Assert.Equal(1, lab.Get<Watching>().Ignored);

        // What a weak identity really took counts, and stops that identity alone – not the right that its department's other systems use.
        await lab.Get<Policy>().Switch(WatchLab.Guard, "enumeration", RuleMode.Live, "试运行无误", default);
        var terms = lab.Get<Policy>().Rules.Single(r => r.Id == "enumeration").Terms;
        await lab.Get<Policy>().Declare(WatchLab.Guard, "enumeration", terms with { Scope = FuseScope.Department, OtherCallers = 2 }, "改为部门", default);
        await lab.Get<Policy>().Switch(WatchLab.Guard, "enumeration", RuleMode.Live, "试运行无误", default);
        for (var i = 1; i <= 6; i++) await Told(lab, Walk(i, i * 900_000, isBound: false));
        Assert.Empty(lab.Get<Fuse>().Now.Trips);
    }

    [Theory, EveryStore]
    public async Task Wide_scopes_need_several_callers(Store store)
    {
        await using var lab = await Opened(store);
        await lab.Get<Policy>().Switch(WatchLab.Guard, "resource-under-attack", RuleMode.Live, "试运行无误", default);
        await Told(lab, Foreign(1));
        await Told(lab, Walk(1, 1_000_000));
        await Told(lab, Foreign(2));
        Assert.DoesNotContain(lab.Get<Fuse>().Now.Trips, t => t.Rule == "resource-under-attack");
        await Told(lab, Foreign(3));
        var trip = Assert.Single(lab.Get<Fuse>().Now.Trips, t => t.Rule == "resource-under-attack");
        Assert.Equal((FuseScope.Resource, FuseAction.Slow, Resource.ToString()), (trip.Scope, trip.Action, trip.Subject));
    }

    [Theory, EveryStore]
    public async Task What_was_remembered_outlives_a_restart(Store store)
    {
        await using var lab = await Opened(store);
        // Six steps, and five more after the restart: only together they are an alarm.
        var half = Walk(1).Take(11).ToList();
        await Told(lab, half[..6]);
        lab.Get<Watching>().Save();
        var again = ActivatorUtilities.CreateInstance<Watching>(lab.Services);
        again.Load();
        foreach (var call in half[6..]) lab.Get<CallFeed>().Tell(call with { At = call.At + lab.Store.Clock.GetUtcNow().ToUnixTimeMilliseconds() });
        await again.Drain(default);
        Assert.Single((await lab.Get<Alarms>().List(WatchLab.Guard, null, default)).Value);

        // A state that somebody changed is not believed.
        var file = Path.Combine(lab.Store.Home.Root, "watch.state");
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        ActivatorUtilities.CreateInstance<Watching>(lab.Services).Load();
    }

    [Fact]
    public async Task A_flood_is_counted_as_lost_and_said_and_never_waits()
    {
        using var feed = new CallFeed(new WatchSettings { FeedCapacity = 100 }, TimeProvider.System);
        var call = Foreign(1).First();
        for (var i = 0; i < 250; i++) feed.Tell(call);
        Assert.Equal((100, 150, 100), ((int)feed.Told, (int)feed.Lost, (int)feed.Waiting));
        Assert.Equal(HealthStatus.Degraded, (await new FeedKeepsUp(feed).CheckHealthAsync(new HealthCheckContext())).Status);
        for (var i = 0; i < 100; i++) Assert.True(feed.Take(out _));
        Assert.False(feed.Take(out _));
        feed.Tell(call);
        Assert.Equal(1, feed.Waiting);
    }

    [Fact]
    public async Task Ever_new_operators_do_not_fill_the_memory()
    {
        await using var lab = await Opened(Store.Sqlite);
        var first = Foreign(1).First() with { Marks = CallMarks.None };
        for (var i = 0; i < 9_000; i++) lab.Get<CallFeed>().Tell(first with { At = first.At + i, Operator = i.ToString("x32", System.Globalization.CultureInfo.InvariantCulture).PadLeft(32, '0')[16..] + new string('0', 16), Key = 7 });
        await lab.Get<Watching>().Drain(default);
        lab.Get<Watching>().Save();
        Assert.InRange(new FileInfo(Path.Combine(lab.Store.Home.Root, "watch.state")).Length, 1, 4_200 * 4096);
    }

    private static async Task<GatewayLab> Opened(Store store, int cuts = 10)
    {
        var lab = await WatchLab.Open(store, services =>
        {
            services.AddSingleton<Calendar>();
            services.AddSingleton(new WatchSettings { CutsPerHour = cuts });
        });
        await lab.Get<Policy>().Seed(default);
        return lab;
    }

    private static async Task Told(GatewayLab lab, IEnumerable<SeenCall> calls)
    {
        var start = lab.Store.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var call in calls) lab.Get<CallFeed>().Tell(call with { At = start + call.At });
        await lab.Get<Watching>().Drain(default);
        lab.Store.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private static async Task<Dictionary<string, long>> Counted(GatewayLab lab) => (await lab.Get<Policy>().List(WatchLab.Guard, default)).Value.Where(r => r.Trips > 0).ToDictionary(r => r.Id, r => r.Trips);

    private static Id<Agency> Client(int number) => new(Guid.Parse($"00000000-0000-7000-8000-00000000b{number:000}"));

    private static SeenCall Call(int client, int at, ulong key, long ordinal, CallMarks marks, bool isBound) => new(
        at, WatchLab.Actor(Client(client)), GatewayLab.Consumer, AgencyKind.Department, true, null, Resource, GatewayLab.Provider, null, 0x0a0000, key, key, 1, ordinal, marks.HasFlag(CallMarks.Refused) ? 0 : 1, 3, marks, isBound, true);

    // Refused at once: the grant declares its networks.
    private static IEnumerable<SeenCall> Foreign(int client, bool isBound = true) => [Call(client, 0, 5, -1, CallMarks.Refused | CallMarks.OutsideNetworks, isBound)];

    private static IEnumerable<SeenCall> Walk(int client, long from = 100_000, bool isBound = true) => Enumerable.Range(0, 30).Select(i => Call(client, i * 20_000, (ulong)(from + i), from + i, CallMarks.None, isBound));
}
