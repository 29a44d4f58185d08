using System.Data.Common;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

internal static class VersionRows
{
    public static Sql Select => Of(
        $"""
        select v.id, v.entry, v.number, v.columns, v.key_names, v.row_count, v.quarantined_rows, v.digest, v.bytes, v.profile, v.landed_at, v.promoted_at, v.evidence_id, v.note,
          v.destroyed_at, c.version
        from warehouse_version v left join warehouse_current c on c.entry = v.entry
        """);

    public static Version Read(DbDataReader row)
    {
        var id = row.Id<Version>(0);
        var promoted = row.InstantOrNull(11);
        var state = !row.IsDBNull(14) ? VersionState.Destroyed
            : row.IdOrNull<Version>(15) == id ? VersionState.Current
            : promoted is null ? VersionState.Ready : VersionState.Superseded;
        return new Version(id, row.Id<Entry>(1), row.GetInt64(2), state, row.Json<IReadOnlyList<Field>>(3), row.Json<IReadOnlyList<string>>(4), row.GetInt64(5), row.GetInt64(6),
            row.GetString(7), row.GetInt64(8), row.GetString(9), row.Instant(10), promoted, row.TextOrNull(12), row.GetString(13));
    }

    private static Sql Of(Sql sql) => sql;
}
