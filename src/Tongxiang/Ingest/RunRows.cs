using System.Data.Common;
using System.Text.Json;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Ingest;

/// <summary>Landings as rows. What may hold cells of the file – the proposal with its sample, the words of a refusal – stands there sealed, each for its own landing.</summary>
internal sealed class RunRows(NodeKey nodeKey)
{
    public static Sql Select => Of(
        $"""
        select id, entry, version, file_name, state, bytes, raw_digest, wish, fields, key_names, proposal, confirmation, rows_read, rows_bad, refusal, version_number, actor, agency, created_at, changed_at
        from ingest_run
        """);

    public Run Read(DbDataReader row)
    {
        var id = row.Id<Run>(0);
        return new Run(
            id, row.Id<Entry>(1), row.Id<Version>(2), row.GetString(3), row.Kind<RunState>(4), row.GetInt64(5), row.TextOrNull(6), row.Json<LandingWish>(7),
            row.Json<IReadOnlyList<Field>>(8), row.Json<IReadOnlyList<string>>(9), Open<Proposal>(row, 10, id), row.IsDBNull(11) ? null : row.Json<Confirmation>(11), row.GetInt64(12), row.GetInt64(13),
            Open<RunRefusal>(row, 14, id), row.LongOrNull(15), row.GetString(16), row.TextOrNull(17), row.Instant(18), row.Instant(19));
    }

    public byte[] Seal<T>(Id<Run> id, T value) => nodeKey.Wrap(JsonSerializer.SerializeToUtf8Bytes(value, Wire.Json), Context<T>(id));

    public static string? Text<T>(T? value) => value is null ? null : JsonSerializer.Serialize(value, Wire.Json);

    private T? Open<T>(DbDataReader row, int column, Id<Run> id) where T : class =>
        row.IsDBNull(column) ? null : JsonSerializer.Deserialize<T>(nodeKey.Unwrap(row.Bytes(column), Context<T>(id)), Wire.Json);

    private static string Context<T>(Id<Run> id) => $"ingest.{typeof(T).Name} {id}";

    private static Sql Of(Sql sql) => sql;
}
