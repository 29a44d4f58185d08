using Tongxiang.Gateway.Batching;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Gateway;

// What batch exchange needs besides the steps: the making of a package is examined like a call, and so is each fetch of it.
public sealed partial class Calls
{
    // Where a package is made from and how its order came in says nothing of who will fetch it: those rules are asked then.
    private static readonly string[] ofFetchOnly = ["role", "network", "assurance", "grade", "header-key"];

    /// <summary>Whether the query of a batch holds under its right, without a row or a count.</summary>
    internal async ValueTask<Stop?> Judge(Call call, Grant grant, CancellationToken ct)
    {
        call.Grant = grant;
        return await FindResource(call, ct) ?? await MakePlan(call, ct);
    }

    /// <summary>Opens the way for making a package: right, fuse and behaviour as they stand now, and the plan. The caller releases what it holds of the day.</summary>
    internal async ValueTask<Stop?> PermitPackage(Call call, Grant grant, CancellationToken ct)
    {
        call.Grant = grant;
        (call.Floors, call.NeedsOperatorAssurance) = (sources.Floors, settings.NeedsOperatorAssurance);
        // The rules ask what the resource is today.
        var stop = await FindResource(call, ct);
        stop ??= GrantChoice.Examine(grant, call).FirstOrDefault(rule => rule.Refusal is not null && !ofFetchOnly.Contains(rule.Name)).Refusal;
        stop ??= await AskFuse(call, ct) ?? (call.SlowedBy is null ? null : Slowed(call, rates.Take)) ?? await MakePlan(call, ct) ?? Hold(call, 0);
        return stop is null ? null : await Stopped(call, stop, ct);
    }

    /// <summary>Opens the way for a part of a package: the steps as for a call, its rows being counted already, and on record before the first byte.</summary>
    internal async ValueTask<Stop?> PermitFetch(Call call, CancellationToken ct)
    {
        if (await Decide(call, ct) is { } stop) return stop;
        if (await MakePlan(call, ct) is { } bad) return await Stopped(call, bad, ct);
        var most = call.Grant!.Limits.CallsPerDay ?? settings.CallsPerDay;
        call.Held = uses.Hold(LimitScope.Grant, call.Grant.Id.Value, 0, most, long.MaxValue);
        if (call.Held is null) return new Refusal(429, "gateway.day-calls", most) { RetryAfterSeconds = 3600 };
        try
        {
            call.Receipt = await witnessing.Permitted(call, string.Join(',', call.Plan!.Columns.Select(column => column.Field.Name)), ct);
            return null;
        }
        catch
        {
            call.Held.Release();
            throw;
        }
    }

    /// <summary>Puts on record what of a part left.</summary>
    internal async ValueTask CloseFetch(Call call, PackagePart part, long bytes, bool isWhole)
    {
        if (isWhole)
        {
            resources.Add(call.Entry!.Id, part.Rows);
            await sources.Delivered(call.Grant!.Id, call.Mode, CancellationToken.None);
        }

        call.Held?.Settle(0);
        await witnessing.Closed(call, isWhole ? part.Rows : 0, bytes, isWhole, CancellationToken.None);
    }
}
