using System.Text.Json.Nodes;
using Tongxiang.Core.Search;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog.Ckan;

/// <summary>The read actions of CKAN's API over the public listings.</summary>
internal sealed class Actions
{
    private const int MostRows = 1000;

    private readonly Listings listings;
    private readonly Finder finder;
    private readonly NodeSettings settings;

    public Actions(Listings listings, Finder finder, NodeSettings settings)
    {
        (this.listings, this.finder, this.settings) = (listings, finder, settings);
        All = Table();
    }

    public delegate JsonNode? Action(Question question, Links links);

    public IReadOnlyDictionary<string, (string Help, Action Run)> All { get; }

    private Dictionary<string, (string Help, Action Run)> Table() => new(StringComparer.Ordinal)
    {
        ["site_read"] = ("Return true.", (_, _) => true),
        ["status_show"] = ("Return a dictionary with information about the site.", (_, links) => Status(links)),
        ["help_show"] = ("Return the help of an action. name: the action.", (q, _) => Help(q)),
        ["package_list"] = ("Return the names of the datasets. limit, offset.", (q, _) => PackageList(q)),
        ["current_package_list_with_resources"] = ("Return the datasets with their resources, newest first. limit, offset, page.", CurrentPackages),
        ["package_show"] = ("Return a dataset. id: name or id.", (q, links) => Packages.Package(Find(q), links)),
        ["package_search"] = ("Search datasets. q, fq, sort, rows, start, facet, facet.field, facet.limit, facet.mincount.", PackageSearch),
        ["resource_show"] = ("Return a resource. id.", ResourceShow),
        ["organization_list"] = ("Return the organizations. all_fields, organizations, limit, offset, sort.", (q, _) => OrganizationList(q)),
        ["organization_show"] = ("Return an organization. id: name or id; include_datasets.", OrganizationShow),
        ["group_list"] = ("Return the groups (themes). all_fields, limit, offset.", (q, _) => GroupList(q)),
        ["group_show"] = ("Return a group. id; include_datasets.", GroupShow),
        ["tag_list"] = ("Return the tags. query, all_fields.", (q, _) => TagList(q)),
        ["license_list"] = ("Return the licences.", (_, links) => new JsonArray([.. Themes.Licences.Terms.Select(t => Licence(t, links))])),
    };

    private JsonObject Status(Links links) => new()
    {
        ["ckan_version"] = "2.11.0",
        ["site_url"] = links.Root,
        ["site_title"] = settings.Name,
        ["site_description"] = settings.NameEn,
        ["locale_default"] = "zh_Hans_CN",
        ["error_emails_to"] = null,
        ["extensions"] = new JsonArray(),
    };

    private JsonNode? Help(Question q) => All.TryGetValue(q.Needed("name"), out var action) ? action.Help : throw CkanError.NotFound();

    private JsonArray PackageList(Question q) => Names(Slice(listings.All.Select(l => l.Entry.Slug).Order(StringComparer.Ordinal), q, int.MaxValue));

    private JsonArray CurrentPackages(Question q, Links links)
    {
        var limit = Math.Min(q.Whole("limit", MostRows), MostRows);
        var offset = q["page"] is not null ? (Math.Max(1, q.Whole("page", 1)) - 1) * (long)limit : q.Whole("offset", 0);
        return new JsonArray([.. listings.All.OrderByDescending(l => l.ModifiedAt).ThenBy(l => l.Entry.Slug, StringComparer.Ordinal)
            .Skip((int)Math.Min(offset, int.MaxValue)).Take(limit).Select(l => Packages.Package(l, links))]);
    }

    private JsonObject PackageSearch(Question q, Links links)
    {
        var (rows, start) = (Math.Min(q.Whole("rows", 10), MostRows), q.Whole("start", 0));
        var found = Found(q);
        var facets = new JsonObject();
        var searchFacets = new JsonObject();
        if (q.Flag("facet", true))
            foreach (var field in q.Many("facet.field").Distinct(StringComparer.Ordinal)) Count(field, found, q, facets, searchFacets);
        var page = found.Skip(start).Take(rows).Select(l => (JsonNode)Packages.Package(l, links));
        return new JsonObject
        {
            ["count"] = found.Count,
            ["sort"] = q.Text("sort") ?? "score desc, metadata_modified desc",
            ["facets"] = facets,
            ["search_facets"] = searchFacets,
            ["results"] = new JsonArray([.. page]),
        };
    }

    private List<Listing> Found(Question q)
    {
        var filters = new List<Filter>();
        foreach (var text in q["fq_list"] is null ? [q.Text("fq") ?? ""] : q.Many("fq_list").Append(q.Text("fq") ?? ""))
            filters.Add(Filter.Parse(text) ?? throw CkanError.Invalid("fq", $"Not a filter query: {RuleBook.Short(text)}"));
        var words = (q.Text("q") ?? "").Trim();
        if (words is "*:*" or "*") words = "";
        // What clients write for one field in q (name:bus-stops) is a filter; anything else is words.
        if (words.Contains(':', StringComparison.Ordinal) && Filter.Parse(words) is { } inWords)
        {
            filters.Add(inWords);
            words = "";
        }
        var all = words.Length == 0 ? listings.All.OrderByDescending(l => l.ModifiedAt).ThenBy(l => l.Entry.Slug, StringComparer.Ordinal) : Ranked(words);
        return Sorted(all.Where(l => filters.All(f => f.Fits(l))).ToList(), q.Text("sort"));
    }

    private IEnumerable<Listing> Ranked(string words)
    {
        var byId = listings.All.ToDictionary(l => l.Entry.Id);
        for (var offset = 0; ; offset += MostRows)
        {
            var page = finder.Search(new SearchRequest(words, IsPublic: true) { Offset = offset, Limit = MostRows, Order = SearchOrder.Relevance });
            foreach (var hit in page.Entries)
                if (byId.TryGetValue(hit.Entry.Id, out var listing)) yield return listing;
            if (page.Entries.Count < MostRows || offset + MostRows >= 10_000) yield break;
        }
    }

    private static List<Listing> Sorted(List<Listing> found, string? sort)
    {
        IOrderedEnumerable<Listing>? sorted = null;
        foreach (var part in (sort ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var isDown = words.Length > 1 && words[1].Equals("desc", StringComparison.OrdinalIgnoreCase);
            Func<Listing, IComparable>? key = words[0] switch
            {
                "name" => l => new Ordinal(l.Entry.Slug),
                "title" or "title_string" => l => new Ordinal(l.Content.Name),
                "metadata_modified" or "last_modified" => l => l.ModifiedAt,
                "metadata_created" => l => l.IssuedAt,
                _ => null,
            };
            if (key is null) continue;
            sorted = sorted is null ? isDown ? found.OrderByDescending(key) : found.OrderBy(key) : isDown ? sorted.ThenByDescending(key) : sorted.ThenBy(key);
        }
        return sorted is null ? found : [.. sorted.ThenBy(l => l.Entry.Slug, StringComparer.Ordinal)];
    }

    private static void Count(string field, List<Listing> found, Question q, JsonObject facets, JsonObject searchFacets)
    {
        var (limit, least) = (q.Whole("facet.limit", 50), q.Whole("facet.mincount", 1));
        var counts = found.SelectMany(l => Filter.Values(l, field).Distinct(StringComparer.Ordinal)).CountBy(v => v, StringComparer.Ordinal)
            .Where(c => c.Value >= least).OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(limit == 0 ? int.MaxValue : limit).ToList();
        facets[field] = new JsonObject(counts.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value)));
        searchFacets[field] = new JsonObject
        {
            ["title"] = field,
            ["items"] = new JsonArray([.. counts.Select(c => new JsonObject { ["name"] = c.Key, ["display_name"] = Display(field, c.Key, found), ["count"] = c.Value })]),
        };
    }

    private static string Display(string field, string value, List<Listing> found) => field switch
    {
        "organization" => found.FirstOrDefault(l => l.Provider?.Slug == value)?.Provider?.Name ?? value,
        "groups" => Themes.All.NameOf(value, Texts.Chinese),
        "license_id" => Themes.Licences.NameOf(value, Texts.Chinese),
        _ => value,
    };

    private JsonObject ResourceShow(Question q, Links links)
    {
        var id = q.Needed("id");
        foreach (var listing in listings.All)
        {
            var offers = listing.Offers(links);
            for (var i = 0; i < offers.Count; i++)
                if (offers[i].Id.ToString() == id) return Packages.Resource(listing, offers[i], i);
        }
        throw CkanError.NotFound();
    }

    private JsonArray OrganizationList(Question q)
    {
        var wanted = q.Many("organizations");
        var providers = Slice(listings.Providers.Where(p => wanted.Count == 0 || wanted.Contains(p.Agency.Slug)), q, int.MaxValue);
        return q.Flag("all_fields", false)
            ? new JsonArray([.. providers.Select(p => Packages.Organization(p.Agency, p.Count))])
            : Names(providers.Select(p => p.Agency.Slug));
    }

    private JsonObject OrganizationShow(Question q, Links links)
    {
        var id = q.Needed("id");
        var found = listings.Providers.FirstOrDefault(p => p.Agency.Slug == id || p.Agency.Id.ToString() == id);
        if (found.Agency is null) throw CkanError.NotFound();
        var organization = Packages.Organization(found.Agency, found.Count);
        if (q.Flag("include_datasets", false))
            organization["packages"] = new JsonArray([.. listings.All.Where(l => l.Entry.Agency == found.Agency.Id).Take(MostRows).Select(l => Packages.Package(l, links))]);
        return organization;
    }

    private JsonArray GroupList(Question q)
    {
        var groups = Slice(Groups(), q, int.MaxValue);
        return q.Flag("all_fields", false) ? new JsonArray([.. groups.Select(g => GroupOf(g.Theme, g.Count))]) : Names(groups.Select(g => g.Theme.Key));
    }

    private JsonObject GroupShow(Question q, Links links)
    {
        var id = q.Needed("id");
        if (Themes.All.Find(id) is not { } theme) throw CkanError.NotFound();
        var members = listings.All.Where(l => l.Content.Theme == id).ToList();
        var group = GroupOf(theme, members.Count);
        if (q.Flag("include_datasets", false)) group["packages"] = new JsonArray([.. members.Take(MostRows).Select(l => Packages.Package(l, links))]);
        return group;
    }

    private JsonArray TagList(Question q)
    {
        var part = q.Text("query") ?? "";
        var tags = listings.All.SelectMany(l => l.Content.Keywords).Where(t => t.Contains(part, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return q.Flag("all_fields", false) ? new JsonArray([.. tags.Select(Packages.Tag)]) : Names(tags);
    }

    private IEnumerable<(Term Theme, int Count)> Groups()
    {
        var counts = listings.All.CountBy(l => l.Content.Theme, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return Themes.All.Terms.Where(t => counts.ContainsKey(t.Key)).Select(t => (t, counts[t.Key])).OrderBy(g => g.t.Key, StringComparer.Ordinal);
    }

    private Listing Find(Question q) => listings.Find(q.Text("id") is { Length: > 0 } id ? id : q.Needed("name_or_id")) ?? throw CkanError.NotFound();

    private static JsonObject GroupOf(Term theme, int count)
    {
        var group = Packages.Group(theme);
        (group["type"], group["state"], group["is_organization"], group["package_count"]) = ("group", "active", false, count);
        return group;
    }

    private static JsonObject Licence(Term licence, Links links) => new()
    {
        ["id"] = licence.Key,
        ["title"] = licence.Name,
        ["url"] = links.Licence(licence.Key),
        ["status"] = "active",
    };

    private static IEnumerable<T> Slice<T>(IEnumerable<T> all, Question q, int otherwise) => all.Skip(q.Whole("offset", 0)).Take(q.Whole("limit", otherwise));

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(n => (JsonNode)n)]);

    /// <summary>Compares by code points, as the rest of the platform does.</summary>
    private sealed record Ordinal(string Text) : IComparable
    {
        public int CompareTo(object? obj) => string.CompareOrdinal(Text, (obj as Ordinal)?.Text);
    }
}
