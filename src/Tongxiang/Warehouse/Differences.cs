using System.Globalization;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>What changed from one version to another, by key: counts, and the first keys of each kind.</summary>
/// <param name="Columns">Columns that both versions have and that were compared.</param>
public sealed record Difference(long From, long To, long Added, long Removed, long Changed, IReadOnlyList<string> Columns, IReadOnlyList<DifferentKey> First);

/// <summary>One key that is only in the new version, only in the old one, or in both with other values.</summary>
public sealed record DifferentKey(string Kind, IReadOnlyList<string> Key);

/// <summary>Compares versions in DuckDB, which spills instead of growing.</summary>
public sealed class Differences(Home home, VersionFiles files)
{
    /// <param name="from">the older version</param>
    /// <param name="first">how many keys of each kind are named</param>
    public async Task<Outcome<Difference>> Between(Version from, Version to, int first, CancellationToken ct)
    {
        if (from.Entry != to.Entry) return new Refusal(400, "warehouse.other-entry");
        if (from.Key.Count == 0 || !from.Key.SequenceEqual(to.Key)) return new Refusal(422, "warehouse.no-common-key");
        using var older = await files.Open(from, ct);
        using var newer = await files.Open(to, ct);
        return await Task.Run<Outcome<Difference>>(() => Compare(from, to, older.Path, newer.Path, Math.Clamp(first, 0, 1000)), ct);
    }

    private Difference Compare(Version from, Version to, string older, string newer, int first)
    {
        var common = from.Columns.Where(f => to.Columns.Any(t => t.Name == f.Name && t.Type == f.Type && t.Scale == f.Scale)).Select(f => f.Name).ToList();
        var rest = common.Except(from.Key).Select(Duck.Name).ToList();
        var differs = rest.Count == 0 ? "false" : string.Join(" or ", rest.Select(c => $"o.{c} is distinct from n.{c}"));
        var key = from.Key.Select(Duck.Name).ToList();
        using var duck = new Duck(home);
        duck.Run($"""
            create temp table difference as
            select {string.Join(", ", key.Select((k, i) => $"coalesce(o.{k}, n.{k}) as k{i}"))},
              case when o.{key[0]} is null then 'added' when n.{key[0]} is null then 'removed' else 'changed' end as kind
            from {Duck.Parquet(older)} o full outer join {Duck.Parquet(newer)} n on {string.Join(" and ", key.Select(k => $"o.{k} = n.{k}"))}
            where o.{key[0]} is null or n.{key[0]} is null or {differs}
            """);
        long Count(string kind) => duck.Number($"select count(*) from difference where kind = {Duck.Text(kind)}");
        var named = new List<DifferentKey>();
        foreach (var kind in (string[])["added", "removed", "changed"])
        {
            var parts = string.Join(", ", key.Select((_, i) => $"cast(k{i} as varchar)"));
            using var rows = duck.Read(string.Create(CultureInfo.InvariantCulture, $"select {parts} from difference where kind = {Duck.Text(kind)} order by {string.Join(", ", key.Select((_, i) => $"k{i}"))} limit {first}"));
            while (rows.Read()) named.Add(new DifferentKey(kind, [.. Enumerable.Range(0, key.Count).Select(rows.GetString)]));
        }
        return new Difference(from.Number, to.Number, Count("added"), Count("removed"), Count("changed"), common, named);
    }
}
