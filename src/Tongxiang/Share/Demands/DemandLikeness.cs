using Tongxiang.Core.Search;

namespace Tongxiang.Share;

/// <summary>How alike two demands are by their words: the share of character pairs they have in common.</summary>
public static class DemandLikeness
{
    /// <summary>From here on two demands are shown to the bureau as possibly one.</summary>
    public const double Alike = 0.35;

    // What nearly every demand says and what therefore says nothing.
    private static readonly string[] Fillers = ["数据", "信息", "资料", "情况", "名单", "清单", "查询", "全部", "相关", "有关", "的", "及", "和", "与"];

    /// <summary>0 for nothing in common, 1 for the same words in any order (Dice).</summary>
    public static double Of(string one, string other)
    {
        var (a, b) = (Pairs(one), Pairs(other));
        if (a.Count == 0 || b.Count == 0) return 0;
        return 2.0 * a.Count(b.Contains) / (a.Count + b.Count);
    }

    /// <summary>The words as two writers of the same demand would both write them: for finding the very same one.</summary>
    public static string Same(string text) => string.Concat(Tokens.Fold(text).Where(c => !char.IsWhiteSpace(c) && !char.IsPunctuation(c)));

    /// <summary>Pairs of Han characters and whole Latin words, each once.</summary>
    internal static IReadOnlySet<string> Pairs(string text)
    {
        var folded = Tokens.Fold(text);
        foreach (var filler in Fillers) folded = folded.Replace(filler, " ", StringComparison.Ordinal);
        var tokens = new List<Token>();
        Tokens.Cut(folded, ends: false, tokens);
        return tokens.Select(t => folded.Substring(t.Start, t.Length)).ToHashSet(StringComparer.Ordinal);
    }
}
