using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Puts the names of fields in order before the rules look at them, and says what was changed.</summary>
public static class FieldNames
{
    /// <summary>Trims names, lowers their case and renames reserved words; key and coordinates follow. Enough for a content that came from a form or a file's header.</summary>
    public static (EntryContent Content, IReadOnlyList<FieldError> Notices) Settle(EntryContent content)
    {
        var notices = new List<FieldError>();
        var taken = new HashSet<string>(content.Fields.Select(f => Plain(f.Name)), StringComparer.Ordinal);
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        var fields = new List<Field>(content.Fields.Count);
        foreach (var field in content.Fields)
        {
            var plain = Plain(field.Name);
            var name = Field.Reserved.Contains(plain) ? Free(plain, taken) : plain;
            if (name != plain) notices.Add(new FieldError($"fields[{fields.Count}].name", "catalog.renamed", plain, name));
            if (name != field.Name) renamed[field.Name] = name;
            fields.Add(name == field.Name ? field : field with { Name = name });
        }
        if (renamed.Count == 0) return (content, notices);
        string Follow(string name) => renamed.GetValueOrDefault(name, name);
        return (content with
        {
            Fields = fields,
            Key = [.. content.Key.Select(Follow)],
            LongitudeField = content.LongitudeField is { } x ? Follow(x) : null,
            LatitudeField = content.LatitudeField is { } y ? Follow(y) : null,
        }, notices);
    }

    private static string Plain(string name) => name.Trim().ToLowerInvariant();

    private static string Free(string reserved, HashSet<string> taken)
    {
        var name = "f_" + reserved;
        for (var i = 2; !taken.Add(name); i++) name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"f_{reserved}_{i}");
        return name;
    }
}
