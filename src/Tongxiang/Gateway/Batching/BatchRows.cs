using System.Data.Common;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Batching;

/// <summary>Batches, packages and discrepancies as rows.</summary>
internal static class BatchRows
{
    public static Sql Batches => Of(
        $"""
        select b.id, b.number, b.grant_id, b.grant_number, b.entry_id, b.slug, b.consumer, b.consumer_kind, b.provider, b.every, b.on_day, b.at_hour, b.form, b.query, b.is_incremental,
          b.case_number, b.operative, b.is_enabled, b.code, b.next_at, b.made_by, b.created_at
        from gateway_batch b
        """);

    public static Sql Packages => Of(
        $"""
        select p.id, p.batch, p.seq, p.state, p.version_number, p.version_digest, p.since_number, p.since_digest, p.parts, p.slice_rows, p.code, p.args, p.attempt_at, p.evidence_id,
          p.made_at, p.expires_at, p.acknowledged_at, p.removed_at
        from gateway_package p
        """);

    public static Sql Discrepancies => Of(
        $"""
        select d.id, d.batch, b.number, b.slug, d.seq, d.differences, d.opened_at, d.due_at, d.closed_at, d.closed_by, d.resolution
        from gateway_discrepancy d join gateway_batch b on b.id = d.batch
        """);

    public static Batch Batch(DbDataReader r) => new(
        r.Id<Batch>(0), r.GetString(1), r.Id<Grant>(2), r.GetString(3), r.Id<Entry>(4), r.GetString(5), r.GetString(6), r.IsDBNull(7) ? null : r.Kind<AgencyKind>(7), r.Id<Agency>(8),
        r.Kind<Rhythm>(9), (int)r.GetInt64(10), (int)r.GetInt64(11), r.Kind<BulkFormat>(12), r.GetString(13), r.Flag(14), r.TextOrNull(15), r.TextOrNull(16), r.Flag(17), r.TextOrNull(18),
        r.InstantOrNull(19), r.GetString(20), r.Instant(21));

    public static Package Package(DbDataReader r) => new(
        r.Id<Package>(0), r.Id<Batch>(1), r.GetInt64(2), r.Kind<PackageState>(3), r.GetInt64(4), r.GetString(5), r.LongOrNull(6), r.TextOrNull(7), r.Json<IReadOnlyList<PackagePart>>(8), r.GetInt64(9),
        r.TextOrNull(10), r.IsDBNull(11) ? [] : r.Json<IReadOnlyList<string>>(11), r.InstantOrNull(12), r.TextOrNull(13), r.InstantOrNull(14), r.InstantOrNull(15), r.InstantOrNull(16), r.InstantOrNull(17));

    public static Discrepancy Discrepancy(DbDataReader r) => new(
        r.Id<Discrepancy>(0), r.Id<Batch>(1), r.GetString(2), r.GetString(3), r.GetInt64(4), r.Json<IReadOnlyList<Difference>>(5), r.Instant(6), r.Instant(7), r.InstantOrNull(8), r.TextOrNull(9), r.TextOrNull(10));

    public static string Json<T>(T value) => JsonSerializer.Serialize(value, Wire.Json);

    private static Sql Of(Sql sql) => sql;
}
