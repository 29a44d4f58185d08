using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Tongxiang.Warehouse;

/// <summary>Read-only connections to the serving tables in PostgreSQL, each statement under a time limit.</summary>
internal sealed class ServePostgres : IAsyncDisposable
{
    private readonly NpgsqlDataSource calls;
    private readonly NpgsqlDataSource files;

    public ServePostgres(string connectionString, ServeLimits limits) => (calls, files) = (Source(connectionString, limits.Milliseconds), Source(connectionString, 0));

    /// <summary>Hands over every row; false when the statement was stopped because it took too long.</summary>
    public async Task<bool> Run(ServeStatement statement, Action<NpgsqlDataReader> row, bool isFile, CancellationToken ct)
    {
        await using var command = (isFile ? files : calls).CreateCommand(statement.Text);
        for (var i = 0; i < statement.Values.Count; i++) command.Parameters.Add(Parameter(i, statement.Values[i]));
        try
        {
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct)) row(rows);
            return true;
        }
        catch (PostgresException stopped) when (stopped.SqlState == PostgresErrorCodes.QueryCanceled && !ct.IsCancellationRequested)
        {
            // The statement's own time limit; what the caller asked for is refused, not broken.
            return false;
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            throw new FileNotFoundException("The version has no serving copy.", missing);
        }
    }

    public static void Take(NpgsqlDataReader row, ServedPage page)
    {
        for (var i = 0; i < page.Columns.Count; i++)
        {
            if (row.IsDBNull(i)) page.AddNull();
            else if (row.GetFieldType(i) == typeof(long)) page.AddWhole(row.GetInt64(i));
            else if (row.GetFieldType(i) == typeof(double)) page.AddReal(row.GetDouble(i));
            else page.AddText(Encoding.UTF8.GetBytes(row.GetString(i)));
        }

        page.EndRow();
    }

    public static object? Value(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetValue(column);

    public async ValueTask DisposeAsync()
    {
        await calls.DisposeAsync();
        await files.DisposeAsync();
    }

    private static NpgsqlDataSource Source(string connectionString, int milliseconds) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
    {
        Options = string.Create(CultureInfo.InvariantCulture, $"-c default_transaction_read_only=on -c statement_timeout={milliseconds}"),
        CommandTimeout = milliseconds == 0 ? 0 : 30,
        MaxAutoPrepare = 64,
        AutoPrepareMinUsages = 2,
        ApplicationName = "tongxiang-serving",
    });

    private static NpgsqlParameter Parameter(int place, object value) => new(string.Create(CultureInfo.InvariantCulture, $"p{place}"), value switch
    {
        long => NpgsqlDbType.Bigint,
        double => NpgsqlDbType.Double,
        _ => NpgsqlDbType.Text,
    })
    { Value = value };
}
