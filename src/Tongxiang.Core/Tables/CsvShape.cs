namespace Tongxiang.Core.Tables;

/// <summary>Finds the delimiter of a text table from its first rows.</summary>
public static class CsvShape
{
    private const int SampleRows = 200;

    /// <summary>The candidate whose rows agree best on more than one column; a comma when none does (a table of one column).</summary>
    /// <param name="head">the first bytes of the file as UTF-8; the last, cut row is not looked at</param>
    public static byte FindDelimiter(ReadOnlyMemory<byte> head, bool isWhole)
    {
        var end = isWhole ? head.Length : Math.Max(head.Span.LastIndexOf((byte)'\n') + 1, 0);
        var sample = head[..(end == 0 ? head.Length : end)];
        var (best, bestScore) = ((byte)',', 0.0);
        foreach (var candidate in ",\t;|^~"u8.ToArray())
            if (Score(sample, candidate) is var score && score > bestScore) (best, bestScore) = (candidate, score);
        return best;
    }

    private static double Score(ReadOnlyMemory<byte> sample, byte candidate)
    {
        using var scanner = new CsvScanner(new MemoryStream(sample.ToArray(), writable: false), candidate);
        var widths = new Dictionary<int, int>();
        var rows = 0;
        for (; rows < SampleRows && scanner.Read(); rows++) widths[scanner.Count] = widths.GetValueOrDefault(scanner.Count) + 1;
        if (rows == 0) return 0;
        var (width, share) = widths.Where(w => w.Key > 1).OrderByDescending(w => w.Value).ThenByDescending(w => w.Key).Select(w => (w.Key, (double)w.Value / rows)).FirstOrDefault();
        return share * share * (1 + Math.Min(width, 100) / 1000.0);
    }
}
