using Tongxiang.Catalog;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Ingest;

public sealed class LandingsAtOnceTests
{
    private const string Header = "id_card,name,sex,birth,division,score\n";

    [Theory, EveryStore]
    public async Task Two_entries_land_at_once_and_each_keeps_its_order(Store store)
    {
        await using var lab = await LandingLab.Start(store);
        Entry[] entries = [lab.Entry, lab.EntryOf(lab.Entry.Content.Fields, lab.Entry.Content.Key)];
        var runs = new List<Run>();
        for (var i = 0; i < 6; i++)
        {
            lab.Store.Clock.Advance(TimeSpan.FromSeconds(1));
            lab.Entry = entries[i % 2];
            runs.Add((await lab.Landings.Receive(lab.Steward, lab.Entry, "a.csv", new MemoryStream(LandingNode.Utf8($"{Header}{LandingLab.Id(i + 1)},甲,1,,290101,\n")), new LandingWish(true, true), default)).Value);
        }
        // Nobody passes before another one has come to the same point.
        using var both = new Barrier(2);
        lab.Begins = () => Assert.True(both.SignalAndWait(TimeSpan.FromSeconds(60)), "a landing waited alone");
        await lab.Landings.Work(default);
        for (var i = 0; i < runs.Count; i++)
        {
            var run = (await lab.Landings.Find(runs[i].Id, default))!;
            Assert.Equal((RunState.Done, i / 2 + 1), (run.State, run.VersionNumber));
        }
        Assert.All(entries, e => Assert.Equal(3, lab.Versions.Current(e.Id)!.Number));
    }

    [Fact]
    public async Task A_second_large_file_waits_while_small_ones_pass()
    {
        await using var lab = await LandingLab.Start(Store.Sqlite);
        var small = (await lab.Landings.Receive(lab.Steward, lab.Entry, "a.csv", new MemoryStream(LandingNode.Utf8($"{Header}{LandingLab.Id(1)},甲,1,,290101,\n")), new LandingWish(), default)).Value;
        Run Of(long bytes, bool same = false) => small with { Id = Id<Run>.New(lab.Store.Clock), Bytes = bytes, Entry = same ? small.Entry : Id<Entry>.New(lab.Store.Clock) };
        var large = LandingRules.LargeBytes;
        foreach (var (run, under, atOnce, may) in new (Run, Run[], int, bool)[]
        {
            (Of(large), [], 1, true), (Of(1), [Of(1)], 1, false), (Of(1), [Of(1)], 2, true), (Of(1, same: true), [Of(1, same: true)], 2, false),
            (Of(large), [Of(1)], 2, true), (Of(large), [Of(large)], 2, false), (Of(large - 1), [Of(large)], 2, true), (Of(1), [Of(large), Of(1)], 2, false),
        })
            Assert.Equal(may, LandingRules.MayStart(run, under, atOnce));
    }
}
