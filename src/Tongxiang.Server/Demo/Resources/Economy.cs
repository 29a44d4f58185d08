using Tongxiang.Catalog;
using static Tongxiang.Server.Demo.Resources.Sheet;

namespace Tongxiang.Server.Demo.Resources;

/// <summary>Tax, market supervision, building, statistics.</summary>
internal static class Economy
{
    public static IReadOnlyList<Resource> All { get; } =
    [
        new("tax-payments", "taxation", Of(
            "企业纳税信息", "Tax payments of companies", "企业分税种的年度应纳税额和实缴税额。", "Yearly tax due and paid, by company and tax.", "税务 纳税 增值税 企业所得税", "307001", "finance", "S", UpdatePromise.Monthly,
            If("市场监管、人力资源社会保障、发展改革部门", "惠企政策兑现和信用监管中经企业授权或者依法核验", Law.TaxSecrecy), Closed("税务机关应当依法为纳税人的情况保密", Law.TaxSecrecy), Grade.General4, "credit_code year tax",
            Col.Credit().Must(), Col.Count("year", "年度", "Year").Must(), Col.Code("tax", "税种", "Tax", "01 增值税、04 企业所得税").Must(), Col.Organisation("name", "纳税人名称", "Taxpayer"), Col.Money("due", "应纳税额", "Due"), Col.Money("paid", "实缴税额", "Paid"), Col.Division()),
            TaxPayments),

        new("tax-credit-a", "taxation", Of(
            "纳税信用 A 级纳税人名单", "Taxpayers with credit rating A", "年度评价为 A 级的纳税人名单。", "Taxpayers rated A in the year.", "纳税信用 A级 名单 税务", "207001", "finance", "S", UpdatePromise.Yearly, Free, Open, Grade.General1, "credit_code year",
            Col.Credit().Must(), Col.Count("year", "评价年度", "Year").Must(), Col.Organisation("name", "纳税人名称", "Taxpayer").Must(), Col.Division()),
            (scale, pen) =>
            {
                var number = 0;
                foreach (var c in Companies.All(scale))
                    if (scale.Chance("tax credit", number++).Hits(9, 100) && c is { Kind: "91", Status: "1" }) pen.Cell(c.CreditCode).Cell(scale.Today.Year - 1).Cell(c.Name).Cell(c.County.Code).End();
            }),

        new("tax-informants", "taxation", Of(
            "税收违法行为检举登记", "Reports of tax offences", "税收违法行为检举的登记和处理情况。", "Register of reports of tax offences.", "检举 举报 税收违法", "307002", "finance", "S", UpdatePromise.AsNeeded,
            Never("收到检举的机关应当为检举人保密", Law.TaxInformants), Closed("应当为检举人保密", Law.TaxInformants), Grade.General4, "report_no",
            Col.Code("report_no", "登记号", "Report number", "检举登记号").Must(), Col.Person("informant", "检举人", "Informant"), Col.Day("received_on", "收到日期", "Received on")), null),

        new("food-licences", "market-supervision", Of(
            "食品经营许可信息", "Food licences", "食品经营许可证的编号、经营者、经营项目和有效期。", "Food licences with holder, items and term.", "食品 许可 餐饮 经营许可证", "207101", "market", "F", UpdatePromise.Weekly, Free, Open, Grade.General1, "licence_no",
            Col.Code("licence_no", "许可证编号", "Licence number", "JY 开头的许可证编号").Must(), Col.Credit(), Col.Organisation("holder", "经营者名称", "Holder").Must(), Col.Text("items", "经营项目", "Items", 80), Col.Day("issued_on", "签发日期", "Issued on"), Col.Day("valid_until", "有效期止", "Valid until"), Col.Division(), Col.Longitude, Col.Latitude),
            (scale, pen) =>
            {
                var number = 0;
                foreach (var c in Companies.All(scale).Where(c => c.Industry is "H62" or "C13" or "F52"))
                {
                    var chance = scale.Chance("food licence", number++);
                    var issued = scale.Today.AddDays(-chance.Between(5, 1700));
                    pen.Cell($"JY{chance.Between(1, 3)}{c.County.Code}{number:0000000}").Cell(c.CreditCode).Cell(c.Name).Cell(chance.Hits(1, 2) ? "热食类食品制售" : "预包装食品销售，散装食品销售").Cell(issued).Cell(issued.AddYears(5)).Cell(c.County.Code).Cell(c.Longitude, 6).Cell(c.Latitude, 6).End();
                }
            }),

        new("inspections", "market-supervision", Of(
            "双随机、一公开抽查结果", "Random inspections", "双随机、一公开监管的抽查对象、抽查事项和结果。", "Random inspections: who, what, result.", "双随机 抽查 监管 检查结果", "207102", "market", "S", UpdatePromise.Weekly, Free, Open, Grade.General1, "inspection_no",
            Col.Code("inspection_no", "抽查编号", "Number", "抽查编号").Must(), Col.Credit().Must(), Col.Organisation("name", "抽查对象", "Inspected").Must(), Col.Text("matter", "抽查事项", "Matter", 60), Col.Text("result", "抽查结果", "Result", 60), Col.Day("inspected_on", "抽查日期", "Inspected on"), Col.Organisation("authority", "实施机关", "Authority"), Col.Division()),
            (scale, pen) =>
            {
                string[] matters = ["登记事项检查", "公示信息检查", "食品安全监督检查", "价格行为检查", "特种设备使用检查"];
                string[] results = ["未发现问题", "未发现问题", "未发现问题", "未发现问题", "发现问题已责令改正", "通过登记的住所无法联系", "不配合检查情节严重"];
                for (var i = 0; i < scale.About(9_000); i++)
                {
                    var chance = scale.Chance("inspection", i);
                    var c = Companies.Make(scale, chance.Below(scale.Companies));
                    pen.Cell($"SSJ{i:0000000}").Cell(c.CreditCode).Cell(c.Name).Cell(matters[chance.Below(matters.Length)]).Cell(results[chance.Below(results.Length)]).Cell(scale.Today.AddDays(-chance.Between(1, 400))).Cell(c.County.Name + "市场监督管理局").Cell(c.County.Code).End();
                }
            }),

        new("consumer-complaints", "market-supervision", Of(
            "消费投诉统计", "Consumer complaints", "按月、县区和商品服务类别统计的消费投诉量与办结率。", "Complaints per month, county and kind, with the share settled.", "投诉 消费 12315 维权", "207103", "market", "S", UpdatePromise.Monthly, Free, Open, Grade.General1, "month division category",
            Col.Day("month", "月份", "Month").Must(), Col.Division().Must(), Col.Text("category", "类别", "Category", 30).Must(), Col.Count("complaints", "投诉量", "Complaints"), Col.Amount("settled", "办结率", "Settled", 1, "单位：%")),
            Complaints),

        new("elevators", "market-supervision", Of(
            "电梯使用登记信息", "Elevators", "电梯使用登记：设备代码、使用单位、维保单位、下次检验日期和坐标。", "Registered elevators with user, maintenance, next check and place.", "电梯 特种设备 检验 安全", "207104", "work-safety", "S", UpdatePromise.Monthly, Free, Open, Grade.General1, "device_code",
            Col.Code("device_code", "设备代码", "Device", "特种设备代码").Must(), Col.Text("name", "使用地点", "Place", 80), Col.Count("floors", "层站数", "Floors"), Col.Day("next_check", "下次检验日期", "Next check"), Col.Address(), Col.Division(), Col.Longitude, Col.Latitude),
            (scale, pen) => Places.Write(scale, pen, "elevator", scale.About(5_200), ["住宅小区", "商业广场", "办公楼", "医院"], (ref chance) => pen.Cell(chance.Between(4, 33)).Cell(scale.Today.AddDays(chance.Between(-15, 360))))),

        new("construction-permits", "housing", Of(
            "建筑工程施工许可信息", "Construction permits", "建筑工程施工许可证的工程、建设单位、合同造价和发证日期。", "Construction permits with project, owner, price and date.", "施工许可 建筑 工程 住建", "207201", "housing", "E", UpdatePromise.Weekly, Free, Open, Grade.General1, "permit_no",
            Col.Code("permit_no", "施工许可证号", "Permit", "施工许可证编号").Must(), Col.Text("project", "工程名称", "Project", 80).Must(), Col.Credit("owner_code", "建设单位代码", "Owner's code"), Col.Organisation("owner", "建设单位", "Owner"), Col.Amount("area", "建筑规模", "Floor area", 1, "单位：平方米"), Col.Money("price", "合同价格", "Contract price"), Col.Day("issued_on", "发证日期", "Issued on"), Col.Division(), Col.Longitude, Col.Latitude),
            (scale, pen) =>
            {
                for (var i = 0; i < scale.About(1_500); i++)
                {
                    var chance = scale.Chance("construction", i);
                    var c = Companies.Make(scale, chance.Below(scale.Companies));
                    var area = 800 + chance.Unit() * 90_000;
                    var issued = scale.Today.AddDays(-chance.Between(1, 1400));
                    pen.Cell($"{c.County.Code}{issued.Year}{i:000000}").Cell($"{Region.Road(ref chance)[..^1]}地块{new[] { "住宅", "厂房", "学校", "综合楼" }[chance.Below(4)]}工程").Cell(c.CreditCode).Cell(c.Name).Cell(area, 1).Yuan((long)(area * 3_200) * 100).Cell(issued).Cell(c.County.Code).Cell(c.Longitude, 6).Cell(c.Latitude, 6).End();
                }
            }),

        new("presale-permits", "housing", Of(
            "商品房预售许可信息", "Presale permits for housing", "商品房预售许可的楼盘、开发企业、预售套数和面积。", "Presale permits with project, developer, flats and area.", "商品房 预售 楼盘 住房", "207202", "housing", "K", UpdatePromise.Weekly, Free, Open, Grade.General1, "permit_no",
            Col.Code("permit_no", "预售许可证号", "Permit", "预售许可证编号").Must(), Col.Text("project", "楼盘名称", "Project", 60).Must(), Col.Organisation("developer", "开发企业", "Developer"), Col.Count("flats", "预售套数", "Flats"), Col.Amount("area", "预售面积", "Area", 1, "单位：平方米"), Col.Day("issued_on", "发证日期", "Issued on"), Col.Division()),
            (scale, pen) =>
            {
                for (var i = 0; i < scale.About(420); i++)
                {
                    var chance = scale.Chance("presale", i);
                    var county = Region.AnyCounty(ref chance);
                    var flats = chance.Between(24, 480);
                    var issued = scale.Today.AddDays(-chance.Between(1, 1200));
                    pen.Cell($"{county.City.Name[..1]}房预售{issued.Year}第{i:0000}号").Cell(Region.Road(ref chance)[..^1] + new[] { "花园", "雅苑", "府", "里" }[chance.Below(4)]).Cell($"{county.City.Name[..^1]}云居置业有限公司").Cell(flats).Cell(flats * (82 + chance.Unit() * 40), 1).Cell(issued).Cell(county.Code).End();
                }
            }),

        new("economic-indicators", "statistics", Of(
            "主要经济指标季度数据", "Economic indicators by quarter", "分县区地区生产总值、社会消费品零售总额和居民人均可支配收入。", "GDP, retail sales and income per head by county and quarter.", "GDP 经济 统计 收入 消费", "207301", "finance", "S", UpdatePromise.Quarterly, Free, Open, Grade.General1, "quarter division",
            Col.Text("quarter", "季度", "Quarter", 7).Must(), Col.Division().Must(), Col.Text("county", "县（市、区）", "County", 30), Col.Amount("gdp", "地区生产总值", "GDP", 2, "单位：亿元，现价累计"), Col.Amount("retail", "社会消费品零售总额", "Retail sales", 2, "单位：亿元，累计"), Col.Count("income_per_head", "居民人均可支配收入", "Income per head", "单位：元，累计")),
            Indicators),

        new("statistical-unit-records", "statistics", Of(
            "统计调查单位原始资料", "Raw returns of statistical surveys", "统计调查中取得的单个调查对象原始资料。", "Returns of single respondents to statistical surveys.", "统计 调查 原始资料 基层数据", "307301", "finance", "S", UpdatePromise.Yearly,
            Never("统计调查中获得的能够识别或者推断单个统计调查对象身份的资料，不得对外提供", Law.Statistics), Closed("能够识别单个统计调查对象身份的资料不得对外提供", Law.Statistics), Grade.General4, "credit_code year",
            Col.Credit().Must(), Col.Count("year", "年度", "Year").Must(), Col.Money("revenue", "营业收入", "Revenue"), Col.Count("staff", "从业人员", "Staff")), null),
    ];

    private static void TaxPayments(Scale scale, Pen pen)
    {
        var number = 0;
        foreach (var company in Companies.All(scale))
        {
            var chance = scale.Chance("tax", number++);
            if (company.Kind != "91" || company.Status != "1") continue;
            foreach (var tax in new[] { "01", "04" })
            {
                var due = Math.Max(0, company.CapitalFen / 1000 * chance.Between(1, 60));
                pen.Cell(company.CreditCode).Cell(scale.Today.Year - 1).Cell(tax).Cell(company.Name).Yuan(due).Yuan(chance.Hits(96, 100) ? due : due * chance.Between(3, 9) / 10).Cell(company.County.Code).End();
            }
        }
    }

    private static void Complaints(Scale scale, Pen pen)
    {
        string[] categories = ["食品", "服装鞋帽", "家用电器", "网络购物", "预付卡", "餐饮住宿", "教育培训", "美容美发"];
        for (var back = 12; back >= 1; back--)
            foreach (var county in Region.Counties)
                foreach (var category in categories)
                {
                    var chance = scale.Chance("complaint " + county.Code + category, back);
                    pen.Cell(new DateOnly(scale.Today.Year, scale.Today.Month, 1).AddMonths(-back)).Cell(county.Code).Cell(category).Cell(county.Weight * chance.Between(2, 14)).Cell(91 + chance.Unit() * 8, 1).End();
                }
    }

    private static void Indicators(Scale scale, Pen pen)
    {
        for (var year = scale.Today.Year - 5; year < scale.Today.Year; year++)
            for (var quarter = 1; quarter <= 4; quarter++)
                foreach (var county in Region.Counties)
                {
                    var chance = scale.Chance("indicator " + county.Code, year * 4 + quarter);
                    var growth = 1 + (year - scale.Today.Year + 5) * 0.052;
                    var gdp = county.Weight * 6.4 * quarter * growth * (0.97 + chance.Unit() * 0.06);
                    pen.Cell($"{year}-Q{quarter}").Cell(county.Code).Cell(county.Name).Cell(gdp, 2).Cell(gdp * (0.34 + chance.Unit() * 0.04), 2).Cell((int)(11_200 * quarter * growth * (0.92 + chance.Unit() * 0.16))).End();
                }
    }
}
