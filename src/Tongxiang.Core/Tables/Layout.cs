using System.Text;
using Tongxiang.Core.Elements;

namespace Tongxiang.Core.Tables;

/// <summary>Why a line of a spreadsheet is no row of the table.</summary>
public enum LeftOut : byte { Title, Header, Total, Note, Blank }

/// <summary>Where the table stands in a grid of cells: names of the columns, first row with data, lines to leave out. Rows count from 1.</summary>
/// <param name="HeaderRow">First line of the header, 0 when there is none.</param>
/// <param name="FirstRow">First line with data.</param>
/// <param name="Names">Names of the columns; headers of several lines are joined 上级_下级.</param>
/// <param name="LeaveOut">Lines among or after the data that are no rows, at most 1,000; the proposal a person confirms.</param>
public sealed record Layout(string? Sheet, long HeaderRow, long FirstRow, IReadOnlyList<string> Names, IReadOnlyList<LeftOutLine> LeaveOut)
{
    public bool Leaves(long row) => row < FirstRow || LeaveOut.Any(l => l.Row == row);
}

/// <summary>One line that is no row.</summary>
public readonly record struct LeftOutLine(long Row, LeftOut Why);

/// <summary>Cells of a grid that are one: rows and columns from 0, all included.</summary>
public readonly record struct MergedCells(int FromRow, int FromColumn, int ToRow, int ToColumn);

/// <summary>Finds title rows, header, totals and notes in a table as it comes; fed line by line, it keeps only the first lines.</summary>
public sealed class LayoutFinder(string? sheet = null, IReadOnlyList<MergedCells>? merged = null)
{
    private const int HeadLines = 40;
    private const int MostLeftOut = 1000;
    private static readonly string[] TotalWords = ["合计", "总计", "小计", "共计", "累计", "总和"];
    private static readonly string[] NoteWords = ["注：", "注:", "备注：", "备注:", "说明：", "说明:", "数据来源", "资料来源", "填表人", "制表", "审核人", "单位负责人", "填报单位", "填报日期"];
    private readonly List<string[]> head = [];
    private readonly List<LeftOutLine> leaveOut = [];
    private readonly IReadOnlyList<MergedCells> merged = merged ?? [];
    private long rows;

    public void Add(IReadOnlyList<string> cells)
    {
        rows++;
        if (head.Count < HeadLines) head.Add([.. cells]);
        if (leaveOut.Count < MostLeftOut && Kind(cells) is { } why) leaveOut.Add(new LeftOutLine(rows, why));
    }

    /// <summary>A line far from the top whose first cell already shows that it is an ordinary row.</summary>
    public void Pass() => rows++;

    /// <summary>Whether the line has to be looked at whole: it is near the top, or its first cell could begin a total, a note or a blank line.</summary>
    public bool Wants(ReadOnlySpan<byte> firstCell) => head.Count < HeadLines || firstCell.Length == 0 || firstCell[0] is <= 0x20 or 0xC2 || (firstCell[0] >= 0xE3 && Blank.Trim(firstCell) is { Length: >= 3 } bare && "合总小共累注备说数资填制审单".AsSpan().Contains(First(bare)));

    public Layout Find()
    {
        var width = head.Count == 0 ? 0 : head.Max(r => Filled(r));
        var first = head.FindIndex(r => Filled(r) >= Math.Max(Math.Min(width, 2), (width + 1) / 2));
        if (first < 0 || width == 0) return new Layout(sheet, 0, 1, [], []);
        var hasHeader = LooksLikeHeader(first);
        var last = hasHeader ? LastHeaderLine(first) : first - 1;
        var names = hasHeader ? Names(first, last) : [.. Enumerable.Range(1, head[first].Length).Select(i => $"列{i}")];
        var firstRow = last + 2;
        return new Layout(sheet, hasHeader ? first + 1 : 0, firstRow, names, [.. leaveOut.Where(l => l.Row >= firstRow)]);
    }

    private static char First(ReadOnlySpan<byte> utf8) => Rune.DecodeFromUtf8(utf8, out var rune, out _) == System.Buffers.OperationStatus.Done && rune.IsBmp ? (char)rune.Value : '\0';

    private static LeftOut? Kind(IReadOnlyList<string> cells)
    {
        var filled = 0;
        string? first = null;
        foreach (var cell in cells)
        {
            if (string.IsNullOrWhiteSpace(cell)) continue;
            filled++;
            first ??= cell.Trim();
        }
        if (first is null) return LeftOut.Blank;
        if (NoteWords.Any(w => first.StartsWith(w, StringComparison.Ordinal)) && filled <= 2) return LeftOut.Note;
        var bare = first.Replace(" ", "", StringComparison.Ordinal).Replace("\u3000", "", StringComparison.Ordinal);
        return bare.Length <= 8 && TotalWords.Any(w => bare == w || bare.EndsWith(w, StringComparison.Ordinal) || bare.StartsWith(w, StringComparison.Ordinal)) && filled < cells.Count | cells.Count <= 3
            ? LeftOut.Total
            : filled == 1 && cells.Count > 3 && first.Length > 12 ? LeftOut.Note : null;
    }

    private bool LooksLikeHeader(int line)
    {
        var cells = head[line].Where(c => !string.IsNullOrWhiteSpace(c)).ToList();
        return cells.Count > 0 && (cells.All(c => !IsValue(c)) || IsYearRow(cells));
    }

    // A second line belongs to the header when cells are merged into it, or when it fills the gaps of the first.
    private int LastHeaderLine(int first)
    {
        var last = first;
        foreach (var cell in merged.Where(m => m.FromRow <= first && m.ToRow > first && m.ToRow < first + 4)) last = Math.Max(last, cell.ToRow);
        if (last == first && merged.Any(m => m.FromRow == first && m.ToRow == first && m.ToColumn > m.FromColumn && m.ToColumn - m.FromColumn + 1 < head[first].Length)) last = first + 1;
        if (last == first && first + 2 < head.Count && HasGaps(head[first]) && head[first + 1].All(c => !IsValue(c)) && FillsGaps(head[first], head[first + 1]) && head[first + 2].Any(IsValue)) last = first + 1;
        return Math.Min(last, head.Count - 1);
    }

    private List<string> Names(int first, int last)
    {
        var width = Enumerable.Range(first, last - first + 1).Max(r => head[r].Length);
        while (width > 0 && Enumerable.Range(first, last - first + 1).All(r => string.IsNullOrWhiteSpace(Cell(r, width - 1)))) width--;
        var names = new List<string>(width);
        for (var column = 0; column < width; column++)
        {
            var name = new StringBuilder();
            var before = "";
            for (var line = first; line <= last; line++)
            {
                var part = Spread(line, column, first, last);
                if (part.Length == 0 || part == before) continue;
                if (name.Length > 0) name.Append('_');
                name.Append(part);
                before = part;
            }
            names.Add(name.Length > 0 ? name.ToString() : $"列{column + 1}");
        }
        return Distinguish(names);
    }

    // An upper header stands over its columns: merged cells say how far, otherwise it reaches over the empty cells to its right.
    private string Spread(int line, int column, int first, int last)
    {
        foreach (var m in merged)
            if (line >= m.FromRow && line <= m.ToRow && column >= m.FromColumn && column <= m.ToColumn) return Clean(Cell(m.FromRow, m.FromColumn));
        var own = Clean(Cell(line, column));
        if (own.Length > 0 || line == last || merged.Count > 0) return own;
        if (Clean(Cell(last, column)).Length == 0) return "";
        for (var left = column; left >= 0; left--)
            if (Clean(Cell(line, left)) is { Length: > 0 } over) return Clean(Cell(last, left)).Length > 0 || line > first ? over : "";
        return "";
    }

    private string Cell(int row, int column) => row < head.Count && column < head[row].Length ? head[row][column] : "";

    private static string Clean(string cell) => string.Concat(cell.Where(c => !char.IsWhiteSpace(c) && !char.IsControl(c)));

    private static List<string> Distinguish(List<string> names)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            var times = seen[names[i]] = seen.GetValueOrDefault(names[i]) + 1;
            if (times > 1) names[i] += $"_{times}";
        }
        return names;
    }

    private static int Filled(string[] cells) => cells.Count(c => !string.IsNullOrWhiteSpace(c));

    private static bool HasGaps(string[] cells) => cells.Any(string.IsNullOrWhiteSpace) && Filled(cells) >= 2;

    private static bool FillsGaps(string[] upper, string[] lower) =>
        Enumerable.Range(0, Math.Min(upper.Length, lower.Length)).Any(i => string.IsNullOrWhiteSpace(upper[i]) && !string.IsNullOrWhiteSpace(lower[i]));

    private static bool IsYearRow(List<string> cells) => !IsValue(cells[0]) && cells.Count > 2
        && cells.Skip(1).All(c => int.TryParse(c.TrimEnd('年'), System.Globalization.CultureInfo.InvariantCulture, out var year) && year is > 1900 and < 2100);

    // Mostly digits, or a date: something that stands in data and not in a header.
    private static bool IsValue(string cell)
    {
        var text = cell.Trim();
        if (text.Length == 0) return false;
        var digits = text.Count(char.IsAsciiDigit);
        return digits * 2 > text.Length || !Dates.Check(text).IsError();
    }
}
