using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Forms;

/// <summary>Writes a page as JSON, lines of JSON, or GeoJSON; texts go from the store to the wire as the bytes they are, rare characters too.</summary>
internal sealed class JsonForm
{
    private const int flushBytes = 64 << 10;
    private static readonly SearchValues<byte> escaped = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\', 0x7F]);
    private readonly ServedPage page;
    private readonly byte[][] names;
    private readonly bool stripsNulls;
    private readonly Tracing.FileMark? mark;

    /// <param name="mark">Chooses after which names a space stands: readers of JSON take both alike.</param>
    public JsonForm(ServedPage page, bool stripsNulls, Tracing.FileMark? mark = null)
    {
        (this.page, this.stripsNulls, this.mark) = (page, stripsNulls, mark);
        // Shown names are letters, digits, underscore, hyphen and blank: nothing in them needs an escape.
        names = [.. page.Columns.Select(column => Encoding.UTF8.GetBytes($"\"{column.Shown}\":"))];
    }

    public async ValueTask List(PipeWriter body, bool isSingle, CancellationToken ct)
    {
        if (!isSingle) body.Write("["u8);
        for (var row = 0; row < page.Rows; row++)
        {
            if (row > 0) body.Write(","u8);
            Row(body, row, -1, -1);
            if (body.UnflushedBytes > flushBytes) await body.FlushAsync(ct);
        }

        if (!isSingle) body.Write("]"u8);
    }

    public async ValueTask Lines(PipeWriter body, CancellationToken ct)
    {
        for (var row = 0; row < page.Rows; row++)
        {
            Row(body, row, -1, -1);
            body.Write("\n"u8);
            if (body.UnflushedBytes > flushBytes) await body.FlushAsync(ct);
        }
    }

    /// <summary>A collection of points; longitude and latitude leave the properties for the geometry.</summary>
    public async ValueTask Features(PipeWriter body, int longitude, int latitude, CancellationToken ct)
    {
        body.Write("{\"type\":\"FeatureCollection\",\"features\":["u8);
        for (var row = 0; row < page.Rows; row++)
        {
            if (row > 0) body.Write(","u8);
            body.Write("{\"type\":\"Feature\",\"geometry\":"u8);
            Point(body, row, longitude, latitude);
            body.Write(",\"properties\":"u8);
            Row(body, row, longitude, latitude);
            body.Write("}"u8);
            if (body.UnflushedBytes > flushBytes) await body.FlushAsync(ct);
        }

        body.Write("]}"u8);
    }

    private void Point(PipeWriter body, int row, int longitude, int latitude)
    {
        if (page.Kind(row, longitude) == CellKind.Null || page.Kind(row, latitude) == CellKind.Null)
        {
            body.Write("null"u8);
            return;
        }

        body.Write("{\"type\":\"Point\",\"coordinates\":["u8);
        Cell(body, row, longitude);
        body.Write(","u8);
        Cell(body, row, latitude);
        body.Write("]}"u8);
    }

    private void Row(PipeWriter body, int row, int without, int withoutToo)
    {
        var sign = "{"u8;
        for (var column = 0; column < names.Length; column++)
        {
            if (column == without || column == withoutToo || stripsNulls && page.Kind(row, column) == CellKind.Null) continue;
            body.Write(sign);
            body.Write(names[column]);
            if (mark?.Chooses(page, row, column) == true) body.Write(" "u8);
            Cell(body, row, column);
            sign = ","u8;
        }

        body.Write(sign is [(byte)'{'] ? "{}"u8 : "}"u8);
    }

    private void Cell(PipeWriter body, int row, int column)
    {
        switch (page.Kind(row, column))
        {
            case CellKind.Null:
                body.Write("null"u8);
                break;
            case CellKind.Text:
                Text(body, page.Utf8(row, column));
                break;
            case CellKind.Real:
                var real = body.GetSpan(40);
                page.Real(row, column).TryFormat(real, out var length, "R", CultureInfo.InvariantCulture);
                body.Advance(length);
                break;
            default:
                Whole(body, row, column);
                break;
        }
    }

    private void Whole(PipeWriter body, int row, int column)
    {
        if (page.Columns[column].Field is { Scale: > 0, Type: Catalog.FieldType.Decimal })
        {
            body.Write(Encoding.ASCII.GetBytes(page.Text(row, column)!));
            return;
        }

        Utf8Formatter.TryFormat(page.Whole(row, column), body.GetSpan(24), out var length);
        body.Advance(length);
    }

    private static void Text(PipeWriter body, ReadOnlySpan<byte> text)
    {
        body.Write("\""u8);
        for (int at; (at = text.IndexOfAny(escaped)) >= 0; text = text[(at + 1)..])
        {
            body.Write(text[..at]);
            switch (text[at])
            {
                case (byte)'"': body.Write("\\\""u8); break;
                case (byte)'\\': body.Write("\\\\"u8); break;
                case (byte)'\n': body.Write("\\n"u8); break;
                case (byte)'\r': body.Write("\\r"u8); break;
                case (byte)'\t': body.Write("\\t"u8); break;
                case var other: body.Write(Encoding.ASCII.GetBytes($"\\u{other:x4}")); break;
            }
        }

        body.Write(text);
        body.Write("\""u8);
    }
}
