using System.Buffers;
using System.Text;

namespace Tongxiang.Core.Search;

/// <summary>One step of a text as the index sees it: a Han pair, the last Han character of a run, or a Latin word.</summary>
/// <param name="First">First character of a pair; 0 for a Latin word.</param>
/// <param name="Second">Second character of a pair; 0 when the character stands alone or ends its run.</param>
/// <param name="Start">Where the token starts in the folded text.</param>
/// <param name="Length">Its length there in UTF-16 units.</param>
public readonly record struct Token(int First, int Second, int Start, int Length)
{
    /// <summary>Whether this is a Latin word or number, to be compared by its letters.</summary>
    public bool Word => First == 0;

    /// <summary>The pair as one number.</summary>
    public ulong Pair => (ulong)(uint)First << 32 | (uint)Second;
}

/// <summary>Cuts text by rune into overlapping Han pairs and Latin words, so that two-character words – most real queries – are found without a dictionary.</summary>
public static class Tokens
{
    /// <summary>Lower case, full-width forms to half-width, every run of white space and control characters to one blank.</summary>
    public static string Fold(string text)
    {
        var buffer = ArrayPool<char>.Shared.Rent(text.Length);
        var length = 0;
        foreach (var c in text)
        {
            var narrow = c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - 0xFEE0) : c;
            if (narrow is >= '\u4E00' and <= '\u9FFF') buffer[length++] = narrow;
            else if (!char.IsWhiteSpace(narrow) && !char.IsControl(narrow)) buffer[length++] = char.ToLowerInvariant(narrow);
            else if (length > 0 && buffer[length - 1] != ' ') buffer[length++] = ' ';
        }

        if (length > 0 && buffer[length - 1] == ' ') length--;
        var folded = text.AsSpan().SequenceEqual(buffer.AsSpan(0, length)) ? text : new string(buffer, 0, length);
        ArrayPool<char>.Shared.Return(buffer);
        return folded;
    }

    /// <summary>Appends the tokens of a folded text; with <paramref name="ends"/> each run's last character is kept for one-character search.</summary>
    public static void Cut(ReadOnlySpan<char> folded, bool ends, List<Token> into)
    {
        for (var i = 0; i < folded.Length;)
        {
            Rune.DecodeFromUtf16(folded[i..], out var rune, out var width);
            if (Han(rune.Value)) i = CutHan(folded, i, ends, into);
            else if (Rune.IsLetterOrDigit(rune)) i = CutWord(folded, i, into);
            else i += width;
        }
    }

    /// <summary>Han characters with radicals, kana, Hangul, the supplementary planes, and the private areas where older systems kept rare names.</summary>
    public static bool Han(int rune) => rune is
        >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x3FFFF or >= 0xF900 and <= 0xFAFF
        or >= 0x2E80 and <= 0x2FDF or >= 0x3005 and <= 0x3007 or >= 0x3040 and <= 0x30FF or >= 0xAC00 and <= 0xD7AF
        or >= 0xE000 and <= 0xF8FF or >= 0xF0000 and <= 0x10FFFF;

    private static int CutHan(ReadOnlySpan<char> folded, int start, bool ends, List<Token> into)
    {
        Rune.DecodeFromUtf16(folded[start..], out var previous, out var width);
        int at = start, next = start + width;
        var alone = true;
        while (next < folded.Length)
        {
            Rune.DecodeFromUtf16(folded[next..], out var rune, out var step);
            if (!Han(rune.Value)) break;
            into.Add(new Token(previous.Value, rune.Value, at, width + step));
            (previous, at, width, alone) = (rune, next, step, false);
            next += step;
        }

        if (alone || ends) into.Add(new Token(previous.Value, 0, at, width));
        return next;
    }

    private static int CutWord(ReadOnlySpan<char> folded, int start, List<Token> into)
    {
        var end = start;
        while (end < folded.Length)
        {
            Rune.DecodeFromUtf16(folded[end..], out var rune, out var width);
            if (!Rune.IsLetterOrDigit(rune) || Han(rune.Value)) break;
            end += width;
        }

        into.Add(new Token(0, 0, start, end - start));
        return end;
    }
}
