using Tongxiang.Core.Elements;

namespace Tongxiang.Protect;

/// <summary>Made-up values for previews; none belongs to anybody: the divisions do not exist, the phones lie in no segment.</summary>
internal static class Samples
{
    /// <summary>One of three values of a kind.</summary>
    public static string Of(ElementKind kind, int row) => (kind switch
    {
        ElementKind.PersonName => (string[])["张三丰", "欧阳明月", "阿卜杜拉·买买提"],
        ElementKind.CitizenId => [Citizen("29010119850312412"), Citizen("29010220011130007"), Citizen("29020119620708933")],
        ElementKind.Mobile => ["10012345678", "10087654321", "10055550000"],
        ElementKind.Phone => ["0290-87654321", "0290-5550000", "10012345678"],
        ElementKind.BankCard => ["6000010000000000", "6000020000000008", "6000030000000006"],
        ElementKind.Plate => ["京A12345", "沪AD12345", "粤B88888"],
        ElementKind.Email => ["zhang.san@example.cn", "ouyang@example.cn", "a@example.cn"],
        ElementKind.Address => ["青屿市临海区解放路12号3栋502室", "澜浦市东湖区人民路1号", "河西县城关镇一村"],
        ElementKind.Date => ["1985-03-12", "2001-11-30", "1962-07-08"],
        ElementKind.Timestamp => ["2026-01-02T08:30:00", "2026-03-04T17:05:09", "2026-05-06T23:59:59"],
        ElementKind.DivisionCode => ["290101", "290102", "290201"],
        ElementKind.CreditCode => ["91290101MA00000001", "92290102MA00000002", "51290201MA00000003"],
        ElementKind.OrganisationName => ["示例科技有限公司", "示例小吃店", "示例协会"],
        ElementKind.Integer => ["37", "104", "-5"],
        ElementKind.Decimal or ElementKind.Money => ["1234.5", "98765.43", "0.5"],
        ElementKind.Longitude => ["123.4567", "123.9876", "124.0001"],
        ElementKind.Latitude => ["30.1234", "30.9876", "31.0001"],
        ElementKind.Sex => ["1", "2", "9"],
        _ => ["示例内容甲", "示例内容乙", "短"],
    })[row % 3];

    private static string Citizen(string seventeen) => seventeen + CitizenId.CheckCharacter(System.Text.Encoding.ASCII.GetBytes(seventeen));
}
