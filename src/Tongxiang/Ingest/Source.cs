using System.Buffers;
using DuckDB.NET.Data;
using Tongxiang.Core.Tables;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Ingest;

/// <summary>A delivered file as a table of UTF-8 text in the scratch folder.</summary>
/// <param name="Clear">The file the scanner reads; row and line numbers are those of the delivered file.</param>
/// <param name="Offsets">Where broken bytes lie in the delivered file, when it had to be transcoded.</param>
/// <param name="HasOwnHeader">The format itself names its columns in the first row.</param>
/// <param name="LostDigits">First cell of each column whose number has lost digits: column → (row, shown value).</param>
/// <param name="Errors">Cells whose formula failed: (row, column) → what the spreadsheet shows, such as #DIV/0!.</param>
internal sealed record Source(
    string Kind, ScratchFile Clear, byte Delimiter, string? Encoding, IReadOnlyList<string> Sheets, string? Sheet, IReadOnlyList<MergedCells> Merged, Gb18030Stream? Offsets, bool HasOwnHeader,
    IReadOnlyDictionary<int, (long Row, string Shown)> LostDigits, IReadOnlyDictionary<(long Row, int Column), string> Errors) : IDisposable
{
    private static readonly Dictionary<int, (long, string)> NothingLost = [];
    private static readonly Dictionary<(long, int), string> NoErrors = [];

    public void Dispose() => Clear.Dispose();

    public static Source Table(string kind, ScratchFile clear, bool hasOwnHeader, IReadOnlyList<string>? sheets = null, string? sheet = null, IReadOnlyList<MergedCells>? merged = null,
        IReadOnlyDictionary<int, (long, string)>? lost = null) => new(kind, clear, (byte)',', null, sheets ?? [], sheet, merged ?? [], null, hasOwnHeader, lost ?? NothingLost, NoErrors);

    /// <summary>Finds out what the file is by its bytes, its name only helps, and brings it to text. The raw file is let go unless the source reads it.</summary>
    public static Outcome<Source> Open(Home home, ScratchFile raw, string fileName, string? sheet, byte? delimiter, CancellationToken ct)
    {
        var isKept = false;
        try
        {
            var opened = Find(home, raw, fileName, sheet, delimiter, ct);
            isKept = !opened.IsRefused && ReferenceEquals(opened.Value.Clear, raw);
            return opened;
        }
        finally
        {
            if (!isKept) raw.Dispose();
        }
    }

    private static Outcome<Source> Find(Home home, ScratchFile raw, string fileName, string? sheet, byte? delimiter, CancellationToken ct)
    {
        if (raw.Length == 0) return Fault(new TableFault(TableFault.Empty));
        var head = new byte[4096];
        int read;
        using (var file = raw.Open()) read = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> start = head.AsSpan(0, read);
        var name = fileName.ToLowerInvariant();
        try
        {
            if (start.StartsWith("PK\x03\x04"u8)) return ExcelSource.Open(home, raw, "xlsx", sheet, ct);
            if (start.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0])) return ExcelSource.Open(home, raw, "xls", sheet, ct);
            if (start.StartsWith("PAR1"u8)) return Parquet(home, raw);
            if (name.EndsWith(".dbf", StringComparison.Ordinal)) return new Refusal(415, "ingest.dbf", fileName);
            var text = Core.Elements.Blank.Trim(start);
            if (name.EndsWith(".json", StringComparison.Ordinal) || name.EndsWith(".ndjson", StringComparison.Ordinal) || name.EndsWith(".jsonl", StringComparison.Ordinal) || text.StartsWith("[{"u8) || text.StartsWith("{\""u8))
                return JsonSource.Open(home, raw, text.Length > 0 && text[0] == (byte)'[', ct);
            return Text(home, raw, delimiter);
        }
        catch (Exception e) when (e is InvalidDataException or DuckDBException or System.Text.Json.JsonException or System.Xml.XmlException or ExcelDataReader.Exceptions.ExcelReaderException)
        {
            return Fault(new TableFault(TableFault.NotATable, 0, Path.GetExtension(fileName)));
        }
    }

    internal static Refusal Fault(TableFault fault) => new(422, fault.TextKey["table.fault.".Length..] switch
    {
        TableFault.Empty => "ingest.empty-file",
        TableFault.RowTooLong => "ingest.row-too-long",
        TableFault.TooManyColumns => "ingest.too-many-columns",
        TableFault.UnknownEncoding => "ingest.unknown-encoding",
        _ => "ingest.not-a-table",
    }, fault.Row, fault.Found, fault.Offset);

    private static Outcome<Source> Text(Home home, ScratchFile raw, byte? delimiter)
    {
        EncodingFinding? finding;
        using (var file = raw.Open()) finding = TextEncodings.Find(file);
        if (finding is null) return Fault(new TableFault(TableFault.UnknownEncoding));
        var clear = raw;
        Gb18030Stream? offsets = null;
        if (finding.Encoding != TextEncoding.Utf8)
        {
            clear = ScratchFile.New(home, "csv");
            using var from = TextEncodings.AsUtf8(raw.Open(), finding.Encoding);
            using var to = clear.Create();
            from.CopyTo(to, 1 << 18);
            offsets = from as Gb18030Stream;
        }
        return new Source("csv", clear, delimiter ?? FindDelimiter(clear), finding.Encoding.ToString(), [], null, [], offsets, false, NothingLost, NoErrors);
    }

    private static byte FindDelimiter(ScratchFile clear)
    {
        var head = ArrayPool<byte>.Shared.Rent(256 << 10);
        using var file = clear.Open();
        var read = file.ReadAtLeast(head, 256 << 10, throwOnEndOfStream: false);
        var found = CsvShape.FindDelimiter(head.AsMemory(0, read), read < 256 << 10);
        ArrayPool<byte>.Shared.Return(head);
        return found;
    }

    private static Source Parquet(Home home, ScratchFile raw)
    {
        var clear = ScratchFile.New(home, "csv");
        ParquetText.Write(home, raw.Path, clear.Path);
        return Table("parquet", clear, hasOwnHeader: true);
    }
}
