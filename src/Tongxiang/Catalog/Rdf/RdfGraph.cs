using System.Globalization;
using System.Text;

namespace Tongxiang.Catalog.Rdf;

/// <summary>The object of a triple: an address, or a text with its language or datatype. Blank nodes are not used: everything here has an address.</summary>
internal readonly record struct RdfValue(string Text, bool IsIri, string? Language, string? Datatype)
{
    public static RdfValue Iri(string iri) => new(RdfNames.Safe(iri), true, null, null);

    public static RdfValue Words(string text, string language) => new(text, false, language, null);

    public static RdfValue Plain(string text) => new(text, false, null, null);

    public static RdfValue Time(DateTimeOffset at) => new(at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), false, null, RdfNames.Xsd + "dateTime");

    public static RdfValue Number(long number) => new(number.ToString(CultureInfo.InvariantCulture), false, null, RdfNames.Xsd + "nonNegativeInteger");

    public static RdfValue Typed(string text, string datatype) => new(text, false, null, datatype);
}

/// <summary>Everything said about one subject.</summary>
internal sealed class RdfNode(string subject)
{
    private readonly List<(string Predicate, RdfValue Value)> pairs = [];

    // A catalogue of 100,000 entries names each of them: a look through the list for doubles would be quadratic.
    private readonly HashSet<(string, RdfValue)> said = [];

    public string Subject { get; } = RdfNames.Safe(subject);

    /// <summary>By predicate, in the order of first mention.</summary>
    public IEnumerable<IGrouping<string, RdfValue>> ByPredicate => pairs.GroupBy(p => p.Predicate, p => p.Value, StringComparer.Ordinal);

    public RdfNode A(params ReadOnlySpan<string> classes)
    {
        foreach (var name in classes) Add("rdf:type", RdfValue.Iri(RdfNames.Full(name)));
        return this;
    }

    public RdfNode Iri(string predicate, string iri) => Add(predicate, RdfValue.Iri(iri));

    public RdfNode Words(string predicate, string? text, string language) => string.IsNullOrWhiteSpace(text) ? this : Add(predicate, RdfValue.Words(text, language));

    public RdfNode Add(string predicate, RdfValue value)
    {
        var pair = (RdfNames.Full(predicate), value);
        if (said.Add(pair)) pairs.Add(pair);
        return this;
    }
}

/// <summary>The vocabularies in use and the safe form of addresses.</summary>
internal static class RdfNames
{
    public const string Xsd = "http://www.w3.org/2001/XMLSchema#";
    public const string Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    public const string Type = Rdf + "type";
    private const string Unsafe = "<>\"{}|^`\\";

    public static IReadOnlyList<(string Prefix, string Namespace)> Prefixes { get; } =
    [
        ("rdf", Rdf), ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"), ("xsd", Xsd), ("dcat", "http://www.w3.org/ns/dcat#"), ("dct", "http://purl.org/dc/terms/"),
        ("dcatap", "http://data.europa.eu/r5r/"), ("foaf", "http://xmlns.com/foaf/0.1/"), ("vcard", "http://www.w3.org/2006/vcard/ns#"), ("skos", "http://www.w3.org/2004/02/skos/core#"),
        ("spdx", "http://spdx.org/rdf/terms#"), ("eli", "http://data.europa.eu/eli/ontology#"),
    ];

    private static readonly Dictionary<string, string> ByPrefix = Prefixes.ToDictionary(p => p.Prefix, p => p.Namespace, StringComparer.Ordinal);

    /// <summary><c>dct:title</c> → its address.</summary>
    public static string Full(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        return ByPrefix[name[..colon]] + name[(colon + 1)..];
    }

    /// <summary>The prefix and the rest of an address of a known vocabulary; null when the rest is no simple name.</summary>
    public static (string Prefix, string Namespace, string Local)? Short(string iri)
    {
        foreach (var (prefix, space) in Prefixes)
            if (iri.StartsWith(space, StringComparison.Ordinal) && iri[space.Length..] is { Length: > 0 } local && char.IsAsciiLetter(local[0]) && local.All(char.IsAsciiLetterOrDigit))
                return (prefix, space, local);
        return null;
    }

    /// <summary>Escapes what must not stand in an IRI, so that no value can leave its brackets.</summary>
    public static string Safe(string iri)
    {
        if (iri.All(c => c is > ' ' and < '\u007f' && !Unsafe.Contains(c, StringComparison.Ordinal))) return iri;
        var safe = new StringBuilder();
        foreach (var rune in iri.EnumerateRunes())
        {
            if (rune.IsAscii ? rune.Value is > ' ' and < 0x7f && !Unsafe.Contains((char)rune.Value, StringComparison.Ordinal) : rune.Value is > 0x9f and < 0xd800) safe.Append(rune.ToString());
            else safe.Append(Uri.EscapeDataString(rune.ToString()));
        }
        return safe.ToString();
    }
}
