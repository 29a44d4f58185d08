using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>One entry that disclosed something: its happening, and the sealed journal record when its digest is the one the entry commits to.</summary>
internal readonly record struct Disclosure(long Index, Happening Happening, byte[] Record, bool IsChanged);

/// <summary>Walks over the calls of a scope in the order of the log, a page at a time: first those the control data know, then the log's newest end.</summary>
internal sealed class DisclosureWalk(Db db, EvidenceLog evidence)
{
    private const int Page = 1_000;
    private const string Kinds = "gateway.";

    public async Task Run(DisclosureScope scope, DateTimeOffset from, DateTimeOffset until, Action<Disclosure> take, CancellationToken ct)
    {
        var book = await evidence.Open(ct);
        var (end, seen) = (book.Log.Size, -1L);
        var known = Math.Min(end, await db.One($"select indexed from evidence_log where origin = {book.Origin}", r => r.GetInt64(0), ct));
        for (IReadOnlyList<long> places; (places = await Places(scope, from, until, seen, known, ct)).Count > 0; seen = places[^1])
            await Hand(book, places, scope, from, until, take, ct);
        for (var at = known; at < end; at += Page)
            await Hand(book, [.. Range(at, Math.Min(Page, end - at))], scope, from, until, take, ct);
    }

    private static IEnumerable<long> Range(long from, long count)
    {
        for (var i = from; i < from + count; i++) yield return i;
    }

    private Task<IReadOnlyList<long>> Places(DisclosureScope scope, DateTimeOffset from, DateTimeOffset until, long seen, long known, CancellationToken ct)
    {
        var where = new Sql();
        if (scope.Actor is not null) where = where.Then($" and e.actor = {scope.Actor}");
        if (scope.Agency is not null) where = where.Then($" and e.agency = {scope.Agency}");
        if (scope.Grant is not null) where = where.Then($" and e.grant_id = {scope.Grant}");
        if (scope.Resource is not null) where = where.Then($" and e.resource = {scope.Resource}");
        return db.List(
            $"""
            select e.place from evidence_entry e
            where e.place > {seen} and e.place < {known} and e.happened_at >= {from} and e.happened_at < {until} and e.kind like 'gateway.%' {where}
            order by e.place limit {Page}
            """, r => r.GetInt64(0), ct);
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
