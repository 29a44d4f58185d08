using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway.Subscribe;

/// <summary>Events as JSON on one line.</summary>
internal static class EventJson
{
    private static readonly JsonWriterOptions readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A version became current. <paramref name="isTold"/>: every change of it stands in the events of rows before; otherwise the reader takes the version itself.</summary>
    public static PushEvent Version(Call look, Promotion next, Version? from, Version? to, bool isTold)
    {
        var json = Write(look, next, from, to, writer =>
        {
            writer.WriteBoolean("told", isTold);
            if (to is null) return;
            writer.WriteString("digest", to.Digest);
            writer.WriteString("promotedAt", next.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            // The size of the whole would tell of rows that are not granted.
            if (look.Scope!.Rows is null) writer.WriteNumber("rows", to.Rows);
        });
        return new PushEvent(new EventPlace(next.Seq, 0), "version", json, 0, null);
    }

    /// <summary>Rows that this right saw come, change or go: what moved into or out of its rows counts as come or gone, what changed out of its sight is left out.</summary>
    public static PushEvent Rows(
        EventPlace place, Call look, Promotion next, (Version From, Version To) pair, List<ChangedKey> keys, List<Field> fields, HashSet<string> stood, ServedPage page, Receipt? receipt)
    {
        var places = fields.Select(field => Enumerable.Range(0, page.Columns.Count).First(i => page.Columns[i].Field.Name == field.Name)).ToList();
        var now = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var row = 0; row < page.Rows; row++) now[Calls.KeyText(page, row, places)] = row;
        var told = 0;
        var json = Write(look, next, pair.From, pair.To, writer =>
        {
            writer.WriteStartArray("items");
            foreach (var key in keys)
            {
                var text = string.Join('\u001f', key.Key);
                var (was, isNow) = (stood.Contains(text), now.TryGetValue(text, out var row));
                if (!was && !isNow || was && isNow && !key.IsSeen) continue;
                told++;
                writer.WriteStartObject();
                writer.WriteString("change", isNow ? was ? "changed" : "added" : "removed");
                if (isNow) Row(writer, page, row);
                else Key(writer, key, fields);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
        return new PushEvent(place, "rows", json, told, receipt);
    }

    private static byte[] Write(Call look, Promotion next, Version? from, Version? to, Action<Utf8JsonWriter> rest)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, readable))
        {
            writer.WriteStartObject();
            writer.WriteString("resource", look.Entry!.Slug);
            writer.WriteString("grant", look.Grant!.Number);
            writer.WriteNumber("change", next.Seq);
            if (to is not null) writer.WriteNumber("version", to.Number);
            if (from is not null) writer.WriteNumber("from", from.Number);
            rest(writer);
            writer.WriteEndObject();
        }

        return text.ToArray();
    }

    private static void Key(Utf8JsonWriter writer, ChangedKey key, List<Field> fields)
    {
        writer.WriteStartObject("key");
        for (var i = 0; i < fields.Count; i++) writer.WriteString(fields[i].Name, key.Key[i]);
        writer.WriteEndObject();
    }

    private static void Row(Utf8JsonWriter writer, ServedPage page, int row)
    {
        writer.WriteStartObject("row");
        for (var column = 0; column < page.Columns.Count; column++)
        {
            writer.WritePropertyName(page.Columns[column].Shown);
            switch (page.Kind(row, column))
            {
                case CellKind.Null: writer.WriteNullValue(); break;
                case CellKind.Text: writer.WriteStringValue(page.Utf8(row, column)); break;
                default: writer.WriteRawValue(page.Text(row, column)!); break;
            }
        }

        writer.WriteEndObject();
    }
}
