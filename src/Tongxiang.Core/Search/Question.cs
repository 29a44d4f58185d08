namespace Tongxiang.Core.Search;

/// <summary>A query taken apart: words, each with every way to say it, each way with its grams.</summary>
internal sealed class Question
{
    private const int mostWords = 12;
    private const int mostLetters = 200;

    public Question(string text, Synonyms synonyms)
    {
        Folded = Tokens.Fold(text.Length > mostLetters ? text[..mostLetters] : text);
        var tokens = new List<Token>();
        foreach (var word in Folded.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).Take(mostWords))
        {
            var ways = new List<Way> { new(word, Grams(word, tokens), null) };
            if (ways[0].Grams.Length == 0) continue;
            foreach (var variant in synonyms.Of(word)) ways.Add(new Way(variant.Text, Grams(variant.Text, tokens), variant));
            Words.Add([.. ways]);
        }
    }

    public string Folded { get; }

    public List<Way[]> Words { get; } = [];

    /// <summary>Letters that may be pinyin initials, or null.</summary>
    public string? Letters => Folded.Length >= 2 && Folded.All(char.IsAsciiLetterLower) ? Folded : null;

    private static Gram[] Grams(string word, List<Token> tokens)
    {
        tokens.Clear();
        Tokens.Cut(word, ends: false, tokens);
        return [.. tokens.Select(token => token.Word
            ? new Gram(0, false, word.Substring(token.Start, token.Length))
            : new Gram(token.Pair, token.Second == 0, null)).Distinct()];
    }
}

/// <summary>One way to say a word of the query.</summary>
internal sealed record Way(string Text, Gram[] Grams, Variant? Variant);

/// <summary>A set of documents as bits.</summary>
internal sealed class Bits(int length)
{
    private readonly ulong[] bits = new ulong[(length + 63) / 64];

    public bool this[int i] => (bits[i >> 6] >> i & 1) != 0;

    public void Set(int i) => bits[i >> 6] |= 1UL << i;

    public void SetAll()
    {
        for (var i = 0; i < length; i++) Set(i);
    }

    public void And(Bits other)
    {
        for (var i = 0; i < bits.Length; i++) bits[i] &= other.bits[i];
    }

    public void Or(Bits other)
    {
        for (var i = 0; i < bits.Length; i++) bits[i] |= other.bits[i];
    }

    public void Except(Bits other)
    {
        for (var i = 0; i < bits.Length; i++) bits[i] &= ~other.bits[i];
    }

    public Bits Copy()
    {
        var copy = new Bits(length);
        bits.CopyTo(copy.bits, 0);
        return copy;
    }

    public int Count()
    {
        var count = 0;
        foreach (var word in bits) count += System.Numerics.BitOperations.PopCount(word);
        return count;
    }

    public int[] Each()
    {
        var each = new int[Count()];
        var at = 0;
        for (var i = 0; i < bits.Length; i++)
            for (var word = bits[i]; word != 0; word &= word - 1) each[at++] = (i << 6) + System.Numerics.BitOperations.TrailingZeroCount(word);
        return each;
    }
}
