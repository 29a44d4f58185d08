using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>The steps of an incident, from taking it up to closing it.</summary>
public sealed partial class Incidents
{
    /// <summary>Opens an incident that a person noticed, or a drill.</summary>
    public async Task<Outcome<Incident>> OpenByHand(Caller caller, HandOpening said, CancellationToken ct)
    {
        var scope = new IncidentScope([.. said.Resources.Distinct(StringComparer.Ordinal)], said.Client, said.Grant, said.Operator, said.Agency);
        var sides = IncidentFlow.Sides(caller, Providers(scope));
        if (sides.Count == 0 || (said.IsDrill && !IncidentRules.IsBureau(sides))) return Refusal.Forbidden("watch.may-not-open");
        var now = clock.GetUtcNow();
        var errors = IncidentRules.Check(said, now).ToList();
        errors.AddRange(scope.Resources.Where(r => catalogue(r) is null).Select(r => new FieldError("resources", "watch.field.resource", r)));
        if (said.Agency is { } agency && directory.Find(agency) is null) errors.Add(new FieldError("agency", "watch.field.agency", agency.ToString()));
        if (errors.Count > 0) return Refusal.Invalid([.. errors]);
        var from = said.From ?? said.DetectedAt.AddMinutes(-settings.LookBackMinutes);
        return await db.Commit<Outcome<Incident>>(async tx =>
        {
            var id = await Open(tx, new NewIncident(said.Title.Trim(), IncidentOrigin.Hand, null, scope, from, said.DetectedAt, said.AwareAt, said.IsDrill), caller);
            return await tx.One($"select {IncidentRows.Columns} from watch_incident i where i.id = {id}", IncidentRows.Read) ?? throw new InvalidOperationException($"The incident {id} just opened is not there.");
        }, ct);
    }

    /// <summary>Takes it up: whoever acknowledges leads, the ladder stops, the plan is started (Order 809 art. 35).</summary>
    public Task<Outcome<Incident>> Acknowledge(Caller caller, Id<Incident> id, long? seen, CancellationToken ct) => Step(caller, id, seen, IncidentStep.Acknowledge, "", async (tx, m, next) =>
    {
        await Meet(tx, m.Now.Id, IncidentClocks.Plan, m.At);
        return new Deed(next with { AcknowledgedAt = m.At, Lead = m.Caller.Person, NextRungAt = null }, "acknowledged");
    }, ct);

    /// <summary>Says that the damage is stopped, and how.</summary>
    public Task<Outcome<Incident>> Contain(Caller caller, Id<Incident> id, long? seen, string measures, CancellationToken ct) => Step(caller, id, seen, IncidentStep.Contain, measures,
        (_, m, next) => Deeds(new Deed(next with { ContainedAt = m.Now.ContainedAt ?? m.At }, "contained", measures)), ct);

    /// <summary>Judges the level from the facts; clocks start, move or lapse by it.</summary>
    public Task<Outcome<Incident>> Judge(Caller caller, Id<Incident> id, long? seen, LevelFacts facts, IncidentLevel level, string reason, CancellationToken ct) => Step(caller, id, seen, IncidentStep.Judge, null, (_, m, next) =>
    {
        if (IncidentLevels.Check(facts) is { Count: > 0 } wrong) return Deeds(Refusal.Invalid([.. wrong]));
        var proposal = Propose(facts, m.Now.AwareAt);
        var errors = IncidentLevels.Check(proposal, level, reason).Concat(IncidentRules.Text("reason", reason, 0)).ToArray();
        if (errors.Length > 0) return Deeds(Refusal.Invalid(errors));
        var hits = string.Join(", ", proposal.Hits.Select(h => h.Rule.Id));
        return Deeds(new Deed(next with { Facts = facts, Level = level }, "judged", reason, level.ToString(), m.Now.Level.ToString(), hits.Length == 0 ? "-" : hits));
    }, ct);

    /// <summary>What the thresholds of the day say of these facts.</summary>
    public LevelProposal Propose(LevelFacts facts, DateTimeOffset at) => IncidentLevels.Propose(facts, rule => rules.TryFind(rule, WorkCalendar.Day(at)));

    /// <summary>Says that everybody who must be told by the hour has been told.</summary>
    public Task<Outcome<Incident>> Report(Caller caller, Id<Incident> id, long? seen, CancellationToken ct) => Step(caller, id, seen, IncidentStep.Report, "", async (tx, m, next) =>
        IncidentFlow.MayConclude(m.Now, await IncidentRows.Clocks(tx, m.Now.Id)) is { } refusal ? refusal : new Deed(next, "reported"), ct);

    /// <summary>Says that the handling is over and what became of the sharing; the summary's thirty days begin.</summary>
    /// <param name="keepsCut">A fuse of the incident stays as it is, by decision; else every one of them must have been restored by two people.</param>
    public Task<Outcome<Incident>> Restore(Caller caller, Id<Incident> id, long? seen, string outcome, bool keepsCut, CancellationToken ct) => Step(caller, id, seen, IncidentStep.Restore, outcome, async (tx, m, next) =>
    {
        var standing = await tx.List($"select number from watch_trip where incident = {m.Now.Number} and bites = 1 and state <> {TripState.Restored} order by number", r => r.GetString(0));
        if (standing.Count > 0 && !keepsCut) return Refusal.Conflict("watch.trips-stand", m.Now.Number, string.Join(", ", standing));
        return new Deed(next with { HandledAt = m.At }, "restored", outcome, string.Join(", ", standing));
    }, ct);

    /// <summary>Judges that it was no incident; its clocks lapse.</summary>
    public async Task<Outcome<Incident>> Dismiss(Caller caller, Id<Incident> id, long? seen, string reason, CancellationToken ct)
    {
        var dismissed = await Step(caller, id, seen, IncidentStep.Dismiss, reason,
            (_, m, next) => Deeds(new Deed(next with { IsFalseAlarm = true, HandledAt = m.At, NextRungAt = null, Lead = m.Now.Lead ?? m.Caller.Person }, "dismissed", reason)), ct);
        if (dismissed.IsRefused || alarms is null) return dismissed;
        // The alarm that caused it is judged with it, so that the same pattern of the same caller alarms no more.
        var causes = await db.List($"select t.cause from watch_trip t join watch_alarm a on a.id = t.cause where t.incident = {dismissed.Value.Number} and a.state = {AlarmState.Open}", r => r.Id<RaisedAlarm>(0), ct);
        foreach (var cause in causes.Distinct()) await alarms.Judge(caller, cause, new AlarmJudgement(AlarmState.FalseAlarm, reason.Length > 500 ? reason[..500] : reason), ct);
        return dismissed;
    }

    /// <summary>Closes it: no legal clock may run, the post-mortem stands and another person than its author closes.</summary>
    public Task<Outcome<Incident>> Close(Caller caller, Id<Incident> id, long? seen, CancellationToken ct) => Step(caller, id, seen, IncidentStep.Close, "", async (tx, m, next) =>
        IncidentFlow.MayClose(m.Now, await IncidentRows.Clocks(tx, m.Now.Id), m.Caller) is { } refusal ? refusal : new Deed(next with { ClosedAt = m.At }, "closed"), ct);

    /// <summary>Corrects when it was found and known; the clocks are counted anew and say what changed.</summary>
    public Task<Outcome<Incident>> CorrectTimes(Caller caller, Id<Incident> id, long? seen, DateTimeOffset detected, DateTimeOffset aware, string reason, CancellationToken ct) => Take(caller, id, seen, (_, m) =>
    {
        if (!IncidentRules.IsBureau(m.Sides)) return Deeds(Refusal.Forbidden("watch.only-bureau"));
        if (!m.Now.IsOpen) return Deeds(Refusal.Conflict("watch.closed", m.Now.Number));
        var errors = IncidentRules.Times(detected, aware, m.At).Concat(IncidentRules.Text("reason", reason, IncidentLevels.ReasonLeast)).ToArray();
        if (errors.Length > 0) return Deeds(Refusal.Invalid(errors));
        return Deeds(new Deed(m.Now with { DetectedAt = detected, AwareAt = aware, From = detected < m.Now.From ? detected : m.Now.From }, "times", reason, Minute(m.Now.AwareAt), Minute(aware)) { IsStep = true });
    }, ct);

    /// <summary>Adds a remark to the timeline.</summary>
    public Task<Outcome<Incident>> Note(Caller caller, Id<Incident> id, string text, CancellationToken ct) => Take(caller, id, null, (_, m) =>
    {
        if (m.Sides.Count == 0) return Deeds(Refusal.Forbidden("watch.only-handlers"));
        return Deeds(IncidentRules.Text("text", text, 2) is { Count: > 0 } errors ? Refusal.Invalid([.. errors]) : new Deed(m.Now, "note", text.Trim()));
    }, ct);

    /// <summary>Counts calls, rows, columns, operators and people anew from the evidence log.</summary>
    public async Task<Outcome<Incident>> Count(Caller caller, Id<Incident> id, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } view) return Refusal.NotFound(id.ToString());
        if (view.Sides.Count == 0 && caller != Caller.Platform) return Refusal.Forbidden("watch.only-handlers");
        var figures = await Figures(view.Incident, ct);
        return await Take(caller, id, null, (tx, m) => Counted(tx, m, figures), ct);
    }

    private Task<IncidentFigures> Figures(Incident incident, CancellationToken ct) =>
        count.Run(incident.Scope, incident.From, incident.HandledAt ?? clock.GetUtcNow(), incident.ContainedAt, ct);

    // Whoever called is touched too: the agencies behind the calls are known only now.
    private async Task<Outcome<Deed>> Counted(Tx tx, Moment m, IncidentFigures figures)
    {
        foreach (var consumer in figures.Consumers)
            if (Id<Agency>.TryParse(consumer, null, out var agency) && directory.Find(agency) is not null) await Touch(tx, m.Now.Id, agency, isProvider: false);
        foreach (var provider in figures.Resources.Select(r => r.Provider).OfType<Id<Agency>>().Distinct()) await Touch(tx, m.Now.Id, provider, isProvider: true);
        var next = m.Now with { Figures = figures };
        // Only what nobody has judged yet follows the count by itself.
        if (next.Level == IncidentLevel.Unjudged)
            next = next with { Facts = next.Facts with { Persons = figures.Persons, Records = figures.Rows, Grade = Higher(next.Facts.Grade, figures.Highest), PersonalData = next.Facts.PersonalData || figures.PersonsAtMost > 0 } };
        return new Deed(next, "counted", "", Text(figures.Calls), Text(figures.Rows), figures.Persons is { } persons ? Text(persons) : "≤ " + Text(figures.PersonsAtMost));
    }

    private static Grade? Higher(Grade? one, Grade? other) => one is null || other > one ? other ?? one : one;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static Task<Outcome<Deed>> Deeds(Outcome<Deed> deed) => Task.FromResult(deed);

    private static Task<int> Meet(Tx tx, Id<Incident> incident, string rule, DateTimeOffset at) => tx.Run(
        $"update watch_incident_clock set state = {IncidentClockState.Met}, ended_at = {at}, next_notice_at = null where incident = {incident} and rule = {rule} and state = {IncidentClockState.Running}");

    /// <param name="note">What the step must be given a reason by; null where the step checks its words itself.</param>
    private Task<Outcome<Incident>> Step(Caller caller, Id<Incident> id, long? seen, IncidentStep step, string? note, Func<Tx, Moment, Incident, Task<Outcome<Deed>>> work, CancellationToken ct) => Take(caller, id, seen, async (tx, m) =>
    {
        var move = IncidentFlow.Find(m.Now, step, m.Sides);
        if (move.Refusal is { } refusal) return refusal;
        if (move.Value.NeedsNote && IncidentRules.Text("note", note ?? "", IncidentRules.NoteLeast) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var deed = await work(tx, m, m.Now with { Stage = move.Value.To });
        return deed.IsRefused ? deed : deed.Value with { IsStep = true };
    }, ct);
}
