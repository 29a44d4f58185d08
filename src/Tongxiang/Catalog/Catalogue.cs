using System.Collections.Immutable;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>What Catalog needs to know of an entry's data; handed in by whoever owns the versions.</summary>
/// <param name="PromotedAt">When the current version became current.</param>
/// <param name="Digest">SHA-256 of the version, lower-case hex.</param>
/// <param name="Calls">How often it was used lately: breaks ties in search.</param>
public sealed record DataFacts(long Version, DateTimeOffset PromotedAt, long Rows, long Bytes, string Digest, long Calls = 0);

/// <summary>The published entries in memory: one immutable state, swapped by one volatile write, fed by <c>catalog_change</c>, so that every copy of the node follows.</summary>
/// <remarks>Facts of data come from above through <see cref="Updated"/> on every copy (Catalog may not call Warehouse); they are not kept here over a restart.</remarks>
public sealed class Catalogue(Db db) : IDisposable
{
    internal const string Feed = "catalog.change";
    private const int Batch = 500;
    private readonly SemaphoreSlim following = new(1, 1);
    private readonly Lock writing = new();
    private volatile Published state = Published.Nothing;

    /// <summary>The state now; hold on to it for one answer, so that the answer agrees with itself.</summary>
    public Published Now => state;

    public IReadOnlyCollection<Entry> All => state.All;

    /// <summary>The published entry; null when it is not published.</summary>
    public Entry? Find(Id<Entry> id) => state.ById.GetValueOrDefault(id);

    public Entry? BySlug(string slug) => state.BySlug.TryGetValue(slug, out var id) ? state.ById.GetValueOrDefault(id) : null;

    public Entry? ByCode(string code) => state.ByCode.TryGetValue(code, out var id) ? state.ById.GetValueOrDefault(id) : null;

    /// <summary>The data of an entry as last told; null while none is current.</summary>
    public DataFacts? Data(Id<Entry> id) => state.Data.GetValueOrDefault(id);

    /// <summary>Tells about an entry's current data; null when they are gone.</summary>
    public void Updated(Id<Entry> id, DataFacts? facts)
    {
        lock (writing) state = state with { Data = facts is null ? state.Data.Remove(id) : state.Data.SetItem(id, facts) };
    }

    /// <summary>Takes in all changes up to now. Called at start, after every own commit, and every second for the commits of other copies.</summary>
    public async Task Follow(CancellationToken ct)
    {
        await following.WaitAsync(ct);
        try
        {
            while (await Step(ct)) { }
        }
        finally
        {
            following.Release();
        }
    }

    public void Dispose() => following.Dispose();

    private async Task<bool> Step(CancellationToken ct)
    {
        var seen = state.Seen;
        var changes = await db.List($"select seq, entry from catalog_change where seq > {seen} order by seq limit {Batch}", r => (Seq: r.GetInt64(0), Entry: r.Id<Entry>(1)), ct);
        if (changes.Count == 0) return false;
        Id<Entry>[] ids = [.. changes.Select(c => c.Entry).Distinct()];
        var entries = await db.List(EntryRows.Select.Then($" where e.id in {ids}"), r => EntryRows.Read(r).Entry, ct);
        lock (writing) state = state.With(ids, entries, changes[^1].Seq);
        return changes.Count == Batch;
    }
}

/// <summary>One state of the catalogue.</summary>
/// <param name="Seen">The last change that is in it.</param>
public sealed record Published(
    ImmutableDictionary<Id<Entry>, Entry> ById, ImmutableDictionary<string, Id<Entry>> BySlug, ImmutableDictionary<string, Id<Entry>> ByCode,
    ImmutableDictionary<Id<Entry>, DataFacts> Data, long Seen)
{
    private IReadOnlyList<Entry>? sorted;

    internal static Published Nothing { get; } = new(
        ImmutableDictionary<Id<Entry>, Entry>.Empty, ImmutableDictionary.Create<string, Id<Entry>>(StringComparer.Ordinal), ImmutableDictionary.Create<string, Id<Entry>>(StringComparer.Ordinal),
        ImmutableDictionary<Id<Entry>, DataFacts>.Empty, 0);

    /// <summary>In the order of their making.</summary>
    public IReadOnlyList<Entry> All => sorted ??= [.. ById.Values.OrderBy(e => e.CreatedAt).ThenBy(e => e.Code, StringComparer.Ordinal)];

    internal Published With(IEnumerable<Id<Entry>> touched, IEnumerable<Entry> entries, long seen)
    {
        var (byId, bySlug, byCode) = (ById.ToBuilder(), BySlug.ToBuilder(), ByCode.ToBuilder());
        foreach (var id in touched)
        {
            if (!byId.Remove(id, out var old)) continue;
            bySlug.Remove(old.Slug);
            byCode.Remove(old.Code);
        }
        foreach (var entry in entries.Where(e => e.IsPublished))
        {
            // What is in force and nothing else: a draft on its way is none of the catalogue's business, but for the grades it raises.
            byId[entry.Id] = entry with { Suspected = Suspicion.Of(entry), Draft = null, DraftState = null, DraftRevision = null, DueAt = null, DueRule = null, DueIsProvisional = false };
            bySlug[entry.Slug] = entry.Id;
            byCode[entry.Code] = entry.Id;
        }
        return new Published(byId.ToImmutable(), bySlug.ToImmutable(), byCode.ToImmutable(), Data, seen);
    }
}
