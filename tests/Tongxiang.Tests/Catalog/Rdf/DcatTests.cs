using System.Text;
using System.Text.Json;
using CsCheck;
using Tongxiang.Catalog;
using Tongxiang.Catalog.Rdf;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Laws;

namespace Tongxiang.Tests.Catalog.Rdf;

public sealed class DcatTests
{
    [Theory, EveryStore]
    public async Task Three_forms_say_the_same_and_no_shape_of_DCAT_AP_is_violated(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var open = await lab.Publish(Samples.Open() with { Formats = ["csv", "json", "parquet"] });
        lab.Catalogue.Updated(open.Id, new DataFacts(3, lab.Store.Clock.GetUtcNow(), 4711, 123_456, new string('a', 64)));
        await lab.Publish(Conditional());
        await lab.Publish(Samples.Withheld());
        await lab.Publish(Hostile());
        var folder = await Write(lab);
        var turtle = await File.ReadAllTextAsync(Path.Combine(folder, "catalog.ttl"));
        Assert.DoesNotContain("案件线索", turtle);
        Assert.Contains("spdx:checksumValue", turtle);

        string[] files = ["shapes.ttl", "range.ttl", "dcat-ap-SHACL-3.0.0.ttl", "dcat-ap-SHACL-3.0.1.ttl"];
        var got = await Check(folder, files);
        Assert.True(got.GetProperty("same").GetBoolean(), got.GetRawText());
        Assert.Equal(0, got.GetProperty("blanks").GetInt32());
        Assert.True(got.GetProperty("quads").GetProperty("ttl").GetInt32() > 150);
        Assert.All(got.GetProperty("shacl").EnumerateObject(), file =>
        {
            Assert.True(file.Value.GetProperty("violations").GetInt32() == 0, $"{file.Name}: {file.Value.GetRawText()}");
            Assert.True(file.Value.GetProperty("focus").GetInt32() > 10, $"{file.Name} looked at too little: {file.Value.GetRawText()}");
        });
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_damaged_catalogue_is_found_by_the_same_check()
    {
        await using var lab = await CatalogLab.Open(Store.Sqlite);
        await lab.Publish(Samples.Open());
        var folder = await Write(lab);
        var file = Path.Combine(folder, "catalog.ttl");
        var text = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, text.Replace("a dct:Location", "a rdfs:Resource", StringComparison.Ordinal).Replace("dcat:accessURL", "dcat:mediaKind", StringComparison.Ordinal));
        var got = await Check(folder, ["dcat-ap-SHACL-3.0.1.ttl"]);
        Assert.False(got.GetProperty("same").GetBoolean());
        Assert.True(got.GetProperty("shacl").GetProperty("dcat-ap-SHACL-3.0.1.ttl").GetProperty("violations").GetInt32() > 0);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_whole_demonstration_violates_no_shape()
    {
        await using var node = await NodeLab.Start(Store.Sqlite, people: 300);
        var folder = StoreLab.Folder();
        foreach (var form in new[] { "ttl", "jsonld", "rdf" }) await File.WriteAllBytesAsync(Path.Combine(folder, "catalog." + form), await node.Http.GetByteArrayAsync("/catalog." + form));
        var got = await Check(folder, ["shapes.ttl", "range.ttl", "dcat-ap-SHACL-3.0.1.ttl"]);
        Assert.True(got.GetProperty("same").GetBoolean(), got.GetRawText());
        Assert.All(got.GetProperty("shacl").EnumerateObject(), file =>
        {
            Assert.True(file.Value.GetProperty("violations").GetInt32() == 0, $"{file.Name}: {file.Value.GetRawText()}");
            Assert.True(file.Value.GetProperty("focus").GetInt32() > 100, $"{file.Name} looked at too little: {file.Value.GetRawText()}");
        });
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_parsers_of_rdflib_and_raptor_read_the_same_graph_from_each_form()
    {
        await using var lab = await CatalogLab.Open(Store.Sqlite);
        await lab.Publish(Samples.Open());
        await lab.Publish(Conditional());
        await lab.Publish(Hostile());
        var folder = await Write(lab);
        const string script = "import rdflib,sys\nfrom rdflib.compare import isomorphic\ng=[rdflib.Graph().parse('catalog.'+e,format=f) for e,f in (('ttl','turtle'),('jsonld','json-ld'),('rdf','xml'))]\nprint(isomorphic(g[0],g[1]),isomorphic(g[0],g[2]),len(g[0]))";
        var rdflib = await Run("/usr/bin/python3", folder, "-c", script);
        var turtle = await Run("rapper", folder, "-q", "-i", "turtle", "-o", "ntriples", "catalog.ttl", "http://base.invalid/");
        var xml = await Run("rapper", folder, "-q", "-i", "rdfxml", "-o", "ntriples", "catalog.rdf", "http://base.invalid/");
        Assert.SkipWhen(rdflib is null && turtle is null, "Neither python3-rdflib nor raptor2-utils is installed.");
        if (rdflib is not null) Assert.Matches("^True True [0-9]{3,}", rdflib);
        if (turtle is not null) Assert.Equal(turtle.Split('\n').ToHashSet(), xml!.Split('\n').ToHashSet());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task One_dataset_stands_alone_with_everything_it_refers_to()
    {
        await using var lab = await CatalogLab.Open(Store.Sqlite);
        var entry = await lab.Publish(Samples.Open());
        var graph = new DcatGraph(new Links("https://data.example.cn"), lab.Store.Settings, lab.Directory).Dataset(lab.Listings.Find(entry.Slug)!).ToList();
        var subjects = graph.Select(n => n.Subject).ToHashSet();
        var referred = graph.SelectMany(n => n.ByPredicate.Where(g => g.Key != RdfNames.Type && !g.Key.EndsWith("URL", StringComparison.Ordinal)).SelectMany(g => g)).Where(v => v.IsIri && v.Text.StartsWith("https://data.example.cn", StringComparison.Ordinal));
        Assert.DoesNotContain(referred.Select(v => v.Text), iri => !subjects.Contains(iri) && !iri.EndsWith("/def/theme", StringComparison.Ordinal) && !iri.EndsWith("/def/frequency", StringComparison.Ordinal)
            && !iri.EndsWith("/def/access", StringComparison.Ordinal) && !iri.EndsWith("openapi.json", StringComparison.Ordinal));
    }

    [Fact]
    public void No_text_leaves_its_quotes_and_no_address_its_brackets()
    {
        Gen.String[0, 40].Sample(text =>
        {
            var clean = new string([.. text.Where(c => !char.IsSurrogate(c))]);
            var node = new RdfNode("https://x.example/" + clean).Words("dct:title", "t" + clean, "zh").Iri("foaf:page", "https://y.example/" + clean);
            var written = Encoding.UTF8.GetString(Bytes(node));
            var body = written[(written.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
            Assert.Equal("t" + clean, Unquote(body));
            Assert.DoesNotContain(node.Subject, c => c is <= ' ' or '<' or '>' or '"' or '\\' or '{' or '}' or '|' or '^' or '`');
            Assert.Equal(2, body.Count(c => c == '>') - Unquote(body).Count(c => c == '>'));
        }, seed: "0000KeQ2cHw4", iter: 2000);
    }

    private static EntryContent Conditional() => Samples.Open("企业信用记录", "Credit records") with
    {
        Opening = new Opening(OpenClass.Conditional, "签订开放利用协议", "本地存储，不得转发", "", [new LegalBasis(BasisKind.ProvincialOrdinance, "云岭省数据条例", "第四十一条")]),
        Licence = "agreement",
        UpdatePromise = UpdatePromise.Quarterly,
        Theme = "credit",
        ContactEmail = "a+b|c{d}@example.cn",
        Formats = ["csv", "json", "ndjson", "xlsx", "parquet", "geojson"],
    };

    private static EntryContent Hostile() => Samples.Open("\"\"\" <x> & \\ 𠮷 ]]> 站点", "Hostile \"name\" \\u0041 </script>") with
    {
        Keywords = ["a\"b", "c\\d", "<e>", "换\n行"],
        Licence = "自拟许可 <\"x\">",
        NameEn = null,
        AbstractEn = null,
    };

    private static byte[] Bytes(RdfNode node)
    {
        var stream = new MemoryStream();
        TurtleWriter.Write([node], stream, default).GetAwaiter().GetResult();
        return stream.ToArray();
    }

    private static string Unquote(string body)
    {
        var text = new StringBuilder();
        for (var i = body.IndexOf('"') + 1; body[i] != '"'; i++)
        {
            if (body[i] != '\\')
            {
                text.Append(body[i]);
                continue;
            }
            i++;
            if (body[i] == 'u')
            {
                text.Append((char)Convert.ToInt32(body.Substring(i + 1, 4), 16));
                i += 4;
            }
            else text.Append(body[i] switch { 'n' => '\n', 'r' => '\r', var c => c });
        }
        return text.ToString();
    }

    private static async Task<string> Write(CatalogLab lab)
    {
        var folder = StoreLab.Folder();
        IEnumerable<RdfNode> Graph() => new DcatGraph(new Links("https://data.example.cn"), lab.Store.Settings, lab.Directory).Catalog(lab.Listings.All);
        await using (var ttl = File.Create(Path.Combine(folder, "catalog.ttl"))) await TurtleWriter.Write(Graph(), ttl, default);
        await using (var jsonld = File.Create(Path.Combine(folder, "catalog.jsonld"))) await JsonLdWriter.Write(Graph(), jsonld, default);
        await using (var xml = File.Create(Path.Combine(folder, "catalog.rdf"))) await RdfXmlWriter.Write(Graph(), xml, default);
        return folder;
    }

    private static async Task<JsonElement> Check(string folder, string[] shapes)
    {
        var shared = Path.Combine(Repository.Root, "..", "shared", "data", "dcat-ap");
        Assert.SkipUnless(Directory.Exists(shared), "The SHACL shapes of DCAT-AP are not here: ../shared/data/dcat-ap.");
        var client = Path.Combine(Repository.Root, "tests", "clients", "dcat");
        if (await Run("node", client, "--version") is null) Assert.Skip("No Node.js on this machine.");
        if (!Directory.Exists(Path.Combine(client, "node_modules")) && await Run("npm", client, "ci", "--no-audit", "--no-fund", "--ignore-scripts") is null)
            Assert.Skip("The RDF parsers could not be installed.");
        var output = await Run("node", client, ["check.mjs", folder, .. shapes.Select(s => Path.Combine(shared, s))]) ?? throw new InvalidOperationException("check.mjs failed: one of the forms cannot be read.");
        return JsonDocument.Parse(output).RootElement;
    }

    private static async Task<string?> Run(string program, string folder, params string[] arguments) => await Said.By(program, folder, null, arguments) is { Code: 0 } said ? said.Output : null;
}
