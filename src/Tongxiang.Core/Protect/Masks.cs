using System.Buffers;
using Tongxiang.Core.Elements;

namespace Tongxiang.Core.Protect;

/// <summary>Masks by kind of element: the form stays readable, the person does not. Counts text elements, so rare characters stay whole.</summary>
[Enforces(40)]
public static class Masks
{
    private const int longestRun = 24;
    private static readonly SearchValues<byte> dateSigns = SearchValues.Create("-/.: TZ+"u8);

    /// <summary>The mask of a kind; of one that has none nothing is shown.</summary>
    public static CellOperator Of(ElementKind kind) => kind switch
    {
        ElementKind.PersonName => Name,
        ElementKind.Mobile or ElementKind.CitizenId or ElementKind.BankCard => static (value, to) => Keep(value, 3, 4, to),
        ElementKind.Phone => Line,
        ElementKind.Plate => static (value, to) => Keep(value, 2, 1, to),
        ElementKind.Address => static (value, to) => Address(value, to),
        ElementKind.Email => Mail,
        ElementKind.Date or ElementKind.Timestamp => Day,
        // A text field may hold anything, a name or a number of a person too.
        ElementKind.Text => Text,
        _ => static (_, to) => to.Write("***"u8),
    };

    // 3-4-4 shows seven of eleven; a value too short for that shows its first sign only, a single sign nothing.
    private static void Keep(ReadOnlySpan<byte> value, int first, int last, ArrayBufferWriter<byte> to)
    {
        Span<int> ends = stackalloc int[Signs.Most];
        Keep(value, ends[..Signs.Split(value, ends)], first, last, to);
    }

    private static void Keep(ReadOnlySpan<byte> value, ReadOnlySpan<int> ends, int first, int last, ArrayBufferWriter<byte> to)
    {
        var count = ends.Length;
        // The end of a text that was not read to its end is not known.
        if (count == Signs.Most || (first + last) * 3 > count * 2) (first, last) = (count > 1 ? 1 : 0, 0);
        for (var i = 0; i < first; i++) Show(value, ends, i, to);
        Hide(count == 0 ? 1 : count - first - last, to);
        for (var i = count - last; i < count; i++) Show(value, ends, i, to);
    }

    private static void Name(ReadOnlySpan<byte> value, ArrayBufferWriter<byte> to)
    {
        Span<int> places = stackalloc int[Signs.Most];
        ReadOnlySpan<int> ends = places[..Signs.Split(value, places)];
        var dot = Separator(value, ends);
        if (dot <= 0)
        {
            Keep(value, ends, ends.Length > 2 && Surnames.IsCompound(value[..ends[1]]) ? 2 : 1, 0, to);
            return;
        }

        // 阿卜杜拉·买买提: each part stays a part, of the first its first sign.
        Show(value, ends, 0, to);
        Hide(dot - 1, to);
        to.Write("·"u8);
        Hide(ends.Length - dot - 1, to);
    }

    private static int Separator(ReadOnlySpan<byte> value, ReadOnlySpan<int> ends)
    {
        for (var i = 1; i < ends.Length - 1; i++)
        {
            var sign = value[ends[i - 1]..ends[i]];
            if (sign.SequenceEqual("·"u8) || sign.SequenceEqual("•"u8) || sign.SequenceEqual("・"u8) || sign.SequenceEqual("‧"u8)) return i;
        }

        return -1;
    }

    private static void Line(ReadOnlySpan<byte> value, ArrayBufferWriter<byte> to)
    {
        Span<int> places = stackalloc int[Signs.Most];
        ReadOnlySpan<int> ends = places[..Signs.Split(value, places)];
        // An area code is a place, not a person: 0571-******21, (010)******00.
        var area = value[0] is (byte)'0' or (byte)'(' ? value.IndexOfAny((byte)'-', (byte)')', (byte)' ') + 1 : 0;
        if (area is >= 4 and <= 6) Keep(value, ends, area, 2, to);
        else Keep(value, ends, 3, 4, to);
    }

    private static void Mail(ReadOnlySpan<byte> value, ArrayBufferWriter<byte> to)
    {
        var at = value.IndexOf((byte)'@');
        if (at <= 0 || value.Length > 254)
        {
            Keep(value, 1, 0, to);
            return;
        }

        Keep(value[..at], 1, 0, to);
        if (Elements.Email.Check(value) == Flaw.None && System.Text.Ascii.IsValid(value[at..])) to.Write(value[at..]);
        else to.Write("@***"u8);
    }

    private static void Day(ReadOnlySpan<byte> value, ArrayBufferWriter<byte> to)
    {
        for (var i = 0; i < value.Length && i < longestRun + 8; i++)
        {
            var isShown = i < 4 ? value[i] is >= (byte)'0' and <= (byte)'9' : dateSigns.Contains(value[i]);
            to.Write([isShown ? value[i] : (byte)'*']);
        }
    }

    private static void Address(ReadOnlySpan<byte> value, ArrayBufferWriter<byte> to)
    {
        var kept = Addresses.Until(value, AddressLevel.District);
        to.Write(value[..kept]);
        to.Write("****"u8);
    }

    private static void Text(ReadOnlySpan<byte> value, ArrayBufferWriter<byte> to)
    {
        Span<int> places = stackalloc int[Signs.Most];
        ReadOnlySpan<int> ends = places[..Signs.Split(value, places)];
        Keep(value, ends, 1, ends.Length <= 2 ? 0 : 1, to);
    }

    private static void Show(ReadOnlySpan<byte> value, ReadOnlySpan<int> ends, int index, ArrayBufferWriter<byte> to)
    {
        var sign = value[(index == 0 ? 0 : ends[index - 1])..ends[index]];
        to.Write(sign.Length == 1 && sign[0] is > 0x20 and < 0x7F || Signs.IsShowable(sign) ? sign : "*"u8);
    }

    private static void Hide(int count, ArrayBufferWriter<byte> to) => to.Write(count > longestRun ? "***…***"u8 : "************************"u8[..count]);
}
