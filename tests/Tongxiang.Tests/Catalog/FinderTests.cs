using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Catalog;

public sealed class FinderTests
{
    [Theory, EveryStore]
    public async Task Search_follows_the_catalogue_counts_facets_and_hides_closed_entries_from_the_public(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var stops = await lab.Publish(Samples.Open("公共交通站点"));
        await lab.Publish(Samples.Personal());
        var found = lab.Finder.Search(new SearchRequest("公交", IsPublic: true));
        Assert.Equal([stops.Id], found.Entries.Select(f => f.Entry.Id));
        Assert.Contains(found.Synonyms, s => s.To.Contains("公共交通") || s.From.Contains("公交"));
        Assert.Equal(1, lab.Finder.Search(new SearchRequest("", IsPublic: true)).Total);
        var all = lab.Finder.Search(new SearchRequest("", IsPublic: false));
        Assert.Equal(2, all.Total);
        Assert.Equal(Finder.Facets, all.Facets.Select(f => f.Name));
        Assert.Equal(1, lab.Finder.Search(new SearchRequest("", false) { Chosen = new Dictionary<string, IReadOnlyCollection<string>> { ["open"] = ["Closed"] } }).Total);
        Assert.Equal(0, lab.Finder.Search(new SearchRequest("参保", IsPublic: true)).Total);
        Assert.NotEmpty(lab.Finder.Suggest("公共", isPublic: true));

        await lab.Entries.Retire(lab.Head, stops.Id, 1, "停止采集", default);
        Assert.Equal(0, lab.Finder.Search(new SearchRequest("", IsPublic: true)).Total);
    }

    [Theory, EveryStore]
    public async Task The_freshness_badge_ages_by_itself(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Publish(Samples.Open());
        string Badge() => lab.Finder.Search(new SearchRequest("", true)).Facets.Single(f => f.Name == "freshness").Values.Single().Value;
        Assert.Equal("NoData", Badge());
        lab.Catalogue.Updated(entry.Id, new DataFacts(1, lab.Store.Clock.GetUtcNow(), 10, 1000, new string('a', 64)));
        Assert.Equal("OnTime", Badge());
        lab.Store.Clock.Advance(TimeSpan.FromDays(40));
        Assert.Equal("Late", Badge());
        lab.Catalogue.Updated(entry.Id, null);
        Assert.Equal("NoData", Badge());
    }

    [Theory, EveryStore]
    public async Task Vain_searches_are_counted_without_anything_that_looks_personal(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        foreach (var words in new[] { "停车泊位", "停车泊位", "110101190001010014", "a@b.cn", "", new string('长', 41) }) await lab.Finder.Miss(words, default);
        Assert.Equal([("停车泊位", 2L)], (await lab.Finder.Missed(10, default)).Select(m => (m.Words, m.Hits)));
    }

    [Theory, EveryStore]
    public async Task Vain_searches_do_not_fill_the_disk(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        await lab.Finder.Miss("known words", default);
        await lab.Store.Db.Commit(async tx =>
        {
            for (var i = 1; i < Finder.MostMissed; i++) await tx.Run($"insert into catalog_zero_hit (words, hits, first_at, last_at) values ({"w" + i}, 1, 0, 0)");
            return 0;
        }, default);
        await lab.Finder.Miss("one more", default);
        await lab.Finder.Miss("known words", default);
        var missed = await lab.Finder.Missed(Finder.MostMissed + 1, default);
        Assert.Equal((Finder.MostMissed, ("known words", 2L)), (missed.Count, (missed[0].Words, missed[0].Hits)));
    }

    [Theory]
    [InlineData(UpdatePromise.Daily, 1, FreshnessKind.OnTime)]
    [InlineData(UpdatePromise.Daily, 3, FreshnessKind.Late)]
    [InlineData(UpdatePromise.Weekly, 9, FreshnessKind.OnTime)]
    [InlineData(UpdatePromise.Weekly, 10, FreshnessKind.Late)]
    [InlineData(UpdatePromise.Yearly, 370, FreshnessKind.OnTime)]
    [InlineData(UpdatePromise.AsNeeded, 5000, FreshnessKind.OnTime)]
    public void A_promise_is_kept_or_late(UpdatePromise promise, int days, FreshnessKind expected)
    {
        var now = new DateTimeOffset(2026, 9, 18, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(expected, Freshness.Of(promise, now.AddDays(-days), now));
    }
}
