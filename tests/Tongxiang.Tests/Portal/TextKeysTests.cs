using System.Text.RegularExpressions;
using Tongxiang.Portal;

namespace Tongxiang.Tests.Portal;

public sealed partial class TextKeysTests
{
    [Fact]
    public void Every_text_a_page_asks_for_is_there_in_both_languages()
    {
        var missing = Sources().SelectMany(f => Asked().Matches(File.ReadAllText(f)).Select(m => (File: Path.GetFileName(f), Key: m.Groups["key"].Value)))
            .Where(ask => !ask.Key.EndsWith('.') && !ask.Key.EndsWith('-') && !Visit.Words.Has(ask.Key)).Distinct().ToList();
        Assert.Empty(missing);
    }

    [Fact]
    public void Texts_of_one_key_take_the_same_arguments_in_both_languages()
    {
        var uneven = Tongxiang.Kernel.Texts.Load(typeof(Visit).Assembly).All.Where(row => !Holes(row.Value[0]).SequenceEqual(Holes(row.Value[1]))).Select(row => row.Key);
        Assert.Empty(uneven);
    }

    [Fact]
    public void No_page_carries_words_of_its_own()
    {
        // A Chinese character in markup would be a word that has no English; comments and samples of separators are not shown.
        var own = Sources().Where(f => f.EndsWith(".razor", StringComparison.Ordinal)).SelectMany(f => File.ReadLines(f).Where(l => !l.TrimStart().StartsWith("@*", StringComparison.Ordinal) && !l.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .Where(l => Han().IsMatch(l.Replace("中文", "", StringComparison.Ordinal))).Select(l => Path.GetFileName(f) + ": " + l.Trim())).ToList();
        Assert.Empty(own);
    }

    static IEnumerable<string> Sources()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Tongxiang.slnx")))
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("No solution above the tests.");
        return Directory.EnumerateFiles(Path.Combine(root, "src", "Tongxiang.Portal"), "*.*", SearchOption.AllDirectories).Where(f => f.EndsWith(".razor", StringComparison.Ordinal) || f.EndsWith(".cs", StringComparison.Ordinal));
    }

    static IEnumerable<string> Holes(string text) => Hole().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex("""[Vv]isit(?:\.T\(|\[)"(?<key>[a-z][a-zA-Z0-9.-]*)"\s*[,)\]]""")]
    private static partial Regex Asked();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"[\u4e00-\u9fff]")]
    private static partial Regex Han();
}
