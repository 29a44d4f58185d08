using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Tongxiang.Kernel;

/// <summary>Every text people read, in Chinese (default) and English, from the texts*.json files beside the code.</summary>
public sealed class Texts
{
    public const string Chinese = "zh-CN";
    public const string English = "en";

    private readonly FrozenDictionary<string, string[]> rows;

    private Texts(FrozenDictionary<string, string[]> rows) => this.rows = rows;

    /// <summary>The texts of the parts, enough for problems and documents.</summary>
    public static Texts Parts { get; } = Load(typeof(Core.Mark).Assembly, typeof(Texts).Assembly);

    public IEnumerable<KeyValuePair<string, string[]>> All => rows;

    /// <exception cref="InvalidOperationException">A key stands twice or lacks a language.</exception>
    public static Texts Load(params Assembly[] assemblies)
    {
        var all = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var assembly in assemblies)
            foreach (var name in assembly.GetManifestResourceNames().Where(IsTexts))
                Add(all, assembly, name);
        return new Texts(all.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>The text in the language, with {0}… filled in; the key itself when it is missing, so a gap is seen.</summary>
    public string Get(string language, string key, params object?[] args)
    {
        if (!rows.TryGetValue(key, out var both)) return key;
        var text = language == English ? both[1] : both[0];
        return args.Length == 0 ? text : string.Format(CultureInfo.InvariantCulture, text, [.. args.Select(a => a is TextKey inner ? Get(language, inner.Key) : a)]);
    }

    public bool Has(string key) => rows.ContainsKey(key);

    private static bool IsTexts(string name) =>
        name.EndsWith(".json", StringComparison.Ordinal) && name.Split('.') is [.., var file, _] && file.StartsWith("texts", StringComparison.Ordinal);

    private static void Add(Dictionary<string, string[]> all, Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        foreach (var (key, both) in JsonSerializer.Deserialize<Dictionary<string, string[]>>(stream, Wire.Json)!)
        {
            if (both is not [{ Length: > 0 }, { Length: > 0 }]) throw new InvalidOperationException($"{name}: '{key}' needs Chinese and English.");
            if (!all.TryAdd(key, both)) throw new InvalidOperationException($"{name}: '{key}' stands twice.");
        }
    }
}

/// <summary>An argument that is itself a text: it is said in the reader's language.</summary>
public sealed record TextKey(string Key);
