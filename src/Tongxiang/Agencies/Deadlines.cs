using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>When a legal clock runs out; provisional while a year's holidays are not announced.</summary>
public readonly record struct Deadline(DateTimeOffset DueAt, bool IsProvisional, Rule Rule);

/// <summary>Turns a rule and the moment its clock started into the last instant at which it is kept.</summary>
public sealed class Deadlines(RulePack rules, Calendar calendar)
{
    /// <summary>The numbers and the calendar as they stand now.</summary>
    public Reckoning Now => new(rules.TryFind, calendar.Current);

    /// <param name="ruleId">Such as <c>DL-04</c>.</param>
    /// <param name="start">When the clock started; in working days the starting day itself does not count.</param>
    /// <param name="extension">Working days added by an extension that was granted.</param>
    /// <exception cref="ArgumentException">The rule is unknown here, or the law names no number for it.</exception>
    public Deadline Due(string ruleId, DateTimeOffset start, int extension = 0) => Now.Due(ruleId, start, extension);

    /// <summary>Working days left until then, counted from the day of <paramref name="now"/>; negative when overdue.</summary>
    public int DaysLeft(DateTimeOffset now, DateTimeOffset dueAt) => calendar.Current.Left(WorkCalendar.Day(now), WorkCalendar.Day(dueAt));
}
