using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>Writes the log as plain files that any tlog-tiles verifier reads; below <c>sm3/</c> the parallel tree.</summary>
public sealed class Export(Db db, EvidenceLog evidence)
{
    /// <summary>
    /// Entries from the given index (rounded down to a bundle) to the newest checkpoint, every tile above them, and the kept older checkpoints as
    /// <c>checkpoint.SIZE</c>. Returns the size of the log that was written.
    /// </summary>
    public async Task<long> Run(string folder, long from, CancellationToken ct)
    {
        var book = await evidence.Open(ct);
        var newest = book.Newest;
        if (from < 0 || from > newest.Size) throw new ArgumentOutOfRangeException(nameof(from), from, $"The signed log has {newest.Size} entries.");
        await Write(book, TreeHash.Sha256, folder, newest.Note, newest.Size, from, ct);
        await Write(book, TreeHash.Sm3, Path.Combine(folder, "sm3"), newest.Sm3Note, newest.Size, from, ct);
        var older = await db.List($"select size, note, sm3_note from evidence_checkpoint where size <= {newest.Size} order by size", r => (r.GetInt64(0), r.GetString(1), r.GetString(2)), ct);
        foreach (var (size, note, sm3Note) in older)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"checkpoint.{size}"), note, ct);
            await File.WriteAllTextAsync(Path.Combine(folder, "sm3", $"checkpoint.{size}"), sm3Note, ct);
        }
        return newest.Size;
    }

    /// <summary>
    /// The entries of a month (in Beijing time): from the last checkpoint signed before it to the first signed after it, so an entry of the minute around either end may
    /// stand with its neighbours. Null when the log has nothing of that month.
    /// </summary>
    /// <param name="month">As yyyyMM.</param>
    public async Task<(long First, long End)?> Month(int month, CancellationToken ct)
    {
        if (month / 100 is < 2000 or > 9998 || month % 100 is < 1 or > 12) return null;
        var book = await evidence.Open(ct);
        var begin = WorkCalendar.Begin(new DateOnly(month / 100, month % 100, 1));
        if (await db.One($"select count(*) from evidence_checkpoint where signed_at >= {begin} and signed_at < {begin.AddMonths(1)}", r => r.GetInt64(0), ct) == 0) return null;
        var first = await db.One($"select coalesce(max(size), 0) from evidence_checkpoint where signed_at < {begin}", r => r.GetInt64(0), ct);
        var end = await db.One($"select coalesce(min(size), {book.Newest.Size}) from evidence_checkpoint where signed_at >= {begin.AddMonths(1)}", r => r.GetInt64(0), ct);
        return first < end ? (first, end) : null;
    }

    private static async Task Write(Book book, TreeHash hash, string folder, Note checkpoint, long size, long from, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, "checkpoint"), checkpoint.Bytes(), ct);
        foreach (var tile in Tiles.Of(size).Where(t => t.Level > 0 || (t.Index + 1) * Tiles.Width > from))
        {
            var path = Path.Combine(folder, tile.ToString());
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, book.Log.Tile(hash, tile)!, ct);
        }
    }
}
