using System.Buffers.Text;
using System.Text.Json;

namespace Tongxiang.Kernel;

/// <summary>A page of a list, and the cursor of the next one (null at the end).</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>Makes a page out of one row more than asked for: the surplus row only tells that there is a next page.</summary>
    public static Page<T> Of(IReadOnlyList<T> rows, int limit, Func<T, object[]> key) =>
        rows.Count <= limit ? new(rows, null) : new([.. rows.Take(limit)], Cursor.Write(key(rows[limit - 1])));
}

/// <summary>Opaque keyset cursors: the key of the last row seen.</summary>
public static class Cursor
{
    public static string Write(params object[] key) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(key.Select(k => Sql.ColumnForm(k)!.ToString()).ToArray()));

    /// <summary>The parts of a cursor, or null when it is not one of ours.</summary>
    public static string[]? Read(string? cursor, int parts)
    {
        if (cursor is null or { Length: > 1000 }) return null;
        try
        {
            var key = JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(cursor));
            return key is not null && key.Length == parts && key.All(k => k is not null) ? key : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }
}
