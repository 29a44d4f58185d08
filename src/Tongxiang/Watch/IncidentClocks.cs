using System.Collections.Immutable;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>What this node's owner is in the eyes of the reporting law; it chooses among the rows IR-1 to IR-6.</summary>
public enum OperatorType
{
    /// <summary>Province, city or county department: the usual owner (IR-5).</summary>
    Other,

    /// <summary>Operator of critical information infrastructure (IR-1).</summary>
    CriticalInfrastructure,

    /// <summary>Department in charge of the protection of critical infrastructure (IR-2).</summary>
    ProtectionDepartment,

    /// <summary>Central or state organ, or a unit directly under it (IR-3).</summary>
    CentralOrgan,

    /// <summary>The cyberspace unit of a central organ (IR-4).</summary>
    CentralCyberspaceUnit,

    /// <summary>The cyberspace office of a province (IR-6).</summary>
    ProvincialCyberspaceOffice,
}

/// <summary>A duty an incident brings: which rule, counted from when.</summary>
/// <param name="IsProvisional">Only because the level is not judged yet.</param>
public sealed record ClockNeed(string Rule, DateTimeOffset From, bool IsProvisional = false);

/// <summary>What became of a clock when the facts changed.</summary>
public enum ClockChange { Started, Moved, Lapsed }

/// <summary>Which legal clocks run for an incident: values in, rows out (reference: 《国家网络安全事件报告管理办法》 and the laws beside it).</summary>
public static class IncidentClocks
{
    public const string Supplement = "IR-7";
    public const string Summary = "IR-8";
    public const string Police = "IR-9";
    public const string Harmed = "IR-10";
    public const string PersonalAuthority = "IR-11";
    public const string PersonalPersons = "IR-11-PERSONS";
    public const string Flaw = "IR-12";
    public const string Plan = "IR-13";

    /// <summary>What people shall need at most; no law.</summary>
    public const string Target = "IR-TARGET";

    private static readonly ImmutableArray<string> Reports = ["IR-1", "IR-2", "IR-3", "IR-4", "IR-5", "IR-6", Police, Flaw, PersonalAuthority];

    /// <summary>Every rule a clock can run by, in the order of the law.</summary>
    public static ImmutableArray<string> All { get; } =
        ["IR-1", "IR-2", "IR-3", "IR-4", "IR-5", "IR-6", Supplement, Summary, Police, Harmed, PersonalAuthority, PersonalPersons, Flaw, Plan];

    /// <summary>A report to an authority that must be out before reporting can be over.</summary>
    public static bool IsReport(string rule) => Reports.Contains(rule);

    /// <summary>The row for this kind of operator and the level from which it binds.</summary>
    public static (string Rule, IncidentLevel From) RowOf(OperatorType type) => type switch
    {
        OperatorType.CriticalInfrastructure => ("IR-1", IncidentLevel.Larger),
        OperatorType.ProtectionDepartment => ("IR-2", IncidentLevel.Major),
        OperatorType.CentralOrgan => ("IR-3", IncidentLevel.Larger),
        OperatorType.CentralCyberspaceUnit => ("IR-4", IncidentLevel.Major),
        OperatorType.ProvincialCyberspaceOffice => ("IR-6", IncidentLevel.Major),
        _ => ("IR-5", IncidentLevel.Larger),
    };

    public static IReadOnlyList<ClockNeed> Needed(OperatorType type, Incident now)
    {
        if (now.IsFalseAlarm) return [];
        var aware = now.AwareAt;
        var needs = new List<ClockNeed>();
        // A platform of another operator that is itself critical infrastructure is held to the stricter row.
        var (row, binds) = RowOf(now.Facts.IsCritical && type == OperatorType.Other ? OperatorType.CriticalInfrastructure : type);
        // Before the level is judged the hours are already running: the clock is shown as if it were bound.
        if (now.Level == IncidentLevel.Unjudged || now.Level >= binds) needs.Add(new(row, aware, now.Level == IncidentLevel.Unjudged));
        if (now.PartialAt is { } partial) needs.Add(new(Supplement, partial));
        if (now.HandledAt is { } handled && now.Level >= IncidentLevel.Larger) needs.Add(new(Summary, handled));
        if (now.Facts.SuspectsCrime) needs.Add(new(Police, aware));
        if (now.Facts.HarmsPersons) needs.Add(new(Harmed, aware));
        if (now.Facts.PersonalData)
        {
            needs.Add(new(PersonalAuthority, aware));
            needs.Add(new(PersonalPersons, aware));
        }
        if (now.Facts.Flaw) needs.Add(new(Flaw, aware));
        needs.Add(new(Plan, aware));
        return needs;
    }

    /// <summary>Brings the clocks in line with what the facts now demand: new ones start, others move or lapse; what was met stays met.</summary>
    /// <param name="due">The last instant at which a need is kept; null where the law names no number.</param>
    public static IReadOnlyList<(IncidentClock Clock, ClockChange Change, DateTimeOffset? OldDue)> Retune(
        Id<Incident> incident, IReadOnlyList<IncidentClock> have, IReadOnlyList<ClockNeed> needs, Func<ClockNeed, DateTimeOffset?> due, DateTimeOffset now)
    {
        var changed = new List<(IncidentClock, ClockChange, DateTimeOffset?)>();
        foreach (var need in needs)
        {
            var dueAt = due(need);
            var old = have.FirstOrDefault(c => c.Rule == need.Rule);
            if (old is { State: IncidentClockState.Met }) continue;
            if (old is { IsRunning: true } && old.FromAt == need.From && old.DueAt == dueAt && old.IsProvisional == need.IsProvisional) continue;
            var clock = new IncidentClock(incident, need.Rule, need.From, dueAt, need.IsProvisional, IncidentClockState.Running, null, 0, NextNotice(need.From, dueAt, 0));
            changed.Add((clock, old is { IsRunning: true } ? ClockChange.Moved : ClockChange.Started, old is { IsRunning: true } ? old.DueAt : null));
        }
        foreach (var old in have.Where(c => c.IsRunning && needs.All(n => n.Rule != c.Rule)))
            changed.Add((old with { State = IncidentClockState.Lapsed, EndedAt = now, NextNoticeAt = null }, ClockChange.Lapsed, old.DueAt));
        return changed;
    }

    /// <summary>When the next warning is due after this many: half time, four fifths, overdue; null after these and where no number is set.</summary>
    public static DateTimeOffset? NextNotice(DateTimeOffset from, DateTimeOffset? due, int noticed) => due is not { } end ? null : noticed switch
    {
        0 => from + ((end - from) * 0.5),
        1 => from + ((end - from) * 0.8),
        2 => end.AddMilliseconds(1),
        _ => null,
    };
}
