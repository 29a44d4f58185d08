using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Tongxiang.Warehouse;

/// <summary>What a statement may take: one row by its whole key, a page under the limits of a call, or a file without end.</summary>
internal enum Reading { Point, Page, File }

/// <summary>Read-only connections to the serving tables in PostgreSQL, each statement under a time limit.</summary>
internal sealed class ServePostgres : IAsyncDisposable
{
    // More of them take each other's processor away: a call that waits a moment for its turn is answered sooner.
    private const int ConnectionsPerProcessor = 8;

    // Rows by key are found at once, so many share a connection and go to it together: half the cost of one connection each. Nothing slow may stand in that line.
    private const int SharedPerProcessor = 2;

    private readonly NpgsqlDataSource points;
    private readonly NpgsqlDataSource calls;
    private readonly NpgsqlDataSource files;

    public ServePostgres(string connectionString, ServeLimits limits)
    {
        points = Source(connectionString, limits.Milliseconds, isShared: true);
        calls = Source(connectionString, limits.Milliseconds);
        files = Source(connectionString, 0);
    }

    /// <summary>Hands over every row; false when the statement was stopped because it took too long.</summary>
    public async Task<bool> Run(ServeStatement statement, Action<NpgsqlDataReader> row, Reading reading, CancellationToken ct)
    {
        await using var command = (reading switch { Reading.Point => points, Reading.File => files, _ => calls }).CreateCommand(statement.Text);
        for (var i = 0; i < statement.Values.Count; i++) command.Parameters.Add(Parameter(statement.Values[i]));
        // On a shared connection there is nothing to break off: it would take the others' answers with it.
        var patience = reading == Reading.Point ? CancellationToken.None : ct;
        ct.ThrowIfCancellationRequested();
        try
        {
            await using var rows = await command.ExecuteReaderAsync(patience);
            while (await rows.ReadAsync(patience)) row(rows);
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
        await points.DisposeAsync();
        await calls.DisposeAsync();
        await files.DisposeAsync();
    }

    private static NpgsqlDataSource Source(string connectionString, int milliseconds, bool isShared = false)
    {
        var given = new NpgsqlConnectionStringBuilder(connectionString);
        given.Options = string.Create(CultureInfo.InvariantCulture, $"-c default_transaction_read_only=on -c statement_timeout={milliseconds}");
        given.CommandTimeout = milliseconds == 0 ? 0 : 30;
        given.MaxPoolSize = Math.Min(given.MaxPoolSize, Math.Max(isShared ? 2 : 16, (isShared ? SharedPerProcessor : ConnectionsPerProcessor) * Environment.ProcessorCount));
        given.Multiplexing = isShared;
        given.MaxAutoPrepare = 64;
        given.AutoPrepareMinUsages = 2;
        given.ApplicationName = "tongxiang-serving";
        return NpgsqlDataSource.Create(given);
    }

    // Without a name: the text has $1, $2 …, and nothing needs to be read again in search of names.
    private static NpgsqlParameter Parameter(object value) => value switch
    {
        long whole => new NpgsqlParameter<long> { TypedValue = whole },
        double real => new NpgsqlParameter<double> { TypedValue = real },
        _ => new NpgsqlParameter<string> { TypedValue = (string)value, NpgsqlDbType = NpgsqlDbType.Text },
    };
}
