namespace Tongxiang.Core.Tables;

/// <summary>Writes rows of UTF-8 cells as CSV, quoting only where a reader needs it.</summary>
public sealed class CsvWriter(Stream to, byte delimiter = (byte)',') : IDisposable
{
    private byte[] buffer = new byte[128 << 10];
    private int used;
    private bool isRowOpen;

    public void Cell(ReadOnlySpan<byte> value)
    {
        Room(value.Length * 2 + 4);
        if (isRowOpen) buffer[used++] = delimiter;
        isRowOpen = true;
        if (!NeedsQuotes(value))
        {
            value.CopyTo(buffer.AsSpan(used));
            used += value.Length;
            return;
        }
        buffer[used++] = (byte)'"';
        for (var quote = value.IndexOf((byte)'"'); quote >= 0; quote = value.IndexOf((byte)'"'))
        {
            value[..(quote + 1)].CopyTo(buffer.AsSpan(used));
            used += quote + 1;
            buffer[used++] = (byte)'"';
            value = value[(quote + 1)..];
        }
        value.CopyTo(buffer.AsSpan(used));
        used += value.Length;
        buffer[used++] = (byte)'"';
    }

    public void EndRow()
    {
        Room(1);
        buffer[used++] = (byte)'\n';
        isRowOpen = false;
    }

    /// <summary>Appends whole rows that already have the right form.</summary>
    public void Rows(ReadOnlySpan<byte> raw)
    {
        if (raw.Length > buffer.Length / 2)
        {
            Flush();
            to.Write(raw);
            return;
        }
        Room(raw.Length);
        raw.CopyTo(buffer.AsSpan(used));
        used += raw.Length;
    }

    public void Flush()
    {
        to.Write(buffer, 0, used);
        used = 0;
    }

    public void Dispose()
    {
        Flush();
        to.Dispose();
    }

    private bool NeedsQuotes(ReadOnlySpan<byte> value) => value.IndexOfAny((byte)'"', (byte)'\n', (byte)'\r') >= 0 || value.Contains(delimiter);

    private void Room(int bytes)
    {
        if (buffer.Length - used >= bytes) return;
        Flush();
        if (buffer.Length < bytes) buffer = new byte[bytes];
    }
}
