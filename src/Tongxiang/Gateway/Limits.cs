using System.Collections.Frozen;
using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

/// <summary>A limit as it is wished: without the one it is for.</summary>
public sealed record LimitWish(int? CallsPerMinute, long? CallsPerDay, long? RowsPerDay, string Reason);

/// <summary>Limits of systems, departments and resources: kept in a table, read from memory on the path of a call, in force on every copy within a second.</summary>
public sealed class Limits(Db db, EvidenceLog evidence, TimeProvider clock, GatewaySettings settings, Catalogue? catalogue = null)
{
    private volatile FrozenDictionary<(LimitScope, Guid), Limit> all = FrozenDictionary<(LimitScope, Guid), Limit>.Empty;

    /// <summary>Whether any limit is set at all.</summary>
    public bool HasAny => all.Count > 0;

    /// <summary>What was set for it; null: nothing.</summary>
    public Limit? Find(LimitScope scope, Guid id) => all.Count == 0 ? null : all.GetValueOrDefault((scope, id));

    /// <summary>Calls a minute that hold for it now.</summary>
    public int PerMinute(LimitScope scope, Guid id) => Find(scope, id)?.CallsPerMinute ?? scope switch
    {
        LimitScope.Client => settings.ClientCallsPerMinute,
        LimitScope.Department => settings.DepartmentCallsPerMinute,
        LimitScope.Resource => settings.ResourceCallsPerMinute,
        _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, "Grants and addresses have their own."),
    };

    internal static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/limits").DisableAntiforgery().WithTags("gateway");
        group.MapGet("", (HttpContext http, Limits limits) => limits.List(http.Caller()).Answer(TypedResults.Ok)).WithName("gateway.limits");
        group.MapPut("/{scope}/{id:guid}", async (LimitScope scope, Guid id, LimitWish wish, HttpContext http, Limits limits, CancellationToken ct) =>
            (await limits.Set(http.Caller(), new Limit(scope, id, wish.CallsPerMinute, wish.CallsPerDay, wish.RowsPerDay, wish.Reason), ct)).Answer(TypedResults.Ok)).WithName("gateway.set-limit");
        group.MapDelete("/{scope}/{id:guid}", async (LimitScope scope, Guid id, HttpContext http, Limits limits, CancellationToken ct) =>
            await limits.Remove(http.Caller(), scope, id, ct) is { } refusal ? refusal.ToProblem() : TypedResults.NoContent()).WithName("gateway.remove-limit");
    }

    /// <summary>All of them, for those who may set any.</summary>
    public Outcome<Page<Limit>> List(Caller caller)
    {
        if (LimitRules.May(caller, LimitScope.Client, null) is { } refusal) return refusal;
        return new Page<Limit>([.. all.Values.OrderBy(l => l.Scope).ThenBy(l => l.Id)], null);
    }

    /// <summary>Sets or replaces a limit; it is in force when this returns.</summary>
    public async Task<Outcome<Limit>> Set(Caller caller, Limit limit, CancellationToken ct)
    {
        if (LimitRules.May(caller, limit.Scope, Provider(limit.Scope, limit.Id)) is { } refusal) return refusal;
        if (LimitRules.Check(limit) is { Count: > 0 } wrong) return Refusal.Invalid([.. wrong]);
        var at = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"""
                insert into gateway_limit (scope, id, calls_per_minute, calls_per_day, rows_per_day, reason, set_by, set_at)
                values ({limit.Scope}, {limit.Id.ToString()}, {limit.CallsPerMinute}, {limit.CallsPerDay}, {limit.RowsPerDay}, {limit.Reason}, {caller.Actor}, {at})
                on conflict (scope, id) do update set calls_per_minute = excluded.calls_per_minute, calls_per_day = excluded.calls_per_day, rows_per_day = excluded.rows_per_day,
                  reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at
                """);
            await evidence.Append(tx, Said("gateway.limit-set", caller, limit.Scope, limit.Id, at, [("callsPerMinute", Text(limit.CallsPerMinute)), ("callsPerDay", Text(limit.CallsPerDay)), ("rowsPerDay", Text(limit.RowsPerDay)), ("reason", limit.Reason)]));
        }, ct);
        await Load(ct);
        return limit;
    }

    /// <summary>Takes a limit away; the node's default holds again.</summary>
    public async Task<Refusal?> Remove(Caller caller, LimitScope scope, Guid id, CancellationToken ct)
    {
        if (LimitRules.May(caller, scope, Provider(scope, id)) is { } refusal) return refusal;
        var gone = await db.Commit(async tx =>
        {
            if (await tx.Run($"delete from gateway_limit where scope = {scope} and id = {id.ToString()}") == 0) return false;
            await evidence.Append(tx, Said("gateway.limit-removed", caller, scope, id, clock.GetUtcNow(), []));
            return true;
        }, ct);
        await Load(ct);
        return gone ? null : Refusal.NotFound(id.ToString());
    }

    /// <summary>Reads what any copy of the node set.</summary>
    public async Task Load(CancellationToken ct)
    {
        var now = await db.List($"select scope, id, calls_per_minute, calls_per_day, rows_per_day, reason from gateway_limit", Read, ct);
        all = now.ToFrozenDictionary(l => (l.Scope, l.Id));
    }

    private Id<Agency>? Provider(LimitScope scope, Guid id) => scope == LimitScope.Resource ? catalogue?.Find(new Id<Entry>(id))?.Agency : null;

    private static Happening Said(string kind, Caller caller, LimitScope scope, Guid id, DateTimeOffset at, IEnumerable<(string Name, string? Value)> facts) =>
        new(kind, caller.Actor, caller.Agency?.ToString(), $"{scope.ToString().ToLowerInvariant()}:{id}", at, facts.Where(f => f.Value is not null).ToDictionary(f => f.Name, f => f.Value!, StringComparer.Ordinal));

    private static string? Text(long? number) => number?.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Limit Read(DbDataReader row) => new(
        Enum.Parse<LimitScope>(row.GetString(0)), Guid.Parse(row.GetString(1)), row.IsDBNull(2) ? null : (int)row.GetInt64(2), row.IsDBNull(3) ? null : row.GetInt64(3), row.IsDBNull(4) ? null : row.GetInt64(4), row.GetString(5));
}
