using Tongxiang.Assess;

namespace Tongxiang.Tests.Assess;

/// <summary>Indicator trees for tests: four heads with one indicator group and one indicator each.</summary>
internal static class Trees
{
    /// <summary>Quantity, utilisation, security and application with these weights.</summary>
    public static SchemeNode Seed(decimal quantity, decimal utilisation, decimal security, decimal application) => new("root", "共享考核", "Appraisal", 100,
    [
        Head("quantity", "数量", quantity, ScoreFunction.CappedCount, new ScoreNumbers(Target: 100)),
        Head("utilisation", "利用率", utilisation, ScoreFunction.Ratio, null, isUtilisation: true),
        Head("security", "安全", security, ScoreFunction.Deduction, new ScoreNumbers(Each: 20, Floor: 0)),
        Head("application", "应用", application, ScoreFunction.CappedCount, new ScoreNumbers(Target: 10)),
    ]);

    /// <summary>Inputs that score 90, 35, 100 and 60.</summary>
    public static IReadOnlyDictionary<string, ScoreInput> Example { get; } = new Dictionary<string, ScoreInput>
    {
        ["quantity-1"] = new(90, Evidence: "目录统计表"),
        ["utilisation-1"] = new(35, 100, Evidence: "使用台账"),
        ["security-1"] = new(0, Evidence: "安全事件统计"),
        ["application-1"] = new(6, Evidence: "应用成果清单"),
    };

    public static SchemeNode Leaf(string key, decimal weight, ScoreFunction function, ScoreNumbers? numbers = null, MissingPolicy missing = MissingPolicy.Exclude, string? source = null, bool isUtilisation = false) =>
        new(key, key, key, weight, null, function, numbers, missing, isUtilisation, source);

    public static SchemeNode Of(params SchemeNode[] leaves) => new("root", "根", "root", 100, [new SchemeNode("head", "头", "head", 100, leaves)]);

    private static SchemeNode Head(string key, string name, decimal weight, ScoreFunction function, ScoreNumbers? numbers, bool isUtilisation = false) =>
        new(key, name, key, weight, [Leaf(key + "-1", 100, function, numbers)], IsUtilisation: isUtilisation);
}
