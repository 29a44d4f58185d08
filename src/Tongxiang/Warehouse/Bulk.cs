using System.Globalization;
using System.Text;
using SpreadCheetah;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Warehouse;

/// <summary>The files a version can be taken as.</summary>
public enum BulkFormat { Csv, Parquet, Xlsx, Ndjson }

/// <summary>A column of rows laid aside as text.</summary>
/// <param name="IsMasked">Its cells are texts, whatever the field holds.</param>
public sealed record TextColumn(Field Field, string Shown, bool IsMasked)
{
    internal Field Exported => Field with { Name = Shown, Type = IsMasked ? FieldType.Text : Field.Type };
}

/// <summary>Writes a whole version, or some of its columns, as one file.</summary>
public sealed class Bulk(Home home, VersionFiles files)
{
    /// <summary>Rows an Excel sheet holds beside its header.</summary>
    public const long ExcelRows = 1_048_575;

    public static string ContentType(BulkFormat format) => format switch
    {
        BulkFormat.Csv => "text/csv; charset=utf-8",
        BulkFormat.Parquet => "application/vnd.apache.parquet",
        BulkFormat.Ndjson => "application/x-ndjson",
        _ => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    };

    /// <summary>Why the version cannot be had in this form; null when it can.</summary>
    public static Refusal? Refuses(Version version, IReadOnlyList<Field> columns, BulkFormat format)
    {
        if (version.State == VersionState.Destroyed) return Refusal.Conflict("warehouse.destroyed", version.Number);
        if (columns.Count == 0) return new Refusal(400, "warehouse.no-columns");
        return format == BulkFormat.Xlsx && version.Rows > ExcelRows ? new Refusal(422, "warehouse.too-many-for-excel", version.Rows, ExcelRows) : null;
    }

    /// <summary>Makes the file in the scratch folder; the caller sends it and lets it go.</summary>
    /// <param name="columns">Columns of the version, in the order wanted.</param>
    public async Task<ScratchFile> Make(Version version, IReadOnlyList<Field> columns, BulkFormat format, CancellationToken ct)
    {
        using var parquet = await files.Open(version, ct);
        var file = ScratchFile.New(home, format.ToString().ToLowerInvariant());
        try
        {
            await Task.Run(() => Write(parquet.Path, columns, format, file, ct), ct);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes the file to a stream: CSV begins with a byte order mark unless it is not wanted.</summary>
    public async Task Write(Version version, IReadOnlyList<Field> columns, BulkFormat format, Stream to, bool hasMark, CancellationToken ct)
    {
        using var file = await Make(version, columns, format, ct);
        if (format == BulkFormat.Csv && hasMark) await to.WriteAsync(Encoding.UTF8.Preamble.ToArray(), ct);
        await using var from = file.Open();
        await from.CopyToAsync(to, ct);
    }

    /// <summary>Makes Parquet or XLSX of rows laid aside as CSV without a header: an empty cell is null, a quoted empty one an empty text.</summary>
    /// <param name="about">What the file says of itself besides its rows: to whom it was given.</param>
    public Task<ScratchFile> FromText(ScratchFile csv, IReadOnlyList<TextColumn> columns, BulkFormat format, CancellationToken ct, IReadOnlyDictionary<string, string>? about = null) => Task.Run(async () =>
    {
        var file = ScratchFile.New(home, format.ToString().ToLowerInvariant());
        try
        {
            using var duck = new Duck(home);
            var source = LandedSql.Texts(csv.Path, columns.Count);
            if (format == BulkFormat.Xlsx)
            {
                await WriteExcel(duck, $"select {string.Join(", ", columns.Select((_, i) => Place(i)))} from {source}", [.. columns.Select(c => c.Exported)], file, ct);
                if (about is not null) WorkbookFacts.Add(file.Path, about);
            }
            else duck.Run($"copy (select {string.Join(", ", columns.Select((c, i) => $"cast({Place(i)} as {Duck.Type(c.Exported)}) as {Quoted(c.Shown)}"))} from {source}) to {Duck.Text(file.Path)} (format parquet, compression zstd{Facts(about)})");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }, ct);

    /// <summary>A Parquet file from outside as CSV with a header.</summary>
    /// <exception cref="DuckDB.NET.Data.DuckDBException">It is none.</exception>
    public ScratchFile AsText(Stream parquet)
    {
        using var from = ScratchFile.New(home, "parquet");
        using (var copy = from.Create()) parquet.CopyTo(copy);
        var text = ScratchFile.New(home, "csv");
        try
        {
            using var duck = new Duck(home);
            duck.Run($"copy (from {Duck.Parquet(from.Path)}) to {Duck.Text(text.Path)} (format csv, header true)");
            return text;
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    private static string Facts(IReadOnlyDictionary<string, string>? about) =>
        about is null ? "" : $", kv_metadata {{{string.Join(", ", about.Select(fact => $"{Quoted(fact.Key)}: {Duck.Text(fact.Value)}"))}}}";

    private static string Place(int column) => string.Create(CultureInfo.InvariantCulture, $"c{column}");

    // A name that the caller made up: letters of any script, blanks and hyphens too.
    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private async Task Write(string parquet, IReadOnlyList<Field> columns, BulkFormat format, ScratchFile file, CancellationToken ct)
    {
        using var duck = new Duck(home);
        var source = Duck.Parquet(parquet);
        if (format == BulkFormat.Xlsx)
        {
            await WriteExcel(duck, $"select {string.Join(", ", columns.Select(f => $"cast({Duck.Iso(f)} as varchar)"))} from {source}", columns, file, ct);
            return;
        }
        var list = string.Join(", ", columns.Select(f => format == BulkFormat.Parquet ? Duck.Name(f.Name) : $"{Duck.Iso(f)} as {Duck.Name(f.Name)}"));
        var options = format switch { BulkFormat.Parquet => "format parquet, compression zstd", BulkFormat.Ndjson => "format json", _ => "format csv, header true" };
        duck.Run($"copy (select {list} from {source}) to {Duck.Text(file.Path)} ({options})");
    }

    // Codes stay text. A text that a spreadsheet could take for a formula gets an apostrophe in front.
    private static async Task WriteExcel(Duck duck, string select, IReadOnlyList<Field> columns, ScratchFile file, CancellationToken ct)
    {
        await using var to = file.Create();
        await using var workbook = await Spreadsheet.CreateNewAsync(to, cancellationToken: ct);
        await workbook.StartWorksheetAsync("data", token: ct);
        var row = new DataCell[columns.Count];
        for (var i = 0; i < row.Length; i++) row[i] = new DataCell(columns[i].Name);
        await workbook.AddRowAsync(row, ct);
        using var rows = duck.Read(select);
        while (rows.Read())
        {
            ct.ThrowIfCancellationRequested();
            for (var i = 0; i < row.Length; i++) row[i] = rows.IsDBNull(i) ? default : Cell(columns[i], rows.GetString(i));
            await workbook.AddRowAsync(row, ct);
        }
        await workbook.FinishAsync(ct);
    }

    private static DataCell Cell(Field field, string value) => field.Type switch
    {
        FieldType.Integer when value.Length <= 15 => new(long.Parse(value, CultureInfo.InvariantCulture)),
        FieldType.Decimal when value.Length <= 16 => new(decimal.Parse(value, CultureInfo.InvariantCulture)),
        FieldType.Real => new(double.Parse(value, CultureInfo.InvariantCulture)),
        _ => new(IsFormulaLike(value) ? "'" + value : value),
    };

    /// <summary>Whether a spreadsheet would take the text for a formula.</summary>
    public static bool IsFormulaLike(string value) => value.Length > 0 && value[0] is '=' or '+' or '-' or '@' or '\t' or '\r';
}
