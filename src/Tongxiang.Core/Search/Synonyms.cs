using System.Collections.Frozen;
using System.Reflection;

namespace Tongxiang.Core.Search;

/// <summary>Groups of words of equal meaning; applied to queries only, so a changed list needs no new index.</summary>
public sealed class Synonyms
{
    private const int mostVariants = 12;
    private readonly FrozenDictionary<string, string[]> groups;
    private readonly FrozenDictionary<string, string[]>.AlternateLookup<ReadOnlySpan<char>> find;
    private readonly int longest;

    /// <summary>No synonyms at all.</summary>
    public static Synonyms None { get; } = new([]);

    /// <summary>The list that travels with the product.</summary>
    public static Synonyms Government { get; } = Parse(Read("Tongxiang.Core.Search.synonyms.txt"));

    /// <summary>A word in several groups takes the members of all of them.</summary>
    public Synonyms(IEnumerable<IReadOnlyList<string>> groups)
    {
        var members = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var group in groups)
        {
            var folded = group.Select(Tokens.Fold).Where(word => word.Length > 0).Distinct(StringComparer.Ordinal).ToList();
            foreach (var word in folded)
            {
                if (!members.TryGetValue(word, out var others)) members[word] = others = [];
                others.AddRange(folded.Where(other => other != word && !others.Contains(other)));
            }
        }

        this.groups = members.ToFrozenDictionary(m => m.Key, m => m.Value.ToArray(), StringComparer.Ordinal);
        find = this.groups.GetAlternateLookup<ReadOnlySpan<char>>();
        longest = members.Count == 0 ? 0 : members.Keys.Max(word => word.Length);
    }

    /// <summary>How many words have a synonym.</summary>
    public int Count => groups.Count;

    /// <summary>One group a line, members separated by blanks, lines beginning with # are notes.</summary>
    public static Synonyms Parse(string text) => new(text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>Every way to say a folded word otherwise: known members are replaced, one place at a time, the longest first; inside a member only those that begin it.</summary>
    public IReadOnlyList<Variant> Of(string word)
    {
        var variants = new List<Variant>();
        for (var at = 0; at < word.Length;)
        {
            var step = 1;
            for (var length = Math.Min(longest, word.Length - at); length > 0; length--)
            {
                if (!find.TryGetValue(word.AsSpan(at, length), out var others) || !Whole(word, at, length)) continue;
                step = Math.Max(step, length);
                foreach (var other in others)
                {
                    if (variants.Count == mostVariants) return variants;
                    variants.Add(new Variant(string.Concat(word.AsSpan(0, at), other, word.AsSpan(at + length)), word.Substring(at, length), other));
                }
            }

            at += step;
        }

        return variants;
    }

    // "gdp" must not be found inside "gdpr".
    private static bool Whole(string word, int at, int length) =>
        !(char.IsAsciiLetterOrDigit(word[at]) && at > 0 && char.IsAsciiLetterOrDigit(word[at - 1]))
        && !(char.IsAsciiLetterOrDigit(word[at + length - 1]) && at + length < word.Length && char.IsAsciiLetterOrDigit(word[at + length]));

    internal static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>A word said otherwise.</summary>
/// <param name="Text">The whole word with the replacement in it.</param>
/// <param name="From">The part that was replaced.</param>
/// <param name="To">What stands in its place.</param>
public readonly record struct Variant(string Text, string From, string To);
