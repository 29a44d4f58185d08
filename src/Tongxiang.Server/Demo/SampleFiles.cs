using System.Text;

namespace Tongxiang.Server.Demo;

/// <summary>Files to land by hand: daily counts, a spreadsheet as offices make them, an old encoding with planted errors, and the truth of every planted error.</summary>
public static class SampleFiles
{
    public const string Counts = "daily-visitors.csv";
    public const string Sheet = "budget-execution.xlsx";
    public const string OldEncoding = "companies-gb18030.csv";
    public const string OldEncodingTruth = "companies-gb18030.truth.csv";
    public const string PopulationTruth = "population.truth.csv";
    public const string LegalPersonsTruth = "legal-persons.truth.csv";
    private const int CountDays = 1_137;

    private static readonly (string Name, string Code)[] Countries =
    [
        ("日本", "JP"), ("韩国", "KR"), ("新加坡", "SG"), ("马来西亚", "MY"), ("泰国", "TH"), ("越南", "VN"), ("印度尼西亚", "ID"), ("菲律宾", "PH"), ("印度", "IN"), ("巴基斯坦", "PK"),
        ("哈萨克斯坦", "KZ"), ("俄罗斯", "RU"), ("蒙古", "MN"), ("美国", "US"), ("加拿大", "CA"), ("墨西哥", "MX"), ("巴西", "BR"), ("阿根廷", "AR"), ("智利", "CL"), ("英国", "GB"),
        ("法国", "FR"), ("德国", "DE"), ("意大利", "IT"), ("西班牙", "ES"), ("葡萄牙", "PT"), ("荷兰", "NL"), ("比利时", "BE"), ("瑞士", "CH"), ("瑞典", "SE"), ("挪威", "NO"),
        ("芬兰", "FI"), ("波兰", "PL"), ("土耳其", "TR"), ("埃及", "EG"), ("南非", "ZA"), ("肯尼亚", "KE"), ("澳大利亚", "AU"), ("新西兰", "NZ"), ("阿联酋", "AE"), ("沙特阿拉伯", "SA"),
    ];

    /// <summary>Writes all files that are not there yet, each under another name first, so that a crash leaves none half.</summary>
    public static void Write(Scale scale, string folder)
    {
        Directory.CreateDirectory(folder);
        Make(folder, Counts, stream => WriteCounts(scale, stream));
        Make(folder, Sheet, stream => BudgetSheet.Write(scale, stream));
        var planted = new List<Planted>();
        Make(folder, OldEncoding, stream => WriteOldEncoding(scale, stream, planted.Add));
        Make(folder, OldEncodingTruth, stream =>
        {
            if (planted.Count == 0) WriteOldEncoding(scale, Stream.Null, planted.Add);
            WriteTruth(stream, planted);
        });
        Make(folder, PopulationTruth, stream => WriteTruth(stream, Told(pen => tell => PopulationFile.Write(scale, pen, tell))));
        Make(folder, LegalPersonsTruth, stream => WriteTruth(stream, Told(pen => tell => CompaniesFile.Write(scale, pen, tell))));
    }

    /// <summary>Visitors a day by origin: the key is date, country, province and city, where a part may be empty.</summary>
    public static long WriteCounts(Scale scale, Stream stream)
    {
        using var pen = new Pen(stream);
        pen.Head(["date", "country", "countryCode", "province", "provinceCode", "city", "cityCode", "arrived", "stayed", "returned", "complained"]);
        for (var back = CountDays; back >= 1; back--)
        {
            var day = scale.Today.AddDays(-back);
            var chance = scale.Chance("visitors", day.DayNumber);
            var busy = day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 17 : 10;
            var cities = Region.Cities.Select(_ => chance.Between(800, 2_400) * busy / 10).ToArray();
            Line(pen, day, ("中国", "CN"), "", "", "", "", cities.Sum() * 3 / 2, ref chance);
            Line(pen, day, ("中国", "CN"), Region.ProvinceName, Region.Province, "", "", cities.Sum(), ref chance);
            for (var i = 0; i < cities.Length; i++) Line(pen, day, ("中国", "CN"), Region.ProvinceName, Region.Province, Region.Cities[i].Name, Region.Cities[i].Code, cities[i], ref chance);
            for (var i = 0; i < Countries.Length; i++) Line(pen, day, Countries[i], "", "", "", "", chance.Below(260 / (1 + i / 4)) * busy / 10, ref chance);
        }
        return pen.Rows;
    }

    /// <summary>A list of companies in GB 18030 with Windows line ends missing nothing but truth: wrong check characters, left-out names, swapped columns, repeated codes.</summary>
    public static void WriteOldEncoding(Scale scale, Stream stream, Action<Planted> planted)
    {
        var gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("gb18030") ?? throw new InvalidOperationException("This runtime lacks the encoding gb18030.");
        using var encoded = Encoding.CreateTranscodingStream(stream, gb18030, Encoding.UTF8, leaveOpen: true);
        using var pen = new Pen(encoded);
        pen.Head(["统一社会信用代码", "企业名称", "法定代表人", "成立日期", "注册资本（元）", "区划代码"]);
        for (var number = 0; number < 2_000; number++)
        {
            // Numbers beyond the registers, so that the file brings companies nobody knows yet.
            var company = Companies.Make(scale, 10_000_000 + number);
            var chance = scale.Chance("old encoding", number);
            var (code, name) = (company.CreditCode, company.Name);
            if (chance.Hits(1, 60))
            {
                var fault = new[] { Fault.BadChecksum, Fault.Missing, Fault.Swapped }[chance.Below(3)];
                (code, name) = fault switch { Fault.BadChecksum => (Faults.BreakChecksum(code, ref chance), name), Fault.Missing => (code, ""), _ => (name, code) };
                planted(new Planted(pen.Rows + 1, fault == Fault.Missing ? "企业名称" : "统一社会信用代码", fault, fault == Fault.Missing ? name : code, fault == Fault.Missing ? company.Name : company.CreditCode));
            }
            var representative = number % 40 == 0 ? company.Representative + Names.Rare[number / 40 % Names.Rare.Count] : company.Representative;
            pen.Cell(code).Cell(name).Cell(representative).Cell(company.Founded).Yuan(company.CapitalFen).Cell(company.County.Code).End();
        }
    }

    private static void Line(Pen pen, DateOnly day, (string Name, string Code) country, string province, string provinceCode, string city, string cityCode, int arrived, ref Chance chance) =>
        pen.Cell(day).Cell(country.Name).Cell(country.Code).Cell(province).Cell(provinceCode).Cell(city).Cell(cityCode)
            .Cell(arrived).Cell(arrived * chance.Between(30, 70) / 100).Cell(arrived * chance.Between(20, 90) / 100).Cell(arrived * chance.Below(4) / 1000).End();

    private static List<Planted> Told(Func<Pen, Action<Action<Planted>>> write)
    {
        var planted = new List<Planted>();
        using var pen = new Pen(Stream.Null);
        write(pen)(planted.Add);
        return planted;
    }

    private static void WriteTruth(Stream stream, IEnumerable<Planted> planted)
    {
        using var pen = new Pen(stream);
        pen.Head(["row", "column", "fault", "written", "truth"]);
        foreach (var error in planted) pen.Cell(error.Row).Cell(error.Column).Cell(error.Fault.ToString()).Cell(error.Written).Cell(error.Truth).End();
    }

    private static void Make(string folder, string name, Action<Stream> write)
    {
        var path = Path.Combine(folder, name);
        if (File.Exists(path)) return;
        using (var stream = new FileStream(path + ".part", FileMode.Create, FileAccess.ReadWrite)) write(stream);
        File.Move(path + ".part", path, overwrite: true);
    }
}
