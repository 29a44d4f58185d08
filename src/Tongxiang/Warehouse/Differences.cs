using System.Globalization;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>What changed from one version to another, by key: counts, and a page of the rows – added, removed, changed, each by key.</summary>
/// <param name="Columns">Columns that both versions have and that were compared.</param>
/// <param name="Next">What to skip for the next page; null on the last.</param>
public sealed record Difference(long From, long To, long Added, long Removed, long Changed, IReadOnlyList<string> Columns, IReadOnlyList<DifferentRow> Items, long? Next);

/// <summary>A row that is only in the new version (added), only in the old one (removed), or in both with other values (changed).</summary>
/// <param name="Cells">The cells of a changed row that differ.</param>
public sealed record DifferentRow(string Kind, IReadOnlyList<string> Key, IReadOnlyList<DifferentCell> Cells);

/// <summary>A cell before and after; null where it was or is empty.</summary>
public sealed record DifferentCell(string Column, string? Before, string? After);

/// <summary>Which part of a difference is wanted.</summary>
/// <param name="Kind">added, removed or changed; null: all.</param>
/// <param name="Columns">The columns the reader may see; null: all. What changed elsewhere does not count, the key is always named.</param>
public sealed record DifferenceAsk(string? Kind, long Skip, int Take, IReadOnlySet<string>? Columns)
{
    public static IReadOnlyList<string> Kinds { get; } = ["added", "removed", "changed"];
}

/// <summary>Compares versions in DuckDB, which spills instead of growing.</summary>
public sealed partial class Differences(Home home, VersionFiles files)
{
    private const int MostRows = 1_000;

    /// <param name="from">the older version</param>
    public async Task<Outcome<Difference>> Between(Version from, Version to, DifferenceAsk ask, CancellationToken ct)
    {
        if (from.Entry != to.Entry) return new Refusal(400, "warehouse.other-entry");
        if (from.Key.Count == 0 || !from.Key.SequenceEqual(to.Key)) return new Refusal(422, "warehouse.no-common-key");
        if (ask.Kind is { } kind && !DifferenceAsk.Kinds.Contains(kind)) return Refusal.Invalid(new FieldError("kind", "warehouse.difference-kind", kind));
        using var older = await files.Open(from, ct);
        using var newer = await files.Open(to, ct);
        return await Task.Run<Outcome<Difference>>(() => Compare(from, to, older.Path, newer.Path, ask), ct);
    }

    private Difference Compare(Version from, Version to, string older, string newer, DifferenceAsk ask)
    {
        var rest = from.Columns.Where(f => !from.Key.Contains(f.Name) && ask.Columns?.Contains(f.Name) != false && to.Columns.Any(t => t.Name == f.Name && t.Type == f.Type && t.Scale == f.Scale)).ToList();
        var differs = rest.Count == 0 ? "false" : string.Join(" or ", rest.Select(f => $"o.{Duck.Name(f.Name)} is distinct from n.{Duck.Name(f.Name)}"));
        var key = from.Key.Select(Duck.Name).ToList();
        using var duck = new Duck(home);
        duck.Run($"""
            create temp table difference as
            select {string.Join(", ", key.Select((k, i) => $"coalesce(o.{k}, n.{k}) as k{i}"))},
              case when o.{key[0]} is null then 0 when n.{key[0]} is null then 1 else 2 end as kind
            from {Duck.Parquet(older)} o full outer join {Duck.Parquet(newer)} n on {string.Join(" and ", key.Select(k => $"o.{k} = n.{k}"))}
            where o.{key[0]} is null or n.{key[0]} is null or {differs}
            """);
        long Count(int kind) => duck.Number(string.Create(CultureInfo.InvariantCulture, $"select count(*) from difference where kind = {kind}"));
        var (added, removed, changed) = (Count(0), Count(1), Count(2));
        var take = Math.Clamp(ask.Take, 0, MostRows);
        var skip = Math.Max(0, ask.Skip);
        var all = ask.Kind switch { "added" => added, "removed" => removed, "changed" => changed, _ => added + removed + changed };
        var items = take == 0 ? [] : Rows(duck, older, newer, key, rest, ask.Kind, skip, take);
        return new Difference(from.Number, to.Number, added, removed, changed, [.. from.Key, .. rest.Select(f => f.Name)], items, skip + items.Count < all && items.Count > 0 ? skip + items.Count : null);
    }

    // Both files are read once more, for the cells of the page's own rows.
    private static List<DifferentRow> Rows(Duck duck, string older, string newer, List<string> key, List<Field> rest, string? kind, long skip, int take)
    {
        var keys = string.Join(", ", key.Select((_, i) => $"k{i}"));
        var wanted = kind is null ? "" : string.Create(CultureInfo.InvariantCulture, $"where kind = {DifferenceAsk.Kinds.ToList().IndexOf(kind)}");
        duck.Run(string.Create(CultureInfo.InvariantCulture, $"create temp table page as select {keys}, kind from difference {wanted} order by kind, {keys} limit {take} offset {skip}"));
        string At(string side) => string.Join(" and ", key.Select((k, i) => $"{side}.{k} = p.k{i}"));
        var cells = rest.Select(f => (Field: f, Name: Duck.Name(f.Name))).Select(c => $"o.{c.Name} is distinct from n.{c.Name}, {Shown(c.Field, "o." + c.Name)}, {Shown(c.Field, "n." + c.Name)}");
        using var rows = duck.Read($"""
            select p.kind, {string.Join(", ", key.Select((_, i) => $"cast(p.k{i} as varchar)").Concat(cells))}
            from page p left join {Duck.Parquet(older)} o on {At("o")} left join {Duck.Parquet(newer)} n on {At("n")}
            order by p.kind, {string.Join(", ", key.Select((_, i) => $"p.k{i}"))}
            """);
        var found = new List<DifferentRow>();
        while (rows.Read())
        {
            var which = rows.GetInt32(0);
            string? Text(int i) => rows.IsDBNull(i) ? null : rows.GetString(i);
            IEnumerable<DifferentCell> Changed()
            {
                for (var (column, at) = (0, key.Count + 1); column < rest.Count; column++, at += 3)
                    if (rows.GetBoolean(at)) yield return new DifferentCell(rest[column].Name, Text(at + 1), Text(at + 2));
            }
            found.Add(new DifferentRow(DifferenceAsk.Kinds[which], [.. Enumerable.Range(1, key.Count).Select(rows.GetString)], which == 2 ? [.. Changed()] : []));
        }
        return found;
    }

    private static string Shown(Field field, string column) => field.Type == FieldType.Timestamp ? $"replace(cast({column} as varchar), ' ', 'T')" : $"cast({column} as varchar)";
}
