using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>A version that became the current one, and the one that was current before; null for the first.</summary>
/// <param name="Seq">Its place in the change feed: places appear in the order of the commits and never again.</param>
public sealed record Promotion(long Seq, Id<Entry> Entry, Id<Version> Version, Id<Version>? Before, DateTimeOffset At);

/// <summary>The feed of new current versions, for those who follow a resource: read on from the place you know, and nothing is missed.</summary>
public sealed class Promotions(Db db)
{
    /// <summary>The next ones of an entry after a place, oldest first.</summary>
    public Task<IReadOnlyList<Promotion>> After(Id<Entry> entry, long seq, int most, CancellationToken ct) => db.List(
        $"""
        select c.seq, c.version, c.changed_at,
          (select p.version from warehouse_change p where p.entry = c.entry and p.kind = 'promoted' and p.seq < c.seq order by p.seq desc limit 1)
        from warehouse_change c where c.entry = {entry} and c.kind = 'promoted' and c.seq > {seq} order by c.seq limit {most}
        """,
        row => new Promotion(row.GetInt64(0), entry, row.Id<Version>(1), row.IdOrNull<Version>(3), row.Instant(2)), ct);

    /// <summary>The place of an entry's newest one; 0 while there is none.</summary>
    public async Task<long> Last(Id<Entry> entry, CancellationToken ct) =>
        await db.One($"select coalesce(max(seq), 0) from warehouse_change where entry = {entry} and kind = 'promoted'", row => row.GetInt64(0), ct);
}
