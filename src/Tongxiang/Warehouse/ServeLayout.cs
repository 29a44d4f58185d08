using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>Where a version's serving copy stands and what its columns are; builder and reader both look here.</summary>
public static class ServeLayout
{
    /// <summary>The key of a resource without one: its row number in landing order, from 1.</summary>
    public const string RowNumber = "_row";

    /// <summary>The one table in an SQLite serving file.</summary>
    public const string SqliteTable = "serving";

    /// <summary>The immutable SQLite file of a version; it appears by renaming a finished one.</summary>
    public static string SqliteFile(Home home, Id<Version> version) => Path.Combine(home.Serving, $"{version.Value:N}.db");

    /// <summary>The PostgreSQL table of a version.</summary>
    public static string PostgresTable(Id<Version> version) => $"warehouse_serving_{version.Value:N}";

    /// <summary>Stored form of a field: decimals are whole numbers scaled by <see cref="Field.Scale"/>, days and times ISO text.</summary>
    public static string ColumnType(FieldType type, Store store) => type switch
    {
        FieldType.Integer or FieldType.Decimal => "bigint",
        FieldType.Real => "double precision",
        _ => store == Store.PostgreSql ? "text collate \"C\"" : "text",
    };

    /// <summary>Names of the columns that make a row unique and give the order of the table.</summary>
    public static IReadOnlyList<string> Key(Version version) => version.Key.Count > 0 ? version.Key : [RowNumber];

    /// <summary>The empty table, sorted by its key; key columns are never null (an empty part is '').</summary>
    public static Sql Create(Version version, Store store)
    {
        var key = Key(version);
        var columns = version.Columns.Select(field => Raw($"{Quote(field.Name)} {ColumnType(field.Type, store)}{(key.Contains(field.Name) ? " not null" : "")}")).ToList();
        if (version.Key.Count == 0) columns.Insert(0, Raw($"{Quote(RowNumber)} bigint not null"));
        var table = store == Store.PostgreSql ? PostgresTable(version.Id) : SqliteTable;
        var primary = Raw($"primary key ({string.Join(", ", key.Select(Quote))})");
        return Sql.Join("", [Raw($"create table {Quote(table)} ("), Sql.Join(", ", [.. columns, primary]), Raw(store == Store.Sqlite ? ") without rowid" : ")")]);
    }

    private static string Quote(string name)
    {
        _ = Sql.Name(name);
        return $"\"{name}\"";
    }

    // Only for text made in this file out of checked names.
    private static Sql Raw(string text)
    {
        var sql = new Sql();
        sql.AppendLiteral(text);
        return sql;
    }
}
