using System.Net;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Slows guessing: failures per account name and per address, kept as keyed digests. Unknown names count like known ones, so a lock tells nothing.</summary>
internal sealed class Attempts(Db db, TimeProvider clock, NodeKey nodeKey)
{
    private const int FreeForAccount = 5;
    private const int FreeForAddress = 30;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);
    private readonly byte[] key = nodeKey.Derive("agencies.attempts");

    private sealed record Row(long Failures, DateTimeOffset Until);

    /// <summary>How long this address still has to wait; null: it may try.</summary>
    public async Task<TimeSpan?> Wait(IPAddress? address, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var until = await db.One($"select max(until_at) from agencies_attempt where subject in {Subjects(null, address).Select(s => s.Subject).ToArray()}", r => r.InstantOrNull(0), ct);
        return until > now ? until - now : null;
    }

    /// <summary>Counts a try before it is made, so that a hundred at once are a hundred; null: go ahead. From the sixth failure on for a name, the
    /// thirty-first for an address, the wait doubles from one second to fifteen minutes.</summary>
    public Task<TimeSpan?> Begin(string? account, IPAddress? address, CancellationToken ct) => db.Commit(async tx =>
    {
        var now = clock.GetUtcNow();
        foreach (var (subject, free) in Subjects(account, address))
        {
            var row = await tx.One(
                $"""
                insert into agencies_attempt (subject, failures, since_at, until_at) values ({subject}, 1, {now}, 0)
                on conflict (subject) do update set
                  failures = case when agencies_attempt.until_at > {now} then agencies_attempt.failures
                    when agencies_attempt.since_at < {now - Window} then 1 else agencies_attempt.failures + 1 end,
                  since_at = case when agencies_attempt.until_at > {now} then agencies_attempt.since_at else {now} end
                returning failures, until_at
                """, r => new Row(r.GetInt64(0), r.Instant(1)));
            if (row!.Until > now) return (TimeSpan?)(row.Until - now);
            if (row.Failures <= free) continue;
            var wait = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, row.Failures - free - 1), LongestWait.TotalSeconds));
            await tx.Run($"update agencies_attempt set until_at = {now + wait} where subject = {subject}");
        }
        return null;
    }, ct);

    /// <summary>A success frees the name; of the address it takes only its own try back, or one own account would wash a guesser clean.</summary>
    public Task Succeeded(string account, IPAddress? address, CancellationToken ct) => db.Commit(async tx =>
    {
        await tx.Run($"delete from agencies_attempt where subject = {Digest("account", account)}");
        foreach (var (subject, _) in Subjects(null, address)) await tx.Run($"update agencies_attempt set failures = failures - 1 where subject = {subject} and failures > 0");
    }, ct);

    public Task Forget(CancellationToken ct) => db.Run($"delete from agencies_attempt where since_at < {clock.GetUtcNow() - TimeSpan.FromHours(2)} and until_at < {clock.GetUtcNow()}", ct);

    private IEnumerable<(string Subject, int Free)> Subjects(string? account, IPAddress? address)
    {
        if (account is not null) yield return (Digest("account", account), FreeForAccount);
        if (address is not null) yield return (Digest("address", Network(address)), FreeForAddress);
    }

    private string Digest(string kind, string value) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{kind}\n{value}")));

    // Someone with one IPv6 line owns 2^64 addresses: count the network.
    private static string Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.GetAddressBytes() is { Length: 16 } bytes ? Convert.ToHexString(bytes.AsSpan(0, 8)) : address.ToString();
    }
}
