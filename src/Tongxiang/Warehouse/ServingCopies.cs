using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using SQLitePCL;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>How much one call may read and hold.</summary>
public sealed record ServeLimits
{
    /// <summary>Steps of SQLite's machine, about ten a row looked at: twenty million are about a second.</summary>
    public long Steps { get; init; } = 20_000_000;

    /// <summary>Time limit of a statement on PostgreSQL.</summary>
    public int Milliseconds { get; init; } = 2_000;

    /// <summary>Bytes of one answer.</summary>
    public long PageBytes { get; init; } = 64 << 20;
}

/// <summary>Answers plans from the serving copies of versions, alike on both stores.</summary>
public sealed class ServingCopies : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Id<Version>, ServeFile> files = new();
    private readonly ServePostgres? postgres;
    private readonly ServeLimits limits;
    private readonly Home home;
    private readonly Store store;

    public ServingCopies(NodeSettings settings, Home home, ServeLimits? limits = null)
    {
        (this.home, store, this.limits) = (home, settings.Store, limits ?? new ServeLimits());
        if (store == Store.PostgreSql) postgres = new ServePostgres(settings.ConnectionString(home), this.limits);
    }

    /// <summary>What a call that was stopped for reading too much has cost, in the measure of <see cref="ServedPage.Cost"/>.</summary>
    public long MostCost => limits.Steps / 1_000;

    /// <summary>The rows of the plan; refused when it would have to read too much to find them.</summary>
    /// <exception cref="FileNotFoundException">The version has no serving copy.</exception>
    public async ValueTask<Outcome<ServedPage>> Read(Version version, Plan plan, CancellationToken ct)
    {
        var key = ServeLayout.Key(version);
        var table = store == Store.PostgreSql ? ServeLayout.PostgresTable(version.Id) : ServeLayout.SqliteTable;
        var page = new ServedPage(plan.Columns, limits.PageBytes);
        if (plan.Subject is not null) page.Subjects = new SubjectList();
        var isPoint = PlanSql.IsPoint(plan, key);
        var taken = new Taking(page, plan.Limit, plan.Subject is { } subject ? Subjects.KindOf(subject) : null, isPoint ? 0 : PlanSql.Continuing(plan, key).Count());
        var done = await Run(version, PlanSql.Rows(store, table, key, plan), taken.Sqlite, taken.Postgres, page, plan.IsFile ? Reading.File : isPoint ? Reading.Point : Reading.Page, ct);
        if (!done || page.IsFull)
        {
            page.Dispose();
            return done ? new Refusal(400, "warehouse.page-too-large", limits.PageBytes >> 20) : TooMuch(version);
        }

        page.Next = taken.Next;
        if (await Total(version, table, plan, page, ct) is not { } refusal) return page;
        page.Dispose();
        return refusal;
    }

    /// <summary>Closes what is open of a version, before its copy is removed.</summary>
    public void Forget(Id<Version> version)
    {
        if (files.TryRemove(version, out var file)) file.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var version in files.Keys) Forget(version);
        if (postgres is not null) await postgres.DisposeAsync();
    }

    private async ValueTask<Refusal?> Total(Version version, string table, Plan plan, ServedPage page, CancellationToken ct)
    {
        if (plan.Count == PlanCount.None) return null;
        // The size of the version is the answer to an estimate, but not to someone who may see only some of its rows.
        if (plan.Count == PlanCount.Planned && plan.Granted is null)
        {
            page.Total = version.Rows;
            return null;
        }

        if (plan is { Offset: 0, After: null } && page.Next is null && page.Rows < plan.Limit)
        {
            page.Total = page.Rows;
            return null;
        }

        var counted = plan.Count == PlanCount.Planned ? plan with { Where = null } : plan;
        if (counted.Where is null && counted.Granted is null)
        {
            page.Total = version.Rows;
            return null;
        }

        return await Counted(version, table, counted, page, ct) ? null : TooMuch(version);
    }

    private ValueTask<bool> Counted(Version version, string table, Plan counted, ServedPage page, CancellationToken ct) =>
        Run(version, PlanSql.Count(store, table, counted), row => page.Total = raw.sqlite3_column_int64(row, 0), row => page.Total = row.GetInt64(0), page, Reading.Page, ct);

    private async ValueTask<bool> Run(
        Version version, ServeStatement statement, Action<sqlite3_stmt> sqlite, Action<Npgsql.NpgsqlDataReader> reader, ServedPage page, Reading reading, CancellationToken ct)
    {
        if (postgres is not null)
        {
            var started = Stopwatch.GetTimestamp();
            var whole = await postgres.Run(statement, reader, reading, ct);
            page.Cost += (long)(Stopwatch.GetElapsedTime(started).TotalMilliseconds * limits.Steps / 1_000 / limits.Milliseconds);
            return whole;
        }

        var file = files.GetOrAdd(version.Id, id => File.Exists(ServeLayout.SqliteFile(home, id))
            ? new ServeFile(ServeLayout.SqliteFile(home, id))
            : throw new FileNotFoundException($"Version {id} has no serving copy."));
        var connection = file.Rent();
        try
        {
            return connection.Run(statement, sqlite, reading == Reading.File ? long.MaxValue : limits.Steps, ct);
        }
        finally
        {
            page.Cost += connection.Cost;
            file.Return(connection);
        }
    }

    private static Refusal TooMuch(Version version) => new(400, "warehouse.scan-too-large", string.Join(", ", version.Key));

    // Takes the rows asked for and from the surplus one only that it is there.
    private sealed class Taking(ServedPage page, long limit, SubjectKind? subject, int continuing)
    {
        private object?[]? last;

        public IReadOnlyList<object?>? Next { get; private set; }

        public void Sqlite(sqlite3_stmt row)
        {
            if (page.Rows == limit || page.IsFull)
            {
                Next = last;
                return;
            }

            ServeConnection.Take(row, page);
            if (subject is { } kind) page.Subjects!.Add(kind, raw.sqlite3_column_blob(row, page.Columns.Count + continuing));
            if (page.Rows == limit) Remember(i => ServeConnection.Value(row, i));
        }

        public void Postgres(Npgsql.NpgsqlDataReader row)
        {
            if (page.Rows == limit || page.IsFull)
            {
                Next = last;
                return;
            }

            ServePostgres.Take(row, page);
            if (subject is { } kind) page.Subjects!.Add(kind, Encoding.UTF8.GetBytes(Convert.ToString(ServePostgres.Value(row, page.Columns.Count + continuing), CultureInfo.InvariantCulture) ?? ""));
            if (page.Rows == limit) Remember(i => ServePostgres.Value(row, i));
        }

        private void Remember(Func<int, object?> value) => last = [.. Enumerable.Range(page.Columns.Count, continuing).Select(value)];
    }
}
