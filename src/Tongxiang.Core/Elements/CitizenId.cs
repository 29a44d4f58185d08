using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Tongxiang.Core.Elements;

/// <summary>Citizen identity number, GB 11643-1999: region 6, birth date 8, sequence 3 (odd male, even female), check by ISO 7064 MOD 11-2.</summary>
public static class CitizenId
{
    private static readonly Vector128<ushort> LowWeights = Vector128.Create((ushort)7, 9, 10, 5, 8, 4, 2, 1);
    private static readonly Vector128<ushort> HighWeights = Vector128.Create((ushort)6, 3, 7, 9, 10, 5, 8, 4);

    public static Flaw Check(ReadOnlySpan<char> text, Surroundings around) => Ascii.Bytes(text) is { } bytes ? Check(bytes, around) : Flaw.Characters;

    /// <summary>Length, characters, check, calendar, future, region – in this order. An unknown region only warns: cancelled codes live on in people's numbers.</summary>
    public static Flaw Check(ReadOnlySpan<byte> id, Surroundings around)
    {
        if (id.Length == 15) return CheckOld(id, around);
        if (id.Length != 18) return Flaw.Length;
        var body = Vector128.Create(id[..16]) - Vector128.Create((byte)'0');
        var seventeenth = id[16] - (uint)'0';
        if (Vector128.GreaterThanAny(body, Vector128.Create((byte)9)) || seventeenth > 9) return Flaw.Characters;
        var last = id[17];
        if (last is not ((>= (byte)'0' and <= (byte)'9') or (byte)'X' or (byte)'x')) return Flaw.Characters;

        var (low, high) = Vector128.Widen(body);
        var sum = Vector128.Sum(low * LowWeights + high * HighWeights) + seventeenth * 2;
        if ("10X98765432"u8[(int)(sum % 11)] != (last == (byte)'x' ? (byte)'X' : last)) return Flaw.Checksum;
        return CheckBirth(id.Slice(6, 8), around) is var birth && birth != Flaw.None ? birth
            : last == (byte)'x' ? Flaw.LowerCase
            : CheckRegion(id, around);
    }

    /// <summary>The check character for the first seventeen digits.</summary>
    public static char CheckCharacter(ReadOnlySpan<byte> seventeen)
    {
        ReadOnlySpan<byte> weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        var sum = 0;
        for (var i = 0; i < 17; i++) sum += (seventeen[i] - '0') * weights[i];
        return "10X98765432"[sum % 11];
    }

    /// <summary>The eighteen characters of a fifteen-digit number: the century goes in after the region, the check at the end.</summary>
    public static string Lengthen(ReadOnlySpan<byte> fifteen)
    {
        Span<byte> id = stackalloc byte[18];
        fifteen[..6].CopyTo(id);
        "19"u8.CopyTo(id[6..]);
        fifteen[6..].CopyTo(id[8..]);
        id[17] = (byte)CheckCharacter(id);
        return Encoding.ASCII.GetString(id);
    }

    /// <summary>Whether the number belongs to a man; only for a number that passed <see cref="Check(ReadOnlySpan{byte}, Surroundings)"/>.</summary>
    public static bool IsMale(ReadOnlySpan<byte> id) => (id[id.Length == 15 ? 14 : 16] & 1) == 1;

    private static Flaw CheckOld(ReadOnlySpan<byte> id, Surroundings around)
    {
        if (!Ascii.AllDigits(id)) return Flaw.Characters;
        Span<byte> birth = stackalloc byte[8];
        "19"u8.CopyTo(birth);
        id.Slice(6, 6).CopyTo(birth[2..]);
        return CheckBirth(birth, around) is var flaw && flaw != Flaw.None ? flaw : Flaw.FifteenDigits;
    }

    private static Flaw CheckBirth(ReadOnlySpan<byte> birth, Surroundings around)
    {
        // Eight digits as one number: three multiplications instead of eight.
        var word = MemoryMarshal.Read<ulong>(birth) - 0x3030303030303030;
        word = (word * 10) + (word >> 8);
        var day = (int)((((word & 0x000000FF000000FF) * 0x000F424000000064) + (((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32);
        if (!Dates.Exists(day / 10000, day / 100 % 100, day % 100)) return Flaw.Calendar;
        return day > around.TodayNumber ? Flaw.Future : Flaw.None;
    }

    private static Flaw CheckRegion(ReadOnlySpan<byte> id, Surroundings around) => id[0] == (byte)'9' || around.Divisions is not { } divisions
        ? Flaw.None
        : divisions.Standing(id[..6], around.Today) switch
        {
            DivisionStanding.Current => Flaw.None,
            DivisionStanding.Past => Flaw.HistoricalRegion,
            _ => Flaw.UnknownRegion,
        };
}
