namespace Tongxiang.Core.Elements;

/// <summary>The forms a date may come in beside ISO <c>yyyy-MM-dd</c>; a spreadsheet's day number must be asked for, it looks like any number.</summary>
[Flags]
public enum DateForms : byte
{
    Iso = 0,
    Compact = 1,
    Separated = 2,
    Chinese = 4,
    Usual = Compact | Separated | Chinese,
    Serial = 8,
}

/// <summary>Dates (GB/T 7408, ISO 8601) as a number yyyymmdd: reading every form, writing only the ISO one.</summary>
public static class Dates
{
    public const int IsoLength = 10;

    public static Flaw Check(ReadOnlySpan<char> text, DateForms forms = DateForms.Usual) => Check(System.Text.Encoding.UTF8.GetBytes(text.ToArray()), forms);

    public static Flaw Check(ReadOnlySpan<byte> text, DateForms forms = DateForms.Usual) => Read(text, forms, out _);

    /// <summary>None for ISO, <see cref="Flaw.DateForm"/> for another allowed form, an error otherwise; <paramref name="number"/> is yyyymmdd.</summary>
    public static Flaw Read(ReadOnlySpan<byte> text, DateForms forms, out int number)
    {
        number = 0;
        if (text.Length == IsoLength && text[4] == (byte)'-' && text[7] == (byte)'-')
        {
            int year = Ascii.Number(text[..4]), month = Ascii.Number(text.Slice(5, 2)), day = Ascii.Number(text.Slice(8, 2));
            if ((year | month | day) >= 0) return Settle(year, month, day, Flaw.None, out number);
        }
        if (text.Length == 8 && (forms & DateForms.Compact) != 0 && Ascii.Number(text) is >= 0 and var compact)
            return Settle(compact / 10000, compact / 100 % 100, compact % 100, Flaw.DateForm, out number);
        if ((forms & DateForms.Serial) != 0 && text.Length is >= 1 and <= 7 && Ascii.Number(text) is >= 0 and var serial) return FromSerial(serial, out number);
        return ReadParts(text, forms, out number);
    }

    public static int Number(DateOnly date) => date.Year * 10000 + date.Month * 100 + date.Day;

    public static bool Exists(int year, int month, int day) =>
        year is > 0 and < 10000 && month is >= 1 and <= 12 && day >= 1 && (day <= 28 || day <= DateTime.DaysInMonth(year, month));

    /// <summary>Writes yyyymmdd as <c>yyyy-MM-dd</c>.</summary>
    public static int Write(int number, Span<byte> to)
    {
        Put(number / 10000, 4, to);
        to[4] = (byte)'-';
        Put(number / 100 % 100, 2, to[5..]);
        to[7] = (byte)'-';
        Put(number % 100, 2, to[8..]);
        return IsoLength;
    }

    internal static void Put(int value, int digits, Span<byte> to)
    {
        for (var i = digits - 1; i >= 0; i--, value /= 10) to[i] = (byte)('0' + value % 10);
    }

    private static Flaw Settle(int year, int month, int day, Flaw good, out int number)
    {
        number = year * 10000 + month * 100 + day;
        return Exists(year, month, day) ? good : Flaw.Calendar;
    }

    // Day 60 of the spreadsheet calendar is 29 February 1900, a day that never was.
    private static Flaw FromSerial(int serial, out int number)
    {
        number = 0;
        if (serial is < 1 or 60 or > 2_958_465) return Flaw.Range;
        number = Number(DateOnly.FromDayNumber(new DateOnly(1899, 12, serial < 60 ? 31 : 30).DayNumber + serial));
        return Flaw.DateForm;
    }

    // 2020-1-5, 2020/1/5, 2020.1.5 and 2020年1月5日.
    private static Flaw ReadParts(ReadOnlySpan<byte> text, DateForms forms, out int number)
    {
        number = 0;
        if (text.Length is < 8 or > 17 || Ascii.Number(text[..4]) is not (>= 0 and var year)) return Flaw.Form;
        var rest = text[4..];
        var chinese = rest.StartsWith("年"u8);
        if ((forms & (chinese ? DateForms.Chinese : DateForms.Separated)) == 0) return Flaw.Form;
        var first = chinese ? "年"u8 : rest[..1];
        if (!chinese && first[0] is not ((byte)'-' or (byte)'/' or (byte)'.')) return Flaw.Form;
        rest = rest[first.Length..];
        var second = chinese ? "月"u8 : first;
        var at = rest.IndexOf(second);
        if (at is not (1 or 2)) return Flaw.Form;
        var month = Ascii.Number(rest[..at]);
        rest = rest[(at + second.Length)..];
        if (chinese)
        {
            if (!rest.EndsWith("日"u8)) return Flaw.Form;
            rest = rest[..^3];
        }
        var day = rest.Length <= 2 ? Ascii.Number(rest) : -1;
        return (month | day) < 0 ? Flaw.Form : Settle(year, month, day, Flaw.DateForm, out number);
    }
}

/// <summary>Points in time in Beijing time, normal form <c>yyyy-MM-ddTHH:mm:ss</c> with up to three decimals of a second.</summary>
public static class Timestamps
{
    public const int MaxLength = 23;

    public static Flaw Check(ReadOnlySpan<byte> text, DateForms forms = DateForms.Usual) => Normalise(text, forms, stackalloc byte[MaxLength], out _);

    /// <summary>Reads date, time and an optional zone (another zone is turned into Beijing time) and writes the normal form.</summary>
    public static Flaw Normalise(ReadOnlySpan<byte> text, DateForms forms, Span<byte> to, out int written)
    {
        written = 0;
        if (text.Length == 14 && (forms & DateForms.Compact) != 0 && Ascii.AllDigits(text))
            return Write(text[..8], text.Slice(8, 2), text.Slice(10, 2), text.Slice(12, 2), default, null, forms, to, out written);
        var split = text.IndexOfAny((byte)' ', (byte)'T');
        if (split < 8)
        {
            var flaw = Dates.Read(text, forms, out var only);
            if (flaw.IsError()) return flaw;
            Dates.Write(only, to);
            "T00:00:00"u8.CopyTo(to[Dates.IsoLength..]);
            written = 19;
            return Flaw.DateForm;
        }
        var time = TakeZone(text[(split + 1)..], out var minutes, out var zoneFlaw);
        if (zoneFlaw != Flaw.None || time.Length < 4) return Flaw.Form;
        var colon = time.IndexOf((byte)':');
        if (colon is not (1 or 2) || time.Length < colon + 3) return Flaw.Form;
        var rest = time[(colon + 3)..];
        if (rest.Length > 0 && (rest[0] != (byte)':' || rest.Length < 3)) return Flaw.Form;
        var second = rest.Length > 0 ? rest.Slice(1, 2) : "00"u8;
        var fraction = rest.Length > 3 ? rest[3..] : default;
        if (fraction.Length > 0 && (fraction[0] != (byte)'.' || fraction.Length is < 2 or > 8 || !Ascii.AllDigits(fraction[1..]))) return Flaw.Form;
        var outcome = Write(text[..split], time[..colon], time.Slice(colon + 1, 2), second, fraction, minutes, forms, to, out written);
        return outcome.IsError() || text.SequenceEqual(to[..written]) ? outcome.IsError() ? outcome : Flaw.None : Flaw.DateForm;
    }

    private static Flaw Write(ReadOnlySpan<byte> date, ReadOnlySpan<byte> hour, ReadOnlySpan<byte> minute, ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> fraction, int? zoneMinutes, DateForms forms, Span<byte> to, out int written)
    {
        written = 0;
        var flaw = Dates.Read(date, forms & ~DateForms.Serial, out var day);
        if (flaw.IsError()) return flaw;
        int h = Ascii.Number(hour), m = Ascii.Number(minute), s = Ascii.Number(second);
        if (h is < 0 or > 23 || m is < 0 or > 59 || s is < 0 or > 59) return (h | m | s) < 0 ? Flaw.Form : Flaw.Calendar;
        if (zoneMinutes is { } zone && zone != 480)
        {
            var local = new DateTime(day / 10000, day / 100 % 100, day % 100, h, m, s, DateTimeKind.Unspecified);
            if (local.Year is 1 or 9999) return Flaw.Range;
            local = local.AddMinutes(480 - zone);
            (day, h, m) = (Dates.Number(DateOnly.FromDateTime(local)), local.Hour, local.Minute);
        }
        Dates.Write(day, to);
        (to[10], to[13], to[16]) = ((byte)'T', (byte)':', (byte)':');
        Dates.Put(h, 2, to[11..]);
        Dates.Put(m, 2, to[14..]);
        Dates.Put(s, 2, to[17..]);
        written = 19;
        fraction = fraction.Length > 4 ? fraction[..4] : fraction;
        fraction = fraction.TrimEnd((byte)'0');
        if (fraction.Length < 2) return Flaw.DateForm;
        fraction.CopyTo(to[19..]);
        written += fraction.Length;
        return Flaw.DateForm;
    }

    private static ReadOnlySpan<byte> TakeZone(ReadOnlySpan<byte> time, out int? minutes, out Flaw flaw)
    {
        (minutes, flaw) = (null, Flaw.None);
        if (time.EndsWith("Z"u8))
        {
            minutes = 0;
            return time[..^1];
        }
        var at = time.LastIndexOfAny((byte)'+', (byte)'-');
        if (at < 0) return time;
        var zone = time[(at + 1)..];
        int hours = zone.Length >= 2 ? Ascii.Number(zone[..2]) : -1, rest = zone.Length switch
        {
            2 => 0,
            4 => Ascii.Number(zone[2..]),
            5 when zone[2] == (byte)':' => Ascii.Number(zone[3..]),
            _ => -1,
        };
        if (hours is < 0 or > 14 || rest is < 0 or > 59) flaw = Flaw.Form;
        minutes = (hours * 60 + rest) * (time[at] == (byte)'-' ? -1 : 1);
        return time[..at];
    }
}
