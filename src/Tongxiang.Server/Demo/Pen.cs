using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Tongxiang.Server.Demo;

/// <summary>Writes CSV cell by cell into a stream (UTF-8 without BOM, RFC 4180), holding one buffer and no rows.</summary>
public sealed class Pen(Stream stream) : IDisposable
{
    private const int Largest = 256 * 1024;
    private const int Reserve = 16 * 1024;
    private readonly byte[] buffer = new byte[Largest];
    private int at;
    private bool isInRow;

    /// <summary>Data rows so far; the head is not one.</summary>
    public long Rows { get; private set; }

    public void Head(IEnumerable<string> names)
    {
        foreach (var name in names) Cell(name);
        End();
        Rows = 0;
    }

    public Pen Cell(string? text)
    {
        Next();
        if (string.IsNullOrEmpty(text)) return this;
        if (text.Length > Reserve / 8) throw new ArgumentException($"A generated cell has {text.Length} characters; at most {Reserve / 8} are expected.", nameof(text));
        if (text.AsSpan().ContainsAny('"', ',', '\n')) text = $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        at += Encoding.UTF8.GetBytes(text, buffer.AsSpan(at));
        return this;
    }

    public Pen Cell(long number)
    {
        Next();
        Utf8Formatter.TryFormat(number, buffer.AsSpan(at), out var written);
        at += written;
        return this;
    }

    public Pen Cell(double number, int decimals)
    {
        Next();
        number.TryFormat(buffer.AsSpan(at), out var written, Decimals[decimals], CultureInfo.InvariantCulture);
        at += written;
        return this;
    }

    /// <summary>An amount of money given in fen, written in yuan.</summary>
    public Pen Yuan(long fen) => Cell($"{fen / 100}.{fen % 100:00}");

    public Pen Cell(DateOnly? day)
    {
        if (day is not { } known) return Cell("");
        Next();
        known.TryFormat(buffer.AsSpan(at), out var written, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        at += written;
        return this;
    }

    public Pen Cell(DateTime time)
    {
        Next();
        time.TryFormat(buffer.AsSpan(at), out var written, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        at += written;
        return this;
    }

    public void End()
    {
        buffer[at++] = (byte)'\n';
        isInRow = false;
        Rows++;
        if (at > Largest - Reserve) Flush();
    }

    public void Flush()
    {
        stream.Write(buffer, 0, at);
        at = 0;
    }

    public void Dispose()
    {
        Flush();
        stream.Flush();
    }

    private static readonly string[] Decimals = ["0", "0.0", "0.00", "0.000", "0.0000", "0.00000", "0.000000"];

    private void Next()
    {
        if (at > Largest - Reserve) Flush();
        if (isInRow) buffer[at++] = (byte)',';
        isInRow = true;
    }
}
