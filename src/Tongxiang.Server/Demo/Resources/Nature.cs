using Tongxiang.Catalog;
using static Tongxiang.Server.Demo.Resources.Sheet;

namespace Tongxiang.Server.Demo.Resources;

/// <summary>Ecology, natural resources, emergencies, farming, culture and tourism.</summary>
internal static class Nature
{
    private static readonly string[] Rivers = ["云溪", "青汀河", "鹤川", "澜江", "石溪", "箬溪"];

    public static IReadOnlyList<Resource> All { get; } =
    [
        new("air-quality", "ecology", Of(
            "空气质量监测站小时数据", "Air quality by hour", "各空气质量监测站逐小时 PM2.5、PM10、臭氧、二氧化氮浓度和空气质量指数（AQI）。", "Hourly PM2.5, PM10, ozone, NO2 and AQI at every station.", "空气质量 PM2.5 AQI 环境 污染 大气", "206701", "environment", "N", UpdatePromise.RealTime, Free, Open, Grade.General1, "station_code hour_at",
            Col.Code("station_code", "站点编码", "Station", "监测站编码").Must(), Col.Time("hour_at", "监测时间", "Hour").Must(), Col.Text("station", "站点名称", "Station's name", 40), Col.Amount("pm25", "PM2.5", "PM2.5", 0, "单位：微克/立方米"), Col.Amount("pm10", "PM10", "PM10", 0, "单位：微克/立方米"),
            Col.Amount("o3", "臭氧", "Ozone", 0, "单位：微克/立方米"), Col.Amount("no2", "二氧化氮", "NO2", 0, "单位：微克/立方米"), Col.Count("aqi", "空气质量指数", "AQI", "按 HJ 633 分级的指数，这里取 PM2.5 分指数"), Col.Division(), Col.Longitude, Col.Latitude),
            AirQuality),

        new("water-quality", "ecology", Of(
            "地表水断面水质周报", "Surface water quality by week", "地表水考核断面每周 pH、溶解氧、高锰酸盐指数、氨氮和水质类别。", "Weekly water quality at river sections.", "水质 断面 河流 环境 氨氮", "206702", "environment", "N", UpdatePromise.Weekly, Free, Open, Grade.General1, "section_code week_of",
            Col.Code("section_code", "断面编码", "Section", "断面编码").Must(), Col.Day("week_of", "周起始日", "Week of").Must(), Col.Text("river", "河流", "River", 20), Col.Amount("ph", "pH", "pH", 2, "pH 值，无量纲"), Col.Amount("oxygen", "溶解氧", "Dissolved oxygen", 2, "单位：毫克/升"),
            Col.Amount("permanganate", "高锰酸盐指数", "Permanganate index", 2, "单位：毫克/升"), Col.Amount("ammonia", "氨氮", "Ammonia nitrogen", 3, "单位：毫克/升"), Col.Code("category", "水质类别", "Category", "GB 3838：Ⅰ、Ⅱ、Ⅲ、Ⅳ、Ⅴ"), Col.Division()),
            WaterQuality),

        new("key-polluters", "ecology", Of(
            "环境监管重点单位名录", "Units under environmental supervision", "依法公开的环境监管重点单位名录。", "Public list of units under special environmental supervision.", "重点排污单位 环境 监管 污染源", "206703", "environment", "N", UpdatePromise.Yearly, Free, Open, Grade.General1, "credit_code year",
            Col.Credit().Must(), Col.Count("year", "年度", "Year").Must(), Col.Organisation("name", "单位名称", "Name").Must(), Col.Text("category", "名录类别", "Category", 40), Col.Code("industry", "行业代码", "Industry", "GB/T 4754"), Col.Division(), Col.Longitude, Col.Latitude),
            (scale, pen) =>
            {
                foreach (var c in Companies.All(scale).Where(c => c.Industry is "C26" or "C17" or "C27" or "D44" && c is { Kind: "91", Status: "1" }).Take(scale.About(420)))
                {
                    var chance = scale.Chance("polluter " + c.CreditCode);
                    pen.Cell(c.CreditCode).Cell(scale.Today.Year).Cell(c.Name).Cell(new[] { "水环境重点排污", "大气环境重点排污", "土壤污染重点监管", "环境风险重点管控" }[chance.Below(4)]).Cell(c.Industry).Cell(c.County.Code).Cell(c.Longitude, 6).Cell(c.Latitude, 6).End();
                }
            }),

        new("emission-monitoring", "ecology", Of(
            "污染源自动监控小时数据", "Emission monitoring by hour", "重点排污单位排口自动监控的小时均值，经审核前仅供监管使用。", "Hourly means of automatic monitoring at outlets.", "污染源 自动监控 排放 小时", "306701", "environment", "N", UpdatePromise.Daily,
            If("应急管理、市场监管、税务等部门", "环保税核定、联合执法"), OpenIf("限用于环境科研和公益监督", "引用时注明数据未经审核"), Grade.General2, "outlet_code hour_at",
            Col.Code("outlet_code", "排口编码", "Outlet", "排口编码").Must(), Col.Time("hour_at", "监测时间", "Hour").Must(), Col.Credit(), Col.Amount("cod", "化学需氧量", "COD", 1, "单位：毫克/升"), Col.Amount("flow", "流量", "Flow", 1, "单位：立方米/时")),
            EmissionMonitoring),

        new("real-estate", "natural-resources", Of(
            "不动产登记信息", "Real estate register", "不动产单元的权利人、权利类型、面积和登记日期。", "Real estate with right holder, right, area and date.", "不动产 房产 权利人 登记 房屋", "306801", "housing", "K", UpdatePromise.Daily,
            If("公安、税务、民政、住房城乡建设、教育部门", "户口迁移、契税申报、救助家庭财产核对、入学资格核验", Law.RealEstateUse, Law.PersonalDuty), Closed("不动产登记信息应当保密，仅权利人、利害关系人可以依法查询", Law.RealEstate), Grade.General3, "unit_code",
            Col.Code("unit_code", "不动产单元代码", "Unit", "28 位不动产单元代码，GB/T 37346").Must(), Col.Citizen("holder_id", "权利人证件号", "Holder's number").Must(), Col.Person("holder", "权利人", "Holder").Must(), Col.Code("right", "权利类型", "Right", "4 国有建设用地使用权/房屋所有权").OfPerson(), Col.Amount("area", "建筑面积", "Area", 2, "单位：平方米").OfPerson(),
            Col.Address(title: "坐落", titleEn: "Place").OfPerson(), Col.Day("registered_on", "登记日期", "Registered on").OfPerson(), Col.Division()),
            (scale, pen) => Livelihood.EachResident(scale, "real estate", 52, 100, p => p.Relation == "02", (person, chance) =>
                pen.Cell($"{person.County.Code}001{chance.Below(1000):000}GB{chance.Below(100_000):00000}F{person.Household[^8..]}").Cell(person.Id).Cell(person.Name).Cell("4").Cell(48 + chance.Unit() * 120, 2).Cell(person.Address).Cell(scale.Today.AddDays(-chance.Between(10, 6000))).Cell(person.County.Code).End())),

        new("emergency-shelters", "emergency", Of(
            "应急避难场所信息", "Emergency shelters", "应急避难场所的类型、可容纳人数和坐标。", "Emergency shelters with capacity and place.", "应急 避难 防灾 减灾 场所", "206801", "safety", "S", UpdatePromise.Yearly, Free, Open, Grade.General1, "shelter_code",
            Col.Code("shelter_code", "场所编码", "Code", "场所编码").Must(), Col.Text("name", "场所名称", "Name", 60).Must(), Col.Code("kind", "场所类型", "Kind", "1 紧急、2 固定、3 中心"), Col.Count("capacity", "可容纳人数", "Capacity"), Col.Address(), Col.Division(), Col.Longitude, Col.Latitude),
            (scale, pen) => Places.Write(scale, pen, "shelter", scale.About(380), ["公园避难场所", "体育场避难场所", "学校操场避难点"], (ref chance) => pen.Cell((chance.Weighted([60, 30, 10]) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)).Cell(chance.Between(3, 120) * 100))),

        new("hazardous-enterprises", "emergency", Of(
            "危险化学品企业安全监管信息", "Hazardous chemical enterprises", "危险化学品生产、经营企业的许可、重大危险源等级和检查情况。", "Hazardous chemical companies with licence, hazard class and inspections.", "危化品 安全生产 重大危险源 监管", "306802", "work-safety", "C", UpdatePromise.Monthly,
            If("公安、生态环境、交通运输、消防救援部门", "联合检查和应急处置", Law.TradeSecret), Closed("涉及商业秘密，公开会损害第三方合法权益", Law.TradeSecret), Grade.General4, "credit_code",
            Col.Credit().Must(), Col.Organisation("name", "企业名称", "Name").Must(), Col.Code("hazard", "重大危险源等级", "Hazard class", "1 至 4 级，0 不构成"), Col.Day("licence_until", "许可有效期止", "Licence until"), Col.Day("inspected_on", "最近检查日期", "Inspected on"), Col.Division(), Col.Longitude, Col.Latitude),
            (scale, pen) =>
            {
                foreach (var c in Companies.All(scale).Where(c => c.Industry is "C26" && c is { Kind: "91", Status: "1" }).Take(scale.About(160)))
                {
                    var chance = scale.Chance("hazard " + c.CreditCode);
                    pen.Cell(c.CreditCode).Cell(c.Name).Cell(chance.Below(5)).Cell(scale.Today.AddDays(chance.Between(20, 1000))).Cell(scale.Today.AddDays(-chance.Between(2, 200))).Cell(c.County.Code).Cell(c.Longitude, 6).Cell(c.Latitude, 6).End();
                }
            }),

        new("farm-prices", "agriculture", Of(
            "农产品批发价格日报", "Wholesale prices of farm produce", "主要农产品批发市场每日最低、最高和平均价格。", "Daily lowest, highest and mean wholesale prices.", "农产品 菜价 批发 价格 蔬菜", "206901", "agriculture", "A", UpdatePromise.Daily, Free, Open, Grade.General1, "day market product",
            Col.Day("day", "日期", "Day").Must(), Col.Text("market", "批发市场", "Market", 40).Must(), Col.Text("product", "品名", "Product", 20).Must(), Col.Money("lowest", "最低价", "Lowest"), Col.Money("highest", "最高价", "Highest"), Col.Money("mean", "平均价", "Mean")),
            FarmPrices),

        new("scenic-spots", "culture-tourism", Of(
            "A 级旅游景区名录", "Scenic spots", "A 级旅游景区的等级、门票、日最大承载量和坐标。", "Rated scenic spots with ticket, capacity and place.", "旅游 景区 景点 门票 文旅", "206902", "education", "R", UpdatePromise.Quarterly, Free, Open, Grade.General1, "spot_code",
            Col.Code("spot_code", "景区编码", "Code", "景区编码").Must(), Col.Text("name", "景区名称", "Name", 60).Must(), Col.Code("rating", "景区等级", "Rating", "2A 至 5A"), Col.Money("ticket", "门票", "Ticket"), Col.Count("capacity", "日最大承载量", "Daily capacity"), Col.Address(), Col.Phone(), Col.Division(), Col.Longitude, Col.Latitude),
            (scale, pen) => Places.Write(scale, pen, "scenic", scale.About(90), ["湿地公园", "古镇", "海岛", "森林公园", "博物院"], (ref chance) => pen.Cell($"{chance.Weighted([20, 40, 32, 8]) + 2}A").Yuan(chance.Between(0, 12) * 1_000L).Cell(chance.Between(10, 400) * 100), hasPhone: true)),

        new("cultural-venues", "culture-tourism", Of(
            "公共文化场馆信息", "Public cultural venues", "图书馆、文化馆、博物馆等公共文化场馆的开放时间和坐标。", "Libraries, museums and cultural centres with hours and place.", "图书馆 博物馆 文化馆 免费开放", "206903", "education", "R", UpdatePromise.Quarterly, Free, Open, Grade.General1, "venue_code",
            Col.Code("venue_code", "场馆编码", "Code", "场馆编码").Must(), Col.Text("name", "场馆名称", "Name", 60).Must(), Col.Text("hours", "开放时间", "Hours", 40), Col.Count("seats", "座席数", "Seats"), Col.Address(), Col.Phone(), Col.Division(), Col.Longitude, Col.Latitude),
            (scale, pen) => Places.Write(scale, pen, "venue", scale.About(240), ["图书馆", "文化馆", "博物馆", "美术馆"], (ref chance) => pen.Cell("09:00-17:00，周一闭馆").Cell(chance.Between(20, 900)), hasPhone: true)),
    ];

    private static void AirQuality(Scale scale, Pen pen)
    {
        var from = scale.Today.AddDays(-scale.Days).ToDateTime(TimeOnly.MinValue);
        for (var i = 0; i < Region.Counties.Count; i++)
        {
            var county = Region.Counties[i];
            var chance = scale.Chance("air", i);
            var level = 34.0 + county.Weight;
            for (var hour = 0; hour < scale.Days * 24; hour++)
            {
                // Weather lasts: each hour keeps nine tenths of the one before.
                level = Math.Clamp(level * 0.9 + (34 + county.Weight + chance.Bell() * 30) * 0.1, 6, 180);
                var rush = hour % 24 is 7 or 8 or 9 or 18 or 19 or 20 ? 1.18 : 1;
                var pm25 = level * rush;
                pen.Cell($"{county.Code}A").Cell(from.AddHours(hour)).Cell(county.Name + "监测站").Cell(pm25, 0).Cell(pm25 * 1.6 + chance.Below(9), 0).Cell(Math.Max(4, 60 + 70 * (hour % 24 is >= 11 and <= 17 ? 1 : 0) + chance.Bell() * 15), 0)
                    .Cell(Math.Max(3, 24 * rush + chance.Bell() * 6), 0).Cell((int)Aqi(pm25)).Cell(county.Code).Cell(county.Longitude, 6).Cell(county.Latitude, 6).End();
            }
        }
    }

    // The PM2.5 part of HJ 633: linear between the break points.
    private static double Aqi(double pm25) => pm25 switch
    {
        <= 35 => pm25 * 50 / 35,
        <= 75 => 50 + (pm25 - 35) * 50 / 40,
        <= 115 => 100 + (pm25 - 75) * 50 / 40,
        <= 150 => 150 + (pm25 - 115) * 50 / 35,
        _ => 200 + (pm25 - 150) * 100 / 100,
    };

    private static void WaterQuality(Scale scale, Pen pen)
    {
        var monday = scale.Today.AddDays(-(((int)scale.Today.DayOfWeek + 6) % 7));
        for (var section = 0; section < 24; section++)
        {
            var county = Region.Counties[section % Region.Counties.Count];
            var chance = scale.Chance("water", section);
            for (var back = 52; back >= 1; back--)
            {
                var ammonia = Math.Max(0.02, 0.35 + chance.Bell() * 0.22);
                pen.Cell($"DM{county.Code}{section:00}").Cell(monday.AddDays(-7 * back)).Cell(Rivers[section % Rivers.Length]).Cell(7.4 + chance.Bell() * 0.3, 2).Cell(Math.Max(2, 7.6 + chance.Bell() * 1.1), 2).Cell(Math.Max(0.5, 3.2 + chance.Bell() * 0.9), 2).Cell(ammonia, 3)
                    .Cell(ammonia <= 0.15 ? "Ⅰ" : ammonia <= 0.5 ? "Ⅱ" : ammonia <= 1 ? "Ⅲ" : "Ⅳ").Cell(county.Code).End();
            }
        }
    }

    private static void EmissionMonitoring(Scale scale, Pen pen)
    {
        var from = scale.Today.AddDays(-scale.Days).ToDateTime(TimeOnly.MinValue);
        var outlet = 0;
        foreach (var company in Companies.All(scale).Where(c => c is { Industry: "C26" or "C17", Kind: "91", Status: "1" }).Take(15))
        {
            var chance = scale.Chance("outlet", outlet++);
            for (var hour = 0; hour < scale.Days * 24; hour++)
                pen.Cell($"PK{outlet:0000}").Cell(from.AddHours(hour)).Cell(company.CreditCode).Cell(Math.Max(4, 38 + chance.Bell() * 12), 1).Cell(Math.Max(0, 60 + chance.Bell() * 20), 1).End();
        }
    }

    private static void FarmPrices(Scale scale, Pen pen)
    {
        string[] markets = ["青屿农产品批发市场", "澜浦水产批发市场", "竹川蔬菜批发市场"];
        (string Name, int Fen)[] products = [("大白菜", 160), ("番茄", 480), ("黄瓜", 420), ("马铃薯", 260), ("鸡蛋", 980), ("猪肉", 2300), ("草鱼", 1500), ("苹果", 860), ("大米", 520), ("菠菜", 600), ("豆角", 760), ("带鱼", 3200)];
        for (var back = scale.Days * 6; back >= 1; back--)
            foreach (var market in markets)
                foreach (var (product, fen) in products)
                {
                    var chance = scale.Chance("price " + market + product, back);
                    var mean = fen + (int)(fen * 0.09 * chance.Bell());
                    pen.Cell(scale.Today.AddDays(-back)).Cell(market).Cell(product).Yuan(mean * 88 / 100).Yuan(mean * 114 / 100).Yuan(mean).End();
                }
    }
}
