namespace Tongxiang.Core.Elements;

/// <summary>The standard elements (数据元) a field can be bound to; each brings its check, its normal form and its mask.</summary>
public enum ElementKind : byte
{
    Text,
    PersonName,
    OrganisationName,
    Address,
    CitizenId,
    CreditCode,
    OrganisationCode,
    BankCard,
    Mobile,
    Phone,
    DivisionCode,
    Date,
    Timestamp,
    Sex,
    Money,
    Decimal,
    Integer,
    Email,
    Postcode,
    Plate,
    Longitude,
    Latitude,
}

/// <summary>Stable names of the elements for catalogues, files and addresses (<c>citizen-id</c>), and what kind of value each holds.</summary>
public static class ElementKinds
{
    private static readonly string[] Names =
    [
        "text", "person-name", "organisation-name", "address", "citizen-id", "credit-code", "organisation-code", "bank-card", "mobile", "phone",
        "division-code", "date", "timestamp", "sex", "money", "decimal", "integer", "email", "postcode", "plate", "longitude", "latitude",
    ];

    public static IReadOnlyList<string> All => Names;

    public static string Code(this ElementKind kind) => Names[(int)kind];

    /// <summary>The key of the element's name in texts.json.</summary>
    public static string TextKey(this ElementKind kind) => "element.kind." + Names[(int)kind];

    public static bool TryParse(string? code, out ElementKind kind)
    {
        var at = Array.IndexOf(Names, code);
        kind = at < 0 ? ElementKind.Text : (ElementKind)at;
        return at >= 0;
    }

    public static ValueShape Shape(this ElementKind kind) => kind switch
    {
        ElementKind.Date => ValueShape.Date,
        ElementKind.Timestamp => ValueShape.Timestamp,
        ElementKind.Integer => ValueShape.Integer,
        ElementKind.Money or ElementKind.Decimal or ElementKind.Longitude or ElementKind.Latitude => ValueShape.Decimal,
        _ => ValueShape.Text,
    };

    /// <summary>Whether a value points at one person by itself, so that it is never shown in clear in a reason or a report.</summary>
    public static bool IsPersonal(this ElementKind kind) => kind is ElementKind.PersonName or ElementKind.Address or ElementKind.CitizenId
        or ElementKind.BankCard or ElementKind.Mobile or ElementKind.Phone or ElementKind.Email or ElementKind.Plate;
}

/// <summary>How a value is stored: text keeps every character (leading zeros), the others have one normal form.</summary>
public enum ValueShape : byte { Text, Integer, Decimal, Date, Timestamp, Real }
