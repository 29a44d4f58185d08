using System.Text;
using System.Text.Json;
using Tongxiang.Core.Tables;

namespace Tongxiang.Core.Tracing;

/// <summary>A cell of a leaked file.</summary>
/// <param name="IsChosen">Whether it has the second of two equal forms: quotes that it would not need, a space that nobody asked for. Null where the form left no choice.</param>
public readonly record struct LeakedCell(string Text, bool? IsChosen);

/// <summary>A leaked table, or a part of one, read leniently: whatever separates its cells, however its text is encoded, and with the forms of its cells.</summary>
public sealed record LeakedTable(IReadOnlyList<string> Names, IReadOnlyList<LeakedCell[]> Rows)
{
    private static readonly char[] separators = [',', '\t', ';', '|'];

    public const int MostRows = 200_000;

    /// <summary>Reads CSV or lines of JSON.</summary>
    /// <exception cref="InvalidDataException">It is neither.</exception>
    public static LeakedTable Read(Stream file)
    {
        var found = TextEncodings.Find(file) ?? throw new InvalidDataException("The file is no text.");
        file.Position = 0;
        using var reader = new StreamReader(TextEncodings.AsUtf8(file, found.Encoding), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        var text = reader.ReadToEnd().TrimStart('\uFEFF');
        var begin = text.AsSpan().TrimStart();
        return begin.Length == 0 ? throw new InvalidDataException("The file is empty.") : begin[0] == '{' ? Lines(text) : Separated(text);
    }

    /// <summary>Rows that have no form, as those of a workbook.</summary>
    public static LeakedTable Of(IReadOnlyList<string> names, IEnumerable<IReadOnlyList<string>> rows) => new(names, [.. rows.Take(MostRows).Select(row => row.Select(text => new LeakedCell(text, null)).ToArray())]);

    private static LeakedTable Separated(string text)
    {
        var line = text[..(text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end ? end : text.Length)];
        var separator = separators.MaxBy(sign => line.AsSpan().Count(sign));
        var rows = new List<LeakedCell[]>();
        var cells = new List<LeakedCell>();
        for (var at = 0; at < text.Length && rows.Count <= MostRows;)
        {
            cells.Add(Cell(text, ref at, separator));
            if (at < text.Length && text[at] == separator)
            {
                at++;
                if (at < text.Length && text[at] is not ('\r' or '\n')) continue;
                cells.Add(new LeakedCell("", null));
            }

            if (at < text.Length && text[at] == '\r') at++;
            if (at < text.Length && text[at] == '\n') at++;
            if (cells.Count > 1 || cells[0].Text.Length > 0) rows.Add([.. cells]);
            cells.Clear();
        }

        return rows.Count == 0 ? throw new InvalidDataException("The file has no rows.") : new LeakedTable([.. rows[0].Select(cell => cell.Text)], [.. rows.Skip(1)]);
    }

    private static LeakedCell Cell(string text, ref int at, char separator)
    {
        if (at < text.Length && text[at] == '"') return Quoted(text, ref at, separator);
        var from = at;
        while (at < text.Length && text[at] != separator && text[at] is not ('\r' or '\n')) at++;
        return new LeakedCell(text[from..at], at > from ? false : null);
    }

    private static LeakedCell Quoted(string text, ref int at, char separator)
    {
        var cell = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '"') cell.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == '"') cell.Append(text[at++]);
            else break;
        }

        at++;
        while (at < text.Length && text[at] != separator && text[at] is not ('\r' or '\n')) at++;
        var value = cell.ToString();
        return new LeakedCell(value, value.Length > 0 && value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? true : null);
    }

    private static LeakedTable Lines(string text)
    {
        var names = new List<string>();
        var rows = new List<LeakedCell[]>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(MostRows))
        {
            try
            {
                rows.Add(Line(Encoding.UTF8.GetBytes(line), names));
            }
            catch (JsonException)
            {
                // The first and the last line of a part are often cut.
            }
        }

        return rows.Count == 0 ? throw new InvalidDataException("No line of the file is an object.") : new LeakedTable(names, [.. rows.Select(row => Padded(row, names.Count))]);
    }

    private static LeakedCell[] Line(byte[] line, List<string> names)
    {
        var reader = new Utf8JsonReader(line);
        var row = new LeakedCell[Math.Max(16, names.Count)];
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1) continue;
            var name = reader.GetString()!;
            var colon = (int)reader.BytesConsumed;
            if (!reader.Read() || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) throw new JsonException();
            var place = names.IndexOf(name);
            if (place < 0)
            {
                place = names.Count;
                names.Add(name);
            }

            if (place >= row.Length) Array.Resize(ref row, place * 2);
            var value = reader.TokenType switch { JsonTokenType.Null => "", JsonTokenType.String => reader.GetString()!, _ => Encoding.UTF8.GetString(reader.ValueSpan) };
            row[place] = new LeakedCell(value, reader.TokenType == JsonTokenType.Null ? null : reader.TokenStartIndex > colon);
        }

        return row;
    }

    private static LeakedCell[] Padded(LeakedCell[] row, int width)
    {
        var padded = new LeakedCell[width];
        for (var i = 0; i < width; i++) padded[i] = i < row.Length && row[i].Text is not null ? row[i] : new LeakedCell("", null);
        return padded;
    }
}
