using System.Runtime.InteropServices;

namespace Tongxiang.Core.Search;

/// <summary>An immutable inverted index over a fixed set of documents.</summary>
internal sealed class Segment
{
    public static readonly int[] Weights = [5, 3, 2, 1];
    private readonly Dictionary<ulong, int> pairs = [];
    private readonly Dictionary<string, int> words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> byKey = new(StringComparer.Ordinal);
    private readonly ulong[] sortedPairs;
    private readonly int[] sortedTerms;
    private readonly int[] starts;
    private readonly int[] docs;
    private readonly ushort[] counts;

    public Segment(IReadOnlyList<SearchDocument> documents)
    {
        Documents = [.. documents];
        Texts = new string[Documents.Length];
        Lengths = new ushort[Documents.Length];
        Newest = [.. Documents.Select(document => document.Newest)];
        Used = [.. Documents.Select(document => document.Used)];
        var stream = new Stream(Documents.Length);
        var tokens = new List<Token>();
        for (var doc = 0; doc < Documents.Length; doc++) Texts[doc] = Read(doc, stream, tokens);
        (starts, docs, counts) = stream.ByTerm();
        sortedPairs = [.. pairs.Keys];
        sortedTerms = [.. pairs.Values];
        Array.Sort(sortedPairs, sortedTerms);
        Facets = FacetTable.Of(Documents);
        Spellings = new Spellings(Documents);
    }

    public SearchDocument[] Documents { get; }

    /// <summary>The four folded texts of each document, one line each.</summary>
    public string[] Texts { get; }

    public ushort[] Lengths { get; }

    public long[] Newest { get; }

    public long[] Used { get; }

    public long TotalLength { get; private set; }

    public FacetTable[] Facets { get; }

    public Spellings Spellings { get; }

    public int Find(string key) => byKey.GetValueOrDefault(key, -1);

    /// <summary>Documents and field counts of a gram; a character alone stands for every pair that begins with it.</summary>
    public Postings Of(Gram gram)
    {
        if (gram.Word is { } word) return words.TryGetValue(word, out var known) ? Slice(known) : default;
        if (!gram.Prefix) return pairs.TryGetValue(gram.Pair, out var term) ? Slice(term) : default;
        var from = Array.BinarySearch(sortedPairs, gram.Pair);
        if (from < 0) from = ~from;
        var first = gram.Pair >> 32;
        var seen = new ushort[Documents.Length];
        var any = false;
        for (; from < sortedPairs.Length && sortedPairs[from] >> 32 == first; from++)
        {
            var postings = Slice(sortedTerms[from]);
            any = true;
            for (var i = 0; i < postings.Docs.Length; i++) seen[postings.Docs[i]] = FieldCounts.Sum(seen[postings.Docs[i]], postings.Counts[i]);
        }

        return any ? Compress(seen) : default;
    }

    private static Postings Compress(ushort[] seen)
    {
        var found = new List<int>();
        var sums = new List<ushort>();
        for (var doc = 0; doc < seen.Length; doc++)
        {
            if (seen[doc] == 0) continue;
            found.Add(doc);
            sums.Add(seen[doc]);
        }

        return new Postings(found.ToArray(), sums.ToArray());
    }

    private Postings Slice(int term) => new(docs.AsMemory(starts[term], starts[term + 1] - starts[term]), counts.AsMemory(starts[term], starts[term + 1] - starts[term]));

    private string Read(int doc, Stream stream, List<Token> tokens)
    {
        var document = Documents[doc];
        byKey[document.Key] = doc;
        string[] fields = [Tokens.Fold(document.Title), Tokens.Fold(document.Keywords), Tokens.Fold(document.Department), Tokens.Fold(document.Abstract)];
        stream.Begin();
        var length = 0;
        for (var field = 0; field < fields.Length; field++)
        {
            tokens.Clear();
            Tokens.Cut(fields[field], ends: true, tokens);
            length += tokens.Count;
            foreach (var token in CollectionsMarshal.AsSpan(tokens)) stream.Add(Term(fields[field], token), field);
        }

        Lengths[doc] = (ushort)Math.Min(length, ushort.MaxValue);
        TotalLength += length;
        return string.Join('\n', fields);
    }

    private int Term(string field, Token token)
    {
        if (!token.Word)
        {
            ref var pair = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, token.Pair, out var known);
            if (!known) pair = pairs.Count + words.Count - 1;
            return pair;
        }

        var lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        var word = field.AsSpan(token.Start, token.Length);
        if (lookup.TryGetValue(word, out var term)) return term;
        term = pairs.Count + words.Count;
        lookup[word] = term;
        return term;
    }

    // Postings arrive document by document and leave term by term: one counting sort instead of a list per term.
    private sealed class Stream(int documents)
    {
        private readonly List<int> begins = new(documents);
        private readonly List<int> terms = [];
        private readonly List<ushort> counts = [];
        private readonly List<int> last = [];
        private readonly List<int> sizes = [];
        private int begin;

        public void Begin()
        {
            begin = terms.Count;
            begins.Add(begin);
        }

        public void Add(int term, int field)
        {
            while (last.Count <= term) { last.Add(-1); sizes.Add(0); }
            if (last[term] < begin)
            {
                last[term] = terms.Count;
                sizes[term]++;
                terms.Add(term);
                counts.Add(FieldCounts.One(field));
                return;
            }

            ref var count = ref CollectionsMarshal.AsSpan(counts)[last[term]];
            count = FieldCounts.Sum(count, FieldCounts.One(field));
        }

        public (int[] Starts, int[] Docs, ushort[] Counts) ByTerm()
        {
            var starts = new int[sizes.Count + 1];
            for (var term = 0; term < sizes.Count; term++) starts[term + 1] = starts[term] + sizes[term];
            var next = starts.AsSpan(0, sizes.Count).ToArray();
            var docs = new int[terms.Count];
            var sorted = new ushort[terms.Count];
            for (var doc = 0; doc < begins.Count; doc++)
            {
                var end = doc + 1 < begins.Count ? begins[doc + 1] : terms.Count;
                for (var i = begins[doc]; i < end; i++)
                {
                    var at = next[terms[i]]++;
                    docs[at] = doc;
                    sorted[at] = counts[i];
                }
            }

            return (starts, docs, sorted);
        }
    }
}

/// <summary>The documents of one gram in order, with how often each field has it.</summary>
internal readonly record struct Postings(ReadOnlyMemory<int> DocsMemory, ReadOnlyMemory<ushort> CountsMemory)
{
    public ReadOnlySpan<int> Docs => DocsMemory.Span;

    public ReadOnlySpan<ushort> Counts => CountsMemory.Span;
}

/// <summary>One thing looked up: a Han pair, a Han character alone (prefix), or a Latin word.</summary>
internal readonly record struct Gram(ulong Pair, bool Prefix, string? Word);

/// <summary>Four counts to 15, one per field, in sixteen bits.</summary>
internal static class FieldCounts
{
    public static ushort One(int field) => (ushort)(1 << (field * 4));

    public static int In(ushort counts, int field) => counts >> (field * 4) & 15;

    public static ushort Sum(ushort a, ushort b)
    {
        var sum = 0;
        for (var field = 0; field < 4; field++) sum |= Math.Min(15, In(a, field) + In(b, field)) << (field * 4);
        return (ushort)sum;
    }

    public static int Weighted(ushort counts)
    {
        var weighted = 0;
        for (var field = 0; field < 4; field++) weighted += Segment.Weights[field] * In(counts, field);
        return weighted;
    }
}
