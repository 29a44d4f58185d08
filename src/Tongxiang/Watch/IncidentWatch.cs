using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Watch;

/// <summary>Looks after open incidents: climbs the ladder while nobody has taken one up, warns of clocks and tasks, and makes the first count.</summary>
public sealed partial class IncidentWatch(Db db, TimeProvider clock, Incidents incidents, ILogger<IncidentWatch> log)
{
    private const int Batch = 100;

    /// <summary>One round; each notice stands in the commit that marks it as given.</summary>
    public async Task Run(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var id in await db.List($"select id from watch_incident where next_rung_at <= {now} order by next_rung_at limit {Batch}", r => r.Id<Incident>(0), ct)) await incidents.Escalate(id, ct);
        foreach (var id in await db.List($"select distinct incident from watch_incident_clock where next_notice_at <= {now} limit {Batch}", r => r.Id<Incident>(0), ct)) await incidents.Warn(id, ct);
        foreach (var id in await db.List(
            $"select distinct t.incident from watch_incident_task t where t.is_noticed = 0 and t.done_at is null and t.due_at <= {now} limit {Batch}", r => r.Id<Incident>(0), ct)) await incidents.RemindTasks(id, ct);
        foreach (var id in await db.List($"select id from watch_incident where figures is null and stage <> {IncidentStage.Closed} order by opened_at limit {Batch}", r => r.Id<Incident>(0), ct))
            if ((await incidents.Count(Caller.Platform, id, ct)).Refusal is { } refusal) NotCounted(log, id.ToString(), refusal.Code);
    }

    [LoggerMessage(2150, LogLevel.Warning, "The figures of incident {Incident} could not be counted: {Code}.")]
    private static partial void NotCounted(ILogger log, string incident, string code);
}

/// <summary>What time does to an incident.</summary>
public sealed partial class Incidents
{
    private static readonly Rung[] Handlers = [new(0, Role.SecurityAdmin, RungPlace.Bureau), new(0, Role.BureauHead, RungPlace.Bureau)];

    /// <summary>Tells the rungs of the ladder that are due while nobody has taken the incident up.</summary>
    internal Task Escalate(Id<Incident> id, CancellationToken ct) => Take(Caller.Platform, id, null, async (tx, m) =>
    {
        if (m.Now.NextRungAt is not { } due || due > m.At || m.Now.AcknowledgedAt is not null) return Nothing(m);
        var book = settings.Runbook;
        var told = m.Now.Escalated;
        var last = book.Ladder[told % book.Ladder.Count];
        for (; book.Next(m.Now.OpenedAt, told) is { } next && next.At <= m.At; told++)
        {
            last = next.Rung;
            await Tell(tx, m.Now, NoticeKind.IncidentUnacknowledged, next.Rung, $"rung{told}", null, m.At);
        }
        return new Deed(m.Now with { Escalated = told, NextRungAt = book.Next(m.Now.OpenedAt, told)?.At }, "escalated", "", last.Role.ToString());
    }, ct);

    /// <summary>Warns of clocks at half time, four fifths and once they are overdue.</summary>
    internal Task Warn(Id<Incident> id, CancellationToken ct) => Take(Caller.Platform, id, null, async (tx, m) =>
    {
        var due = (await IncidentRows.Clocks(tx, id)).Where(c => c.IsRunning && c.NextNoticeAt <= m.At).ToList();
        if (due.Count == 0) return Nothing(m);
        string[] said = [];
        foreach (var running in due)
        {
            if (said.Length > 0) await Record(tx, m.Now, m.Caller, "warned", "", m.At, said);
            var (noticed, next) = (running.Noticed, running.NextNoticeAt);
            while (next <= m.At) next = IncidentClocks.NextNotice(running.FromAt, running.DueAt, ++noticed);
            await IncidentRows.SaveClock(tx, running with { Noticed = noticed, NextNoticeAt = next });
            var kind = noticed switch { 1 => NoticeKind.IncidentHalfTime, 2 => NoticeKind.IncidentFourFifths, _ => NoticeKind.IncidentOverdue };
            foreach (var rung in Handlers) await Tell(tx, m.Now, kind, rung, $"{running.Rule}/{running.DueAt?.ToUnixTimeMilliseconds()}", running.DueAt, m.At);
            said = [running.Rule, $"{noticed}", Minute(running.DueAt)];
        }
        return new Deed(m.Now, "warned", "", said);
    }, ct);

    /// <summary>Reminds of tasks that are due, once each.</summary>
    internal Task RemindTasks(Id<Incident> id, CancellationToken ct) => Take(Caller.Platform, id, null, async (tx, m) =>
    {
        var late = await tx.List(
            $"select id, incident, code, title, role, place, due_at, done_at, done_by, note, is_noticed from watch_incident_task where incident = {id} and is_noticed = 0 and done_at is null and due_at <= {m.At} order by due_at",
            IncidentRows.ReadTask);
        if (late.Count == 0) return Nothing(m);
        foreach (var task in late)
        {
            await tx.Run($"update watch_incident_task set is_noticed = 1 where id = {task.Id}");
            if (!m.Now.IsOpen) continue;
            var name = task.Code is { } code ? Texts.Parts.Get(Texts.Chinese, "watch.task." + code) : task.Title;
            await Tell(tx, m.Now with { Title = name }, NoticeKind.IncidentTaskLate, new Rung(0, task.Role, task.Place), $"task{task.Id}", task.DueAt, m.At);
        }
        return m.Now.IsOpen ? new Deed(m.Now, "task-late", "", late[^1].Code ?? late[^1].Title, $"{late.Count}") : Nothing(m);
    }, ct);

    // Somebody was faster: nothing is written.
    private static Outcome<Deed> Nothing(Moment m) => Refusal.Conflict("watch.changed", m.Now.Number);
}
