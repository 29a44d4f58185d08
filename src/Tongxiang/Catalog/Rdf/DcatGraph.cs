using System.Globalization;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Catalog.Rdf;

/// <summary>The catalogue in DCAT-AP 3: every thing that is referred to says of what class it is, once in a document.</summary>
internal sealed class DcatGraph(Links links, NodeSettings settings, Directory directory, OpenWords? words = null)
{
    private const string Authority = "http://publications.europa.eu/resource/authority/";
    private const string Sha256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256";
    private readonly HashSet<string> described = new(StringComparer.Ordinal);

    private static readonly (string Key, string Name, string NameEn)[] Schemes = [("theme", "主题", "Themes"), ("frequency", "更新周期", "Update frequencies"), ("access", "开放属性", "Open classes")];
    private static readonly string[] Languages = [Authority + "language/ZHO", Authority + "language/ENG"];

    /// <summary>The whole catalogue, node by node.</summary>
    public IEnumerable<RdfNode> Catalog(IReadOnlyList<Listing> listings)
    {
        var authority = links.Root + "/#authority";
        var catalog = new RdfNode(links.Catalog).A("dcat:Catalog")
            .Words("dct:title", settings.Name, "zh").Words("dct:title", settings.NameEn, "en")
            .Words("dct:description", $"{settings.Name}的公共数据目录", "zh").Words("dct:description", $"Catalogue of public data of {settings.NameEn}", "en")
            .Iri("dct:publisher", authority).Iri("foaf:homepage", links.Root + "/").Iri("dct:spatial", links.Term("division", settings.Division)).Iri("dct:license", links.Licence("open-terms"));
        if (listings.Count > 0) catalog.Add("dct:issued", RdfValue.Time(listings.Min(l => l.IssuedAt))).Add("dct:modified", RdfValue.Time(listings.Max(l => l.ModifiedAt)));
        foreach (var language in Languages) catalog.Iri("dct:language", language);
        foreach (var (key, _, _) in Schemes) catalog.Iri("dcat:themeTaxonomy", links.Root + "/def/" + key);
        foreach (var listing in listings) catalog.Iri("dcat:dataset", Iri(listing)).Iri("dcat:service", Service(listing));
        yield return catalog;
        yield return new RdfNode(authority).A("foaf:Agent").Words("foaf:name", settings.Name, "zh").Words("foaf:name", settings.NameEn, "en");
        yield return new RdfNode(links.Root + "/").A("foaf:Document");
        foreach (var node in Place(settings.Division).Concat(Licence("open-terms")).Concat(LanguageNodes())) yield return node;
        foreach (var (key, name, nameEn) in Schemes)
            yield return new RdfNode(links.Root + "/def/" + key).A("skos:ConceptScheme").Words("dct:title", name, "zh").Words("dct:title", nameEn, "en").Words("skos:prefLabel", name, "zh").Words("skos:prefLabel", nameEn, "en");
        foreach (var listing in listings)
            foreach (var node in Dataset(listing)) yield return node;
    }

    /// <summary>One dataset with its distributions, its service and what they refer to.</summary>
    public IEnumerable<RdfNode> Dataset(Listing listing)
    {
        var offers = listing.Offers(links);
        yield return DatasetNode(listing, offers);
        foreach (var offer in offers) yield return Distribution(listing, offer);
        yield return ServiceNode(listing);
        yield return new RdfNode(links.Dataset(listing.Entry.Slug)).A("foaf:Document");
        yield return Contact(listing);
        foreach (var address in (string[])[links.Data(listing.Entry.Slug), Description(listing), .. offers.Select(o => o.DownloadUrl).OfType<string>()]) yield return new RdfNode(address).A("rdfs:Resource");
        if (listing.Data is { Digest.Length: 64 } data && offers.Any(o => o.Bytes is not null))
        {
            if (described.Add(Sha256)) yield return new RdfNode(Sha256).A("spdx:ChecksumAlgorithm");
            yield return new RdfNode(Iri(listing) + "-checksum").A("spdx:Checksum").Iri("spdx:algorithm", Sha256)
                .Add("spdx:checksumValue", RdfValue.Typed(data.Digest, RdfNames.Xsd + "hexBinary"));
        }
        foreach (var node in References(listing)) yield return node;
    }

    private RdfNode DatasetNode(Listing listing, IReadOnlyList<Offer> offers)
    {
        var c = listing.Content;
        var node = new RdfNode(Iri(listing)).A("dcat:Dataset")
            .Words("dct:title", c.Name, "zh").Words("dct:title", c.NameEn, "en").Words("dct:description", c.Abstract, "zh").Words("dct:description", c.AbstractEn, "en")
            .Add("dct:identifier", RdfValue.Plain(listing.Entry.Code)).Iri("dct:publisher", Publisher(listing)).Iri("dcat:contactPoint", Iri(listing) + "-contact")
            .Iri("dcat:theme", links.Term("theme", c.Theme)).Iri("dct:accrualPeriodicity", links.Term("frequency", c.UpdatePromise.ToString()))
            .Iri("dct:accessRights", links.Term("access", c.Opening.Class.ToString())).Iri("dct:spatial", links.Term("division", c.Region))
            .Iri("dcat:landingPage", links.Dataset(listing.Entry.Slug)).Iri("dct:language", Languages[0])
            .Add("dct:issued", RdfValue.Time(listing.IssuedAt)).Add("dct:modified", RdfValue.Time(listing.ModifiedAt));
        foreach (var keyword in c.Keywords) node.Words("dcat:keyword", keyword, "zh");
        foreach (var offer in offers) node.Iri("dcat:distribution", Iri(listing, offer));
        if (listing.Data is { } data) node.Add("dcat:version", RdfValue.Plain(data.Version.ToString(CultureInfo.InvariantCulture)));
        for (var i = 0; i < c.Opening.Bases.Count; i++) node.Iri("dcatap:applicableLegislation", Law(listing, i));
        return node;
    }

    private RdfNode Distribution(Listing listing, Offer offer)
    {
        var node = new RdfNode(Iri(listing, offer)).A("dcat:Distribution")
            .Words("dct:title", $"{listing.Content.Name} ({offer.Format.NameEn})", "zh").Iri("dcat:accessURL", offer.AccessUrl).Iri("dct:license", links.Licence(listing.Content.Licence))
            .Iri("dct:format", FileType(offer.Format)).Iri("dcat:mediaType", MediaType(offer.Format)).Iri("dcat:accessService", Service(listing))
            .Iri("dct:language", Languages[0]).Add("dct:issued", RdfValue.Time(listing.IssuedAt)).Add("dct:modified", RdfValue.Time(listing.ModifiedAt));
        if (offer.DownloadUrl is { } download) node.Iri("dcat:downloadURL", download);
        if (offer.Bytes is { } bytes && listing.Data is { Digest.Length: 64 }) node.Add("dcat:byteSize", RdfValue.Number(bytes)).Iri("spdx:checksum", Iri(listing) + "-checksum");
        return node;
    }

    private RdfNode ServiceNode(Listing listing) => new RdfNode(Service(listing)).A("dcat:DataService")
        .Words("dct:title", listing.Content.Name + " 数据接口", "zh").Words("dct:title", listing.Content.NameEn is { } name ? name + " data API" : null, "en")
        .Iri("dcat:endpointURL", links.Data(listing.Entry.Slug)).Iri("dcat:endpointDescription", Description(listing)).Iri("dcat:servesDataset", Iri(listing))
        .Iri("dct:publisher", Publisher(listing)).Iri("dcat:contactPoint", Iri(listing) + "-contact").Iri("dct:accessRights", links.Term("access", listing.Content.Opening.Class.ToString()))
        .Iri("dct:license", links.Licence(listing.Content.Licence));

    private RdfNode Contact(Listing listing)
    {
        var (c, node) = (listing.Content, new RdfNode(Iri(listing) + "-contact").A("vcard:Kind", "vcard:Organization"));
        node.Words("vcard:fn", listing.Provider?.Name ?? settings.Name, "zh");
        if (c.ContactEmail.Length > 0) node.Iri("vcard:hasEmail", "mailto:" + Uri.EscapeDataString(c.ContactEmail).Replace("%40", "@", StringComparison.Ordinal));
        var digits = string.Concat(c.ContactPhone.Where(char.IsAsciiDigit));
        if (digits.Length > 0) node.Iri("vcard:hasTelephone", "tel:" + digits);
        return node;
    }

    private IEnumerable<RdfNode> References(Listing listing)
    {
        var c = listing.Content;
        if (described.Add(Publisher(listing)))
        {
            var agent = new RdfNode(Publisher(listing)).A("foaf:Agent").Words("foaf:name", listing.Provider?.Name ?? settings.Name, "zh").Words("foaf:name", listing.Provider?.NameEn, "en");
            yield return listing.Provider is { } provider ? agent.Add("dct:identifier", RdfValue.Plain(provider.CreditCode)) : agent;
        }
        if (Concept("theme", Themes.All.Find(c.Theme), "data-theme/", "skos:Concept") is { } theme) yield return theme;
        if (Concept("frequency", Themes.Promises.Find(c.UpdatePromise.ToString()), "frequency/", "skos:Concept", "dct:Frequency") is { } frequency) yield return frequency;
        if (Concept("access", (words ?? new OpenWords()).Term(c.Opening.Class), "access-right/", "skos:Concept", "dct:RightsStatement") is { } access) yield return access;
        foreach (var node in Place(c.Region).Concat(Licence(c.Licence)).Concat(LanguageNodes())) yield return node;
        foreach (var format in c.Formats.Select(Themes.Formats.Find).OfType<Term>())
        {
            if (described.Add(FileType(format))) yield return new RdfNode(FileType(format)).A("dct:MediaTypeOrExtent").Words("skos:prefLabel", format.Note2, "en");
            if (described.Add(MediaType(format))) yield return new RdfNode(MediaType(format)).A("dct:MediaType", "dct:MediaTypeOrExtent");
        }
        for (var i = 0; i < c.Opening.Bases.Count; i++)
            yield return new RdfNode(Law(listing, i)).A("eli:LegalResource").Words("dct:title", $"{c.Opening.Bases[i].Title} {c.Opening.Bases[i].Article}", "zh");
    }

    private RdfNode? Concept(string list, Term? term, string mapping, params string[] classes)
    {
        if (term is null || !described.Add(links.Term(list, term.Key))) return null;
        return new RdfNode(links.Term(list, term.Key)).A(classes).Words("skos:prefLabel", term.Name, "zh").Words("skos:prefLabel", term.NameEn, "en")
            .Iri("skos:inScheme", links.Root + "/def/" + list).Iri("skos:exactMatch", Authority + mapping + term.Note);
    }

    private IEnumerable<RdfNode> Place(string division)
    {
        if (described.Add(links.Term("division", division)))
            yield return new RdfNode(links.Term("division", division)).A("dct:Location").Words("skos:prefLabel", directory.DivisionName(division, Texts.Chinese), "zh").Add("dct:identifier", RdfValue.Plain(division));
    }

    private IEnumerable<RdfNode> Licence(string licence)
    {
        if (described.Add(links.Licence(licence)))
            yield return new RdfNode(links.Licence(licence)).A("dct:LicenseDocument").Words("dct:title", Themes.Licences.NameOf(licence, Texts.Chinese), "zh");
    }

    private IEnumerable<RdfNode> LanguageNodes() => Languages.Where(described.Add).Select(language => new RdfNode(language).A("dct:LinguisticSystem"));

    private string Description(Listing listing) => links.Data(listing.Entry.Slug) + "/openapi.json";

    private string Iri(Listing listing) => links.Dataset(listing.Entry.Slug) + "#dataset";

    private string Iri(Listing listing, Offer offer) => $"{Iri(listing)}-{offer.Format.Key}";

    private string Service(Listing listing) => links.Data(listing.Entry.Slug) + "#service";

    private string Publisher(Listing listing) => links.Agency(listing.Provider?.Slug ?? listing.Entry.Agency.ToString());

    private string Law(Listing listing, int number) => string.Create(CultureInfo.InvariantCulture, $"{Iri(listing)}-basis-{number + 1}");

    private static string FileType(Term format) => Authority + "file-type/" + format.Note2;

    private static string MediaType(Term format) => "http://www.iana.org/assignments/media-types/" + format.Note;
}
