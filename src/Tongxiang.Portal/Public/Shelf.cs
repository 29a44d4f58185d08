using System.Globalization;
using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Portal.Kit;
using Tongxiang.Warehouse;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Portal.Public;

/// <summary>What the public may see of the catalogue, put together from the parts' snapshots in memory.</summary>
public sealed class Shelf(Catalogue catalogue, Finder finder, Entries entries, Directory directory, Versions versions, ResourceUses uses, TimeProvider clock)
{
    // The figures of a province's catalogue cost some milliseconds; readers may see them up to a minute old.
    static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);
    volatile FiguresAt? _figures;

    sealed record FiguresAt(Figures Figures, DateTimeOffset At);

    /// <summary>A dataset the public may know of; null when there is none of that name.</summary>
    public Shown? Get(string slug) => catalogue.BySlug(slug) is { IsPublic: true } entry ? Show(entry) : null;

    /// <summary>An entry that was public and is retired: its page stays as a tombstone.</summary>
    public Task<Tombstone?> Retired(string slug, CancellationToken ct) => entries.Tombstone(slug, ct);

    public async Task<Found> Find(FindAsk ask, Visit visit, CancellationToken ct)
    {
        var result = finder.Search(new SearchRequest(ask.Text, IsPublic: true) { Chosen = ask.Selected, Order = ask.Order, Offset = (ask.Page - 1) * ask.PerPage, Limit = ask.PerPage });
        if (result.Total == 0 && ask.Text.Length > 0 && ask.Selected.Count == 0)
            await finder.Miss(ask.Text, ct);
        return new Found(
            result.Total,
            [.. result.Entries.Select(f => new FoundItem(Show(f.Entry), ask.Text.Length == 0 ? null : Explain.Why(f, visit)))],
            [.. FindAsk.Facets.Select(name => result.Facets.FirstOrDefault(f => f.Name == name)).OfType<Core.Search.FacetCounts>()],
            Explain.Note(result, visit));
    }

    public IReadOnlyList<Shown> Latest(int most) => [.. All().Where(s => s.Version is not null).OrderByDescending(s => s.Version!.LandedAt).Take(most)];

    public IReadOnlyList<Shown> MostUsed(int most) => [.. All().Where(s => s.Use.CallsInThirtyDays > 0).OrderByDescending(s => s.Use.CallsInThirtyDays).Take(most)];

    public IReadOnlyList<Shown> Late() => [.. All().Where(s => s.Freshness(clock.GetUtcNow()).IsLate).OrderByDescending(s => s.Freshness(clock.GetUtcNow()).DaysLate)];

    public async Task<IReadOnlyList<Warehouse.Version>> Versions(Shown dataset, CancellationToken ct) =>
        [.. (await versions.Of(dataset.Entry.Id, ct)).Where(v => v.PromotedAt is not null).OrderByDescending(v => v.Number)];

    /// <summary>Calls of the last days, as points of a chart; of all resources when none is given.</summary>
    public async Task<IReadOnlyList<Point>> Daily(Shown? dataset, int days, CancellationToken ct) =>
        [.. (await uses.Days(dataset?.Entry.Id, days, ct)).Select(d => new Point(d.Day.ToString("MM-dd", CultureInfo.InvariantCulture), d.Calls))];

    /// <summary>Says that some of the figures are not this node's own; null when all are.</summary>
    public string? Foreign(Visit visit) => uses.Origins.Count == 0 ? null : visit.T("charts.foreign", string.Join(visit["results.comma"], uses.Origins));

    public Figures Figures()
    {
        var now = clock.GetUtcNow();
        if (_figures is { } known && now - known.At < Kept)
            return known.Figures;
        var fresh = Count([.. All()], now);
        _figures = new FiguresAt(fresh, now);
        return fresh;
    }

    /// <summary>A value of a facet in the reader's language.</summary>
    public string Word(string facet, string value, Visit visit) => facet switch
    {
        "agency" => directory.BySlug(value) is { } agency ? visit.Pick(agency.Name, agency.NameEn) : value,
        "theme" => Themes.All.NameOf(value, visit.Lang),
        "region" => Region(value, visit),
        "format" => Format(value),
        "open" => visit["open." + value],
        "share" => visit["share." + value],
        "promise" => visit["promise." + value],
        "freshness" => visit["freshness." + value],
        _ => value,
    };

    /// <summary>A format as a badge shows it.</summary>
    public static string Format(string key) => Themes.Formats.Find(key)?.NameEn ?? key;

    public string Region(string code, Visit visit) => directory.DivisionName(code, visit.Lang);

    IEnumerable<Shown> All() => catalogue.All.Where(e => e.IsPublic).Select(Show);

    Shown Show(Entry entry) => new(entry, directory.Find(entry.Agency)!, versions.Current(entry.Id), uses.Of(entry.Id));

    static Figures Count(IReadOnlyList<Shown> all, DateTimeOffset now)
    {
        bool Promised(Shown s) => s.Freshness(now).IsPromised;
        bool OnTime(Shown s) => Promised(s) && !s.Freshness(now).IsLate;
        return new Figures(
            all.Count, all.Count(s => s.Entry.IsOpen), all.Sum(s => s.Version?.Rows ?? 0), all.Sum(s => s.Use.CallsInThirtyDays), all.Count(Promised), all.Count(OnTime),
            [.. all.GroupBy(s => s.Content.Theme).Select(g => new ThemeCount(g.Key, g.Count())).OrderByDescending(t => t.Count).ThenBy(t => t.Value, StringComparer.Ordinal)],
            [.. all.GroupBy(s => s.Provider.Id).Select(g => new AgencyCount(g.First().Provider, g.Count(), g.Count(s => s.Entry.IsOpen), g.Count(Promised), g.Count(OnTime), g.Sum(s => s.Use.CallsInThirtyDays)))
                .OrderByDescending(a => a.Datasets).ThenBy(a => a.Agency.Slug, StringComparer.Ordinal)]);
    }
}
