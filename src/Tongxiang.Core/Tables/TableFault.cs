namespace Tongxiang.Core.Tables;

/// <summary>Why a whole file cannot be read; the code's text is in texts.json with {0} row, {1} the limit or the thing found, {2} byte offset.</summary>
public sealed record TableFault(string Code, long Row = 0, string Found = "", long Offset = 0)
{
    public const string Empty = "empty-file";
    public const string RowTooLong = "row-too-long";
    public const string TooManyColumns = "too-many-columns";
    public const string UnknownEncoding = "unknown-encoding";
    public const string NotATable = "not-a-table";

    public string TextKey => "table.fault." + Code;
}

/// <summary>How much of a row, a cell and a width is read before a file is refused.</summary>
public sealed record TableLimits
{
    public static readonly TableLimits Default = new();

    public int RowBytes { get; init; } = 16 << 20;

    public int CellBytes { get; init; } = 1 << 20;

    public int Columns { get; init; } = 1000;
}
