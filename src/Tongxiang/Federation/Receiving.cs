using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Federation;

/// <summary>What the receiver did with a bundle.</summary>
/// <param name="IsNew">False when the same bundle was here before: nothing changed.</param>
/// <param name="Next">Number of the bundle expected next.</param>
public sealed record CascadeReceipt(string Origin, long Sequence, string Digest, bool IsNew, long Next);

/// <summary>How far a node below has told this one.</summary>
public sealed record SourceState(string Origin, long Sequence, string Digest, DateTimeOffset ReceivedAt, long Entries, long Grants, long Calls);

/// <summary>An entry of a node below.</summary>
public sealed record ForeignEntry(string Origin, string Entry, string Code, EntryState State, string Name, long Sequence);

/// <summary>A right of use at a node below.</summary>
public sealed record ForeignGrant(string Origin, string Number, string Entry, string Provider, string Consumer, string State, long Sequence);

/// <summary>Downward side of the cascade: takes in bundles of the nodes below, each once and in order; what is forged, altered or out of order changes nothing.</summary>
[Enforces(38)]
public sealed partial class Receiving(Db db, TimeProvider clock, EvidenceLog evidence, CascadeSettings settings, ILogger<Receiving> log)
{
    private readonly ConcurrentDictionary<string, byte> forks = new(StringComparer.Ordinal);

    private sealed record Last(long Sequence, string Digest);

    /// <summary>Takes in a bundle. Whoever brings it does not matter: the origin's signature does.</summary>
    public async Task<Outcome<CascadeReceipt>> Take(SignedBundle signed, CancellationToken ct)
    {
        if (signed is not { Body: { Length: > 0 }, Signature: { Length: > 0 } } || BundleForm.Read(signed.Body) is not { } bundle) return new Refusal(400, "federation.no-bundle");
        if (settings.Find(bundle.Origin) is not { } source) return Refusal.Forbidden("federation.unknown-origin", Short(bundle.Origin));
        var digest = BundleForm.Digest(signed.Body);
        if (!CascadeKey.Verify(source.PublicKey, signed.Body, signed.Signature))
        {
            Forged(log, bundle.Origin, bundle.Sequence);
            return Refusal.Forbidden("federation.forged", bundle.Origin, bundle.Sequence);
        }
        var now = clock.GetUtcNow();
        return await db.Commit<Outcome<CascadeReceipt>>(async tx =>
        {
            var last = await tx.One($"select sequence, digest from federation_received where origin = {bundle.Origin} order by sequence desc limit 1", r => new Last(r.GetInt64(0), r.GetString(1))) ?? new Last(0, "");
            if (bundle.Sequence <= last.Sequence)
            {
                var known = await tx.One($"select digest from federation_received where origin = {bundle.Origin} and sequence = {bundle.Sequence}", r => r.GetString(0));
                return known == digest ? new CascadeReceipt(bundle.Origin, bundle.Sequence, digest, false, last.Sequence + 1) : await Forked(tx, bundle, digest, now);
            }
            if (bundle.Sequence > last.Sequence + 1) return Refusal.Conflict("federation.gap", bundle.Sequence, last.Sequence + 1);
            if (bundle.Previous != last.Digest) return await Forked(tx, bundle, digest, now);
            var kept = await tx.Run(
                $"""
                insert into federation_received (origin, sequence, body, digest, signature, received_at)
                values ({bundle.Origin}, {bundle.Sequence}, {signed.Body}, {digest}, {signed.Signature}, {now}) on conflict do nothing
                """);
            // The same bundle came twice at one moment.
            if (kept == 0) return Refusal.Conflict("federation.gap", bundle.Sequence, bundle.Sequence + 1);
            await Apply(tx, bundle);
            await evidence.Append(tx, new Happening("federation.received", Caller.Platform.Actor, null, $"cascade:{bundle.Origin}", now, Facts(bundle, digest)));
            return new CascadeReceipt(bundle.Origin, bundle.Sequence, digest, true, bundle.Sequence + 1);
        }, ct);
    }

    /// <summary>Number of the bundle that is expected next from an origin.</summary>
    public async Task<long> Next(string origin, CancellationToken ct) =>
        1 + await db.One($"select coalesce(max(sequence), 0) from federation_received where origin = {origin}", r => r.GetInt64(0), ct);

    /// <summary>How far every node below has told this one.</summary>
    public Task<IReadOnlyList<SourceState>> Sources(CancellationToken ct) => db.List(
        $"""
        select r.origin, r.sequence, r.digest, r.received_at,
          (select count(*) from federation_entry e where e.origin = r.origin and e.state = 'Published'), (select count(*) from federation_grant g where g.origin = r.origin and g.state = 'Active'),
          (select cast(coalesce(sum(u.calls), 0) as bigint) from federation_use u where u.origin = r.origin)
        from federation_received r where r.sequence = (select max(l.sequence) from federation_received l where l.origin = r.origin) order by r.origin
        """,
        r => new SourceState(r.GetString(0), r.GetInt64(1), r.GetString(2), r.Instant(3), r.GetInt64(4), r.GetInt64(5), r.GetInt64(6)), ct);

    /// <summary>Entries of the nodes below, by origin and code.</summary>
    public Task<IReadOnlyList<ForeignEntry>> Entries(int most, CancellationToken ct) => db.List(
        $"select origin, entry, code, state, name, sequence from federation_entry order by origin, code, entry limit {most}",
        r => new ForeignEntry(r.GetString(0), r.GetString(1), r.GetString(2), r.Kind<EntryState>(3), r.GetString(4), r.GetInt64(5)), ct);

    /// <summary>Rights of use at the nodes below, by origin and number.</summary>
    public Task<IReadOnlyList<ForeignGrant>> Grants(int most, CancellationToken ct) => db.List(
        $"select origin, number, entry, provider, consumer, state, sequence from federation_grant order by origin, number limit {most}",
        r => new ForeignGrant(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetInt64(6)), ct);

    private static async Task Apply(Tx tx, Bundle b)
    {
        foreach (var e in b.Entries)
            await tx.Run(
                $"""
                insert into federation_entry (origin, entry, code, state, name, content, sequence)
                values ({b.Origin}, {e.Entry}, {e.Code}, {e.State}, {e.Name}, {(e.Content is null ? "" : JsonSerializer.Serialize(e.Content, Wire.Json))}, {b.Sequence})
                on conflict (origin, entry) do update set code = excluded.code, state = excluded.state, name = excluded.name, content = excluded.content, sequence = excluded.sequence
                """);
        foreach (var g in b.Grants)
            await tx.Run(
                $"""
                insert into federation_grant (origin, number, entry, provider, consumer, modes, from_at, until_at, state, sequence)
                values ({b.Origin}, {g.Number}, {g.Entry}, {g.Provider}, {g.Consumer}, {JsonSerializer.Serialize(g.Modes, Wire.Json)}, {g.From}, {g.Until}, {g.State}, {b.Sequence})
                on conflict (origin, number) do update set modes = excluded.modes, from_at = excluded.from_at, until_at = excluded.until_at, state = excluded.state, sequence = excluded.sequence
                """);
        foreach (var u in b.Uses)
            await tx.Run(
                $"""
                insert into federation_use (origin, entry, day, calls, row_count, sequence) values ({b.Origin}, {u.Entry}, {u.Day}, {u.Calls}, {u.Rows}, {b.Sequence})
                on conflict (origin, entry, day) do update set calls = excluded.calls, row_count = excluded.row_count, sequence = excluded.sequence
                """);
    }

    // Signed by the origin and yet not what it said before: one of its copies was set back, or its key is in other hands. People look at this.
    private async Task<Refusal> Forked(Tx tx, Bundle bundle, string digest, DateTimeOffset now)
    {
        // Anybody can post it again: it is told once.
        if (!forks.TryAdd(digest, 0)) return Refusal.Conflict("federation.forked", bundle.Origin, bundle.Sequence);
        Fork(log, bundle.Origin, bundle.Sequence);
        await evidence.Append(tx, new Happening("federation.forked", Caller.Platform.Actor, null, $"cascade:{bundle.Origin}", now, Facts(bundle, digest)));
        return Refusal.Conflict("federation.forked", bundle.Origin, bundle.Sequence);
    }

    private static Dictionary<string, string> Facts(Bundle bundle, string digest) =>
        new(StringComparer.Ordinal) { ["sequence"] = bundle.Sequence.ToString(CultureInfo.InvariantCulture), ["digest"] = digest };

    private static string Short(string text) => text.Length <= 100 ? text : text[..100];

    [LoggerMessage(3222, LogLevel.Warning, "Bundle {Sequence} in the name of {Origin} is not signed by it.")]
    private static partial void Forged(ILogger log, string origin, long sequence);

    [LoggerMessage(3223, LogLevel.Error, "Bundle {Sequence} of {Origin} contradicts what it sent before.")]
    private static partial void Fork(ILogger log, string origin, long sequence);
}
