using SQLitePCL;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>A few rows that came from elsewhere, for the time of one call: a plan is applied to them exactly as to a serving copy.</summary>
public sealed class AnswerTable : IDisposable
{
    private const long steps = 20_000_000;
    private readonly ServeConnection connection = ServeConnection.InMemory();
    private readonly Version version;
    private readonly string insert;
    private long rows;

    public AnswerTable(Version version)
    {
        this.version = version;
        using var create = new Microsoft.Data.Sqlite.SqliteCommand();
        ServeLayout.Create(version, Store.Sqlite).Fill(create);
        connection.Run(new ServeStatement(create.CommandText, []), _ => { }, steps, default);
        var width = version.Columns.Count + (version.Key.Count == 0 ? 1 : 0);
        insert = $"insert into {ServeLayout.SqliteTable} values ({string.Join(", ", Enumerable.Range(0, width).Select(i => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"@p{i}")))})";
    }

    /// <summary>Rows taken in.</summary>
    public long Rows => rows;

    /// <summary>Takes a row in the stored form of the version's columns; false when its key stands already or has an empty part.</summary>
    public bool Add(IReadOnlyList<object?> cells)
    {
        rows++;
        IReadOnlyList<object?> all = version.Key.Count == 0 ? [rows, .. cells] : cells;
        try
        {
            return connection.Run(new ServeStatement(insert, all!), _ => { }, steps, default);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>The rows of the plan; refused when looking through them would take too much.</summary>
    public Outcome<ServedPage> Read(Plan plan, CancellationToken ct)
    {
        var key = ServeLayout.Key(version);
        var page = new ServedPage(plan.Columns);
        if (plan.Subject is not null) page.Subjects = new SubjectList();
        var subject = plan.Columns.Count + (PlanSql.IsPoint(plan, key) ? 0 : PlanSql.Continuing(plan, key).Count());
        var isMore = false;
        var done = connection.Run(PlanSql.Rows(Store.Sqlite, ServeLayout.SqliteTable, key, plan), row =>
        {
            if (page.Rows == plan.Limit)
            {
                isMore = true;
                return;
            }

            ServeConnection.Take(row, page);
            // Who was told of belongs to the journal, wherever the rows stand.
            if (plan.Subject is { } field) page.Subjects!.Add(Subjects.KindOf(field), raw.sqlite3_column_blob(row, subject));
        }, steps, ct);
        if (done && plan.Count != PlanCount.None)
            done = connection.Run(PlanSql.Count(Store.Sqlite, ServeLayout.SqliteTable, plan), row => page.Total = raw.sqlite3_column_int64(row, 0), steps, ct);
        IsCut = isMore;
        if (done) return page;
        page.Dispose();
        return new Refusal(400, "warehouse.scan-too-large", string.Join(", ", version.Key));
    }

    /// <summary>Whether the plan's limit left rows out.</summary>
    public bool IsCut { get; private set; }

    public void Dispose() => connection.Dispose();
}
