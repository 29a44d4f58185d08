using System.Globalization;
using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>Builds a version's serving copy from its Parquet file: sorted by key, whole or not there at all.</summary>
internal sealed class ServeBuild(Home home, NodeSettings settings)
{
    /// <summary>Whether the version can be read by callers already.</summary>
    public async Task<bool> Stands(Version version, CancellationToken ct)
    {
        if (settings.Store == Store.Sqlite) return File.Exists(ServeLayout.SqliteFile(home, version.Id));
        await using var connection = (NpgsqlConnection)await Dialect.Open(settings.Store, settings.ConnectionString(home), ct);
        await using var command = new NpgsqlCommand("select to_regclass(@p0) is not null", connection);
        command.Parameters.AddWithValue("p0", ServeLayout.PostgresTable(version.Id));
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    public Task Make(Version version, string parquet, CancellationToken ct) =>
        settings.Store == Store.Sqlite ? Task.Run(() => MakeSqlite(version, parquet, ct), ct) : MakePostgres(version, parquet, ct);

    public async Task Remove(Id<Version> version, CancellationToken ct)
    {
        if (settings.Store == Store.Sqlite)
        {
            File.Delete(ServeLayout.SqliteFile(home, version));
            return;
        }
        await using var connection = (NpgsqlConnection)await Dialect.Open(settings.Store, settings.ConnectionString(home), ct);
        await using var command = new NpgsqlCommand($"drop table if exists \"{ServeLayout.PostgresTable(version)}\"", connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Rows(Version version, string parquet)
    {
        var columns = version.Columns.Select(f => version.Key.Contains(f.Name) && f.Type == FieldType.Text ? $"coalesce({Duck.Name(f.Name)}, '') as {Duck.Name(f.Name)}" : $"{Duck.Served(f)} as {Duck.Name(f.Name)}");
        var source = Duck.Parquet(parquet, version.Key.Count > 0 ? "" : ", file_row_number = true");
        var list = version.Key.Count > 0 ? columns : columns.Prepend("file_row_number + 1 as _row");
        var order = version.Key.Count > 0 ? " order by " + string.Join(", ", version.Key.Select((_, i) => (1 + IndexOf(version, i)).ToString(CultureInfo.InvariantCulture))) : "";
        return $"select {string.Join(", ", list)} from {source}{order}";
    }

    private static int IndexOf(Version version, int keyPart) => version.Columns.ToList().FindIndex(f => f.Name == version.Key[keyPart]);

    private void MakeSqlite(Version version, string parquet, CancellationToken ct)
    {
        var path = ServeLayout.SqliteFile(home, version.Id);
        var building = path + ".building";
        File.Delete(building);
        using (var connection = new SqliteConnection(Dialect.SqliteFile(building)))
        {
            connection.Open();
            Run(connection, "pragma journal_mode = off; pragma synchronous = off; pragma page_size = 8192; pragma cache_size = -16000;");
            using (var create = connection.CreateCommand())
            {
                ServeLayout.Create(version, Store.Sqlite).Fill(create);
                create.ExecuteNonQuery();
            }
            using var transaction = connection.BeginTransaction();
            using var duck = new Duck(home);
            using var rows = duck.Read(Rows(version, parquet));
            Fill(connection, transaction, rows, ct);
            transaction.Commit();
            Run(connection, "pragma optimize");
        }
        using (var file = new FileStream(building, FileMode.Open, FileAccess.ReadWrite)) Core.Ledger.Durable.Flush(file);
        File.Move(building, path, overwrite: true);
    }

    private static void Fill(SqliteConnection connection, SqliteTransaction transaction, DuckDBDataReader rows, CancellationToken ct)
    {
        using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        var parameters = Enumerable.Range(0, rows.FieldCount).Select(i => insert.Parameters.Add(new SqliteParameter($"@p{i}", null))).ToArray();
        insert.CommandText = $"insert into {ServeLayout.SqliteTable} values ({string.Join(", ", parameters.Select(p => p.ParameterName))})";
        insert.Prepare();
        for (var n = 0L; rows.Read(); n++)
        {
            if ((n & 0xFFF) == 0) ct.ThrowIfCancellationRequested();
            for (var i = 0; i < parameters.Length; i++) parameters[i].Value = rows.IsDBNull(i) ? DBNull.Value : rows.GetValue(i);
            insert.ExecuteNonQuery();
        }
    }

    // Table and rows in one transaction: others see all of it or nothing.
    private async Task MakePostgres(Version version, string parquet, CancellationToken ct)
    {
        await using var connection = (NpgsqlConnection)await Dialect.Open(settings.Store, settings.ConnectionString(home), ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var create = connection.CreateCommand())
        {
            create.Transaction = transaction;
            ServeLayout.Create(version, Store.PostgreSql).Fill(create);
            await create.ExecuteNonQueryAsync(ct);
        }
        using (var duck = new Duck(home))
        using (var rows = duck.Read(Rows(version, parquet)))
        await using (var copy = await connection.BeginBinaryImportAsync($"copy \"{ServeLayout.PostgresTable(version.Id)}\" from stdin (format binary)", ct))
        {
            while (rows.Read())
            {
                await copy.StartRowAsync(ct);
                for (var i = 0; i < rows.FieldCount; i++) await Write(copy, rows.IsDBNull(i) ? null : rows.GetValue(i), ct);
            }
            await copy.CompleteAsync(ct);
        }
        await transaction.CommitAsync(ct);
    }

    private static Task Write(NpgsqlBinaryImporter copy, object? value, CancellationToken ct) => value switch
    {
        null => copy.WriteNullAsync(ct),
        long whole => copy.WriteAsync(whole, NpgsqlDbType.Bigint, ct),
        double real => copy.WriteAsync(real, NpgsqlDbType.Double, ct),
        _ => copy.WriteAsync((string)value, NpgsqlDbType.Text, ct),
    };

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
