using System.Collections.Concurrent;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Gateway;

/// <summary>Calls and rows of each grant on each civil day (Asia/Shanghai): counted in memory, kept in a table every few seconds.</summary>
public sealed class DayUses(Db db, TimeProvider clock)
{
    private static readonly TimeSpan shanghai = TimeSpan.FromHours(8);
    private readonly ConcurrentDictionary<(Id<Grant> Grant, DateOnly Day), Use> uses = new();

    /// <summary>What a grant has used today.</summary>
    public (long Calls, long Rows) Today(Id<Grant> grant) => uses.TryGetValue((grant, Day()), out var use) ? (Interlocked.Read(ref use.Calls), Interlocked.Read(ref use.Rows)) : (0, 0);

    /// <summary>Counts one answered call.</summary>
    public void Add(Id<Grant> grant, long rows)
    {
        var use = uses.GetOrAdd((grant, Day()), static _ => new Use());
        Interlocked.Increment(ref use.Calls);
        Interlocked.Add(ref use.Rows, rows);
    }

    /// <summary>Reads what earlier runs of the node counted today.</summary>
    public async Task Load(CancellationToken ct)
    {
        var day = Day();
        foreach (var (grant, calls, rows) in await db.List($"select grant_id, calls, row_count from gateway_use where day = {day}", r => (r.Id<Grant>(0), r.GetInt64(1), r.GetInt64(2)), ct))
            uses.TryAdd((grant, day), new Use { Calls = calls, Rows = rows, SavedCalls = calls, SavedRows = rows });
    }

    /// <summary>Adds what is new to the table; several copies of the node add to the same rows.</summary>
    public async Task Save(CancellationToken ct)
    {
        foreach (var ((grant, day), use) in uses)
        {
            var (calls, rows) = (Interlocked.Read(ref use.Calls), Interlocked.Read(ref use.Rows));
            var (newCalls, newRows) = (calls - use.SavedCalls, rows - use.SavedRows);
            if (newCalls == 0 && newRows == 0)
            {
                if (day < Day()) uses.TryRemove((grant, day), out _);
                continue;
            }

            await db.Run(
                $"""
                insert into gateway_use (grant_id, day, calls, row_count) values ({grant}, {day}, {newCalls}, {newRows})
                on conflict (grant_id, day) do update set calls = gateway_use.calls + excluded.calls, row_count = gateway_use.row_count + excluded.row_count
                """, ct);
            (use.SavedCalls, use.SavedRows) = (calls, rows);
        }
    }

    /// <summary>Days and figures of a grant since a day, for its two sides.</summary>
    public Task<IReadOnlyList<DayUse>> Of(Id<Grant> grant, DateOnly since, CancellationToken ct) =>
        db.List($"select day, calls, row_count from gateway_use where grant_id = {grant} and day >= {since} order by day", r => new DayUse(r.Day(0), r.GetInt64(1), r.GetInt64(2)), ct);

    private DateOnly Day() => DateOnly.FromDateTime(clock.GetUtcNow().ToOffset(shanghai).DateTime);

    private sealed class Use
    {
        public long Calls;
        public long Rows;
        public long SavedCalls;
        public long SavedRows;
    }
}

/// <summary>What a grant used on one day.</summary>
public readonly record struct DayUse(DateOnly Day, long Calls, long Rows);
