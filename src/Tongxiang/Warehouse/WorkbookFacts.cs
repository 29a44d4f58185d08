using System.IO.Compression;
using System.Xml.Linq;

namespace Tongxiang.Warehouse;

/// <summary>Custom properties of a workbook, which spreadsheets show and keep.</summary>
internal static class WorkbookFacts
{
    private const string part = "docProps/custom.xml";
    private const string contentType = "application/vnd.openxmlformats-officedocument.custom-properties+xml";
    private const string relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties";
    private static readonly XNamespace properties = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties";
    private static readonly XNamespace types = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes";

    public static void Add(string workbook, IReadOnlyDictionary<string, string> facts)
    {
        using var zip = ZipFile.Open(workbook, ZipArchiveMode.Update);
        Write(zip, part, new XElement(properties + "Properties", facts.Select((fact, i) => new XElement(
            properties + "property", new XAttribute("fmtid", "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"), new XAttribute("pid", i + 2), new XAttribute("name", fact.Key), new XElement(types + "lpwstr", fact.Value)))));
        Change(zip, "[Content_Types].xml", root => root.Add(new XElement(root.Name.Namespace + "Override", new XAttribute("PartName", "/" + part), new XAttribute("ContentType", contentType))));
        Change(zip, "_rels/.rels", root => root.Add(new XElement(root.Name.Namespace + "Relationship", new XAttribute("Id", "rIdFacts"), new XAttribute("Type", relation), new XAttribute("Target", part))));
    }

    private static void Change(ZipArchive zip, string name, Action<XElement> change)
    {
        var entry = zip.GetEntry(name)!;
        XElement root;
        using (var stream = entry.Open()) root = XElement.Load(stream);
        change(root);
        entry.Delete();
        Write(zip, name, root);
    }

    private static void Write(ZipArchive zip, string name, XElement root)
    {
        using var stream = zip.CreateEntry(name).Open();
        new XDocument(new XDeclaration("1.0", "utf-8", "yes"), root).Save(stream);
    }
}
