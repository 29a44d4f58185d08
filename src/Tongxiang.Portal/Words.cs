using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Tongxiang.Portal;

/// <summary>The portal's own texts in both languages, from every <c>texts*.json</c> of this assembly: key to Chinese and English.</summary>
public static class Words
{
    static readonly FrozenDictionary<string, string[]> Rows = Load();

    /// <summary>Every key, for the law that no page asks for a text that is not there.</summary>
    public static IEnumerable<string> Keys => Rows.Keys;

    /// <summary>True when the key is known.</summary>
    public static bool Has(string key) => Rows.ContainsKey(key);

    /// <summary>The text of a key, <paramref name="lang"/> being <c>zh</c> or <c>en</c>; an unknown key is a mistake of ours and shows itself.</summary>
    public static string Get(string lang, string key, params object?[] args)
    {
        if (!Rows.TryGetValue(key, out var row))
            return $"[{key}]";
        var text = row[lang == "en" ? 1 : 0];
        return args.Length == 0 ? text : string.Format(CultureInfo.InvariantCulture, text, args);
    }

    static FrozenDictionary<string, string[]> Load()
    {
        var assembly = typeof(Words).Assembly;
        var rows = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.Contains("texts", StringComparison.Ordinal) && n.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            foreach (var (key, row) in JsonSerializer.Deserialize<Dictionary<string, string[]>>(stream)!)
                rows.Add(key, row);
        }
        return rows.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
