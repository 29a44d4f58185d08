using System.Globalization;

namespace Tongxiang.Core.Elements;

/// <summary>Whether a division code stands on a day.</summary>
public enum DivisionStanding : byte { Unknown, Current, Past, Future }

/// <summary>One division code with the days it stands; <see cref="Until"/> is the first day it no longer does.</summary>
public readonly record struct DatedDivision(string Code, string Name, DateOnly? From = null, DateOnly? Until = null, string? Successor = null);

/// <summary>A dated list of six-digit division codes (GB/T 2260): counties merge, codes are cancelled, numbers keep them.</summary>
public sealed class DivisionList
{
    // One slot per possible code: a look-up is one array access in the scanner's inner loop.
    private readonly ushort[] places = new ushort[1_000_000];
    private readonly DatedDivision[] divisions;

    public DivisionList(IEnumerable<DatedDivision> list)
    {
        divisions = [default, .. list];
        if (divisions.Length > ushort.MaxValue) throw new ArgumentException("A division list holds at most 65,534 codes.", nameof(list));
        for (var i = 1; i < divisions.Length; i++)
        {
            if (divisions[i].Code.Length != 6 || !int.TryParse(divisions[i].Code, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
                throw new ArgumentException($"'{divisions[i].Code}' is no division code: six digits are needed.", nameof(list));
            places[code] = (ushort)i;
        }
    }

    public int Count => divisions.Length - 1;

    public DatedDivision? Find(ReadOnlySpan<byte> sixDigits) =>
        sixDigits.Length == 6 && Ascii.Number(sixDigits) is >= 0 and var code && places[code] is > 0 and var at ? divisions[at] : null;

    public DivisionStanding Standing(ReadOnlySpan<byte> sixDigits, DateOnly on)
    {
        var code = Ascii.Number(sixDigits);
        if (code < 0 || places[code] is not (> 0 and var at)) return DivisionStanding.Unknown;
        ref readonly var division = ref divisions[at];
        return division.From > on ? DivisionStanding.Future : division.Until <= on ? DivisionStanding.Past : DivisionStanding.Current;
    }
}

/// <summary>Division code: six digits, or the statistical forms with township (9) and village (12).</summary>
public static class DivisionCode
{
    public static Flaw Check(ReadOnlySpan<char> text, Surroundings around) => Ascii.Bytes(text) is { } bytes ? Check(bytes, around) : Flaw.Characters;

    public static Flaw Check(ReadOnlySpan<byte> code, Surroundings around)
    {
        if (code.Length is not (6 or 9 or 12)) return Flaw.Length;
        if (!Ascii.AllDigits(code)) return Flaw.Characters;
        if (around.Divisions is not { } divisions) return IsProvince(code) ? Flaw.None : Flaw.UnknownDivision;
        return divisions.Standing(code[..6], around.Today) switch
        {
            DivisionStanding.Current => Flaw.None,
            DivisionStanding.Past => Flaw.HistoricalDivision,
            DivisionStanding.Future => Flaw.FutureDivision,
            _ => Flaw.UnknownDivision,
        };
    }

    private static bool IsProvince(ReadOnlySpan<byte> code) => ((code[0] - '0') * 10 + code[1] - '0')
        is (>= 11 and <= 15) or (>= 21 and <= 23) or (>= 31 and <= 37) or (>= 41 and <= 46) or (>= 50 and <= 54) or (>= 61 and <= 65) or 71 or 81 or 82;
}
