using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>A change of the catalogue in the order of the commits.</summary>
public sealed record CatalogueChange(long Seq, Id<Entry> Entry);

/// <summary>The feed of changes of published entries, for those who hand the catalogue on: read on from the place you know, and nothing is missed.</summary>
public sealed class CatalogueFeed(Db db)
{
    public Task<IReadOnlyList<CatalogueChange>> After(long seq, int most, CancellationToken ct) =>
        db.List($"select seq, entry from catalog_change where seq > {seq} order by seq limit {most}", r => new CatalogueChange(r.GetInt64(0), r.Id<Entry>(1)), ct);
}
