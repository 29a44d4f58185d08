using Tongxiang.Agencies;
using Tongxiang.Core.Elements;

namespace Tongxiang.Server.Demo;

/// <summary>A county of the fictional province and where its people live.</summary>
/// <param name="Weight">Share of the province's people.</param>
/// <param name="Towns">Streets' offices and towns, the busiest first.</param>
public sealed record County(string Code, string Name, string NameEn, City City, int Weight, double Longitude, double Latitude, IReadOnlyList<string> Towns);

/// <summary>A city of the fictional province.</summary>
public sealed record City(string Code, string Name, string NameEn, string Slug);

/// <summary>The province that does not exist: 云汀省 under division prefix 29, which GB/T 2260 never assigned.</summary>
/// <remarks>Its coordinates lie on open water of the Bohai Sea, so that no point can be anyone's address and no boundary is drawn.</remarks>
public static class Region
{
    public const string Province = "290000";
    public const string ProvinceName = "云汀省";
    public const string ProvinceNameEn = "Yunting Province";

    private static readonly DateOnly Founded = new(1988, 1, 1);
    private static readonly DateOnly ShixiBecameDistrict = new(2014, 6, 1);
    private static readonly DateOnly SonglingMerged = new(2016, 10, 1);

    public static City Qingyu { get; } = new("290100", "青屿市", "Qingyu City", "qingyu");
    public static City Lanpu { get; } = new("290200", "澜浦市", "Lanpu City", "lanpu");
    public static IReadOnlyList<City> Cities { get; } = [Qingyu, Lanpu];

    public static IReadOnlyList<County> Counties { get; } =
    [
        new("290102", "望湖区", "Wanghu District", Qingyu, 17, 119.62, 38.92, ["湖滨街道", "钟楼街道", "柳堤街道", "东站街道"]),
        new("290103", "鹤鸣区", "Heming District", Qingyu, 14, 119.71, 38.97, ["鹤园街道", "书院街道", "锦屏街道", "观澜街道"]),
        new("290104", "银沙区", "Yinsha District", Qingyu, 15, 119.78, 38.88, ["银湾街道", "松岭街道", "船厂街道", "海棠街道"]),
        new("290106", "石溪区", "Shixi District", Qingyu, 9, 119.52, 39.01, ["石桥街道", "溪口镇", "青崖镇"]),
        new("290122", "云桥县", "Yunqiao County", Qingyu, 7, 119.41, 39.12, ["云桥镇", "白鹭镇", "茶坪乡"]),
        new("290181", "竹川市", "Zhuchuan City", Qingyu, 8, 119.58, 39.20, ["竹园街道", "川前街道", "箬溪镇"]),
        new("290202", "听潮区", "Tingchao District", Lanpu, 10, 120.10, 38.62, ["潮音街道", "灯塔街道", "南屿街道"]),
        new("290203", "北埠区", "Beibu District", Lanpu, 8, 120.16, 38.71, ["北埠街道", "盐仓街道", "堰桥镇"]),
        new("290221", "梅汀县", "Meiting County", Lanpu, 4, 119.98, 38.52, ["梅汀镇", "双塘镇", "杏坞乡"]),
        new("290222", "星渡县", "Xingdu County", Lanpu, 3, 120.24, 38.50, ["星渡镇", "芦浦镇", "石塔乡"]),
        new("290281", "丹崖市", "Danya City", Lanpu, 5, 120.28, 38.80, ["丹枫街道", "崖口街道", "红石镇"]),
    ];

    /// <summary>Codes that stand no more but live on in people's numbers: a county that became a district, and a district that was merged.</summary>
    public static IReadOnlyList<DatedDivision> Past { get; } =
    [
        new("290121", "石溪县", Founded, ShixiBecameDistrict, "290106"),
        new("290105", "松岭区", Founded, SonglingMerged, "290104"),
    ];

    /// <summary>The demonstration's own dated division list.</summary>
    public static IReadOnlyList<Division> Divisions { get; } =
    [
        new(Province, ProvinceName, ProvinceNameEn, null, 1, Founded, null, List),
        .. Cities.Select(c => new Division(c.Code, c.Name, c.NameEn, Province, 2, Founded, null, List)),
        .. Counties.Select(c => new Division(c.Code, c.Name, c.NameEn, c.City.Code, 3, Since(c.Code), null, List)),
        new("290121", "石溪县", "Shixi County", Qingyu.Code, 3, Founded, ShixiBecameDistrict, List),
        new("290105", "松岭区", "Songling District", Qingyu.Code, 3, Founded, SonglingMerged, List),
    ];

    /// <summary>The same list in the form the identifier checks read.</summary>
    public static DivisionList DatedList { get; } = new(Divisions.Select(d =>
        new DatedDivision(d.Code, d.Name, d.ValidFrom, d.ValidTo, Past.FirstOrDefault(p => p.Code == d.Code).Successor)));

    /// <summary>Name of the list that these divisions stand in.</summary>
    public const string List = "demonstration";

    private static ReadOnlySpan<int> Weights => [17, 14, 15, 9, 7, 8, 10, 8, 4, 3, 5];

    public static int CountyAt(ref Chance chance) => chance.Weighted(Weights);

    public static County AnyCounty(ref Chance chance) => Counties[CountyAt(ref chance)];

    /// <summary>The code a person born in the county on that day carries in the identity number for life.</summary>
    public static string CodeAtBirth(County county, DateOnly birth, ref Chance chance) => county.Code switch
    {
        "290106" when birth < ShixiBecameDistrict => "290121",
        "290104" when birth < SonglingMerged && chance.Hits(3, 10) => "290105",
        _ => county.Code,
    };

    /// <summary>A point in the county, denser towards its centre; degrees CGCS2000 with six decimals.</summary>
    public static (double Longitude, double Latitude) Point(County county, ref Chance chance) =>
        (Math.Round(county.Longitude + chance.Bell() * 0.028, 6), Math.Round(county.Latitude + chance.Bell() * 0.022, 6));

    /// <summary>An address that reads like one: county, town, road, number, building, room.</summary>
    public static string Address(County county, ref Chance chance) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{county.City.Name}{county.Name}{county.Towns[chance.Below(county.Towns.Count)]}{Road(ref chance)}{chance.Between(1, 480)}号{chance.Between(1, 32)}栋{chance.Between(1, 28)}{chance.Between(1, 4):00}室");

    public static string Site(County county, ref Chance chance) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{county.City.Name}{county.Name}{Road(ref chance)}{chance.Between(1, 880)}号");

    public static string Road(ref Chance chance) => Roads[chance.Below(Roads.Length)];

    private static DateOnly Since(string county) => county == "290106" ? ShixiBecameDistrict : Founded;

    private static readonly string[] Roads =
    [
        "听松路", "望湖大道", "银沙路", "鹤鸣街", "书院巷", "观澜路", "柳堤路", "东站路", "船厂路", "海棠街", "溪口路", "青崖路", "云桥路", "白鹭大道",
        "茶坪路", "竹园路", "川前街", "箬溪路", "潮音路", "灯塔街", "南屿路", "盐仓路", "堰桥路", "梅汀街", "双塘路", "杏坞路", "星渡路", "芦浦街",
        "石塔路", "丹枫路", "崖口街", "红石路", "学府路", "科创大道", "滨海大道", "环城北路", "环城南路", "新桥路", "金桂路", "银杏路", "百花街", "和风路",
    ];
}
