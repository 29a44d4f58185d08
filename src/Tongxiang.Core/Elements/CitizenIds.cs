namespace Tongxiang.Core.Elements;

/// <summary>Finds identity numbers among other words.</summary>
public static class CitizenIds
{
    private const int length = 18;

    /// <summary>Whether a valid identity number stands among the words.</summary>
    public static bool AreIn(string text)
    {
        Span<byte> digits = stackalloc byte[length - 1];
        for (var at = 0; at + length <= text.Length; at++)
        {
            var part = text.AsSpan(at, length);
            if (part[..^1].ContainsAnyExceptInRange('0', '9') || (at > 0 && char.IsAsciiDigit(text[at - 1])) || (at + length < text.Length && char.IsAsciiDigit(text[at + length]))) continue;
            for (var i = 0; i < digits.Length; i++) digits[i] = (byte)part[i];
            if (CitizenId.CheckCharacter(digits) == char.ToUpperInvariant(part[^1])) return true;
        }
        return false;
    }
}
