using System.IO.Compression;
using System.Text;
using System.Xml;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>A document as a file for a word processor (Office Open XML, ISO/IEC 29500): title, items, and what is still missing marked as such.</summary>
public static class PaperFile
{
    public const string MediaType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

    private const string Word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    private const string Packages = "http://schemas.openxmlformats.org/package/2006/";

    public static string Title(PaperKind kind, string language) => Texts.Parts.Get(language, "watch.paper." + kind.ToString().ToLowerInvariant());

    public static byte[] Docx(Paper paper, string language)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Part(zip, "[Content_Types].xml", Types);
            Part(zip, "_rels/.rels", Relations);
            Part(zip, "word/document.xml", xml => Body(xml, paper, language));
        }
        return file.ToArray();
    }

    private static void Types(XmlWriter xml)
    {
        const string types = Packages + "content-types";
        xml.WriteStartElement("Types", types);
        foreach (var (extension, type) in new[] { ("rels", "application/vnd.openxmlformats-package.relationships+xml"), ("xml", "application/xml") })
        {
            xml.WriteStartElement("Default", types);
            xml.WriteAttributeString("Extension", extension);
            xml.WriteAttributeString("ContentType", type);
            xml.WriteEndElement();
        }
        xml.WriteStartElement("Override", types);
        xml.WriteAttributeString("PartName", "/word/document.xml");
        xml.WriteAttributeString("ContentType", MediaType + ".main+xml");
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Relations(XmlWriter xml)
    {
        xml.WriteStartElement("Relationships", Packages + "relationships");
        xml.WriteStartElement("Relationship", Packages + "relationships");
        xml.WriteAttributeString("Id", "rId1");
        xml.WriteAttributeString("Type", "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument");
        xml.WriteAttributeString("Target", "word/document.xml");
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Body(XmlWriter xml, Paper paper, string language)
    {
        xml.WriteStartElement("w", "document", Word);
        xml.WriteStartElement("body", Word);
        if (paper.Incident.IsDrill) Paragraph(xml, Texts.Parts.Get(language, "watch.drill-mark"), size: 32, isBold: true, isCentred: true);
        Paragraph(xml, Title(paper.Kind, language), size: 36, isBold: true, isCentred: true);
        foreach (var line in paper.Lines)
        {
            Paragraph(xml, Texts.Parts.Get(language, "watch.item." + line.Item.Key), size: 24, isBold: true);
            foreach (var text in (line.Text ?? Texts.Parts.Get(language, line.IsMissing ? "watch.to-fill" : "watch.nothing")).Split('\n')) Paragraph(xml, text.TrimEnd('\r'), size: 24);
        }
        Page(xml);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Paragraph(XmlWriter xml, string text, int size, bool isBold = false, bool isCentred = false)
    {
        xml.WriteStartElement("p", Word);
        if (isCentred)
        {
            xml.WriteStartElement("pPr", Word);
            Value(xml, "jc", "center");
            xml.WriteEndElement();
        }
        xml.WriteStartElement("r", Word);
        xml.WriteStartElement("rPr", Word);
        if (isBold) xml.WriteElementString("b", Word, null);
        Value(xml, "sz", $"{size}");
        xml.WriteEndElement();
        xml.WriteStartElement("t", Word);
        xml.WriteAttributeString("xml", "space", "http://www.w3.org/XML/1998/namespace", "preserve");
        xml.WriteString(text);
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    // A4 with margins of an inch, in twentieths of a point.
    private static void Page(XmlWriter xml)
    {
        xml.WriteStartElement("sectPr", Word);
        xml.WriteStartElement("pgSz", Word);
        xml.WriteAttributeString("w", Word, "11906");
        xml.WriteAttributeString("h", Word, "16838");
        xml.WriteEndElement();
        xml.WriteStartElement("pgMar", Word);
        foreach (var side in new[] { "top", "right", "bottom", "left" }) xml.WriteAttributeString(side, Word, "1440");
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Value(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement(name, Word);
        xml.WriteAttributeString("val", Word, value);
        xml.WriteEndElement();
    }

    private static void Part(ZipArchive zip, string name, Action<XmlWriter> write)
    {
        using var stream = zip.CreateEntry(name).Open();
        // Characters that XML cannot hold are refused where a text is taken in; here they would only break the file.
        using var xml = XmlWriter.Create(stream, new XmlWriterSettings { Encoding = new UTF8Encoding(false) });
        write(xml);
    }
}
