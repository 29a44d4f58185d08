using Tongxiang.Catalog;
using static Tongxiang.Server.Demo.Resources.Sheet;

namespace Tongxiang.Server.Demo.Resources;

/// <summary>Health, education, people with disabilities.</summary>
internal static class Care
{
    public static IReadOnlyList<Resource> All { get; } =
    [
        new("hospitals", "health", Of(
            "医疗机构信息", "Hospitals and clinics", "医疗机构的名称、等级、床位数、联系电话和坐标。", "Hospitals and clinics with level, beds, phone and place.", "医院 医疗机构 卫生院 诊所 看病", "206401", "health", "Q", UpdatePromise.Monthly, Free, Open, Grade.General1, "institution_code",
            Col.Code("institution_code", "机构编码", "Code", "医疗机构编码").Must(), Col.Organisation("name", "机构名称", "Name").Must(), Col.Text("level", "机构等级", "Level", 20), Col.Count("beds", "床位数", "Beds"), Col.Code("emergency", "设有急诊", "Emergency room", "1 有、0 无"),
            Col.Address(), Col.Phone(), Col.Division(), Col.Longitude, Col.Latitude),
            (scale, pen) => Places.Write(scale, pen, "hospital", scale.About(900), ["人民医院", "中医院", "妇幼保健院", "社区卫生服务中心", "卫生院", "诊所"], (ref chance) =>
            {
                var level = chance.Weighted([4, 12, 18, 66]);
                pen.Cell(new[] { "三级甲等", "二级甲等", "一级", "未定级" }[level]).Cell(level == 3 ? chance.Below(20) : chance.Between(40, 1600) / (level + 1)).Cell(level < 2 ? "1" : "0");
            }, hasPhone: true)),

        new("birth-certificates", "health", Of(
            "出生医学证明签发信息", "Medical birth certificates", "出生医学证明的编号、新生儿和母亲信息、签发机构。", "Birth certificates: number, child, mother, issuing hospital.", "出生 新生儿 出生证 一件事", "306401", "population", "Q", UpdatePromise.Daily,
            If("公安、医疗保障、人力资源社会保障部门", "“新生儿出生一件事”联办中的户口登记和参保登记", Law.HealthData, Law.PersonalDuty), Closed("个人健康信息，且涉及不满十四周岁未成年人", Law.HealthData, Law.SensitivePersonal), Grade.General4, "certificate_no",
            Col.Code("certificate_no", "证明编号", "Certificate number", "出生医学证明编号").Must(), Col.Person("child_name", "新生儿姓名", "Child"), Col.Sex(), Col.Day("birth_date", "出生日期", "Birth date").Must().OfPerson(), Col.Citizen("mother_id", "母亲身份号码", "Mother's number"),
            Col.Organisation("hospital", "签发机构", "Hospital"), Col.Day("issued_on", "签发日期", "Issued on"), Col.Division()),
            (scale, pen) => BirthCertificates(scale, pen)),

        new("mental-health-patients", "health", Of(
            "严重精神障碍患者管理信息", "Patients with severe mental disorders", "严重精神障碍患者的登记和随访管理情况。", "Register and follow-up of patients with severe mental disorders.", "精神卫生 患者 随访", "306402", "health", "Q", UpdatePromise.AsNeeded,
            Never("精神障碍患者的姓名、病历等可能推断出其身份的信息依法应当保密", Law.MentalHealth), Closed("属于医疗健康敏感个人信息", Law.MentalHealth, Law.SensitivePersonal), Grade.General4, "citizen_id",
            Col.Citizen().Must(), Col.Day("registered_on", "建档日期", "Registered on").OfPerson(), Col.Code("follow_up", "随访情况", "Follow-up", "随访管理分类").OfPerson()), null),

        new("aids-patients", "health", Of(
            "艾滋病病毒感染者和病人随访信息", "Follow-up of HIV-infected people", "艾滋病病毒感染者和病人的随访治疗情况。", "Follow-up and treatment of people infected with HIV.", "传染病 随访 治疗", "306403", "health", "Q", UpdatePromise.AsNeeded,
            Never("未经本人或者其监护人同意不得公开其姓名、住址、病史等信息", Law.Aids), Closed("属于医疗健康敏感个人信息", Law.Aids, Law.SensitivePersonal), Grade.General4, "patient_no",
            Col.Code("patient_no", "随访编号", "Patient number", "随访管理编号").Must().OfPerson(), Col.Code("treatment", "治疗情况", "Treatment", "抗病毒治疗分类").OfPerson()), null),

        new("schools", "education", Of(
            "学校名录", "Schools", "幼儿园、中小学和职业学校的名称、办学类型、在校生数和坐标。", "Kindergartens, schools and vocational schools with pupils and place.", "学校 教育 中小学 幼儿园 入学", "206501", "education", "P", UpdatePromise.Yearly, Free, Open, Grade.General1, "school_code",
            Col.Code("school_code", "学校标识码", "Code", "学校标识码").Must(), Col.Organisation("name", "学校名称", "Name").Must(), Col.Code("kind", "办学类型", "Kind", "1 幼儿园、2 小学、3 初中、4 高中、5 职业学校"), Col.Code("ownership", "举办性质", "Ownership", "1 公办、2 民办"), Col.Count("pupils", "在校生数", "Pupils"),
            Col.Address(), Col.Phone(), Col.Division(), Col.Longitude, Col.Latitude),
            (scale, pen) => Places.Write(scale, pen, "school", scale.About(1_100), ["实验学校", "中心学校", "第一学校", "第二学校", "外国语学校"], (ref chance) =>
                pen.Cell((chance.Weighted([42, 32, 14, 8, 4]) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)).Cell(chance.Hits(7, 10) ? "1" : "2").Cell(chance.Between(90, 2600)), hasPhone: true)),

        new("student-enrolment", "education", Of(
            "学籍信息", "Student enrolment", "中小学生学籍：学生、学校、年级和学籍状态。", "School enrolment: pupil, school, grade, status.", "学籍 学生 入学 转学", "306501", "education", "P", UpdatePromise.Monthly,
            If("公安、民政、残联、人力资源社会保障部门", "居住证、助学和控辍保学核验", Law.PersonalDuty), Closed("含有未成年人个人信息", Law.PersonalDisclosure, Law.SensitivePersonal), Grade.General4, "student_no",
            Col.Code("student_no", "学籍号", "Student number", "全国学籍号格式").Must().OfPerson(), Col.Citizen().Must(), Col.Person().Must(), Col.Sex(), Col.Count("grade", "年级", "Grade", "1 至 12 年级").OfPerson(), Col.Text("school", "学校", "School", 60).OfPerson(), Col.Code("status", "学籍状态", "Status", "1 在读、2 休学、3 转出").OfPerson(), Col.Division()),
            (scale, pen) => Livelihood.EachResident(scale, "student", 98, 100, p => p.Age(scale.Today) is >= 6 and < 18, (person, chance) =>
                pen.Cell("G" + person.Id).Cell(person.Id).Cell(person.Name).Cell(person.Sex).Cell(Math.Clamp(person.Age(scale.Today) - 5, 1, 12)).Cell(person.County.Towns[chance.Below(person.County.Towns.Count)] + "中心学校")
                    .Cell(chance.Hits(97, 100) ? "1" : chance.Hits(1, 2) ? "2" : "3").Cell(person.County.Code).End())),

        new("school-places", "education", Of(
            "中小学招生计划", "School places", "各县区中小学年度招生计划和实际录取人数。", "Places planned and taken at schools, by county and year.", "招生 入学 学位 教育", "206502", "education", "P", UpdatePromise.Yearly, Free, Open, Grade.General1, "year division stage",
            Col.Count("year", "年度", "Year").Must(), Col.Division().Must(), Col.Code("stage", "学段", "Stage", "2 小学、3 初中、4 高中").Must(), Col.Count("planned", "计划招生数", "Planned"), Col.Count("taken", "实际录取数", "Taken")),
            (scale, pen) =>
            {
                for (var year = scale.Today.Year - 9; year <= scale.Today.Year; year++)
                    foreach (var county in Region.Counties)
                        for (var stage = 2; stage <= 4; stage++)
                        {
                            var chance = scale.Chance("school places " + county.Code, year * 10 + stage);
                            var planned = county.Weight * (360 - stage * 40) + chance.Below(300);
                            pen.Cell(year).Cell(county.Code).Cell(stage.ToString(System.Globalization.CultureInfo.InvariantCulture)).Cell(planned).Cell(planned - chance.Below(220) + 60).End();
                        }
            }),

        new("disability-certificates", "disabled-persons", Of(
            "残疾人证信息", "Disability certificates", "残疾人证的残疾类别、等级和有效期。", "Disability certificates with kind, grade and term.", "残疾人 残疾证 无障碍 救助", "306502", "assistance", "S", UpdatePromise.Monthly,
            If("民政、人力资源社会保障、交通运输、税务等部门", "两项补贴、就业扶持和出行优惠资格核验", Law.PersonalDuty), Closed("属于医疗健康敏感个人信息", Law.SensitivePersonal), Grade.General4, "citizen_id",
            Col.Citizen().Must(), Col.Person().Must(), Col.Code("kind", "残疾类别", "Kind", "GB/T 26341：1 视力、2 听力、3 言语、4 肢体、5 智力、6 精神、7 多重").OfPerson(), Col.Code("degree", "残疾等级", "Degree", "1 至 4 级").OfPerson(), Col.Day("issued_on", "发证日期", "Issued on").OfPerson(), Col.Day("valid_until", "有效期止", "Valid until").OfPerson(), Col.Division()),
            (scale, pen) => Livelihood.EachResident(scale, "disability", 58, 1000, p => p.Age(scale.Today) > 2, (person, chance) =>
            {
                var issued = scale.Today.AddDays(-chance.Between(1, 3500));
                pen.Cell(person.Id).Cell(person.Name).Cell(chance.Between(1, 7)).Cell(chance.Between(1, 4)).Cell(issued).Cell(issued.AddYears(10)).Cell(person.County.Code).End();
            })),
    ];

    private static void BirthCertificates(Scale scale, Pen pen)
    {
        Resident? mother = null;
        var number = 0;
        foreach (var person in Population.People(scale))
        {
            if (person.Relation is "02") mother = null;
            if (person.Relation is "02" or "10" && !person.IsMale) mother = person;
            if (person.Relation is not ("20" or "30") || person.Age(scale.Today) > 5) continue;
            var chance = scale.Chance("birth certificate", number++);
            pen.Cell($"T29{person.Birth.Year % 100:00}{number:0000000}").Cell(person.Name).Cell(person.Sex).Cell(person.Birth).Cell(mother?.Id).Cell(person.County.Name + "妇幼保健院")
                .Cell(person.Birth.AddDays(chance.Between(1, 20)) is var day && day > scale.Today ? scale.Today : day).Cell(person.County.Code).End();
        }
    }
}
