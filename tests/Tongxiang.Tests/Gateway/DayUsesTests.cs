using System.Net;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway;

public sealed class DayUsesTests
{
    [Theory, EveryStore]
    public async Task Downloads_side_by_side_share_the_rows_of_the_day(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        var rows = People.Rows.Count;
        var grant = lab.Grant(entry, GatewayLab.Consumer, ["id"], change: g => g with { Limits = g.Limits with { RowsPerDay = (2 * rows) + 1 } });

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => lab.Call("/data/people/download.csv", GatewayLab.Consumer)));
        Assert.Equal(2, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.All(answers.Where(a => a.StatusCode != HttpStatusCode.OK), a => Assert.Equal(HttpStatusCode.TooManyRequests, a.StatusCode));
        Assert.Equal((2, 2L * rows), lab.Get<DayUses>().Today(grant.Id));

        // One row is left, for calls too.
        var calls = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => lab.Call("/data/people?limit=1", GatewayLab.Consumer)));
        Assert.Equal(1, calls.Count(a => a.IsSuccessStatusCode));
        await lab.Get<DayUses>().Save(default);
        Assert.Equal([(3L, (2L * rows) + 1)], (await lab.Get<DayUses>().Of(grant.Id, default, default)).Select(d => (d.Calls, d.Rows)));
    }

    [Fact]
    public async Task Calls_side_by_side_share_the_calls_of_the_day()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["id"], change: g => g with { Limits = g.Limits with { CallsPerDay = 3 } });
        var calls = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => lab.Call(i % 2 == 0 ? "/data/people?limit=1" : "/data/people/download.ndjson", GatewayLab.Consumer)));
        Assert.Equal(3, calls.Count(a => a.IsSuccessStatusCode));
    }

    [Fact]
    public async Task A_filtered_download_takes_what_it_sends_and_no_more()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        var first = (string)People.Rows[0][0]!;
        var grant = lab.Grant(entry, GatewayLab.Consumer, ["id"], change: g => g with { Limits = g.Limits with { RowsPerDay = 2 } });
        Assert.Equal(HttpStatusCode.OK, (await lab.Call($"/data/people/download.csv?id=eq.{first}", GatewayLab.Consumer)).StatusCode);
        Assert.Equal((1, 1L), lab.Get<DayUses>().Today(grant.Id));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await lab.Call("/data/people/download.csv", GatewayLab.Consumer)).StatusCode);
        Assert.Equal((1, 1L), lab.Get<DayUses>().Today(grant.Id));
    }

    [Fact]
    public async Task What_was_not_sent_is_free_again()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        var grant = lab.Grant(entry, GatewayLab.Consumer, ["id"], change: g => g with { Limits = g.Limits with { RowsPerDay = People.Rows.Count } });
        lab.LogStands = false;
        Assert.False((await lab.Call("/data/people", GatewayLab.Consumer)).IsSuccessStatusCode);
        Assert.False((await lab.Call("/data/people/download.csv", GatewayLab.Consumer)).IsSuccessStatusCode);
        Assert.Equal((0, 0L), lab.Get<DayUses>().Today(grant.Id));
        lab.LogStands = true;
        Assert.Equal(HttpStatusCode.OK, (await lab.Call("/data/people/download.csv", GatewayLab.Consumer)).StatusCode);
    }

    [Fact]
    public async Task What_is_held_belongs_to_the_day_it_was_taken_on()
    {
        await using var lab = await StoreLab.Open(Store.Sqlite);
        var uses = new DayUses(lab.Db, lab.Clock);
        var grant = Id<Grant>.New(lab.Clock);
        var held = uses.Hold(LimitScope.Grant, grant.Value, 60, 10, 100)!;
        Assert.Null(uses.Hold(LimitScope.Grant, grant.Value, 50, 10, 100));
        Assert.True(held.Cover(90));
        Assert.False(held.Cover(101));
        Assert.Equal((1, 90L), uses.Today(grant));
        lab.Clock.Advance(TimeSpan.FromDays(1));
        await uses.Save(default);
        Assert.Equal((0, 0L), uses.Today(grant));
        held.Settle(40);
        held.Settle(40);
        held.Release();
        await uses.Save(default);
        Assert.Equal([(1L, 40L)], (await uses.Of(grant, default, default)).Select(d => (d.Calls, d.Rows)));
        var next = uses.Hold(LimitScope.Grant, grant.Value, 100, 10, 100)!;
        next.Release();
        Assert.Equal((0, 0L), uses.Today(grant));
    }
}
