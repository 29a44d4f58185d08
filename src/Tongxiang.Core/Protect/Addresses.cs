namespace Tongxiang.Core.Protect;

/// <summary>How far down an address is told.</summary>
public enum AddressLevel { Province, City, District }

/// <summary>Finds where the division parts of a written address end; whatever cannot be read as a division counts as the person's own.</summary>
public static class Addresses
{
    private const int longestPart = 12;

    /// <summary>Bytes of the leading parts down to a level; 0 when not even the first part is one. An address never goes on past its district.</summary>
    public static int Until(ReadOnlySpan<byte> utf8, AddressLevel level)
    {
        var at = Part(utf8, "省"u8, "自治区"u8, "特别行政区"u8);
        if (at == 0 && Municipality(utf8)) at = 9;
        if (level == AddressLevel.Province) return at;
        at += Part(utf8[at..], "市"u8, "自治州"u8, "地区"u8, "盟"u8);
        if (level == AddressLevel.City) return at;
        return at + Part(utf8[at..], "区"u8, "县"u8, "旗"u8, "市"u8);
    }

    // Three-byte characters only: a digit, a letter or a sign is already part of a house number.
    private static int Part(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> one, ReadOnlySpan<byte> two, ReadOnlySpan<byte> three, ReadOnlySpan<byte> four = default)
    {
        for (var at = 0; at + 3 <= rest.Length && at < longestPart * 3 && rest[at] is >= 0xE3 and <= 0xE9; at += 3)
        {
            // A name in front of the word that makes it a division: 锦屏区, not 区.
            if (at < 6) continue;
            foreach (var length in (ReadOnlySpan<int>)[one.Length, two.Length, three.Length, four.Length])
            {
                var end = at + 3;
                if (length == 0 || end < length) continue;
                var word = rest[(end - length)..end];
                if (word.SequenceEqual(one) || word.SequenceEqual(two) || word.SequenceEqual(three) || four.Length > 0 && word.SequenceEqual(four)) return IsPlace(rest[..end]) ? end : 0;
            }

            if (Ends(rest[at..(at + 3)])) return 0;
        }

        return 0;
    }

    // Roads, estates and buildings end the search: 幸福小区 is no district, 解放路 lies below it.
    private static bool Ends(ReadOnlySpan<byte> sign) => sign.SequenceEqual("路"u8) || sign.SequenceEqual("街"u8) || sign.SequenceEqual("巷"u8) || sign.SequenceEqual("号"u8)
        || sign.SequenceEqual("村"u8) || sign.SequenceEqual("镇"u8) || sign.SequenceEqual("乡"u8) || sign.SequenceEqual("栋"u8) || sign.SequenceEqual("楼"u8) || sign.SequenceEqual("室"u8);

    private static bool IsPlace(ReadOnlySpan<byte> part) => !part.EndsWith("小区"u8) && !part.EndsWith("社区"u8) && !part.EndsWith("园区"u8) && !part.EndsWith("校区"u8) && !part.EndsWith("院区"u8) && !part.EndsWith("厂区"u8);

    private static bool Municipality(ReadOnlySpan<byte> utf8) => utf8.StartsWith("北京市"u8) || utf8.StartsWith("天津市"u8) || utf8.StartsWith("上海市"u8) || utf8.StartsWith("重庆市"u8);
}
