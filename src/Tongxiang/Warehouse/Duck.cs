using System.Globalization;
using DuckDB.NET.Data;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>DuckDB in process over files of the scratch folder: one thread, 256 MB, nothing loaded from outside.</summary>
internal sealed class Duck : IDisposable
{
    private readonly DuckDBConnection connection = new("DataSource=:memory:");

    public Duck(Home home)
    {
        connection.Open();
        Run($"""
            set autoinstall_known_extensions = false;
            set autoload_known_extensions = false;
            set threads = 1;
            set memory_limit = '256MB';
            set temp_directory = {Text(Path.Combine(home.Scratch, $"duck-{Guid.CreateVersion7():N}"))};
            set allowed_directories = [{Text(home.Scratch + Path.DirectorySeparatorChar)}];
            set enable_external_access = false;
            set lock_configuration = true;
            """);
    }

    public long Run(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    public long Number(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>Rows as they come, without holding the result.</summary>
    public DuckDBDataReader Read(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.UseStreamingMode = true;
        return command.ExecuteReader();
    }

    public void Dispose() => connection.Dispose();

    /// <summary>A text constant.</summary>
    public static string Text(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    /// <summary>A column name; only names that <see cref="Sql.Name"/> lets pass.</summary>
    public static string Name(string name)
    {
        _ = Sql.Name(name);
        return $"\"{name}\"";
    }

    public static string Parquet(string path, string options = "") => $"read_parquet({Text(path)}{options})";

    /// <summary>The type a field has in Parquet.</summary>
    public static string Type(Field field) => field.Type switch
    {
        FieldType.Integer => "bigint",
        FieldType.Decimal => string.Create(CultureInfo.InvariantCulture, $"decimal(18,{Scale(field)})"),
        FieldType.Real => "double",
        FieldType.Date => "date",
        FieldType.Timestamp => "timestamp",
        _ => "varchar",
    };

    public static int Scale(Field field) => field.Scale ?? 0;

    /// <summary>The stored form of a column in serving copies and exports: ISO text for days and times.</summary>
    public static string Iso(Field field)
    {
        var name = Name(field.Name);
        return field.Type switch
        {
            FieldType.Date => $"strftime({name}, '%Y-%m-%d')",
            FieldType.Timestamp => $"case when microsecond({name}) % 1000000 = 0 then strftime({name}, '%Y-%m-%dT%H:%M:%S') else rtrim(strftime({name}, '%Y-%m-%dT%H:%M:%S.%g'), '0') end",
            _ => name,
        };
    }

    /// <summary>As <see cref="Iso"/>, decimals as scaled whole numbers.</summary>
    public static string Served(Field field) => field.Type == FieldType.Decimal
        ? $"cast({Name(field.Name)} * {((long)Math.Pow(10, Scale(field))).ToString(CultureInfo.InvariantCulture)} as bigint)"
        : Iso(field);
}
