using System.Data.Common;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>Who asks to read openings. The caller has been authorised; this says how far the eye reaches.</summary>
/// <param name="Agency">Sees entries of this agency and those it is a party of.</param>
/// <param name="IsAuditor">Sees every entry.</param>
public sealed record OpeningReader(string? Agency, bool IsAuditor = false);

/// <summary>Which openings are wanted; what is null does not matter. Newest first.</summary>
public sealed record OpeningQuery
{
    public string? Kind { get; init; }
    public string? Subject { get; init; }
    public string? Resource { get; init; }
    public string? Grant { get; init; }
    public string? Client { get; init; }
    public string? Agency { get; init; }
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? Until { get; init; }

    /// <summary>From this entry of the log on.</summary>
    public long? FirstIndex { get; init; }

    /// <summary>Before this entry.</summary>
    public long? EndIndex { get; init; }

    public string? After { get; init; }
    public int Limit { get; init; } = 50;
}

/// <summary>An opened entry: with salt and record anyone can compute the leaf and find it in the public log.</summary>
/// <param name="Record">Canonical JSON (RFC 8785).</param>
public sealed record Opening(long Index, string? EvidenceId, Happening Happening, byte[] Salt, string Record);

/// <summary>How many entries of one kind an agency caused about one resource.</summary>
public sealed record OpeningCount(string? Resource, string? Agency, string Kind, long Count);

/// <summary>Reads sealed openings for parties and auditors.</summary>
public sealed class Openings(Db db, EvidenceLog evidence)
{
    /// <summary>A page of openings; those whose month's key was erased are passed over.</summary>
    public async Task<Page<Opening>> List(OpeningReader reader, OpeningQuery query, CancellationToken ct)
    {
        if (!reader.IsAuditor && reader.Agency is null) return new([], null);
        var limit = Math.Clamp(query.Limit, 1, 500);
        var before = Cursor.Read(query.After, 1) is [var key] && long.TryParse(key, out var place) ? place : long.MaxValue;
        var rows = await Newest(reader, query, before, limit + 1, ct);
        var page = Page<long>.Of(rows, limit, p => [p]);
        var opened = new List<Opening>(page.Items.Count);
        foreach (var index in page.Items)
            if (await Open(index, ct) is { } opening) opened.Add(opening);
        return new(opened, page.Next);
    }

    /// <summary>Counts what <see cref="List"/> would show, by resource, agency and kind, of kinds that begin so.</summary>
    public async Task<IReadOnlyList<OpeningCount>> Counts(OpeningReader reader, OpeningQuery query, string kinds, CancellationToken ct)
    {
        if (!reader.IsAuditor && reader.Agency is null) return [];
        var counts = new Dictionary<(string? Resource, string? Agency, string Kind), long>();
        await db.Each(
            $"""
            select e.resource, e.agency, e.kind, e.entries, e.batch, case when {Inside(query)} then null else e.places end from evidence_run e
            where e.kind like {kinds + "%"} {Visible(reader)} {Where(query)}
            """, r =>
            {
                var key = (r.TextOrNull(0), r.TextOrNull(1), r.GetString(2));
                var count = r.IsDBNull(5) ? r.GetInt64(3) : Moments.Read(r.GetInt64(4), r.Bytes(5)).Count(m => Fits(query, m));
                if (count > 0) counts[key] = counts.GetValueOrDefault(key) + count;
                return ValueTask.CompletedTask;
            }, ct);
        return [.. counts.Select(c => new OpeningCount(c.Key.Resource, c.Key.Agency, c.Key.Kind, c.Value))];
    }

    /// <summary>One opening by its index; null when it does not exist, is not for this reader or was erased.</summary>
    public async Task<Opening?> Find(OpeningReader reader, long index, CancellationToken ct)
    {
        if (!reader.IsAuditor && reader.Agency is null) return null;
        var runs = await db.List(
            $"""
            select e.batch, e.places from evidence_run e
            where e.batch = (select max(b.batch) from evidence_run b where b.batch <= {index}) and e.first_place <= {index} and e.last_place >= {index} {Visible(reader)}
            """, Run, ct);
        return runs.Any(run => run.Moments.Any(m => m.Place == index)) ? await Open(index, ct) : null;
    }

    /// <summary>A run of the log without gaps that holds everything of this time: it begins with an entry that is older, and ends with one that is newer, where there are such.</summary>
    public async Task<(long First, long End)> Between(DateTimeOffset from, DateTimeOffset until, CancellationToken ct)
    {
        var (start, end) = (from.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds());
        var older = await db.List(
            $"select e.batch, e.places from evidence_run e where e.batch = (select max(b.batch) from evidence_run b where b.first_at < {start}) and e.first_at < {start}", Run, ct);
        var newer = await db.List(
            $"select e.batch, e.places from evidence_run e where e.batch = (select min(b.batch) from evidence_run b where b.last_at > {end}) and e.last_at > {end}", Run, ct);
        var last = newer.Count > 0
            ? newer.SelectMany(run => run.Moments).Where(m => m.At > end).Min(m => m.Place)
            : await db.One($"select coalesce(max(last_place), -1) from evidence_run", r => r.GetInt64(0), ct);
        return (older.SelectMany(run => run.Moments).Where(m => m.At < start).Select(m => m.Place).DefaultIfEmpty(0).Max(), last + 1);
    }

    // Every place of a batch is before every place of the next, but the runs of one batch lie in each other: a batch counts when all its runs are there.
    private async Task<List<long>> Newest(OpeningReader reader, OpeningQuery query, long before, int wanted, CancellationToken ct)
    {
        // A row can hold thousands of entries, or one.
        var rows = Math.Clamp(wanted / 4, 16, 100);
        var (found, open) = (new List<long>(), new List<long>());
        for (var (batch, ordinal) = (before, long.MaxValue); ;)
        {
            var runs = await db.List(
                $"""
                select e.batch, e.places, e.ordinal from evidence_run e
                where (e.batch < {batch} or (e.batch = {batch} and e.ordinal > {ordinal})) and e.first_place < {before} {Visible(reader)} {Where(query)}
                order by e.batch desc, e.ordinal limit {rows}
                """, r => (Run: Run(r), Ordinal: r.GetInt64(2)), ct);
            foreach (var (run, at) in runs)
            {
                if (run.Batch != batch) Close();
                (batch, ordinal) = (run.Batch, at);
                open.AddRange(run.Moments.Where(m => m.Place < before && Fits(query, m)).Select(m => m.Place));
            }
            if (runs.Count < rows) Close();
            if (found.Count >= wanted || runs.Count < rows) return found.Count > wanted ? found[..wanted] : found;
        }

        void Close()
        {
            found.AddRange(open.OrderDescending());
            open.Clear();
        }
    }

    private async Task<Opening?> Open(long index, CancellationToken ct)
    {
        var book = await evidence.Open(ct);
        var (leaf, sealedOpening) = book.Log.Read(index);
        return await evidence.Read(leaf, sealedOpening, ct) is { } opened
            ? new(index, opened.Record.Id, opened.Record.Happening, opened.Salt, opened.Canonical)
            : null;
    }

    private static (long Batch, List<Moment> Moments) Run(DbDataReader row) => (row.GetInt64(0), Moments.Read(row.GetInt64(0), row.Bytes(1)));

    private static Sql Visible(OpeningReader reader) => reader.IsAuditor
        ? Of($"")
        : Of($"and (e.agency = {reader.Agency} or exists (select 1 from evidence_run_party p where p.agency = {reader.Agency} and p.batch = e.batch and p.ordinal = e.ordinal))");

    private static Sql Where(OpeningQuery query)
    {
        var all = new Sql();
        if (query.Kind is not null) all = all.Then($" and e.kind = {query.Kind}");
        if (query.Subject is not null) all = all.Then($" and e.subject = {query.Subject}");
        if (query.Resource is not null) all = all.Then($" and e.resource = {query.Resource}");
        if (query.Grant is not null) all = all.Then($" and e.grant_id = {query.Grant}");
        if (query.Client is not null) all = all.Then($" and e.client = {query.Client}");
        if (query.Agency is not null) all = all.Then($" and e.agency = {query.Agency}");
        if (query.FirstIndex is { } first) all = all.Then($" and e.last_place >= {first}");
        if (query.EndIndex is { } end) all = all.Then($" and e.first_place < {end}");
        if (query.From is { } from) all = all.Then($" and e.last_at >= {from}");
        if (query.Until is { } until) all = all.Then($" and e.first_at < {until}");
        return all;
    }

    // Whether a whole run lies within the bounds; those that do not are looked into, entry by entry.
    private static Sql Inside(OpeningQuery query) => Of(
        $"""
        e.first_place >= {query.FirstIndex ?? 0} and e.last_place < {query.EndIndex ?? long.MaxValue}
        and e.first_at >= {query.From?.ToUnixTimeMilliseconds() ?? long.MinValue} and e.last_at < {query.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue}
        """);

    private static bool Fits(OpeningQuery query, Moment moment) =>
        moment.Place >= (query.FirstIndex ?? 0) && moment.Place < (query.EndIndex ?? long.MaxValue)
        && moment.At >= (query.From?.ToUnixTimeMilliseconds() ?? long.MinValue) && moment.At < (query.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue);

    private static Sql Of(Sql sql) => sql;
}
