namespace Tongxiang.Core.Search;

/// <summary>What is searched for: four weighted texts, values to narrow by, and two numbers that break ties.</summary>
/// <param name="Key">Unique; a later document of the same key replaces it.</param>
/// <param name="Title">Weight 5; also found by its pinyin initials.</param>
public sealed record SearchDocument(string Key, string Title)
{
    /// <summary>Weight 3.</summary>
    public string Keywords { get; init; } = "";

    /// <summary>Weight 2.</summary>
    public string Department { get; init; } = "";

    /// <summary>Weight 1.</summary>
    public string Abstract { get; init; } = "";

    /// <summary>Values to narrow by; a name may occur more than once.</summary>
    public IReadOnlyList<Facet> Facets { get; init; } = [];

    /// <summary>When it last changed, any unit; larger is newer.</summary>
    public long Newest { get; init; }

    /// <summary>How much it is used, any unit.</summary>
    public long Used { get; init; }
}

/// <summary>A named value a reader can narrow by.</summary>
public readonly record struct Facet(string Name, string Value);

/// <summary>The texts of a document in the order of their weights.</summary>
public enum SearchField { Title, Keywords, Department, Abstract }

/// <summary>How a document was found, best first.</summary>
public enum Rung
{
    /// <summary>Nothing was asked, everything answers.</summary>
    Everything,

    /// <summary>Every word stands in it as typed or as a synonym.</summary>
    Phrase,

    /// <summary>Every pair of every word is in it.</summary>
    All,

    /// <summary>A good part of the pairs is in it.</summary>
    Any,

    /// <summary>The pinyin initials of its title.</summary>
    Initials,
}

/// <summary>What the answer is sorted by.</summary>
public enum SearchOrder { Relevance, Newest, MostUsed }

/// <summary>A question to the index.</summary>
/// <param name="Text">As typed; empty asks for everything.</param>
public sealed record SearchQuery(string Text)
{
    /// <summary>Chosen values by facet: any of the values of a facet, all of the facets.</summary>
    public IReadOnlyDictionary<string, IReadOnlyCollection<string>> Selected { get; init; } = new Dictionary<string, IReadOnlyCollection<string>>();

    /// <summary>What every answer must carry, never shown as a choice (for instance who may see it).</summary>
    public IReadOnlyList<Facet> Must { get; init; } = [];

    public SearchOrder Order { get; init; }

    public int Offset { get; init; }

    public int Limit { get; init; } = 20;

    /// <summary>The ladder is climbed down until this many documents are found.</summary>
    public int Enough { get; init; } = 10;
}

/// <summary>The documents found, and why.</summary>
/// <param name="Total">All that fit the question and the chosen values.</param>
/// <param name="Rung">The lowest rung that was needed.</param>
/// <param name="Facets">Counts per value; those of a facet ignore what is chosen in that same facet.</param>
/// <param name="Synonyms">Replacements that found something, to be told to the reader.</param>
/// <param name="Words">Folded words to mark in the texts.</param>
public sealed record SearchAnswer(
    int Total, Rung Rung, IReadOnlyList<SearchHit> Hits, IReadOnlyList<FacetCounts> Facets, IReadOnlyList<AppliedSynonym> Synonyms, IReadOnlyList<string> Words);

/// <summary>One document with the share each of its texts had in the score.</summary>
public sealed record SearchHit(SearchDocument Document, Rung Rung, double Score, IReadOnlyList<FieldShare> Shares);

/// <summary>What one text added to the score.</summary>
public readonly record struct FieldShare(SearchField Field, double Score);

/// <summary>A facet with its values, most frequent first.</summary>
public sealed record FacetCounts(string Name, IReadOnlyList<FacetCount> Values);

/// <summary>A value, how many documents have it, and whether the reader chose it.</summary>
public readonly record struct FacetCount(string Value, int Count, bool Chosen);

/// <summary>公交 was also searched as 公共交通.</summary>
public readonly record struct AppliedSynonym(string From, string To);

/// <summary>Something to offer while a reader types.</summary>
/// <param name="Kind">title, department, or the name of the facet it is a value of.</param>
public readonly record struct Suggestion(string Text, string Kind, int Count);
