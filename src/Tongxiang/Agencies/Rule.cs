namespace Tongxiang.Agencies;

/// <summary>How far a number was verified: A the text itself was read, B an excerpt or summary, C not verified.</summary>
public enum RuleGrade { A, B, C }

/// <summary>What a rule's number counts.</summary>
public enum RuleUnit { WorkingDay, Day, Hour, Minute, Year, Switch, None, Person, Yuan, Percent, MonthDay, Month }

/// <summary>Which way a locality may move a number: a limit down, a minimum up, a fixed one not at all.</summary>
public enum RuleBound { AtMost, AtLeast, Fixed }

/// <summary>One number of the law, with where it stands and how sure we are of it.</summary>
/// <param name="Id">Such as <c>DL-04</c>; an extension has its own rule, <c>DL-04-EXT</c>.</param>
/// <param name="Source">The legal text in Chinese.</param>
/// <param name="Article">The article, or empty where the number is local practice.</param>
/// <param name="Value">Null where the law names no number.</param>
/// <param name="ValidTo">First day on which it no longer holds.</param>
/// <param name="Jurisdiction">Division code; <c>000000</c> is the whole country, <c>*</c> wherever nothing else is set.</param>
public sealed record Rule(
    string Id, string Source, string Article, int? Value, RuleUnit Unit, DateOnly ValidFrom, DateOnly? ValidTo, string Jurisdiction, RuleGrade Grade)
{
    public RuleBound Bound { get; init; } = RuleBound.AtMost;

    /// <summary>What it is about, in Chinese and English.</summary>
    public IReadOnlyList<string> Says { get; init; } = ["", ""];

    /// <summary>Whether the locality tightened it.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Pages must say "locally set, not verified" beside it.</summary>
    public bool IsUnverified => Grade == RuleGrade.C;

    internal bool HoldsOn(DateOnly day) => ValidFrom <= day && (ValidTo is null || day < ValidTo);

    /// <summary>Order 809 art. 23: faster is encouraged; slower than the law is not possible.</summary>
    internal bool Admits(int value) => Value is { } legal && value >= 0 && Bound switch
    {
        RuleBound.AtMost => value <= legal,
        RuleBound.AtLeast => value >= legal,
        _ => value == legal,
    };
}
