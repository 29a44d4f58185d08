using Tongxiang.Catalog;
using static Tongxiang.Server.Demo.Resources.Sheet;

namespace Tongxiang.Server.Demo.Resources;

/// <summary>The base libraries: people, legal persons, space, certificates, credit.</summary>
internal static class Registers
{
    public static IReadOnlyList<Resource> All { get; } =
    [
        new("population", "police", Of(
            "人口基础信息", "Population register", "全省常住户籍人口的基础信息，按户归集，是人口基础库的核心资源。演示数据均为生成，不对应任何真实个人。",
            "Residents with identity number, name, sex, birth, household and address. All people are generated; none of them exists.",
            "人口 户籍 居民 身份 五大基础库", "101001", "population", "S", UpdatePromise.Daily,
            If("全省各级政务部门", "行政许可、社会保障、社会救助等依法履职事项中核验和查询申请人身份", Law.PersonalDuty), Personal, Grade.General4, "citizen_id",
            Col.Citizen().Must(), Col.Person().Must(), Col.Sex().Must(), Col.Day("birth_date", "出生日期", "Birth date").Must().OfPerson(),
            Col.Code("ethnicity", "民族代码", "Ethnic group", "民族数字代码，GB/T 3304", "ethnic").OfPerson(), Col.Division().Must(), Col.Code("household_no", "户号", "Household number", "户口簿编号").OfPerson(),
            Col.Code("relation", "与户主关系", "Relation to head", "家庭关系代码，GB/T 4761：02 户主、10 配偶、20 子、30 女、51 父、52 母、90 其他").OfPerson(),
            Col.Code("marital_status", "婚姻状况", "Marital status", "婚姻状况代码，GB/T 2261.2：10 未婚、20 已婚、30 丧偶、40 离婚", "marital").OfPerson(),
            Col.Address(title: "户籍地址", titleEn: "Registered address").OfPerson(), Col.Phone().OfPerson(), Col.Day("registered_on", "登记日期", "Registered on")),
            (scale, pen) => PopulationFile.Write(scale, pen)),

        new("population-by-county-and-age", "police", Of(
            "分县分年龄人口统计", "Population by county, age and sex", "按县级区划、五岁年龄组和性别统计的户籍人口数，由人口基础信息汇总，不含个人信息。",
            "Registered residents counted by county, five-year age group and sex.", "人口 年龄 性别 统计 老龄化", "206003", "population", "S", UpdatePromise.Monthly,
            Free, Open, Grade.General1, "division age_from sex",
            Col.Division().Must(), Col.Text("county", "县（市、区）", "County", 30), Col.Count("age_from", "年龄组下限", "Age from", "五岁年龄组的下限，100 表示 100 岁及以上").Must(),
            Col.Sex().Must() with { IsPersonal = false }, Col.Count("persons", "人数", "Persons").Must()),
            CountPeople),

        new("identity-fingerprints", "police", Of(
            "居民身份证指纹信息采集登记", "Fingerprints taken for identity cards", "申领居民身份证时采集指纹信息的登记情况。", "Register of fingerprints taken when identity cards are issued.",
            "身份证 指纹 生物识别", "306005", "safety", "S", UpdatePromise.AsNeeded,
            Never("因制发居民身份证而知悉的公民个人信息依法应当保密，且属于生物识别信息", Law.IdentityCard, Law.SensitivePersonal),
            Closed("属于敏感个人信息", Law.SensitivePersonal), Grade.General4, "citizen_id",
            Col.Citizen().Must(), Col.Day("taken_on", "采集日期", "Taken on"), Col.Code("quality", "指纹质量", "Print quality", "采集质量等级").OfPerson()), null),

        new("driving-licences", "police", Of(
            "机动车驾驶证信息", "Driving licences", "机动车驾驶证的准驾车型、有效期和状态，供道路运输从业资格等事项核验。", "Driving licences with class, term and status.",
            "驾驶证 机动车 准驾车型 交通", "306006", "safety", "G", UpdatePromise.Daily,
            If("交通运输、人力资源社会保障、教育等部门", "从业资格、校车驾驶资格等事项的资格核验", Law.PersonalDuty), Personal, Grade.General3, "citizen_id",
            Col.Citizen().Must(), Col.Person().Must(), Col.Code("class", "准驾车型", "Class", "准驾车型代号：A1、A2、B1、B2、C1、C2、D").OfPerson(), Col.Day("issued_on", "初次领证日期", "Issued on").OfPerson(),
            Col.Day("valid_until", "有效期止", "Valid until").OfPerson(), Col.Code("status", "状态", "Status", "1 正常、2 逾期未审验、3 注销").OfPerson()),
            DrivingLicences),

        new("legal-persons", "market-supervision", Of(
            "法人基础信息", "Legal persons", "全省企业、个体工商户、社会组织和事业单位的登记基础信息，是法人基础库的核心资源。演示数据均为生成。",
            "Registered legal persons with credit code, industry, capital, status and place. All of them are generated.",
            "法人 企业 工商登记 营业执照 五大基础库", "101002", "market", "S", UpdatePromise.Daily,
            Free, OpenIf("限用于信用评价、产业研究等合法用途，不得用于电话营销", "数据仅在申请主体内部使用，建立访问日志，到期删除"), Grade.General3, "credit_code",
            Col.Credit().Must(), Col.Organisation("name", "名称", "Name").Must(), Col.Code("kind", "组织类型", "Kind", "信用代码前两位：91 企业、92 个体工商户、93 农民专业合作社、51 社会团体、52 民办非企业、12 事业单位"),
            Col.Code("industry", "行业代码", "Industry", "国民经济行业分类门类和大类，GB/T 4754"), Col.Money("registered_capital", "注册资本", "Registered capital"), Col.Day("founded_on", "成立日期", "Founded on").Must(),
            Col.Code("status", "登记状态", "Status", "1 存续、2 吊销、3 注销、4 迁出"), Col.Division().Must(), Col.Address(title: "住所", titleEn: "Domicile"),
            Col.Person("representative", "法定代表人", "Representative").Guarded(), Col.Phone().OfPerson().Guarded(), Col.Longitude, Col.Latitude),
            (scale, pen) => CompaniesFile.Write(scale, pen)),

        new("company-list", "market-supervision", Of(
            "企业登记公示名录", "Public list of companies", "依法公示的企业登记信息：代码、名称、行业、成立日期和登记状态。", "Companies in the public register: code, name, industry, founding date, status.",
            "企业 公示 名录 工商 营业执照", "306101", "market", "S", UpdatePromise.Weekly, Free, Open, Grade.General1, "credit_code",
            Col.Credit().Must(), Col.Organisation("name", "企业名称", "Name").Must(), Col.Code("industry", "行业代码", "Industry", "GB/T 4754"), Col.Day("founded_on", "成立日期", "Founded on"),
            Col.Code("status", "登记状态", "Status", "1 存续、2 吊销、3 注销、4 迁出"), Col.Division()),
            (scale, pen) =>
            {
                foreach (var company in Companies.All(scale).Where(c => c.Kind == "91"))
                    pen.Cell(company.CreditCode).Cell(company.Name).Cell(company.Industry).Cell(company.Founded).Cell(company.Status).Cell(company.County.Code).End();
            }),

        new("spatial-units", "natural-resources", Of(
            "空间单元（建筑物）信息", "Spatial units (buildings)", "建筑物空间单元的编码、用途、层数、面积和中心点坐标，是空间地理基础库的核心资源。坐标落在海面上，不对应真实地点。",
            "Buildings with code, use, storeys, area and centre point. The coordinates lie on open sea on purpose.", "空间 建筑物 坐标 自然资源 五大基础库", "101003", "geography", "K", UpdatePromise.Quarterly,
            If("自然资源、住房城乡建设、应急管理、公安等部门", "规划、应急救援和人口房屋关联", Law.RealEstateUse), OpenIf("限用于规划研究和公益服务", "不得叠加个人信息"), Grade.General2, "unit_code",
            Col.Code("unit_code", "空间单元代码", "Unit code", "区划 6 位加序号 8 位").Must(), Col.Text("name", "名称", "Name", 60), Col.Code("use", "用途", "Use", "1 住宅、2 商业、3 办公、4 工业、5 公共服务"),
            Col.Count("storeys", "层数", "Storeys"), Col.Amount("floor_area", "建筑面积", "Floor area", 1, "总建筑面积，单位：平方米"), Col.Count("built_in", "建成年份", "Built in"), Col.Division().Must(),
            Col.Address(), Col.Longitude.Must(), Col.Latitude.Must()),
            SpatialUnits),

        new("standard-addresses", "natural-resources", Of(
            "标准地址", "Standard addresses", "经审定的门楼牌标准地址及其坐标，供各部门统一引用。", "Approved house-number addresses with coordinates.", "地址 门牌 地名 坐标", "101003", "geography", "S", UpdatePromise.Monthly,
            Free, Open, Grade.General1, "address_code",
            Col.Code("address_code", "地址代码", "Address code", "区划 6 位加序号 6 位").Must(), Col.Address(title: "标准地址", titleEn: "Standard address").Must(), Col.Division().Must(), Col.Day("approved_on", "审定日期", "Approved on"),
            Col.Longitude.Must(), Col.Latitude.Must()),
            (scale, pen) =>
            {
                for (var i = 0; i < scale.About(12_000); i++)
                {
                    var chance = scale.Chance("standard address", i);
                    var county = Region.AnyCounty(ref chance);
                    var point = Region.Point(county, ref chance);
                    pen.Cell($"{county.Code}{i:000000}").Cell(Region.Site(county, ref chance)).Cell(county.Code).Cell(scale.Today.AddDays(-chance.Between(20, 3000)))
                        .Cell(point.Longitude, 6).Cell(point.Latitude, 6).End();
                }
            }),

        new("electronic-certificates", Organisations.Bureau, Of(
            "电子证照目录信息", "Electronic certificates", "各部门制发的电子证照的持证主体、证照类型、编号和有效期，不含证照原件。", "Index of electronic certificates: holder, kind, number and term.",
            "电子证照 证书 执照 持证主体 五大基础库", "101005", "organisations", "S", UpdatePromise.RealTime,
            If("全省各级政务部门", "办理政务服务事项时核验证照，减少申请人重复提交材料", Law.PersonalDuty), Personal, Grade.General3, "certificate_no",
            Col.Code("certificate_no", "证照编号", "Certificate number", "证照类型代码加流水号").Must(), Col.Code("kind", "证照类型", "Kind", "居民身份证、机动车驾驶证、不动产权证书、结婚证、营业执照、食品经营许可证等"),
            Col.Code("holder_code", "持证主体代码", "Holder", "公民身份号码或统一社会信用代码").Must().OfPerson(), Col.Text("holder_name", "持证主体名称", "Holder's name", 100).OfPerson(),
            Col.Organisation("issuer", "颁发机构", "Issuer"), Col.Day("issued_on", "颁发日期", "Issued on"), Col.Day("valid_until", "有效期止", "Valid until"), Col.Code("status", "证照状态", "Status", "1 有效、2 注销")),
            Certificates),

        new("credit-records", "development-reform", Of(
            "行政处罚信用信息", "Administrative penalties (credit)", "依法公示的法人行政处罚信息，纳入公共信用信息平台。", "Published administrative penalties of legal persons.",
            "信用 行政处罚 双公示 失信 五大基础库", "101004", "credit", "S", UpdatePromise.Weekly, Free, Open, Grade.General1, "decision_no",
            Col.Code("decision_no", "决定书文号", "Decision number", "行政处罚决定书文号").Must(), Col.Credit().Must(), Col.Organisation("name", "当事人名称", "Party").Must(), Col.Text("ground", "违法事实类型", "Ground", 60),
            Col.Money("fine", "罚款金额", "Fine"), Col.Organisation("authority", "处罚机关", "Authority"), Col.Day("decided_on", "决定日期", "Decided on"), Col.Day("shown_until", "公示截止日期", "Shown until"), Col.Division()),
            Penalties),

        new("credit-ratings", "development-reform", Of(
            "公共信用综合评价结果", "Public credit ratings", "对企业公共信用的综合评价等级和得分，供差异化监管参考，不作为失信认定。", "Overall public credit rating of companies, for risk-based supervision only.",
            "信用 评价 等级 监管", "101004", "credit", "S", UpdatePromise.Monthly,
            If("负有监管职责的部门", "双随机抽查中确定差异化抽查比例"), OpenIf("限经企业授权的金融机构和信用服务机构", "仅用于授权企业的信用评估，不得转让"), Grade.General2, "credit_code",
            Col.Credit().Must(), Col.Organisation("name", "企业名称", "Name"), Col.Code("rating", "评价等级", "Rating", "A、B、C、D"), Col.Amount("score", "综合得分", "Score", 1, "0 至 100 分"), Col.Day("rated_on", "评价日期", "Rated on")),
            (scale, pen) =>
            {
                var number = 0;
                foreach (var company in Companies.All(scale))
                {
                    var chance = scale.Chance("rating", number++);
                    if (company.Kind != "91" || company.Status != "1") continue;
                    var score = Math.Clamp(76 + chance.Bell() * 11, 12, 99.5);
                    pen.Cell(company.CreditCode).Cell(company.Name).Cell(score >= 85 ? "A" : score >= 65 ? "B" : score >= 45 ? "C" : "D").Cell(score, 1).Cell(scale.Today.AddDays(-chance.Between(1, 28))).End();
                }
            }),
    ];

    private static void CountPeople(Scale scale, Pen pen)
    {
        var counts = new SortedDictionary<(string County, int Age, string Sex), int>();
        foreach (var person in Population.People(scale))
        {
            var cell = (person.County.Code, Math.Min(100, person.Age(scale.Today) / 5 * 5), person.Sex);
            counts[cell] = counts.GetValueOrDefault(cell) + 1;
        }
        foreach (var ((code, age, sex), persons) in counts)
            pen.Cell(code).Cell(Region.Counties.First(c => c.Code == code).Name).Cell(age).Cell(sex).Cell(persons).End();
    }

    private static void DrivingLicences(Scale scale, Pen pen)
    {
        string[] classes = ["C1", "C2", "B2", "A2", "D", "B1", "A1"];
        var number = 0;
        foreach (var person in Population.People(scale))
        {
            var chance = scale.Chance("driving licence", number++);
            var age = person.Age(scale.Today);
            if (age is < 19 or > 75 || !chance.Hits(46, 100)) continue;
            var issued = person.Birth.AddYears(18).AddDays(chance.Between(40, Math.Max(60, (age - 18) * 300)));
            pen.Cell(person.Id).Cell(person.Name).Cell(classes[chance.Weighted([62, 20, 7, 3, 4, 3, 1])]).Cell(issued).Cell(issued.AddYears(age > 40 ? 26 : 16)).Cell(chance.Hits(94, 100) ? "1" : chance.Hits(2, 3) ? "2" : "3").End();
        }
    }

    private static void SpatialUnits(Scale scale, Pen pen)
    {
        string[] uses = ["1", "2", "3", "4", "5"];
        for (var i = 0; i < scale.About(40_000); i++)
        {
            var chance = scale.Chance("building", i);
            var county = Region.AnyCounty(ref chance);
            var storeys = chance.Hits(1, 3) ? chance.Between(7, 32) : chance.Between(1, 7);
            var (longitude, latitude) = Region.Point(county, ref chance);
            var road = Region.Road(ref chance);
            pen.Cell($"{county.Code}{i:00000000}").Cell($"{road[..^1]}{chance.Between(1, 60)}号楼").Cell(uses[chance.Weighted([62, 14, 9, 9, 6])]).Cell(storeys)
                .Cell(storeys * (180 + chance.Unit() * 900), 1).Cell(scale.Today.Year - chance.Between(0, 44)).Cell(county.Code).Cell($"{county.City.Name}{county.Name}{road}{chance.Between(1, 480)}号")
                .Cell(longitude, 6).Cell(latitude, 6).End();
        }
    }

    private static void Certificates(Scale scale, Pen pen)
    {
        var number = 0;
        foreach (var person in Population.People(scale))
        {
            var chance = scale.Chance("certificate", number++);
            if (person.Age(scale.Today) < 16 || !chance.Hits(22, 100)) continue;
            var issued = scale.Today.AddDays(-chance.Between(1, 3200));
            pen.Cell($"SFZ{number:000000000}").Cell("居民身份证").Cell(person.Id).Cell(person.Name).Cell(person.County.City.Name + "公安局").Cell(issued).Cell(issued.AddYears(20)).Cell("1").End();
        }
        number = 0;
        foreach (var company in Companies.All(scale))
            pen.Cell($"YYZZ{++number:000000000}").Cell("营业执照").Cell(company.CreditCode).Cell(company.Name).Cell(company.County.Name + "市场监督管理局").Cell(company.Founded).Cell("").Cell(company.Status == "1" ? "1" : "2").End();
    }

    private static void Penalties(Scale scale, Pen pen)
    {
        string[] grounds = ["未按规定公示年度报告", "经营超过保质期的食品", "虚假宣传", "未取得许可从事经营活动", "计量器具未经检定", "未按规定处置危险废物", "占道经营", "消防设施未保持完好"];
        for (var i = 0; i < scale.About(6_000); i++)
        {
            var chance = scale.Chance("penalty", i);
            var company = Companies.Make(scale, chance.Below(scale.Companies));
            var decided = scale.Today.AddDays(-chance.Between(1, 1000));
            pen.Cell($"云市监罚〔{decided.Year}〕{i + 1:00000}号").Cell(company.CreditCode).Cell(company.Name).Cell(grounds[chance.Below(grounds.Length)]).Yuan(chance.Between(2, 400) * 50_000L)
                .Cell(company.County.Name + "市场监督管理局").Cell(decided).Cell(decided.AddYears(3)).Cell(company.County.Code).End();
        }
    }
}
