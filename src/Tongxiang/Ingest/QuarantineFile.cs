using System.Globalization;
using System.Text;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Ledger;
using Tongxiang.Core.Tables;
using Tongxiang.Kernel;

namespace Tongxiang.Ingest;

/// <summary>One reason why a row is in quarantine; the value is masked.</summary>
public sealed record BadCell(long Row, string Field, string Flaw, string Value);

/// <summary>The sealed list of rows that were not taken: row number, column, reason, masked value – never the row itself.</summary>
internal sealed class QuarantineFile : IDisposable
{
    private readonly string path;
    private readonly FileStream file;
    private readonly SealedStream sealing;
    private readonly CsvWriter writer;

    public QuarantineFile(Home home, Id<Run> run, SealKey key)
    {
        path = PathOf(home, run);
        file = new FileStream(path + ".part", FileMode.Create, FileAccess.Write, FileShare.None, 1);
        sealing = SealedFile.Write(file, key, leaveOpen: true);
        writer = new CsvWriter(sealing);
    }

    public static string PathOf(Home home, Id<Run> run) => Path.Combine(home.Quarantine, $"{run.Value:N}.sealed");

    public void Add(long row, string field, Flaw flaw, string masked)
    {
        writer.Cell(Encoding.UTF8.GetBytes(row.ToString(CultureInfo.InvariantCulture)));
        writer.Cell(Encoding.UTF8.GetBytes(field));
        writer.Cell(Encoding.UTF8.GetBytes(flaw.Code()));
        writer.Cell(Encoding.UTF8.GetBytes(masked));
        writer.EndRow();
    }

    public void Complete()
    {
        writer.Flush();
        sealing.Complete();
        Durable.Flush(file);
        file.Dispose();
        File.Move(path + ".part", path, overwrite: true);
    }

    public void Dispose()
    {
        sealing.Dispose();
        file.Dispose();
    }

    public static IEnumerable<BadCell> Read(Home home, Id<Run> run, SealKey key)
    {
        if (!File.Exists(PathOf(home, run))) yield break;
        using var scanner = new CsvScanner(SealedFile.Read(new FileStream(PathOf(home, run), FileMode.Open, FileAccess.Read, FileShare.Read, 1), _ => key));
        while (scanner.Read())
            yield return new BadCell(long.Parse(scanner[0], NumberStyles.None, CultureInfo.InvariantCulture), Encoding.UTF8.GetString(scanner[1]), Encoding.UTF8.GetString(scanner[2]), Encoding.UTF8.GetString(scanner[3]));
    }
}
