using System.Buffers;
using System.Text;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>What people write in words: not too short, not too long, and nothing in it that disguises what it says.</summary>
internal static class WordRules
{
    /// <param name="least">0: may be empty.</param>
    public static FieldError? Check(string field, string? text, int least, int most)
    {
        var words = (text ?? "").Trim();
        var length = words.EnumerateRunes().Count();
        if (length < least) return new FieldError(field, "share.words.short", least, length);
        if (length > most) return new FieldError(field, "share.words.long", most, length);
        return IsClean(words) ? null : new FieldError(field, "share.words.characters");
    }

    /// <summary>No control character but line breaks and tabs, no half surrogate, no direction override.</summary>
    private static bool IsClean(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used) != OperationStatus.Done) return false;
            if (rune.Value is (< ' ' and not ('\n' or '\r' or '\t')) or 0x7f or (>= 0x80 and < 0xa0) or (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069) or 0xfffe or 0xffff) return false;
            i += used;
        }
        return true;
    }
}
