namespace Tongxiang.Core.Elements;

/// <summary>Unified social credit code, GB 32100-2015: authority 1, category 1, region 6, organisation code 9, check 1.</summary>
public static class CreditCode
{
    // Place of each character in 0123456789ABCDEFGHJKLMNPQRTUWXY (no I, O, S, V, Z); 255 is outside the alphabet.
    private static readonly byte[] Places = MakePlaces();

    /// <summary>The thirty-one characters in their order.</summary>
    public static ReadOnlySpan<byte> Alphabet => "0123456789ABCDEFGHJKLMNPQRTUWXY"u8;

    public static Flaw Check(ReadOnlySpan<char> text) => Ascii.Bytes(text) is { } bytes ? Check(bytes) : Flaw.Characters;

    /// <summary>The check character for the first seventeen, all of the alphabet.</summary>
    public static byte CheckCharacter(ReadOnlySpan<byte> seventeen)
    {
        ReadOnlySpan<byte> weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
        var sum = 0;
        for (var i = 0; i < 17; i++) sum += Places[seventeen[i]] * weights[i];
        return Alphabet[(31 - sum % 31) % 31];
    }

    /// <summary>The check of the embedded organisation code only warns: early codes exist whose inner check fails.</summary>
    public static Flaw Check(ReadOnlySpan<byte> code)
    {
        if (code.Length != 18) return Flaw.Length;
        ReadOnlySpan<byte> weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
        var sum = 0;
        for (var i = 0; i < 17; i++)
        {
            var place = Places[code[i]];
            if (place == 255) return Flaw.Characters;
            sum += place * weights[i];
        }
        if (Places[code[17]] == 255) return Flaw.Characters;
        for (var i = 2; i < 8; i++)
            if (code[i] is < (byte)'0' or > (byte)'9') return Flaw.Characters;
        if (Places[code[17]] != (31 - sum % 31) % 31) return Flaw.Checksum;
        return OrganisationCode.CheckCharacter(code.Slice(8, 8)) == code[16] ? Flaw.None : Flaw.OrganisationCheck;
    }

    private static byte[] MakePlaces()
    {
        var places = new byte[256];
        places.AsSpan().Fill(255);
        for (var i = 0; i < Alphabet.Length; i++) places[Alphabet[i]] = (byte)i;
        return places;
    }
}

/// <summary>Organisation code, GB 11714: eight characters and a check, written with or without a hyphen before it.</summary>
public static class OrganisationCode
{
    public static Flaw Check(ReadOnlySpan<char> text) => Ascii.Bytes(text) is { } bytes ? Check(bytes) : Flaw.Characters;

    public static Flaw Check(ReadOnlySpan<byte> code)
    {
        if (code.Length is not (9 or 10) || (code.Length == 10 && code[8] != (byte)'-')) return Flaw.Length;
        for (var i = 0; i < 8; i++)
            if (code[i] is not ((>= (byte)'0' and <= (byte)'9') or (>= (byte)'A' and <= (byte)'Z'))) return Flaw.Characters;
        return CheckCharacter(code[..8]) == code[^1] ? Flaw.None : Flaw.Checksum;
    }

    /// <summary>The check character for eight characters; 0 where one of them is outside the alphabet.</summary>
    public static byte CheckCharacter(ReadOnlySpan<byte> eight)
    {
        ReadOnlySpan<byte> weights = [3, 7, 9, 10, 5, 8, 4, 2];
        var sum = 0;
        for (var i = 0; i < 8; i++)
        {
            int value = eight[i] switch
            {
                >= (byte)'0' and <= (byte)'9' => eight[i] - '0',
                >= (byte)'A' and <= (byte)'Z' => eight[i] - 'A' + 10,
                _ => -1,
            };
            if (value < 0) return 0;
            sum += value * weights[i];
        }
        return (11 - sum % 11) switch { 10 => (byte)'X', 11 => (byte)'0', var c => (byte)('0' + c) };
    }
}
