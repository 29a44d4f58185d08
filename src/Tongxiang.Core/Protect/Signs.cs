using System.Globalization;
using System.Text;

namespace Tongxiang.Core.Protect;

/// <summary>Splits UTF-8 into text elements, what a reader takes for one character: a rare ideograph, or a letter with its combining marks.</summary>
internal static class Signs
{
    /// <summary>Of a longer text only the beginning is looked at; the rest is hidden anyway.</summary>
    public const int Most = 200;

    // A letter with more marks than this is a picture, not a letter.
    private const int longestSign = 32;

    /// <summary>Fills <paramref name="ends"/> with where each element ends and tells how many there are, at most <see cref="Most"/>.</summary>
    public static int Split(ReadOnlySpan<byte> utf8, Span<int> ends)
    {
        var (count, at) = (0, 0);
        while (at < utf8.Length && count < Most)
        {
            if (utf8[at] is >= 0x20 and < 0x7F)
            {
                // Followed by something else than ASCII it may carry a mark.
                if (at + 1 < utf8.Length && utf8[at + 1] >= 0x80 && !IsPlain(utf8[(at + 1)..])) return Slowly(utf8, ends);
                ends[count++] = ++at;
                continue;
            }

            Rune.DecodeFromUtf8(utf8[at..], out var rune, out var length);
            if (!IsSingle(rune.Value)) return Slowly(utf8, ends);
            ends[count++] = at += length;
        }

        return count;
    }

    /// <summary>Whether an element may stand in clear: no sign that ends, turns or hides a line, none without a meaning, no tower of marks.</summary>
    public static bool IsShowable(ReadOnlySpan<byte> sign)
    {
        if (sign.Length > longestSign) return false;
        while (sign.Length > 0)
        {
            if (Rune.DecodeFromUtf8(sign, out var rune, out var length) != System.Buffers.OperationStatus.Done) return false;
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate) return false;
            sign = sign[length..];
        }

        return true;
    }

    private static bool IsPlain(ReadOnlySpan<byte> rest) => Rune.DecodeFromUtf8(rest, out var rune, out _) == System.Buffers.OperationStatus.Done && IsSingle(rune.Value);

    // Characters that never join the one before them: Latin, ideographs of every plane, their punctuation, full-width forms.
    private static bool IsSingle(int rune) => rune is (>= 0x20 and < 0x300) or (>= 0x2E80 and < 0x302A) or (> 0x3030 and < 0x3099) or (> 0x309A and < 0xA000) or (>= 0xFF01 and < 0xFF9E) or (>= 0x20000 and < 0x40000);

    private static int Slowly(ReadOnlySpan<byte> utf8, Span<int> ends)
    {
        // Marks may follow the last element that is looked at: a little more is read than is shown.
        var head = utf8[..Math.Min(utf8.Length, Most * longestSign)];
        // Bytes that are no UTF-8 would move every place behind them: of such a text nothing is shown.
        if (head.Length == utf8.Length && !System.Text.Unicode.Utf8.IsValid(head)) return 0;
        var text = Encoding.UTF8.GetString(head);
        var (count, at) = (0, 0);
        for (var rest = text.AsSpan(); rest.Length > 0 && count < Most;)
        {
            var length = StringInfo.GetNextTextElementLength(rest);
            at += Encoding.UTF8.GetByteCount(rest[..length]);
            ends[count++] = Math.Min(at, utf8.Length);
            rest = rest[length..];
        }

        return count;
    }
}
