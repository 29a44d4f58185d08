using System.Net;
using System.Net.Sockets;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

/// <summary>What is left of a rate.</summary>
public readonly record struct RateLeft(int Limit, int Remaining, int ResetSeconds, bool IsExceeded)
{
    /// <summary>Whose calls it counts.</summary>
    public LimitScope Scope { get; init; }
}

/// <summary>What a rate is counted by: an id of some kind, or a name such as an address.</summary>
public readonly record struct RateKey(LimitScope Scope, Guid Id, string? Name = null)
{
    public static implicit operator RateKey(string name) => new(LimitScope.Address, default, name);

    public static RateKey FromString(string name) => name;
}

/// <summary>Calls per minute by key: each call moves a mark on; a mark more than a minute ahead of the clock is too much (GCRA).</summary>
public sealed class Rates(TimeProvider clock)
{
    private const long minuteMs = 60_000;
    private const int mostKeys = 100_000;
    private readonly SizedMap<RateKey, StrongMark> marks = new();
    private long pruned;

    /// <summary>Takes one call, or says when the next one is possible.</summary>
    public RateLeft Take(RateKey key, int perMinute)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (!marks.TryGet(key, out var mark))
        {
            if (marks.Size >= mostKeys) Prune(now);
            mark = marks.GetOrAdd(key, new StrongMark());
        }
        // Microseconds, for a thousand calls a minute are 60 ms apart and ten thousand 6.
        var step = Step(perMinute);
        while (true)
        {
            var seen = Interlocked.Read(ref mark.AtUs);
            var next = Math.Max(seen, now * 1_000) + step;
            var ahead = next - now * 1_000;
            if (ahead > minuteMs * 1_000) return new RateLeft(perMinute, 0, (int)((ahead - minuteMs * 1_000 + 999_999) / 1_000_000), true) { Scope = key.Scope };
            if (Interlocked.CompareExchange(ref mark.AtUs, next, seen) == seen)
                return new RateLeft(perMinute, (int)((minuteMs * 1_000 - ahead) / step), (int)((ahead + 999_999) / 1_000_000), false) { Scope = key.Scope };
        }
    }

    /// <summary>Gives a taken call back: another limit stopped it.</summary>
    public void GiveBack(RateKey key, int perMinute)
    {
        if (marks.TryGet(key, out var mark)) Interlocked.Add(ref mark.AtUs, -Step(perMinute));
    }

    /// <summary>What is left, without taking anything.</summary>
    public RateLeft Look(RateKey key, int perMinute)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds() * 1_000;
        var step = Step(perMinute);
        var ahead = (marks.TryGet(key, out var mark) ? Math.Max(Interlocked.Read(ref mark.AtUs), now) : now) + step - now;
        return ahead > minuteMs * 1_000
            ? new RateLeft(perMinute, 0, (int)((ahead - minuteMs * 1_000 + 999_999) / 1_000_000), true) { Scope = key.Scope }
            : new RateLeft(perMinute, (int)((minuteMs * 1_000 - ahead) / step) + 1, (int)((ahead + 999_999) / 1_000_000), false) { Scope = key.Scope };
    }

    /// <summary>Takes further calls afterwards: one that made the node work hard counts for several.</summary>
    public void Charge(RateKey key, int perMinute, long calls)
    {
        if (calls > 0 && marks.TryGet(key, out var mark)) Interlocked.Add(ref mark.AtUs, Step(perMinute) * calls);
    }

    /// <summary>One subscriber has many IPv6 addresses, but one /64.</summary>
    public static string KeyOf(IPAddress? address)
    {
        if (address is null) return "none";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork) return address.ToString();
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes).ToString();
    }

    private static long Step(int perMinute) => Math.Max(1, minuteMs * 1_000 / perMinute);

    // Once a second at most: whoever comes from a hundred thousand addresses must not make every call walk over them.
    private void Prune(long nowMs)
    {
        var last = Interlocked.Read(ref pruned);
        if (nowMs - last < 1_000 || Interlocked.CompareExchange(ref pruned, nowMs, last) != last) return;
        foreach (var (key, mark) in marks)
            if (Interlocked.Read(ref mark.AtUs) <= nowMs * 1_000) marks.Remove(key);
    }

    private sealed class StrongMark
    {
        public long AtUs;
    }
}
