using System.Globalization;
using Tongxiang.Core.Search;

namespace Tongxiang.Portal.Public;

/// <summary>What the address of a results page asks for.</summary>
public sealed record FindAsk(string Text, IReadOnlyDictionary<string, IReadOnlyCollection<string>> Selected, string Sort, int Page, int PerPage)
{
    /// <summary>The facets in the order they are shown to the public.</summary>
    public static readonly IReadOnlyList<string> Facets = ["open", "theme", "agency", "region", "format", "promise", "freshness", "share"];

    public static FindAsk Read(Visit visit, int perPage) => new(
        Cut(visit.Ask("q")),
        Facets.Select(f => (Name: f, Values: visit.AskAll(f))).Where(f => f.Values.Count > 0)
            .ToDictionary(f => f.Name, f => (IReadOnlyCollection<string>)[.. f.Values.Distinct(StringComparer.Ordinal).Take(20)], StringComparer.Ordinal),
        visit.Ask("sort") is "newest" or "used" ? visit.Ask("sort") : "",
        int.TryParse(visit.Ask("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, 500) : 1,
        perPage);

    public SearchOrder Order => Sort switch { "newest" => SearchOrder.Newest, "used" => SearchOrder.MostUsed, _ => SearchOrder.Relevance };

    // Longer than any title: what is beyond it only costs.
    static string Cut(string text) => text.Length <= 200 ? text : text[..200];
}
