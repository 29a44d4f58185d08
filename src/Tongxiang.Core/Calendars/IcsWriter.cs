using System.Globalization;
using System.Text;

namespace Tongxiang.Core.Calendars;

/// <summary>Writes a calendar as RFC 5545 asks: lines ended by CR LF and folded at 75 octets between characters, texts escaped.</summary>
public static class IcsWriter
{
    private const int MostOctets = 75;

    /// <param name="product">Who wrote it, such as <c>-//Example//Dues//EN</c>.</param>
    /// <param name="name">What the calendar is called where it is shown.</param>
    public static string Write(string product, string name, IEnumerable<IcsEvent> events)
    {
        var file = new StringBuilder();
        Line(file, "BEGIN:VCALENDAR");
        Line(file, "VERSION:2.0");
        Line(file, "PRODID:" + Escape(product));
        Line(file, "CALSCALE:GREGORIAN");
        Line(file, "X-WR-CALNAME:" + Escape(name));
        foreach (var one in events) Write(file, one);
        Line(file, "END:VCALENDAR");
        return file.ToString();
    }

    /// <summary>A text value: backslash, comma, semicolon and line ends escaped; other control characters cannot be said in a calendar and go.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (rune.Value == '\n') escaped.Append("\\n");
            else if (rune.Value is '\\' or ',' or ';') escaped.Append('\\').Append((char)rune.Value);
            else if (rune.Value == '\t' || !Rune.IsControl(rune)) escaped.Append(rune.ToString());
        }
        return escaped.ToString();
    }

    private static void Write(StringBuilder file, IcsEvent one)
    {
        Line(file, "BEGIN:VEVENT");
        Line(file, "UID:" + Escape(one.Uid));
        Line(file, "DTSTAMP:" + Utc(one.Stamp));
        if (one.Day is { } day)
        {
            Line(file, string.Create(CultureInfo.InvariantCulture, $"DTSTART;VALUE=DATE:{day:yyyyMMdd}"));
            Line(file, string.Create(CultureInfo.InvariantCulture, $"DTEND;VALUE=DATE:{day.AddDays(1):yyyyMMdd}"));
        }
        else
        {
            Line(file, "DTSTART:" + Utc(one.At ?? one.Stamp));
        }
        Line(file, "SUMMARY:" + Escape(one.Summary));
        if (one.Description.Length > 0) Line(file, "DESCRIPTION:" + Escape(one.Description));
        if (one.Categories.Count > 0) Line(file, "CATEGORIES:" + string.Join(',', one.Categories.Select(Escape)));
        Line(file, "URL:" + one.Url);
        Line(file, one.IsTentative ? "STATUS:TENTATIVE" : "STATUS:CONFIRMED");
        // A term takes nobody's time on its last day.
        Line(file, "TRANSP:TRANSPARENT");
        Line(file, "END:VEVENT");
    }

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder file, string content)
    {
        var room = MostOctets;
        foreach (var rune in content.EnumerateRunes())
        {
            if (rune.Utf8SequenceLength > room)
            {
                file.Append("\r\n ");
                room = MostOctets - 1;
            }
            file.Append(rune.ToString());
            room -= rune.Utf8SequenceLength;
        }
        file.Append("\r\n");
    }
}
