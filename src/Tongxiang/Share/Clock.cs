using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>A legal clock: its rule, the day it started, its term and what was added, all in working days.</summary>
/// <param name="From">When it started; that day does not count.</param>
/// <param name="Extra">Days added by an extension that took effect.</param>
/// <param name="Paused">Working days it stood still (only where the rule pack lets a supplement notice pause it).</param>
/// <param name="PausedAt">Standing still since; null while it runs.</param>
public sealed record Clock(string Rule, DateTimeOffset From, int Days, int Extra, int Paused, DateTimeOffset? PausedAt)
{
    public int Total => Days + Extra + Paused;
}

/// <summary>How urgent a running clock is.</summary>
public enum Urgency { None, Calm, HalfGone, Pressing, Overdue }

/// <summary>Working-day arithmetic of clocks; the calendar comes in as a value.</summary>
public static class Timing
{
    // Within a day, notices come at office hours: a share of a day is a share of these.
    private static readonly TimeSpan Opens = TimeSpan.FromHours(9);
    private static readonly TimeSpan Office = TimeSpan.FromHours(8.5);

    public static DueDay Due(Clock clock, WorkCalendar calendar) => calendar.Add(WorkCalendar.Day(clock.From), clock.Total);

    /// <summary>The instant at which this share (0–1) of the term has gone.</summary>
    public static DateTimeOffset At(Clock clock, double share, WorkCalendar calendar)
    {
        var gone = clock.Total * share;
        var whole = (int)Math.Floor(gone);
        var day = calendar.Add(WorkCalendar.Day(clock.From), whole + 1).Day;
        return WorkCalendar.Begin(day) + Opens + ((gone - whole) * Office);
    }

    public static Urgency Urgency(Clock? clock, DateTimeOffset now, WorkCalendar calendar)
    {
        if (clock is null || clock.PausedAt is not null) return Share.Urgency.None;
        if (now > WorkCalendar.EndOf(Due(clock, calendar).Day)) return Share.Urgency.Overdue;
        if (now >= At(clock, 0.8, calendar)) return Share.Urgency.Pressing;
        return now >= At(clock, 0.5, calendar) ? Share.Urgency.HalfGone : Share.Urgency.Calm;
    }

    /// <summary>When the next notice is due after this many went out: half time, four fifths, overdue; null after these.</summary>
    public static DateTimeOffset? NextNotice(Clock clock, int noticed, WorkCalendar calendar) => noticed switch
    {
        0 => At(clock, 0.5, calendar),
        1 => At(clock, 0.8, calendar),
        2 => WorkCalendar.EndOf(Due(clock, calendar).Day).AddMilliseconds(1),
        _ => null,
    };

    /// <summary>Stops the clock where it stands; resuming adds the working days that went by.</summary>
    public static Clock Pause(Clock clock, DateTimeOffset now) => clock with { PausedAt = now };

    public static Clock Resume(Clock clock, DateTimeOffset now, WorkCalendar calendar) =>
        clock.PausedAt is not { } since ? clock : clock with { PausedAt = null, Paused = clock.Paused + calendar.Left(WorkCalendar.Day(since), WorkCalendar.Day(now)) };
}
