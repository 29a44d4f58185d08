using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Server.Verbs;
using Tongxiang.Tests.Lab;
using Tongxiang.Watch;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Tests.Watch;

public sealed class DrillTests
{
    [Theory, EveryStore]
    public async Task A_burst_is_contained_in_seconds_and_the_log_proves_that_nothing_left_afterwards(Store store)
    {
        var clock = new ShiftedClock(TimeProvider.System.GetUtcNow());
        await using var lab = await NodeLab.Start(store, services => services.AddSingleton<TimeProvider>(clock), people: 300);
        var (code, said) = await Held(lab, Attack.Burst, clock);
        Assert.True(code == 0, said);
        Assert.Contains("gateway.fuse-cut", said, StringComparison.Ordinal);

        var guard = PersonOf(lab, "bureau.security");
        var trip = Assert.Single((await lab.Get<Trips>().List(guard, default)).Value, t => t.Rule == "burst");
        Assert.Equal((FuseScope.Caller, FuseAction.Cut, true), (trip.Scope, trip.Action, trip.Bites));
        // Its incident was opened in the same commit, and the refusals name it.
        var incident = Assert.Single((await lab.Get<Incidents>().List(guard, drills: false, open: true, null, 10, default)).Items, i => i.OriginRef == trip.Id.ToString());
        Assert.Equal(incident.Number, trip.Incident);
        // Under trial again, as before the drill.
        Assert.Equal(RuleMode.Dark, lab.Get<Policy>().Rules.Single(r => r.Id == "burst").Mode);

        // Another second, so that calls after the promised effect are there to be examined.
        clock.Advance(CutRule.Effect + TimeSpan.FromMilliseconds(200));
        await Held(lab, Attack.Burst, clock);
        await lab.Get<Sequencer>().Run(default);
        var proof = (await lab.Get<CutProofs>().Of(guard, trip.Id, default)).Value;
        Assert.True(proof is { Holds: true, Refused: > 0, First: null } && proof.Examined >= proof.Refused, proof.ToString());

        // A row that left all the same is found.
        await lab.Get<EvidenceLog>().Witness(new Happening("gateway.answered", trip.Subject, trip.Consumer?.ToString(), "resource:x", proof.EffectAt.AddMilliseconds(1), new Dictionary<string, string> { ["rows"] = "3" }), default);
        await lab.Get<Sequencer>().Run(default);
        var broken = (await lab.Get<CutProofs>().Of(guard, trip.Id, default)).Value;
        Assert.Equal((false, 3L), (broken.Holds, broken.Rows));
        Assert.NotNull(broken.First);
        Assert.Equal(404, (await lab.Get<CutProofs>().Of(PersonOf(lab, "transport.steward"), trip.Id, default)).Refusal?.Status);
    }

    [Fact]
    public async Task Enumeration_bulk_export_and_a_stale_account_trip_too()
    {
        await using var lab = await NodeLab.Start(Store.Sqlite, people: 300);
        foreach (var attack in (Attack[])[Attack.Stale, Attack.Enumeration])
        {
            var (code, said) = await Held(lab, attack);
            Assert.True(code == 0, said);
        }
        // Its client is cut by now: bulk is replayed on a node of its own.
        await using var other = await NodeLab.Start(Store.Sqlite, people: 300);
        var (bulk, told) = await Held(other, Attack.Bulk);
        Assert.True(bulk == 0, told);
        Assert.Equal(FuseScope.Grant, Assert.Single(other.Get<Fuse>().Now.Trips).Scope);
    }

    /// <summary>The node's own clock stands at that hour of a working day: the office system is used at night, the nightly job by day.</summary>
    [Theory, InlineData(2, "civil-affairs-01"), InlineData(14, "human-resources-01")]
    public async Task A_system_used_outside_its_hours_is_stopped_at_its_third_call(int hour, string client)
    {
        var clock = new ShiftedClock(new DateTimeOffset(2026, 9, 16, hour, 30, 0, WorkCalendar.Offset));
        await using var lab = await NodeLab.Start(Store.Sqlite, services => services.AddSingleton<TimeProvider>(clock), people: 300);
        var (code, said) = await Held(lab, Attack.OffHours, clock);
        Assert.True(code == 0, said);
        Assert.Contains($"OffHours: {client} → /data/population", said, StringComparison.Ordinal);
        Assert.Contains("gateway.step-up", said, StringComparison.Ordinal);
        var trip = Assert.Single((await lab.Get<Trips>().List(PersonOf(lab, "bureau.security"), default)).Value, t => t.Rule == "off-hours");
        Assert.Equal((FuseScope.Caller, FuseAction.StepUp, true), (trip.Scope, trip.Action, trip.Bites));
        Assert.Equal(RuleMode.Dark, lab.Get<Policy>().Rules.Single(r => r.Id == "off-hours").Mode);
    }

    [Fact]
    public async Task A_drill_without_a_demonstration_says_so()
    {
        await using var said = new StringWriter();
        Assert.Equal(2, await Drill.Run(Attack.Burst, StoreLab.Folder(), "http://127.0.0.1:1", 1, TimeProvider.System, said, default));
        Assert.Contains("demo.json", said.ToString(), StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Said)> Held(NodeLab lab, Attack attack, TimeProvider? clock = null)
    {
        await using var said = new StringWriter();
        var code = await Drill.Run(attack, Path.Combine(lab.Root, "data"), lab.Http.BaseAddress!.ToString(), 120, clock ?? TimeProvider.System, said, default);
        TestContext.Current.TestOutputHelper?.WriteLine(said.ToString());
        return (code, said.ToString());
    }

    /// <summary>Runs as fast as any clock, from another hour.</summary>
    private sealed class ShiftedClock(DateTimeOffset start) : TimeProvider
    {
        private TimeSpan shift = start - System.GetUtcNow();

        public void Advance(TimeSpan by) => shift += by;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
    }

    private static Caller PersonOf(NodeLab lab, string user)
    {
        var directory = lab.Get<Directory>();
        return Caller.Of(directory.People.Single(p => p.UserName == user), directory);
    }
}
