using Tongxiang.Core.Search;

namespace Tongxiang.Tests.Core.Search;

/// <summary>A generated catalogue: concepts × regions × years, where what answers a query is known by construction.</summary>
internal static class Corpus
{
    public static readonly (string Concept, string Department, string Theme, string Abstract)[] Concepts =
    [
        ("停车场泊位信息", "住房和城乡建设局", "交通运输", "城区道路与公共停车场的泊位数量、收费标准、开放时间"),
        ("公共泊位收费标准", "发展和改革委员会", "交通运输", "道路临时占用与公共车库的计费时段和标准"),
        ("敬老服务设施名录", "民政局", "社会民生", "辖区内养老院的名称、地址、床位数和联系电话"),
        ("环境空气质量监测数据", "生态环境局", "资源环境", "各监测点位的细颗粒物、臭氧、二氧化硫小时浓度"),
        ("行政处罚决定信息", "市场监督管理局", "信用服务", "作出处罚决定的文书号、案由、处罚种类和金额"),
        ("中小学校年度招生计划", "教育局", "教育文化", "各校班级数、计划人数和服务范围"),
        ("公共交通站点信息", "交通运输局", "交通运输", "线路编号、站点名称和站序"),
        ("地区GDP季度核算", "统计局", "经济发展", "分产业增加值与增速"),
        ("医疗机构床位统计", "卫生健康委员会", "医疗卫生", "按机构等级统计的实有病床数与使用率"),
        ("商品房成交均价", "住房和城乡建设局", "城建住房", "新建与存量住宅的月度成交面积和均价"),
        ("食品抽检结果", "市场监督管理局", "社会民生", "抽样批次、不合格项目和处置情况"),
        ("图书馆馆藏目录", "文化广电和旅游局", "教育文化", "书名、索书号与可借状态"),
        ("水库实时水位", "水利局", "资源环境", "站名、水位、库容和汛限水位"),
        ("机动车检验机构名录", "公安局", "公共安全", "机构名称、地址与检验类别"),
        ("企业纳税信用等级", "税务局", "信用服务", "年度评价结果为A级的纳税人"),
        ("公园绿地面积", "园林绿化局", "城建住房", "名称、等级和占地面积"),
    ];

    private static readonly string[] fillers =
        ["林木采伐许可", "文物保护单位", "渔业捕捞许可", "燃气经营许可", "古树名木", "殡葬价目", "体彩网点", "种子生产许可", "律师名册", "公证事项", "兽药经营", "采砂许可", "气象预警", "避难场所", "充电设施", "路灯养护"];

    public static List<SearchDocument> Make(int count)
    {
        var regions = Enumerable.Range(0, 127).Select(i => $"{"东西南北中海江山河云"[i % 10]}{"宁安平和兴昌阳清泰州原城川"[i / 10]}{(i % 3 == 0 ? "市" : i % 3 == 1 ? "县" : "区")}").ToArray();
        var documents = new List<SearchDocument>(count);
        for (var i = 0; i < count; i++)
        {
            var concept = i % 100;
            var region = regions[i / 100 % regions.Length];
            var year = 2018 + i / 12700 % 8;
            var (title, department, theme, about) = concept < Concepts.Length
                ? Concepts[concept]
                : ($"{fillers[concept % 16]}{"台账清单汇总明细"[concept % 4 * 2]}{"账单总细"[concept % 4]}", $"第{concept % 20}局", "综合政务", $"第{concept}类登记事项的办理情况与数量变化");
            documents.Add(new SearchDocument($"d{i}", $"{region}{title}({year}年)")
            {
                Department = region + department,
                Keywords = theme,
                Abstract = $"{region}{year}年{about}，按统一格式汇集，供政务部门共享和社会公众查询使用，数据由主管单位负责更新与解释。",
                Facets = [new("theme", theme), new("department", region + department), new("region", region), new("year", $"{year}"), new("format", "CSV"), new("format", i % 2 == 0 ? "JSON" : "XLSX"), new("open", i / 100 % 5 == 0 ? "conditional" : "open")],
                Newest = year,
                Used = i % 17,
            });
        }

        return documents;
    }
}
