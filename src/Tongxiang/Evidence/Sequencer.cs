using System.Text;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>
/// Moves outbox rows into the log exactly once. Only the indexer deletes a row, and only when it met the row's id in the log; so a row that was appended before a
/// crash is found in the log's tail and not appended again.
/// </summary>
internal sealed class Sequencer(Db db, EvidenceLog evidence, TimeProvider clock) : IDisposable
{
    private const int Batch = 200;
    private const int IndexBatch = 1000;
    private const int Rows = 20; // SQLite finds a parameter by walking all of a statement's: many rows at once cost their square
    private static readonly TimeSpan KeepEvery = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim round = new(1, 1);
    private DateTimeOffset kept = DateTimeOffset.MinValue;

    /// <summary>One round: index the tail, append what waits, index it, sign. Rounds wait for each other: two at once would append a row twice.</summary>
    public async Task Run(CancellationToken ct)
    {
        await round.WaitAsync(ct);
        try
        {
            var book = await evidence.Open(ct);
            await Index(book, ct);
            while (await AppendWaiting(book, ct))
                await Index(book, ct);
            await Sign(book, ct);
        }
        finally
        {
            round.Release();
        }
    }

    public void Dispose() => round.Dispose();

    /// <summary>Appends up to a batch of waiting rows; false when there were none. Safe only after <see cref="Index"/> has caught up.</summary>
    internal async Task<bool> AppendWaiting(Book book, CancellationToken ct)
    {
        var waiting = await db.List($"select record from evidence_outbox order by id limit {Batch}", r => r.GetString(0), ct);
        await Task.WhenAll(waiting.Select(record => evidence.Enter(book, Encoding.UTF8.GetBytes(record), ct).AsTask()));
        return waiting.Count > 0;
    }

    /// <summary>Brings the control data up to the log's end.</summary>
    internal async Task Index(Book book, CancellationToken ct)
    {
        while (true)
        {
            var from = await db.One($"select indexed from evidence_log where origin = {book.Origin}", r => r.GetInt64(0), ct);
            var tail = new List<(long Index, byte[] Leaf, byte[] Opening)>();
            book.Log.Each(from, IndexBatch, (index, leaf, opening) => tail.Add((index, leaf, opening)));
            if (tail.Count == 0) return;
            var rows = new List<(long Place, Record Record)>();
            foreach (var (index, leaf, opening) in tail)
                if (await evidence.Read(leaf, opening, ct) is { } opened) rows.Add((index, opened.Record));
            await db.Commit(tx => Save(tx, book.Origin, from, tail.Count, rows), ct);
        }
    }

    private static async Task Save(Tx tx, string origin, long from, int count, List<(long Place, Record Record)> rows)
    {
        // The condition makes a second indexer, which cannot be while the lease holds, harmless.
        if (await tx.Run($"update evidence_log set indexed = {from + count} where origin = {origin} and indexed = {from}") == 0) return;
        foreach (var some in rows.Chunk(Rows))
        {
            // An id met twice keeps its first place: better than an index that stands still for ever.
            await tx.Run($"insert into evidence_entry (place, id, kind, actor, agency, subject, resource, grant_id, client, happened_at) values {Sql.Join(", ", some.Select(r => Row(r.Place, r.Record)))} on conflict do nothing");
        }
        foreach (var some in rows.SelectMany(r => r.Record.Happening.Parties.Distinct(), (r, party) => Party(party, r.Place)).Chunk(Rows))
            await tx.Run($"insert into evidence_party (agency, place) values {Sql.Join(", ", some)}");
        foreach (var some in rows.Where(r => r.Record.Id is not null).Select(r => r.Record.Id!).Chunk(Rows))
            await tx.Run($"delete from evidence_outbox where id in {some}");
    }

    private static Sql Row(long place, Record record)
    {
        var h = record.Happening;
        return Of($"({place}, {record.Id}, {h.Kind}, {h.Actor}, {h.Agency}, {h.Subject}, {Fact(h, "resource")}, {Fact(h, "grant")}, {Fact(h, "client")}, {h.At})");
    }

    private static Sql Party(string agency, long place) => Of($"({agency}, {place})");

    private static Sql Of(Sql sql) => sql;

    private static string? Fact(Happening happening, string name) => happening.Facts.GetValueOrDefault(name);

    private async Task Sign(Book book, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (book.Sign(now) is not { } signed || now - kept < KeepEvery) return;
        await db.Run(
            $"""
            insert into evidence_checkpoint (size, note, sm3_note, signed_at) values ({signed.Size}, {signed.Note.ToString()}, {signed.Sm3Note.ToString()}, {now})
            on conflict (size) do nothing
            """, ct);
        kept = now;
    }
}
