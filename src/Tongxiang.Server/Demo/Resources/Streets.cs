using Tongxiang.Catalog;
using static Tongxiang.Server.Demo.Resources.Sheet;

namespace Tongxiang.Server.Demo.Resources;

/// <summary>Transport and the city: bus stops, routes, road works, parking, toilets, traffic.</summary>
internal static class Streets
{
    public static IReadOnlyList<Resource> All { get; } =
    [
        BusStops("bus-stops", "qingyu-transport", Region.Qingyu, 1_800),
        BusStops("lanpu-bus-stops", "lanpu-transport", Region.Lanpu, 700),

        new("bus-routes", "qingyu-transport", Of(
            "青屿市公交线路信息", "Qingyu bus routes", "青屿市公共交通线路的首末站、首末班时间、票价和里程。", "Bus routes of Qingyu: ends, first and last bus, fare, length.", "公交 公共交通 线路 首末班 出行", "206601", "transport", "G", UpdatePromise.Monthly, Free, Open, Grade.General1, "route_no",
            Col.Code("route_no", "线路编号", "Route", "线路编号").Must(), Col.Text("name", "线路名称", "Name", 40).Must(), Col.Text("from_stop", "起点站", "From", 40), Col.Text("to_stop", "终点站", "To", 40), Col.Text("first_bus", "首班时间", "First bus", 5), Col.Text("last_bus", "末班时间", "Last bus", 5),
            Col.Money("fare", "票价", "Fare"), Col.Amount("length_km", "线路长度", "Length", 1, "单程长度，单位：千米"), Col.Count("buses", "配车数", "Buses")).In(Region.Qingyu),
            (scale, pen) =>
            {
                for (var i = 1; i <= scale.About(160); i++)
                {
                    var chance = scale.Chance("bus route", i);
                    pen.Cell($"{i:000}").Cell($"{i}路").Cell(Region.Road(ref chance)[..^1] + "枢纽").Cell(Region.Road(ref chance)[..^1] + "总站").Cell($"0{chance.Between(5, 6)}:{chance.Below(4) * 15:00}").Cell($"2{chance.Between(0, 2)}:{chance.Below(4) * 15:00}")
                        .Yuan(chance.Hits(8, 10) ? 200 : 300).Cell(6 + chance.Unit() * 26, 1).Cell(chance.Between(6, 42)).End();
                }
            }),

        new("road-works", "qingyu-city-management", Of(
            "青屿市占道施工信息", "Qingyu road works", "占用、挖掘城市道路施工的位置、工期和通行影响。", "Road works with place, term and effect on traffic.", "施工 占道 道路 绕行 交通", "206602", "transport", "E", UpdatePromise.Daily, Free, Open, Grade.General1, "permit_no",
            Col.Code("permit_no", "许可编号", "Permit", "占道施工许可编号").Must(), Col.Text("road", "道路", "Road", 60).Must(), Col.Text("section", "路段", "Section", 80), Col.Day("starts_on", "开工日期", "Starts on").Must(), Col.Day("ends_on", "计划完工日期", "Ends on"), Col.Code("effect", "通行影响", "Effect", "1 占一车道、2 半幅封闭、3 全封闭"),
            Col.Organisation("builder", "施工单位", "Builder"), Col.Division(), Col.Longitude, Col.Latitude).In(Region.Qingyu),
            (scale, pen) =>
            {
                for (var i = 0; i < scale.About(320); i++)
                {
                    var chance = scale.Chance("road works", i);
                    var county = Places.In(Region.Qingyu, ref chance);
                    var starts = scale.Today.AddDays(-chance.Between(-20, 120));
                    var (longitude, latitude) = Region.Point(county, ref chance);
                    pen.Cell($"ZD{starts.Year}{i:0000}").Cell(Region.Road(ref chance)).Cell($"{Region.Road(ref chance)}至{Region.Road(ref chance)}").Cell(starts).Cell(starts.AddDays(chance.Between(5, 150))).Cell((chance.Weighted([60, 32, 8]) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture))
                        .Cell("青屿市政工程有限公司").Cell(county.Code).Cell(longitude, 6).Cell(latitude, 6).End();
                }
            }),

        new("parking-lots", "qingyu-city-management", Of(
            "青屿市公共停车场信息", "Qingyu car parks", "公共停车场的泊位、剩余泊位、收费标准和坐标，剩余泊位每日快照。", "Public car parks with spaces, free spaces, tariff and place.", "停车 停车场 泊位 车位", "206603", "transport", "G", UpdatePromise.RealTime, Free, Open, Grade.General1, "lot_code",
            Col.Code("lot_code", "停车场编码", "Code", "停车场编码").Must(), Col.Text("name", "停车场名称", "Name", 60).Must(), Col.Count("spaces", "总泊位", "Spaces"), Col.Count("free_spaces", "剩余泊位", "Free spaces"), Col.Money("hourly", "每小时收费", "Per hour"), Col.Count("chargers", "充电桩数", "Chargers"),
            Col.Address(), Col.Division(), Col.Longitude, Col.Latitude).In(Region.Qingyu),
            (scale, pen) => Places.Write(scale, pen, "parking", scale.About(640), ["停车场", "地下停车库", "路侧停车区"], (ref chance) =>
            {
                var spaces = chance.Between(20, 900);
                pen.Cell(spaces).Cell(chance.Below(spaces)).Yuan(chance.Between(0, 8) * 100L).Cell(chance.Below(spaces / 8 + 1));
            }, city: Region.Qingyu)),

        new("public-toilets", "qingyu-city-management", Of(
            "青屿市公共厕所信息", "Qingyu public toilets", "公共厕所的位置、开放时间、无障碍和母婴设施。", "Public toilets with hours, barrier-free and baby facilities.", "公厕 公共厕所 卫生间 无障碍 母婴室", "206604", "living", "N", UpdatePromise.Quarterly, Free, Open, Grade.General1, "toilet_code",
            Col.Code("toilet_code", "公厕编码", "Code", "公厕编码").Must(), Col.Text("name", "公厕名称", "Name", 60).Must(), Col.Text("hours", "开放时间", "Hours", 20), Col.Code("barrier_free", "无障碍设施", "Barrier-free", "1 有、0 无"), Col.Code("baby_room", "母婴设施", "Baby room", "1 有、0 无"),
            Col.Address(), Col.Division(), Col.Longitude, Col.Latitude).In(Region.Qingyu),
            (scale, pen) => Places.Write(scale, pen, "toilet", scale.About(820), ["公共厕所", "公园公厕", "集市公厕"], (ref chance) => pen.Cell(chance.Hits(6, 10) ? "00:00-24:00" : "06:00-22:00").Cell(chance.Hits(6, 10) ? "1" : "0").Cell(chance.Hits(3, 10) ? "1" : "0"), city: Region.Qingyu)),

        new("traffic-flow", "transport", Of(
            "普通国省道交通流量", "Traffic counts on trunk roads", "普通国省干线公路观测站逐小时断面交通量和平均车速。", "Hourly traffic and mean speed at counting stations.", "交通 流量 车速 观测站 公路", "206605", "transport", "G", UpdatePromise.Daily,
            Free, OpenIf("限用于出行服务、物流调度和科研", "不得还原单一车辆轨迹"), Grade.General2, "station_code hour_at",
            Col.Code("station_code", "观测站编码", "Station", "观测站编码").Must(), Col.Time("hour_at", "时段", "Hour").Must(), Col.Count("vehicles", "当量交通量", "Vehicles", "当量小客车数"), Col.Amount("speed", "平均车速", "Mean speed", 1, "单位：千米/时"), Col.Division()),
            TrafficFlow),

        new("driver-qualifications", "transport", Of(
            "道路运输从业人员资格信息", "Qualified drivers", "道路旅客、货物、危险货物运输从业资格证信息。", "Qualifications of drivers for passengers, goods and dangerous goods.", "从业资格 驾驶员 道路运输 危险货物", "306601", "transport", "G", UpdatePromise.Weekly,
            If("公安、应急管理、市场监管部门", "危险货物运输监管和招用核验", Law.PersonalDuty), Personal, Grade.General3, "qualification_no",
            Col.Code("qualification_no", "从业资格证号", "Qualification number", "从业资格证号").Must().OfPerson(), Col.Citizen().Must(), Col.Person().Must(), Col.Text("category", "从业类别", "Category", 40).OfPerson(), Col.Day("valid_until", "有效期止", "Valid until").OfPerson(), Col.Division()),
            (scale, pen) => Livelihood.EachResident(scale, "driver", 3, 100, p => p.Age(scale.Today) is >= 22 and < 60, (person, chance) =>
                pen.Cell("CY" + person.Id[..6] + chance.Below(100_000_000).ToString("00000000", System.Globalization.CultureInfo.InvariantCulture)).Cell(person.Id).Cell(person.Name)
                    .Cell(new[] { "经营性道路货物运输", "经营性道路旅客运输", "道路危险货物运输", "出租汽车驾驶员" }[chance.Weighted([55, 15, 8, 22])]).Cell(scale.Today.AddDays(chance.Between(-200, 2000))).Cell(person.County.Code).End())),
    ];

    private static Resource BusStops(string slug, string organisation, City city, int number) => new(slug, organisation, Of(
        city.Name + "公交站点信息", city.NameEn.Replace(" City", "", StringComparison.Ordinal) + " bus stops", $"{city.Name}公共交通站点的名称、途经线路数和坐标（CGCS2000）。", "Bus stops with the number of routes that call and their coordinates.",
        "公交 公共交通 站点 车站 出行", "206601", "transport", "G", UpdatePromise.Monthly, Free, Open, Grade.General1, "stop_code",
        Col.Code("stop_code", "站点编码", "Code", "站点编码").Must(), Col.Text("name", "站点名称", "Name", 60).Must(), Col.Count("routes", "途经线路数", "Routes"), Col.Code("shelter", "候车亭", "Shelter", "1 有、0 无"), Col.Code("barrier_free", "无障碍", "Barrier-free", "1 是、0 否"),
        Col.Text("road", "所在道路", "Road", 60), Col.Division(), Col.Longitude.Must(), Col.Latitude.Must()).In(city),
        (scale, pen) =>
        {
            string[] ends = ["站", "东", "西", "南", "北", "口", "医院", "小学", "公园", "市场", "社区"];
            for (var i = 0; i < scale.About(number); i++)
            {
                var chance = scale.Chance(slug, i);
                var county = Places.In(city, ref chance);
                var (longitude, latitude) = Region.Point(county, ref chance);
                var road = Region.Road(ref chance);
                pen.Cell($"{county.Code}{i + 1:0000}").Cell(road[..^1] + ends[chance.Below(ends.Length)]).Cell(1 + chance.Below(4) * chance.Between(1, 3)).Cell(chance.Hits(7, 10) ? "1" : "0").Cell(chance.Hits(5, 10) ? "1" : "0")
                    .Cell(road).Cell(county.Code).Cell(longitude, 6).Cell(latitude, 6).End();
            }
        });

    private static void TrafficFlow(Scale scale, Pen pen)
    {
        var from = scale.Today.AddDays(-scale.Days).ToDateTime(TimeOnly.MinValue);
        for (var station = 0; station < 22; station++)
        {
            var county = Region.Counties[station % Region.Counties.Count];
            var chance = scale.Chance("traffic", station);
            var capacity = chance.Between(500, 1900);
            for (var hour = 0; hour < scale.Days * 24; hour++)
            {
                var share = (hour % 24) switch { < 5 => 10, < 7 => 35, < 9 => 100, < 16 => 70, < 19 => 95, < 22 => 50, _ => 22 };
                var vehicles = Math.Max(3, capacity * share / 100 + (int)(chance.Bell() * 60));
                pen.Cell($"GC{county.Code}{station:00}").Cell(from.AddHours(hour)).Cell(vehicles).Cell(Math.Clamp(78 - vehicles / 45.0 + chance.Bell() * 4, 8, 96), 1).Cell(county.Code).End();
            }
        }
    }
}
