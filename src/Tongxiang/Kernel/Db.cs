using System.Collections.Concurrent;
using System.Data.Common;
using System.Runtime.CompilerServices;

namespace Tongxiang.Kernel;

/// <summary>The control data's database: portable statements in, rows out, one commit at a time on the embedded store.</summary>
public sealed class Db : IAsyncDisposable
{
    private const int KeptReaders = 16;
    private readonly string connectionString;
    private readonly StatementTrace? trace;
    private readonly ConcurrentBag<DbConnection> idle = [];
    private readonly SemaphoreSlim writeGate = new(1, 1);
    private DbConnection? writer;

    public Db(Store store, string connectionString, StatementTrace? trace = null)
    {
        Store = store;
        this.connectionString = connectionString;
        this.trace = trace;
    }

    public Store Store { get; }

    /// <summary>All rows of a query.</summary>
    public async Task<IReadOnlyList<T>> List<T>(Sql sql, Func<DbDataReader, T> read, CancellationToken ct, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var connection = await Rent(ct);
        try
        {
            return await Statement.List(connection, null, sql, read, ct);
        }
        finally
        {
            trace?.Ran(Store, file, line);
            await Return(connection);
        }
    }

    /// <summary>The first row, or null (default) when there is none.</summary>
    public async Task<T?> One<T>(Sql sql, Func<DbDataReader, T> read, CancellationToken ct, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var connection = await Rent(ct);
        try
        {
            return await Statement.One(connection, null, sql, read, ct);
        }
        finally
        {
            trace?.Ran(Store, file, line);
            await Return(connection);
        }
    }

    /// <summary>Hands over row after row without holding them all.</summary>
    public async Task Each(Sql sql, Func<DbDataReader, ValueTask> take, CancellationToken ct, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var connection = await Rent(ct);
        try
        {
            await using var command = Statement.Command(connection, null, sql);
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct)) await take(rows);
        }
        finally
        {
            trace?.Ran(Store, file, line);
            await Return(connection);
        }
    }

    /// <summary>Runs one statement in a commit of its own; the number of rows it touched.</summary>
    public Task<int> Run(Sql sql, CancellationToken ct, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Commit(tx => tx.Run(sql, file, line), ct);

    /// <summary>Everything inside happens, or nothing does. Writers on SQLite wait for each other here instead of failing as busy.</summary>
    public async Task<T> Commit<T>(Func<Tx, Task<T>> work, CancellationToken ct)
    {
        if (Store == Store.Sqlite) await writeGate.WaitAsync(ct);
        try
        {
            var connection = Store == Store.Sqlite ? writer ??= await Dialect.OpenWriter(connectionString, ct) : await Rent(ct);
            try
            {
                return await CommitOn(connection, work, ct);
            }
            finally
            {
                if (Store == Store.PostgreSql) await Return(connection);
            }
        }
        finally
        {
            if (Store == Store.Sqlite) writeGate.Release();
        }
    }

    public async Task Commit(Func<Tx, Task> work, CancellationToken ct) =>
        await Commit(async tx =>
        {
            await work(tx);
            return true;
        }, ct);

    public async ValueTask DisposeAsync()
    {
        while (idle.TryTake(out var connection)) await connection.DisposeAsync();
        if (writer is not null) await writer.DisposeAsync();
        writeGate.Dispose();
    }

    private async Task<T> CommitOn<T>(DbConnection connection, Func<Tx, Task<T>> work, CancellationToken ct)
    {
        Tx tx;
        T result;
        await using (var transaction = await Dialect.Begin(connection, ct))
        {
            tx = new Tx(Store, connection, transaction, trace, ct);
            result = await work(tx);
            // Past this point the outcome must not depend on the caller's patience.
            await transaction.CommitAsync(CancellationToken.None);
        }
        tx.RunAfter();
        return result;
    }

    private async ValueTask<DbConnection> Rent(CancellationToken ct) =>
        idle.TryTake(out var connection) ? connection : await Dialect.Open(Store, connectionString, ct);

    private async ValueTask Return(DbConnection connection)
    {
        if (Store == Store.Sqlite && connection.State == System.Data.ConnectionState.Open && idle.Count < KeptReaders) idle.Add(connection);
        else await connection.DisposeAsync();
    }
}

/// <summary>One commit under way: its statements see each other, and nobody else sees them before the end.</summary>
public sealed class Tx
{
    private const int RowsAtOnce = 100;
    private readonly DbConnection connection;
    private readonly DbTransaction transaction;
    private readonly StatementTrace? trace;
    private readonly List<Action> after = [];

    internal Tx(Store store, DbConnection connection, DbTransaction transaction, StatementTrace? trace, CancellationToken ct)
    {
        Store = store;
        this.connection = connection;
        this.transaction = transaction;
        this.trace = trace;
        Ct = ct;
    }

    public Store Store { get; }

    public CancellationToken Ct { get; }

    public async Task<int> Run(Sql sql, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        trace?.Ran(Store, file, line);
        await using var command = Statement.Command(connection, transaction, sql);
        return await command.ExecuteNonQueryAsync(Ct);
    }

    /// <summary>Inserts many rows of one form: on SQLite one after the other by one prepared statement, because it finds a parameter by walking all of a statement's; on PostgreSQL many at once, because each statement is a journey.</summary>
    public async Task Insert(Sql head, IEnumerable<Sql> rows, Sql tail, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (Store == Store.PostgreSql)
        {
            foreach (var some in rows.Chunk(RowsAtOnce)) await Run(head.Then(Sql.Join(", ", some)).Then(tail), file, line);
            return;
        }
        DbCommand? prepared = null;
        try
        {
            foreach (var row in rows)
            {
                if (prepared is null) prepared = Statement.Command(connection, transaction, head.Then(row).Then(tail));
                else row.Refill(prepared);
                await prepared.ExecuteNonQueryAsync(Ct);
            }
        }
        finally
        {
            if (prepared is not null) await prepared.DisposeAsync();
            trace?.Ran(Store, file, line);
        }
    }

    public Task<T?> One<T>(Sql sql, Func<DbDataReader, T> read, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        trace?.Ran(Store, file, line);
        return Statement.One(connection, transaction, sql, read, Ct);
    }

    public Task<IReadOnlyList<T>> List<T>(Sql sql, Func<DbDataReader, T> read, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        trace?.Ran(Store, file, line);
        return Statement.List(connection, transaction, sql, read, Ct);
    }

    /// <summary>The next number of a named sequence: without gaps and in commit order, because its row stays locked until the commit.</summary>
    public async Task<long> Next(string sequence) =>
        await One(
            $"""
            insert into kernel_sequence (name, value) values ({sequence}, 1)
            on conflict (name) do update set value = kernel_sequence.value + 1
            returning value
            """,
            row => row.GetInt64(0));

    /// <summary>Something to do once the commit stands, such as waking a follower. It must not fail and must not wait.</summary>
    public void After(Action action) => after.Add(action);

    internal void RunAfter()
    {
        foreach (var action in after) action();
    }
}

/// <summary>Remembers which statement ran on which store, so that a test can find those that never did.</summary>
public sealed class StatementTrace
{
    private readonly ConcurrentDictionary<(Store Store, string File, int Line), byte> ran = new();

    public IEnumerable<(Store Store, string File, int Line)> All => ran.Keys;

    public void Ran(Store store, string file, int line) => ran.TryAdd((store, file, line), 0);
}

internal static class Statement
{
    public static DbCommand Command(DbConnection connection, DbTransaction? transaction, Sql sql)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        sql.Fill(command);
        return command;
    }

    public static async Task<IReadOnlyList<T>> List<T>(DbConnection connection, DbTransaction? transaction, Sql sql, Func<DbDataReader, T> read, CancellationToken ct)
    {
        await using var command = Command(connection, transaction, sql);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var list = new List<T>();
        while (await rows.ReadAsync(ct)) list.Add(read(rows));
        return list;
    }

    public static async Task<T?> One<T>(DbConnection connection, DbTransaction? transaction, Sql sql, Func<DbDataReader, T> read, CancellationToken ct)
    {
        await using var command = Command(connection, transaction, sql);
        await using var rows = await command.ExecuteReaderAsync(ct);
        return await rows.ReadAsync(ct) ? read(rows) : default;
    }
}
