using Tongxiang.Catalog;
using Tongxiang.Core.Elements;

namespace Tongxiang.Server.Demo.Resources;

/// <summary>Fields as the demonstration's entries list them; those bound to a standard element bring its meaning along.</summary>
internal static class Col
{
    public static Field Text(string name, string title, string titleEn, int length, string? meaning = null) => Make(name, title, titleEn, FieldType.Text, ElementKind.Text, meaning) with { Length = length };

    public static Field Code(string name, string title, string titleEn, string meaning, string? list = null) =>
        Make(name, title, titleEn, FieldType.Text, ElementKind.Text, meaning) with { Length = 32, CodeList = list };

    public static Field Count(string name, string title, string titleEn, string? meaning = null) => Make(name, title, titleEn, FieldType.Integer, ElementKind.Integer, meaning);

    public static Field Amount(string name, string title, string titleEn, int scale, string meaning) => Make(name, title, titleEn, FieldType.Decimal, ElementKind.Decimal, meaning) with { Scale = scale };

    public static Field Money(string name, string title, string titleEn) => Make(name, title, titleEn, FieldType.Decimal, ElementKind.Money, title + "，单位：元") with { Scale = 2 };

    public static Field Day(string name, string title, string titleEn) => Make(name, title, titleEn, FieldType.Date, ElementKind.Date, title + "，GB/T 7408");

    public static Field Time(string name, string title, string titleEn) => Make(name, title, titleEn, FieldType.Timestamp, ElementKind.Timestamp, title + "，北京时间，GB/T 7408");

    public static Field Organisation(string name, string title, string titleEn) => Make(name, title, titleEn, FieldType.Text, ElementKind.OrganisationName, title) with { Length = 100 };

    public static Field Credit(string name = "credit_code", string title = "统一社会信用代码", string titleEn = "Unified social credit code") =>
        Make(name, title, titleEn, FieldType.Text, ElementKind.CreditCode, "法人和其他组织的统一社会信用代码，GB 32100") with { Length = 18 };

    public static Field Division(string name = "division", string title = "区划代码", string titleEn = "Division code") =>
        Make(name, title, titleEn, FieldType.Text, ElementKind.DivisionCode, "县级行政区划代码，GB/T 2260 六位") with { Length = 6 };

    public static Field Citizen(string name = "citizen_id", string title = "公民身份号码", string titleEn = "Citizen identity number") =>
        Make(name, title, titleEn, FieldType.Text, ElementKind.CitizenId, "公民身份号码，GB 11643") with { Length = 18, IsPersonal = true, Grade = Grade.General3 };

    public static Field Person(string name = "name", string title = "姓名", string titleEn = "Name") =>
        Make(name, title, titleEn, FieldType.Text, ElementKind.PersonName, "自然人的姓名，可含基本平面以外的汉字，GB 18030") with { Length = 50, IsPersonal = true, Grade = Grade.General3 };

    public static Field Sex(string name = "sex") =>
        Make(name, "性别", "Sex", FieldType.Text, ElementKind.Sex, "性别代码，GB/T 2261.1：1 男、2 女、0 未知、9 未说明") with { Length = 1, CodeList = "sex", IsPersonal = true };

    public static Field Address(string name = "address", string title = "地址", string titleEn = "Address") => Make(name, title, titleEn, FieldType.Text, ElementKind.Address, title) with { Length = 120 };

    public static Field Phone(string name = "phone", string title = "联系电话", string titleEn = "Phone") =>
        Make(name, title, titleEn, FieldType.Text, ElementKind.Phone, title) with { Length = 24 };

    public static Field Longitude { get; } = Make("longitude", "经度", "Longitude", FieldType.Real, ElementKind.Longitude, "CGCS2000 经度，单位：度");

    public static Field Latitude { get; } = Make("latitude", "纬度", "Latitude", FieldType.Real, ElementKind.Latitude, "CGCS2000 纬度，单位：度");

    /// <summary>An empty value is an error.</summary>
    public static Field Must(this Field field) => field with { IsRequired = true };

    /// <summary>Tells about a person.</summary>
    public static Field OfPerson(this Field field) => field with { IsPersonal = true, Grade = Grade.General3 };

    /// <summary>Stricter than its entry: shared on conditions only, and never open.</summary>
    public static Field Guarded(this Field field) => field with { ShareClass = ShareClass.Conditional, OpenClass = OpenClass.Closed, Grade = Grade.General3 };

    private static Field Make(string name, string title, string titleEn, FieldType type, ElementKind element, string? meaning) =>
        new(name, title, titleEn, type, null, null, meaning ?? title, element.Code(), null, false, false, null, null, Grade.General1);
}
