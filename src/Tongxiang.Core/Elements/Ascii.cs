using System.Buffers;
using System.Text;

namespace Tongxiang.Core.Elements;

internal static class Ascii
{
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    /// <summary>The ASCII bytes of a text, null when a character is outside ASCII. Of a long text only the first 256 characters: too long for every element.</summary>
    public static byte[]? Bytes(ReadOnlySpan<char> text)
    {
        if (text.Length > 256) text = text[..256];
        if (!System.Text.Ascii.IsValid(text)) return null;
        var bytes = new byte[text.Length];
        Encoding.ASCII.GetBytes(text, bytes);
        return bytes;
    }

    public static bool AllDigits(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(Digits);

    public static bool IsDigit(byte b) => b - (uint)'0' <= 9;

    /// <summary>The number made by decimal digits, -1 when one is none; at most nine digits.</summary>
    public static int Number(ReadOnlySpan<byte> digits)
    {
        if (digits.Length is 0 or > 9) return -1;
        var value = 0;
        foreach (var b in digits)
        {
            if (!IsDigit(b)) return -1;
            value = value * 10 + (b - '0');
        }
        return value;
    }
}
