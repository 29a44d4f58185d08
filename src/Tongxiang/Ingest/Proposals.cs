using System.Globalization;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Tables;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Ingest;

/// <summary>Looks through a delivered file once and says where its table is and what its columns hold.</summary>
public sealed class Proposals(Home home, UploadRoom room, Around around)
{
    private const int SampleRows = 12;
    private const int MostSampleCell = 200;

    /// <summary>For a new entry: type and element of every column, from a full scan. The stream is read to its end.</summary>
    public async Task<Outcome<Proposal>> Look(Caller caller, Stream upload, string fileName, string? sheet, long? announced, CancellationToken ct)
    {
        var entered = await room.ToPropose(caller, announced, ct);
        if (entered.Refusal is { } noRoom) return noRoom;
        using var berth = entered.Value;
        var raw = ScratchFile.New(home, "upload");
        try
        {
            if (await Receive(upload, raw, berth, ct) is { } tooMuch)
            {
                raw.Dispose();
                return tooMuch;
            }
        }
        catch
        {
            raw.Dispose();
            throw;
        }
        return await Task.Run(() =>
        {
            var opened = Source.Open(home, raw, fileName, sheet, null, ct);
            if (opened.Refusal is { } refusal) return refusal;
            using var source = opened.Value;
            return Of(source, [], [], guesses: true);
        }, ct);
    }

    private static async Task<Refusal?> Receive(Stream upload, ScratchFile raw, UploadRoom.Berth berth, CancellationToken ct)
    {
        await using var to = raw.Create();
        var buffer = new byte[1 << 17];
        for (int read; (read = await upload.ReadAsync(buffer, ct)) > 0;)
        {
            if (berth.Take(read) is { } refusal) return refusal;
            await to.WriteAsync(buffer.AsMemory(0, read), ct);
        }
        return null;
    }

    internal Outcome<Proposal> Of(Source source, IReadOnlyList<Field> fields, IReadOnlyList<string> key, bool guesses)
    {
        var finder = new LayoutFinder(source.Sheet, source.Merged);
        var sample = new List<IReadOnlyList<string>>();
        var rows = 0L;
        using (var scanner = new CsvScanner(source.Clear.Open(), source.Delimiter))
        {
            for (; scanner.Read(); rows++)
            {
                if (scanner.Count > 0 && !finder.Wants(scanner[0]))
                {
                    finder.Pass();
                    continue;
                }
                var cells = Cells(scanner);
                finder.Add(cells);
                if (sample.Count < SampleRows) sample.Add(cells);
            }
            if (scanner.Fault is { } fault) return Source.Fault(fault);
        }
        if (rows == 0) return Source.Fault(new TableFault(TableFault.Empty));
        var layout = source.HasOwnHeader ? new Layout(null, 1, 2, sample[0], []) : finder.Find();
        if (layout.Names.Count == 0) return Source.Fault(new TableFault(TableFault.Empty));
        var places = FieldPlaces.Find(fields, layout.Names);
        if (Lost(source, layout, places, fields) is { } lost) return lost;
        var columns = guesses ? Guess(source, layout) : [];
        var delimiter = source.Kind == "csv" ? ((char)source.Delimiter).ToString() : null;
        return new Proposal(source.Kind, source.Encoding, delimiter, source.Sheets, layout, rows - layout.FirstRow + 1 - layout.LeaveOut.Count, columns, places, Doubts(layout, fields, key, places, source), sample);
    }

    // An identifier that a spreadsheet stored as a number has lost its last digits for good.
    private static Refusal? Lost(Source source, Layout layout, IReadOnlyDictionary<string, int> places, IReadOnlyList<Field> fields)
    {
        foreach (var (column, (row, shown)) in source.LostDigits)
        {
            var name = column < layout.Names.Count ? layout.Names[column] : (column + 1).ToString(CultureInfo.InvariantCulture);
            if (fields.Count == 0 || places.Values.Contains(column)) return new Refusal(422, "ingest.lost-digits", name, row, shown);
        }
        return null;
    }

    private List<Guess> Guess(Source source, Layout layout)
    {
        var surroundings = around();
        var guesses = layout.Names.Select(n => new ColumnGuess(n, surroundings)).ToArray();
        var leftOut = layout.LeaveOut.Select(l => l.Row).ToHashSet();
        using var scanner = new CsvScanner(source.Clear.Open(), source.Delimiter);
        while (scanner.Read())
        {
            if (scanner.RowNumber < layout.FirstRow || leftOut.Contains(scanner.RowNumber) || scanner.Flaw != Flaw.None) continue;
            for (var i = 0; i < Math.Min(guesses.Length, scanner.Count); i++) guesses[i].Add(scanner[i]);
        }
        return [.. guesses.Select(g => g.Propose())];
    }

    private static List<Doubt> Doubts(Layout layout, IReadOnlyList<Field> fields, IReadOnlyList<string> key, IReadOnlyDictionary<string, int> places, Source source)
    {
        var doubts = new List<Doubt>();
        var missing = fields.Where(f => places[f.Name] < 0).ToList();
        var needed = missing.Where(f => f.IsRequired || key.Contains(f.Name)).ToList();
        if (needed.Count > 0) doubts.Add(new Doubt("ingest.doubt.needed-columns", string.Join("、", needed.Select(f => f.Title))));
        else if (missing.Count > 0) doubts.Add(new Doubt("ingest.doubt.missing-columns", string.Join("、", missing.Select(f => f.Title))));
        var spare = layout.Names.Where((_, i) => fields.Count > 0 && !places.Values.Contains(i)).ToList();
        if (spare.Count > 0) doubts.Add(new Doubt("ingest.doubt.spare-columns", string.Join("、", spare.Take(20))));
        if (layout.HeaderRow != 1) doubts.Add(new Doubt(layout.HeaderRow == 0 ? "ingest.doubt.no-header" : "ingest.doubt.header-row", layout.HeaderRow.ToString(CultureInfo.InvariantCulture)));
        else if (layout.FirstRow != 2) doubts.Add(new Doubt("ingest.doubt.header-lines", (layout.FirstRow - 1).ToString(CultureInfo.InvariantCulture)));
        var leftOut = layout.LeaveOut.Where(l => l.Why != LeftOut.Blank).Take(10).ToList();
        if (leftOut.Count > 0) doubts.Add(new Doubt("ingest.doubt.left-out", string.Join("、", leftOut.Select(l => l.Row))));
        if (source.Sheets.Count > 1) doubts.Add(new Doubt("ingest.doubt.sheets", source.Sheet ?? "", string.Join("、", source.Sheets)));
        return doubts;
    }

    private static List<string> Cells(CsvScanner scanner)
    {
        var cells = new List<string>(scanner.Count);
        for (var i = 0; i < scanner.Count; i++)
        {
            var cell = scanner[i];
            cells.Add(Encoding.UTF8.GetString(cell.Length > MostSampleCell ? cell[..MostSampleCell] : cell));
        }
        return cells;
    }
}

/// <summary>Which column holds which field, by its name or title.</summary>
internal static class FieldPlaces
{
    public static IReadOnlyDictionary<string, int> Find(IReadOnlyList<Field> fields, IReadOnlyList<string> names)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var bare = names.Select(Bare).ToList();
        foreach (var field in fields)
        {
            var at = -1;
            foreach (var word in (string?[])[field.Name, field.Title, field.TitleEn])
                if (at < 0 && word is not null) at = bare.IndexOf(Bare(word));
            places[field.Name] = at >= 0 && !places.ContainsValue(at) ? at : -1;
        }
        return places;
    }

    // countryCode, country_code and 国家 代码 (with blanks, brackets of units aside) are the same column.
    private static string Bare(string name) => string.Concat(name.Split('(', '（')[0].Where(char.IsLetterOrDigit)).ToLowerInvariant();
}

/// <summary>Today and the dated division list, for checks.</summary>
public delegate Surroundings Around();
