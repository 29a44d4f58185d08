namespace Tongxiang.Core.Behaviour;

/// <summary>Where an instant lies in the week people work by.</summary>
/// <param name="Minute">Number of the minute since 1970, local time.</param>
/// <param name="Hour">Number of the hour since 1970, local time.</param>
/// <param name="Day">Number of the day since 1970, local time.</param>
/// <param name="HourOfDay">0 to 23.</param>
/// <param name="HourOfWeek">0 to 167 from Monday; a holiday counts as a Sunday, a make-up working day as a Monday.</param>
public readonly record struct Moment(long Minute, long Hour, int Day, int HourOfDay, int HourOfWeek, bool IsWorkday)
{
    /// <summary>Working days and rest days apart: 0 to 47.</summary>
    public int HourOfKind => (IsWorkday ? 24 : 0) + HourOfDay;
}

/// <summary>Reads instants by the working calendar, a day's answer kept.</summary>
/// <param name="isWorkday">The calendar in force, statutory holidays and make-up days included.</param>
/// <param name="offset">Local time; China has one zone and no summer time.</param>
public sealed class Clockwork(Func<DateOnly, bool> isWorkday, TimeSpan offset)
{
    readonly long _offset = (long)offset.TotalMilliseconds;
    int _day = int.MinValue, _weekday;
    bool _workday;

    /// <summary>Working days and rest days after one day up to another; at most a year back.</summary>
    public (int Working, int Free) DaysBetween(int after, int upTo)
    {
        var work = 0;
        var from = Math.Max(after + 1, upTo - 365);
        for (var day = from; day <= upTo; day++)
            if (isWorkday(DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(day))) work++;
        return (work, upTo - from + 1 - work);
    }

    public Moment Read(long at)
    {
        var local = at + _offset;
        var hour = Math.DivRem(local, 3_600_000, out _);
        var day = (int)Math.DivRem(hour, 24, out var hourOfDay);
        if (day != _day)
        {
            var date = DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(day);
            _workday = isWorkday(date);
            var monday = ((int)date.DayOfWeek + 6) % 7;
            _weekday = (_workday, monday) switch { (true, > 4) => 0, (false, < 5) => 6, _ => monday };
            _day = day;
        }
        return new Moment(local / 60_000, hour, day, (int)hourOfDay, _weekday * 24 + (int)hourOfDay, _workday);
    }
}
