using System.Globalization;
using Tongxiang.Core.Elements;

namespace Tongxiang.Core.Tables;

/// <summary>What a table's columns hold; made in one pass.</summary>
public sealed record Profile(long Rows, IReadOnlyList<ColumnProfile> Columns);

/// <summary>One column's figures. A personal column tells no value: <see cref="Min"/>, <see cref="Max"/> and <see cref="Top"/> are empty.</summary>
/// <param name="Missing">Empty cells and words for nothing (无, N/A).</param>
/// <param name="Distinct">Different values.</param>
/// <param name="DistinctMethod"><c>exact</c>, or <c>hyperloglog-4096</c> (standard error 1.6 %).</param>
/// <param name="MinLength">In bytes of UTF-8.</param>
/// <param name="Flaws">How often each flaw was found, by its code; warnings and rewritten values, for those in quarantine see the run.</param>
/// <param name="Top">The most frequent values; empty above 1,024 different ones.</param>
public sealed record ColumnProfile(
    string Name, string Element, long Values, long Missing, long Distinct, string DistinctMethod, string? Min, string? Max,
    int MinLength, int MaxLength, IReadOnlyDictionary<string, long> Flaws, IReadOnlyList<ValueCount> Top);

/// <summary>A value and how often it stands in a column.</summary>
public readonly record struct ValueCount(string Value, long Count);

/// <summary>Gathers a column's figures value by value; two tallies of parts of a column merge into that of the whole.</summary>
public sealed class ColumnTally(ValueShape shape, int scale = 0)
{
    private const int Registers = 4096;
    private readonly long[] flaws = new long[256];
    private ValueTable? values = new();
    private byte[]? registers;
    private byte[] min = [], max = [];
    private long minNumber = long.MaxValue, maxNumber = long.MinValue, count, missing;
    private double minReal = double.MaxValue, maxReal = double.MinValue;
    private ulong minHead = ulong.MaxValue, maxHead;
    private int minLength = int.MaxValue, maxLength;

    public long Count => count;

    public void AddMissing() => missing++;

    public void Note(Flaw flaw) => flaws[(int)flaw]++;

    public long Noted(Flaw flaw) => flaws[(int)flaw];

    /// <summary>A value in its normal form.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        count++;
        if (value.Length < minLength) minLength = value.Length;
        if (value.Length > maxLength) maxLength = value.Length;
        if (shape is ValueShape.Integer or ValueShape.Decimal) Bound(Numbers.Scaled(value, scale));
        else if (shape == ValueShape.Real) Bound(double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture));
        else
        {
            Bound(value);
            if (shape == ValueShape.Text && value is [(byte)'=' or (byte)'+' or (byte)'-' or (byte)'@' or (byte)'\t' or (byte)'\r', ..]) Note(Flaw.FormulaLike);
        }
        var hash = Hash64.Of(value);
        if (values is { } table)
        {
            if (table.Add(value, hash)) return;
            Overflow(table);
        }
        Register(hash);
    }

    public void Merge(ColumnTally other)
    {
        (count, missing) = (count + other.count, missing + other.missing);
        for (var i = 0; i < flaws.Length; i++) flaws[i] += other.flaws[i];
        (minLength, maxLength) = (Math.Min(minLength, other.minLength), Math.Max(maxLength, other.maxLength));
        (minNumber, maxNumber) = (Math.Min(minNumber, other.minNumber), Math.Max(maxNumber, other.maxNumber));
        (minReal, maxReal) = (Math.Min(minReal, other.minReal), Math.Max(maxReal, other.maxReal));
        if (other.count > 0 && shape is ValueShape.Text or ValueShape.Date or ValueShape.Timestamp)
        {
            Bound(other.min);
            Bound(other.max);
        }
        if (other.registers is { } others)
        {
            if (values is { } mine) Overflow(mine);
            for (var i = 0; i < Registers; i++) registers![i] = Math.Max(registers[i], others[i]);
        }
        other.values?.Each((value, times) =>
        {
            var hash = Hash64.Of(value);
            if (values is { } table && table.Add(value, hash, times)) return;
            if (values is { } full) Overflow(full);
            Register(hash);
        });
    }

    public ColumnProfile Profile(string name, ElementKind element, bool showsValues)
    {
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 1; i < flaws.Length; i++)
            if (flaws[i] > 0) found[((Flaw)i).Code()] = flaws[i];
        var (low, high) = count == 0 || !showsValues ? (null, null) : shape switch
        {
            ValueShape.Integer or ValueShape.Decimal => (Numbers.Unscaled(minNumber, scale), Numbers.Unscaled(maxNumber, scale)),
            ValueShape.Real => (minReal.ToString(CultureInfo.InvariantCulture), maxReal.ToString(CultureInfo.InvariantCulture)),
            _ => (Text(min), Text(max)),
        };
        return new ColumnProfile(name, element.Code(), count, missing, values?.Count ?? Estimate(), values is null ? "hyperloglog-4096" : "exact", low, high,
            count == 0 ? 0 : minLength, maxLength, found, showsValues && values is { } table ? table.Top(20) : []);
    }

    // The first eight bytes decide most comparisons.
    private void Bound(ReadOnlySpan<byte> value)
    {
        var head = Head(value);
        if (count <= 1 && min.Length == 0 && max.Length == 0)
        {
            (min, max, minHead, maxHead) = (value.ToArray(), value.ToArray(), head, head);
            return;
        }
        if (head < minHead || (head == minHead && value.SequenceCompareTo(min) < 0)) (min, minHead) = (value.ToArray(), head);
        if (head > maxHead || (head == maxHead && value.SequenceCompareTo(max) > 0)) (max, maxHead) = (value.ToArray(), head);
    }

    private void Bound(long number)
    {
        if (number < minNumber) minNumber = number;
        if (number > maxNumber) maxNumber = number;
    }

    private void Bound(double number)
    {
        if (number < minReal) minReal = number;
        if (number > maxReal) maxReal = number;
    }

    private static ulong Head(ReadOnlySpan<byte> value)
    {
        if (value.Length >= 8) return System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(value);
        ulong head = 0;
        foreach (var b in value) head = head << 8 | b;
        return head << (8 - value.Length) * 8 & (value.Length == 0 ? 0 : ulong.MaxValue);
    }

    private void Overflow(ValueTable table)
    {
        registers = new byte[Registers];
        values = null;
        table.Each((value, _) => Register(Hash64.Of(value)));
    }

    private void Register(ulong hash)
    {
        ref var register = ref registers![hash >> 52];
        var rank = (byte)(System.Numerics.BitOperations.LeadingZeroCount(hash << 12 | 1UL << 11) + 1);
        if (rank > register) register = rank;
    }

    private long Estimate()
    {
        var sum = 0.0;
        var zeros = 0;
        foreach (var rank in registers!)
        {
            sum += Math.ScaleB(1, -rank);
            if (rank == 0) zeros++;
        }
        var raw = 0.7213 / (1 + 1.079 / Registers) * Registers * Registers / sum;
        var estimate = raw <= 2.5 * Registers && zeros > 0 ? Registers * Math.Log((double)Registers / zeros) : raw;
        return Math.Min(count, (long)Math.Round(estimate));
    }

    private static string Text(byte[] value) => System.Text.Encoding.UTF8.GetString(value.AsSpan(0, Math.Min(value.Length, 200)));
}
