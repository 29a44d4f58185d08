using System.Globalization;

namespace Tongxiang.Warehouse;

/// <summary>How DuckDB reads checked rows: every type declared, nothing guessed.</summary>
internal static class LandedSql
{
    // A row the scanner took is never longer; see Core.Tables.TableLimits.
    private const int LongestLine = 16 << 20;

    /// <summary>How a version is written. Data pages of the second form, a light zstd and dictionaries only for short lists take three quarters of the time of the defaults, and less room.</summary>
    public const string Parquet = "format parquet, parquet_version v2, compression zstd, compression_level 1, dictionary_size_limit 2000";

    public static string Select(Landed landed)
    {
        var types = Enumerable.Repeat("varchar", landed.FileColumns).ToArray();
        for (var i = 0; i < landed.Columns.Count; i++)
            if (landed.PlaceOfField[i] >= 0) types[landed.PlaceOfField[i]] = Duck.Type(landed.Columns[i]);
        var declared = string.Join(", ", types.Select((type, i) => $"'c{i.ToString(CultureInfo.InvariantCulture)}': '{type}'"));
        var wanted = landed.Columns.Select((field, i) => landed.PlaceOfField[i] < 0
            ? $"cast(null as {Duck.Type(field)}) as {Duck.Name(field.Name)}"
            : landed.KeyNames.Contains(field.Name) && field.Type == Catalog.FieldType.Text
                ? $"coalesce(c{landed.PlaceOfField[i]}, '') as {Duck.Name(field.Name)}"
                : $"c{landed.PlaceOfField[i]} as {Duck.Name(field.Name)}");
        var delimiter = landed.Delimiter == (byte)'\t' ? "\t" : ((char)landed.Delimiter).ToString();
        var source = string.Create(CultureInfo.InvariantCulture, $$"""
            read_csv({{Duck.Text(landed.Path)}}, auto_detect = false, header = false, skip = {{landed.SkipLines}}, delim = {{Duck.Text(delimiter)}},
            quote = '"', escape = '"', nullstr = '', strict_mode = false, max_line_size = {{LongestLine}}, buffer_size = {{LongestLine * 2}}, parallel = false, columns = {{{declared}}})
            """);
        return $"select {string.Join(", ", wanted)} from {source}";
    }

    /// <summary>Rows that we wrote ourselves, every column as text: c0, c1, …</summary>
    public static string Texts(string csv, int columns) => string.Create(CultureInfo.InvariantCulture, $$"""
        read_csv({{Duck.Text(csv)}}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, strict_mode = false,
        max_line_size = {{LongestLine}}, buffer_size = {{LongestLine * 2}}, parallel = false, columns = { {{string.Join(", ", Enumerable.Range(0, columns).Select(i => $"'c{i.ToString(CultureInfo.InvariantCulture)}': 'varchar'"))}} })
        """);

    public static string RepeatedKeys(Landed landed, string parquet)
    {
        var key = string.Join(", ", landed.KeyNames.Select(Duck.Name));
        return $"select count(*) from (select {key} from {Duck.Parquet(parquet)} group by {key} having count(*) > 1)";
    }
}
