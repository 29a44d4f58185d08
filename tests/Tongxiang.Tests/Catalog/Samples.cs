using Tongxiang.Catalog;

namespace Tongxiang.Tests.Catalog;

/// <summary>Complete contents that tests change in one point.</summary>
internal static class Samples
{
    public static Field Field(string name = "stop_name", FieldType type = FieldType.Text) => new(
        name, "站点名称", "Stop name", type, type == FieldType.Text ? 100 : null, type == FieldType.Decimal ? 2 : null, "公交站点的名称", null, null, false, true, null, null, Grade.General1);

    public static EntryContent Open(string name = "公交站点", string nameEn = "Bus stops") => new(
        name, nameEn, "全市公交站点的名称、编号与坐标，每月更新一次。", "Names, numbers and coordinates of all bus stops, updated every month.", ["公交", "站点"],
        "306001", "transport", "G", "290100", ["csv", "json"], UpdatePromise.Monthly,
        new Sharing(ShareClass.Unconditional, [Mode.Api, Mode.File], "", "", "", []),
        new Opening(OpenClass.Open, "", "", "", []), Grade.General1, null, Secrecy.None,
        [Field("stop_id"), Field(), Field("longitude", FieldType.Real), Field("latitude", FieldType.Real)], ["stop_id"], "longitude", "latitude",
        [], "0290-8888 1234", "data@example.cn", "cc-by-4.0", null);

    public static EntryContent Personal() => Open("社会保险参保人员", "Insured persons") with
    {
        Fields = [Field("citizen_id") with { Element = "citizen-id", IsPersonal = true, Length = 18, Grade = Grade.General3 }, Field("name") with { Element = "person-name", IsPersonal = true }],
        Key = ["citizen_id"],
        LongitudeField = null,
        LatitudeField = null,
        Grade = Grade.General3,
        Sharing = new Sharing(ShareClass.Conditional, [Mode.Api], "因履行法定职责确需使用的政务部门", "办理政务服务事项", "", []),
        Opening = new Opening(OpenClass.Closed, "", "", "含个人信息", []),
    };

    public static EntryContent Withheld() => Open("案件线索", "Case leads") with
    {
        Sharing = new Sharing(ShareClass.Withheld, [], "", "", "法律禁止提供", [new LegalBasis(BasisKind.Law, "某法", "第十条")]),
        Opening = new Opening(OpenClass.Closed, "", "", "法律禁止公开", []),
    };
}
