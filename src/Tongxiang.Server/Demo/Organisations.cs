using System.Security.Cryptography;
using System.Text;
using Tongxiang.Agencies;

namespace Tongxiang.Server.Demo;

/// <summary>An agency of the demonstration before it has an id.</summary>
/// <param name="IsMain">Whether its people are printed at the start; all stand in demo.json.</param>
public sealed record Organisation(string Slug, string Name, string NameEn, AgencyKind Kind, string Division, string CreditCode, string Phone, bool IsMain)
{
    public string Email => $"{Slug}@yunting.example";
}

/// <summary>Someone with a known sign-in.</summary>
/// <param name="Organisation">Slug; null for a citizen.</param>
public sealed record Actor(string UserName, string Name, string? Organisation, IReadOnlyList<Role> Roles, string Password);

/// <summary>The agencies of the province and their people. No data without an owner: every department has a steward, a head of its sharing office and a head.</summary>
public static class Organisations
{
    public const string Bureau = "data-bureau";
    public const string Company = "qiming-digital";

    public static IReadOnlyList<Organisation> All { get; } = Number(
    [
        (Bureau, "云汀省数据局", "Yunting Provincial Data Bureau", AgencyKind.Bureau, Region.Province, true),
        ("police", "云汀省公安厅", "Department of Public Security", AgencyKind.Department, Region.Province, true),
        ("civil-affairs", "云汀省民政厅", "Department of Civil Affairs", AgencyKind.Department, Region.Province, true),
        ("human-resources", "云汀省人力资源和社会保障厅", "Department of Human Resources and Social Security", AgencyKind.Department, Region.Province, true),
        ("medical-insurance", "云汀省医疗保障局", "Healthcare Security Administration", AgencyKind.Department, Region.Province, true),
        ("market-supervision", "云汀省市场监督管理局", "Administration for Market Supervision", AgencyKind.Department, Region.Province, true),
        ("taxation", "云汀省税务局", "Tax Service", AgencyKind.Department, Region.Province, true),
        ("health", "云汀省卫生健康委员会", "Health Commission", AgencyKind.Department, Region.Province, true),
        ("education", "云汀省教育厅", "Department of Education", AgencyKind.Department, Region.Province, true),
        ("transport", "云汀省交通运输厅", "Department of Transport", AgencyKind.Department, Region.Province, true),
        ("ecology", "云汀省生态环境厅", "Department of Ecology and Environment", AgencyKind.Department, Region.Province, true),
        ("natural-resources", "云汀省自然资源厅", "Department of Natural Resources", AgencyKind.Department, Region.Province, true),
        ("housing", "云汀省住房和城乡建设厅", "Department of Housing and Urban-Rural Development", AgencyKind.Department, Region.Province, false),
        ("emergency", "云汀省应急管理厅", "Department of Emergency Management", AgencyKind.Department, Region.Province, false),
        ("agriculture", "云汀省农业农村厅", "Department of Agriculture and Rural Affairs", AgencyKind.Department, Region.Province, false),
        ("culture-tourism", "云汀省文化和旅游厅", "Department of Culture and Tourism", AgencyKind.Department, Region.Province, false),
        ("statistics", "云汀省统计局", "Bureau of Statistics", AgencyKind.Department, Region.Province, false),
        ("finance", "云汀省财政厅", "Department of Finance", AgencyKind.Department, Region.Province, false),
        ("development-reform", "云汀省发展和改革委员会", "Development and Reform Commission", AgencyKind.Department, Region.Province, false),
        ("disabled-persons", "云汀省残疾人联合会", "Disabled Persons' Federation", AgencyKind.PublicBody, Region.Province, false),
        ("housing-fund", "云汀省住房公积金管理中心", "Housing Provident Fund Centre", AgencyKind.PublicBody, Region.Province, false),
        ("qingyu-transport", "青屿市交通运输局", "Qingyu Transport Bureau", AgencyKind.Department, Region.Qingyu.Code, false),
        ("qingyu-city-management", "青屿市城市管理局", "Qingyu City Management Bureau", AgencyKind.Department, Region.Qingyu.Code, false),
        ("lanpu-transport", "澜浦市交通运输局", "Lanpu Transport Bureau", AgencyKind.Department, Region.Lanpu.Code, false),
        ("lanpu-civil-affairs", "澜浦市民政局", "Lanpu Civil Affairs Bureau", AgencyKind.Department, Region.Lanpu.Code, false),
        (Company, "青屿启明数字科技有限公司", "Qingyu Qiming Digital Technology Co., Ltd.", AgencyKind.Company, "290103", true),
    ]);

    public static IReadOnlyList<Actor> People(ulong seed)
    {
        var people = new List<Actor>();
        void Add(string user, string? organisation, params Role[] roles) => people.Add(new Actor(user, NameOf(user, seed), organisation, roles, Password(user, seed)));

        foreach (var organisation in All.Where(o => o.Kind is not (AgencyKind.Bureau or AgencyKind.Company)))
        {
            Add(organisation.Slug + ".steward", organisation.Slug, Role.Steward);
            // A small department's head leads the sharing office too.
            if (organisation.IsMain) Add(organisation.Slug + ".office", organisation.Slug, Role.SharingOfficeHead);
            if (organisation.IsMain) Add(organisation.Slug + ".head", organisation.Slug, Role.AgencyHead);
            else Add(organisation.Slug + ".head", organisation.Slug, Role.SharingOfficeHead, Role.AgencyHead);
        }
        // The bureau publishes data of its own: its duties as a department and as the authority lie with different people.
        Add("bureau.steward", Bureau, Role.Steward);
        Add("bureau.office", Bureau, Role.SharingOfficeHead, Role.AgencyHead);
        Add("bureau.reviewer", Bureau, Role.BureauReviewer);
        Add("bureau.head", Bureau, Role.BureauHead);
        Add("bureau.system", Bureau, Role.SystemAdmin);
        Add("bureau.security", Bureau, Role.SecurityAdmin);
        Add("bureau.audit", Bureau, Role.AuditAdmin);
        // Who only looks (stationed at the bureau by the offices of cyberspace, secrecy and audit), who works for the bureau under contract, and who is heard.
        Add("cyberspace.inspector", Bureau, Role.CyberspaceInspector);
        Add("secrecy.inspector", Bureau, Role.SecrecyInspector);
        Add("audit.inspector", Bureau, Role.AuditInspector);
        Add("bureau.vendor", Bureau, Role.Vendor);
        Add("bureau.expert", Bureau, Role.Expert);
        Add("civil-affairs.clerk", "civil-affairs", Role.Operative);
        Add("qiming.user", Company, Role.CompanyUser);
        Add("citizen", null, Role.Citizen);
        return people;
    }

    /// <summary>The documented password of a demonstration account, for example <c>Yunting-k7mp-2x9d</c>. Everyone can compute it: it is no secret and must never guard real data.</summary>
    public static string Password(string userName, ulong seed)
    {
        const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{seed} {userName}")));
        var letters = string.Concat(hash.Take(8).Select(b => Alphabet[b % Alphabet.Length]));
        return $"Yunting-{letters[..4]}-{letters[4..]}";
    }

    private static string NameOf(string userName, ulong seed)
    {
        var chance = Chance.For(seed, userName);
        return Names.Person(chance.Hits(1, 2), 1980, ref chance);
    }

    private static Organisation[] Number(IReadOnlyList<(string Slug, string Name, string NameEn, AgencyKind Kind, string Division, bool IsMain)> list) =>
        [.. list.Select((o, i) => new Organisation(o.Slug, o.Name, o.NameEn, o.Kind, o.Division,
            FictionalNumbers.Credit(o.Kind switch { AgencyKind.Company => "91", AgencyKind.PublicBody => "12", _ => "11" }, o.Division, 26 + i),
            FictionalNumbers.Phone(10_000 + i * 10), o.IsMain))];
}
