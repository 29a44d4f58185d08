using System.Text;
using Tongxiang.Core.Elements;

namespace Tongxiang.Core.Protect;

/// <summary>One writing for one value, so that the same person gets the same pseudonym in every resource: half-width, without blanks, X large, eighteen characters.</summary>
internal static class NormalForm
{
    /// <summary>Bytes that are enough for the normal form of a value.</summary>
    public static int Room(int length) => Math.Max(32, length * 3);

    /// <summary>Writes the normal form and tells its length.</summary>
    public static int Of(ElementKind kind, ReadOnlySpan<byte> value, Span<byte> to)
    {
        value = value.Trim(" \t\r\n"u8);
        var length = System.Text.Ascii.IsValid(value) ? Copy(value, to) : Folded(value, to);
        var form = to[..length];
        return kind switch
        {
            ElementKind.CitizenId => Citizen(form, to),
            ElementKind.CreditCode or ElementKind.OrganisationCode or ElementKind.Plate => Squeeze(form, upper: true),
            ElementKind.BankCard => Squeeze(form, upper: false),
            ElementKind.Mobile => Shift(Mobile.WithoutPrefix(form[..Squeeze(form, upper: false)]), to),
            ElementKind.Email => Lower(form),
            _ => length,
        };
    }

    private static int Copy(ReadOnlySpan<byte> value, Span<byte> to)
    {
        value.CopyTo(to);
        return value.Length;
    }

    // Full-width signs become the ones they are; everything else, and what is no Unicode, stays as it is written.
    private static int Folded(ReadOnlySpan<byte> value, Span<byte> to)
    {
        var length = 0;
        while (value.Length > 0)
        {
            if (Rune.DecodeFromUtf8(value, out var rune, out var read) == System.Buffers.OperationStatus.Done && rune.Value is 0x3000 or (> 0xFF00 and < 0xFF5F))
                to[length++] = (byte)(rune.Value == 0x3000 ? ' ' : rune.Value - 0xFEE0);
            else
                length += Copy(value[..read], to[length..]);
            value = value[read..];
        }

        var start = to[..length].IndexOfAnyExcept((byte)' ');
        return start <= 0 ? to[..length].TrimEnd((byte)' ').Length : Shift(to[start..length].TrimEnd((byte)' '), to);
    }

    private static int Citizen(Span<byte> form, Span<byte> to)
    {
        var length = Squeeze(form, upper: true);
        if (length != 15 || to[..15].ContainsAnyExceptInRange((byte)'0', (byte)'9')) return length;
        return Encoding.ASCII.GetBytes(CitizenId.Lengthen(to[..15]), to);
    }

    private static int Squeeze(Span<byte> form, bool upper)
    {
        var length = 0;
        foreach (var b in form)
        {
            if (b is (byte)' ' or (byte)'-') continue;
            form[length++] = upper && b is >= (byte)'a' and <= (byte)'z' ? (byte)(b - 32) : b;
        }

        return length;
    }

    private static int Lower(Span<byte> form)
    {
        for (var i = 0; i < form.Length; i++)
            if (form[i] is >= (byte)'A' and <= (byte)'Z') form[i] += 32;
        return form.Length;
    }

    private static int Shift(ReadOnlySpan<byte> part, Span<byte> to)
    {
        part.CopyTo(to);
        return part.Length;
    }
}
