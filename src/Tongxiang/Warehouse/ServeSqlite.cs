using System.Collections.Concurrent;
using System.Text;
using SQLitePCL;

namespace Tongxiang.Warehouse;

/// <summary>The immutable SQLite file of one version with its idle connections.</summary>
internal sealed class ServeFile(string path) : IDisposable
{
    private const int keptConnections = 8;
    private readonly ConcurrentStack<ServeConnection> idle = new();
    private volatile bool closed;

    public ServeConnection Rent() => idle.TryPop(out var connection) ? connection : new ServeConnection(path);

    public void Return(ServeConnection connection)
    {
        if (!closed && idle.Count < keptConnections) idle.Push(connection);
        else connection.Dispose();
        if (closed) Drain();
    }

    public void Dispose()
    {
        closed = true;
        Drain();
    }

    private void Drain()
    {
        while (idle.TryPop(out var connection)) connection.Dispose();
    }
}

/// <summary>A read-only connection with its prepared statements, driven without ADO.NET: cells leave as the bytes that SQLite holds.</summary>
internal sealed class ServeConnection : IDisposable
{
    private const int keptStatements = 64;
    private const int stepsPerCheck = 1_000;
    private const int planStability = 1007; // SQLITE_DBCONFIG_ENABLE_QPSG
    private readonly Dictionary<string, sqlite3_stmt> statements = new(StringComparer.Ordinal);
    private readonly sqlite3 db;
    private long checksLeft;
    private CancellationToken cancelled;

    static ServeConnection() => Batteries_V2.Init();

    private ServeConnection(sqlite3 db) => this.db = db;

    public ServeConnection(string path)
    {
        // The file never changes once it has its name: no locks, no journal.
        var uri = $"file:{Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1";
        Check(raw.sqlite3_open_v2(uri, out db, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI | raw.SQLITE_OPEN_NOMUTEX, null));
        // Without this guarantee SQLite plans a statement anew for the value of each key it is asked.
        raw.sqlite3_db_config(db, planStability, 1, out _);
        raw.sqlite3_exec(db, "pragma query_only = on; pragma mmap_size = 1073741824; pragma cache_size = -4000; pragma temp_store = memory;");
        raw.sqlite3_progress_handler(db, stepsPerCheck, _ => --checksLeft < 0 || cancelled.IsCancellationRequested ? 1 : 0, null);
    }

    /// <summary>An empty database that lives as long as its connection.</summary>
    public static ServeConnection InMemory()
    {
        var code = raw.sqlite3_open_v2(":memory:", out var db, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null);
        var connection = new ServeConnection(db);
        connection.Check(code);
        raw.sqlite3_progress_handler(db, stepsPerCheck, _ => --connection.checksLeft < 0 || connection.cancelled.IsCancellationRequested ? 1 : 0, null);
        return connection;
    }

    /// <summary>Steps of the machine that the last statement took, in thousands.</summary>
    public long Cost { get; private set; }

    /// <summary>Hands over every row; false when the statement was stopped because it read too much.</summary>
    public bool Run(ServeStatement statement, Action<sqlite3_stmt> row, long steps, CancellationToken ct)
    {
        // Before preparing: SQLite asks the handler while it prepares a long statement too, and what the last one left over is not this one's.
        (checksLeft, cancelled) = (steps / stepsPerCheck, ct);
        var prepared = Prepare(statement.Text);
        try
        {
            for (var i = 0; i < statement.Values.Count; i++) Bind(prepared, i + 1, statement.Values[i]);
            while (true)
            {
                switch (raw.sqlite3_step(prepared))
                {
                    case raw.SQLITE_ROW:
                        row(prepared);
                        continue;
                    case raw.SQLITE_DONE:
                        return true;
                    case raw.SQLITE_INTERRUPT:
                        ct.ThrowIfCancellationRequested();
                        return false;
                    case var code:
                        throw new InvalidDataException($"A serving copy cannot be read: SQLite {code}, {raw.sqlite3_errmsg(db).utf8_to_string()}.");
                }
            }
        }
        finally
        {
            Cost = steps / stepsPerCheck - checksLeft;
            raw.sqlite3_reset(prepared);
        }
    }

    /// <summary>Adds the current row's first columns to the page.</summary>
    public static void Take(sqlite3_stmt row, ServedPage page)
    {
        for (var i = 0; i < page.Columns.Count; i++)
        {
            switch (raw.sqlite3_column_type(row, i))
            {
                case raw.SQLITE_NULL: page.AddNull(); break;
                case raw.SQLITE_INTEGER: page.AddWhole(raw.sqlite3_column_int64(row, i)); break;
                case raw.SQLITE_FLOAT: page.AddReal(raw.sqlite3_column_double(row, i)); break;
                default: page.AddText(raw.sqlite3_column_blob(row, i)); break;
            }
        }

        page.EndRow();
    }

    public static object? Value(sqlite3_stmt row, int column) => raw.sqlite3_column_type(row, column) switch
    {
        raw.SQLITE_NULL => null,
        raw.SQLITE_INTEGER => raw.sqlite3_column_int64(row, column),
        raw.SQLITE_FLOAT => raw.sqlite3_column_double(row, column),
        _ => Encoding.UTF8.GetString(raw.sqlite3_column_blob(row, column)),
    };

    public void Dispose()
    {
        foreach (var statement in statements.Values) raw.sqlite3_finalize(statement);
        raw.sqlite3_close_v2(db);
    }

    private sqlite3_stmt Prepare(string text)
    {
        if (statements.TryGetValue(text, out var known)) return known;
        if (statements.Count == keptStatements)
        {
            foreach (var statement in statements.Values) raw.sqlite3_finalize(statement);
            statements.Clear();
        }

        var code = raw.sqlite3_prepare_v2(db, text, out var prepared);
        if (code == raw.SQLITE_INTERRUPT) cancelled.ThrowIfCancellationRequested();
        Check(code);
        return statements[text] = prepared;
    }

    private static void Bind(sqlite3_stmt statement, int place, object? value)
    {
        switch (value)
        {
            case null: raw.sqlite3_bind_null(statement, place); break;
            case long whole: raw.sqlite3_bind_int64(statement, place, whole); break;
            case double real: raw.sqlite3_bind_double(statement, place, real); break;
            case string text: BindText(statement, place, text); break;
            default: throw new ArgumentException($"No serving column holds a {value.GetType().Name}.", nameof(value));
        }
    }

    private static void BindText(sqlite3_stmt statement, int place, string text)
    {
        Span<byte> utf8 = stackalloc byte[256];
        raw.sqlite3_bind_text(statement, place, Encoding.UTF8.TryGetBytes(text, utf8, out var length) ? utf8[..length] : Encoding.UTF8.GetBytes(text));
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw new InvalidDataException($"A serving copy cannot be read: SQLite {code}, {(db is null ? "" : raw.sqlite3_errmsg(db).utf8_to_string())}.");
    }
}
