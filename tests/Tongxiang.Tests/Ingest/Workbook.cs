using System.IO.Compression;
using System.Text;

namespace Tongxiang.Tests.Ingest;

/// <summary>Workbooks written by hand, so that a test holds exactly the cells it speaks of.</summary>
internal static class Workbook
{
    /// <summary>An XLSX with one sheet; every cell is given as its own XML, such as <c>&lt;c t="n"&gt;&lt;v&gt;1&lt;/v&gt;&lt;/c&gt;</c>.</summary>
    public static byte[] Xlsx(params string[][] rows)
    {
        var sheet = new StringBuilder("""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>""");
        for (var r = 0; r < rows.Length; r++)
        {
            sheet.Append($"<row r=\"{r + 1}\">");
            for (var c = 0; c < rows[r].Length; c++) sheet.Append(rows[r][c].Replace("<c ", $"<c r=\"{(char)('A' + c)}{r + 1}\" ", StringComparison.Ordinal));
            sheet.Append("</row>");
        }
        return Xlsx(to => to.Write(Encoding.UTF8.GetBytes(sheet.Append("</sheetData></worksheet>").ToString())));
    }

    public static byte[] Xlsx(Action<Stream> sheet)
    {
        using var held = new MemoryStream();
        using (var zip = new ZipArchive(held, ZipArchiveMode.Create, leaveOpen: true))
        {
            void Part(string name, string text)
            {
                using var to = zip.CreateEntry(name).Open();
                to.Write(Encoding.UTF8.GetBytes(text));
            }
            Part("[Content_Types].xml", """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>""");
            Part("_rels/.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
            Part("xl/workbook.xml", """<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="表一" sheetId="1" r:id="rId1"/></sheets></workbook>""");
            Part("xl/_rels/workbook.xml.rels", """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""");
            using var body = zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Optimal).Open();
            sheet(body);
        }
        return held.ToArray();
    }

    public static string Text(string text) => $"<c t=\"inlineStr\"><is><t>{text}</t></is></c>";

    public static string Number(string number) => $"<c t=\"n\"><v>{number}</v></c>";

    public static string Formula(string formula, string value) => $"<c t=\"n\"><f>{formula}</f><v>{value}</v></c>";

    public static string Error(string error) => $"<c t=\"e\"><f>1/0</f><v>{error}</v></c>";

    /// <summary>A BIFF8 workbook, as Excel 97 to 2003 wrote it, in its compound file; texts and numbers.</summary>
    public static byte[] Xls(params object[][] rows)
    {
        using var book = new MemoryStream();
        void Record(int type, Action<BinaryWriter> body)
        {
            using var content = new MemoryStream();
            using (var writer = new BinaryWriter(content, Encoding.Unicode, leaveOpen: true)) body(writer);
            book.Write(BitConverter.GetBytes((ushort)type));
            book.Write(BitConverter.GetBytes((ushort)content.Length));
            content.WriteTo(book);
        }
        void Begin(int kind) => Record(0x809, w =>
        {
            foreach (var word in (ushort[])[0x600, (ushort)kind, 0x0DBB, 0x07CC]) w.Write(word);
            w.Write(0x41);
            w.Write(6);
        });
        Begin(5);
        var place = (int)book.Position + 4;
        Record(0x85, w =>
        {
            w.Write(0);
            w.Write((ushort)0);
            w.Write((byte)2);
            w.Write((byte)1);
            w.Write("表一".ToCharArray());
        });
        Record(0x0A, _ => { });
        var sheet = (int)book.Position;
        Begin(0x10);
        Record(0x200, w =>
        {
            w.Write(0);
            w.Write(rows.Length);
            foreach (var word in (ushort[])[0, (ushort)rows.Max(r => r.Length), 0]) w.Write(word);
        });
        for (var r = 0; r < rows.Length; r++)
            for (var c = 0; c < rows[r].Length; c++)
            {
                var (row, column, cell) = (r, c, rows[r][c]);
                Record(cell is double ? 0x203 : 0x204, w =>
                {
                    foreach (var word in (ushort[])[(ushort)row, (ushort)column, 0]) w.Write(word);
                    if (cell is double number) w.Write(number);
                    else
                    {
                        w.Write((ushort)((string)cell).Length);
                        w.Write((byte)1);
                        w.Write(((string)cell).ToCharArray());
                    }
                });
            }
        Record(0x0A, _ => { });
        var bytes = book.ToArray();
        BitConverter.TryWriteBytes(bytes.AsSpan(place), sheet);
        return Compound(bytes);
    }

    // One stream named Workbook in sectors of 512 bytes: header, table of sectors, directory, stream.
    private static byte[] Compound(byte[] stream)
    {
        const int sector = 512;
        // Shorter streams would lie in the small sectors, which are not needed here.
        Array.Resize(ref stream, Math.Max(4096, (stream.Length + sector - 1) / sector * sector));
        var sectors = stream.Length / sector;
        var file = new byte[sector * 3 + stream.Length];
        void Put(int at, params int[] values)
        {
            foreach (var value in values)
            {
                BitConverter.TryWriteBytes(file.AsSpan(at), value);
                at += 4;
            }
        }
        ((byte[])[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]).CopyTo(file, 0);
        Put(24, 0x0003003E, 0x0009FFFE, 6);
        Put(44, 1, 1, 0, 4096, -2, 0, -2, 0, 0);
        for (var i = 1; i < 109; i++) Put(76 + i * 4, -1);
        Put(sector, -3, -2);
        for (var i = 2; i < 128; i++) Put(sector + i * 4, i < sectors + 1 ? i + 1 : i == sectors + 1 ? -2 : -1);
        void Entry(int n, string name, byte type, int child, int start, int size)
        {
            var at = sector * 2 + n * 128;
            Encoding.Unicode.GetBytes(name).CopyTo(file, at);
            file[at + 64] = (byte)((name.Length + 1) * 2);
            (file[at + 66], file[at + 67]) = (type, 1);
            Put(at + 68, -1, -1, child);
            Put(at + 116, start, size);
        }
        Entry(0, "Root Entry", 5, 1, -2, 0);
        Entry(1, "Workbook", 2, -1, 2, stream.Length);
        stream.CopyTo(file, sector * 3);
        return file;
    }
}
