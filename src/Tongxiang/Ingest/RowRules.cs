using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Tables;

namespace Tongxiang.Ingest;

/// <summary>An entry's fields as rules over the columns of one file.</summary>
internal sealed record RowRules(IReadOnlyList<Field> Fields, ElementRule[] Rules, int[] Places, int[] KeyParts, int Width)
{
    public static RowRules Of(IReadOnlyList<Field> fields, IReadOnlyList<string> key, IReadOnlyDictionary<string, int> places, int width) => new(
        fields,
        [.. fields.Select(f => Of(f, key.Contains(f.Name)))],
        [.. fields.Select(f => places.GetValueOrDefault(f.Name, -1))],
        [.. key.Select(k => fields.ToList().FindIndex(f => f.Name == k))],
        width);

    public ColumnTally[] Tallies() => [.. Rules.Select(r => new ColumnTally(r.Shape, r.Shape == ValueShape.Decimal ? r.Scale : 0))];

    // The type decides how a value is kept, the element what it must look like; a date bound to a text field stays text.
    private static ElementRule Of(Field field, bool isKey)
    {
        var kind = ElementKinds.TryParse(field.Element, out var element) ? element : ElementKind.Text;
        kind = field.Type switch
        {
            FieldType.Integer => ElementKind.Integer,
            FieldType.Decimal => kind.Shape() == ValueShape.Decimal ? kind : ElementKind.Decimal,
            FieldType.Real => kind.Shape() == ValueShape.Decimal ? kind : ElementKind.Decimal,
            FieldType.Date => ElementKind.Date,
            FieldType.Timestamp => ElementKind.Timestamp,
            _ => kind.Shape() == ValueShape.Text ? kind : ElementKind.Text,
        };
        return new ElementRule(kind)
        {
            MaxLength = field.Type == FieldType.Text ? field.Length ?? 0 : 0,
            Scale = field.Type == FieldType.Decimal ? field.Scale ?? 0 : 0,
            IsReal = field.Type == FieldType.Real,
            // Key parts of text may be empty (an empty part is ''), others may not: serving copies hold no null in a key.
            IsRequired = field.IsRequired || (isKey && field.Type != FieldType.Text),
            Codes = CodesOf(field),
        };
    }

    private static CodeSet? CodesOf(Field field) => CodeLists.Find(field.CodeList) is { } list ? new CodeSet(list.Terms.Select(t => t.Key)) : null;
}
