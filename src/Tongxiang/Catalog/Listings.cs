using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Catalog;

/// <summary>What the public may see of the catalogue, for the faces that machines read.</summary>
public sealed class Listings(Catalogue catalogue, Directory directory)
{
    /// <summary>Every public listing, in the order of making.</summary>
    public IReadOnlyList<Listing> All
    {
        get
        {
            var state = catalogue.Now;
            return [.. state.All.Where(e => e.IsPublic).Select(e => ListingOf(e, state))];
        }
    }

    /// <summary>By name, id or code; null when there is none, or none for the public.</summary>
    public Listing? Find(string name)
    {
        var state = catalogue.Now;
        var entry = state.BySlug.TryGetValue(name, out var id) || state.ByCode.TryGetValue(name, out id) || Id<Entry>.TryParse(name, null, out id) ? state.ById.GetValueOrDefault(id) : null;
        return entry is { IsPublic: true } ? ListingOf(entry, state) : null;
    }

    /// <summary>Providers of public listings with how many they have, by name.</summary>
    public IReadOnlyList<(Agency Agency, int Count)> Providers =>
    [
        .. All.Where(l => l.Provider is not null).GroupBy(l => l.Provider!.Id).Select(g => (g.First().Provider!, g.Count())).OrderBy(p => p.Item1.Slug, StringComparer.Ordinal),
    ];

    private Listing ListingOf(Entry entry, Published state) => new(entry, directory.Find(entry.Agency), state.Data.GetValueOrDefault(entry.Id));
}
