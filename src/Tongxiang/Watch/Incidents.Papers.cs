using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>A submission to put on record.</summary>
/// <param name="Reference">Number or name of whoever took it.</param>
/// <param name="Language">Language of the document that went out.</param>
public sealed record NewSubmission(ReportChannel Channel, string Reference, DateTimeOffset SubmittedAt, string Language = Texts.Chinese);

/// <summary>Documents of an incident: filled in beforehand, completed by people, and on record once they went out.</summary>
public sealed partial class Incidents
{
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(1);

    /// <summary>A document as it stands; null for whoever may not see the whole incident.</summary>
    public async Task<Paper?> Paper(Caller caller, Id<Incident> id, PaperKind kind, string language, CancellationToken ct) =>
        await Find(caller, id, ct) is { IsWhole: true } view && Enum.IsDefined(kind) ? Fill(language, view.Incident).Of(kind, view, await Said(id, kind, ct)) : null;

    /// <summary>Keeps what a person wrote into a document's items; an empty text takes it back.</summary>
    public Task<Outcome<Incident>> Write(Caller caller, Id<Incident> id, PaperKind kind, IReadOnlyDictionary<string, string> said, CancellationToken ct) => Take(caller, id, null, async (tx, m) =>
    {
        if (m.Sides.Count == 0) return Refusal.Forbidden("watch.only-handlers");
        if (!m.Now.IsOpen) return Refusal.Conflict("watch.closed", m.Now.Number);
        var known = IncidentPapers.Items(kind).Select(i => i.Key).ToHashSet(StringComparer.Ordinal);
        var errors = said.SelectMany(s => known.Contains(s.Key) ? IncidentRules.Text(s.Key, s.Value, 0, IncidentPapers.ItemMost) : [new FieldError(s.Key, "watch.field.no-item", s.Key)]).ToArray();
        if (errors.Length > 0) return Refusal.Invalid(errors);
        var kept = said.Where(s => s.Value.Trim().Length > 0).ToDictionary(s => s.Key, s => s.Value.Trim(), StringComparer.Ordinal);
        await tx.Run(
            $"""
            insert into watch_incident_paper (incident, kind, said, changed_by, changed_at) values ({id}, {kind}, {IncidentRows.Json(kept)}, {caller.Actor}, {m.At})
            on conflict (incident, kind) do update set said = excluded.said, changed_by = excluded.changed_by, changed_at = excluded.changed_at
            """);
        return new Deed(m.Now, "written", "", kind.ToString());
    }, ct);

    /// <summary>Puts on record that a document went out, and stops the clocks it answers.</summary>
    public async Task<Outcome<Incident>> Submit(Caller caller, Id<Incident> id, PaperKind kind, NewSubmission said, CancellationToken ct)
    {
        if (await Paper(caller, id, kind, said.Language, ct) is not { } paper) return Refusal.NotFound(id.ToString());
        return await Take(caller, id, null, async (tx, m) =>
        {
            if (!IncidentRules.IsBureau(m.Sides) && kind != PaperKind.PersonNotice) return Refusal.Forbidden("watch.only-bureau");
            if (m.Sides.Count == 0) return Refusal.Forbidden("watch.only-handlers");
            if (!m.Now.IsOpen) return Refusal.Conflict("watch.closed", m.Now.Number);
            if (Check(said, m) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
            if (IncidentPapers.Missing(paper) is { Count: > 0 } missing) return Refusal.Invalid([.. missing]);
            var content = IncidentRows.Json(paper.Lines.Where(l => l.Text is not null).ToDictionary(l => l.Item.Key, l => l.Text!, StringComparer.Ordinal));
            var digest = Digest(content);
            await tx.Run(
                $"""
                insert into watch_incident_submission (id, incident, kind, is_partial, channel, reference, submitted_at, recorded_by, recorded_at, content, digest)
                values ({Id<IncidentSubmission>.New(clock)}, {id}, {kind}, {kind == PaperKind.FirstReport}, {said.Channel}, {said.Reference.Trim()}, {said.SubmittedAt}, {caller.Name}, {m.At}, {content}, {digest})
                """);
            foreach (var running in await IncidentRows.Clocks(tx, id))
                if (running.IsRunning && IncidentPapers.Meets(kind, running.Rule)) await Meet(tx, id, running.Rule, said.SubmittedAt);
            // Art. 7: what the first report leaves out follows in the full one, "timely".
            var next = kind == PaperKind.FirstReport ? m.Now with { PartialAt = m.Now.PartialAt ?? said.SubmittedAt } : m.Now;
            return new Deed(next, "submitted", "", kind.ToString(), said.Channel.ToString(), said.Reference.Trim(), digest);
        }, ct);
    }

    /// <summary>Decides that the people need not be told, because harm was effectively avoided (PIPL art. 57); the authority may still demand it.</summary>
    public Task<Outcome<Incident>> SkipPersons(Caller caller, Id<Incident> id, long? seen, string reason, CancellationToken ct) => Take(caller, id, seen, async (tx, m) =>
    {
        if (!m.Sides.Contains(IncidentSide.BureauHead)) return Refusal.Forbidden("watch.only-head");
        if (IncidentRules.Text("reason", reason, 20) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        if (await Meet(tx, id, IncidentClocks.PersonalPersons, m.At) == 0) return Refusal.Conflict("watch.no-clock", m.Now.Number, IncidentClocks.PersonalPersons);
        return new Deed(m.Now, "persons-skipped", reason.Trim());
    }, ct);

    private static List<FieldError> Check(NewSubmission said, Moment m)
    {
        var errors = IncidentRules.Text("reference", said.Reference, 1, 200).ToList();
        if (!Enum.IsDefined(said.Channel)) errors.Add(new FieldError("channel", "watch.field.channel"));
        if (said.SubmittedAt > m.At + Early || said.SubmittedAt < m.Now.DetectedAt) errors.Add(new FieldError("submittedAt", "watch.field.submitted"));
        return errors;
    }

    private PaperFill Fill(string language, Incident now) => new(node, directory, catalogue, Texts.Parts, rule => rules.TryFind(rule, WorkCalendar.Day(now.AwareAt)), language);

    private async Task<IReadOnlyDictionary<string, string>> Said(Id<Incident> id, PaperKind kind, CancellationToken ct) =>
        await db.One($"select said from watch_incident_paper where incident = {id} and kind = {kind}", r => r.Json<Dictionary<string, string>>(0), ct) ?? [];

    private Task<IReadOnlyList<IncidentSubmission>> Submissions(Id<Incident> id, CancellationToken ct) => db.List(
        $"select id, incident, kind, is_partial, channel, reference, submitted_at, recorded_by, recorded_at, content, digest from watch_incident_submission where incident = {id} order by recorded_at, id",
        r => new IncidentSubmission(
            r.Id<IncidentSubmission>(0), r.Id<Incident>(1), r.Kind<PaperKind>(2), r.Flag(3), r.Kind<ReportChannel>(4), r.GetString(5), r.Instant(6), r.GetString(7), r.Instant(8), r.GetString(9), r.GetString(10)), ct);
}
