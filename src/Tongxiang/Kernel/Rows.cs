using System.Data.Common;
using System.Globalization;
using System.Text.Json;

namespace Tongxiang.Kernel;

/// <summary>Reads the portable column forms back into C# values.</summary>
public static class Rows
{
    public static Id<T> Id<T>(this DbDataReader row, int column) => new(Guid.ParseExact(row.GetString(column), "D"));

    public static Id<T>? IdOrNull<T>(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Id<T>(column);

    public static DateTimeOffset Instant(this DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? InstantOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Instant(column);

    public static DateOnly Day(this DbDataReader row, int column) => DateOnly.ParseExact(row.GetString(column), "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static DateOnly? DayOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Day(column);

    public static string? TextOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? LongOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static bool Flag(this DbDataReader row, int column) => row.GetInt64(column) != 0;

    public static T Kind<T>(this DbDataReader row, int column) where T : struct, Enum => Enum.Parse<T>(row.GetString(column));

    public static byte[] Bytes(this DbDataReader row, int column) => (byte[])row.GetValue(column);

    public static T Json<T>(this DbDataReader row, int column) => JsonSerializer.Deserialize<T>(row.GetString(column), Wire.Json)!;
}
