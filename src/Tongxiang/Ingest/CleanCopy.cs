using Tongxiang.Core.Tables;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Ingest;

/// <summary>The checked rows as a file. As long as nothing changes it is the source itself; the first changed row starts a copy.</summary>
internal sealed class CleanCopy(Home home, Source source, bool startsAtOnce) : IDisposable
{
    private CsvWriter? writer;
    private ScratchFile? copy;
    private long firstRowAt = -1;

    /// <summary>The file to load, and whether it is the source with its header line.</summary>
    public (string Path, bool IsSource) Result => copy is null ? (source.Clear.Path, true) : (copy.Path, false);

    public void Keep(CsvScanner row)
    {
        if (firstRowAt < 0) firstRowAt = row.Offset;
        if (startsAtOnce) Start(row.Offset);
        if (writer is null) return;
        writer.Rows(row.RowAndEnd);
        if (row.RowAndEnd.Length == row.Row.Length) writer.Rows("\n"u8);
    }

    public void Skip(CsvScanner row)
    {
        if (firstRowAt < 0) firstRowAt = row.NextOffset;
        if (writer is null) Start(row.Offset);
    }

    /// <summary>The writer to put the changed row's cells into.</summary>
    public CsvWriter Rewrite(CsvScanner row)
    {
        if (firstRowAt < 0) firstRowAt = row.Offset;
        if (writer is null) Start(row.Offset);
        return writer!;
    }

    public void Complete()
    {
        if (startsAtOnce) Start(0);
        writer?.Dispose();
        writer = null;
    }

    public void Dispose()
    {
        writer?.Dispose();
        copy?.Dispose();
    }

    // Everything kept so far lies in one piece of the source.
    private void Start(long upTo)
    {
        if (copy is not null) return;
        copy = ScratchFile.New(home, "csv");
        var to = copy.Create();
        writer = new CsvWriter(to, source.Delimiter);
        if (firstRowAt < 0 || upTo <= firstRowAt) return;
        using var from = source.Clear.Open();
        from.Position = firstRowAt;
        var buffer = new byte[1 << 20];
        for (var left = upTo - firstRowAt; left > 0;)
        {
            var read = from.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            to.Write(buffer, 0, read);
            left -= read;
        }
    }
}
