using System.Globalization;

namespace Tongxiang.Core.Tracing;

/// <summary>What stays of a cell when a spreadsheet has opened and saved it: spaces, leading and closing zeros and the way a day is written say nothing.</summary>
public static class LeakedText
{
    private static readonly char[] betweenDayAndTime = [' ', 'T'];
    private static readonly char[] inDay = ['-', '/', '.', '年', '月', '日'];
    private static readonly char[] nothingOfTime = [':', '0', ' '];

    public static string Plain(string text)
    {
        text = text.Trim().TrimStart('\'');
        if (text.Length == 0) return "";
        if (char.IsAsciiDigit(text[^1]) || text[^1] == '日') return Day(text) ?? Number(text) ?? text;
        return text.Equals("true", StringComparison.OrdinalIgnoreCase) ? "true" : text.Equals("false", StringComparison.OrdinalIgnoreCase) ? "false" : text;
    }

    private static string? Number(string text)
    {
        var sign = text[0] is '-' or '+' ? 1 : 0;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        for (var i = sign; i < text.Length; i++)
            if (!char.IsAsciiDigit(text[i]) && i != point) return null;
        var whole = (point < 0 ? text[sign..] : text[sign..point]).TrimStart('0');
        var part = point < 0 ? "" : text[(point + 1)..].TrimEnd('0');
        var digits = (whole.Length == 0 ? "0" : whole) + (part.Length == 0 ? "" : "." + part);
        return text[0] == '-' && digits != "0" ? "-" + digits : digits;
    }

    private static string? Day(string text)
    {
        if (text.Length is < 8 or > 19 || !char.IsAsciiDigit(text[3]) || char.IsAsciiDigit(text[4])) return null;
        var day = text.Split(betweenDayAndTime, 2);
        var parts = day[0].Split(inDay, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 3 || !parts.All(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _))) return null;
        var date = $"{parts[0].PadLeft(4, '0')}-{parts[1].PadLeft(2, '0')}-{parts[2].PadLeft(2, '0')}";
        return day.Length == 1 || day[1].Trim(nothingOfTime).Length == 0 ? date : $"{date}T{day[1]}";
    }
}
