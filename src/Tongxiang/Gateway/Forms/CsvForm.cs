using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Forms;

/// <summary>Writes pages as CSV (RFC 4180 quoting, lines end in LF, null is empty and an empty text is "").</summary>
internal static class CsvForm
{
    private const int flushBytes = 64 << 10;
    private static readonly SearchValues<byte> quoted = SearchValues.Create(",\"\r\n"u8);

    public static void Head(PipeWriter body, IReadOnlyList<PlanColumn> columns, bool hasMark)
    {
        if (hasMark) body.Write("\uFEFF"u8);
        for (var column = 0; column < columns.Count; column++)
        {
            if (column > 0) body.Write(","u8);
            Text(body, Encoding.UTF8.GetBytes(columns[column].Shown));
        }

        body.Write("\n"u8);
    }

    /// <param name="mark">Chooses which texts stand in quotes that they do not need: readers of CSV take both alike.</param>
    public static async ValueTask Rows(PipeWriter body, ServedPage page, CancellationToken ct, Tracing.FileMark? mark = null)
    {
        for (var row = 0; row < page.Rows; row++)
        {
            for (var column = 0; column < page.Columns.Count; column++)
            {
                if (column > 0) body.Write(","u8);
                switch (page.Kind(row, column))
                {
                    case CellKind.Null: break;
                    case CellKind.Text: Text(body, page.Utf8(row, column), mark?.Chooses(page, row, column) == true); break;
                    default: body.Write(Encoding.UTF8.GetBytes(page.Text(row, column)!)); break;
                }
            }

            body.Write("\n"u8);
            if (body.UnflushedBytes > flushBytes) await body.FlushAsync(ct);
        }
    }

    /// <summary>Cells that a spreadsheet would run as a formula. They are served as they are and flagged: a program that reads CSV must get the data.</summary>
    public static int Formulas(ServedPage page)
    {
        var count = 0;
        for (var row = 0; row < page.Rows; row++)
            for (var column = 0; column < page.Columns.Count; column++)
                if (page.Kind(row, column) == CellKind.Text && page.Utf8(row, column) is [(byte)'=' or (byte)'+' or (byte)'-' or (byte)'@' or (byte)'\t' or (byte)'\r', ..]) count++;
        return count;
    }

    private static void Text(PipeWriter body, ReadOnlySpan<byte> text, bool isQuoted = false)
    {
        if (!isQuoted && text.Length > 0 && !text.ContainsAny(quoted))
        {
            body.Write(text);
            return;
        }

        body.Write("\""u8);
        for (int quote; (quote = text.IndexOf((byte)'"')) >= 0; text = text[(quote + 1)..])
        {
            body.Write(text[..(quote + 1)]);
            body.Write("\""u8);
        }

        body.Write(text);
        body.Write("\""u8);
    }
}
