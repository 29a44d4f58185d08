namespace Tongxiang.Core.Search;

/// <summary>Counts values over the documents found; a facet's own choice does not narrow its own counts.</summary>
internal sealed class Counts(IReadOnlyDictionary<string, IReadOnlyCollection<string>> selected)
{
    private readonly Dictionary<string, Dictionary<string, int>> totals = new(StringComparer.Ordinal);

    public Narrowed Begin(Segment segment) => new(this, segment, selected);

    public IReadOnlyList<FacetCounts> Result()
    {
        foreach (var (name, values) in selected)
            foreach (var value in values)
                _ = Values(name).TryAdd(value, 0);
        return [.. totals.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new FacetCounts(t.Key,
            [.. t.Value.Select(v => new FacetCount(v.Key, v.Value, selected.TryGetValue(t.Key, out var chosen) && chosen.Contains(v.Key)))
                .OrderByDescending(c => c.Count).ThenBy(c => c.Value, StringComparer.Ordinal)]))];
    }

    private Dictionary<string, int> Values(string name)
    {
        if (!totals.TryGetValue(name, out var values)) totals[name] = values = new(StringComparer.Ordinal);
        return values;
    }

    /// <summary>The choices as one segment numbers its values.</summary>
    internal sealed class Narrowed
    {
        private readonly Counts counts;
        private readonly FacetTable[] tables;
        private readonly int[][] sums;
        private readonly bool[]?[] chosen;
        private readonly bool impossible;

        public Narrowed(Counts counts, Segment segment, IReadOnlyDictionary<string, IReadOnlyCollection<string>> selected)
        {
            this.counts = counts;
            tables = segment.Facets;
            sums = [.. tables.Select(table => new int[table.Values.Length])];
            chosen = [.. tables.Select(table => selected.TryGetValue(table.Name, out var values) && values.Count > 0 ? table.Chosen(values) : null)];
            impossible = selected.Any(choice => choice.Value.Count > 0 && tables.All(table => table.Name != choice.Key));
        }

        /// <summary>Counts the documents, facet by facet, and leaves those that fit all choices.</summary>
        public ReadOnlySpan<int> Take(Span<int> docs)
        {
            if (impossible) return [];
            var fitting = docs.Length;
            if (chosen.Any(c => c is not null)) fitting = Narrow(ref docs);
            for (var i = 0; i < tables.Length; i++)
            {
                tables[i].Count(docs[..fitting], sums[i]);
                foreach (var doc in docs[fitting..])
                    if (!tables[i].Has(doc, chosen[i])) tables[i].Count([doc], sums[i]);
            }

            return docs[..fitting];
        }

        // Documents that fail one choice stay behind those that fail none: they count only in the facet they fail.
        private int Narrow(ref Span<int> docs)
        {
            var (fitting, near) = (0, new List<int>());
            foreach (var doc in docs)
            {
                var failed = 0;
                for (var i = 0; i < tables.Length && failed < 2; i++)
                    if (!tables[i].Has(doc, chosen[i])) failed++;
                if (failed == 0) docs[fitting++] = doc;
                else if (failed == 1) near.Add(doc);
            }

            for (var i = 0; i < near.Count; i++) docs[fitting + i] = near[i];
            docs = docs[..(fitting + near.Count)];
            return fitting;
        }

        public void End()
        {
            for (var i = 0; i < tables.Length; i++)
            {
                var values = counts.Values(tables[i].Name);
                for (var value = 0; value < sums[i].Length; value++)
                    if (sums[i][value] > 0) values[tables[i].Values[value]] = values.GetValueOrDefault(tables[i].Values[value]) + sums[i][value];
            }
        }
    }
}
