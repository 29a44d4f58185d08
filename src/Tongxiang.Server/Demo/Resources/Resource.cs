using Tongxiang.Catalog;
using Tongxiang.Core.Elements;

namespace Tongxiang.Server.Demo.Resources;

/// <summary>A resource of the demonstration: what its entry says, who owns it, and how its rows are made.</summary>
/// <param name="Slug">Its name in addresses.</param>
/// <param name="Organisation">Slug of the owning department.</param>
/// <param name="Rows">Writes the rows, without the head; null for a withheld resource that holds none here.</param>
public sealed record Resource(string Slug, string Organisation, EntryContent Content, Action<Scale, Pen>? Rows)
{
    /// <summary>Writes the whole file: head and rows.</summary>
    public long Write(Scale scale, Stream stream)
    {
        if (Rows is null) throw new InvalidOperationException($"'{Slug}' is withheld and has no rows.");
        using var pen = new Pen(stream);
        pen.Head(Content.Fields.Select(f => f.Name));
        Rows(scale, pen);
        return pen.Rows;
    }
}

/// <summary>All resources of the demonstration.</summary>
public static class Shelf
{
    public static IReadOnlyList<Resource> All { get; } =
        [.. Registers.All, .. Livelihood.All, .. Care.All, .. Streets.All, .. Nature.All, .. Economy.All, .. Government.All];

    public static Resource Find(string slug) => All.First(r => r.Slug == slug);
}

/// <summary>Short words for entries: classes with their legal bases, and the usual rest.</summary>
internal static class Sheet
{
    public const string OpenLicence = "cc-by-4.0";
    public const string AgreementLicence = "agreement";
    public const string SharingLicence = "sharing";

    public static Sharing Free { get; } = new(ShareClass.Unconditional, [Mode.Api, Mode.Batch, Mode.File, Mode.Subscription, Mode.Verification], "", "", "", []);

    public static Sharing If(string scope, string use, params LegalBasis[] bases) => new(ShareClass.Conditional, [Mode.Api, Mode.Batch, Mode.Subscription, Mode.Verification], scope, use, "", bases);

    public static Sharing Never(string reason, params LegalBasis[] bases) => new(ShareClass.Withheld, [], "", "", reason, bases);

    public static Opening Open { get; } = new(OpenClass.Open, "", "", "", []);

    public static Opening OpenIf(string conditions, string safeguards) => new(OpenClass.Conditional, conditions, safeguards, "", []);

    public static Opening Closed(string reason, params LegalBasis[] bases) => new(OpenClass.Closed, "", "", reason, bases);

    /// <summary>Closed because it tells about people.</summary>
    public static Opening Personal { get; } = Closed("含有可识别自然人的个人信息，公开会损害个人权益", Law.PersonalDisclosure);

    public static EntryContent Of(
        string name, string nameEn, string about, string aboutEn, string keywords, string path, string theme, string industry, UpdatePromise promise,
        Sharing sharing, Opening opening, Grade grade, string key, params Field[] fields) =>
        new(
            name, nameEn, about, aboutEn, keywords.Split(' ', StringSplitOptions.RemoveEmptyEntries), path, theme, industry, Region.Province,
            Formats(fields, opening), promise, sharing, opening, grade, null, Secrecy.None,
            fields, key.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            fields.FirstOrDefault(f => f.Element == ElementKind.Longitude.Code())?.Name, fields.FirstOrDefault(f => f.Element == ElementKind.Latitude.Code())?.Name,
            [], "", "", opening.Class switch { OpenClass.Open => OpenLicence, OpenClass.Conditional => AgreementLicence, _ => SharingLicence }, null);

    private static string[] Formats(Field[] fields, Opening opening) =>
        opening.Class == OpenClass.Closed ? ["json", "csv"]
        : fields.Any(f => f.Element == ElementKind.Longitude.Code()) ? ["csv", "xlsx", "json", "ndjson", "parquet", "geojson"]
        : ["csv", "xlsx", "json", "ndjson", "parquet"];

    public static EntryContent In(this EntryContent content, City city) => content with { Region = city.Code };
}

/// <summary>The legal bases the demonstration cites; titles and articles are real.</summary>
internal static class Law
{
    public static LegalBasis PersonalDisclosure { get; } = new(BasisKind.Law, "中华人民共和国个人信息保护法", "第二十五条");
    public static LegalBasis PersonalDuty { get; } = new(BasisKind.Law, "中华人民共和国个人信息保护法", "第三十四条");
    public static LegalBasis SensitivePersonal { get; } = new(BasisKind.Law, "中华人民共和国个人信息保护法", "第二十八条");
    public static LegalBasis IdentityCard { get; } = new(BasisKind.Law, "中华人民共和国居民身份证法", "第六条");
    public static LegalBasis Statistics { get; } = new(BasisKind.Law, "中华人民共和国统计法", "第二十八条");
    public static LegalBasis TaxSecrecy { get; } = new(BasisKind.Law, "中华人民共和国税收征收管理法", "第八条");
    public static LegalBasis TaxInformants { get; } = new(BasisKind.Law, "中华人民共和国税收征收管理法", "第十三条");
    public static LegalBasis SocialInsurance { get; } = new(BasisKind.Law, "中华人民共和国社会保险法", "第八十一条");
    public static LegalBasis HealthData { get; } = new(BasisKind.Law, "中华人民共和国基本医疗卫生与健康促进法", "第九十二条");
    public static LegalBasis MentalHealth { get; } = new(BasisKind.Law, "中华人民共和国精神卫生法", "第四条");
    public static LegalBasis Aids { get; } = new(BasisKind.AdministrativeRegulation, "艾滋病防治条例", "第三十九条");
    public static LegalBasis SocialRelief { get; } = new(BasisKind.AdministrativeRegulation, "社会救助暂行办法", "第六十一条");
    public static LegalBasis RealEstate { get; } = new(BasisKind.AdministrativeRegulation, "不动产登记暂行条例", "第二十六条");
    public static LegalBasis RealEstateUse { get; } = new(BasisKind.AdministrativeRegulation, "不动产登记暂行条例", "第二十八条");
    public static LegalBasis TradeSecret { get; } = new(BasisKind.AdministrativeRegulation, "中华人民共和国政府信息公开条例", "第十五条");
}
