namespace Tongxiang.Core.Elements;

/// <summary>What a check found. Values from 16 are rewritten to the normal form, from 32 warn, from 64 are errors that send the row to quarantine.</summary>
public enum Flaw : byte
{
    None = 0,

    Padding = 16,
    DateForm,
    SexName,
    NumberForm,
    Prefix,
    Placeholder,

    LowerCase = 32,
    FifteenDigits,
    HistoricalRegion,
    UnknownRegion,
    OrganisationCheck,
    CardCheck,
    HistoricalDivision,
    OutsideChina,
    FormulaLike,

    Missing = 64,
    Length,
    Characters,
    Checksum,
    Calendar,
    Future,
    Form,
    Range,
    TooLong,
    Precision,
    NotInList,
    UnknownDivision,
    FutureDivision,
    Encoding,
    ControlCharacter,
    ColumnCount,
    OpenQuote,
    CellTooLong,
    DuplicateKey,
    LostDigits,
    CellError,
}

/// <summary>How much a flaw weighs.</summary>
public enum Severity : byte { Ok, Warning, Error }

/// <summary>Severity, stable code and text key of a flaw.</summary>
public static class Flaws
{
    private static readonly string[] Codes = MakeCodes();

    public static Severity Severity(this Flaw flaw) =>
        flaw >= Flaw.Missing ? Elements.Severity.Error : flaw >= Flaw.LowerCase ? Elements.Severity.Warning : Elements.Severity.Ok;

    public static bool IsError(this Flaw flaw) => flaw >= Flaw.Missing;

    /// <summary>Whether the value is taken in another, normal form than it came in (see <see cref="ElementRule.Normalise"/>).</summary>
    public static bool IsRewritten(this Flaw flaw) => flaw is >= Flaw.Padding and <= Flaw.Placeholder or Flaw.LowerCase;

    public static string Code(this Flaw flaw) => Codes[(int)flaw];

    /// <summary>The key of the reason in texts.json; {0} is the masked value.</summary>
    public static string TextKey(this Flaw flaw) => "element.flaw." + Codes[(int)flaw];

    private static string[] MakeCodes()
    {
        var codes = new string[(int)Enum.GetValues<Flaw>().Max() + 1];
        foreach (var flaw in Enum.GetValues<Flaw>())
            codes[(int)flaw] = string.Concat(flaw.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
        return codes;
    }
}
