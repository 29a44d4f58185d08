using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>A journal key as everybody may know it.</summary>
/// <param name="Scope">The resource (id of its entry) whose subjects it hides.</param>
/// <param name="Month">As yyyyMM.</param>
/// <param name="Print">SHA-256 of the wrapped key: names it in the evidence of its destruction.</param>
public sealed record JournalKey(int Number, string Scope, int Month, string Print, DateTimeOffset? DestroyedAt);

/// <summary>The keys of the disclosure journal, one for each resource and month, wrapped with the node's key.</summary>
internal sealed class JournalKeys(Db db, NodeKey nodeKey, SealAlgorithm algorithm, TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Scope, int Month), SubjectSeal> current = new();

    /// <summary>The key that seals now; made at its first use.</summary>
    public ValueTask<SubjectSeal> Of(string scope, int month, CancellationToken ct) => current.TryGetValue((scope, month), out var known) ? new(known) : new(Create(scope, month, ct));

    /// <summary>The key of a number; null when it was destroyed or never was. Read from the control data each time, so that a destroyed key is gone at once.</summary>
    public async Task<SubjectSeal?> Open(int number, CancellationToken ct) =>
        await db.One(
            $"select number, scope, month, algorithm, wrapped from evidence_journal_key where number = {number} and wrapped is not null", r => Unwrapped(r), ct);

    /// <summary>The keys of the months that still open.</summary>
    public async Task<IReadOnlyList<SubjectSeal>> OpenAll(int fromMonth, int toMonth, CancellationToken ct) => [.. (await db.List(
        $"select number, scope, month, algorithm, wrapped from evidence_journal_key where month >= {fromMonth} and month <= {toMonth} and wrapped is not null", r => Unwrapped(r), ct)).OfType<SubjectSeal>()];

    /// <summary>Every key of the months, whether it still opens or not.</summary>
    public Task<IReadOnlyList<JournalKey>> List(int fromMonth, int toMonth, CancellationToken ct) => db.List(
        $"select number, scope, month, print, destroyed_at from evidence_journal_key where month >= {fromMonth} and month <= {toMonth} order by month, number", Read, ct);

    public Task<JournalKey?> Find(string scope, int month, CancellationToken ct) => db.One(
        $"select number, scope, month, print, destroyed_at from evidence_journal_key where scope = {scope} and month = {month}", Read, ct);

    /// <summary>Erases the key within a commit; false when it is gone already.</summary>
    public async Task<bool> Erase(Tx tx, JournalKey key)
    {
        var gone = await tx.Run($"update evidence_journal_key set wrapped = null, destroyed_at = {clock.GetUtcNow()} where number = {key.Number} and wrapped is not null") == 1;
        tx.After(() =>
        {
            if (current.TryRemove((key.Scope, key.Month), out var held)) held.Dispose();
        });
        return gone;
    }

    private async Task<SubjectSeal> Create(string scope, int month, CancellationToken ct)
    {
        var secret = RandomNumberGenerator.GetBytes(Aead.KeySize(algorithm));
        var seal = await db.Commit(async tx =>
        {
            if (await Held(tx, scope, month) is { } other) return other;
            var number = await tx.Next("evidence.journal-key");
            var wrapped = nodeKey.Wrap(secret, Context((int)number));
            await tx.Run(
                $"""
                insert into evidence_journal_key (number, scope, month, algorithm, wrapped, print, created_at)
                values ({number}, {scope}, {month}, {algorithm}, {wrapped}, {Convert.ToHexStringLower(SHA256.HashData(wrapped))}, {clock.GetUtcNow()})
                on conflict (scope, month) do nothing
                """);
            return await Held(tx, scope, month);
        }, ct);
        CryptographicOperations.ZeroMemory(secret);
        if (seal is null) throw new CryptographicException($"The journal key of {scope} for {month} was destroyed: a month is closed before its key goes.");
        // A month that is over seals nothing more.
        foreach (var past in current.Keys.Where(k => k.Month < month - 1)) current.TryRemove(past, out _);
        return current.GetOrAdd((scope, month), seal);
    }

    private Task<SubjectSeal?> Held(Tx tx, string scope, int month) => tx.One(
        $"select number, scope, month, algorithm, wrapped from evidence_journal_key where scope = {scope} and month = {month} and wrapped is not null", r => Unwrapped(r));

    private SubjectSeal? Unwrapped(DbDataReader r)
    {
        var number = (int)r.GetInt64(0);
        var secret = nodeKey.Unwrap(r.Bytes(4), Context(number));
        var seal = new SubjectSeal(number, Enum.Parse<SealAlgorithm>(r.GetString(3)), secret);
        CryptographicOperations.ZeroMemory(secret);
        return seal;
    }

    private static string Context(int number) => string.Create(CultureInfo.InvariantCulture, $"journal:{number}");

    private static JournalKey Read(DbDataReader r) => new((int)r.GetInt64(0), r.GetString(1), (int)r.GetInt64(2), r.GetString(3), r.InstantOrNull(4));
}
