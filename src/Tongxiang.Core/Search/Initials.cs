using System.Collections.Frozen;
using System.Text;

namespace Tongxiang.Core.Search;

/// <summary>Pinyin initials of Han text: tccbw for 停车场泊位. A character with several readings gives several.</summary>
public static class Initials
{
    private const int mostPolyphones = 4;
    private static readonly FrozenDictionary<int, string> table = Load();

    /// <summary>All spellings of a text by initials, the most usual first; beyond four characters with several readings only the first reading of each.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        var steps = Steps(text);
        if (steps.Count == 0) return [];
        var whole = steps.Count(step => step.Length > 1) <= mostPolyphones;
        var spellings = new List<StringBuilder> { new(steps.Count) };
        foreach (var step in steps)
        {
            var known = spellings.Count;
            for (var reading = whole ? step.Length - 1 : 0; reading > 0; reading--)
                for (var i = 0; i < known; i++) spellings.Add(new StringBuilder().Append(spellings[i]).Append(step[reading]));
            for (var i = 0; i < known; i++) spellings[i].Append(step[0]);
        }

        return [.. spellings.Select(s => s.ToString()).Distinct(StringComparer.Ordinal)];
    }

    // Latin letters and digits stand for themselves, so "gdphs" finds GDP核算; anything else is skipped.
    private static List<string> Steps(string text)
    {
        var steps = new List<string>();
        foreach (var rune in Tokens.Fold(text).EnumerateRunes())
            if (table.TryGetValue(rune.Value, out var readings)) steps.Add(readings);
            else if (rune.IsAscii && Rune.IsLetterOrDigit(rune)) steps.Add(((char)rune.Value).ToString());
        return steps;
    }

    private static FrozenDictionary<int, string> Load()
    {
        var readings = new Dictionary<int, string>();
        foreach (var line in Synonyms.Read("Tongxiang.Core.Search.pinyin-initials.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (line[0] == '#' || tab < 0) continue;
            foreach (var rune in line[(tab + 1)..].EnumerateRunes()) readings[rune.Value] = line[..tab];
        }

        return readings.ToFrozenDictionary();
    }
}
