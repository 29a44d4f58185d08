using System.Data;
using System.Data.Common;
using DbUp.Engine;
using DbUp.Builder;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Tongxiang.Kernel;

/// <summary>Which home the control data have.</summary>
public enum Store
{
    /// <summary>One SQLite file, WAL, synchronous=FULL: nothing to install.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database shared by several copies of the node.</summary>
    PostgreSql,
}

/// <summary>All that differs between the two stores, and nothing else.</summary>
public static class Dialect
{
    /// <summary>Opens a connection with the settings that durability and portability need.</summary>
    public static async Task<DbConnection> Open(Store store, string connectionString, CancellationToken ct)
    {
        DbConnection connection = store switch
        {
            Store.Sqlite => new SqliteConnection(connectionString),
            _ => new NpgsqlConnection(connectionString),
        };
        await connection.OpenAsync(ct);
        if (store == Store.Sqlite) await Pragmas(connection, ct);
        return connection;
    }

    /// <summary>The connection string of an embedded store in this file.</summary>
    public static string SqliteFile(string path) =>
        new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString();

    /// <summary>A transaction that takes its write lock at once on SQLite (a later upgrade could fail half-way).</summary>
    public static async Task<DbTransaction> Begin(DbConnection connection, CancellationToken ct) =>
        connection is SqliteConnection sqlite
            ? sqlite.BeginTransaction(IsolationLevel.Serializable, deferred: false)
            : await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);

    /// <summary>PostgreSQL cannot guess the type of a null or of a parameter that is only compared with null.</summary>
    public static void Shape(DbParameter parameter, object? value)
    {
        if (parameter is not NpgsqlParameter postgres) return;
        postgres.NpgsqlDbType = value switch
        {
            long => NpgsqlTypes.NpgsqlDbType.Bigint,
            double => NpgsqlTypes.NpgsqlDbType.Double,
            byte[] => NpgsqlTypes.NpgsqlDbType.Bytea,
            string => NpgsqlTypes.NpgsqlDbType.Text,
            _ => NpgsqlTypes.NpgsqlDbType.Unknown,
        };
    }

    /// <summary>The schema runner of this store.</summary>
    public static UpgradeEngineBuilder Schema(Store store, string connectionString) => store switch
    {
        Store.Sqlite => DbUp.DeployChanges.To.SqliteDatabase(connectionString).JournalToSqliteTable("kernel_schema"),
        _ => DbUp.DeployChanges.To.PostgresqlDatabase(connectionString).JournalToPostgresqlTable("public", "kernel_schema"),
    };

    /// <summary>A script as this store reads it: text columns compare by bytes on both.</summary>
    public static SqlScript Script(Store store, string name, string text, int order) => new(
        name,
        store == Store.PostgreSql ? text.Replace(" text", " text collate \"C\"", StringComparison.Ordinal) : text,
        new SqlScriptOptions { RunGroupOrder = order });

    /// <summary>Whether the failure is a broken uniqueness rule.</summary>
    public static bool IsDuplicate(DbException failure) => failure switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode == 19 && sqlite.SqliteExtendedErrorCode is 1555 or 2067,
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,
        _ => false,
    };

    /// <summary>The one connection that writes an embedded store: sixteen megabytes of pages at hand, and a log of 32 MB before it is copied back, so that a page that changes often is copied once.</summary>
    public static async Task<DbConnection> OpenWriter(string connectionString, CancellationToken ct)
    {
        var connection = await Open(Store.Sqlite, connectionString, ct);
        await Run(connection, "pragma cache_size = -16000; pragma wal_autocheckpoint = 8000;", ct);
        return connection;
    }

    private static Task Pragmas(DbConnection connection, CancellationToken ct) =>
        Run(connection, "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 30000; pragma temp_store = memory;", ct);

    private static async Task Run(DbConnection connection, string text, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(ct);
    }
}
