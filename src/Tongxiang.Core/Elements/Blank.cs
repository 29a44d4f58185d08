namespace Tongxiang.Core.Elements;

/// <summary>Blanks and words that stand for nothing.</summary>
public static class Blank
{
    private static readonly byte[][] Placeholders =
        [.. new[] { "-", "--", "—", "——", "/", "无", "不详", "未知", "暂无", "空", "NULL", "null", "N/A", "n/a", "NA", "None", "#N/A" }.Select(System.Text.Encoding.UTF8.GetBytes)];

    /// <summary>Whether the value is a word for "nothing" such as 无, 不详, - or NULL; such cells count as missing.</summary>
    public static bool IsPlaceholder(ReadOnlySpan<byte> value)
    {
        if (value.Length is 0 or > 6) return false;
        foreach (var word in Placeholders)
            if (value.SequenceEqual(word)) return true;
        return false;
    }

    /// <summary>Whether the value is what a spreadsheet shows where a formula failed.</summary>
    public static bool IsFormulaError(ReadOnlySpan<byte> value) => value is [(byte)'#', ..]
        && (value.SequenceEqual("#DIV/0!"u8) || value.SequenceEqual("#REF!"u8) || value.SequenceEqual("#VALUE!"u8) || value.SequenceEqual("#NAME?"u8) || value.SequenceEqual("#NUM!"u8) || value.SequenceEqual("#NULL!"u8));

    /// <summary>Takes ASCII, no-break and full-width blanks and a byte order mark off both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value)
    {
        while (value.Length > 0 && Leading(value) is > 0 and var front) value = value[front..];
        while (value.Length > 0 && Trailing(value) is > 0 and var back) value = value[..^back];
        return value;
    }

    public static bool IsPadded(ReadOnlySpan<byte> value) => value.Length > 0 && (Leading(value) > 0 || Trailing(value) > 0);

    /// <summary>Number of code points of a UTF-8 text.</summary>
    public static int Characters(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var b in utf8)
            if ((b & 0xC0) != 0x80) count++;
        return count;
    }

    private static int Leading(ReadOnlySpan<byte> value) => value[0] switch
    {
        <= 0x20 => 1,
        0xC2 when value.StartsWith("\u00A0"u8) => 2,
        0xE3 when value.StartsWith("\u3000"u8) => 3,
        0xEF when value.StartsWith("\uFEFF"u8) => 3,
        _ => 0,
    };

    private static int Trailing(ReadOnlySpan<byte> value) => value[^1] switch
    {
        <= 0x20 => 1,
        0xA0 when value.EndsWith("\u00A0"u8) => 2,
        0x80 when value.EndsWith("\u3000"u8) => 3,
        0xBF when value.EndsWith("\uFEFF"u8) => 3,
        _ => 0,
    };
}
