using System.Globalization;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>The key of a row that differs between two versions.</summary>
/// <param name="IsSeen">Whether it differs in what the reader may see; otherwise only in what decides whether he may see it.</param>
public readonly record struct ChangedKey(IReadOnlyList<string> Key, bool IsSeen);

/// <summary>The keys that differ; <paramref name="IsWhole"/> is false when there are more.</summary>
public sealed record ChangedKeys(IReadOnlyList<ChangedKey> Items, bool IsWhole);

/// <summary>Which columns a reader sees, and which decide about his rows.</summary>
public sealed record ChangedAsk(IReadOnlySet<string> Seen, IReadOnlySet<string> Deciding, int Most);

// The keys alone, in one comparison: for those who then read the rows by the right they have.
public sealed partial class Differences
{
    /// <summary>Keys of rows that were added, removed or changed, in the order of the key; not whole when there are more than wanted.</summary>
    public async Task<Outcome<ChangedKeys>> Keys(Version from, Version to, ChangedAsk ask, CancellationToken ct)
    {
        if (from.Entry != to.Entry) return new Refusal(400, "warehouse.other-entry");
        if (from.Key.Count == 0 || !from.Key.SequenceEqual(to.Key)) return new Refusal(422, "warehouse.no-common-key");
        using var older = await files.Open(from, ct);
        using var newer = await files.Open(to, ct);
        return await Task.Run(() => Found(from, to, older.Path, newer.Path, ask), ct);
    }

    private ChangedKeys Found(Version from, Version to, string older, string newer, ChangedAsk ask)
    {
        string Differ(IReadOnlySet<string> names)
        {
            // A column that came or went, or is of another type, says nothing about a single row.
            var both = from.Columns.Where(f => names.Contains(f.Name) && !from.Key.Contains(f.Name) && to.Columns.Any(t => t.Name == f.Name && t.Type == f.Type && t.Scale == f.Scale)).ToList();
            return both.Count == 0 ? "false" : string.Join(" or ", both.Select(f => $"o.{Duck.Name(f.Name)} is distinct from n.{Duck.Name(f.Name)}"));
        }

        var key = from.Key.Select(Duck.Name).ToList();
        var fields = from.Key.Select(name => from.Columns.First(f => f.Name == name)).ToList();
        var (seen, deciding) = (Differ(ask.Seen), Differ(ask.Deciding));
        using var duck = new Duck(home);
        using var rows = duck.Read(string.Create(CultureInfo.InvariantCulture, $"""
            select {string.Join(", ", key.Select((k, i) => Shown(fields[i], $"coalesce(o.{k}, n.{k})")))}, o.{key[0]} is null or n.{key[0]} is null or {seen}
            from {Duck.Parquet(older)} o full outer join {Duck.Parquet(newer)} n on {string.Join(" and ", key.Select(k => $"o.{k} = n.{k}"))}
            where o.{key[0]} is null or n.{key[0]} is null or {seen} or {deciding}
            order by {string.Join(", ", key.Select((_, i) => (i + 1).ToString(CultureInfo.InvariantCulture)))} limit {ask.Most + 1}
            """));
        var found = new List<ChangedKey>();
        while (rows.Read())
        {
            if (found.Count == ask.Most) return new ChangedKeys(found, false);
            found.Add(new ChangedKey([.. Enumerable.Range(0, key.Count).Select(rows.GetString)], rows.GetBoolean(key.Count)));
        }

        return new ChangedKeys(found, true);
    }
}
