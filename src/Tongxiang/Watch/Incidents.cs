using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Watch;

/// <summary>Incidents (安全事件处置): opened by a trip, an alarm or a person, led by the law's clocks to a closing that can be proved.</summary>
public sealed partial class Incidents(
    Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, RulePack rules, Deadlines deadlines, EntryNamed catalogue, Notices notices, IncidentCount count, IncidentSettings settings, NodeSettings node, Alarms? alarms = null)
{
    /// <summary>A step under way: the incident as it stands, who acts and as what.</summary>
    private sealed record Moment(Incident Now, Caller Caller, IReadOnlySet<IncidentSide> Sides, DateTimeOffset At);

    /// <summary>What a step makes of an incident, and what is written down of it.</summary>
    private sealed record Deed(Incident Next, string Kind, string Note = "", params string[] Args)
    {
        /// <summary>Makes a new revision: whoever decided on the old one is told. What the platform does by itself makes none.</summary>
        public bool IsStep { get; init; }
    }

    /// <summary>Opens an incident in the commit of what caused it; the same cause a second time is the same incident.</summary>
    public async Task<Id<Incident>> Open(Tx tx, NewIncident said, Caller by)
    {
        if (said.Ref is { } known && await tx.One($"select id from watch_incident where origin_ref = {known}", r => (Id<Incident>?)r.Id<Incident>(0)) is { } same) return same;
        var now = clock.GetUtcNow();
        var book = settings.Runbook;
        var incident = new Incident(
            Id<Incident>.New(clock), await Number(tx, said.IsDrill, now), said.IsDrill, said.Title, said.Origin, said.Ref, IncidentStage.Discovery, IncidentLevel.Unjudged, FirstFacts(said.Scope), said.Scope,
            said.From, said.DetectedAt, said.AwareAt, now, 1)
        { ContainedAt = said.ContainedAt };
        var told = 0;
        while (book.Next(now, told) is { } next && next.At <= now) told++;
        incident = incident with { Escalated = told, NextRungAt = book.Next(now, told)?.At };
        if (await IncidentRows.Insert(tx, incident) == 0) throw new InvalidOperationException($"The incident {incident.Number} is there already: two openings by {said.Ref} at once.");
        foreach (var provider in Providers(said.Scope)) await Touch(tx, incident.Id, provider, isProvider: true);
        if (said.Provider is { } owner) await Touch(tx, incident.Id, owner, isProvider: true);
        foreach (var side in new[] { said.Scope.Agency, said.Consumer }.OfType<Id<Agency>>()) await Touch(tx, incident.Id, side, isProvider: false);
        foreach (var task in book.Tasks) await AddTask(tx, incident, task.Code, "", task.Role, task.Place, now.AddMinutes(task.DueMinutes));
        await Record(tx, incident, by, "opened", "", now, said.Title);
        await Retune(tx, incident, by, now);
        for (var rung = 0; rung < told; rung++) await Tell(tx, incident, NoticeKind.IncidentOpened, book.Ladder[rung % book.Ladder.Count], $"rung{rung}", now, now);
        return incident.Id;
    }

    internal DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Agencies whose resources the scope names.</summary>
    public IReadOnlyCollection<Id<Agency>> Providers(IncidentScope scope) =>
        [.. scope.Resources.Select(r => catalogue(r)).OfType<Entry>().Select(e => e.Agency).Distinct()];

    /// <summary>Incidents the caller may know of, newest first.</summary>
    /// <param name="drills">Drills only, or no drills at all: their figures are never mixed.</param>
    public async Task<Page<Incident>> List(Caller caller, bool drills, bool? open, string? after, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, 200);
        // Above every hexadecimal digit, in every collation.
        var last = Cursor.Read(after, 1) is [var key] && Id<Incident>.TryParse(key, null, out var id) ? id.ToString() : "g";
        var state = open switch { true => Part($" and i.stage <> {IncidentStage.Closed}"), false => Part($" and i.stage = {IncidentStage.Closed}"), _ => new Sql() };
        if (!IncidentFlow.SeesAll(caller) && !(IncidentFlow.SeesOwn(caller) && caller.Agency is not null)) return new([], null);
        var mine = IncidentFlow.SeesAll(caller) ? new Sql() : Part($" and i.id in (select p.incident from watch_incident_party p where p.agency = {caller.Agency})");
        var rows = await db.List(
            $"select {IncidentRows.Columns} from watch_incident i where i.is_drill = {drills} and i.id < {last}{state}{mine} order by i.id desc limit {limit + 1}", IncidentRows.Read, ct);
        var seen = IncidentFlow.SeesAll(caller) ? rows : [.. rows.Select(i => Narrow(i, caller))];
        return Page<Incident>.Of(seen, limit, i => [i.Id]);
    }

    /// <summary>An incident with its history; null for whoever it does not touch.</summary>
    public async Task<IncidentView?> Find(Caller caller, Id<Incident> id, CancellationToken ct)
    {
        var found = await db.One($"select {IncidentRows.Columns} from watch_incident i where i.id = {id}", IncidentRows.Read, ct);
        if (found is null || !await Sees(caller, id, ct)) return null;
        var events = await db.List($"select incident, place, at, kind, actor, actor_name, args, note, evidence from watch_incident_event where incident = {id} order by place", IncidentRows.ReadEvent, ct);
        var clocks = await db.List(
            $"select incident, rule, from_at, due_at, is_provisional, state, ended_at, noticed, next_notice_at from watch_incident_clock where incident = {id} order by due_at, rule", IncidentRows.ReadClock, ct);
        var tasks = await db.List(
            $"select id, incident, code, title, role, place, due_at, done_at, done_by, note, is_noticed from watch_incident_task where incident = {id} order by due_at, id", IncidentRows.ReadTask, ct);
        var sides = IncidentFlow.Sides(caller, Providers(found.Scope));
        var isWhole = IncidentFlow.SeesAll(caller) || sides.Contains(IncidentSide.ProviderHead);
        return new IncidentView(
            isWhole ? found : Narrow(found, caller), isWhole ? events : [.. events.Select(e => e with { ActorName = "", Actor = "", Note = "" })], clocks, isWhole ? tasks : [],
            isWhole ? await Submissions(id, ct) : [], IncidentFlow.Possible(found, sides), sides, isWhole);
    }

    /// <summary>Open incidents (no drills) that the caller may know of.</summary>
    public async Task<long> Waiting(Caller caller, CancellationToken ct) => (await List(caller, drills: false, open: true, null, 100, ct)).Items.Count;

    private async Task<bool> Sees(Caller caller, Id<Incident> id, CancellationToken ct) => caller == Caller.Platform || IncidentFlow.SeesAll(caller)
        || (IncidentFlow.SeesOwn(caller) && await db.One($"select agency from watch_incident_party where incident = {id} and agency = {caller.Agency}", r => r.GetString(0), ct) is not null);

    // A department that is merely touched learns of its own resources, not of the others and not of who called.
    private Incident Narrow(Incident incident, Caller caller)
    {
        if (caller.Agency is not { } agency || Providers(incident.Scope) is { Count: > 0 } all && all.All(p => p == agency)) return incident;
        var own = incident.Scope.Resources.Where(r => catalogue(r)?.Agency == agency).ToArray();
        return incident with { Scope = new IncidentScope(own), Figures = incident.Figures?.For(agency), Facts = new LevelFacts(), Review = null, Lead = null };
    }

    private async Task<Outcome<Incident>> Take(Caller caller, Id<Incident> id, long? seen, Func<Tx, Moment, Task<Outcome<Deed>>> work, CancellationToken ct) => await db.Commit<Outcome<Incident>>(async tx =>
    {
        // Writing nothing still locks the row: two steps at once follow each other.
        await tx.Run($"update watch_incident set revision = revision where id = {id}");
        var now = await tx.One($"select {IncidentRows.Columns} from watch_incident i where i.id = {id}", IncidentRows.Read);
        if (now is null || !await Sees(caller, id, ct)) return Refusal.NotFound(id.ToString());
        if (seen is { } revision && revision != now.Revision) return Refusal.Conflict("watch.changed", now.Number);
        var moment = new Moment(now, caller, IncidentFlow.Sides(caller, Providers(now.Scope)), clock.GetUtcNow());
        var outcome = await work(tx, moment);
        if (outcome.Refusal is { } refusal) return refusal;
        var deed = outcome.Value;
        var next = deed.Next with { Revision = now.Revision + (deed.IsStep ? 1 : 0) };
        await IncidentRows.Save(tx, next);
        await Record(tx, next, caller, deed.Kind, deed.Note, moment.At, deed.Args);
        await Retune(tx, next, caller, moment.At);
        return next;
    }, ct);

    /// <summary>Writes an event into the timeline and into the evidence; what somebody wrote stands in the evidence as a digest only.</summary>
    private async Task Record(Tx tx, Incident incident, Caller by, string kind, string note, DateTimeOffset at, params string[] args)
    {
        var parties = await tx.List($"select agency from watch_incident_party where incident = {incident.Id} order by agency", r => r.GetString(0));
        var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["number"] = incident.Number, ["stage"] = incident.Stage.ToString(), ["level"] = incident.Level.ToString() };
        if (incident.IsDrill) facts["drill"] = "true";
        if (args.Length > 0) facts["said"] = string.Join(" | ", args);
        if (note.Length > 0) facts["note"] = Digest(note);
        var proof = await evidence.Append(tx, new Happening("watch.incident-" + kind, by.Actor, by.Agency?.ToString(), $"incident:{incident.Id}", at, facts) { Parties = parties });
        var place = await tx.Next("watch.incident." + incident.Id);
        await tx.Run(
            $"""
            insert into watch_incident_event (incident, place, at, kind, actor, actor_name, args, note, evidence)
            values ({incident.Id}, {place}, {at}, {kind}, {by.Actor}, {by.Name}, {IncidentRows.Json(args)}, {note}, {proof})
            """);
    }

    private async Task Retune(Tx tx, Incident incident, Caller by, DateTimeOffset at)
    {
        var have = await IncidentRows.Clocks(tx, incident.Id);
        foreach (var (changed, change, old) in IncidentClocks.Retune(incident.Id, have, IncidentClocks.Needed(settings.Operator, incident), Due, at))
        {
            await IncidentRows.SaveClock(tx, changed);
            await Record(tx, incident, by, "clock-" + change.ToString().ToLowerInvariant(), "", at, changed.Rule, Minute(old), Minute(changed.DueAt));
        }
    }

    private DateTimeOffset? Due(ClockNeed need) =>
        rules.TryFind(need.Rule, WorkCalendar.Day(need.From)) is { Value: not null } ? deadlines.Due(need.Rule, need.From).DueAt : null;

    private static Task<int> Touch(Tx tx, Id<Incident> incident, Id<Agency> agency, bool isProvider) => tx.Run(
        $"""
        insert into watch_incident_party (incident, agency, is_provider) values ({incident}, {agency}, {isProvider})
        on conflict (incident, agency) do update set is_provider = case when excluded.is_provider > watch_incident_party.is_provider then excluded.is_provider else watch_incident_party.is_provider end
        """);

    private async Task Tell(Tx tx, Incident incident, NoticeKind kind, Rung rung, string occasion, DateTimeOffset? due, DateTimeOffset at)
    {
        IEnumerable<Id<Agency>> offices = rung.Place == RungPlace.Bureau
            ? directory.Agencies.Where(a => a.Kind == AgencyKind.Bureau).Select(a => a.Id)
            : await tx.List($"select agency from watch_incident_party where incident = {incident.Id} and is_provider = 1", r => r.Id<Agency>(0));
        foreach (var office in offices)
        {
            var inBureau = directory.Find(office)?.Kind == AgencyKind.Bureau;
            var link = (inBureau ? "/bureau/incidents/" : "/desk/incidents/") + incident.Id;
            var title = incident.IsDrill ? "【演练 / drill】" + incident.Title : incident.Title;
            // A drill stays in the house: it is neither mailed nor pushed.
            await notices.Tell(tx, new Telling(kind, new Recipient(null, office, rung.Role)), new About($"incident:{incident.Id}/{occasion}", link, [incident.Number, title, Minute(due)], IsInside: incident.IsDrill), at);
        }
    }

    private LevelFacts FirstFacts(IncidentScope scope)
    {
        var entries = scope.Resources.Select(r => catalogue(r)).OfType<Entry>().ToList();
        // Personal information may have leaked: PIPL art. 57 binds on the mere possibility.
        return new LevelFacts(Grade: entries.Count == 0 ? null : entries.Max(e => e.Content.Grade), PersonalData: entries.Any(e => e.Content.HasPersonalData));
    }

    private static async Task<string> Number(Tx tx, bool isDrill, DateTimeOffset at)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"{(isDrill ? "YL" : "SJ")}-{at.ToOffset(WorkCalendar.Offset).Year:0000}");
        var next = await tx.Next("watch.incident." + prefix);
        return string.Create(CultureInfo.InvariantCulture, $"{prefix}-{next:000000}");
    }

    private static string Minute(DateTimeOffset? at) => at?.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "";

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static Sql Part(Sql sql) => sql;
}

/// <summary>An incident as one reader may see it.</summary>
/// <param name="Possible">Steps the reader can take.</param>
/// <param name="IsWhole">False for a department that the incident merely touches.</param>
public sealed record IncidentView(
    Incident Incident, IReadOnlyList<IncidentEvent> Events, IReadOnlyList<IncidentClock> Clocks, IReadOnlyList<IncidentTask> Tasks, IReadOnlyList<IncidentSubmission> Submissions,
    IReadOnlyList<IncidentStep> Possible, IReadOnlySet<IncidentSide> Sides, bool IsWhole);
