using System.Buffers;

namespace Tongxiang.Core.Elements;

/// <summary>Mainland mobile numbers; +86 and 0086 are taken off. No operator list: new segments appear.</summary>
public static class Mobile
{
    public static Flaw Check(ReadOnlySpan<char> text) => Ascii.Bytes(text) is { } bytes ? Check(bytes) : Flaw.Characters;

    public static Flaw Check(ReadOnlySpan<byte> text)
    {
        var number = WithoutPrefix(text);
        if (number.Length != 11) return Ascii.AllDigits(number) ? Flaw.Length : Flaw.Characters;
        if (!Ascii.AllDigits(number)) return Flaw.Characters;
        if (number[0] != (byte)'1' || number[1] < (byte)'3') return Flaw.Form;
        return number.Length == text.Length ? Flaw.None : Flaw.Prefix;
    }

    public static ReadOnlySpan<byte> WithoutPrefix(ReadOnlySpan<byte> text)
    {
        if (text.Length <= 11) return text;
        var rest = text.StartsWith("+86"u8) ? text[3..] : text.StartsWith("0086"u8) ? text[4..] : text;
        return rest.Length < text.Length && rest.Length > 0 && rest[0] is (byte)'-' or (byte)' ' ? rest[1..] : rest;
    }
}

/// <summary>Phone numbers: a mobile, a line with area code (<c>0571-87654321-801</c>, <c>(010)65550000</c>), 400 and 800 lines, short public lines.</summary>
public static class Phone
{
    private static readonly SearchValues<byte> Signs = SearchValues.Create("0123456789-() "u8);

    public static Flaw Check(ReadOnlySpan<char> text) => Ascii.Bytes(text) is { } bytes ? Check(bytes) : Flaw.Characters;

    public static Flaw Check(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 24) return Flaw.Length;
        if (Mobile.Check(text) is var mobile && !mobile.IsError()) return mobile;
        if (text.ContainsAnyExcept(Signs)) return Flaw.Characters;
        if (text.Length is >= 3 and <= 6 && Ascii.AllDigits(text)) return text[0] == (byte)'1' ? Flaw.None : Flaw.Length;
        Span<byte> digits = stackalloc byte[24];
        var area = text[0] == (byte)'(' ? text.IndexOf((byte)')') : -1;
        if (text[0] == (byte)'(' && area is not (4 or 5)) return Flaw.Form;
        var extension = text.LastIndexOf((byte)'-');
        var main = extension >= 10 && text.Length - extension - 1 is >= 1 and <= 6 ? text[..extension] : text;
        var count = 0;
        foreach (var b in main)
            if (Ascii.IsDigit(b)) digits[count++] = b;
        digits = digits[..count];
        if (digits.StartsWith("400"u8) || digits.StartsWith("800"u8)) return count == 10 ? Flaw.None : Flaw.Length;
        if (digits.Length > 0 && digits[0] == (byte)'0') return count is >= 10 and <= 12 ? Flaw.None : Flaw.Length;
        return count is 7 or 8 ? Flaw.None : Flaw.Form;
    }
}

/// <summary>E-mail addresses, as strict as a form needs: one @, a dotted domain, no blanks, at most 254 characters.</summary>
public static class Email
{
    private static readonly SearchValues<byte> Forbidden = SearchValues.Create("<>(),;:\\\""u8);

    public static Flaw Check(ReadOnlySpan<byte> text)
    {
        if (text.Length > 254) return Flaw.TooLong;
        var at = text.IndexOf((byte)'@');
        if (at is < 1 or > 64 || text[(at + 1)..].Contains((byte)'@')) return Flaw.Form;
        var domain = text[(at + 1)..];
        if (text.ContainsAnyInRange((byte)0, (byte)' ') || text.ContainsAny(Forbidden)) return Flaw.Characters;
        return domain.IndexOf((byte)'.') > 0 && domain[^1] is not ((byte)'.' or (byte)'-') && domain[0] != (byte)'-' && domain.IndexOf(".."u8) < 0 ? Flaw.None : Flaw.Form;
    }
}

/// <summary>Bank cards, ISO/IEC 7812: 13 to 19 digits with a Luhn sum; a wrong sum only warns, account numbers do not follow it.</summary>
public static class BankCard
{
    public static Flaw Check(ReadOnlySpan<char> text) => Ascii.Bytes(text) is { } bytes ? Check(bytes) : Flaw.Characters;

    public static Flaw Check(ReadOnlySpan<byte> card)
    {
        if (!Ascii.AllDigits(card)) return Flaw.Characters;
        if (card.Length is < 13 or > 19) return Flaw.Length;
        return LuhnSum(card) % 10 == 0 ? Flaw.None : Flaw.CardCheck;
    }

    /// <summary>From the right every second digit is doubled, less nine above nine.</summary>
    public static int LuhnSum(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            sum += (i & 1) == 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
        }
        return sum;
    }
}

/// <summary>Vehicle plates (GA 36): province, letter, five signs, or six for new energy.</summary>
public static class Plate
{
    public static Flaw Check(ReadOnlySpan<byte> text)
    {
        if (text.Length < 9) return Flaw.Length;
        if ("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"u8.IndexOf(text[..3]) is not (>= 0 and var at) || at % 3 != 0) return Flaw.Form;
        if (text[3] is < (byte)'A' or > (byte)'Z') return Flaw.Form;
        var rest = text[4..];
        var tail = rest.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
        var signs = tail < 0 ? rest : rest[..tail];
        if (tail >= 0 && (rest.Length - tail != 3 || "学警港澳挂领试超"u8.IndexOf(rest[tail..]) is not (>= 0 and var mark) || mark % 3 != 0)) return Flaw.Form;
        foreach (var b in signs)
            if (!(Ascii.IsDigit(b) || b is >= (byte)'A' and <= (byte)'Z') || (tail < 0 && b is (byte)'I' or (byte)'O')) return Flaw.Characters;
        return signs.Length == (tail < 0 ? 5 : 4) || (tail < 0 && signs.Length == 6) ? Flaw.None : Flaw.Length;
    }
}
