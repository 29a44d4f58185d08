using System.Text;

namespace Tongxiang.Core.Elements;

/// <summary>One field's element with the limits the entry declares: checks a value, and writes its normal form.</summary>
public sealed record ElementRule(ElementKind Kind)
{
    /// <summary>Greatest length of a text in characters (code points); 0 for none.</summary>
    public int MaxLength { get; init; }

    /// <summary>All digits of a decimal, at most 18.</summary>
    public int Precision { get; init; } = 18;

    /// <summary>Digits after the point.</summary>
    public int Scale { get; init; } = Kind switch { ElementKind.Longitude or ElementKind.Latitude => 8, ElementKind.Integer => 0, _ => 2 };

    /// <summary>Whether a number is kept as binary floating point, so that any count of decimals and an exponent are fine.</summary>
    public bool IsReal { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>How the values are kept.</summary>
    public ValueShape Shape => IsReal ? ValueShape.Real : Kind.Shape();

    public DateForms Forms { get; init; } = DateForms.Usual;

    /// <summary>The allowed codes; null when the field has no code list.</summary>
    public CodeSet? Codes { get; init; }

    public Flaw Check(ReadOnlySpan<char> value, Surroundings around) => Check(Encoding.UTF8.GetBytes(value.ToArray()), around);

    public Flaw Check(ReadOnlySpan<byte> value, Surroundings around)
    {
        if (value.Length == 0) return IsRequired ? Flaw.Missing : Flaw.None;
        var flaw = CheckBare(value, around);
        return flaw >= Flaw.Missing && Kind != ElementKind.Text ? CheckAgain(value, flaw, around) : flaw;
    }

    /// <summary>Writes the form a value is kept in and returns its length; 0 for a placeholder such as 无 or N/A. Only for a value whose check gave no error; <paramref name="to"/> has room for the value and 48 bytes more.</summary>
    public int Normalise(ReadOnlySpan<byte> value, Surroundings around, Span<byte> to)
    {
        if (Kind != ElementKind.Text && CheckBare(value, around).IsError())
        {
            value = Blank.Trim(value);
            if (IsEmptyWord(value)) return 0;
        }
        var written = 0;
        switch (Kind)
        {
            case ElementKind.Date when Dates.Read(value, Forms, out var number) == Flaw.DateForm:
                return Dates.Write(number, to);
            case ElementKind.Timestamp:
                Timestamps.Normalise(value, Forms, to, out written);
                return written;
            case var _ when IsReal:
                break;
            case ElementKind.Integer or ElementKind.Money or ElementKind.Decimal or ElementKind.Longitude or ElementKind.Latitude:
                Numbers.Normalise(value, Precision, Kind == ElementKind.Integer ? 0 : Scale, to, out written);
                return written;
            case ElementKind.Sex:
                to[0] = Sex.Read(value);
                return 1;
            case ElementKind.Mobile or ElementKind.Phone:
                value = Mobile.WithoutPrefix(value);
                break;
            case ElementKind.PersonName or ElementKind.OrganisationName:
                value = Blank.Trim(value);
                break;
        }
        value.CopyTo(to);
        if (Kind == ElementKind.CitizenId && to[value.Length - 1] == (byte)'x') to[value.Length - 1] = (byte)'X';
        return value.Length;
    }

    private Flaw CheckBare(ReadOnlySpan<byte> value, Surroundings around)
    {
        if (Codes is { } codes && !codes.Contains(value)) return Flaw.NotInList;
        if (IsReal) return Coordinate.CheckReal(value, Kind);
        return Kind switch
        {
            ElementKind.Text => CheckText(value),
            ElementKind.PersonName or ElementKind.OrganisationName => Blank.IsPadded(value) ? Flaw.Padding : CheckText(value),
            ElementKind.Address => CheckText(value),
            ElementKind.CitizenId => CitizenId.Check(value, around),
            ElementKind.CreditCode => CreditCode.Check(value),
            ElementKind.OrganisationCode => OrganisationCode.Check(value),
            ElementKind.BankCard => BankCard.Check(value),
            ElementKind.Mobile => Mobile.Check(value),
            ElementKind.Phone => Phone.Check(value),
            ElementKind.DivisionCode => DivisionCode.Check(value, around),
            ElementKind.Date => Dates.Check(value, Forms),
            ElementKind.Timestamp => Timestamps.Check(value, Forms),
            ElementKind.Sex => Sex.Check(value),
            ElementKind.Money or ElementKind.Decimal => Numbers.CheckDecimal(value, Precision, Scale),
            ElementKind.Integer => Numbers.CheckInteger(value),
            ElementKind.Email => Email.Check(value),
            ElementKind.Postcode => value.Length != 6 ? Flaw.Length : Ascii.AllDigits(value) ? Flaw.None : Flaw.Characters,
            ElementKind.Plate => Plate.Check(value),
            ElementKind.Longitude => Coordinate.Check(value, Scale, 180, 73, 136),
            ElementKind.Latitude => Coordinate.Check(value, Scale, 90, 3, 54),
            _ => throw new InvalidOperationException($"No check for element {Kind}."),
        };
    }

    // Off the hot path: blanks around a value are taken off, and words that mean "nothing" are nothing.
    private Flaw CheckAgain(ReadOnlySpan<byte> value, Flaw flaw, Surroundings around)
    {
        var bare = Blank.Trim(value);
        if (IsEmptyWord(bare)) return IsRequired ? Flaw.Missing : Flaw.Placeholder;
        if (bare.Length == value.Length) return flaw;
        var second = CheckBare(bare, around);
        return second.IsError() ? second : Flaw.Padding;
    }

    private bool IsEmptyWord(ReadOnlySpan<byte> bare) => bare.Length == 0 || (Kind != ElementKind.Text && Blank.IsPlaceholder(bare));

    private Flaw CheckText(ReadOnlySpan<byte> value)
    {
        if (value.ContainsAnyInRange((byte)0, (byte)8)) return Flaw.ControlCharacter;
        return MaxLength > 0 && value.Length > MaxLength && Blank.Characters(value) > MaxLength ? Flaw.TooLong : Flaw.None;
    }
}

/// <summary>Sex by GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated; the words are turned into codes.</summary>
public static class Sex
{
    public static Flaw Check(ReadOnlySpan<byte> value) => Read(value) is var code && code == 0 ? Flaw.NotInList : value.Length == 1 ? Flaw.None : Flaw.SexName;

    /// <summary>The code's digit, 0 when the value is none.</summary>
    internal static byte Read(ReadOnlySpan<byte> value)
    {
        if (value.Length == 1) return value[0] is (byte)'0' or (byte)'1' or (byte)'2' or (byte)'9' ? value[0] : (byte)0;
        if (value.SequenceEqual("男"u8) || value.SequenceEqual("男性"u8)) return (byte)'1';
        if (value.SequenceEqual("女"u8) || value.SequenceEqual("女性"u8)) return (byte)'2';
        if (value.SequenceEqual("未知"u8) || value.SequenceEqual("未知的性别"u8)) return (byte)'0';
        return value.SequenceEqual("未说明"u8) || value.SequenceEqual("未说明的性别"u8) ? (byte)'9' : (byte)0;
    }
}

/// <summary>Degrees of longitude or latitude; outside the country's frame only warns (swapped columns).</summary>
public static class Coordinate
{
    /// <summary>A floating-point number; with the frame of its kind when it is a coordinate.</summary>
    internal static Flaw CheckReal(ReadOnlySpan<byte> value, ElementKind kind)
    {
        if (value.Length > 40 || value[0] is (byte)'+' or (byte)' ' || !System.Buffers.Text.Utf8Parser.TryParse(value, out double number, out var used) || used != value.Length || !double.IsFinite(number))
            return Flaw.Form;
        var (limit, from, to) = kind switch { ElementKind.Longitude => (180, 73, 136), ElementKind.Latitude => (90, 3, 54), _ => (0, 0, 0) };
        if (limit == 0) return Flaw.None;
        return Math.Abs(number) > limit ? Flaw.Range : number < from || number > to ? Flaw.OutsideChina : Flaw.None;
    }

    public static Flaw Check(ReadOnlySpan<byte> value, int scale, int limit, int from, int to)
    {
        var flaw = Numbers.CheckDecimal(value, 18, scale);
        if (flaw.IsError()) return flaw;
        if (!double.TryParse(value, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var degrees)) return Flaw.Form;
        if (Math.Abs(degrees) > limit) return Flaw.Range;
        return flaw != Flaw.None ? flaw : degrees < from || degrees > to ? Flaw.OutsideChina : Flaw.None;
    }
}
