using System.Data.Common;
using System.Text.Json;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Ingest;

internal static class RunRows
{
    public static Sql Select => Of(
        $"""
        select id, entry, version, file_name, state, bytes, raw_digest, wish, fields, key_names, proposal, confirmation, rows_read, rows_bad, refusal, version_number, actor, agency, created_at, changed_at
        from ingest_run
        """);

    public static Run Read(DbDataReader row) => new(
        row.Id<Run>(0), row.Id<Entry>(1), row.Id<Version>(2), row.GetString(3), row.Kind<RunState>(4), row.GetInt64(5), row.TextOrNull(6), row.Json<LandingWish>(7),
        row.Json<IReadOnlyList<Field>>(8), row.Json<IReadOnlyList<string>>(9), JsonOrNull<Proposal>(row, 10), JsonOrNull<Confirmation>(row, 11), row.GetInt64(12), row.GetInt64(13),
        JsonOrNull<RunRefusal>(row, 14), row.LongOrNull(15), row.GetString(16), row.TextOrNull(17), row.Instant(18), row.Instant(19));

    public static string? Text<T>(T? value) => value is null ? null : JsonSerializer.Serialize(value, Wire.Json);

    private static T? JsonOrNull<T>(DbDataReader row, int column) where T : class => row.IsDBNull(column) ? null : row.Json<T>(column);

    private static Sql Of(Sql sql) => sql;
}
