using System.Globalization;
using System.Text;
using Tongxiang.Core.Elements;

namespace Tongxiang.Server.Demo;

/// <summary>Makes numbers that pass every checksum and can belong to nobody: prefix 29 was never assigned, nor was the phone segment 154.</summary>
public static class FictionalNumbers
{
    /// <summary>The block all phones of the demonstration come from: 154-0000-0000 to 154-9999-9999, a segment no operator was given.</summary>
    public const string PhoneBlock = "154";

    private const string OrganisationAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// <summary>An identity number (GB 11643); <paramref name="sequence"/> 1…499 counts the births of a day, county and sex.</summary>
    public static string Citizen(string region, DateOnly birth, int sequence, bool isMale)
    {
        Span<byte> id = stackalloc byte[18];
        Encoding.ASCII.GetBytes(region, id);
        Digits(id.Slice(6, 4), birth.Year);
        Digits(id.Slice(10, 2), birth.Month);
        Digits(id.Slice(12, 2), birth.Day);
        Digits(id.Slice(14, 3), sequence * 2 + (isMale ? 1 : 0));
        id[17] = (byte)CitizenId.CheckCharacter(id);
        return Encoding.ASCII.GetString(id);
    }

    /// <summary>A unified social credit code (GB 32100): authority and category such as <c>91</c>, division, serial of the organisation code.</summary>
    public static string Credit(string kind, string division, long serial)
    {
        Span<byte> code = stackalloc byte[18];
        Encoding.ASCII.GetBytes(kind, code);
        Encoding.ASCII.GetBytes(division, code[2..]);
        "MA"u8.CopyTo(code[8..]);
        for (var i = 15; i >= 10; i--, serial /= 31) code[i] = (byte)OrganisationAlphabet[(int)(serial % 31)];
        code[16] = OrganisationCode.CheckCharacter(code.Slice(8, 8));
        ReadOnlySpan<byte> weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
        var sum = 0;
        for (var i = 0; i < 17; i++) sum += OrganisationAlphabet.IndexOf((char)code[i], StringComparison.Ordinal) * weights[i];
        code[17] = (byte)OrganisationAlphabet[(31 - sum % 31) % 31];
        return Encoding.ASCII.GetString(code);
    }

    public static string Phone(int number) => PhoneBlock + number.ToString("00000000", CultureInfo.InvariantCulture);

    public static string Phone(ref Chance chance) => Phone(chance.Below(100_000_000));

    private static void Digits(Span<byte> to, int number)
    {
        for (var i = to.Length - 1; i >= 0; i--, number /= 10) to[i] = (byte)('0' + number % 10);
    }
}
