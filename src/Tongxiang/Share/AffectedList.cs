using System.Globalization;
using System.Text;
using Tongxiang.Catalog;
using Tongxiang.Core.Tables;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Share;

/// <summary>The list of persons to tell as a file that is made while it is read.</summary>
public sealed record AffectedList(string FileName, Func<Stream, CancellationToken, Task> Write)
{
    internal static string NameOf(JournalOpening opening, DateTimeOffset at)
    {
        var mark = opening.Incident is { IsDrill: true } ? "演练-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{mark}告知名单-{opening.Incident?.Number ?? opening.Resource}-{at.ToOffset(WorkCalendar.Offset):yyyyMMddHHmm}.csv");
    }
}

/// <summary>Writes a list as CSV: UTF-8 with its mark, one line a person and resource, no cell that a spreadsheet runs or rounds.</summary>
internal sealed class AffectedFile(Stream to, JournalOpening opening, string language) : IDisposable
{
    // A spreadsheet keeps fifteen digits of a number and fills the rest with zeros.
    private const int SafeDigits = 15;
    private const int Buffered = 64 << 10;
    private static readonly string[] Names = ["line", "incident", "nature", "resource", "name", "column", "identifier"];

    private readonly MemoryStream rows = new();
    private CsvWriter? csv;
    private string[] place = ["", "", ""];

    public long Lines { get; private set; }

    public ValueTask Head(CancellationToken ct)
    {
        rows.Write(Encoding.UTF8.Preamble);
        csv = new CsvWriter(rows);
        foreach (var name in Names) Cell(Say("share.list." + name));
        csv.EndRow();
        return Send(ct);
    }

    /// <summary>Says of which resource the persons are that follow.</summary>
    public void Of(Entry entry, Field field) => place =
    [
        entry.Slug, Pick(entry.Content.Name, entry.Content.NameEn), Pick(field.Title, field.TitleEn),
    ];

    public ValueTask Add(string identifier, CancellationToken ct)
    {
        Lines++;
        Cell(Lines.ToString(CultureInfo.InvariantCulture));
        Cell(opening.Incident?.Number ?? "");
        Cell(Say(opening.Incident switch { null => "share.list.other", { IsDrill: true } => "share.list.drill", _ => "share.list.real" }));
        foreach (var cell in place) Cell(cell);
        Cell(identifier);
        csv!.EndRow();
        return Lines % 1_000 == 0 ? Send(ct) : ValueTask.CompletedTask;
    }

    public async ValueTask Send(CancellationToken ct)
    {
        csv!.Flush();
        await to.WriteAsync(rows.GetBuffer().AsMemory(0, (int)rows.Length), ct);
        rows.SetLength(0);
        if (rows.Capacity > Buffered * 4) rows.Capacity = Buffered;
    }

    public void Dispose()
    {
        csv?.Dispose();
        rows.Dispose();
    }

    /// <summary>A cell that no spreadsheet takes for a formula, and no long number for one to round: an apostrophe stands before it.</summary>
    internal static string Plain(string cell) => Bulk.IsFormulaLike(cell) || cell is ['\n', ..] || (cell.Length > SafeDigits && cell.All(char.IsAsciiDigit)) ? "'" + cell : cell;

    private void Cell(string text) => csv!.Cell(Encoding.UTF8.GetBytes(Plain(text)));

    private string Say(string key) => Texts.Parts.Get(language, key);

    private string Pick(string zh, string? en) => language == Texts.English && !string.IsNullOrEmpty(en) ? en : zh;
}
