using Tongxiang.Catalog;
using Tongxiang.Protect;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Query;

/// <summary>What a caller may name in a query of one resource.</summary>
public sealed class QueryScope
{
    private readonly Dictionary<string, ScopeColumn> byName;

    public QueryScope(string resource, IReadOnlyList<ScopeColumn> columns, Predicate? rows = null, QueryLimits? limits = null)
    {
        (Resource, Columns, Rows, Limits) = (resource, columns, rows, limits ?? new QueryLimits());
        byName = columns.ToDictionary(column => column.Field.Name, StringComparer.Ordinal);
    }

    public string Resource { get; }

    /// <summary>The granted columns, in the order of the entry.</summary>
    public IReadOnlyList<ScopeColumn> Columns { get; }

    /// <summary>The row filter of the grant.</summary>
    public Predicate? Rows { get; }

    public QueryLimits Limits { get; }

    /// <summary>The column that says whom a row is about; null when the resource is about nobody.</summary>
    public Field? Subject { get; init; }

    /// <summary>How the cells are changed before they leave; null only where no cell leaves.</summary>
    public Protection? Protection { get; init; }

    public ScopeColumn? Find(string name) => byName.GetValueOrDefault(name);
}

/// <summary>A granted column; one in another form than plain can be selected, but a filter or an order on it would tell what the mask hides.</summary>
public sealed record ScopeColumn(Field Field, bool IsMasked);

/// <summary>How much one query may ask for.</summary>
public sealed record QueryLimits
{
    public int QueryCharacters { get; init; } = 8_192;

    public int Predicates { get; init; } = 100;

    public int Depth { get; init; } = 8;

    public int ListItems { get; init; } = 1_000;

    public int ValueCharacters { get; init; } = 4_000;

    /// <summary>Wildcards in one pattern: each may make a match try again from its place.</summary>
    public int Wildcards { get; init; } = 8;

    public int OrderColumns { get; init; } = 8;

    /// <summary>Rows of one answer; more come by continuation or as a file.</summary>
    public int Rows { get; init; } = 10_000;

    public long Offset { get; init; } = 1_000_000;
}
