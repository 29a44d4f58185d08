namespace Tongxiang.Core.Elements;

/// <summary>Integers and decimals; the normal form has no plus, no grouping, no needless zero and at most the declared decimals.</summary>
public static class Numbers
{
    public static Flaw CheckInteger(ReadOnlySpan<byte> text)
    {
        var digits = text.Length > 0 && text[0] == (byte)'-' ? text[1..] : text;
        if (digits.Length == 0) return Flaw.Form;
        if (digits.Length > 18 || !Ascii.AllDigits(digits)) return CheckDecimal(text, 18, 0);
        return digits[0] == (byte)'0' && (digits.Length > 1 || digits.Length != text.Length) ? Flaw.NumberForm : Flaw.None;
    }

    /// <param name="precision">all digits that may stand, at most 18: serving copies hold scaled 64-bit integers</param>
    /// <param name="scale">digits after the point</param>
    public static Flaw CheckDecimal(ReadOnlySpan<byte> text, int precision, int scale) => Normalise(text, precision, scale, stackalloc byte[48], out _);

    public static Flaw Normalise(ReadOnlySpan<byte> text, int precision, int scale, Span<byte> to, out int written)
    {
        written = 0;
        if (text.Length is 0 or > 40) return Flaw.Form;
        var rest = text;
        var negative = rest[0] == (byte)'-';
        if (rest[0] is (byte)'-' or (byte)'+') rest = rest[1..];
        var point = rest.IndexOf((byte)'.');
        var whole = point < 0 ? rest : rest[..point];
        var part = point < 0 ? default : rest[(point + 1)..];
        if ((whole.Length | part.Length) == 0 || point == rest.Length - 1 || !Ascii.AllDigits(part)) return Flaw.Form;

        var at = negative ? 1 : 0;
        to[0] = (byte)'-';
        var start = at;
        if (!CopyWhole(whole, to, ref at)) return Flaw.Form;
        var keep = part.TrimEnd((byte)'0');
        if (keep.Length > scale) return Flaw.Precision;
        if (at - start + scale > precision && !(at - start == 1 && to[start] == (byte)'0')) return Flaw.Range;
        if (part.Length > scale) part = part[..scale];
        if (part.Length > 0)
        {
            to[at++] = (byte)'.';
            part.CopyTo(to[at..]);
            at += part.Length;
        }
        var zero = !to[start..at].ContainsAnyInRange((byte)'1', (byte)'9');
        if (zero && negative) to[start..at].CopyTo(to);
        written = zero && negative ? at - 1 : at;
        return text.SequenceEqual(to[..written]) ? Flaw.None : Flaw.NumberForm;
    }

    /// <summary>A number in normal form as whole units of its last decimal: 12.5 with two decimals is 1250.</summary>
    public static long Scaled(ReadOnlySpan<byte> normal, int scale)
    {
        long value = 0;
        var negative = normal.Length > 0 && normal[0] == (byte)'-';
        var decimals = -1;
        for (var i = negative ? 1 : 0; i < normal.Length; i++)
        {
            if (normal[i] == (byte)'.') decimals = 0;
            else
            {
                value = value * 10 + (normal[i] - '0');
                if (decimals >= 0) decimals++;
            }
        }
        for (var i = Math.Max(decimals, 0); i < scale; i++) value *= 10;
        return negative ? -value : value;
    }

    /// <summary>The text of a scaled number, all decimals shown.</summary>
    public static string Unscaled(long value, int scale)
    {
        var digits = Math.Abs((decimal)value).ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return (value < 0 ? "-" : "") + (scale == 0 ? digits : digits[..^scale] + "." + digits[^scale..]);
    }

    // 1,234,567 may be grouped by threes; leading zeros go.
    private static bool CopyWhole(ReadOnlySpan<byte> whole, Span<byte> to, ref int at)
    {
        var start = at;
        var grouped = whole.Contains((byte)',');
        if (grouped && (whole.Length < 5 || whole.IndexOf((byte)',') is not (>= 1 and <= 3))) return false;
        for (var i = 0; i < whole.Length; i++)
        {
            if (grouped && (whole.Length - i) % 4 == 0)
            {
                if (whole[i] != (byte)',') return false;
                continue;
            }
            if (!Ascii.IsDigit(whole[i])) return false;
            if (at == start + 1 && to[start] == (byte)'0') at--;
            to[at++] = whole[i];
        }
        if (at == start) to[at++] = (byte)'0';
        return true;
    }
}
