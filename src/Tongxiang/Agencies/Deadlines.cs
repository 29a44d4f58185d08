using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>When a legal clock runs out; provisional while a year's holidays are not announced.</summary>
public readonly record struct Deadline(DateTimeOffset DueAt, bool IsProvisional, Rule Rule);

/// <summary>Turns a rule and the moment its clock started into the last instant at which it is kept.</summary>
public sealed class Deadlines(RulePack rules, Calendar calendar)
{
    /// <param name="ruleId">Such as <c>DL-04</c>.</param>
    /// <param name="start">When the clock started; in working days the starting day itself does not count.</param>
    /// <param name="extension">Working days added by an extension that was granted.</param>
    /// <exception cref="ArgumentException">The rule is unknown here, or the law names no number for it.</exception>
    public Deadline Due(string ruleId, DateTimeOffset start, int extension = 0)
    {
        var day = WorkCalendar.Day(start);
        var rule = rules.Find(ruleId, day);
        if (rule.Value is not { } value) throw new ArgumentException($"The law names no number for {ruleId} ({rule.Source} {rule.Article}).", nameof(ruleId));
        return rule.Unit switch
        {
            RuleUnit.WorkingDay => InWorkingDays(day, value + extension, rule),
            RuleUnit.Day => new Deadline(WorkCalendar.EndOf(day.AddDays(value)), false, rule),
            RuleUnit.Year => new Deadline(WorkCalendar.EndOf(day.AddYears(value)), false, rule),
            RuleUnit.Hour => new Deadline(start.AddHours(value), false, rule),
            RuleUnit.Minute => new Deadline(start.AddMinutes(value), false, rule),
            _ => throw new ArgumentException($"{ruleId} is no term.", nameof(ruleId)),
        };
    }

    /// <summary>Working days left until then, counted from the day of <paramref name="now"/>; negative when overdue.</summary>
    public int DaysLeft(DateTimeOffset now, DateTimeOffset dueAt) => calendar.Current.Left(WorkCalendar.Day(now), WorkCalendar.Day(dueAt));

    private Deadline InWorkingDays(DateOnly start, int days, Rule rule)
    {
        var due = calendar.Current.Add(start, days);
        return new Deadline(WorkCalendar.EndOf(due.Day), due.IsProvisional, rule);
    }
}
