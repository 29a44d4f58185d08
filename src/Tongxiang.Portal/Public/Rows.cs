using Tongxiang.Catalog;

namespace Tongxiang.Portal.Public;

/// <summary>Some rows as people read them.</summary>
public sealed record Rows(IReadOnlyList<Field> Columns, IReadOnlyList<IReadOnlyList<string?>> Lines);

static class Columns
{
    /// <summary>Whether figures of the column are written to the right.</summary>
    public static bool IsNumber(this Field field) => field.Type is FieldType.Integer or FieldType.Decimal or FieldType.Real;
}
