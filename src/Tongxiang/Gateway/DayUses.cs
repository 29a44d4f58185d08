using System.Collections.Concurrent;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Gateway;

/// <summary>Calls and rows of each grant on each civil day (Asia/Shanghai), and of whatever else has a limit of the day: counted in memory, kept in a table every few seconds.</summary>
public sealed class DayUses(Db db, TimeProvider clock)
{
    private readonly ConcurrentDictionary<(LimitScope Scope, Guid Id, DateOnly Day), Use> uses = new();

    /// <summary>What a grant has used today, with what calls under way hold of it.</summary>
    public (long Calls, long Rows) Today(Id<Grant> grant)
    {
        return Today(LimitScope.Grant, grant.Value);
    }

    /// <summary>The same of a system, department or resource; counted since it was given a limit of the day.</summary>
    public (long Calls, long Rows) Today(LimitScope scope, Guid id)
    {
        if (!uses.TryGetValue((scope, id, Day()), out var use)) return (0, 0);
        lock (use) return (use.Calls + use.HeldCalls, use.Rows + use.HeldRows);
    }

    /// <summary>Holds one call and so many rows of the day before they leave, so that calls side by side cannot take the same rows; null when they are not left.</summary>
    internal HeldUse? Hold(LimitScope scope, Guid id, long rows, long mostCalls, long mostRows, HeldUse? also = null)
    {
        var use = uses.GetOrAdd((scope, id, Day()), static _ => new Use());
        lock (use)
        {
            if (use.Calls + use.HeldCalls >= mostCalls || use.Rows + use.HeldRows >= mostRows || use.Rows + use.HeldRows + rows > mostRows) return null;
            use.HeldCalls++;
            use.HeldRows += rows;
        }
        return new HeldUse(use, rows, mostRows) { Also = also };
    }

    /// <summary>Reads what earlier runs of the node counted today.</summary>
    public async Task Load(CancellationToken ct)
    {
        var day = Day();
        foreach (var (grant, calls, rows) in await db.List($"select grant_id, calls, row_count from gateway_use where day = {day}", r => (r.Id<Grant>(0), r.GetInt64(1), r.GetInt64(2)), ct))
            uses.TryAdd((LimitScope.Grant, grant.Value, day), new Use { Calls = calls, Rows = rows, SavedCalls = calls, SavedRows = rows });
        foreach (var (scope, id, calls, rows) in await db.List($"select scope, id, calls, row_count from gateway_scope_use where day = {day}", r => (Enum.Parse<LimitScope>(r.GetString(0)), Guid.Parse(r.GetString(1)), r.GetInt64(2), r.GetInt64(3)), ct))
            uses.TryAdd((scope, id, day), new Use { Calls = calls, Rows = rows, SavedCalls = calls, SavedRows = rows });
    }

    /// <summary>Adds what is new to the table; several copies of the node add to the same rows.</summary>
    public async Task Save(CancellationToken ct)
    {
        foreach (var ((scope, id, day), use) in uses)
        {
            long calls, rows, held;
            lock (use) (calls, rows, held) = (use.Calls, use.Rows, use.HeldCalls);
            var (newCalls, newRows) = (calls - use.SavedCalls, rows - use.SavedRows);
            if (newCalls == 0 && newRows == 0)
            {
                if (day < Day() && held == 0) uses.TryRemove((scope, id, day), out _);
                continue;
            }

            await Add(scope, id, day, newCalls, newRows, ct);
            (use.SavedCalls, use.SavedRows) = (calls, rows);
        }
    }

    private Task<int> Add(LimitScope scope, Guid id, DateOnly day, long calls, long rows, CancellationToken ct) => scope == LimitScope.Grant
        ? db.Run(
            $"""
            insert into gateway_use (grant_id, day, calls, row_count) values ({new Id<Grant>(id)}, {day}, {calls}, {rows})
            on conflict (grant_id, day) do update set calls = gateway_use.calls + excluded.calls, row_count = gateway_use.row_count + excluded.row_count
            """, ct)
        : db.Run(
            $"""
            insert into gateway_scope_use (scope, id, day, calls, row_count) values ({scope}, {id.ToString()}, {day}, {calls}, {rows})
            on conflict (scope, id, day) do update set calls = gateway_scope_use.calls + excluded.calls, row_count = gateway_scope_use.row_count + excluded.row_count
            """, ct);

    /// <summary>Days and figures of a grant since a day, for its two sides.</summary>
    public Task<IReadOnlyList<DayUse>> Of(Id<Grant> grant, DateOnly since, CancellationToken ct) =>
        db.List($"select day, calls, row_count from gateway_use where grant_id = {grant} and day >= {since} order by day", r => new DayUse(r.Day(0), r.GetInt64(1), r.GetInt64(2)), ct);

    private DateOnly Day() => WorkCalendar.Day(clock.GetUtcNow());

    /// <summary>One grant on one day; read and changed under its own lock.</summary>
    internal sealed class Use
    {
        public long Calls;
        public long Rows;
        public long HeldCalls;
        public long HeldRows;
        public long SavedCalls;
        public long SavedRows;
    }
}

/// <summary>What a grant used on one day.</summary>
public readonly record struct DayUse(DateOnly Day, long Calls, long Rows);

/// <summary>What one call holds of a day, until it is settled with what left or given back whole. It belongs to the day it was taken on.</summary>
internal sealed class HeldUse(DayUses.Use use, long rows, long most)
{
    private bool isOver;

    /// <summary>What it holds of another limit at the same time; it is covered, settled and released with this one.</summary>
    public HeldUse? Also { get; init; }

    /// <summary>Makes sure that so many rows are held in all; false when the day has not that many left.</summary>
    public bool Cover(long total) => CoverOwn(total) && Also?.Cover(total) != false;

    private bool CoverOwn(long total)
    {
        lock (use)
        {
            var more = total - rows;
            if (more <= 0) return true;
            if (use.Rows + use.HeldRows + more > most) return false;
            use.HeldRows += more;
            rows = total;
            return true;
        }
    }

    /// <summary>Counts the call and what left; the rest is free again.</summary>
    public void Settle(long sent)
    {
        lock (use)
        {
            if (Leave_NeedsLock())
            {
                use.Calls++;
                use.Rows += sent;
            }
        }
        Also?.Settle(sent);
    }

    /// <summary>Nothing left: the call does not count.</summary>
    public void Release()
    {
        lock (use) Leave_NeedsLock();
        Also?.Release();
    }

    private bool Leave_NeedsLock()
    {
        if (isOver) return false;
        isOver = true;
        use.HeldCalls--;
        use.HeldRows -= rows;
        return true;
    }
}
