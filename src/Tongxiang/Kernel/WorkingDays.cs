namespace Tongxiang.Kernel;

/// <summary>The days off and the working weekends of the years that are known; the data belong to Agencies.</summary>
public sealed record WorkCalendar(IReadOnlySet<DateOnly> DaysOff, IReadOnlySet<DateOnly> WorkingWeekends, IReadOnlySet<int> Years)
{
    /// <summary>Beijing time, without summer time since 1992.</summary>
    public static TimeSpan Offset { get; } = TimeSpan.FromHours(8);

    /// <summary>Deadlines count in the civil days of this zone.</summary>
    public static TimeZoneInfo Zone { get; } = TimeZoneInfo.CreateCustomTimeZone("Asia/Shanghai", Offset, "China Standard Time", "China Standard Time");

    public static DateOnly Day(DateTimeOffset instant) => DateOnly.FromDateTime(instant.ToOffset(Offset).DateTime);

    /// <summary>The first instant of a civil day.</summary>
    public static DateTimeOffset Begin(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), Offset);

    /// <summary>The last instant of a civil day: a deadline on that day is kept until then.</summary>
    public static DateTimeOffset EndOf(DateOnly day) => Begin(day.AddDays(1)).AddMilliseconds(-1);

    public bool IsWorking(DateOnly day) =>
        WorkingWeekends.Contains(day) || (!DaysOff.Contains(day) && day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));

    /// <summary>The day on which a term of working days ends; the starting day does not count.</summary>
    public DueDay Add(DateOnly start, int workingDays)
    {
        var day = start;
        var isProvisional = false;
        for (var left = workingDays; left > 0;)
        {
            day = day.AddDays(1);
            // Until the State Council's notice for a year is loaded its holidays are unknown.
            isProvisional |= !Years.Contains(day.Year);
            if (IsWorking(day)) left--;
        }
        return new DueDay(day, isProvisional);
    }

    /// <summary>Working days after <paramref name="today"/> up to and with <paramref name="due"/>; negative when it is past.</summary>
    public int Left(DateOnly today, DateOnly due)
    {
        var (from, to, sign) = today <= due ? (today, due, 1) : (due, today, -1);
        var count = 0;
        for (var day = from.AddDays(1); day <= to; day = day.AddDays(1))
            if (IsWorking(day)) count++;
        return sign * count;
    }
}

/// <summary>A computed due day; provisional while a year's holidays are not announced.</summary>
public readonly record struct DueDay(DateOnly Day, bool IsProvisional);
