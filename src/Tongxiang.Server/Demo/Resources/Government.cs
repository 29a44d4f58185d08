using Tongxiang.Catalog;
using static Tongxiang.Server.Demo.Resources.Sheet;

namespace Tongxiang.Server.Demo.Resources;

/// <summary>Budget, procurement, services to the public, the hotline.</summary>
internal static class Government
{
    public static IReadOnlyList<Resource> All { get; } =
    [
        new("budget", "finance", Of(
            "部门预算公开数据", "Departmental budgets", "各部门年度一般公共预算支出，按功能分类和支出性质。", "Yearly budgets of departments by function.", "预算 财政 支出 公开", "207401", "finance", "S", UpdatePromise.Yearly, Free, Open, Grade.General1, "year department function",
            Col.Count("year", "年度", "Year").Must(), Col.Organisation("department", "部门", "Department").Must(), Col.Text("function", "功能分类", "Function", 40).Must(), Col.Money("basic", "基本支出", "Basic expenditure"), Col.Money("projects", "项目支出", "Projects")),
            (scale, pen) =>
            {
                string[] functions = ["一般公共服务支出", "社会保障和就业支出", "卫生健康支出", "住房保障支出"];
                for (var year = scale.Today.Year - 3; year <= scale.Today.Year; year++)
                    foreach (var department in Organisations.All.Where(o => o.IsMain && o.Slug != Organisations.Company))
                        foreach (var function in functions)
                        {
                            var chance = scale.Chance("budget " + department.Slug + function, year);
                            pen.Cell(year).Cell(department.Name).Cell(function).Yuan(chance.Between(200, 9_000) * 1_000_000L).Yuan(chance.Between(100, 22_000) * 1_000_000L).End();
                        }
            }),

        new("procurement", "finance", Of(
            "政府采购合同公告", "Government procurement contracts", "政府采购合同的采购人、供应商、标的和金额。", "Procurement contracts with buyer, supplier, subject and amount.", "政府采购 合同 招标 供应商", "207402", "finance", "S", UpdatePromise.Daily, Free, Open, Grade.General1, "contract_no",
            Col.Code("contract_no", "合同编号", "Contract", "合同编号").Must(), Col.Organisation("buyer", "采购人", "Buyer").Must(), Col.Credit("supplier_code", "供应商代码", "Supplier's code"), Col.Organisation("supplier", "供应商", "Supplier").Must(), Col.Text("subject", "采购标的", "Subject", 80), Col.Money("amount", "合同金额", "Amount"), Col.Day("signed_on", "签订日期", "Signed on")),
            (scale, pen) =>
            {
                string[] subjects = ["办公设备", "信息系统运维", "物业管理服务", "绿化养护", "车辆租赁", "培训服务", "检测服务", "印刷服务"];
                var buyers = Organisations.All.Where(o => o.Slug != Organisations.Company).ToArray();
                for (var i = 0; i < scale.About(2_400); i++)
                {
                    var chance = scale.Chance("procurement", i);
                    var supplier = Companies.Make(scale, chance.Below(scale.Companies));
                    var signed = scale.Today.AddDays(-chance.Between(1, 700));
                    pen.Cell($"YTZC-{signed.Year}-{i:00000}").Cell(buyers[chance.Below(buyers.Length)].Name).Cell(supplier.CreditCode).Cell(supplier.Name).Cell(subjects[chance.Below(subjects.Length)]).Yuan(chance.Between(3, 400) * 1_000_000L).Cell(signed).End();
                }
            }),

        new("service-matters", Organisations.Bureau, Of(
            "政务服务事项清单", "Government service matters", "全省政务服务事项的名称、类型、承诺办结时限和跑动次数。", "Services of government with time promised and visits needed.", "政务服务 事项 办事 一网通办", "207501", "organisations", "S", UpdatePromise.Weekly, Free, Open, Grade.General1, "matter_code",
            Col.Code("matter_code", "事项编码", "Code", "事项基本编码").Must(), Col.Text("name", "事项名称", "Name", 80).Must(), Col.Code("kind", "事项类型", "Kind", "01 行政许可、05 行政给付、07 行政确认、20 公共服务"), Col.Organisation("department", "实施部门", "Department"), Col.Count("days_promised", "承诺办结时限", "Days promised", "工作日"), Col.Count("visits", "到现场次数", "Visits"), Col.Code("online", "可网办", "Online", "1 是、0 否")),
            (scale, pen) =>
            {
                string[] objects = ["经营许可", "资格认定", "登记证", "补贴申领", "备案", "信息变更", "注销"];
                string[] kinds = ["01", "05", "07", "20"];
                var number = 0;
                foreach (var department in Organisations.All.Where(o => o.Slug != Organisations.Company))
                    foreach (var thing in objects)
                    {
                        var chance = scale.Chance("matter", ++number);
                        pen.Cell($"29{number:000000}").Cell($"{department.Name.Replace("云汀省", "", StringComparison.Ordinal)}{thing}").Cell(kinds[chance.Below(kinds.Length)]).Cell(department.Name).Cell(chance.Between(1, 15)).Cell(chance.Weighted([86, 12, 2])).Cell(chance.Hits(95, 100) ? "1" : "0").End();
                    }
            }),

        new("hotline-cases", Organisations.Bureau, Of(
            "12345 热线工单", "Hotline 12345 cases", "政务服务便民热线工单的诉求类别、区域、承办单位和办理结果，不含来电人信息。", "Cases of the government hotline without callers: kind, place, department, result.", "12345 热线 工单 诉求 投诉", "307501", "living", "S", UpdatePromise.Daily,
            Free, OpenIf("限用于社会治理研究和公益分析", "不得尝试识别来电人"), Grade.General2, "case_no",
            Col.Code("case_no", "工单编号", "Case", "工单编号").Must(), Col.Time("received_at", "受理时间", "Received at").Must(), Col.Text("category", "诉求类别", "Category", 30), Col.Division(), Col.Organisation("department", "承办单位", "Department"), Col.Count("hours_taken", "办理时长", "Hours taken", "单位：小时"), Col.Count("satisfied", "满意度", "Satisfaction", "1 至 5 分")),
            (scale, pen) =>
            {
                string[] categories = ["噪声扰民", "违章停车", "供水供气", "道路破损", "物业服务", "消费维权", "社保咨询", "环境卫生"];
                var from = scale.Today.AddDays(-90).ToDateTime(TimeOnly.MinValue);
                for (var i = 0; i < scale.About(24_000); i++)
                {
                    var chance = scale.Chance("hotline", i);
                    var county = Region.AnyCounty(ref chance);
                    pen.Cell($"RX{i:00000000}").Cell(from.AddMinutes(chance.Below(90 * 24 * 60))).Cell(categories[chance.Below(categories.Length)]).Cell(county.Code).Cell(county.Name + "人民政府").Cell(chance.Between(1, 120)).Cell(chance.Weighted([2, 3, 10, 35, 50]) + 1).End();
                }
            }),

        new("hotline-by-month", Organisations.Bureau, Of(
            "12345 热线办理月报", "Hotline 12345 by month", "按月和县区统计的热线受理量、按期办结率和满意率。", "Cases, share on time and satisfaction by month and county.", "12345 热线 满意率 办结率", "207502", "living", "S", UpdatePromise.Monthly, Free, Open, Grade.General1, "month division",
            Col.Day("month", "月份", "Month").Must(), Col.Division().Must(), Col.Count("cases", "受理量", "Cases"), Col.Amount("on_time", "按期办结率", "On time", 1, "单位：%"), Col.Amount("satisfied", "满意率", "Satisfied", 1, "单位：%")),
            (scale, pen) =>
            {
                for (var back = 24; back >= 1; back--)
                    foreach (var county in Region.Counties)
                    {
                        var chance = scale.Chance("hotline month " + county.Code, back);
                        pen.Cell(new DateOnly(scale.Today.Year, scale.Today.Month, 1).AddMonths(-back)).Cell(county.Code).Cell(county.Weight * chance.Between(90, 160)).Cell(94 + chance.Unit() * 5.5, 1).Cell(88 + chance.Unit() * 9, 1).End();
                    }
            }),
    ];
}
