using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

// Rate a minute, calls and rows of the day.
public sealed partial class Calls
{
    private ValueTask<Stop?> Limit(Call call, CancellationToken ct)
    {
        var (key, perMinute) = RateOf(call);
        return ValueTask.FromResult(Within(call, rates.Take(key, perMinute)));
    }

    private Stop? LookAtLimit(Call call)
    {
        var (key, perMinute) = RateOf(call);
        return Within(call, rates.Look(key, perMinute));
    }

    private (string Key, int PerMinute) RateOf(Call call) => call.Grant is { } grant
        ? ("grant:" + grant.Id, Math.Max(1, grant.Limits.CallsPerMinute))
        : call.Caller.Client is { } client ? ("client:" + client, settings.KnownCallsPerMinute)
        : ("address:" + Rates.KeyOf(call.Address), settings.OpenCallsPerMinute);

    private Stop? Within(Call call, RateLeft rate)
    {
        call.Rate = rate;
        if (rate.IsExceeded) return new Refusal(429, "gateway.too-fast", rate.Limit) { RetryAfterSeconds = rate.ResetSeconds };
        return call.Grant is null ? null : DayLimit(call, rows: 0);
    }

    // Between looking and taking another call could take the same rows: they are held in one step.
    private Stop? Hold(Call call, long rows)
    {
        if (call.Grant is not { } grant) return null;
        call.Held = uses.Hold(grant.Id, rows, grant.Limits.CallsPerDay ?? settings.CallsPerDay, grant.Limits.RowsPerDay ?? settings.RowsPerDay);
        return call.Held is not null ? null : DayLimit(call, rows) ?? NoRowsLeft(call);
    }

    /// <summary>Said where the rows of the day end only after the decision, and nothing has left yet.</summary>
    internal Refusal NoRowsLeft(Call call) => new(429, "gateway.day-rows", call.Grant!.Limits.RowsPerDay ?? settings.RowsPerDay, 0) { RetryAfterSeconds = 3600 };

    private Refusal? DayLimit(Call call, long rows)
    {
        var (calls, used) = uses.Today(call.Grant!.Id);
        var limits = call.Grant.Limits;
        if (calls >= (limits.CallsPerDay ?? settings.CallsPerDay)) return new Refusal(429, "gateway.day-calls", limits.CallsPerDay ?? settings.CallsPerDay) { RetryAfterSeconds = 3600 };
        var most = limits.RowsPerDay ?? settings.RowsPerDay;
        return used + rows > most || used >= most ? new Refusal(429, "gateway.day-rows", most, Math.Max(0, most - used)) { RetryAfterSeconds = 3600 } : null;
    }

    // Nobody is accountable for an anonymous call: every further million steps, about 50 ms of work, counts as one more.
    private void Charge(Call call, long cost)
    {
        if (!call.IsOpenRead) return;
        var (key, perMinute) = RateOf(call);
        rates.Charge(key, perMinute, cost / 1_000);
    }
}
