using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Tongxiang.Catalog.Rdf;

/// <summary>Writes nodes as JSON-LD 1.1: prefixes in the context, one flat graph.</summary>
internal static class JsonLdWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All), Indented = true };

    public static async Task Write(IEnumerable<RdfNode> nodes, Stream to, CancellationToken ct)
    {
        await using var json = new Utf8JsonWriter(to, Options);
        json.WriteStartObject();
        json.WriteStartObject("@context");
        foreach (var (prefix, space) in RdfNames.Prefixes) json.WriteString(prefix, space);
        json.WriteEndObject();
        json.WriteStartArray("@graph");
        foreach (var node in nodes)
        {
            Node(node, json);
            if (json.BytesPending > 1 << 14) await json.FlushAsync(ct);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(ct);
    }

    private static void Node(RdfNode node, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("@id", node.Subject);
        foreach (var group in node.ByPredicate)
        {
            json.WriteStartArray(group.Key == RdfNames.Type ? "@type" : Name(group.Key));
            foreach (var value in group)
                if (group.Key == RdfNames.Type) json.WriteStringValue(Name(value.Text));
                else Value(value, json);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Value(RdfValue value, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString(value.IsIri ? "@id" : "@value", value.Text);
        if (value.Language is { } language) json.WriteString("@language", language);
        if (value.Datatype is { } datatype) json.WriteString("@type", Name(datatype));
        json.WriteEndObject();
    }

    private static string Name(string iri) => RdfNames.Short(iri) is var (prefix, _, local) ? $"{prefix}:{local}" : iri;
}
