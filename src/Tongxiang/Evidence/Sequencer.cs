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
    private const int IndexBatch = 20_000;
    private const int Few = 2_000;
    private static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(4);
    private const int Ids = 20;
    private static readonly TimeSpan KeepEvery = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim round = new(1, 1);
    private DateTimeOffset kept = DateTimeOffset.MinValue;
    private long caughtUp;

    /// <summary>One round: index the tail, append what waits, index it, sign. Rounds wait for each other: two at once would append a row twice.</summary>
    public async Task Run(CancellationToken ct)
    {
        await round.WaitAsync(ct);
        try
        {
            var book = await evidence.Open(ct);
            if (!await MayWait(book, ct))
            {
                await Index(book, ct);
                while (await AppendWaiting(book, ct))
                    await Index(book, ct);
                caughtUp = clock.GetTimestamp();
            }
            await Sign(book, ct);
        }
        finally
        {
            round.Release();
        }
    }

    public void Dispose() => round.Dispose();

    // The more entries come together, the more of them are alike: under load the index gathers for a few seconds. A business change does not wait for it.
    private async Task<bool> MayWait(Book book, CancellationToken ct)
    {
        if (caughtUp == 0 || clock.GetElapsedTime(caughtUp) >= LongestLag) return false;
        var indexed = await db.One($"select indexed from evidence_log where origin = {book.Origin}", r => r.GetInt64(0), ct);
        return book.Log.Size - indexed is >= Few and < IndexBatch && await db.One($"select count(*) from evidence_outbox", r => r.GetInt64(0), ct) == 0;
    }

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
            var end = Math.Min(book.Log.Size, from + IndexBatch);
            if (end <= from) return;
            var entries = evidence.Fresh.Take(from, end);
            if (entries.Count < end - from) await ReadMissing(book, from, end, entries, ct);
            await db.Commit(tx => Save(tx, book.Origin, from, end, entries), ct);
        }
    }

    // After a start, of business changes, and where the log was quicker than its caller.
    private async Task ReadMissing(Book book, long from, long end, List<(Moment Moment, Traits Traits)> entries, CancellationToken ct)
    {
        var there = entries.Select(e => e.Moment.Place).Order().Append(end).ToList();
        foreach (var next in there)
        {
            var tail = new List<(long Index, byte[] Leaf, byte[] Opening)>();
            if (next > from) book.Log.Each(from, next - from, (index, leaf, opening) => tail.Add((index, leaf, opening)));
            foreach (var (index, leaf, opening) in tail)
                if (await evidence.Read(leaf, opening, ct) is { Record: var record }) entries.Add((new Moment(index, record.Happening.At.ToUnixTimeMilliseconds()), Traits.Of(record.Id, record.Happening)));
            from = next + 1;
        }
    }

    private static async Task Save(Tx tx, string origin, long from, long end, List<(Moment Moment, Traits Traits)> entries)
    {
        // The condition makes a second indexer, which cannot be while the lease holds, harmless.
        if (await tx.Run($"update evidence_log set indexed = {end} where origin = {origin} and indexed = {from}") == 0) return;
        var runs = entries.GroupBy(e => e.Traits, e => e.Moment).Select((run, ordinal) => (Ordinal: ordinal, Traits: run.Key, Moments: run.Order().ToList())).ToList();
        // An id met twice keeps its first place: better than an index that stands still for ever.
        await tx.Insert(
            $"insert into evidence_run (batch, ordinal, id, kind, actor, agency, subject, resource, grant_id, client, entries, first_place, last_place, first_at, last_at, places) values ",
            runs.Select(r => Row(from, r.Ordinal, r.Traits, r.Moments)), $" on conflict do nothing");
        await tx.Insert($"insert into evidence_run_party (agency, batch, ordinal) values ", runs.SelectMany(r => r.Traits.AllParties, (r, party) => Of($"({party}, {from}, {r.Ordinal})")), $"");
        foreach (var some in runs.Where(r => r.Traits.Id is not null).Select(r => r.Traits.Id!).Chunk(Ids))
            await tx.Run($"delete from evidence_outbox where id in {some}");
    }

    private static Sql Row(long batch, int ordinal, Traits t, List<Moment> moments) => Of(
        $"""
        ({batch}, {ordinal}, {t.Id}, {t.Kind}, {t.Actor}, {t.Agency}, {t.Subject}, {t.Resource}, {t.Grant}, {t.Client},
         {moments.Count}, {moments[0].Place}, {moments[^1].Place}, {moments.Min(m => m.At)}, {moments.Max(m => m.At)}, {Moments.Write(batch, moments)})
        """);

    private static Sql Of(Sql sql) => sql;

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
