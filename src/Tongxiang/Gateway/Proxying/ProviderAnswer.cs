using System.Globalization;
using System.Text.Json;
using Tongxiang.Catalog;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway.Proxying;

/// <summary>Why an answer is not what the connection declares: said to the provider's steward, never to the caller.</summary>
public sealed class DriftException(string message) : Exception(message);

/// <summary>Reads a provider's answer into rows of the entry's types: every field must be there and hold what it is declared to hold.</summary>
internal static class ProviderAnswer
{
    private static readonly string[] stamps = ["yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF"];

    /// <exception cref="DriftException">The answer has another form than declared.</exception>
    public static AnswerTable Read(ReadOnlyMemory<byte> body, ProviderApi api, Version version)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
        }
        catch (JsonException e)
        {
            throw new DriftException($"The answer is no JSON (line {e.LineNumber}).");
        }

        using (document)
        {
            var table = new AnswerTable(version);
            try
            {
                Fill(table, Items(document.RootElement, api.Items), api, version.Columns);
                return table;
            }
            catch
            {
                table.Dispose();
                throw;
            }
        }
    }

    private static void Fill(AnswerTable table, JsonElement items, ProviderApi api, IReadOnlyList<Field> fields)
    {
        var number = 0;
        foreach (var item in items.EnumerateArray())
        {
            if (++number > api.MostRows) throw new DriftException($"The answer has more than {api.MostRows} rows.");
            if (item.ValueKind != JsonValueKind.Object) throw new DriftException($"Row {number} is no object.");
            if (!table.Add([.. fields.Select(field => Cell(item, api.PropertyOf(field.Name), field, number))])) throw new DriftException($"Row {number} has an empty or repeated key.");
        }
    }

    private static JsonElement Items(JsonElement root, string path)
    {
        foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
            root = root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var inner) ? inner : throw new DriftException($"The answer has no '{path}'.");
        // One row alone may come without its list.
        return root.ValueKind == JsonValueKind.Array ? root : throw new DriftException($"'{path}' is no list.");
    }

    private static object? Cell(JsonElement row, string property, Field field, int number)
    {
        if (!row.TryGetProperty(property, out var value)) throw new DriftException($"Row {number} lacks '{property}'.");
        if (value.ValueKind == JsonValueKind.Null) return null;
        return Value(value, field) ?? throw new DriftException($"Row {number}: '{property}' is {value.ValueKind} and no {field.Type}.");
    }

    private static object? Value(JsonElement value, Field field) => (field.Type, value.ValueKind) switch
    {
        (FieldType.Text, JsonValueKind.String) => value.GetString(),
        (FieldType.Integer, JsonValueKind.Number) => value.TryGetInt64(out var whole) ? whole : null,
        (FieldType.Decimal, JsonValueKind.Number) => Scaled(value, field.Scale ?? 0),
        (FieldType.Real, JsonValueKind.Number) => value.TryGetDouble(out var real) && double.IsFinite(real) ? real : null,
        (FieldType.Date, JsonValueKind.String) => DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? value.GetString() : null,
        (FieldType.Timestamp, JsonValueKind.String) => DateTime.TryParseExact(value.GetString(), stamps, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? value.GetString() : null,
        _ => null,
    };

    private static long? Scaled(JsonElement value, int scale)
    {
        if (!value.TryGetDecimal(out var number)) return null;
        for (var i = 0; i < scale; i++) number *= 10;
        return number == decimal.Truncate(number) && number is >= long.MinValue and <= long.MaxValue ? (long)number : null;
    }
}
