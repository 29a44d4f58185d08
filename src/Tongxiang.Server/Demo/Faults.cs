namespace Tongxiang.Server.Demo;

/// <summary>The kinds of error that are planted in the registers.</summary>
public enum Fault
{
    /// <summary>The last character of the number does not fit the others.</summary>
    BadChecksum,

    /// <summary>The sex column contradicts the number.</summary>
    WrongSex,

    /// <summary>A century too late: the number and the birth date lie in the future.</summary>
    FutureBirth,

    /// <summary>A required value was left out.</summary>
    Missing,

    /// <summary>Two columns hold each other's value.</summary>
    Swapped,

    /// <summary>The same number stands a second time, with another address.</summary>
    Duplicate,
}

/// <summary>One planted error and its truth.</summary>
/// <param name="Row">1 is the first data row of the file.</param>
/// <param name="Written">What the file says.</param>
/// <param name="Truth">What it should say.</param>
public sealed record Planted(long Row, string Column, Fault Fault, string Written, string Truth);

/// <summary>How often each error is planted, in rows of ten thousand; about one row in 320 carries one.</summary>
public static class Faults
{
    public const int OutOf = 10_000;

    public static IReadOnlyList<(Fault Fault, int Rate)> Rates { get; } =
        [(Fault.BadChecksum, 8), (Fault.WrongSex, 6), (Fault.FutureBirth, 3), (Fault.Missing, 5), (Fault.Swapped, 4), (Fault.Duplicate, 5)];

    public static Fault? Draw(ref Chance chance)
    {
        var at = chance.Below(OutOf);
        foreach (var (fault, rate) in Rates)
        {
            at -= rate;
            if (at < 0) return fault;
        }
        return null;
    }

    /// <summary>Another character in the last place, never the right one.</summary>
    public static string BreakChecksum(string number, ref Chance chance)
    {
        var last = number[^1];
        var other = (char)('0' + chance.Below(10));
        if (other == last) other = last == '9' ? '0' : (char)(last + 1);
        return number[..^1] + other;
    }
}
