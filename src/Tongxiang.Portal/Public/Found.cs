using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Search;

namespace Tongxiang.Portal.Public;

/// <summary>A page of results with what explains it.</summary>
/// <param name="Note">Which rung of the ladder answered and which synonyms were added; null when there is nothing to say.</param>
public sealed record Found(long Total, IReadOnlyList<FoundItem> Items, IReadOnlyList<FacetCounts> Facets, string? Note);

/// <summary>One result and, when asked in words, where the words were found.</summary>
public sealed record FoundItem(Shown Dataset, string? Why);

/// <summary>The figures of the whole site.</summary>
/// <param name="Promised">Datasets with a promise and a version.</param>
/// <param name="OnTime">Those of them that keep it.</param>
public sealed record Figures(long Datasets, long Open, long Rows, long Calls, long Promised, long OnTime, IReadOnlyList<ThemeCount> Themes, IReadOnlyList<AgencyCount> Agencies)
{
    public int Departments => Agencies.Count;
}

/// <summary>How many datasets a theme has.</summary>
public readonly record struct ThemeCount(string Value, long Count);

/// <summary>What an agency offers and how well it keeps its promises.</summary>
public sealed record AgencyCount(Agency Agency, long Datasets, long Open, long Promised, long OnTime, long Calls);

/// <summary>Says in words how results were found.</summary>
static class Explain
{
    /// <summary>The rung of the ladder and the synonyms, when they are more than what was typed.</summary>
    public static string? Note(SearchResult answer, Visit visit)
    {
        var rung = answer.Entries.Count == 0 ? null : answer.Entries[0].Rung switch
        {
            Rung.All => visit["results.rung-all"],
            Rung.Any => visit["results.rung-any"],
            Rung.Initials => visit["results.rung-initials"],
            _ => null,
        };
        var synonyms = answer.Synonyms.Count == 0 ? null
            : visit.T("results.synonyms", string.Join(visit["results.comma"], answer.Synonyms.Select(s => visit.T("results.synonym", s.From, s.To)).Distinct()));
        return string.Join(" ", new[] { rung, synonyms }.Where(t => t is not null)) is { Length: > 0 } note ? note : null;
    }

    /// <summary>Where the words of a question stand in an entry, heaviest first.</summary>
    public static string? Why(FoundEntry hit, Visit visit)
    {
        var shares = hit.Shares.Where(s => s.Score > 0).OrderByDescending(s => s.Score).Select(s => visit["results.in-" + s.Field]).ToList();
        return shares.Count == 0 ? null : visit.T("results.why", string.Join(visit["results.comma"], shares));
    }
}
