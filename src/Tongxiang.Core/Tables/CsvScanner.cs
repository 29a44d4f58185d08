using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;
using Tongxiang.Core.Elements;

namespace Tongxiang.Core.Tables;

/// <summary>Reads delimited UTF-8 text row by row without allocating: 64 bytes at a time become a bit mask of delimiters, quotes and line ends.</summary>
/// <remarks>
/// A quote counts only at the start of a cell; quoted cells may hold line ends; blank lines are skipped; a byte order mark is taken off. A row that cannot be
/// read as one carries its <see cref="Flaw"/>; a file that cannot be read at all ends with a <see cref="Fault"/>.
/// </remarks>
public sealed class CsvScanner : IDisposable
{
    private const int Quoted = int.MinValue;
    private const int Slack = 64;
    private readonly Stream source;
    private readonly byte delimiter;
    private readonly TableLimits limits;
    private byte[] buffer;
    private int[] ends = new int[4096];
    private Place[] rows = new Place[1024];
    private byte[] scratch = [];
    private long bufferOffset;
    private int filled, parsed, rowCount, rowAt = -1, endCount, scratchUsed;
    private bool sourceEnded, batchIsSuspect;
    private Flaw flaw;

    public CsvScanner(Stream source, byte delimiter = (byte)',', TableLimits? limits = null, int bufferBytes = 256 << 10)
    {
        if (delimiter is (byte)'"' or (byte)'\r' or (byte)'\n' or 0) throw new ArgumentOutOfRangeException(nameof(delimiter), "A quote, a line end and a zero byte cannot delimit cells.");
        (this.source, this.delimiter, this.limits) = (source, delimiter, limits ?? TableLimits.Default);
        buffer = new byte[bufferBytes + Slack];
    }

    /// <summary>Why reading stopped before the end; null at a proper end.</summary>
    public TableFault? Fault { get; private set; }

    /// <summary>Number of the current record, the first is 1; blank lines are not counted.</summary>
    public long RowNumber { get; private set; }

    /// <summary>Cells of the current row; 0 where the row is not readable.</summary>
    public int Count => rows[rowAt].Cells;

    /// <summary>What is wrong with the current row as text: encoding, zero bytes, an open quote, a cell beyond the limit.</summary>
    public Flaw Flaw => flaw;

    /// <summary>Where the current row starts in the (UTF-8) source.</summary>
    public long Offset => bufferOffset + rows[rowAt].Start;

    /// <summary>Where the next row starts.</summary>
    public long NextOffset => bufferOffset + rows[rowAt].Next;

    /// <summary>The current row as it stands, without its line end; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Row => buffer.AsSpan(rows[rowAt].Start, rows[rowAt].End - rows[rowAt].Start);

    /// <summary>The current row with its line end.</summary>
    public ReadOnlySpan<byte> RowAndEnd => buffer.AsSpan(rows[rowAt].Start, rows[rowAt].Next - rows[rowAt].Start);

    public int BlankLines { get; private set; }

    /// <summary>False once a row was seen that another reader of CSV may read differently (stray quotes, mixed or old line ends, blank lines).</summary>
    public bool IsRegular { get; private set; } = true;

    /// <summary>The value of a cell, unquoted; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> this[int cell]
    {
        get
        {
            ref readonly var row = ref rows[rowAt];
            if ((uint)cell >= (uint)row.Cells) throw new ArgumentOutOfRangeException(nameof(cell));
            var end = ends[row.FirstCell + cell];
            var start = cell == 0 ? row.Start : (ends[row.FirstCell + cell - 1] & ~Quoted) + 1;
            return end >= 0 ? buffer.AsSpan(start, end - start) : Unquote(buffer.AsSpan(start + 1, (end & ~Quoted) - start - 1));
        }
    }

    /// <summary>Moves to the next row; false at the end or at a <see cref="Fault"/>.</summary>
    public bool Read()
    {
        scratchUsed = 0;
        while (++rowAt >= rowCount)
        {
            if (Fault is not null || !Fill())
            {
                rowAt = 0;
                rows[0] = default;
                return false;
            }
        }
        RowNumber++;
        flaw = rows[rowAt].Flaw;
        if (batchIsSuspect && flaw == Flaw.None) flaw = !Utf8.IsValid(Row) ? Flaw.Encoding : Row.Contains((byte)0) ? Flaw.ControlCharacter : Flaw.None;
        return true;
    }

    /// <summary>Offset in the source of the first byte of the current row that is no UTF-8, -1 when all are.</summary>
    public long BrokenAt()
    {
        for (var rest = Row; rest.Length > 0;)
        {
            if (Rune.DecodeFromUtf8(rest, out _, out var used) != System.Buffers.OperationStatus.Done) return bufferOffset + rows[rowAt].End - rest.Length;
            rest = rest[used..];
        }
        return -1;
    }

    public void Dispose() => source.Dispose();

    private bool Fill()
    {
        rowCount = 0;
        rowAt = -1;
        endCount = 0;
        while (rowCount == 0 && Fault is null)
        {
            if (sourceEnded && parsed == filled) return false;
            if (!sourceEnded) TakeMore();
            var from = parsed;
            Parse();
            if (rowCount == 0 && parsed == from && Fault is null) Settle();
            batchIsSuspect = !Utf8.IsValid(buffer.AsSpan(from, parsed - from)) || buffer.AsSpan(from, parsed - from).Contains((byte)0);
        }
        return rowCount > 0;
    }

    private void TakeMore()
    {
        var rest = filled - parsed;
        if (rest == buffer.Length - Slack) Array.Resize(ref buffer, Math.Min(rest * 2, Math.Max(limits.RowBytes, rest + 1)) + Slack);
        buffer.AsSpan(parsed, rest).CopyTo(buffer);
        var isStart = bufferOffset + filled == 0;
        bufferOffset += parsed;
        parsed = 0;
        filled = rest + source.ReadAtLeast(buffer.AsSpan(rest, buffer.Length - Slack - rest), buffer.Length - Slack - rest, throwOnEndOfStream: false);
        sourceEnded = filled < buffer.Length - Slack;
        if (isStart && buffer.AsSpan(0, filled).StartsWith("\uFEFF"u8)) parsed = 3;
    }

    // No whole row in the buffer: at the limit or at the end of the file the row is the fault's or an open quote's.
    private void Settle()
    {
        var rest = buffer.AsSpan(parsed, filled - parsed);
        if (!sourceEnded && rest.Length < limits.RowBytes) return;
        if (rest.Length == 0) return;
        var line = rest.IndexOf((byte)'\n');
        if (HasOpenQuote(rest) && (line >= 0 || sourceEnded))
        {
            var end = line < 0 ? rest.Length : line;
            rows[rowCount++] = new Place(parsed, parsed + end, Math.Min(parsed + end + 1, filled), endCount, 0, Flaw.OpenQuote);
            parsed = Math.Min(parsed + end + 1, filled);
            IsRegular = false;
            return;
        }
        Fault = new TableFault(TableFault.RowTooLong, RowNumber + 1, limits.RowBytes.ToString("N0", CultureInfo.InvariantCulture), bufferOffset + parsed);
    }

    private bool HasOpenQuote(ReadOnlySpan<byte> rest) => rest.Contains((byte)'"') && (rest[0] == (byte)'"' || rest.IndexOf([delimiter, (byte)'"']) >= 0);

    // The inner loop. A row that is not complete in the buffer is parsed again when more is there.
    private void Parse()
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(buffer);
        buffer.AsSpan(filled, Slack).Clear();
        int rowStart = parsed, cellStart = parsed, firstCell = endCount, quoteFlag = 0, escaped = -1;
        var isOpen = false;
        Reserve();
        for (var block = rowStart; block < filled; block += 64)
        {
            var mask = Marks(ref Unsafe.Add(ref first, block));
            if (filled - block < 64) mask &= (1UL << (filled - block)) - 1;
            for (; mask != 0; mask &= mask - 1)
            {
                var at = block + BitOperations.TrailingZeroCount(mask);
                var mark = Unsafe.Add(ref first, at);
                if (isOpen)
                {
                    if (mark != (byte)'"' || at == escaped) continue;
                    var next = Unsafe.Add(ref first, at + 1);
                    if (at + 1 == filled && !sourceEnded) goto incomplete;
                    if (next == (byte)'"') escaped = at + 1;
                    else isOpen = false;
                    if (!isOpen && next != delimiter && next is not ((byte)'\n' or (byte)'\r') && at + 1 < filled) IsRegular = false;
                    continue;
                }
                if (at < rowStart) continue;
                if (mark == delimiter)
                {
                    if (endCount - firstCell >= limits.Columns) goto tooMany;
                    ends[endCount++] = at | quoteFlag;
                    cellStart = at + 1;
                    quoteFlag = 0;
                }
                else if (mark == (byte)'"')
                {
                    if (at == cellStart) (isOpen, quoteFlag) = (true, Quoted);
                    else if (quoteFlag == 0) IsRegular = false;
                }
                else
                {
                    var next = at + 1;
                    if (mark == (byte)'\r')
                    {
                        if (next == filled && !sourceEnded) goto incomplete;
                        if (Unsafe.Add(ref first, next) == (byte)'\n' && next < filled) next++;
                        else IsRegular = false;
                    }
                    ends[endCount++] = at | quoteFlag;
                    Add(rowStart, at, next, firstCell);
                    rowStart = cellStart = next;
                    quoteFlag = 0;
                    firstCell = endCount;
                    Reserve();
                }
            }
        }
        if (sourceEnded && !isOpen && rowStart < filled)
        {
            ends[endCount++] = filled | quoteFlag;
            Add(rowStart, filled, filled, firstCell);
            rowStart = filled;
        }
    incomplete:
        parsed = rowStart;
        return;
    tooMany:
        parsed = rowStart;
        Fault = new TableFault(TableFault.TooManyColumns, RowNumber + rowCount + 1, limits.Columns.ToString("N0", CultureInfo.InvariantCulture), bufferOffset + rowStart);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Marks(ref byte at)
    {
        var low = Vector256.LoadUnsafe(ref at);
        var high = Vector256.LoadUnsafe(ref at, 32);
        return Marks(low) | (ulong)Marks(high) << 32;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Marks(Vector256<byte> bytes) => (Vector256.Equals(bytes, Vector256.Create(delimiter)) | Vector256.Equals(bytes, Vector256.Create((byte)'"'))
        | Vector256.Equals(bytes, Vector256.Create((byte)'\n')) | Vector256.Equals(bytes, Vector256.Create((byte)'\r'))).ExtractMostSignificantBits();

    private void Add(int start, int end, int next, int firstCell)
    {
        if (start == end)
        {
            endCount = firstCell;
            BlankLines++;
            IsRegular = false;
            return;
        }
        if (rowCount == rows.Length) Array.Resize(ref rows, rows.Length * 2);
        var isLong = end - start > limits.CellBytes && IsCellTooLong(start, firstCell);
        rows[rowCount++] = new Place(start, end, next, firstCell, endCount - firstCell, isLong ? Flaw.CellTooLong : Flaw.None);
    }

    private bool IsCellTooLong(int start, int firstCell)
    {
        for (var i = firstCell; i < endCount; start = (ends[i++] & ~Quoted) + 1)
            if ((ends[i] & ~Quoted) - start > limits.CellBytes) return true;
        return false;
    }

    private void Reserve()
    {
        if (ends.Length - endCount <= limits.Columns) Array.Resize(ref ends, Math.Max(ends.Length * 2, endCount + limits.Columns + 1));
    }

    // What follows a closing quote stays part of the value: nothing is dropped in silence.
    private ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> raw)
    {
        var quote = raw.IndexOf((byte)'"');
        if (quote == raw.Length - 1) return raw[..quote];
        if (scratch.Length - scratchUsed < raw.Length)
        {
            scratch = new byte[Math.Max(raw.Length * 2, 4096)];
            scratchUsed = 0;
        }
        var to = scratch.AsSpan(scratchUsed);
        int length = 0, at = 0;
        for (; quote >= 0; quote = raw[at..].IndexOf((byte)'"'), quote = quote < 0 ? -1 : quote + at)
        {
            raw[at..quote].CopyTo(to[length..]);
            length += quote - at;
            at = quote + 1;
            if (at >= raw.Length || raw[at] != (byte)'"') break;
            to[length++] = (byte)'"';
            at++;
        }
        raw[at..].CopyTo(to[length..]);
        length += raw.Length - at;
        scratchUsed += length;
        return to[..length];
    }

    private readonly record struct Place(int Start, int End, int Next, int FirstCell, int Cells, Flaw Flaw);
}
