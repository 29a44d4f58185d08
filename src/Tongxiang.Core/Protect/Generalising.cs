using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Tongxiang.Core.Elements;

namespace Tongxiang.Core.Protect;

/// <summary>Coarser values: a date to its month, a code to its city, a number to its band. What cannot be read as such a value is hidden.</summary>
public static class Generalising
{
    private static readonly TimeSpan shanghai = TimeSpan.FromHours(8);

    /// <summary>What a kind can be made coarser to, finest first; empty: it cannot.</summary>
    public static IReadOnlyList<string> Levels(ElementKind kind) => kind switch
    {
        ElementKind.Date or ElementKind.Timestamp => ["month", "year", "age-5", "age-10"],
        ElementKind.DivisionCode => ["county", "city", "province"],
        ElementKind.Address => ["district", "city", "province"],
        ElementKind.Integer or ElementKind.Decimal or ElementKind.Money => ["10", "100", "1000", "10000", "100000"],
        ElementKind.Longitude or ElementKind.Latitude => ["0.01", "0.1", "1"],
        _ => [],
    };

    /// <summary>The operator for a level of the list above; null for any other.</summary>
    public static CellOperator? To(ElementKind kind, string level, TimeProvider clock) => !Levels(kind).Contains(level) ? null : (kind, level) switch
    {
        (ElementKind.Date or ElementKind.Timestamp, "month") => static (value, to) => Head(value, 7, to),
        (ElementKind.Date or ElementKind.Timestamp, "year") => static (value, to) => Head(value, 4, to),
        (ElementKind.Date or ElementKind.Timestamp, var age) => Age(clock, int.Parse(age.AsSpan(4), CultureInfo.InvariantCulture)),
        (ElementKind.DivisionCode, var part) => Division(part switch { "county" => 6, "city" => 4, _ => 2 }),
        (ElementKind.Address, var part) => Address(part switch { "district" => AddressLevel.District, "city" => AddressLevel.City, _ => AddressLevel.Province }),
        (_, var width) => Band(decimal.Parse(width, CultureInfo.InvariantCulture)),
    };

    private static void Head(ReadOnlySpan<byte> value, int length, ArrayBufferWriter<byte> to)
    {
        if (IsDay(value)) to.Write(value[..length]);
        else Hidden(to);
    }

    // The year of birth alone decides: an age that changed on the birthday would tell the birthday to whoever asks every day.
    private static CellOperator Age(TimeProvider clock, int width) => (value, to) =>
    {
        if (!IsDay(value) || !Utf8Parser.TryParse(value[..4], out int year, out _) || clock.GetUtcNow().ToOffset(shanghai).Year - year is not (>= 0 and < 200 and var age))
        {
            Hidden(to);
            return;
        }

        var from = age / width * width;
        if (from >= 90)
        {
            to.Write("90+"u8);
            return;
        }

        Number(from, to);
        to.Write("-"u8);
        Number(from + width - 1, to);
    };

    private static CellOperator Division(int digits) => (value, to) =>
    {
        if (value.Length is not (6 or 9 or 12) || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            Hidden(to);
            return;
        }

        to.Write(value[..digits]);
        to.Write("000000"u8[digits..]);
    };

    private static CellOperator Address(AddressLevel level) => (value, to) =>
    {
        if (Addresses.Until(value, level) is > 0 and var end) to.Write(value[..end]);
        else Hidden(to);
    };

    private static CellOperator Band(decimal width) => (value, to) =>
    {
        if (!Utf8Parser.TryParse(value, out decimal number, out var read) || read != value.Length || Math.Abs(number) > 1_000_000_000_000_000m)
        {
            Hidden(to);
            return;
        }

        var from = Math.Floor(number / width) * width;
        to.Write("["u8);
        Number(from, to);
        to.Write(","u8);
        Number(from + width, to);
        to.Write(")"u8);
    };

    private static void Number(decimal number, ArrayBufferWriter<byte> to)
    {
        number.TryFormat(to.GetSpan(40), out var length, "0.##", CultureInfo.InvariantCulture);
        to.Advance(length);
    }

    private static bool IsDay(ReadOnlySpan<byte> value) => value.Length >= 10 && value[4] == (byte)'-' && value[7] == (byte)'-'
        && !value[..4].ContainsAnyExceptInRange((byte)'0', (byte)'9') && !value[5..7].ContainsAnyExceptInRange((byte)'0', (byte)'9') && !value[8..10].ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private static void Hidden(ArrayBufferWriter<byte> to) => to.Write("***"u8);
}
