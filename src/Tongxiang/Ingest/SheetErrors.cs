using System.Globalization;
using System.IO.Compression;
using System.Xml;
using Tongxiang.Warehouse;

namespace Tongxiang.Ingest;

/// <summary>Cells of an XLSX sheet whose formula failed (#DIV/0!, #REF! …): the reader of workbooks gives them as empty.</summary>
internal static class SheetErrors
{
    /// <summary>More are refused: each is remembered with its place until its row is checked.</summary>
    public const int Most = 1_000_000;

    /// <summary>Whether a piece of a sheet may hold such a cell; a cheap look while the archive is measured anyway.</summary>
    public static bool MayHold(ReadOnlySpan<byte> piece) => piece.IndexOf("t=\"e\""u8) >= 0 || piece.IndexOf("t='e'"u8) >= 0;

    /// <summary>Place (row from 1, column from 0) → what the spreadsheet shows; null when there are too many.</summary>
    public static Dictionary<(long Row, int Column), string>? Of(ScratchFile raw, string sheet, CancellationToken ct)
    {
        using var file = raw.Open();
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        var found = new Dictionary<(long, int), string>();
        if (Part(zip, sheet) is not { } part) return found;
        using var xml = XmlReader.Create(part.Open());
        long row = 0;
        for (var column = -1; xml.Read();)
        {
            if (xml.NodeType != XmlNodeType.Element) continue;
            if (xml.LocalName == "row")
            {
                if ((row & 0x3FF) == 0) ct.ThrowIfCancellationRequested();
                row = long.TryParse(xml.GetAttribute("r"), NumberStyles.None, CultureInfo.InvariantCulture, out var said) ? said : row + 1;
                column = -1;
            }
            else if (xml.LocalName == "c")
            {
                column = xml.GetAttribute("r") is { Length: > 1 } place ? Column(place) : column + 1;
                if (xml.GetAttribute("t") != "e") continue;
                if (found.Count == Most) return null;
                found[(row, column)] = Shown(xml);
            }
        }
        return found;
    }

    // A cell ends before the next one begins, so its value is the first v below it.
    private static string Shown(XmlReader cell)
    {
        using var inner = cell.ReadSubtree();
        while (inner.Read())
            if (inner is { NodeType: XmlNodeType.Element, LocalName: "v" } && inner.ReadElementContentAsString().Trim() is { Length: > 0 } text) return text.Length > 20 ? text[..20] : text;
        return "#";
    }

    private static int Column(string place)
    {
        var column = 0;
        foreach (var letter in place.TakeWhile(char.IsAsciiLetterUpper).Take(4)) column = column * 26 + letter - 'A' + 1;
        return column - 1;
    }

    private static ZipArchiveEntry? Part(ZipArchive zip, string sheet)
    {
        var id = Find(zip, "xl/workbook.xml", "sheet", xml => xml.GetAttribute("name") == sheet ? Id(xml) : null);
        var target = id is null ? null : Find(zip, "xl/_rels/workbook.xml.rels", "Relationship", xml => xml.GetAttribute("Id") == id ? xml.GetAttribute("Target") : null);
        return target is null ? null : zip.GetEntry(target.StartsWith('/') ? target[1..] : "xl/" + target);
    }

    private static string? Find(ZipArchive zip, string part, string element, Func<XmlReader, string?> value)
    {
        if (zip.GetEntry(part) is not { } entry) return null;
        using var xml = XmlReader.Create(entry.Open());
        while (xml.Read())
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == element && value(xml) is { } found) return found;
        return null;
    }

    // r:id, whatever its name space is called: the strict form of the standard has another one.
    private static string? Id(XmlReader sheet)
    {
        for (var i = 0; i < sheet.AttributeCount; i++)
        {
            sheet.MoveToAttribute(i);
            if (sheet is { LocalName: "id", Prefix.Length: > 0 }) return sheet.Value;
        }
        return null;
    }
}
