namespace Tongxiang.Core.Search;

/// <summary>The live index: readers see one immutable state, a writer swaps it; a small second segment takes changes between rebuilds.</summary>
public sealed class SearchIndex(Synonyms synonyms)
{
    private readonly Lock writing = new();
    private volatile State state = new(new Segment([]), new Bits(0), 0, new Segment([]), []);

    /// <summary>How many documents there are.</summary>
    public int Count => state.Base.Documents.Length - state.DeadCount + state.Changed.Count;

    /// <summary>Throws everything away and reads these documents.</summary>
    public void Replace(IEnumerable<SearchDocument> documents)
    {
        var unique = new Dictionary<string, SearchDocument>(StringComparer.Ordinal);
        foreach (var document in documents) unique[document.Key] = document;
        lock (writing) state = Fresh([.. unique.Values]);
    }

    /// <summary>Adds or replaces some documents and removes others; readers see all of it or nothing.</summary>
    public void Update(IEnumerable<SearchDocument> changed, IEnumerable<string> removed)
    {
        lock (writing)
        {
            var old = state;
            var delta = new Dictionary<string, SearchDocument>(old.Changed, StringComparer.Ordinal);
            var (dead, count) = (old.Dead.Copy(), old.DeadCount);
            void Bury(string key)
            {
                var doc = old.Base.Find(key);
                if (doc < 0 || dead[doc]) return;
                dead.Set(doc);
                count++;
            }

            foreach (var key in removed)
            {
                delta.Remove(key);
                Bury(key);
            }

            foreach (var document in changed)
            {
                delta[document.Key] = document;
                Bury(document.Key);
            }

            var small = delta.Count <= Math.Max(500, old.Base.Documents.Length / 50);
            state = small
                ? new State(old.Base, dead, count, new Segment([.. delta.Values]), delta)
                : Fresh([.. old.Base.Documents.Where((_, doc) => !dead[doc]), .. delta.Values]);
        }
    }

    /// <summary>Answers a question; the reader may narrow, page and see why each document was found.</summary>
    public SearchAnswer Find(SearchQuery query)
    {
        var question = new Question(query.Text, synonyms);
        return new Inquiry(state.Segments(), query, question).Answer();
    }

    /// <summary>Titles, departments and values of some facets that begin with, hold, or are spelled by what was typed so far (two letters at least).</summary>
    public IReadOnlyList<Suggestion> Suggest(string typed, int limit, IReadOnlyList<Facet> must, params IReadOnlyList<string> facets) =>
        Suggestions.Of(state.Segments(), typed, limit, must, facets);

    private static State Fresh(IReadOnlyList<SearchDocument> documents) => new(new Segment(documents), new Bits(documents.Count), 0, new Segment([]), []);

    private sealed record State(Segment Base, Bits Dead, int DeadCount, Segment Delta, Dictionary<string, SearchDocument> Changed)
    {
        public IReadOnlyList<(Segment Segment, Bits Live)> Segments()
        {
            var live = new Bits(Base.Documents.Length);
            live.SetAll();
            live.Except(Dead);
            var fresh = new Bits(Delta.Documents.Length);
            fresh.SetAll();
            return Delta.Documents.Length == 0 ? [(Base, live)] : [(Base, live), (Delta, fresh)];
        }
    }
}
