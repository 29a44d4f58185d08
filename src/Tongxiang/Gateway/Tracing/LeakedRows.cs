using System.Text;
using Tongxiang.Core.Tracing;

namespace Tongxiang.Gateway.Tracing;

/// <summary>A leaked row that was found in a slice.</summary>
/// <param name="At">Its place in the leaked file.</param>
/// <param name="Id">What it is, as the marks know it.</param>
/// <param name="Position">Its place in the slice.</param>
/// <param name="TextColumns">Columns of the slice in which the row holds a text.</param>
internal readonly record struct RowMatch(int At, ulong Id, long Position, ulong TextColumns);

/// <summary>The rows of a leaked file, ready to be looked up from a slice.</summary>
internal sealed class LeakedRows(LeakedTable table)
{
    private const int sampled = 300;
    private readonly IReadOnlyList<string[]> plain = [.. table.Rows.Select(row => row.Select(cell => LeakedText.Plain(cell.Text)).ToArray())];

    public int Width => table.Names.Count;

    public IReadOnlyList<string> Names => table.Names;

    /// <summary>Values of a column's first rows: enough to know the column by.</summary>
    public HashSet<string> Values(int column) => [.. plain.Take(sampled).Where(row => column < row.Length && row[column].Length > 0).Select(row => row[column])];

    /// <summary>Which column of the slice each column of the file is; a column that is none of them is left out. By name where it is the same, else by what stands in it.</summary>
    public static IReadOnlyDictionary<int, int>? Columns((double[,] Hits, IReadOnlyList<string> Shown)? sample, IReadOnlyList<string> names)
    {
        if (sample is not var (hits, shown)) return null;
        var pairs =
            from own in Enumerable.Range(0, names.Count)
            from other in Enumerable.Range(0, shown.Count)
            let same = names[own].Trim().Equals(shown[other], StringComparison.OrdinalIgnoreCase)
            where hits[own, other] >= 0.5
            orderby same descending, hits[own, other] descending
            select (own, other);
        var map = new Dictionary<int, int>();
        foreach (var (own, other) in pairs)
            if (!map.ContainsKey(own) && !map.ContainsValue(other)) map[own] = other;
        return map;
    }

    public IReadOnlyDictionary<int, int>? Columns((double[,] Hits, IReadOnlyList<string> Shown)? sample) => Columns(sample, Names);

    /// <summary>Rows of the file by their content in the given columns; −1 where two rows are alike.</summary>
    public Dictionary<string, int> Index(IReadOnlyDictionary<int, int> map)
    {
        var own = map.Keys.Order().ToArray();
        var index = new Dictionary<string, int>(plain.Count, StringComparer.Ordinal);
        for (var row = 0; row < plain.Count; row++)
        {
            var key = Key(own.Select(column => column < plain[row].Length ? plain[row][column] : ""));
            index[key] = index.ContainsKey(key) ? -1 : row;
        }

        return index;
    }

    public static string Key(IEnumerable<string> cells)
    {
        var key = new StringBuilder();
        foreach (var cell in cells) key.Append(cell).Append('\u001f');
        return key.ToString();
    }

    /// <summary>The order of the rows that were found, by the blocks in which they were put.</summary>
    public static OrderTest Order(IReadOnlyList<RowMatch> matches, long blockRows)
    {
        var test = new OrderTest();
        foreach (var match in matches) test.Add(blockRows == 0 ? 0 : match.Position / blockRows, match.Id);
        test.Complete();
        return test;
    }

    /// <summary>The forms of the cells that were found.</summary>
    public FormTest Forms(IReadOnlyList<RowMatch> matches, IReadOnlyDictionary<int, int> map, bool isCsv)
    {
        var test = new FormTest();
        foreach (var match in matches)
            foreach (var (own, other) in map)
            {
                if (own >= table.Rows[match.At].Length || table.Rows[match.At][own].IsChosen is not { } isChosen) continue;
                // In CSV only texts have a choice; in lines of JSON every value has.
                if (isCsv && (match.TextColumns >> Math.Min(other, 63) & 1) == 0) continue;
                test.Add(match.Id, other, isChosen);
            }

        return test;
    }
}
