using System.Text;

namespace Tongxiang.Tests.Core.Calendars;

/// <summary>Reads a calendar strictly as RFC 5545 writes it: an ending, a fold or an escape that is none is a fault.</summary>
internal static class IcsReader
{
    public sealed record Line(string Name, IReadOnlyDictionary<string, string> Parameters, string Value);

    /// <exception cref="FormatException">Not a calendar.</exception>
    public static IReadOnlyList<IReadOnlyList<Line>> Events(string file)
    {
        var lines = Unfold(file).Select(Parse).ToList();
        if (lines is not [{ Name: "BEGIN", Value: "VCALENDAR" }, .., { Name: "END", Value: "VCALENDAR" }]) throw new FormatException("No VCALENDAR around it.");
        if (lines.Count(l => l.Name == "VERSION" && l.Value == "2.0") != 1 || lines.Count(l => l.Name == "PRODID") != 1) throw new FormatException("VERSION and PRODID must stand once.");
        var events = new List<IReadOnlyList<Line>>();
        List<Line>? open = null;
        foreach (var line in lines[1..^1])
        {
            if (line is { Name: "BEGIN", Value: "VEVENT" }) open = open is null ? [] : throw new FormatException("An event inside an event.");
            else if (line is { Name: "END", Value: "VEVENT" })
            {
                if (open is null) throw new FormatException("An end without a beginning.");
                foreach (var needed in (string[])["UID", "DTSTAMP", "DTSTART", "SUMMARY"])
                    if (open.Count(l => l.Name == needed) != 1) throw new FormatException($"{needed} must stand once.");
                events.Add(open);
                open = null;
            }
            else open?.Add(line);
        }
        return open is null ? events : throw new FormatException("An event without an end.");
    }

    public static string Text(string value)
    {
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is ',' or ';') throw new FormatException($"'{value[i]}' is not escaped.");
            if (value[i] != '\\') text.Append(value[i]);
            else text.Append(++i < value.Length ? value[i] switch { 'n' or 'N' => '\n', '\\' or ',' or ';' => value[i], _ => throw new FormatException("An escape that is none.") } : throw new FormatException("An escape at the end."));
        }
        return text.ToString();
    }

    private static List<string> Unfold(string file)
    {
        if (!file.EndsWith("\r\n", StringComparison.Ordinal)) throw new FormatException("The last line has no end.");
        var lines = new List<string>();
        foreach (var line in file[..^2].Split("\r\n"))
        {
            if (line.AsSpan().IndexOfAny('\r', '\n') >= 0) throw new FormatException("A bare line end.");
            // A fold between the bytes of a character would make this text no UTF-8: encoding each line by itself finds it.
            if (Encoding.UTF8.GetByteCount(line) > 75) throw new FormatException($"{Encoding.UTF8.GetByteCount(line)} octets in a line.");
            if (line.Any(c => char.IsControl(c) && c != '\t')) throw new FormatException("A control character.");
            if (line.EnumerateRunes().Any(r => r == Rune.ReplacementChar)) throw new FormatException("Half a character.");
            if (line.StartsWith(' ')) lines[^1] += line[1..];
            else lines.Add(line);
        }
        return lines;
    }

    private static Line Parse(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0) throw new FormatException($"No name: {line}");
        var head = line[..colon].Split(';');
        if (!head[0].All(c => char.IsAsciiLetterUpper(c) || c == '-')) throw new FormatException($"No name: {head[0]}");
        return new Line(head[0], head[1..].Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1]), line[(colon + 1)..]);
    }
}
