namespace Tongxiang.Core.Search;

/// <summary>Completions of what is being typed: those that begin with it, then those that hold it, then those spelled by it.</summary>
internal static class Suggestions
{
    private const int mostTitles = 4000;

    public static IReadOnlyList<Suggestion> Of(
        IReadOnlyList<(Segment Segment, Bits Live)> segments, string typed, int limit, IReadOnlyList<Facet> must, IReadOnlyList<string> facets)
    {
        var folded = Tokens.Fold(typed);
        if (folded.EnumerateRunes().Count() < 2) return [];
        var found = new Dictionary<(string Kind, string Text), (int Place, int Count)>();
        void Take(string kind, string text, int count)
        {
            var place = Place(text, folded);
            if (place == int.MaxValue) return;
            var known = found.GetValueOrDefault((kind, text), (place, 0));
            found[(kind, text)] = (place, known.Item2 + count);
        }

        var everything = new Inquiry(segments, new SearchQuery("") { Must = must, Limit = 0 }, new Question("", Synonyms.None)).Answer();
        foreach (var facet in everything.Facets.Where(f => facets.Contains(f.Name)))
            foreach (var value in facet.Values) Take(facet.Name, value.Value, value.Count);
        foreach (var (segment, live) in segments) Titles(segment, live, folded, Take);
        return [.. found.OrderBy(f => f.Value.Place).ThenByDescending(f => f.Key.Kind != "title").ThenByDescending(f => f.Value.Count)
            .ThenBy(f => f.Key.Text.Length).ThenBy(f => f.Key.Text, StringComparer.Ordinal).Take(limit)
            .Select(f => new Suggestion(f.Key.Text, f.Key.Kind, f.Value.Count))];
    }

    private static void Titles(Segment segment, Bits live, string folded, Action<string, string, int> take)
    {
        var question = new Question(folded, Synonyms.None);
        var match = new Match(segment, live, question);
        match.Run(question.Words.SelectMany(w => w).SelectMany(w => w.Grams).Distinct().ToDictionary(g => g, _ => 1f), 1, []);
        var both = match.Phrase.Copy();
        both.Or(match.Letters);
        foreach (var doc in both.Each().Take(mostTitles))
        {
            take("title", segment.Documents[doc].Title, 1);
            take("department", segment.Documents[doc].Department, 1);
        }
    }

    private static int Place(string text, string folded)
    {
        var at = Tokens.Fold(text).IndexOf(folded, StringComparison.Ordinal);
        if (at >= 0) return at == 0 ? 0 : 1;
        if (!folded.All(char.IsAsciiLetterLower)) return int.MaxValue;
        return Initials.Of(text).Any(spelling => spelling.StartsWith(folded, StringComparison.Ordinal)) ? 2
            : Initials.Of(text).Any(spelling => spelling.Contains(folded, StringComparison.Ordinal)) ? 3 : int.MaxValue;
    }
}
