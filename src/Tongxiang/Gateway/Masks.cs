using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Gateway.Query;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway;

/// <summary>Changes the cells of columns that a grant gives only masked.</summary>
internal static class Masks
{
    public static void Apply(ServedPage page, QueryScope scope)
    {
        for (var column = 0; column < page.Columns.Count; column++)
        {
            var field = page.Columns[column].Field;
            if (scope.Find(field.Name) is not { IsMasked: true }) continue;
            for (var row = 0; row < page.Rows; row++)
                if (page.Text(row, column) is { Length: > 0 } text) page.Replace(row, column, Mask(field, text));
        }
    }

    /// <summary>The form of the bound element; without one nothing of a number is shown, and of a text its first and last sign.</summary>
    public static string Mask(Field field, string text)
    {
        var kind = ElementKinds.TryParse(field.Element, out var bound) ? bound : field.Type switch
        {
            FieldType.Date => ElementKind.Date,
            FieldType.Timestamp => ElementKind.Timestamp,
            FieldType.Text => ElementKind.Text,
            _ => ElementKind.Integer,
        };
        return kind is ElementKind.PersonName or ElementKind.Mobile or ElementKind.Phone or ElementKind.CitizenId or ElementKind.BankCard or ElementKind.Plate
            or ElementKind.Address or ElementKind.Email or ElementKind.Date or ElementKind.Timestamp or ElementKind.Text
            ? Masking.Mask(kind, text)
            : "***";
    }
}
