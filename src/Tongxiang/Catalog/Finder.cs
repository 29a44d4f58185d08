using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Tongxiang.Core.Search;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Catalog;

/// <summary>What is searched for.</summary>
/// <param name="Text">As typed.</param>
/// <param name="IsPublic">Only what the public may know of; else all that departments may.</param>
public sealed record SearchRequest(string Text, bool IsPublic)
{
    /// <summary>Chosen values by facet: <c>agency theme region share open format promise freshness</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyCollection<string>> Chosen { get; init; } = new Dictionary<string, IReadOnlyCollection<string>>();

    public SearchOrder Order { get; init; }

    public int Offset { get; init; }

    public int Limit { get; init; } = 20;

    /// <summary>The search that a query string asks for: <c>q</c>, a parameter per facet, <c>order</c>, <c>offset</c>, <c>limit</c>.</summary>
    public static SearchRequest Read(HttpRequest request, bool isPublic)
    {
        var query = request.Query;
        var chosen = Finder.Facets.Where(query.ContainsKey).ToDictionary(f => f, f => (IReadOnlyCollection<string>)[.. query[f].OfType<string>().Where(v => v.Length > 0).Take(50)], StringComparer.Ordinal);
        return new SearchRequest(query["q"].ToString(), isPublic)
        {
            Chosen = chosen,
            Order = query["order"].ToString() switch { "newest" => SearchOrder.Newest, "used" => SearchOrder.MostUsed, _ => SearchOrder.Relevance },
            Offset = Whole(query["offset"], 0, 10_000),
            Limit = Whole(query["limit"], 20, 100),
        };
    }

    private static int Whole(string? text, int otherwise, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, most) : otherwise;
}

/// <summary>One entry found, and why: the rung of the ladder and the share of each text in the score.</summary>
public sealed record FoundEntry(Entry Entry, DataFacts? Data, FreshnessKind Freshness, Rung Rung, double Score, IReadOnlyList<FieldShare> Shares);

/// <summary>The entries found with the counts of the facets.</summary>
/// <param name="Synonyms">Applied replacements, to be shown.</param>
/// <param name="Words">Folded words to mark in the texts.</param>
public sealed record SearchResult(int Total, Rung Rung, IReadOnlyList<FoundEntry> Entries, IReadOnlyList<FacetCounts> Facets, IReadOnlyList<AppliedSynonym> Synonyms, IReadOnlyList<string> Words);

/// <summary>Search over the published entries; the index follows the catalogue's state.</summary>
public sealed partial class Finder(Catalogue catalogue, Directory directory, TimeProvider clock, Db db)
{
    /// <summary>The facets in the order in which they are shown.</summary>
    public static IReadOnlyList<string> Facets { get; } = ["agency", "theme", "region", "share", "open", "format", "promise", "freshness"];

    private const string Seen = "seen";
    private const int LongestQuery = 200;
    private const int LongestLogged = 40;
    // Anyone may search: without an end a script could fill the disk with words.
    internal const int MostMissed = 5_000;
    private readonly SearchIndex index = new(Synonyms.Government);
    private readonly Lock indexing = new();
    private readonly Dictionary<Id<Entry>, SearchDocument> indexed = [];
    private Published? last;
    private DateTimeOffset lastAt;

    /// <summary>Answers in memory. A public search that finds nothing is worth logging: see <see cref="Miss"/>.</summary>
    public SearchResult Search(SearchRequest request)
    {
        var state = Current();
        var answer = index.Find(new SearchQuery(request.Text.Length <= LongestQuery ? request.Text : request.Text[..LongestQuery])
        {
            Selected = request.Chosen.Where(c => c.Value.Count > 0 && Facets.Contains(c.Key)).ToDictionary(StringComparer.Ordinal),
            Must = request.IsPublic ? [new Facet(Seen, "public")] : [],
            Order = request.Order,
            Offset = Math.Max(0, request.Offset),
            Limit = Math.Clamp(request.Limit, 0, 1000),
        });
        var now = clock.GetUtcNow();
        var found = new List<FoundEntry>(answer.Hits.Count);
        foreach (var hit in answer.Hits)
        {
            if (!Id<Entry>.TryParse(hit.Document.Key, null, out var id) || state.ById.GetValueOrDefault(id) is not { } entry) continue;
            var data = state.Data.GetValueOrDefault(id);
            found.Add(new FoundEntry(entry, data, Freshness.Of(entry.Content.UpdatePromise, data?.PromotedAt, now), hit.Rung, hit.Score, hit.Shares));
        }
        FacetCounts[] facets = [.. Facets.Select(name => answer.Facets.FirstOrDefault(f => f.Name == name) ?? new FacetCounts(name, []))];
        return new SearchResult(answer.Total, answer.Rung, found, facets, answer.Synonyms, answer.Words);
    }

    /// <summary>What to offer while a reader types.</summary>
    public IReadOnlyList<Suggestion> Suggest(string typed, bool isPublic, int limit = 8)
    {
        Current();
        return typed.Length > LongestQuery ? [] : index.Suggest(typed, Math.Clamp(limit, 1, 20), isPublic ? [new Facet(Seen, "public")] : [], "theme");
    }

    /// <summary>Counts a search that found nothing, so that the bureau learns which words and which data are missing. Anything that looks like a number of a person is not kept.</summary>
    public async Task Miss(string text, CancellationToken ct)
    {
        var words = Tokens.Fold(text);
        if (words.Length is 0 or > LongestLogged || LongNumber().IsMatch(words) || words.Contains('@', StringComparison.Ordinal)) return;
        var now = clock.GetUtcNow();
        await db.Run(
            $"""
            insert into catalog_zero_hit (words, hits, first_at, last_at)
            select {words}, 1, {now}, {now} where (select count(*) from catalog_zero_hit) < {MostMissed} or exists (select 1 from catalog_zero_hit where words = {words})
            on conflict (words) do update set hits = catalog_zero_hit.hits + 1, last_at = excluded.last_at
            """, ct);
    }

    /// <summary>What was searched for in vain, most often first.</summary>
    public Task<IReadOnlyList<(string Words, long Hits, DateTimeOffset LastAt)>> Missed(int limit, CancellationToken ct) => db.List(
        $"select words, hits, last_at from catalog_zero_hit order by hits desc, last_at desc, words limit {limit}", r => (r.GetString(0), r.GetInt64(1), r.Instant(2)), ct);

    private Published Current()
    {
        var (state, now) = (catalogue.Now, clock.GetUtcNow());
        // Freshness changes by itself as time goes on: the badges are looked over once an hour.
        if (ReferenceEquals(state, last) && now - lastAt < TimeSpan.FromHours(1)) return state;
        lock (indexing)
        {
            if (ReferenceEquals(state, last) && now - lastAt < TimeSpan.FromHours(1)) return state;
            state = catalogue.Now;
            Index(state, now);
            (last, lastAt) = (state, now);
        }
        return state;
    }

    private void Index(Published state, DateTimeOffset now)
    {
        var changed = new List<SearchDocument>();
        foreach (var entry in state.All)
        {
            var document = Document(entry, state.Data.GetValueOrDefault(entry.Id), now);
            if (indexed.TryGetValue(entry.Id, out var old) && Same(old, document)) continue;
            indexed[entry.Id] = document;
            changed.Add(document);
        }
        Id<Entry>[] gone = [.. indexed.Keys.Where(id => !state.ById.ContainsKey(id))];
        foreach (var id in gone) indexed.Remove(id);
        if (changed.Count > 0 || gone.Length > 0) index.Update(changed, gone.Select(id => id.ToString()));
    }

    private SearchDocument Document(Entry entry, DataFacts? data, DateTimeOffset now)
    {
        var c = entry.Content;
        var agency = directory.Find(entry.Agency);
        return new SearchDocument(entry.Id.ToString(), c.Name)
        {
            Keywords = string.Join(' ', [.. c.Keywords, Themes.All.NameOf(c.Theme, Texts.Chinese), .. c.Fields.Take(200).Select(f => f.Title)]),
            Department = $"{agency?.Name} {agency?.NameEn}".Trim(),
            Abstract = $"{c.Abstract} {c.NameEn} {c.AbstractEn} {entry.Code}",
            Newest = (data?.PromotedAt ?? entry.InForceAt ?? entry.CreatedAt).ToUnixTimeMilliseconds(),
            Used = data?.Calls ?? 0,
            Facets =
            [
                new(Seen, entry.IsPublic ? "public" : "departments"), new("agency", agency?.Slug ?? entry.Agency.ToString()), new("theme", c.Theme), new("region", c.Region),
                new("share", c.Sharing.Class.ToString()), new("open", c.Opening.Class.ToString()), .. c.Formats.Select(f => new Facet("format", f)),
                new("promise", c.UpdatePromise.ToString()), new("freshness", Freshness.Of(c.UpdatePromise, data?.PromotedAt, now).ToString()),
            ],
        };
    }

    private static bool Same(SearchDocument a, SearchDocument b) => (a with { Facets = b.Facets }) == b && a.Facets.SequenceEqual(b.Facets);

    [GeneratedRegex("[0-9]{6}")]
    private static partial Regex LongNumber();
}
