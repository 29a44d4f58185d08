using Tongxiang.Catalog;
using static Tongxiang.Server.Demo.Resources.Sheet;

namespace Tongxiang.Server.Demo.Resources;

/// <summary>Civil affairs, work and social security, medical insurance, housing fund.</summary>
internal static class Livelihood
{
    public static IReadOnlyList<Resource> All { get; } =
    [
        new("marriages", "civil-affairs", Of(
            "婚姻登记信息", "Marriage registrations", "结婚、离婚登记的双方身份、登记类型和日期。", "Marriages and divorces registered, with both parties.", "婚姻 结婚 离婚 登记 民政", "306201", "population", "S", UpdatePromise.Daily,
            If("自然资源、住房城乡建设、公安、教育等部门", "不动产登记、户口迁移等事项核验婚姻状况，不再要求提交证明", Law.PersonalDuty), Personal, Grade.General4, "registration_no",
            Col.Code("registration_no", "登记证字号", "Registration number", "婚姻登记证字号").Must(), Col.Citizen("man_id", "男方身份号码", "Husband's number").Must(), Col.Person("man_name", "男方姓名", "Husband"),
            Col.Citizen("woman_id", "女方身份号码", "Wife's number").Must(), Col.Person("woman_name", "女方姓名", "Wife"), Col.Code("kind", "登记类型", "Kind", "1 结婚、2 离婚"),
            Col.Day("registered_on", "登记日期", "Registered on").OfPerson(), Col.Division(title: "登记机关区划", titleEn: "Registry's division")),
            Marriages),

        new("minimum-living-allowance", "civil-affairs", Of(
            "最低生活保障对象信息", "Minimum living allowance", "城乡最低生活保障家庭及其月补助金额。", "Households on minimum living allowance and what they receive.", "低保 救助 困难群众 民政", "306202", "assistance", "S", UpdatePromise.Monthly,
            If("教育、医疗保障、住房城乡建设等部门", "助学、医疗救助、住房保障资格核验", Law.SocialRelief, Law.PersonalDuty), Closed("履行社会救助职责中知悉的公民个人信息应当保密", Law.SocialRelief), Grade.General4, "citizen_id",
            Col.Citizen().Must(), Col.Person().Must(), Col.Count("members", "享受人数", "Members covered").OfPerson(), Col.Money("monthly_amount", "月补助金额", "Monthly amount").OfPerson(),
            Col.Day("since", "享受起始日期", "Since").OfPerson(), Col.Division()),
            (scale, pen) => EachResident(scale, "allowance", 22, 1000, p => p.Relation == "02", (person, chance) =>
                pen.Cell(person.Id).Cell(person.Name).Cell(chance.Between(1, 4)).Yuan(chance.Between(420, 1900) * 100L).Cell(scale.Today.AddDays(-chance.Between(30, 2400))).Cell(person.County.Code).End())),

        new("nursing-homes", "civil-affairs", Of(
            "养老机构信息", "Nursing homes", "养老机构的名称、床位、收费区间、联系电话和坐标。", "Nursing homes with beds, fees, phone and place.", "养老 机构 床位 老年人 敬老院", "206201", "living", "Q", UpdatePromise.Quarterly, Free, Open, Grade.General1, "home_code",
            Col.Code("home_code", "机构编码", "Code", "机构编码").Must(), Col.Organisation("name", "机构名称", "Name").Must(), Col.Count("beds", "床位数", "Beds"), Col.Count("free_beds", "空余床位", "Free beds"),
            Col.Money("monthly_from", "月收费下限", "Monthly fee from"), Col.Money("monthly_to", "月收费上限", "Monthly fee to"), Col.Address(), Col.Phone(), Col.Division(), Col.Longitude, Col.Latitude),
            (scale, pen) => Places.Write(scale, pen, "home", scale.About(260), ["颐年养老院", "夕阳红护理中心", "社区嵌入式养老服务站", "福寿园敬老院"], (ref chance) =>
            {
                var beds = chance.Between(3, 40) * 5;
                var fee = chance.Between(15, 60) * 10_000L;
                pen.Cell(beds).Cell(chance.Below(beds)).Yuan(fee).Yuan(fee * chance.Between(12, 30) / 10);
            }, hasPhone: true)),

        new("social-organisations", "civil-affairs", Of(
            "社会组织登记名录", "Social organisations", "依法登记的社会团体和民办非企业单位名录。", "Registered associations and private non-profit units.", "社会组织 社团 民非 名录", "306203", "organisations", "S", UpdatePromise.Monthly, Free, Open, Grade.General1, "credit_code",
            Col.Credit().Must(), Col.Organisation("name", "名称", "Name").Must(), Col.Code("kind", "类别", "Kind", "51 社会团体、52 民办非企业单位"), Col.Day("founded_on", "成立日期", "Founded on"), Col.Code("status", "状态", "Status", "1 正常、2 撤销、3 注销、4 迁出"), Col.Division()),
            (scale, pen) =>
            {
                foreach (var c in Companies.All(scale).Where(c => c.Kind is "51" or "52")) pen.Cell(c.CreditCode).Cell(c.Name).Cell(c.Kind).Cell(c.Founded).Cell(c.Status).Cell(c.County.Code).End();
            }),

        new("lanpu-community-canteens", "lanpu-civil-affairs", Of(
            "澜浦市老年食堂信息", "Lanpu community canteens", "澜浦市社区老年食堂的位置、开放时间和助餐优惠。", "Canteens for the elderly in Lanpu: place, hours, discount.", "老年 助餐 食堂 社区", "206202", "living", "H", UpdatePromise.Quarterly, Free, Open, Grade.General1, "canteen_code",
            Col.Code("canteen_code", "食堂编码", "Code", "食堂编码").Must(), Col.Text("name", "名称", "Name", 60).Must(), Col.Text("hours", "开放时间", "Hours", 40), Col.Count("discount", "优惠比例", "Discount", "老年人优惠百分比"),
            Col.Address(), Col.Division(), Col.Longitude, Col.Latitude).In(Region.Lanpu),
            (scale, pen) => Places.Write(scale, pen, "canteen", scale.About(120), ["幸福食堂", "乐龄餐厅", "邻里助餐点"], (ref chance) => pen.Cell("10:30-13:00,16:30-18:30").Cell(chance.Between(1, 5) * 10), city: Region.Lanpu)),

        new("social-security-participation", "human-resources", Of(
            "社会保险参保信息", "Social insurance participation", "职工和城乡居民养老、失业、工伤保险参保情况，按人归集。", "Who is insured for pension, unemployment and work injury, and by which employer.",
            "社保 参保 养老保险 失业保险 工伤", "306301", "employment", "S", UpdatePromise.Monthly,
            If("医疗保障、民政、税务、住房公积金等部门", "待遇资格、救助资格核验和企业招用情况核查", Law.SocialInsurance, Law.PersonalDuty), Closed("社会保险信息依法应当为用人单位和个人保密", Law.SocialInsurance), Grade.General3, "citizen_id",
            Col.Citizen().Must(), Col.Person().Must(), Col.Code("scheme", "险种", "Scheme", "1 职工养老保险、2 城乡居民养老保险").OfPerson(), Col.Credit("employer_code", "参保单位代码", "Employer"), Col.Money("contribution_base", "月缴费基数", "Contribution base").OfPerson(),
            Col.Day("insured_since", "首次参保日期", "Insured since").OfPerson(), Col.Code("status", "参保状态", "Status", "1 正常参保、2 暂停、3 终止").OfPerson(), Col.Division(title: "参保地区划", titleEn: "Division insured in")),
            SocialSecurity),

        new("pension-payments", "human-resources", Of(
            "养老待遇领取信息", "Pensions in payment", "领取养老待遇人员的待遇类型、月金额和最近一次资格认证日期。", "Pensions in payment with amount and date of the last eligibility check.", "养老金 待遇 资格认证 零跑腿", "306302", "employment", "S", UpdatePromise.Monthly,
            If("公安、民政、卫生健康、医疗保障部门", "待遇领取资格静默认证和死亡、服刑等情形比对", Law.SocialInsurance, Law.PersonalDuty), Closed("社会保险信息依法应当为个人保密", Law.SocialInsurance), Grade.General4, "citizen_id",
            Col.Citizen().Must(), Col.Person().Must(), Col.Code("kind", "待遇类型", "Kind", "1 职工养老金、2 城乡居民养老金").OfPerson(), Col.Money("monthly_amount", "月待遇金额", "Monthly amount").OfPerson(), Col.Day("paid_since", "领取起始日期", "Paid since").OfPerson(),
            Col.Day("checked_on", "最近资格认证日期", "Last checked on").OfPerson(), Col.Division()),
            (scale, pen) => EachResident(scale, "pension", 94, 100, p => p.Age(scale.Today) >= 60, (person, chance) =>
            {
                var isWorker = chance.Hits(38, 100);
                pen.Cell(person.Id).Cell(person.Name).Cell(isWorker ? "1" : "2").Yuan(isWorker ? chance.Between(2200, 6800) * 100L : chance.Between(180, 620) * 100L)
                    .Cell(person.Birth.AddYears(60).AddDays(30)).Cell(scale.Today.AddDays(-chance.Between(1, 360))).Cell(person.County.Code).End();
            })),

        new("job-vacancies", "human-resources", Of(
            "公共招聘岗位信息", "Job vacancies", "公共就业服务机构发布的招聘岗位：单位、岗位、人数、月薪区间和学历要求。", "Vacancies at public employment services.", "就业 招聘 岗位 求职 工作", "206301", "employment", "L", UpdatePromise.Daily, Free, Open, Grade.General1, "vacancy_no",
            Col.Code("vacancy_no", "岗位编号", "Vacancy number", "岗位编号").Must(), Col.Credit("employer_code", "单位代码", "Employer"), Col.Organisation("employer", "招聘单位", "Employer's name").Must(), Col.Text("job", "岗位名称", "Job", 60).Must(),
            Col.Count("places", "招聘人数", "Places"), Col.Money("monthly_from", "月薪下限", "Monthly pay from"), Col.Money("monthly_to", "月薪上限", "Monthly pay to"), Col.Text("education", "学历要求", "Education", 20), Col.Day("posted_on", "发布日期", "Posted on"), Col.Division()),
            Vacancies),

        new("medical-insurance-enrolment", "medical-insurance", Of(
            "基本医疗保险参保信息", "Medical insurance enrolment", "职工和城乡居民基本医疗保险参保人员、险种、缴费年度和参保状态。", "Enrolment in basic medical insurance.", "医保 参保 医疗保险 居民医保", "306303", "employment", "S", UpdatePromise.Daily,
            If("卫生健康、民政、人力资源社会保障、税务等部门", "就医结算、医疗救助和征缴核对", Law.SocialInsurance, Law.PersonalDuty), Closed("社会保险信息依法应当为个人保密", Law.SocialInsurance), Grade.General3, "citizen_id",
            Col.Citizen().Must(), Col.Person().Must(), Col.Code("scheme", "险种", "Scheme", "1 职工医保、2 城乡居民医保").OfPerson(), Col.Count("paid_year", "缴费年度", "Year paid").OfPerson(), Col.Code("status", "参保状态", "Status", "1 正常、2 中断").OfPerson(), Col.Division(title: "参保地区划", titleEn: "Division enrolled in")),
            (scale, pen) => EachResident(scale, "medical insurance", 95, 100, _ => true, (person, chance) =>
                pen.Cell(person.Id).Cell(person.Name).Cell(person.Age(scale.Today) is >= 22 and < 60 && chance.Hits(46, 100) ? "1" : "2").Cell(scale.Today.Year).Cell(chance.Hits(97, 100) ? "1" : "2").Cell(person.County.Code).End())),

        new("designated-pharmacies", "medical-insurance", Of(
            "医保定点零售药店名录", "Pharmacies under medical insurance", "医保定点零售药店的名称、地址、是否开通门诊统筹和坐标。", "Pharmacies that settle with medical insurance.", "医保 药店 定点 门诊统筹", "206302", "health", "F", UpdatePromise.Monthly, Free, Open, Grade.General1, "pharmacy_code",
            Col.Code("pharmacy_code", "药店编码", "Code", "国家医保定点药店编码格式").Must(), Col.Organisation("name", "药店名称", "Name").Must(), Col.Code("pooled", "开通门诊统筹", "Outpatient pooling", "1 已开通、0 未开通"), Col.Address(), Col.Phone(), Col.Division(), Col.Longitude, Col.Latitude),
            (scale, pen) => Places.Write(scale, pen, "pharmacy", scale.About(1_400), ["康和大药房", "益民药店", "百草堂药房", "同安医药连锁"], (ref chance) => pen.Cell(chance.Hits(6, 10) ? "1" : "0"), hasPhone: true)),

        new("medical-fund-by-month", "medical-insurance", Of(
            "医保基金收支月报", "Medical insurance fund by month", "按险种和统筹区统计的医保基金月度收入、支出和累计结余。", "Monthly income, expenditure and balance of the insurance fund.", "医保 基金 收支 月报 统计", "206303", "employment", "S", UpdatePromise.Monthly, Free, Open, Grade.General1, "month division scheme",
            Col.Day("month", "月份", "Month").Must(), Col.Division(title: "统筹区", titleEn: "Pool").Must(), Col.Code("scheme", "险种", "Scheme", "1 职工医保、2 城乡居民医保").Must(), Col.Money("income", "收入", "Income"), Col.Money("expenditure", "支出", "Expenditure"), Col.Money("balance", "累计结余", "Balance")),
            MedicalFund),

        new("housing-fund-accounts", "housing-fund", Of(
            "住房公积金缴存信息", "Housing provident fund accounts", "职工住房公积金账户的缴存单位、月缴存额和账户状态。", "Housing fund accounts with employer, monthly payment and status.", "公积金 缴存 住房", "306304", "housing", "S", UpdatePromise.Monthly,
            If("住房城乡建设、税务、人力资源社会保障部门", "购房提取、个税专项附加扣除和用工核查", Law.PersonalDuty), Personal, Grade.General3, "citizen_id",
            Col.Citizen().Must(), Col.Person().Must(), Col.Credit("employer_code", "缴存单位代码", "Employer"), Col.Money("monthly_payment", "月缴存额", "Monthly payment").OfPerson(), Col.Money("balance", "账户余额", "Balance").OfPerson(), Col.Code("status", "账户状态", "Status", "1 正常、2 封存")),
            (scale, pen) => EachResident(scale, "housing fund", 34, 100, p => p.Age(scale.Today) is >= 24 and < 60, (person, chance) =>
            {
                var monthly = chance.Between(300, 3600) * 100L;
                pen.Cell(person.Id).Cell(person.Name).Cell(Employer(scale, chance)).Yuan(monthly).Yuan(monthly * chance.Between(3, 90)).Cell(chance.Hits(92, 100) ? "1" : "2").End();
            })),
    ];

    /// <summary>Runs over the residents that fit, drawing for each; the drawing does not depend on who fits.</summary>
    public static void EachResident(Scale scale, string kind, int hits, int of, Func<Resident, bool> fits, Action<Resident, Chance> write)
    {
        var number = 0;
        foreach (var person in Population.People(scale))
        {
            var chance = scale.Chance(kind, number++);
            if (fits(person) && chance.Hits(hits, of)) write(person, chance);
        }
    }

    private static string Employer(Scale scale, Chance chance) => Companies.Make(scale, chance.Below(scale.Companies)).CreditCode;

    private static void Marriages(Scale scale, Pen pen)
    {
        Resident? head = null;
        var number = 0;
        foreach (var person in Population.People(scale))
        {
            if (person.Relation == "02") head = person;
            if (person.Relation != "10" || head is null) continue;
            var chance = scale.Chance("marriage", number++);
            var younger = person.Birth > head.Birth ? person.Birth : head.Birth;
            var day = younger.AddYears(20).AddDays(chance.Between(10, 3200));
            if (day > scale.Today) day = scale.Today.AddDays(-chance.Between(1, 60));
            var (man, woman) = head.IsMale ? (head, person) : (person, head);
            pen.Cell($"J{person.County.Code}-{day.Year}-{number:0000000}").Cell(man.Id).Cell(man.Name).Cell(woman.Id).Cell(woman.Name).Cell("1").Cell(day).Cell(person.County.Code).End();
        }
    }

    private static void SocialSecurity(Scale scale, Pen pen) => EachResident(scale, "social security", 78, 100, p => p.Age(scale.Today) is >= 18 and < 60, (person, chance) =>
    {
        var isWorker = chance.Hits(55, 100);
        var since = person.Birth.AddYears(18).AddDays(chance.Between(30, Math.Max(60, (person.Age(scale.Today) - 18) * 300)));
        pen.Cell(person.Id).Cell(person.Name).Cell(isWorker ? "1" : "2").Cell(isWorker ? Employer(scale, chance) : "").Yuan(isWorker ? chance.Between(39, 210) * 10_000L : 0)
            .Cell(since > scale.Today ? scale.Today : since).Cell(chance.Hits(91, 100) ? "1" : chance.Hits(4, 5) ? "2" : "3").Cell(person.County.Code).End();
    });

    private static void Vacancies(Scale scale, Pen pen)
    {
        string[] jobs = ["软件工程师", "数控机床操作工", "仓储管理员", "幼儿园教师", "护理员", "会计", "电工", "配送员", "客房服务员", "园艺工", "质检员", "平面设计师"];
        string[] education = ["不限", "高中", "大专", "本科", "硕士"];
        for (var i = 0; i < scale.About(3_600); i++)
        {
            var chance = scale.Chance("vacancy", i);
            var company = Companies.Make(scale, chance.Below(scale.Companies));
            var pay = chance.Between(32, 120) * 10_000L;
            pen.Cell($"GW{i:0000000}").Cell(company.CreditCode).Cell(company.Name).Cell(jobs[chance.Below(jobs.Length)]).Cell(chance.Between(1, 12)).Yuan(pay).Yuan(pay + chance.Between(5, 60) * 10_000L)
                .Cell(education[chance.Weighted([30, 25, 25, 17, 3])]).Cell(scale.Today.AddDays(-chance.Below(45))).Cell(company.County.Code).End();
        }
    }

    private static void MedicalFund(Scale scale, Pen pen)
    {
        foreach (var city in Region.Cities)
        {
            foreach (var scheme in new[] { "1", "2" })
            {
                var chance = scale.Chance("medical fund " + city.Code + scheme);
                var balance = 4_000_000_000L + chance.Below(1_000_000_000);
                for (var back = 36; back >= 1; back--)
                {
                    var month = new DateOnly(scale.Today.Year, scale.Today.Month, 1).AddMonths(-back);
                    var income = 300_000_000L + chance.Below(60_000_000);
                    var spent = 280_000_000L + chance.Below(70_000_000);
                    balance += income - spent;
                    pen.Cell(month).Cell(city.Code).Cell(scheme).Yuan(income * 100).Yuan(spent * 100).Yuan(balance * 100).End();
                }
            }
        }
    }
}
