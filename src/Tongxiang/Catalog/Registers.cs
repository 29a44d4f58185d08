using System.Collections.Frozen;
using System.Text.Json;
using Tongxiang.Core.Elements;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>One term of a list, in both languages.</summary>
/// <param name="Note">What the list adds to it: a mapping, a media type, an address.</param>
public sealed record Term(string Key, string Name, string NameEn, string Note = "", string Note2 = "")
{
    public string In(string language) => language == Texts.English ? NameEn : Name;
}

/// <summary>An ordered list of terms found by key.</summary>
/// <param name="Standard">The standard the list comes from; empty when it is the platform's own.</param>
public sealed record TermList(string Key, string Name, string NameEn, string Standard, IReadOnlyList<Term> Terms)
{
    private readonly FrozenDictionary<string, Term> byKey = Terms.ToFrozenDictionary(t => t.Key, StringComparer.Ordinal);

    public Term? Find(string? key) => key is not null && byKey.TryGetValue(key, out var term) ? term : null;

    public bool Has(string? key) => Find(key) is not null;

    /// <summary>The term's name, or the key itself where the list does not know it.</summary>
    public string NameOf(string key, string language) => Find(key)?.In(language) ?? key;
}

/// <summary>A standard element (数据元) with the standard that defines it.</summary>
/// <param name="Type">The type of field it fits; a decimal element also fits <see cref="FieldType.Real"/>.</param>
public sealed record Element(string Key, ElementKind Kind, string Name, string NameEn, string Standard, FieldType Type, int? Length)
{
    public bool Fits(FieldType type) => type == Type || (Kind.Shape() == ValueShape.Decimal && type is FieldType.Decimal or FieldType.Real);
}

/// <summary>The register of standard elements (数据标准库).</summary>
public static class Elements
{
    private static readonly FrozenDictionary<string, Element> ByKey = Read();

    public static IReadOnlyList<Element> All { get; } = [.. ElementKinds.All.Select(key => ByKey[key])];

    public static Element? Find(string? key) => key is not null && ByKey.TryGetValue(key, out var element) ? element : null;

    private static FrozenDictionary<string, Element> Read() => RegisterFile.Rows("elements").Select(row =>
    {
        if (!ElementKinds.TryParse(row[0], out var kind)) throw new InvalidOperationException($"registers.json: '{row[0]}' is no element.");
        var names = RegisterFile.Core.GetValueOrDefault(kind.TextKey(), [row[0], row[0]]);
        int? length = row[3].Length > 0 ? int.Parse(row[3], System.Globalization.CultureInfo.InvariantCulture) : null;
        return new Element(row[0], kind, names[0], names[1], row[1], Enum.Parse<FieldType>(row[2]), length);
    }).ToFrozenDictionary(e => e.Key, StringComparer.Ordinal);
}

/// <summary>The lists that fields take their codes from.</summary>
public static class CodeLists
{
    public static IReadOnlyList<TermList> All { get; } =
    [
        RegisterFile.List("sex", "性别代码", "Sex", "GB/T 2261.1-2003"),
        RegisterFile.List("marital", "婚姻状况代码", "Marital status", "GB/T 2261.2-2003"),
        RegisterFile.List("ethnic", "民族代码", "Ethnic group", "GB/T 3304-1991"),
        RegisterFile.List("education", "学历代码", "Education", "GB/T 4658-2006"),
        RegisterFile.List("industries", "国民经济行业门类", "Industry section", "GB/T 4754-2017"),
    ];

    public static TermList? Find(string? key) => All.FirstOrDefault(l => l.Key == key);
}

/// <summary>The lists an entry itself is described with.</summary>
public static class Themes
{
    public static TermList All { get; } = RegisterFile.List("themes", "主题", "Theme");

    public static TermList Industries { get; } = CodeLists.Find("industries")!;

    /// <summary>Formats a resource is offered in; the note is the media type.</summary>
    public static TermList Formats { get; } = RegisterFile.List("formats", "数据格式", "Format");

    /// <summary>Known licences; the note is their address. Other licences are named in words.</summary>
    public static TermList Licences { get; } = RegisterFile.List("licences", "许可", "Licence");

    /// <summary>Scopes of conditional sharing that need no further look; other wording is shown to the bureau (Order 809 art. 15).</summary>
    public static TermList Scopes { get; } = RegisterFile.List("scopes", "共享范围", "Scope of sharing");

    /// <summary>Permitted uses that need no further look.</summary>
    public static TermList Uses { get; } = RegisterFile.List("uses", "使用用途", "Permitted use");

    public static TermList Promises { get; } = RegisterFile.List("promises", "更新周期", "Update promise");

    public static TermList Access { get; } = RegisterFile.List("access", "开放属性", "Open class");
}

/// <summary>Reads the embedded lists.</summary>
internal static class RegisterFile
{
    private static readonly Dictionary<string, string[][]> Lists = Read<string[][]>(typeof(RegisterFile), "Tongxiang.Catalog.registers.json");

    /// <summary>Names of the elements; they live beside their checks.</summary>
    public static IReadOnlyDictionary<string, string[]> Core { get; } = Read<string[]>(typeof(ElementKind), "Tongxiang.Core.Elements.texts.json");

    public static string[][] Rows(string list) => Lists[list];

    public static TermList List(string key, string name, string nameEn, string standard = "") =>
        new(key, name, nameEn, standard, [.. Rows(key).Select(r => new Term(r[0], r[1], r[2], r.Length > 3 ? r[3] : "", r.Length > 4 ? r[4] : ""))]);

    private static Dictionary<string, T> Read<T>(Type beside, string name)
    {
        using var stream = beside.Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded.");
        return JsonSerializer.Deserialize<Dictionary<string, T>>(stream)!;
    }
}
