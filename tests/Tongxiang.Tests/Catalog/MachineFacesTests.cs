using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Catalog;

public sealed class MachineFacesTests
{
    [Theory, EveryStore]
    public async Task Feed_sitemap_robots_and_the_three_forms_of_the_catalogue_are_served(Store store)
    {
        await using var lab = await CatalogNode.Start(store);
        await lab.Publish(Samples.Open("公交 <站点> & 线路"), Samples.Open("企业信用记录", "Credit records") with { Theme = "credit" }, Samples.Personal());
        XNamespace atom = "http://www.w3.org/2005/Atom", map = "http://www.sitemaps.org/schemas/sitemap/0.9";

        var feed = XDocument.Parse(await lab.Public.GetStringAsync("/feed.atom"));
        Assert.Equal(2, feed.Root!.Elements(atom + "entry").Count());
        Assert.Contains(feed.Root.Elements(atom + "entry"), e => e.Element(atom + "title")!.Value == "公交 <站点> & 线路" && e.Element(atom + "author") is not null && e.Element(atom + "updated") is not null);
        Assert.Single(XDocument.Parse(await lab.Public.GetStringAsync("/feed.atom?theme=credit")).Root!.Elements(atom + "entry"));

        var index = XDocument.Parse(await lab.Public.GetStringAsync("/sitemap.xml"));
        var part = new Uri(index.Descendants(map + "loc").Single().Value).AbsolutePath;
        var places = XDocument.Parse(await lab.Public.GetStringAsync(part)).Descendants(map + "loc").Select(l => new Uri(l.Value).AbsolutePath).ToList();
        Assert.Equal(["/", "/en/", "/datasets/bus-stops", "/en/datasets/bus-stops", "/datasets/credit-records", "/en/datasets/credit-records"], places);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Public.GetAsync("/sitemap-2.xml")).StatusCode);
        Assert.Contains("Sitemap: http", await lab.Public.GetStringAsync("/robots.txt"));

        Assert.Contains("dcat:Catalog", await lab.Public.GetStringAsync("/catalog.ttl"));
        Assert.True(JsonDocument.Parse(await lab.Public.GetStringAsync("/catalog.jsonld")).RootElement.GetProperty("@graph").GetArrayLength() > 10);
        Assert.Equal("RDF", XDocument.Parse(await lab.Public.GetStringAsync("/catalog.rdf")).Root!.Name.LocalName);
        foreach (var form in new[] { "ttl", "jsonld", "rdf" }) Assert.Contains("公交", await lab.Public.GetStringAsync("/datasets/bus-stops." + form));
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Public.GetAsync("/datasets/insured-persons.ttl")).StatusCode);
        using var answer = await lab.Public.GetAsync("/catalog.ttl");
        Assert.Equal("text/turtle", answer.Content.Headers.ContentType!.MediaType);
    }
}
