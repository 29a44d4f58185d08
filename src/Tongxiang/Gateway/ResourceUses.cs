using System.Collections.Concurrent;
using System.Collections.Frozen;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

/// <summary>What was used of a resource on one civil day, by whomever.</summary>
public readonly record struct ResourceDay(DateOnly Day, long Calls, long Rows);

/// <summary>What was used of a resource since its first call, and in the last thirty days.</summary>
public readonly record struct ResourceTotal(long Calls, long Rows, long CallsInThirtyDays);

/// <summary>Figures from elsewhere, marked with where they come from: a take-over, or a generator.</summary>
public readonly record struct ForeignDay(Id<Entry> Entry, DateOnly Day, long Calls, long Rows);

/// <summary>Answered calls and rows of every resource on each civil day (Asia/Shanghai): figures for pages and rankings, without any caller. The proof of a call is in the log.</summary>
public sealed class ResourceUses(Db db, TimeProvider clock)
{
    /// <summary>Origin of what this node counted itself.</summary>
    public const string Own = "";

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<(Id<Entry> Entry, DateOnly Day), Use> uses = new();
    private volatile Totals totals = new(FrozenDictionary<Id<Entry>, ResourceTotal>.Empty, [], DateTimeOffset.MinValue);

    /// <summary>Other origins that the figures contain: whoever shows them must say so.</summary>
    public IReadOnlyList<string> Origins => totals.Origins;

    /// <summary>As of half a minute ago at most.</summary>
    public ResourceTotal Of(Id<Entry> entry) => totals.ByEntry.GetValueOrDefault(entry);

    /// <summary>Counts one answered call.</summary>
    public void Add(Id<Entry> entry, long rows)
    {
        var use = uses.GetOrAdd((entry, Today()), static _ => new Use());
        Interlocked.Increment(ref use.Calls);
        Interlocked.Add(ref use.Rows, rows);
    }

    /// <summary>The last days, the newest last, days without a call as zero; of all resources when none is named.</summary>
    public async Task<IReadOnlyList<ResourceDay>> Days(Id<Entry>? entry, int days, CancellationToken ct)
    {
        var (today, since) = (Today(), Today().AddDays(1 - days));
        var found = entry is { } id
            ? await db.List($"select day, cast(sum(calls) as bigint), cast(sum(row_count) as bigint) from gateway_resource_use where entry_id = {id} and day >= {since} group by day", Read, ct)
            : await db.List($"select day, cast(sum(calls) as bigint), cast(sum(row_count) as bigint) from gateway_resource_use where day >= {since} group by day", Read, ct);
        var byDay = found.ToDictionary(d => d.Day);
        return [.. Enumerable.Range(0, days).Select(i => since.AddDays(i)).Where(d => d <= today).Select(d => byDay.GetValueOrDefault(d, new ResourceDay(d, 0, 0)))];
    }

    /// <summary>Takes in figures from elsewhere; the same origin and day are replaced, so that repeating it changes nothing.</summary>
    public async Task Import(string origin, IEnumerable<ForeignDay> days, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(origin);
        await db.Commit(async tx =>
        {
            foreach (var d in days)
            {
                await tx.Run(
                    $"""
                    insert into gateway_resource_use (entry_id, day, origin, calls, row_count) values ({d.Entry}, {d.Day}, {origin}, {d.Calls}, {d.Rows})
                    on conflict (entry_id, day, origin) do update set calls = excluded.calls, row_count = excluded.row_count
                    """);
            }
        }, ct);
        await Load(ct);
    }

    /// <summary>Adds what is new to the table; several copies of the node add to the same rows. Reads the totals again every half minute.</summary>
    public async Task Save(CancellationToken ct)
    {
        foreach (var ((entry, day), use) in uses)
        {
            var (calls, rows) = (Interlocked.Read(ref use.Calls), Interlocked.Read(ref use.Rows));
            if (calls == 0)
            {
                if (day < Today()) uses.TryRemove((entry, day), out _);
                continue;
            }
            await db.Run(
                $"""
                insert into gateway_resource_use (entry_id, day, origin, calls, row_count) values ({entry}, {day}, {Own}, {calls}, {rows})
                on conflict (entry_id, day, origin) do update set calls = gateway_resource_use.calls + excluded.calls, row_count = gateway_resource_use.row_count + excluded.row_count
                """, ct);
            Interlocked.Add(ref use.Calls, -calls);
            Interlocked.Add(ref use.Rows, -rows);
        }
        if (clock.GetUtcNow() - totals.At >= Fresh) await Load(ct);
    }

    public async Task Load(CancellationToken ct)
    {
        var month = Today().AddDays(-29);
        var rows = await db.List(
            $"select entry_id, cast(sum(calls) as bigint), cast(sum(row_count) as bigint), cast(sum(case when day >= {month} then calls else 0 end) as bigint) from gateway_resource_use group by entry_id",
            r => (Entry: r.Id<Entry>(0), Total: new ResourceTotal(r.GetInt64(1), r.GetInt64(2), r.GetInt64(3))), ct);
        var origins = await db.List($"select distinct origin from gateway_resource_use where origin <> {Own} order by origin", r => r.GetString(0), ct);
        totals = new Totals(rows.ToFrozenDictionary(r => r.Entry, r => r.Total), origins, clock.GetUtcNow());
    }

    private static ResourceDay Read(System.Data.Common.DbDataReader row) => new(row.Day(0), row.GetInt64(1), row.GetInt64(2));

    private DateOnly Today() => WorkCalendar.Day(clock.GetUtcNow());

    private sealed record Totals(FrozenDictionary<Id<Entry>, ResourceTotal> ByEntry, IReadOnlyList<string> Origins, DateTimeOffset At);

    private sealed class Use
    {
        public long Calls;
        public long Rows;
    }
}
