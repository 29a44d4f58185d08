namespace Tongxiang.Core.Search;

/// <summary>The values of one facet, document by document.</summary>
internal sealed class FacetTable
{
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);
    private readonly int[] starts;
    private readonly int[] flat;
    private readonly bool single;

    private FacetTable(string name, SearchDocument[] documents)
    {
        Name = name;
        starts = new int[documents.Length + 1];
        var values = new List<int>(documents.Length);
        for (var doc = 0; doc < documents.Length; doc++)
        {
            foreach (var facet in documents[doc].Facets)
                if (facet.Name == name) Add(facet.Value, starts[doc], values);
            starts[doc + 1] = values.Count;
        }

        Values = [.. ids.OrderBy(pair => pair.Value).Select(pair => pair.Key)];
        flat = [.. values];
        single = starts.Select((start, doc) => start == doc).All(same => same);
    }

    public string Name { get; }

    public string[] Values { get; }

    public static FacetTable[] Of(SearchDocument[] documents)
    {
        var names = new List<string>();
        foreach (var document in documents)
            foreach (var facet in document.Facets)
                if (!names.Contains(facet.Name)) names.Add(facet.Name);
        return [.. names.Select(name => new FacetTable(name, documents))];
    }

    public ReadOnlySpan<int> Of(int doc) => flat.AsSpan(starts[doc], starts[doc + 1] - starts[doc]);

    public bool[] Chosen(IEnumerable<string> wanted)
    {
        var chosen = new bool[Values.Length];
        foreach (var value in wanted)
            if (ids.TryGetValue(value, out var id)) chosen[id] = true;
        return chosen;
    }

    /// <summary>Whether the document has one of the chosen values; without a choice every document has.</summary>
    public bool Has(int doc, bool[]? chosen)
    {
        if (chosen is null) return true;
        foreach (var value in Of(doc))
            if (chosen[value]) return true;
        return false;
    }

    public void Count(ReadOnlySpan<int> docs, int[] sums)
    {
        if (single)
        {
            foreach (var doc in docs) sums[flat[doc]]++;
            return;
        }

        foreach (var doc in docs)
            foreach (var value in Of(doc)) sums[value]++;
    }

    private void Add(string value, int start, List<int> values)
    {
        if (!ids.TryGetValue(value, out var id)) ids[value] = id = ids.Count;
        for (var i = start; i < values.Count; i++)
            if (values[i] == id) return;
        values.Add(id);
    }
}
