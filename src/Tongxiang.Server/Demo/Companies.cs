namespace Tongxiang.Server.Demo;

/// <summary>A legal person that does not exist.</summary>
/// <param name="Kind">First two characters of the credit code: 91 company, 92 self-employed, 93 cooperative, 51/52 association, 12 public institution.</param>
/// <param name="Industry">GB/T 4754 section and division, e.g. <c>I65</c>.</param>
/// <param name="CapitalFen">Registered capital in fen.</param>
/// <param name="Status">1 in being, 2 revoked, 3 deregistered, 4 moved out.</param>
public sealed record Company(
    string CreditCode, string Name, string Kind, string Industry, long CapitalFen, DateOnly Founded, string Status, County County, string Address,
    string Representative, string Phone, double Longitude, double Latitude);

/// <summary>Streams the legal persons.</summary>
public static class Companies
{
    private static readonly string[] Kinds = ["91", "92", "93", "52", "51", "12"];
    private static ReadOnlySpan<int> KindWeights => [46, 44, 4, 2, 2, 2];

    /// <summary>Industry code, and how a name of that industry ends.</summary>
    private static readonly (string Code, string Word)[] Industries =
    [
        ("A01", "农业"), ("A04", "水产养殖"), ("C13", "食品"), ("C17", "纺织"), ("C26", "新材料"), ("C27", "医药"), ("C34", "精密机械"), ("C38", "电气"), ("C39", "电子"),
        ("D44", "电力"), ("E47", "建筑工程"), ("F51", "商贸"), ("F52", "百货"), ("G54", "物流"), ("G59", "仓储"), ("H61", "酒店管理"), ("H62", "餐饮"), ("I64", "网络科技"),
        ("I65", "软件"), ("K70", "物业服务"), ("L72", "企业管理咨询"), ("M73", "生物技术"), ("M75", "环保科技"), ("N78", "园林绿化"), ("O80", "汽车维修"), ("P83", "教育培训"),
        ("Q84", "健康管理"), ("R88", "文化传媒"),
    ];

    private static ReadOnlySpan<int> IndustryWeights => [4, 2, 4, 3, 3, 2, 4, 3, 4, 1, 6, 16, 14, 5, 2, 3, 10, 6, 7, 3, 6, 2, 2, 2, 4, 3, 2, 4];

    private static readonly string[] Heads = ["云", "澜", "青", "鹤", "望", "松", "竹", "丹", "星", "潮", "汀", "屿", "瑞", "恒", "盛", "嘉", "禾", "远", "启", "宏", "博", "润", "晟", "华", "正", "信", "达", "安", "和", "佳", "锦", "诚"];
    private static readonly string[] Tails = ["川", "海", "源", "丰", "诺", "图", "航", "舟", "峰", "泰", "悦", "桥", "禾", "创", "联", "维", "通", "元", "景", "邦", "辰", "林", "宇", "谷"];

    public static IEnumerable<Company> All(Scale scale)
    {
        for (var number = 0; number < scale.Companies; number++) yield return Make(scale, number);
    }

    /// <summary>The company with that number, without making those before it.</summary>
    public static Company Make(Scale scale, int number)
    {
        var chance = scale.Chance("company", number);
        var county = Region.AnyCounty(ref chance);
        var kind = Kinds[chance.Weighted(KindWeights)];
        var (industry, word) = kind switch { "93" => ("A01", "种植"), "51" => ("S95", ""), "52" or "12" => ("P83", ""), _ => Industries[chance.Weighted(IndustryWeights)] };
        // Most are young: the square of an even draw leans to the recent years.
        var age = chance.Unit() * chance.Unit() * 34;
        var founded = scale.Today.AddDays(-1 - (int)(age * 365));
        var isMale = chance.Hits(71, 100);
        var (longitude, latitude) = Region.Point(county, ref chance);
        return new Company(
            FictionalNumbers.Credit(kind, county.Code, number * 17L + 104_729), Name(kind, county, word, ref chance), kind, industry, Capital(kind, ref chance), founded,
            Status((int)age, ref chance), county, Region.Site(county, ref chance), Names.Person(isMale, founded.Year - 38, ref chance), FictionalNumbers.Phone(ref chance), longitude, latitude);
    }

    private static string Name(string kind, County county, string word, ref Chance chance)
    {
        var place = county.Name[..^1];
        var mark = chance.Of<string>(Heads) + chance.Of<string>(Tails) + (chance.Hits(1, 3) ? chance.Of<string>(Heads) : "");
        return kind switch
        {
            "91" => chance.Hits(1, 8) ? $"云汀{mark}{word}股份有限公司" : $"{county.City.Name[..^1]}{mark}{word}有限公司",
            "92" => $"{place}{county.Name[^1]}{mark}{word}{(chance.Hits(1, 2) ? "店" : "经营部")}",
            "93" => $"{place}{mark}{word}专业合作社",
            "51" => $"{place}{mark}行业协会",
            "52" => $"{place}{mark}{(chance.Hits(1, 2) ? "养老服务中心" : "职业培训学校")}",
            _ => $"{place}{county.Name[^1]}{mark}{(chance.Hits(1, 2) ? "小学" : "卫生院")}",
        };
    }

    private static long Capital(string kind, ref Chance chance) => kind switch
    {
        "91" => (long)(new[] { 10, 30, 50, 100, 200, 500, 1000, 2000, 5000, 10000 })[chance.Weighted([6, 8, 16, 26, 14, 14, 9, 4, 2, 1])] * 1_000_000,
        "92" => chance.Between(1, 30) * 1_000_000L,
        "93" => chance.Between(20, 300) * 1_000_000L,
        _ => chance.Between(3, 50) * 1_000_000L,
    };

    private static string Status(int age, ref Chance chance) => chance.Below(100) switch { var p when p < 4 + age => "3", var p when p < 7 + age => "2", var p when p < 8 + age => "4", _ => "1" };
}

/// <summary>The register of legal persons as market supervision would hand it over, with planted errors.</summary>
public static class CompaniesFile
{
    public static IReadOnlyList<string> Columns { get; } =
        ["credit_code", "name", "kind", "industry", "registered_capital", "founded_on", "status", "division", "address", "representative", "phone", "longitude", "latitude"];

    public static void Write(Scale scale, Pen pen, Action<Planted>? planted = null)
    {
        var number = 0;
        foreach (var company in Companies.All(scale))
        {
            var chance = scale.Chance("company fault", number++);
            if (Faults.Draw(ref chance) is { } fault) Spoil(company, fault, pen, planted, ref chance);
            else Row(pen, company);
        }
    }

    // Companies have no sex and no birth: those two draws become a left-out name and a founding date a century too late.
    private static void Spoil(Company truth, Fault fault, Pen pen, Action<Planted>? planted, ref Chance chance)
    {
        var row = pen.Rows + 1;
        void Tell(string column, Fault kind, string written, string right) => planted?.Invoke(new Planted(row, column, kind, written, right));
        switch (fault)
        {
            case Fault.BadChecksum:
                var broken = Faults.BreakChecksum(truth.CreditCode, ref chance);
                Tell("credit_code", fault, broken, truth.CreditCode);
                Row(pen, truth with { CreditCode = broken });
                return;
            case Fault.Swapped:
                Tell("credit_code", fault, truth.Name, truth.CreditCode);
                Tell("name", fault, truth.CreditCode, truth.Name);
                Row(pen, truth with { CreditCode = truth.Name, Name = truth.CreditCode });
                return;
            case Fault.Duplicate:
                Row(pen, truth);
                row++;
                Tell("credit_code", fault, truth.CreditCode, "");
                Row(pen, truth with { Address = Region.Site(truth.County, ref chance) });
                return;
            case Fault.FutureBirth:
                var later = truth.Founded.AddYears(100);
                Tell("founded_on", fault, later.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), truth.Founded.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
                Row(pen, truth with { Founded = later });
                return;
            default:
                Tell("name", Fault.Missing, "", truth.Name);
                Row(pen, truth with { Name = "" });
                return;
        }
    }

    private static void Row(Pen pen, Company company)
    {
        pen.Cell(company.CreditCode).Cell(company.Name).Cell(company.Kind).Cell(company.Industry).Yuan(company.CapitalFen).Cell(company.Founded).Cell(company.Status)
            .Cell(company.County.Code).Cell(company.Address).Cell(company.Representative).Cell(company.Phone).Cell(company.Longitude, 6).Cell(company.Latitude, 6);
        pen.End();
    }
}
