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
        var rows = await db.List(
            $"""
            select place from evidence_entry e
            where place < {before} {Visible(reader)}
            {Where(query)}
            order by place desc limit {limit + 1}
            """, r => r.GetInt64(0), ct);
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
        return await db.List(
            $"""
            select e.resource, e.agency, e.kind, count(*) from evidence_entry e
            where e.kind like {kinds + "%"} {Visible(reader)} {Where(query)}
            group by e.resource, e.agency, e.kind
            """, r => new OpeningCount(r.TextOrNull(0), r.TextOrNull(1), r.GetString(2), r.GetInt64(3)), ct);
    }

    /// <summary>One opening by its index; null when it does not exist, is not for this reader or was erased.</summary>
    public async Task<Opening?> Find(OpeningReader reader, long index, CancellationToken ct)
    {
        if (!reader.IsAuditor && reader.Agency is null) return null;
        var found = await db.One($"select place from evidence_entry e where place = {index} {Visible(reader)}", r => (long?)r.GetInt64(0), ct);
        return found is null ? null : await Open(index, ct);
    }

    /// <summary>A run of the log without gaps that holds everything of this time: it begins with an entry that is older, and ends with one that is newer, where there are such.</summary>
    public async Task<(long First, long End)> Between(DateTimeOffset from, DateTimeOffset until, CancellationToken ct) => (
        await db.One($"select coalesce(max(place), 0) from evidence_entry where happened_at < {from}", r => r.GetInt64(0), ct),
        await db.One($"select coalesce((select min(place) from evidence_entry where happened_at > {until}), (select max(place) from evidence_entry), -1) + 1", r => r.GetInt64(0), ct));

    private async Task<Opening?> Open(long index, CancellationToken ct)
    {
        var book = await evidence.Open(ct);
        var (leaf, sealedOpening) = book.Log.Read(index);
        return await evidence.Read(leaf, sealedOpening, ct) is { } opened
            ? new(index, opened.Record.Id, opened.Record.Happening, opened.Salt, opened.Canonical)
            : null;
    }

    private static Sql Visible(OpeningReader reader) => reader.IsAuditor
        ? Of($"")
        : Of($"and (e.agency = {reader.Agency} or e.place in (select p.place from evidence_party p where p.agency = {reader.Agency}))");

    private static Sql Where(OpeningQuery query)
    {
        var all = new Sql();
        if (query.Kind is not null) all = all.Then($" and e.kind = {query.Kind}");
        if (query.Subject is not null) all = all.Then($" and e.subject = {query.Subject}");
        if (query.Resource is not null) all = all.Then($" and e.resource = {query.Resource}");
        if (query.Grant is not null) all = all.Then($" and e.grant_id = {query.Grant}");
        if (query.Client is not null) all = all.Then($" and e.client = {query.Client}");
        if (query.Agency is not null) all = all.Then($" and e.agency = {query.Agency}");
        if (query.FirstIndex is { } first) all = all.Then($" and e.place >= {first}");
        if (query.EndIndex is { } end) all = all.Then($" and e.place < {end}");
        if (query.From is { } from) all = all.Then($" and e.happened_at >= {from}");
        if (query.Until is { } until) all = all.Then($" and e.happened_at < {until}");
        return all;
    }

    private static Sql Of(Sql sql) => sql;
}
