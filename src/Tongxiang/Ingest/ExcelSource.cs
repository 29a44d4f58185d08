using System.Globalization;
using System.IO.Compression;
using System.Text;
using ExcelDataReader;
using Tongxiang.Core.Tables;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Ingest;

/// <summary>Sheets of XLSX and XLS workbooks as tables: days as ISO text, numbers without an exponent, zeros that a format pads stay.</summary>
internal static class ExcelSource
{
    private const long MostInflated = 2L << 30;
    private const int MostRatio = 200;
    private const long FreeRatioBelow = 64L << 20;
    private const int MostParts = 10_000;

    // The reader of workbooks asks the runtime for code page 1252 by number.
    static ExcelSource() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static Outcome<Source> Open(Home home, ScratchFile raw, string kind, string? sheet, CancellationToken ct)
    {
        var mayFail = false;
        if (kind == "xlsx" && CheckZip(raw, ref mayFail, ct) is { } bomb) return bomb;
        using var file = raw.Open();
        using var reader = kind == "xlsx" ? ExcelReaderFactory.CreateOpenXmlReader(file) : ExcelReaderFactory.CreateBinaryReader(file, new ExcelReaderConfiguration { FallbackEncoding = CodePagesEncodingProvider.Instance.GetEncoding(936)! });
        var sheets = new List<string>();
        Source? found = null;
        do
        {
            sheets.Add(reader.Name);
            if (found is null && (sheet is null ? reader.VisibleState == "visible" && reader.RowCount > 0 && reader.FieldCount > 0 : reader.Name == sheet))
            {
                if (reader.FieldCount > TableLimits.Default.Columns)
                    return Source.Fault(new TableFault(TableFault.TooManyColumns, 1, TableLimits.Default.Columns.ToString(CultureInfo.InvariantCulture)));
                var errors = mayFail ? SheetErrors.Of(raw, reader.Name, ct) : [];
                if (errors is null) return new Refusal(422, "ingest.too-many-cell-errors", SheetErrors.Most);
                found = Read(home, reader, kind, errors, ct) with { Errors = errors };
            }
        } while (reader.NextResult());
        if (found is null) return sheet is null ? Source.Fault(new TableFault(TableFault.Empty)) : new Refusal(422, "ingest.no-such-sheet", sheet, string.Join("、", sheets));
        return found with { Sheets = sheets };
    }

    private static Source Read(Home home, IExcelDataReader reader, string kind, Dictionary<(long, int), string> errors, CancellationToken ct)
    {
        var clear = ScratchFile.New(home, "csv");
        var lost = new Dictionary<int, (long, string)>();
        using var writer = new CsvWriter(clear.Create());
        for (long row = 1; reader.Read(); row++)
        {
            if ((row & 0x3FF) == 0) ct.ThrowIfCancellationRequested();
            var width = reader.FieldCount;
            for (var i = 0; i < width; i++)
            {
                if (reader.GetValue(i) is double number && Math.Abs(number) >= 1e15 && number == Math.Floor(number)) lost.TryAdd(i, (row, number.ToString("E14", CultureInfo.InvariantCulture)));
                // A blank line must stay a line, or every later row number would be wrong.
                var text = errors.TryGetValue((row, i), out var error) ? error : Cell(reader, i);
                writer.Cell(Encoding.UTF8.GetBytes(text.Length == 0 && width == 1 ? " " : text));
            }
            if (width == 0) writer.Cell(" "u8);
            writer.EndRow();
        }
        var merged = (reader.MergeCells ?? []).Select(m => new MergedCells(m.FromRow, m.FromColumn, m.ToRow, m.ToColumn)).ToList();
        return Source.Table(kind, clear, hasOwnHeader: false, [], reader.Name, merged, lost);
    }

    private static string Cell(IExcelDataReader reader, int i) => reader.GetValue(i) switch
    {
        null => "",
        string text => text,
        double number => Number(number, reader.GetNumberFormatString(i)),
        DateTime day => day.TimeOfDay == TimeSpan.Zero ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : day.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString() ?? "",
    };

    internal static string Number(double number, string? format)
    {
        var text = Math.Abs(number) < 7e27 && (Math.Abs(number) >= 1e-9 || number == 0)
            ? decimal.Parse(number.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : number.ToString("R", CultureInfo.InvariantCulture);
        // 000000 is how spreadsheets show codes with leading zeros.
        return format is { Length: > 1 and <= 20 } && format.All(c => c == '0') && text.All(char.IsAsciiDigit) ? text.PadLeft(format.Length, '0') : text;
    }

    // Counts what really comes out, not what the archive says of itself.
    private static Refusal? CheckZip(ScratchFile raw, ref bool mayFail, CancellationToken ct)
    {
        using var file = raw.Open();
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        if (zip.Entries.Count > MostParts) return new Refusal(422, "ingest.zip-bomb", "10,000 parts", MostRatio);
        if (zip.GetEntry("xl/workbook.xml") is null) throw new InvalidDataException("No workbook.");
        var buffer = new byte[1 << 16];
        long inflated = 0;
        foreach (var part in zip.Entries)
        {
            using var stream = part.Open();
            var kept = 0;
            for (int read; (read = stream.Read(buffer.AsSpan(kept))) > 0;)
            {
                // The last bytes stay in front of the next piece: what is looked for may lie across.
                mayFail |= !mayFail && SheetErrors.MayHold(buffer.AsSpan(0, kept + read));
                buffer.AsSpan(Math.Max(0, kept + read - 4), Math.Min(4, kept + read)).CopyTo(buffer);
                kept = Math.Min(4, kept + read);
                ct.ThrowIfCancellationRequested();
                inflated += read;
                if (inflated > MostInflated || (inflated > FreeRatioBelow && inflated / MostRatio > raw.Length)) return new Refusal(422, "ingest.zip-bomb", "2 GB", MostRatio);
            }
        }
        return null;
    }
}
