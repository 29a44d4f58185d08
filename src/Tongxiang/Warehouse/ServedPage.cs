using System.Buffers;
using System.Globalization;
using System.Text;
using Tongxiang.Catalog;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Warehouse;

/// <summary>What a cell holds.</summary>
public enum CellKind : byte { Null, Text, Whole, Real }

/// <summary>The rows of one answer, held as bytes: they are counted and witnessed before the first of them leaves.</summary>
public sealed class ServedPage : IDisposable
{
    private readonly int width;
    private readonly long mostBytes;
    private Cell[] cells;
    private byte[] texts;
    private int cellCount;
    private int textLength;

    public ServedPage(IReadOnlyList<PlanColumn> columns, long mostBytes = long.MaxValue)
    {
        (Columns, width, this.mostBytes) = (columns, columns.Count, mostBytes);
        cells = ArrayPool<Cell>.Shared.Rent(Math.Max(16, width));
        texts = ArrayPool<byte>.Shared.Rent(512);
    }

    public IReadOnlyList<PlanColumn> Columns { get; }

    public int Rows { get; private set; }

    /// <summary>All rows that fit, when they were counted.</summary>
    public long? Total { get; set; }

    /// <summary>What it cost to find the rows: thousands of machine steps, about 50 µs each.</summary>
    public long Cost { get; set; }

    /// <summary>Where the page ended, when there is more after it.</summary>
    public IReadOnlyList<object?>? Next { get; set; }

    /// <summary>Whom the rows are about, when the plan names a subject; in clear, whatever is masked in the cells.</summary>
    public SubjectList? Subjects { get; internal set; }

    /// <summary>What each row is in its version, where somebody noted it before cells were changed.</summary>
    public ulong[]? Ids { get; set; }

    public CellKind Kind(int row, int column) => cells[row * width + column].Kind;

    public long Whole(int row, int column) => cells[row * width + column].Value;

    public double Real(int row, int column) => BitConverter.Int64BitsToDouble(cells[row * width + column].Value);

    /// <summary>The number in a cell as its bits.</summary>
    public long Bits(int row, int column) => cells[row * width + column].Value;

    /// <summary>UTF-8 text of a text cell.</summary>
    public ReadOnlySpan<byte> Utf8(int row, int column)
    {
        ref readonly var cell = ref cells[row * width + column];
        return texts.AsSpan((int)cell.Value, cell.Length);
    }

    /// <summary>A cell as people read it: decimals with their places, null as null.</summary>
    public string? Text(int row, int column) => Kind(row, column) switch
    {
        CellKind.Null => null,
        CellKind.Text => Encoding.UTF8.GetString(Utf8(row, column)),
        CellKind.Real => Real(row, column).ToString("R", CultureInfo.InvariantCulture),
        _ => Scaled(Whole(row, column), Columns[column].Field),
    };

    /// <summary>Puts another text in the place of a cell, as a mask does.</summary>
    public void Replace(int row, int column, ReadOnlySpan<byte> utf8) => cells[row * width + column] = Store(utf8);

    /// <summary>Empties a cell: null.</summary>
    public void Clear(int row, int column) => cells[row * width + column] = default;

    /// <summary>Adds a row of texts, for values that come from no store.</summary>
    public void AddTexts(IEnumerable<string> texts)
    {
        foreach (var text in texts) AddText(Encoding.UTF8.GetBytes(text));
        EndRow();
    }

    /// <summary>Copies a row of another page, or only the cells at the given places, behind the last row.</summary>
    public void Take(ServedPage from, int row, IReadOnlyList<int>? places = null)
    {
        for (var column = 0; column < width; column++)
        {
            var at = places is null ? column : places[column];
            var cell = from.cells[row * from.width + at];
            Add(cell.Kind == CellKind.Text ? Store(from.Utf8(row, at)) : cell);
        }

        if (from.Ids is { } ids)
        {
            if (Ids is null || Rows >= Ids.Length) Ids = [.. Ids ?? [], .. new ulong[Math.Max(64, Rows)]];
            Ids[Rows] = ids[row];
        }

        EndRow();
    }

    /// <summary>Puts the rows into another order.</summary>
    public void Reorder(int[] order)
    {
        var (moved, ids) = (ArrayPool<Cell>.Shared.Rent(cells.Length), Ids is null ? null : new ulong[Rows]);
        for (var row = 0; row < Rows; row++)
        {
            cells.AsSpan(order[row] * width, width).CopyTo(moved.AsSpan(row * width));
            if (ids is not null) ids[row] = Ids![order[row]];
        }

        ArrayPool<Cell>.Shared.Return(cells);
        (cells, Ids) = (moved, ids);
    }

    /// <summary>A stored whole number as its field prints it: 12345 with scale 2 is 123.45.</summary>
    public static string Scaled(long value, Field field)
    {
        if (field is not { Type: FieldType.Decimal, Scale: > 0 and var scale }) return value.ToString(CultureInfo.InvariantCulture);
        var digits = UInt128.CreateChecked(Int128.Abs(value)).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return $"{(value < 0 ? "-" : "")}{digits[..^scale]}.{digits[^scale..]}";
    }

    public void Dispose()
    {
        ArrayPool<Cell>.Shared.Return(cells);
        ArrayPool<byte>.Shared.Return(texts);
        Subjects?.Dispose();
        (cells, texts, Rows) = ([], [], 0);
    }

    internal void AddNull() => Add(default);

    internal void AddWhole(long value) => Add(new Cell(CellKind.Whole, value, 0));

    internal void AddReal(double value) => Add(new Cell(CellKind.Real, BitConverter.DoubleToInt64Bits(value), 0));

    internal void AddText(ReadOnlySpan<byte> utf8) => Add(Store(utf8));

    internal void EndRow() => Rows++;

    /// <summary>Whether the page has outgrown what one answer may hold.</summary>
    internal bool IsFull => textLength + (long)cellCount * 16 > mostBytes;

    private Cell Store(ReadOnlySpan<byte> utf8)
    {
        if (textLength + utf8.Length > texts.Length) Grow(ref texts, textLength, textLength + utf8.Length);
        utf8.CopyTo(texts.AsSpan(textLength));
        textLength += utf8.Length;
        return new Cell(CellKind.Text, textLength - utf8.Length, utf8.Length);
    }

    private void Add(Cell cell)
    {
        if (cellCount == cells.Length) Grow(ref cells, cellCount, cellCount + 1);
        cells[cellCount++] = cell;
    }

    private static void Grow<T>(ref T[] array, int used, int needed)
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(needed, array.Length * 2));
        array.AsSpan(0, used).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array);
        array = larger;
    }

    private readonly record struct Cell(CellKind Kind, long Value, int Length);
}
