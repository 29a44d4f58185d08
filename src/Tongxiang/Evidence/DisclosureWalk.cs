using System.Runtime.CompilerServices;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>One entry that disclosed something: its happening, and the sealed journal record when its digest is the one the entry commits to.</summary>
internal readonly record struct Disclosure(long Index, Happening Happening, byte[] Record, bool IsChanged);

/// <summary>Walks over the calls of a scope in the order of the log, a page at a time: first those the control data know, then the log's newest end.</summary>
internal sealed class DisclosureWalk(Db db, EvidenceLog evidence)
{
    private const int Page = 1_000;
    private const int Batches = 20;
    private const string Kinds = "gateway.";

    public async Task Run(DisclosureScope scope, DateTimeOffset from, DateTimeOffset until, Action<Disclosure> take, CancellationToken ct)
    {
        var book = await evidence.Open(ct);
        var end = book.Log.Size;
        var known = Math.Min(end, await db.One($"select indexed from evidence_log where origin = {book.Origin}", r => r.GetInt64(0), ct));
        await foreach (var places in Places(scope, from, until, known, ct))
            await Hand(book, places, scope, from, until, take, ct);
        for (var at = known; at < end; at += Page)
            await Hand(book, [.. Range(at, Math.Min(Page, end - at))], scope, from, until, take, ct);
    }

    private static IEnumerable<long> Range(long from, long count)
    {
        for (var i = from; i < from + count; i++) yield return i;
    }

    // A page of runs at a time; what they hold comes in the order of the log, because every place of a batch is before every place of the next.
    private async IAsyncEnumerable<List<long>> Places(DisclosureScope scope, DateTimeOffset from, DateTimeOffset until, long known, [EnumeratorCancellation] CancellationToken ct)
    {
        var where = new Sql();
        if (scope.Actor is not null) where = where.Then($" and e.actor = {scope.Actor}");
        if (scope.Agency is not null) where = where.Then($" and e.agency = {scope.Agency}");
        if (scope.Grant is not null) where = where.Then($" and e.grant_id = {scope.Grant}");
        if (scope.Resource is not null) where = where.Then($" and e.resource = {scope.Resource}");
        var (start, end) = (from.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds());
        var batches = new List<long>();
        for (var after = -1L; ; after = batches[^1])
        {
            batches = [.. await db.List(
                $"""
                select distinct e.batch from evidence_run e
                where e.batch > {after} and e.batch < {known} and e.last_at >= {start} and e.first_at < {end} and e.kind like 'gateway.%' {where}
                order by e.batch limit {Batches}
                """, r => r.GetInt64(0), ct)];
            if (batches.Count == 0) yield break;
            foreach (var some in await Runs(batches, where, start, end, ct))
                foreach (var page in some.Order().Chunk(Page)) yield return [.. page];
        }
    }

    private async Task<IEnumerable<IEnumerable<long>>> Runs(List<long> batches, Sql where, long start, long end, CancellationToken ct)
    {
        var runs = await db.List(
            $"""
            select e.batch, e.places from evidence_run e
            where e.batch in {batches} and e.last_at >= {start} and e.first_at < {end} and e.kind like 'gateway.%' {where}
            """, r => (Batch: r.GetInt64(0), Moments: Moments.Read(r.GetInt64(0), r.Bytes(1))), ct);
        return runs.GroupBy(run => run.Batch).OrderBy(batch => batch.Key).Select(batch => batch.SelectMany(run => run.Moments).Where(m => m.At >= start && m.At < end).Select(m => m.Place));
    }

    private async Task Hand(Book book, IReadOnlyList<long> places, DisclosureScope scope, DateTimeOffset from, DateTimeOffset until, Action<Disclosure> take, CancellationToken ct)
    {
        foreach (var (index, leaf, stored) in Stored(book, places))
        {
            if (await evidence.Read(leaf, stored, ct) is not { } opened) continue;
            var happening = opened.Record.Happening;
            if (!happening.Kind.StartsWith(Kinds, StringComparison.Ordinal) || happening.At < from || happening.At >= until || !scope.Fits(happening)) continue;
            var (record, committed) = (JournalForm.Record(stored).ToArray(), opened.Record.Journal);
            var isChanged = committed is null ? record.Length > 0 : committed != JournalForm.Digest(record);
            take(new Disclosure(index, happening, record, isChanged));
        }
    }

    // Entries that lie close together are read in one go.
    private static List<(long Index, byte[] Leaf, byte[] Stored)> Stored(Book book, IReadOnlyList<long> places)
    {
        var all = new List<(long, byte[], byte[])>(places.Count);
        var span = places[^1] - places[0] + 1;
        if (span > places.Count * 4L)
        {
            foreach (var place in places)
            {
                var (leaf, stored) = book.Log.Read(place);
                all.Add((place, leaf, stored));
            }
            return all;
        }
        var next = 0;
        book.Log.Each(places[0], span, (index, leaf, stored) =>
        {
            if (index != places[next]) return;
            all.Add((index, leaf, stored));
            next++;
        });
        return all;
    }
}
