using System.Globalization;
using System.Text;
using System.Xml;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Catalog.Rdf;
using Tongxiang.Core.Search;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Catalog;

/// <summary>What machines read of the public catalogue: DCAT-AP in three forms, an Atom feed, the sitemap, robots.txt.</summary>
internal sealed class MachineFaces(Listings listings, Finder finder, Directory directory, NodeSettings settings, OpenWords words)
{
    private const int PerPart = 10_000;
    private const int InFeed = 50;
    private const string Atom = "http://www.w3.org/2005/Atom";
    private const string Sitemaps = "http://www.sitemaps.org/schemas/sitemap/0.9";
    private const string Xhtml = "http://www.w3.org/1999/xhtml";
    private static readonly XmlWriterSettings Form = new() { Async = true, Indent = true, Encoding = new UTF8Encoding(false), CloseOutput = false };

    private delegate Task GraphWriter(IEnumerable<RdfNode> nodes, Stream to, CancellationToken ct);

    private static readonly (string Extension, string Type, GraphWriter Write)[] Forms =
    [
        ("ttl", "text/turtle; charset=utf-8", TurtleWriter.Write),
        ("jsonld", "application/ld+json", JsonLdWriter.Write),
        ("rdf", "application/rdf+xml; charset=utf-8", RdfXmlWriter.Write),
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (extension, type, write) in Forms)
        {
            routes.MapGet("/catalog." + extension, http => Graph(http, type, write, g => g.Catalog(listings.All))).ExcludeFromDescription();
            routes.MapGet("/datasets/{slug}." + extension, (HttpContext http, string slug) => Dataset(http, slug, type, write)).ExcludeFromDescription();
        }
        routes.MapGet("/feed.atom", Feed).ExcludeFromDescription();
        routes.MapGet("/datasets.atom", Feed).ExcludeFromDescription();
        routes.MapGet("/sitemap.xml", SitemapIndex).ExcludeFromDescription();
        routes.MapGet("/sitemap-{part:int:min(1)}.xml", SitemapPart).ExcludeFromDescription();
        routes.MapGet("/robots.txt", Robots).ExcludeFromDescription();
    }

    private Task Dataset(HttpContext http, string slug, string type, GraphWriter write) => listings.Find(slug) is { } listing && listing.Entry.Slug == slug
        ? Graph(http, type, write, g => g.Dataset(listing))
        : Refusal.NotFound("catalog.entry").ToProblem().ExecuteAsync(http);

    private Task Graph(HttpContext http, string type, GraphWriter write, Func<DcatGraph, IEnumerable<RdfNode>> nodes)
    {
        Head(http, type);
        return write(nodes(new DcatGraph(Links.Of(http.Request, settings), settings, directory, words)), http.Response.Body, http.RequestAborted);
    }

    private async Task Feed(HttpContext http)
    {
        var links = Links.Of(http.Request, settings);
        var request = SearchRequest.Read(http.Request, isPublic: true) with { Order = SearchOrder.Newest, Offset = 0, Limit = InFeed };
        var found = finder.Search(request).Entries.Select(f => listings.Find(f.Entry.Slug)).OfType<Listing>().ToList();
        var self = links.Root + http.Request.Path.ToUriComponent() + http.Request.QueryString.ToUriComponent();
        Head(http, "application/atom+xml; charset=utf-8");
        await using var xml = XmlWriter.Create(http.Response.Body, Form);
        await xml.WriteStartElementAsync(null, "feed", Atom);
        await xml.WriteAttributeStringAsync("xml", "lang", null, "zh-CN");
        await Text(xml, "id", self);
        await Text(xml, "title", request.Text.Length > 0 ? $"{settings.Name} · {request.Text}" : settings.Name);
        await Text(xml, "updated", Time(found.Count > 0 ? found.Max(l => l.ModifiedAt) : DateTimeOffset.UnixEpoch));
        await Link(xml, "self", self, "application/atom+xml");
        await Link(xml, "alternate", links.Root + "/", "text/html");
        foreach (var listing in found) await Entry(xml, listing, links);
        await xml.WriteEndElementAsync();
    }

    private async Task Entry(XmlWriter xml, Listing listing, Links links)
    {
        await xml.WriteStartElementAsync(null, "entry", Atom);
        await Text(xml, "id", "urn:uuid:" + listing.Entry.Id);
        await Text(xml, "title", listing.Content.Name);
        await Text(xml, "updated", Time(listing.ModifiedAt));
        await Text(xml, "published", Time(listing.IssuedAt));
        await xml.WriteStartElementAsync(null, "author", Atom);
        await Text(xml, "name", listing.Provider?.Name ?? settings.Name);
        await xml.WriteEndElementAsync();
        await Link(xml, "alternate", links.Dataset(listing.Entry.Slug), "text/html");
        foreach (var keyword in listing.Content.Keywords)
        {
            await xml.WriteStartElementAsync(null, "category", Atom);
            await xml.WriteAttributeStringAsync(null, "term", null, keyword);
            await xml.WriteEndElementAsync();
        }
        await Text(xml, "summary", listing.Content.Abstract);
        await xml.WriteEndElementAsync();
    }

    private async Task SitemapIndex(HttpContext http)
    {
        var links = Links.Of(http.Request, settings);
        var parts = Math.Max(1, (listings.All.Count + PerPart - 1) / PerPart);
        Head(http, "application/xml; charset=utf-8");
        await using var xml = XmlWriter.Create(http.Response.Body, Form);
        await xml.WriteStartElementAsync(null, "sitemapindex", Sitemaps);
        for (var part = 1; part <= parts; part++)
        {
            await xml.WriteStartElementAsync(null, "sitemap", Sitemaps);
            await xml.WriteElementStringAsync(null, "loc", Sitemaps, string.Create(CultureInfo.InvariantCulture, $"{links.Root}/sitemap-{part}.xml"));
            await xml.WriteEndElementAsync();
        }
        await xml.WriteEndElementAsync();
    }

    private async Task SitemapPart(HttpContext http, int part)
    {
        var (links, all) = (Links.Of(http.Request, settings), listings.All);
        if (part > Math.Max(1, (all.Count + PerPart - 1) / PerPart))
        {
            await Refusal.NotFound("catalog.entry").ToProblem().ExecuteAsync(http);
            return;
        }
        Head(http, "application/xml; charset=utf-8");
        await using var xml = XmlWriter.Create(http.Response.Body, Form);
        await xml.WriteStartElementAsync(null, "urlset", Sitemaps);
        await xml.WriteAttributeStringAsync("xmlns", "xhtml", null, Xhtml);
        if (part == 1) await Page(xml, links.Root, "/", null);
        foreach (var listing in all.Skip((part - 1) * PerPart).Take(PerPart)) await Page(xml, links.Root, "/datasets/" + listing.Entry.Slug, listing.ModifiedAt);
        await xml.WriteEndElementAsync();
    }

    private static async Task Page(XmlWriter xml, string root, string path, DateTimeOffset? modified)
    {
        foreach (var place in new[] { root + path, $"{root}/en{path}" })
        {
            await xml.WriteStartElementAsync(null, "url", Sitemaps);
            await xml.WriteElementStringAsync(null, "loc", Sitemaps, place);
            if (modified is { } at) await xml.WriteElementStringAsync(null, "lastmod", Sitemaps, Time(at));
            foreach (var (language, prefix) in new[] { ("zh-CN", ""), ("en", "/en") })
            {
                await xml.WriteStartElementAsync("xhtml", "link", Xhtml);
                await xml.WriteAttributeStringAsync(null, "rel", null, "alternate");
                await xml.WriteAttributeStringAsync(null, "hreflang", null, language);
                await xml.WriteAttributeStringAsync(null, "href", null, root + prefix + path);
                await xml.WriteEndElementAsync();
            }
            await xml.WriteEndElementAsync();
        }
    }

    private Task Robots(HttpContext http)
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync($"User-agent: *\nDisallow: /desk\nDisallow: /bureau\nDisallow: /api/\nDisallow: /connect\nSitemap: {Links.Of(http.Request, settings).Root}/sitemap.xml\n");
    }

    private static void Head(HttpContext http, string type)
    {
        http.Response.ContentType = type;
        http.Response.Headers.AccessControlAllowOrigin = "*";
        http.Response.Headers.CacheControl = "public, max-age=60";
    }

    private static Task Text(XmlWriter xml, string name, string text) => xml.WriteElementStringAsync(null, name, Atom, text);

    private static async Task Link(XmlWriter xml, string rel, string href, string type)
    {
        await xml.WriteStartElementAsync(null, "link", Atom);
        await xml.WriteAttributeStringAsync(null, "rel", null, rel);
        await xml.WriteAttributeStringAsync(null, "type", null, type);
        await xml.WriteAttributeStringAsync(null, "href", null, RdfNames.Safe(href));
        await xml.WriteEndElementAsync();
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
