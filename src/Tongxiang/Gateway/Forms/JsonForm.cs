using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tongxiang.Catalog;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Forms;

/// <summary>Writes a page as JSON, lines of JSON, or GeoJSON; texts go from the store to the wire as the bytes they are.</summary>
internal sealed class JsonForm
{
    private const int flushBytes = 64 << 10;

    // The answer is no part of an HTML page and says so; Chinese and rare characters stay readable.
    private static readonly JsonWriterOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private readonly ServedPage page;
    private readonly JsonEncodedText[] names;
    private readonly bool stripsNulls;

    public JsonForm(ServedPage page, bool stripsNulls)
    {
        (this.page, this.stripsNulls) = (page, stripsNulls);
        names = new JsonEncodedText[page.Columns.Count];
        for (var i = 0; i < names.Length; i++) names[i] = JsonEncodedText.Encode(page.Columns[i].Shown, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
    }

    public async ValueTask List(PipeWriter body, bool isSingle, CancellationToken ct)
    {
        await using var json = new Utf8JsonWriter(body, options);
        if (!isSingle) json.WriteStartArray();
        for (var row = 0; row < page.Rows; row++)
        {
            Row(json, row, -1, -1);
            if (json.BytesPending < flushBytes) continue;
            json.Flush();
            await body.FlushAsync(ct);
        }

        if (!isSingle) json.WriteEndArray();
        json.Flush();
    }

    public async ValueTask Lines(PipeWriter body, CancellationToken ct)
    {
        await using var json = new Utf8JsonWriter(body, options);
        for (var row = 0; row < page.Rows; row++)
        {
            Row(json, row, -1, -1);
            json.Flush();
            json.Reset();
            body.Write("\n"u8);
            if (body.CanGetUnflushedBytes && body.UnflushedBytes > flushBytes) await body.FlushAsync(ct);
        }
    }

    /// <summary>A collection of points; longitude and latitude leave the properties for the geometry.</summary>
    public async ValueTask Features(PipeWriter body, int longitude, int latitude, CancellationToken ct)
    {
        await using var json = new Utf8JsonWriter(body, options);
        json.WriteStartObject();
        json.WriteString("type", "FeatureCollection");
        json.WriteStartArray("features");
        for (var row = 0; row < page.Rows; row++)
        {
            json.WriteStartObject();
            json.WriteString("type", "Feature");
            json.WritePropertyName("geometry");
            Point(json, row, longitude, latitude);
            json.WritePropertyName("properties");
            Row(json, row, longitude, latitude);
            json.WriteEndObject();
            if (json.BytesPending < flushBytes) continue;
            json.Flush();
            await body.FlushAsync(ct);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
    }

    private void Point(Utf8JsonWriter json, int row, int longitude, int latitude)
    {
        if (page.Kind(row, longitude) == CellKind.Null || page.Kind(row, latitude) == CellKind.Null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", "Point");
        json.WriteStartArray("coordinates");
        Cell(json, row, longitude);
        Cell(json, row, latitude);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Row(Utf8JsonWriter json, int row, int without, int withoutToo)
    {
        json.WriteStartObject();
        for (var column = 0; column < names.Length; column++)
        {
            if (column == without || column == withoutToo || stripsNulls && page.Kind(row, column) == CellKind.Null) continue;
            json.WritePropertyName(names[column]);
            Cell(json, row, column);
        }

        json.WriteEndObject();
    }

    private void Cell(Utf8JsonWriter json, int row, int column)
    {
        switch (page.Kind(row, column))
        {
            case CellKind.Null:
                json.WriteNullValue();
                break;
            case CellKind.Text:
                json.WriteStringValue(page.Utf8(row, column));
                break;
            case CellKind.Real:
                json.WriteNumberValue(page.Real(row, column));
                break;
            default:
                Whole(json, page.Whole(row, column), page.Columns[column].Field);
                break;
        }
    }

    private static void Whole(Utf8JsonWriter json, long value, Field field)
    {
        if (field is { Type: FieldType.Decimal, Scale: > 0 }) json.WriteRawValue(ServedPage.Scaled(value, field), skipInputValidation: true);
        else json.WriteNumberValue(value);
    }
}
