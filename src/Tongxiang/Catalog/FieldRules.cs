using System.Text.RegularExpressions;
using Tongxiang.Core.Elements;

namespace Tongxiang.Catalog;

/// <summary>What the fields of an entry must be: names, types, elements, classes, key and coordinates.</summary>
public static partial class FieldRules
{
    private const int LongestText = 1_000_000;
    private const int MostDecimals = 12;
    private const int LongestKey = 16;

    internal static void Check(EntryContent content, RuleBook found)
    {
        if (content.Fields.Count == 0) found.Missing("fields");
        if (content.Fields.Count > EntryRules.MostFields)
        {
            found.Error("fields", "catalog.too-many-fields", EntryRules.MostFields, content.Fields.Count);
            return;
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < content.Fields.Count; i++)
        {
            var field = content.Fields[i];
            var at = $"fields[{i}]";
            if (!names.Add(field.Name)) found.Error($"{at}.name", "catalog.name-twice", field.Name);
            Naming(at, field, found);
            Typing(at, field, found);
            Classes(at, field, content, found);
        }
        Key(content, found);
        Coordinates(content, found);
    }

    private static void Naming(string at, Field field, RuleBook found)
    {
        if (!Name().IsMatch(field.Name)) found.Error($"{at}.name", "catalog.bad-name", RuleBook.Short(field.Name));
        else if (Field.Reserved.Contains(field.Name)) found.Error($"{at}.name", "catalog.reserved-name", field.Name);
        found.Text($"{at}.title", field.Title, 1, 100, isNeeded: true, always: true);
        found.Text($"{at}.titleEn", field.TitleEn, 1, 200);
        found.Text($"{at}.meaning", field.Meaning, 1, 1000, isNeeded: true);
    }

    private static void Typing(string at, Field field, RuleBook found)
    {
        if (field.Length is { } length && (field.Type != FieldType.Text || length is < 1 or > LongestText)) found.Error($"{at}.length", "catalog.bad-length", length, LongestText);
        if (field.Type == FieldType.Decimal && field.Scale is null) found.Error($"{at}.scale", "catalog.no-scale", MostDecimals);
        if (field.Scale is { } scale && (field.Type != FieldType.Decimal || scale is < 0 or > MostDecimals)) found.Error($"{at}.scale", "catalog.bad-scale", scale, MostDecimals);
        if (field.CodeList is { } list && CodeLists.Find(list) is null)
            found.Error($"{at}.codeList", "catalog.unknown-term", RuleBook.Short(list), string.Join(" ", CodeLists.All.Select(l => l.Key)));
        else if (field.CodeList is not null && field.Type != FieldType.Text) found.Error($"{at}.type", "catalog.coded-text", field.Name);
        if (field.Element is null) return;
        if (Elements.Find(field.Element) is not { } element)
        {
            found.Error($"{at}.element", "catalog.unknown-term", RuleBook.Short(field.Element), string.Join(" ", Elements.All.Select(e => e.Key)));
            return;
        }
        if (!element.Fits(field.Type)) found.Error($"{at}.type", "catalog.element-type", field.Name, element.Key, element.Type);
        if (field.IsPersonal || !element.Kind.IsPersonal()) return;
        // A citizen's number is personal wherever it stands; a phone or a name may be an office's.
        if (element.Kind == ElementKind.CitizenId) found.Error($"{at}.isPersonal", "catalog.must-be-personal", field.Name);
        else found.Notice($"{at}.isPersonal", "catalog.perhaps-personal", field.Name, element.Key);
    }

    private static void Classes(string at, Field field, EntryContent content, RuleBook found)
    {
        if (field.ShareClass < content.Sharing.Class) found.Error($"{at}.shareClass", "catalog.class-looser", field.Name, field.ShareClass, content.Sharing.Class);
        if (field.OpenClass < content.Opening.Class) found.Error($"{at}.openClass", "catalog.class-looser", field.Name, field.OpenClass, content.Opening.Class);
        if (field.Grade == Grade.Core) found.Error($"{at}.grade", "catalog.core-data");
        // GB/T 43697: the highest grade of what is inside counts.
        else if (field.Grade > content.Grade) found.Error($"{at}.grade", "catalog.grade-too-low", field.Name, field.Grade, content.Grade);
    }

    private static void Key(EntryContent content, RuleBook found)
    {
        if (content.Key.Count > LongestKey) found.Error("key", "catalog.too-many", LongestKey, content.Key.Count);
        if (content.Key.Distinct(StringComparer.Ordinal).Count() != content.Key.Count) found.Error("key", "catalog.key-twice");
        // A part of text may be empty (a row of a whole country has no city) as long as another part never is.
        var isAnchored = content.Fields.Any(f => f.IsRequired && content.Key.Contains(f.Name));
        foreach (var name in content.Key.Take(LongestKey))
        {
            if (content.Fields.FirstOrDefault(f => f.Name == name) is not { } field) found.Error("key", "catalog.no-such-field", RuleBook.Short(name));
            else if (!field.IsRequired && !(isAnchored && field.Type == FieldType.Text)) found.Error("key", "catalog.key-optional", name);
            else if (field.Type == FieldType.Real) found.Error("key", "catalog.key-real", name);
        }
    }

    private static void Coordinates(EntryContent content, RuleBook found)
    {
        var (longitude, latitude) = (content.LongitudeField, content.LatitudeField);
        if (longitude is null && latitude is null) return;
        Coordinate("longitudeField", longitude, content, found);
        Coordinate("latitudeField", latitude, content, found);
        if (longitude == latitude) found.Error("latitudeField", "catalog.same-coordinate", longitude);
    }

    private static void Coordinate(string at, string? name, EntryContent content, RuleBook found)
    {
        if (name is null) found.Error(at, "catalog.half-coordinate");
        else if (content.Fields.FirstOrDefault(f => f.Name == name) is not { } field) found.Error(at, "catalog.no-such-field", RuleBook.Short(name));
        else if (field.Type is not (FieldType.Real or FieldType.Decimal)) found.Error(at, "catalog.coordinate-type", name);
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_]{0,62}\z")]
    internal static partial Regex Name();
}
