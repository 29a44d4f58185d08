using Tongxiang.Catalog;
using Tongxiang.Evidence;

namespace Tongxiang.Watch;

/// <summary>How many distinct people the calls of a scope returned in a window, by resource; null for a resource whose journal says nothing.</summary>
public delegate Task<IReadOnlyDictionary<string, long>> AffectedPersons(IncidentScope scope, DateTimeOffset from, DateTimeOffset until, CancellationToken ct);

/// <summary>The published entry of a resource's name; null when there is none.</summary>
public delegate Entry? EntryNamed(string slug);

/// <summary>Counts an incident from the openings of the evidence log.</summary>
public sealed class IncidentCount(Openings openings, EntryNamed catalogue, IncidentSettings settings, TimeProvider clock, AffectedPersons? persons = null)
{
    private const int Batch = 500;
    private static readonly OpeningReader Everything = new(null, IsAuditor: true);

    /// <summary>Reads every entry of the window that the scope reaches, up to the most entries one count may read.</summary>
    public async Task<IncidentFigures> Run(IncidentScope scope, DateTimeOffset from, DateTimeOffset until, DateTimeOffset? cutAt, CancellationToken ct)
    {
        var tally = new IncidentTally(scope, cutAt, catalogue);
        var left = settings.MostEntries;
        // By resource where the scope names some: their index spares reading what others did.
        foreach (var resource in scope.Resources.Count > 0 ? scope.Resources.Distinct(StringComparer.Ordinal).Cast<string?>() : [null])
            left = await Read(tally, new OpeningQuery { Resource = resource, Grant = scope.Grant, Agency = scope.Agency?.ToString(), From = from, Until = until, Limit = Batch }, left, ct);
        var figures = tally.Figures(from, until, clock.GetUtcNow(), left > 0);
        return persons is null ? figures : WithPersons(figures, await persons(scope, from, until, ct));
    }

    private async Task<int> Read(IncidentTally tally, OpeningQuery query, int left, CancellationToken ct)
    {
        string? after = null;
        do
        {
            if (left <= 0) return 0;
            var page = await openings.List(Everything, query with { After = after }, ct);
            foreach (var opening in page.Items) tally.Add(opening.Index, opening.Happening);
            left -= page.Items.Count;
            after = page.Next;
        } while (after is not null);
        return Math.Max(left, 1);
    }

    // Pseudonyms of two resources cannot be compared, so their sum counts a person of both twice: it is the safe side.
    private static IncidentFigures WithPersons(IncidentFigures figures, IReadOnlyDictionary<string, long> counted)
    {
        var resources = figures.Resources.Select(r => counted.TryGetValue(r.Resource, out var n) ? r with { Persons = n } : r).ToList();
        var personal = resources.Where(r => r.PersonalRows > 0).ToList();
        long? all = personal.Count > 0 && personal.All(r => r.Persons is not null) ? personal.Sum(r => r.Persons) : personal.Count == 0 ? 0 : null;
        return figures with { Resources = resources, Persons = all };
    }
}
