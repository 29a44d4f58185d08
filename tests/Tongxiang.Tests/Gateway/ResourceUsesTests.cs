using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway;

public sealed class ResourceUsesTests
{
    [Theory, EveryStore]
    public async Task Calls_are_added_up_by_resource_and_day_and_survive_the_node(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        var (stops, air) = (Id<Entry>.New(lab.Clock), Id<Entry>.New(lab.Clock));
        var uses = new ResourceUses(lab.Db, lab.Clock);
        uses.Add(stops, 10);
        uses.Add(stops, 5);
        uses.Add(air, 1);
        await uses.Save(default);
        lab.Clock.Advance(TimeSpan.FromDays(1));
        uses.Add(stops, 2);
        await uses.Save(default);
        await uses.Save(default);

        var again = new ResourceUses(lab.Db, lab.Clock);
        await again.Load(default);
        Assert.Equal(new ResourceTotal(3, 17, 3), again.Of(stops));
        Assert.Equal(new ResourceTotal(1, 1, 1), again.Of(air));
        Assert.Equal([(0L, 0L), (2L, 15L), (1L, 2L)], (await again.Days(stops, 3, default)).Select(d => (d.Calls, d.Rows)));
        Assert.Equal([0L, 3L, 1L], (await again.Days(null, 3, default)).Select(d => d.Calls));
        Assert.Empty(again.Origins);
    }

    [Theory, EveryStore]
    public async Task Figures_from_elsewhere_keep_their_origin_and_are_not_taken_twice(Store store)
    {
        await using var lab = await StoreLab.Open(store);
        var entry = Id<Entry>.New(lab.Clock);
        var uses = new ResourceUses(lab.Db, lab.Clock);
        ForeignDay[] days = [new(entry, new DateOnly(2026, 9, 1), 100, 1000), new(entry, new DateOnly(2026, 6, 1), 7, 70)];
        await uses.Import("elsewhere.example", days, default);
        await uses.Import("elsewhere.example", days, default);
        Assert.Equal(new ResourceTotal(107, 1070, 100), uses.Of(entry));
        Assert.Equal(["elsewhere.example"], uses.Origins);
        await Assert.ThrowsAsync<ArgumentException>(() => uses.Import("", days, default));
    }
}
