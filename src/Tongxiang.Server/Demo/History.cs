using Tongxiang.Catalog;
using Tongxiang.Server.Demo.Resources;

namespace Tongxiang.Server.Demo;

/// <summary>What one consumer used of one resource on one day, according to the generator.</summary>
/// <param name="Consumer">Slug of the organisation; null for anonymous readers of open data.</param>
public sealed record UsedDay(DateOnly Day, string Resource, string? Consumer, int Calls, int Rows, int Refused);

/// <summary>A month of use before the first start, about 100,000 calls. It never happened: wherever it is shown the page says so.</summary>
public static class History
{
    /// <summary>The origin these figures are marked with, so that they can never be taken for the node's own evidence.</summary>
    public const string Origin = "yunting.example/demonstration";

    public const int Days = 30;
    private const int Goal = 100_000;

    // Government departments and a company; popularity follows the place in the list.
    private static readonly string[] Consumers =
        ["civil-affairs", "human-resources", "medical-insurance", "market-supervision", "taxation", "housing", "education", "natural-resources", "health", "emergency", "transport", "housing-fund", Organisations.Company];

    public static IEnumerable<UsedDay> Make(Scale scale)
    {
        var pairs = Pairs(scale);
        var total = pairs.Sum(p => p.Weight);
        for (var back = Days; back >= 1; back--)
        {
            var day = scale.Today.AddDays(-back);
            foreach (var (resource, consumer, weight) in pairs)
            {
                var chance = scale.Chance("use " + resource + consumer, day.DayNumber);
                // Offices rest at the weekend, open data less so.
                var rhythm = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? (consumer is null ? 0.7 : 0.12) : 1.28;
                var calls = (int)(Goal * weight / total / Days * rhythm * (0.7 + chance.Unit() * 0.6) + chance.Unit());
                if (calls == 0) continue;
                var refused = chance.Hits(1, 6) ? chance.Below(calls / 40 + 2) : 0;
                yield return new UsedDay(day, resource, consumer, calls, (calls - Math.Min(calls, refused)) * (consumer is null ? chance.Between(20, 120) : chance.Between(1, 4)), Math.Min(calls, refused));
            }
        }
    }

    // A resource's place in a shuffled order gives its share (1/place): a few are used much, most a little, some never.
    private static List<(string Resource, string? Consumer, double Weight)> Pairs(Scale scale)
    {
        var chance = scale.Chance("popularity");
        var favourites = new[] { "population", "bus-stops", "air-quality", "legal-persons", "social-security-participation", "parking-lots", "marriages", "real-estate", "electronic-certificates", "job-vacancies" };
        var order = favourites.Concat(Shelf.All.Where(r => r.Rows is not null && !favourites.Contains(r.Slug)).Select(r => r.Slug).OrderBy(_ => chance.Next())).ToList();
        var pairs = new List<(string, string?, double)>();
        for (var place = 0; place < order.Count - 6; place++)
        {
            var resource = Shelf.Find(order[place]);
            var weight = 1.0 / (place + 3);
            if (resource.Content.Opening.Class == OpenClass.Open) pairs.Add((resource.Slug, null, weight));
            if (resource.Content.Opening.Class == OpenClass.Open && chance.Hits(1, 2)) continue;
            var departments = Consumers.Where(c => c != resource.Organisation && (c != Organisations.Company || resource.Content.Opening.Class != OpenClass.Closed)).ToList();
            for (var i = 0; i < chance.Between(1, Math.Max(2, 7 - place / 8)); i++)
            {
                var consumer = departments[chance.Below(departments.Count)];
                departments.Remove(consumer);
                pairs.Add((resource.Slug, consumer, weight / (i + 1.5)));
            }
        }
        return pairs;
    }
}
