namespace Tongxiang.Core.Search;

/// <summary>One question put to all segments: ladder, filters, counts, order.</summary>
internal sealed class Inquiry
{
    private readonly SearchQuery query;
    private readonly Question question;
    private readonly List<Match> matches = [];
    private readonly Dictionary<Gram, float> weights = [];
    private readonly HashSet<Variant> useful = [];
    private readonly double meanLength;

    public Inquiry(IReadOnlyList<(Segment Segment, Bits Live)> segments, SearchQuery query, Question question)
    {
        (this.query, this.question) = (query, question);
        foreach (var (segment, live) in segments)
        {
            foreach (var must in query.Must) live.And(Having(segment, must));
            matches.Add(new Match(segment, live, question));
        }

        var documents = segments.Sum(s => s.Segment.Documents.Length);
        meanLength = Math.Max(1, segments.Sum(s => s.Segment.TotalLength) / (double)Math.Max(1, documents));
        foreach (var gram in question.Words.SelectMany(ways => ways).SelectMany(way => way.Grams))
        {
            var frequency = matches.Sum(match => match.Frequency(gram));
            weights[gram] = frequency == 0 ? 0 : (float)Math.Log(1 + (documents - frequency + 0.5) / (frequency + 0.5));
        }
    }

    public SearchAnswer Answer()
    {
        foreach (var match in matches) match.Run(weights, meanLength, useful);
        var lowest = Lowest();
        var counts = new Counts(query.Selected);
        var top = new Top(query.Order, Math.Clamp(query.Offset, 0, 10_000) + Math.Clamp(query.Limit, 0, 1_000));
        var total = 0;
        foreach (var match in matches)
        {
            var narrowed = counts.Begin(match.Segment);
            var fitting = narrowed.Take(Found(match, lowest).Each());
            total += fitting.Length;
            foreach (var doc in fitting) top.Offer(match, doc, RungOf(match, doc));

            narrowed.End();
        }

        var hits = top.Sorted().Skip(query.Offset).Select(c => new SearchHit(
            c.Document, c.Rung, c.Score, c.Rung == Rung.Everything ? [] : c.Match.Shares(c.Doc, weights, meanLength)));
        return new SearchAnswer(total, lowest, [.. hits], counts.Result(), [.. useful.Select(v => new AppliedSynonym(v.From, v.To)).Distinct()], Marked());
    }

    private static Bits Having(Segment segment, Facet must)
    {
        var having = new Bits(segment.Documents.Length);
        foreach (var table in segment.Facets.Where(t => t.Name == must.Name))
        {
            var chosen = table.Chosen([must.Value]);
            for (var doc = 0; doc < segment.Documents.Length; doc++)
                if (table.Has(doc, chosen)) having.Set(doc);
        }

        return having;
    }

    private Rung Lowest()
    {
        if (question.Folded.Length == 0) return Rung.Everything;
        if (matches.Sum(m => m.Phrase.Count()) >= query.Enough) return Rung.Phrase;
        if (matches.Sum(m => m.All.Count()) >= query.Enough) return Rung.All;
        var any = matches.Sum(m => m.Any.Count());
        return question.Letters is not null && any < query.Enough ? Rung.Initials : Rung.Any;
    }

    private static Bits Found(Match match, Rung lowest)
    {
        var found = lowest == Rung.Everything ? match.Live.Copy() : match.Phrase.Copy();
        if (lowest >= Rung.All) found.Or(match.All);
        if (lowest >= Rung.Any) found.Or(match.Any);
        if (lowest >= Rung.Initials) found.Or(match.Letters);
        return found;
    }

    private Rung RungOf(Match match, int doc) => question.Folded.Length == 0 ? Rung.Everything
        : match.Phrase[doc] ? Rung.Phrase
        : match.All[doc] ? Rung.All
        : match.Any[doc] ? Rung.Any : Rung.Initials;

    private List<string> Marked() =>
        [.. question.Words.SelectMany(ways => ways).Where(way => way.Variant is not { } v || useful.Contains(v)).Select(way => way.Text).Distinct(StringComparer.Ordinal)];
}

/// <summary>A document in the running for the page.</summary>
internal readonly record struct Candidate(Match Match, int Doc, Rung Rung, float Score, long First, long Second)
{
    public SearchDocument Document => Match.Segment.Documents[Doc];
}

/// <summary>Keeps the best documents of the page in a heap whose head is the worst of them.</summary>
internal sealed class Top(SearchOrder order, int size) : IComparer<Candidate>
{
    private readonly PriorityQueue<Candidate, Candidate> heap = new(new Worst(order));
    private readonly Worst worst = new(order);

    public void Offer(Match match, int doc, Rung rung)
    {
        var (newest, used) = (match.Segment.Newest[doc], match.Segment.Used[doc]);
        var candidate = order == SearchOrder.MostUsed
            ? new Candidate(match, doc, rung, match.Score(doc), used, newest)
            : new Candidate(match, doc, rung, match.Score(doc), newest, used);
        if (heap.Count < size) heap.Enqueue(candidate, candidate);
        else if (size > 0 && worst.Compare(candidate, heap.Peek()) > 0) heap.EnqueueDequeue(candidate, candidate);
    }

    public int Compare(Candidate x, Candidate y) => worst.Compare(y, x);

    public List<Candidate> Sorted()
    {
        var sorted = heap.UnorderedItems.Select(item => item.Element).ToList();
        sorted.Sort(this);
        return sorted;
    }

    private sealed class Worst(SearchOrder order) : IComparer<Candidate>
    {
        public int Compare(Candidate x, Candidate y)
        {
            var compared = order == SearchOrder.Relevance ? 0 : x.First.CompareTo(y.First);
            if (compared == 0) compared = y.Rung.CompareTo(x.Rung);
            if (compared == 0) compared = x.Score.CompareTo(y.Score);
            if (compared == 0) compared = x.First.CompareTo(y.First);
            if (compared == 0) compared = x.Second.CompareTo(y.Second);
            return compared != 0 ? compared : string.CompareOrdinal(y.Document.Key, x.Document.Key);
        }
    }
}
