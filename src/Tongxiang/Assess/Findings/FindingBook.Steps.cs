using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Assess;

// The steps of a finding: each is one commit with its evidence, decided on a revision that the decider saw.
public sealed partial class FindingBook
{
    /// <summary>What a step works with.</summary>
    private sealed record Moment(Caller Caller, Finding Now, DateTimeOffset At, string Note, bool HasCircular);

    /// <summary>The order to correct, with what is asked for and by when.</summary>
    /// <param name="until">Last day; null: the term of <see cref="Term"/>, which is local and not verified.</param>
    public Task<Outcome<Finding>> Notify(Caller caller, Id<Finding> id, long? seen, string demand, DateOnly? until, bool isSerious, CancellationToken ct) =>
        Take(caller, id, seen, FindingStep.Notify, demand, m => Noticed(m, until, m.Now with { Demand = m.Note, IsSerious = isSerious }), ct, (tx, m, next) => Tell(tx, NoticeKind.FindingNoticed, next, next.Agency, m.At));

    /// <summary>The department says what it did and by what that can be seen.</summary>
    public Task<Outcome<Finding>> Rectify(Caller caller, Id<Finding> id, long? seen, string proof, CancellationToken ct) =>
        Take(caller, id, seen, FindingStep.Rectify, proof, m => m.Now with { Rectification = m.Note, RectifiedAt = m.At, IsClean = null, RecheckedAt = null }, ct, async (tx, m, next) =>
        {
            if (Overseer(next.Agency) is { } bureau) await Tell(tx, NoticeKind.FindingAnswered, next, bureau, m.At);
        });

    /// <summary>Runs the same detector over the same thing and keeps what it says; it decides nothing.</summary>
    public async Task<Outcome<RecheckResult>> Recheck(Caller caller, Id<Finding> id, long? seen, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { Finding: var now }) return Refusal.NotFound(id.ToString());
        var result = await Look(now, ct);
        var taken = await Take(caller, id, seen, FindingStep.Recheck, "", m => m.Now with { RecheckedAt = m.At, IsClean = result.IsClean }, ct);
        return taken.Refusal is { } refusal ? refusal : result;
    }

    /// <summary>Not good enough: back to the department with a new term.</summary>
    public Task<Outcome<Finding>> Return(Caller caller, Id<Finding> id, long? seen, string reason, DateOnly? until, CancellationToken ct) =>
        Take(caller, id, seen, FindingStep.Return, reason, m => Noticed(m, until, m.Now), ct, (tx, m, next) => Tell(tx, NoticeKind.FindingNoticed, next, next.Agency, m.At));

    /// <summary>Closes what a recheck at this moment finds clean: the machine alone closes nothing, and no person closes against it.</summary>
    public async Task<Outcome<Finding>> Close(Caller caller, Id<Finding> id, long? seen, string outcome, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { Finding: var now }) return Refusal.NotFound(id.ToString());
        var result = now.State == FindingState.Rectified ? await Look(now, ct) : new RecheckResult(false, []);
        return await Take(caller, id, seen ?? now.Revision, FindingStep.Close, outcome, m => result.IsClean
            ? m.Now with { Outcome = m.Note, RecheckedAt = m.At, IsClean = true }
            : Refusal.Conflict("assess.still-standing", m.Now.Number, result.Standing.Count) with { Article = FindingFlow.ArticleOf(m.Now) }, ct, (tx, m, next) => Tell(tx, NoticeKind.FindingClosed, next, next.Agency, m.At));
    }

    /// <summary>Not upheld: there was a good reason, or the records mislead.</summary>
    public Task<Outcome<Finding>> Dismiss(Caller caller, Id<Finding> id, long? seen, string reason, CancellationToken ct) =>
        Take(caller, id, seen, FindingStep.Dismiss, reason, m => m.Now with { Outcome = m.Note }, ct, async (tx, m, next) =>
        {
            if (next.Demand.Length > 0) await Tell(tx, NoticeKind.FindingClosed, next, next.Agency, m.At);
        });

    /// <summary>A circular of criticism to all departments, signed and numbered; the duty to rectify goes on.</summary>
    /// <param name="isSerious">Serious: the term need not be over.</param>
    public Task<Outcome<Finding>> Circulate(Caller caller, Id<Finding> id, long? seen, string body, bool isSerious, CancellationToken ct) =>
        Take(caller, id, seen, FindingStep.Circulate, body,
            m => FindingFlow.MayCirculate(m.Now, isSerious || m.Now.IsSerious, m.At, m.HasCircular) is { } not ? not : m.Now with { IsSerious = isSerious || m.Now.IsSerious }, ct,
            async (tx, m, next) =>
            {
                await circulars.Issue(tx, m.Caller, next, m.Note, m.At);
                await Tell(tx, NoticeKind.CircularIssued, next, next.Agency, m.At);
            });

    private async Task<RecheckResult> Look(Finding now, CancellationToken ct)
    {
        // What a person opened only a person can judge: there is nothing that a machine could run again.
        if (now.Detector == Finding.ByHand) return new RecheckResult(true, []);
        var standing = Detectors.Recheck(now.Detector, now.Agency, now.Subject, now.RectifiedAt ?? now.FoundAt, await facts.Current(ct));
        return new RecheckResult(Detectors.Find(now.Detector) is not null && standing.Count == 0, standing);
    }

    private async Task<Outcome<Finding>> Take(
        Caller caller, Id<Finding> id, long? seen, FindingStep step, string words, Func<Moment, Outcome<Finding>> change, CancellationToken ct, Func<Tx, Moment, Finding, Task>? also = null)
    {
        var at = clock.GetUtcNow();
        return await db.Commit<Outcome<Finding>>(async tx =>
        {
            // Writing nothing still locks the row: two steps at once follow each other.
            await tx.Run($"update assess_finding set revision = revision where id = {id}");
            var now = await tx.One($"select {FindingRows.Columns} from assess_finding where id = {id}", FindingRows.Read);
            if (now is null || !FindingFlow.Sees(caller, now, directory)) return Refusal.NotFound(id.ToString());
            if (seen is { } revision && revision != now.Revision) return await Meanwhile(tx, now);
            var move = FindingFlow.Find(now, step, FindingFlow.Sides(caller, now, directory));
            if (move.Refusal is { } impossible) return impossible;
            if (FindingRules.Words("note", words, move.Value.NeedsNote) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
            var hasCircular = await tx.One($"select count(*) from assess_circular where finding = {id}", r => r.GetInt64(0)) > 0;
            var moment = new Moment(caller, now, at, words.Trim(), hasCircular);
            var changed = change(moment);
            if (changed.Refusal is { } refusal) return refusal;
            var next = changed.Value with { State = move.Value.To, Revision = now.Revision + 1, ChangedAt = at };
            if (!await FindingRows.Save(tx, next)) return await Meanwhile(tx, now);
            await Record(tx, caller, step, now, next, moment.Note, at);
            if (also is not null) await also(tx, moment, next);
            return next;
        }, ct);
    }

    private Outcome<Finding> Noticed(Moment m, DateOnly? until, Finding next)
    {
        if (until is null)
        {
            var due = deadlines.Due(Term, m.At);
            return next with { DueAt = due.DueAt, DueIsProvisional = due.IsProvisional };
        }
        var last = WorkCalendar.EndOf(until.Value);
        return last <= m.At || last > m.At + longestTerm ? Refusal.Invalid(new FieldError("until", "assess.field.until")) : next with { DueAt = last, DueIsProvisional = false };
    }

    private static async Task<Refusal> Meanwhile(Tx tx, Finding now)
    {
        var last = await tx.One(
            $"select place, step, from_state, to_state, actor, actor_name, agency, at, note, evidence from assess_finding_event where finding = {now.Id} order by place desc limit 1", FindingRows.ReadEvent);
        return Refusal.Conflict("assess.changed", now.Number, last is null ? "" : FindingFlow.Say(last.Step), FindingFlow.Say(now.State), last?.ActorName ?? "",
            last?.At.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "");
    }

    private Id<Agency>? Overseer(Id<Agency> agency) => directory.Find(agency) is { Kind: not AgencyKind.Bureau, Bureau: { } bureau } ? bureau : agency;

    private Task Tell(Tx tx, NoticeKind kind, Finding finding, Id<Agency> to, DateTimeOffset at)
    {
        var inBureau = kind == NoticeKind.FindingAnswered;
        var role = !inBureau ? directory.Find(to)?.Kind == AgencyKind.Bureau ? Role.BureauHead : Role.SharingOfficeHead : to == finding.Agency ? Role.AuditAdmin : Role.BureauReviewer;
        var due = finding.DueAt is { } end ? Detectors.Day(end) : "";
        return notices.Tell(tx, new Telling(kind, new Recipient(null, to, role)), new About($"finding:{finding.Id}/{finding.Revision}", $"/{(inBureau ? "bureau" : "desk")}/findings/{finding.Id}", [finding.Number, Liability.Find(finding.Item)!.Cited(Texts.Chinese), due]), at);
    }
}
