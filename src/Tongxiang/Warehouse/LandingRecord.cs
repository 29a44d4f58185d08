using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>One landing of a version with what its check let in and kept out.</summary>
public sealed record LandingOnRecord(Id<Version> Version, Id<Entry> Entry, long Number, long Rows, long QuarantinedRows, DateTimeOffset LandedAt, string? Evidence);

/// <summary>What supervision reads of landings (Order 809 art. 38): counts, no rows.</summary>
public sealed class LandingRecord(Db db)
{
    public Task<IReadOnlyList<LandingOnRecord>> Between(DateTimeOffset from, DateTimeOffset until, CancellationToken ct) => db.List(
        $"select id, entry, number, row_count, quarantined_rows, landed_at, evidence_id from warehouse_version where landed_at >= {from} and landed_at < {until} order by entry, number",
        r => new LandingOnRecord(r.Id<Version>(0), r.Id<Entry>(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.Instant(5), r.TextOrNull(6)), ct);
}
