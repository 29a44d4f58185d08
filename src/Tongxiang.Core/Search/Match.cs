namespace Tongxiang.Core.Search;

/// <summary>What one segment has for one question: a set of documents per rung and a score per document.</summary>
internal sealed class Match
{
    private const float saturation = 1.2f;
    private const float lengthShare = 0.75f;
    private const float synonymWeight = 0.8f;

    // Below this share of the question's weight a document is noise and not an answer.
    private const float least = 0.34f;
    private readonly Question question;
    private readonly Dictionary<Gram, Postings> postings = [];
    private readonly float[] scores;

    public Match(Segment segment, Bits live, Question question)
    {
        (Segment, Live, this.question) = (segment, live, question);
        var size = segment.Documents.Length;
        scores = new float[size];
        foreach (var gram in question.Words.SelectMany(ways => ways).SelectMany(way => way.Grams)) postings.TryAdd(gram, segment.Of(gram));
        (Phrase, All, Any, Letters) = (new Bits(size), new Bits(size), new Bits(size), new Bits(size));
    }

    public Segment Segment { get; }

    public Bits Live { get; }

    public Bits Phrase { get; }

    public Bits All { get; }

    public Bits Any { get; }

    public Bits Letters { get; }

    public int Frequency(Gram gram) => postings[gram].Docs.Length;

    public float Score(int doc) => scores[doc];

    /// <summary>Fills the rungs and the scores; weights are those of the whole index so that segments compare.</summary>
    public void Run(IReadOnlyDictionary<Gram, float> weights, double meanLength, HashSet<Variant> useful)
    {
        FindAll();
        FindPhrases(useful);
        ScoreGrams(weights, meanLength);
        if (question.Letters is { } letters) Segment.Spellings.Find(letters, (doc, begins) => Spelled(doc, begins));
        foreach (var set in (Bits[])[Phrase, All, Any, Letters]) set.And(Live);
    }

    /// <summary>What each field added to a document's score.</summary>
    public IReadOnlyList<FieldShare> Shares(int doc, IReadOnlyDictionary<Gram, float> weights, double meanLength)
    {
        var shares = new double[FieldShares];
        foreach (var (gram, factor) in Factors())
        {
            var at = postings[gram].Docs.BinarySearch(doc);
            if (at < 0) continue;
            var counts = postings[gram].Counts[at];
            var whole = weights[gram] * factor * Saturate(FieldCounts.Weighted(counts), doc, meanLength) / FieldCounts.Weighted(counts);
            for (var field = 0; field < FieldShares; field++) shares[field] += whole * Segment.Weights[field] * FieldCounts.In(counts, field);
        }

        return [.. shares.Select((share, field) => new FieldShare((SearchField)field, share)).Where(share => share.Score > 0)];
    }

    private static int FieldShares => Segment.Weights.Length;

    private void FindAll()
    {
        All.SetAll();
        foreach (var ways in question.Words)
        {
            var any = new Bits(scores.Length);
            foreach (var way in ways) Together(way, doc => any.Set(doc));
            All.And(any);
        }

        if (question.Words.Count == 0) All.Except(All.Copy());
    }

    private void FindPhrases(HashSet<Variant> useful)
    {
        Phrase.Or(All);
        foreach (var ways in question.Words)
        {
            var any = new Bits(scores.Length);
            foreach (var way in ways)
            {
                var found = false;
                // 辰辰辰 has only one distinct pair, but 辰辰 does not hold it: the pair alone proves words of two characters.
                var simple = way.Grams.Length == 1 && way.Grams[0].Word is null && way.Text.EnumerateRunes().Count() <= 2;
                Together(way, doc =>
                {
                    if (!simple && !(All[doc] && Segment.Texts[doc].Contains(way.Text, StringComparison.Ordinal))) return;
                    any.Set(doc);
                    found = true;
                });
                if (found && way.Variant is { } variant) useful.Add(variant);
            }

            Phrase.And(any);
        }
    }

    private void Together(Way way, Action<int> found)
    {
        var lists = way.Grams.Select(gram => postings[gram].DocsMemory).OrderBy(list => list.Length).ToArray();
        if (lists.Length == 0 || lists[0].Length == 0) return;
        var at = new int[lists.Length];
        foreach (var doc in lists[0].Span)
        {
            var all = true;
            for (var i = 1; i < lists.Length && all; i++)
            {
                var list = lists[i].Span;
                at[i] = Gallop(list, at[i], doc);
                all = at[i] < list.Length && list[at[i]] == doc;
            }

            if (all) found(doc);
        }
    }

    private static int Gallop(ReadOnlySpan<int> list, int from, int wanted)
    {
        var step = 1;
        while (from + step < list.Length && list[from + step] < wanted) step <<= 1;
        var begin = from + (step >> 1);
        var length = Math.Min(from + step + 1, list.Length) - begin;
        if (length <= 0) return list.Length;
        var at = list.Slice(begin, length).BinarySearch(wanted);
        return begin + (at < 0 ? ~at : at);
    }

    private void ScoreGrams(IReadOnlyDictionary<Gram, float> weights, double meanLength)
    {
        var shares = new float[scores.Length];
        foreach (var (gram, factor) in Factors())
        {
            var docs = postings[gram].Docs;
            var counts = postings[gram].Counts;
            var weight = weights[gram] * factor;
            for (var i = 0; i < docs.Length; i++)
            {
                scores[docs[i]] += weight * Saturate(FieldCounts.Weighted(counts[i]), docs[i], meanLength);
                shares[docs[i]] += weight;
            }
        }

        var asked = question.Words.Sum(ways => ways.Max(way => way.Grams.Sum(gram => weights[gram])));
        for (var doc = 0; doc < shares.Length; doc++)
            if (shares[doc] > 0 && shares[doc] >= asked * least) Any.Set(doc);
    }

    private Dictionary<Gram, float> Factors()
    {
        var factors = new Dictionary<Gram, float>();
        foreach (var gram in question.Words.SelectMany(ways => ways[0].Grams)) factors[gram] = 1;
        foreach (var gram in question.Words.SelectMany(ways => ways.Skip(1)).SelectMany(way => way.Grams)) factors.TryAdd(gram, synonymWeight);
        return factors;
    }

    private float Saturate(int weighted, int doc, double meanLength) =>
        weighted * (saturation + 1) / (weighted + saturation * (1 - lengthShare + lengthShare * Segment.Lengths[doc] / (float)meanLength));

    private void Spelled(int doc, bool begins)
    {
        Letters.Set(doc);
        if (scores[doc] == 0) scores[doc] = begins ? 1 : 0.5f;
    }
}
