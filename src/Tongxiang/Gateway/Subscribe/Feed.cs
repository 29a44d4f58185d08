using Tongxiang.Evidence;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway.Subscribe;

/// <summary>One event for a follower: changed rows as the right gives them, or a new version.</summary>
/// <param name="Place">Where the follower stands after it; its id.</param>
/// <param name="Kind"><c>rows</c> or <c>version</c>.</param>
/// <param name="Json">One line.</param>
internal sealed record PushEvent(EventPlace Place, string Kind, byte[] Json, int Rows, Receipt? Receipt);

/// <summary>Makes a call of the follower: of a version, with the plan narrowed; every time anew, for each batch is decided anew.</summary>
internal delegate Call CallMaker(long? version, Func<QueryScope, Plan, Outcome<Plan>>? adjust);

/// <summary>What follows after a place in the feed of a resource, as one right sees it. It keeps nothing: whoever asks again gets the same event again.</summary>
public sealed class Feed(Calls calls, GatewaySources sources, Promotions promotions, Versions versions, KnownChanges changes)
{
    private const int keysPerEvent = 500;

    internal Task<long> Last(Id<Catalog.Entry> entry, CancellationToken ct) => promotions.Last(entry, ct);

    /// <summary>The next event, nothing when there is none, or why the follower gets none.</summary>
    internal async Task<(PushEvent? Event, Stop? Stop)> Next(CallMaker make, EventPlace after, bool tellsRows, CancellationToken ct)
    {
        var look = make(null, null);
        if (await calls.StillHolds(look, ct) is { } stop) return (null, stop);
        var seq = after.Skip > 0 ? after.Seq - 1 : after.Seq;
        if ((await promotions.After(look.Entry!.Id, seq, 1, ct)) is not [var next]) return (null, null);
        if (await versions.Find(next.Version, ct) is not { State: not VersionState.Destroyed } to) return (EventJson.Version(look, next, null, null, false), null);
        var from = next.Before is { } before ? await versions.Find(before, ct) : null;
        var told = tellsRows && from is { State: not VersionState.Destroyed } ? await Told(look, from, to, ct) : null;
        var skip = next.Seq == after.Seq ? after.Skip : 0;
        if (told is null || skip >= told.Items.Count) return (EventJson.Version(look, next, from, to, told is not null), null);
        return await Rows(make, look, next, (from!, to), told, skip, ct);
    }

    // Rows can be told when they have a key, the same in both versions, which the right gives in clear; and when there are not so many that the file is the better way.
    private async Task<ChangedKeys?> Told(Call look, Version from, Version to, CancellationToken ct)
    {
        var scope = look.Scope!;
        if (to.Key.Count == 0 || !from.Key.SequenceEqual(to.Key) || !to.Key.All(name => scope.Find(name) is { IsMasked: false })) return null;
        var deciding = new HashSet<string>(StringComparer.Ordinal);
        if (scope.Rows is { } rows) Names(rows, deciding);
        var found = await changes.Of(from, to, scope.Columns.Select(column => column.Field.Name).ToHashSet(StringComparer.Ordinal), deciding, ct);
        return found is { IsRefused: false, Value.IsWhole: true } ? found.Value : null;
    }

    private async Task<(PushEvent?, Stop?)> Rows(CallMaker make, Call look, Promotion next, (Version From, Version To) pair, ChangedKeys told, int skip, CancellationToken ct)
    {
        var some = told.Items.Skip(skip).Take(keysPerEvent).ToList();
        var fields = pair.To.Key.Select(name => pair.To.Columns.First(field => field.Name == name)).ToList();
        var keys = KeyFilter.Any([.. some.Select(one => Predicate.All([.. fields.Select((field, i) => Literals.Compare(field, PlanOperator.Eq, one.Key[i])!)]))]);
        if (await calls.Present(look, pair.From, keys, some.Count, ct) is not { } stood) return (EventJson.Version(look, next, pair.From, pair.To, false), null);
        await sources.Serve(pair.To, ct);
        var call = make(pair.To.Number, (scope, plan) => plan with { Where = keys, Limit = some.Count, Columns = WithKey(scope, plan, fields) });
        if (await DataFace.Try(calls, sources, call, ct) is { } stop) return (null, stop);
        using var page = call.Page!;
        var place = new EventPlace(next.Seq, skip + some.Count);
        return (EventJson.Rows(place, look, next, pair, some, fields, stood, page, call.Receipt), null);
    }

    private static List<PlanColumn> WithKey(QueryScope scope, Plan plan, List<Catalog.Field> key)
    {
        var columns = plan.Columns.ToList();
        columns.InsertRange(0, key.Where(field => columns.TrueForAll(column => column.Field.Name != field.Name)).Select(field => new PlanColumn(scope.Find(field.Name)!.Field, field.Name)));
        return columns;
    }

    private static void Names(Predicate predicate, HashSet<string> into)
    {
        if (predicate.Field is { } field) into.Add(field.Name);
        foreach (var part in predicate.Parts) Names(part, into);
    }
}
