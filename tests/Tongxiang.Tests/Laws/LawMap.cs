using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Kernel;

namespace Tongxiang.Tests.Laws;

/// <summary>One of the forty requirements by which a bureau accepts the platform.</summary>
/// <param name="IsOpen">Waits for a part that is not built; it has no test until then.</param>
internal sealed record LegalRequirement(int Number, string Priority, string Basis, string[] Says, bool IsOpen = false);

/// <summary>What <c>docs/law-map.md</c> says: each requirement and each number of the law, where it is enforced and which tests show it. Made from the code.</summary>
internal static partial class LawMap
{
    public const string Place = "docs/law-map.md";

    private static readonly Assembly[] Products = [typeof(EnforcesAttribute).Assembly, typeof(Db).Assembly, typeof(Tongxiang.Portal.PortalFace).Assembly, typeof(Tongxiang.Server.Node).Assembly];
    private static readonly Lazy<Dictionary<string, string>> Homes = new(FindHomes);

    public static IReadOnlyList<LegalRequirement> Requirements { get; } =
        JsonSerializer.Deserialize<LegalRequirement[]>(File.ReadAllText(Path.Combine(Repository.Root, "tests/Tongxiang.Tests/Laws/requirements.json")), Wire.Json)!;

    /// <summary>Tests by the requirement in their name.</summary>
    public static ILookup<int, MethodInfo> Tests { get; } = typeof(LawMap).Assembly.GetTypes()
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .Where(m => Named().IsMatch(m.Name))
        .ToLookup(m => int.Parse(Named().Match(m.Name).Groups[1].Value, CultureInfo.InvariantCulture));

    /// <summary>Types and methods that say which requirement they enforce.</summary>
    public static ILookup<int, MemberInfo> Enforcers { get; } = Products.SelectMany(a => a.GetTypes())
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).Prepend<MemberInfo>(t))
        .SelectMany(m => m.GetCustomAttributes<EnforcesAttribute>(inherit: false).SelectMany(a => a.Requirements, (_, number) => (number, m)))
        .ToLookup(x => x.number, x => x.m);

    public static string Write()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # 法条对照 Law map

            Made from the code by `tests/Tongxiang.Tests/Laws/LawMapTests.cs`, which fails when this page is not what the code says. To write it anew: `TONGXIANG_WRITE_DOCS=1 dotnet artifacts/bin/Tongxiang.Tests/release/Tongxiang.Tests.dll -class "*LawMapTests"`.
            `809-21` is article 21 of the Regulation on Sharing Government Data (State Council Order 809); other texts are named in full in the second table.

            ## 四十项可检验要求 The forty requirements

            | # | | 要求 Requirement | 依据 Basis | 落实 Enforced in | 测试 Tests |
            |---|---|---|---|---|---|

            """);
        foreach (var r in Requirements) text.AppendLine(CultureInfo.InvariantCulture, $"| {r.Number} | {r.Priority} | {r.Says[0]}<br>{r.Says[1]} | {r.Basis} | {Places(r)} | {Shown(r)} |");
        text.Append("""

            ## 规则包 The rule pack

            Grade: A the text was read, B an excerpt or summary, C not verified. A number that no code names is shown to people only.

            | 规则 Rule | 内容 What | 依据 Source | 数值 Value | 适用 Where | 级 Grade | 落实 Enforced in | 测试 Tests |
            |---|---|---|---|---|---|---|---|

            """);
        foreach (var rule in Rules())
            text.AppendLine(CultureInfo.InvariantCulture, $"| {rule.Id} | {rule.Says[0]}<br>{rule.Says[1]} | {rule.Source}{(rule.Article.Length > 0 ? " " + rule.Article : "")} | {rule.Value?.ToString(CultureInfo.InvariantCulture) ?? "–"} {rule.Unit} | {rule.Jurisdiction} | {rule.Grade} | {Naming(rule.Id, "src")} | {Naming(rule.Id, "tests")} |");
        return text.ToString();
    }

    private static Rule[] Rules()
    {
        using var pack = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src/Tongxiang/Agencies/rulepack.json")));
        return pack.RootElement.GetProperty("rules").Deserialize<Rule[]>(Wire.Json)!;
    }

    private static string Places(LegalRequirement r) => r.IsOpen
        ? "**未实现 open**"
        : string.Join("<br>", Enforcers[r.Number].Select(Link).Distinct().Order(StringComparer.Ordinal));

    private static string Shown(LegalRequirement r) => string.Join("<br>", Tests[r.Number].OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => $"[{t.Name["Requirement_NN_".Length..].Replace('_', ' ')}](../{Home(t.DeclaringType!)})").Distinct());

    private static string Link(MemberInfo member)
    {
        var type = member as Type ?? member.DeclaringType!;
        var name = member is Type ? Plain(type) : $"{Plain(type)}.{Method(member.Name)}";
        return $"[{type.Namespace!["Tongxiang.".Length..]}.{name}](../{Home(type)})";
    }

    // An async method or a local function of it keeps its own name; the compiler's brackets are not shown.
    private static string Method(string name) => name.Replace("<", "", StringComparison.Ordinal).Split('>')[0];

    private static string Plain(Type type) => type.Name.Split('`')[0];

    private static string Home(Type type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return Homes.Value.GetValueOrDefault(Plain(type)) ?? throw new InvalidOperationException($"No file declares {type.FullName}.");
    }

    private static string Naming(string rule, string folder) => string.Join("<br>",
        Repository.Files(folder, "*.cs").Where(f => File.ReadAllText(f).Contains($"\"{rule}\"", StringComparison.Ordinal)).Select(Repository.Short).Order(StringComparer.Ordinal).Select(f => $"[{Path.GetFileNameWithoutExtension(f)}](../{f})"));

    private static Dictionary<string, string> FindHomes()
    {
        var homes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Repository.Files("src", "*.cs").Concat(Repository.Files("tests/Tongxiang.Tests", "*.cs")).Order(StringComparer.Ordinal))
            foreach (Match declared in Declaration().Matches(File.ReadAllText(file)))
                homes.TryAdd(declared.Groups[1].Value, Repository.Short(file));
        foreach (var page in Repository.Files("src", "*.razor")) homes.TryAdd(Path.GetFileNameWithoutExtension(page), Repository.Short(page));
        return homes;
    }

    [GeneratedRegex("^Requirement_([0-9]{2})_")]
    private static partial Regex Named();

    [GeneratedRegex(@"(?m)^(?:public|internal)?\s*(?:(?:static|sealed|partial|abstract|readonly)\s+)*(?:class|record struct|record|struct|enum)\s+([A-Za-z0-9]+)")]
    private static partial Regex Declaration();
}
