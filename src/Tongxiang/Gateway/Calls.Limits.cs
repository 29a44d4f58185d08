using System.Runtime.CompilerServices;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

// Rates a minute, calls and rows of the day, and turns when more is asked than the node can carry.
public sealed partial class Calls
{
    private ValueTask<Stop?> Limit(Call call, CancellationToken ct) => ValueTask.FromResult(Rate(call, isTaken: true));

    private Stop? LookAtLimit(Call call) => Rate(call, isTaken: false);

    // The own right first, then what others share: a call that one of them stops has taken nothing of the others.
    private Stop? Rate(Call call, bool isTaken)
    {
        var room = default(Room);
        var keys = RatesOf(call, room);
        RateLeft? tightest = null;
        for (var i = 0; i < keys.Length; i++)
        {
            var (key, perMinute) = keys[i];
            var left = isTaken ? rates.Take(key, perMinute) : rates.Look(key, perMinute);
            if (left.IsExceeded)
            {
                for (var before = 0; isTaken && before < i; before++) rates.GiveBack(keys[before].Key, keys[before].PerMinute);
                call.Rate = left;
                return TooFast(left);
            }
            // What others have left of a resource is theirs to know, until it stops somebody.
            if (key.Scope == LimitScope.Resource) continue;
            if (tightest is not { } least || (long)left.Remaining * least.Limit < (long)least.Remaining * left.Limit) tightest = left;
        }
        call.Rate = tightest;
        return call.Grant is null ? null : DayLimit(call, rows: 0);
    }

    private static Refusal TooFast(RateLeft left) => new(429, left.Scope switch
    {
        LimitScope.Client => "gateway.too-fast-client",
        LimitScope.Department => "gateway.too-fast-department",
        LimitScope.Resource => "gateway.too-fast-resource",
        _ => "gateway.too-fast",
    }, left.Limit)
    { RetryAfterSeconds = left.ResetSeconds };

    private Span<(RateKey Key, int PerMinute)> RatesOf(Call call, Span<(RateKey Key, int PerMinute)> room)
    {
        var count = 0;
        room[count++] = call.Grant is { } grant
            ? (new RateKey(LimitScope.Grant, grant.Id.Value), Math.Max(1, grant.Limits.CallsPerMinute))
            : OpenRate(call);
        if (call.Caller.Client is { } client) room[count++] = (new RateKey(LimitScope.Client, client.Value), limits.PerMinute(LimitScope.Client, client.Value));
        if (call.Caller.Agency is { } agency) room[count++] = (new RateKey(LimitScope.Department, agency.Value), limits.PerMinute(LimitScope.Department, agency.Value));
        room[count++] = (new RateKey(LimitScope.Resource, call.Entry!.Id.Value), limits.PerMinute(LimitScope.Resource, call.Entry.Id.Value));
        return room[..count];
    }

    // Whoever is known reads open data faster than an address that anybody may share.
    private (RateKey Key, int PerMinute) OpenRate(Call call) => call.Caller.Client is { } client
        ? (new RateKey(LimitScope.Client, client.Value, "open"), settings.KnownCallsPerMinute)
        : ("address:" + Rates.KeyOf(call.Address), settings.OpenCallsPerMinute);

    // One place for each consumer: who waits stands behind its own calls only.
    private async ValueTask<Stop?> TakeTurn(Call call, CancellationToken ct)
    {
        call.Turn = await turns.Enter(Consumer(call), ct);
        return call.Turn is not null ? null : new Refusal(503, "gateway.busy") { RetryAfterSeconds = 1 };
    }

    private static string Consumer(Call call) => call.Caller.Agency is { } agency ? agency.ToString() : call.Caller.IsAnonymous ? Rates.KeyOf(call.Address) : call.Caller.Actor;

    // Between looking and taking another call could take the same rows: they are held in one step.
    private Stop? Hold(Call call, long rows)
    {
        HeldUse? held = null;
        if (limits.HasAny)
        {
            var room = default(Room);
            foreach (var (key, _) in RatesOf(call, room))
            {
                if (limits.Find(key.Scope, key.Id) is not { } limit || limit is { CallsPerDay: null, RowsPerDay: null }) continue;
                var more = uses.Hold(key.Scope, key.Id, rows, limit.CallsPerDay ?? long.MaxValue, limit.RowsPerDay ?? long.MaxValue, held);
                if (more is null)
                {
                    held?.Release();
                    return new Refusal(429, "gateway.day-limit", limit.CallsPerDay, limit.RowsPerDay, limit.Reason) { RetryAfterSeconds = 3600 };
                }
                held = more;
            }
        }
        if (call.Grant is not { } grant)
        {
            call.Held = held;
            return null;
        }
        call.Held = uses.Hold(LimitScope.Grant, grant.Id.Value, rows, grant.Limits.CallsPerDay ?? settings.CallsPerDay, grant.Limits.RowsPerDay ?? settings.RowsPerDay, held);
        if (call.Held is not null) return null;
        held?.Release();
        return DayLimit(call, rows) ?? NoRowsLeft(call);
    }

    /// <summary>Said where the rows of the day end only after the decision, and nothing has left yet.</summary>
    internal Refusal NoRowsLeft(Call call) => new(429, "gateway.day-rows", call.Grant?.Limits.RowsPerDay ?? settings.RowsPerDay, 0) { RetryAfterSeconds = 3600 };

    private Refusal? DayLimit(Call call, long rows)
    {
        var (calls, used) = uses.Today(call.Grant!.Id);
        var own = call.Grant.Limits;
        if (calls >= (own.CallsPerDay ?? settings.CallsPerDay)) return new Refusal(429, "gateway.day-calls", own.CallsPerDay ?? settings.CallsPerDay) { RetryAfterSeconds = 3600 };
        if (call.IsCounted) return null;
        var most = own.RowsPerDay ?? settings.RowsPerDay;
        return used + rows > most || used >= most ? new Refusal(429, "gateway.day-rows", most, Math.Max(0, most - used)) { RetryAfterSeconds = 3600 } : null;
    }

    // Nobody is accountable for an anonymous call: every further million steps, about 50 ms of work, counts as one more.
    private void Charge(Call call, long cost)
    {
        if (!call.IsOpenRead) return;
        var (key, perMinute) = OpenRate(call);
        rates.Charge(key, perMinute, cost / 1_000);
    }

    /// <summary>Room for the limits of one call, on the stack.</summary>
    [InlineArray(4)]
    private struct Room
    {
        private (RateKey, int) first;
    }
}
