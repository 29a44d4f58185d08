using System.Globalization;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>How the rows of a version fall into classes that look alike in some columns.</summary>
/// <param name="Smallest">Rows of the smallest class; 0 when there is no row.</param>
/// <param name="InSmall">Rows that stand in classes smaller than the number asked about.</param>
public sealed record ClassSizes(long Rows, long Classes, long Smallest, long InSmall);

/// <summary>Counts classes of equal rows over the sealed file of a version: what is measured is what would be served, not a sample.</summary>
public sealed class Classes(Home home, VersionFiles files)
{
    /// <param name="columns">The columns whose values make a class; empty cells are a value. None at all: every row is in one class.</param>
    /// <param name="countColumn">For figures about groups: the column that says how many persons a row stands for; then each row is its own class.</param>
    /// <param name="small">Below which size a class is called small.</param>
    /// <exception cref="ArgumentException">The version has no such column.</exception>
    public async Task<ClassSizes> Count(Version version, IReadOnlyList<string> columns, string? countColumn, long small, CancellationToken ct)
    {
        foreach (var name in countColumn is null ? columns : [countColumn])
            if (version.Columns.All(c => c.Name != name)) throw new ArgumentException($"Version {version.Number} has no column '{name}'.", nameof(columns));
        using var parquet = await files.Open(version, ct);
        return await Task.Run(() => Count(parquet.Path, columns, countColumn, small), ct);
    }

    private ClassSizes Count(string parquet, IReadOnlyList<string> columns, string? countColumn, long small)
    {
        var limit = small.ToString(CultureInfo.InvariantCulture);
        var from = Duck.Parquet(parquet);
        // A group without a number of persons could be one person: it counts as none, and the smallest class is then 0.
        var sizes = countColumn is not null ? $"select greatest(coalesce(try_cast({Duck.Name(countColumn)} as bigint), 0), 0) as n from {from}"
            : columns.Count == 0 ? $"select count(*) as n from {from} having count(*) > 0"
            : $"select count(*) as n from {from} group by {string.Join(", ", columns.Select(Duck.Name))}";
        using var duck = new Duck(home);
        using var row = duck.Read($"select coalesce(sum(n), 0)::bigint, count(*), coalesce(min(n), 0)::bigint, coalesce(sum(case when n < {limit} then n else 0 end), 0)::bigint from ({sizes}) as sizes");
        row.Read();
        return new ClassSizes(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
    }
}
