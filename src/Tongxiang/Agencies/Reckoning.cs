using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>The numbers and the calendar that due days follow from: as they stand, or as they would stand after a change that is only considered.</summary>
/// <param name="Rules">The rule that holds here on a day; null when none does.</param>
public sealed record Reckoning(Func<string, DateOnly, Rule?> Rules, WorkCalendar Calendar)
{
    /// <summary>The number of a rule for a clock that started then; null where none holds or the law names none.</summary>
    public int? Number(string ruleId, DateTimeOffset start) => Rules(ruleId, WorkCalendar.Day(start))?.Value;

    /// <param name="ruleId">Such as <c>DL-04</c>.</param>
    /// <param name="start">When the clock started; in working days the starting day itself does not count.</param>
    /// <param name="extension">Working days added by an extension that was granted.</param>
    /// <exception cref="ArgumentException">The rule is unknown here, or the law names no number for it.</exception>
    public Deadline Due(string ruleId, DateTimeOffset start, int extension = 0)
    {
        var day = WorkCalendar.Day(start);
        var rule = Rules(ruleId, day) ?? throw new ArgumentException($"No rule '{ruleId}' holds here on {day:yyyy-MM-dd}.", nameof(ruleId));
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

    private Deadline InWorkingDays(DateOnly start, int days, Rule rule)
    {
        var due = Calendar.Add(start, days);
        return new Deadline(WorkCalendar.EndOf(due.Day), due.IsProvisional, rule);
    }
}
