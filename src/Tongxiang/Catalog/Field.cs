namespace Tongxiang.Catalog;

/// <summary>The types of fields, and with them of serving columns.</summary>
public enum FieldType
{
    /// <summary>Text, served as it is; leading zeros stay.</summary>
    Text,

    /// <summary>Whole number of 64 bits.</summary>
    Integer,

    /// <summary>Exact decimal with <see cref="Field.Scale"/> places; served from a scaled bigint.</summary>
    Decimal,

    /// <summary>Binary floating point: coordinates and measurements.</summary>
    Real,

    /// <summary>Civil day, ISO text yyyy-MM-dd.</summary>
    Date,

    /// <summary>Instant or local time, ISO text yyyy-MM-ddTHH:mm:ss with the offset when it has one.</summary>
    Timestamp,
}

/// <summary>A field of an entry (数据项).</summary>
/// <param name="Name">Column name: <c>[a-z][a-z0-9_]{0,62}</c>, none of the reserved words of the query language.</param>
/// <param name="Title">Chinese name.</param>
/// <param name="Length">Longest text in characters; null when unlimited.</param>
/// <param name="Scale">Decimal places of a <see cref="FieldType.Decimal"/>.</param>
/// <param name="Element">Key of the standard element it is bound to (GB/T 18391), e.g. <c>citizen-id</c>; null when none.</param>
/// <param name="CodeList">Key of the code list its values come from.</param>
/// <param name="IsPersonal">Whether it is personal information.</param>
/// <param name="IsRequired">Whether an empty value is an error.</param>
/// <param name="ShareClass">Stricter than the entry's, or null for the entry's.</param>
/// <param name="OpenClass">Stricter than the entry's, or null for the entry's.</param>
public sealed record Field(
    string Name, string Title, string? TitleEn, FieldType Type, int? Length, int? Scale, string Meaning, string? Element, string? CodeList,
    bool IsPersonal, bool IsRequired, ShareClass? ShareClass, OpenClass? OpenClass, Grade Grade)
{
    /// <summary>Words of the query language that no column may be called; cataloguing renames them.</summary>
    public static IReadOnlySet<string> Reserved { get; } = new HashSet<string>(StringComparer.Ordinal) { "select", "order", "limit", "offset", "and", "or", "not", "after" };
}
