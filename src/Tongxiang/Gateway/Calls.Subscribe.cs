using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway;

// What a subscription (订阅) needs besides the steps: a permission when it opens, a look whether it still holds, and the closing.
public sealed partial class Calls
{
    /// <summary>Opens the way for a stream of changes: decided, planned, and on record before the first byte. Each batch of rows is a call of its own.</summary>
    internal async ValueTask<Stop?> Subscribe(Call call, CancellationToken ct)
    {
        if (await Decide(call, ct) is { } stop) return stop;
        Stop? bad = await MakePlan(call, ct);
        if (bad is null && call.Plan is not { Where: null, Order.Count: 0, Offset: 0, After: null, Count: PlanCount.None }) bad = new Refusal(400, "gateway.subscribe-query");
        if (bad is not null) return await Stopped(call, bad, ct);
        call.Receipt = await witnessing.Permitted(call, string.Join(',', call.Plan!.Columns.Select(c => c.Field.Name)), ct);
        return null;
    }

    /// <summary>Whether the call would pass now: resource, right and fuse, from the snapshots in memory, without taking of the rate.</summary>
    internal async ValueTask<Stop?> StillHolds(Call call, CancellationToken ct)
    {
        foreach (var (name, step) in deciding)
        {
            if (name is "rate" or "behaviour") continue;
            if (await step(call, ct) is { } stop) return stop;
        }

        return Scope(call);
    }

    /// <summary>Which of the keys stand in a version among the rows that the right gives; null when they cannot be found with reasonable effort.</summary>
    internal async ValueTask<HashSet<string>?> Present(Call call, Version version, Predicate keys, int most, CancellationToken ct)
    {
        var scope = scopes.Of(call.Entry!, version, call.Grant, call.Caller.IsGovernment ? Audience.Departments : Audience.Outside);
        if (scope.IsRefused) return null;
        await sources.Serve(version, ct);
        var columns = version.Key.Select(name => new PlanColumn(version.Columns.First(field => field.Name == name), name)).ToList();
        var read = await copies.Read(version, new Plan(columns, keys, [], most, 0, null, PlanCount.None) { Granted = scope.Value.Rows }, ct);
        if (read.IsRefused) return null;
        using var page = read.Value;
        int[] places = [.. Enumerable.Range(0, columns.Count)];
        return Enumerable.Range(0, page.Rows).Select(row => KeyText(page, row, places)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The key of a row as one text.</summary>
    internal static string KeyText(ServedPage page, int row, IReadOnlyList<int> places) => string.Join('\u001f', places.Select(column => page.Text(row, column)));

    /// <summary>Puts on record that a stream ended; its rows stand with the batches they left in.</summary>
    internal ValueTask Ended(Call call, long bytes, bool isWhole) => witnessing.Closed(call, 0, bytes, isWhole, CancellationToken.None);
}
