using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Tasks of an incident and its post-mortem.</summary>
public sealed partial class Incidents
{
    /// <summary>Adds a task in somebody's own words.</summary>
    public Task<Outcome<Incident>> AddTask(Caller caller, Id<Incident> id, string title, Role role, RungPlace place, DateTimeOffset due, CancellationToken ct) => Take(caller, id, null, async (tx, m) =>
    {
        if (!IncidentRules.IsBureau(m.Sides)) return Refusal.Forbidden("watch.only-bureau");
        if (!m.Now.IsOpen) return Refusal.Conflict("watch.closed", m.Now.Number);
        var errors = IncidentRules.Text("title", title, IncidentRules.TitleLeast, IncidentRules.TitleMost).ToList();
        if (due <= m.At || due > m.At.AddDays(366)) errors.Add(new FieldError("due", "watch.field.task-due"));
        if (errors.Count > 0) return Refusal.Invalid([.. errors]);
        await AddTask(tx, m.Now, null, title.Trim(), role, place, due);
        return new Deed(m.Now, "task-added", "", title.Trim());
    }, ct);

    /// <summary>Says that a task is done: whoever holds its role, or the bureau.</summary>
    public Task<Outcome<Incident>> Done(Caller caller, Id<Incident> id, Id<IncidentTask> task, string note, CancellationToken ct) => Take(caller, id, null, async (tx, m) =>
    {
        if (!m.Now.IsOpen) return Refusal.Conflict("watch.closed", m.Now.Number);
        if (IncidentRules.Text("note", note, 0) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var found = await tx.One(
            $"select id, incident, code, title, role, place, due_at, done_at, done_by, note, is_noticed from watch_incident_task where id = {task} and incident = {id}", IncidentRows.ReadTask);
        if (found is null) return Refusal.NotFound(task.ToString());
        if (found.DoneAt is not null) return Refusal.Conflict("watch.task-done", m.Now.Number);
        if (!IncidentRules.IsBureau(m.Sides) && !(found.Place == RungPlace.Provider && caller.Has(found.Role) && m.Sides.Count > 0)) return Refusal.Forbidden("watch.task-role", new TextKey("agencies.role." + found.Role));
        await tx.Run($"update watch_incident_task set done_at = {m.At}, done_by = {caller.Name}, note = {note.Trim()} where id = {task} and done_at is null");
        return new Deed(m.Now, "task-done", note.Trim(), found.Code ?? found.Title);
    }, ct);

    /// <summary>Writes the post-mortem; it may be written anew until the incident is closed.</summary>
    public Task<Outcome<Incident>> Review(Caller caller, Id<Incident> id, long? seen, string causes, string lessons, IReadOnlyList<IncidentMeasure> measures, CancellationToken ct) => Take(caller, id, seen, (_, m) =>
    {
        if (!IncidentRules.IsBureau(m.Sides) || caller.Person is not { } author) return Deeds(Refusal.Forbidden("watch.only-bureau"));
        if (m.Now.Stage != IncidentStage.Review) return Deeds(Refusal.Conflict("watch.review-stage", m.Now.Number, IncidentFlow.Say(m.Now.Stage)));
        var errors = IncidentRules.Text("causes", causes, 10).Concat(IncidentRules.Text("lessons", lessons, 4)).ToList();
        if (measures.Count > 20) errors.Add(new FieldError("measures", "watch.field.many", 20, measures.Count));
        foreach (var measure in measures)
        {
            errors.AddRange(IncidentRules.Text("measures", measure.Text, 4, 500));
            errors.AddRange(IncidentRules.Text("measures", measure.Owner, 2, 100));
            if (measure.Due < WorkCalendar.Day(m.At)) errors.Add(new FieldError("measures", "watch.field.measure-due", measure.Due));
        }
        if (errors.Count > 0) return Deeds(Refusal.Invalid([.. errors]));
        return Deeds(new Deed(m.Now with { Review = new IncidentReview(causes.Trim(), lessons.Trim(), measures, author, m.At) }, "reviewed", causes.Trim(), $"{measures.Count}") { IsStep = true });
    }, ct);

    private Task<int> AddTask(Tx tx, Incident incident, string? code, string title, Role role, RungPlace place, DateTimeOffset due) => tx.Run(
        $"""
        insert into watch_incident_task (id, incident, code, title, role, place, due_at, note, is_noticed)
        values ({Id<IncidentTask>.New(clock)}, {incident.Id}, {code}, {title}, {role}, {place}, {due}, '', 0)
        """);
}
