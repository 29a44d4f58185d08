using Tongxiang.Catalog;
using Tongxiang.Tests.Gateway.Query;

namespace Tongxiang.Tests.Gateway;

/// <summary>Two small resources: people, who are personal, and bus stops, which are open and have a place.</summary>
internal static class People
{
    public static readonly IReadOnlyList<Field> Fields =
    [
        Sample.Make("id", FieldType.Text) with { Element = "citizen-id", IsPersonal = true },
        Sample.Make("name", FieldType.Text) with { Title = "姓名", TitleEn = "Name", Element = "person-name", IsPersonal = true },
        Sample.Make("division", FieldType.Text) with { Element = "division-code" },
        Sample.Make("phone", FieldType.Text) with { Element = "mobile", IsPersonal = true },
    ];

    public static readonly IReadOnlyList<object?[]> Rows =
    [
        ["29010119800101001X", "张三", "290101", "13900000001"],
        ["290102198001010020", "欧阳修", "290102", "13900000002"],
        ["290201198001010031", "李四", "290201", "13900000003"],
    ];

    public static readonly IReadOnlyList<Field> StopFields =
    [
        Sample.Make("id", FieldType.Integer), Sample.Make("name", FieldType.Text), Sample.Make("price", FieldType.Decimal, 2),
        Sample.Make("lon", FieldType.Real), Sample.Make("lat", FieldType.Real), Sample.Make("inner_note", FieldType.Text) with { OpenClass = OpenClass.Closed },
    ];

    public static readonly IReadOnlyList<object?[]> StopRows =
    [
        [1L, "南湖公园站", 200L, 120.5, 30.25, "x"],
        [2L, "𠮷祥里", null, null, 30.5, "x"],
        [3L, "=SUM(A1),\"引号\"\n换行", -5L, 121.0, 31.0, "x"],
    ];

    public static Entry Entry(GatewayLab lab) => lab.Entry("people", Fields, ["id"], OpenClass.Conditional);

    public static Entry Stops(GatewayLab lab) => lab.Entry("stops", StopFields, ["id"], longitude: "lon", latitude: "lat");
}
