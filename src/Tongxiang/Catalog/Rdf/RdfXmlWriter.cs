using System.Text;
using System.Xml;

namespace Tongxiang.Catalog.Rdf;

/// <summary>Writes nodes as RDF/XML.</summary>
internal static class RdfXmlWriter
{
    private static readonly XmlWriterSettings Settings = new() { Async = true, Indent = true, Encoding = new UTF8Encoding(false), CloseOutput = false };

    public static async Task Write(IEnumerable<RdfNode> nodes, Stream to, CancellationToken ct)
    {
        await using var xml = XmlWriter.Create(to, Settings);
        await xml.WriteStartDocumentAsync();
        await xml.WriteStartElementAsync("rdf", "RDF", RdfNames.Rdf);
        foreach (var (prefix, space) in RdfNames.Prefixes.Where(p => p.Prefix != "rdf")) await xml.WriteAttributeStringAsync("xmlns", prefix, null, space);
        foreach (var node in nodes)
        {
            ct.ThrowIfCancellationRequested();
            await Node(node, xml);
        }
        await xml.WriteEndElementAsync();
        await xml.WriteEndDocumentAsync();
    }

    private static async Task Node(RdfNode node, XmlWriter xml)
    {
        await xml.WriteStartElementAsync("rdf", "Description", RdfNames.Rdf);
        await xml.WriteAttributeStringAsync("rdf", "about", RdfNames.Rdf, node.Subject);
        foreach (var group in node.ByPredicate)
        {
            var (prefix, space, local) = RdfNames.Short(group.Key) ?? throw new InvalidOperationException($"{group.Key} cannot be an element.");
            foreach (var value in group)
            {
                await xml.WriteStartElementAsync(prefix, local, space);
                if (value.IsIri) await xml.WriteAttributeStringAsync("rdf", "resource", RdfNames.Rdf, value.Text);
                if (value.Language is { } language) await xml.WriteAttributeStringAsync("xml", "lang", null, language);
                if (value.Datatype is { } datatype) await xml.WriteAttributeStringAsync("rdf", "datatype", RdfNames.Rdf, datatype);
                if (!value.IsIri) await xml.WriteStringAsync(value.Text);
                await xml.WriteEndElementAsync();
            }
        }
        await xml.WriteEndElementAsync();
    }
}
