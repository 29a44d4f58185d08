using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The clock of a demand by its state: acceptance by the bureau, the whole way to the data, the demander's answer.</summary>
public static class DemandClocks
{
    /// <summary>Confirmed, catalogued and shared: counted from the registration, for the confirmation is part of it (上海市数据条例 art. 39; elsewhere local and not verified).</summary>
    public const string Whole = "DEMAND-01";

    /// <summary>The bureau accepts, refuses or merges what was registered.</summary>
    public const string Acceptance = "DEMAND-02";

    /// <summary>The demander says whether it is what he asked for.</summary>
    public const string Confirmation = "DEMAND-03";

    /// <summary>The rule that runs in this state and since when; null when nothing runs.</summary>
    public static (string Rule, DateTimeOffset From)? Of(Demand now) => now.State switch
    {
        DemandState.Filed => (Acceptance, now.FiledAt),
        DemandState.Accepted or DemandState.Claimed or DemandState.Catalogued => (Whole, now.FiledAt),
        DemandState.Attached => (Confirmation, now.AttachedAt ?? now.ChangedAt),
        _ => null,
    };

    /// <summary>Puts due day and next notice where lists and the chore read them; a department that takes over late has not more time than the law gives.</summary>
    /// <param name="rule">The rule of <see cref="Of"/> as it holds on the day its clock started.</param>
    public static Demand Dated(Demand now, Rule? rule, WorkCalendar calendar)
    {
        if (Of(now) is not { } running || rule is not { Value: { } days }) return now with { DueRule = null, DueAt = null, DueIsProvisional = false, Noticed = 0, NextNoticeAt = null };
        var clock = new Clock(running.Rule, running.From, days, 0, 0, null);
        var due = Timing.Due(clock, calendar);
        var noticed = running.Rule == now.DueRule ? now.Noticed : 0;
        return now with { DueRule = running.Rule, DueAt = WorkCalendar.EndOf(due.Day), DueIsProvisional = due.IsProvisional, Noticed = noticed, NextNoticeAt = Next(now.State, clock, noticed, calendar) };
    }

    /// <summary>When the next notice goes out after this many: half time, then overdue; the demander is not hurried.</summary>
    public static DateTimeOffset? Next(DemandState state, Clock clock, int noticed, WorkCalendar calendar) => (state, noticed) switch
    {
        (DemandState.Attached, _) => null,
        (_, 0) => Timing.At(clock, 0.5, calendar),
        (_, 1) => WorkCalendar.EndOf(Timing.Due(clock, calendar).Day).AddMilliseconds(1),
        _ => null,
    };
}
