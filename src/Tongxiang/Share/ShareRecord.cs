using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>A step of an application with its evidence, without anybody's words.</summary>
/// <param name="Rule">Rule id of the clock it started or obeyed.</param>
public sealed record CaseStepOnRecord(Step Step, DateTimeOffset At, string? Rule, string Evidence);

/// <summary>An application between departments as supervision reads it: its clocks and steps, not what was asked for.</summary>
/// <param name="ExtensionDays">Working days of the extension that was asked for.</param>
public sealed record CaseOnRecord(
    Id<Application> Id, string Number, Id<Entry> Entry, Id<Agency> Provider, Id<Agency>? Consumer, ApplicationState State, int? ExtensionDays, Id<Grant>? Grant, IReadOnlyList<CaseStepOnRecord> Steps);

/// <summary>A right of use between departments as supervision reads it.</summary>
public sealed record GrantOnRecord(
    Id<Grant> Id, string Number, Id<Entry> Entry, Id<Agency> Provider, Id<Agency> Consumer, GrantState State, DateTimeOffset From, DateTimeOffset Until, DateTimeOffset? DeliveredAt, Id<Application>? Application);

/// <summary>An entry that a consumer made in its ledger.</summary>
public sealed record NoteOnRecord(Id<Grant> Grant, NotePart Part, DateTimeOffset At);

/// <summary>A correction request as supervision reads it: its clock, not the record.</summary>
/// <param name="Evidence">Of its first and its last step.</param>
public sealed record CorrectionOnRecord(Id<Correction> Id, string Number, Id<Agency> Provider, DateTimeOffset ReportedAt, DateTimeOffset DueAt, DateTimeOffset? ClosedAt, IReadOnlyList<string> Evidence);

/// <summary>A dispute that was referred to a bureau.</summary>
/// <param name="EndedAt">When the bureau settled it, referred it on, or a side took it back.</param>
public sealed record DisputeOnRecord(Id<Dispute> Id, string Number, Id<Agency> Bureau, DateTimeOffset ReferredAt, DateTimeOffset? EndedAt, IReadOnlyList<string> Evidence);

/// <summary>A return flow that the lower region has signed for.</summary>
/// <param name="AnsweredAt">When the superior opened or refused it.</param>
/// <param name="Gaps">Times in which the region received other rows than were sent, with the comparison that showed it.</param>
public sealed record ReturnOnRecord(Id<ReturnFlow> Id, string Number, Id<Agency> Provider, DateTimeOffset SignedAt, DateTimeOffset? AnsweredAt, string Evidence, IReadOnlyList<ReturnGap> Gaps);

/// <summary>From the first comparison that did not agree to the first one after it that did.</summary>
public sealed record ReturnGap(Id<Reconciliation> Shown, DateTimeOffset From, DateTimeOffset? Until);

/// <summary>What supervision reads of sharing (Order 809 art. 38): applications, rights of use and the notes of the ledger; the opening lane is not its matter.</summary>
public sealed class ShareRecord(Db db)
{
    /// <summary>Applications sent since then, those changed since then, and those on which somebody still has to act.</summary>
    public async Task<IReadOnlyList<CaseOnRecord>> Cases(DateTimeOffset since, CancellationToken ct)
    {
        ApplicationState[] over = [ApplicationState.Refused, ApplicationState.Withdrawn, ApplicationState.Disposed];
        var steps = (await db.List(
            $"""
            select s.application, s.step, s.at, s.rule, s.evidence from share_step s join share_application a on a.id = s.application
            where a.lane = {Lane.Sharing} and a.submitted_at is not null and (a.submitted_at >= {since} or a.changed_at >= {since} or a.state not in {over}) order by s.application, s.number
            """, r => (Application: r.Id<Application>(0), Step: new CaseStepOnRecord(r.Kind<Step>(1), r.Instant(2), r.TextOrNull(3), r.GetString(4))), ct)).ToLookup(s => s.Application, s => s.Step);
        return await db.List(
            $"""
            select a.id, a.number, a.entry, a.provider, a.applicant_agency, a.state, a.extension_days, a.grant_id from share_application a
            where a.lane = {Lane.Sharing} and a.submitted_at is not null and (a.submitted_at >= {since} or a.changed_at >= {since} or a.state not in {over}) order by a.id
            """,
            r => new CaseOnRecord(
                r.Id<Application>(0), r.GetString(1), r.Id<Entry>(2), r.Id<Agency>(3), r.IdOrNull<Agency>(4), r.Kind<ApplicationState>(5), (int?)r.LongOrNull(6), r.IdOrNull<Grant>(7), [.. steps[r.Id<Application>(0)]]), ct);
    }

    /// <summary>Rights between departments that were in force at some time since then.</summary>
    public Task<IReadOnlyList<GrantOnRecord>> Grants(DateTimeOffset since, CancellationToken ct) => db.List(
        $"""
        select g.id, g.number, g.entry, g.provider, g.consumer_agency, g.state, g.from_at, g.until_at, g.delivered_at, g.application from share_grant g join share_application a on a.id = g.application
        where a.lane = {Lane.Sharing} and g.consumer_agency is not null and (g.until_at >= {since} or g.changed_at >= {since}) order by g.id
        """,
        r => new GrantOnRecord(r.Id<Grant>(0), r.GetString(1), r.Id<Entry>(2), r.Id<Agency>(3), r.Id<Agency>(4), r.Kind<GrantState>(5), r.Instant(6), r.Instant(7), r.InstantOrNull(8), r.IdOrNull<Application>(9)), ct);

    public Task<IReadOnlyList<NoteOnRecord>> Notes(CancellationToken ct) =>
        db.List($"select grant_id, part, noted_at from share_use_note order by grant_id, noted_at, id", r => new NoteOnRecord(r.Id<Grant>(0), r.Kind<NotePart>(1), r.Instant(2)), ct);

    /// <summary>Correction requests that were due or answered since then, and all that are open; those that a person's objection led to as well.</summary>
    public async Task<IReadOnlyList<CorrectionOnRecord>> Corrections(DateTimeOffset since, CancellationToken ct)
    {
        var proofs = (await db.List(
            $"""
            select s.correction, s.evidence from share_correction_step s join share_correction c on c.id = s.correction
            where c.closed_at is null or c.closed_at >= {since} or c.due_at >= {since} order by s.correction, s.number
            """, r => (Id: r.Id<Correction>(0), Proof: r.GetString(1)), ct)).ToLookup(s => s.Id, s => s.Proof);
        return await db.List(
            $"select id, number, provider, reported_at, due_at, closed_at from share_correction where closed_at is null or closed_at >= {since} or due_at >= {since} order by id",
            r => new CorrectionOnRecord(r.Id<Correction>(0), r.GetString(1), r.Id<Agency>(2), r.Instant(3), r.Instant(4), r.InstantOrNull(5), Ends([.. proofs[r.Id<Correction>(0)]])), ct);
    }

    /// <summary>Disputes that a bureau was asked to coordinate, and that changed since then or are with it still.</summary>
    public async Task<IReadOnlyList<DisputeOnRecord>> Disputes(DateTimeOffset since, CancellationToken ct) =>
    [
        .. from step in await db.List(
               $"""
               select d.id, d.number, d.bureau, s.to_state, s.at, s.evidence from share_dispute d join share_dispute_step s on s.dispute = d.id
               where d.bureau is not null and (d.changed_at >= {since} or d.state = {DisputeState.Coordinating}) order by d.id, s.number
               """, r => (Id: r.Id<Dispute>(0), Number: r.GetString(1), Bureau: r.Id<Agency>(2), To: r.Kind<DisputeState>(3), At: r.Instant(4), Proof: r.GetString(5)), ct)
           group step by step.Id into steps
           let referred = steps.First(s => s.To == DisputeState.Coordinating)
           let end = steps.Where(s => s.At >= referred.At && s.To is not (DisputeState.Negotiating or DisputeState.Coordinating)).Select(s => ((DateTimeOffset At, string Proof)?)(s.At, s.Proof)).FirstOrDefault()
           select new DisputeOnRecord(referred.Id, referred.Number, referred.Bureau, referred.At, end?.At, end is { } last ? [referred.Proof, last.Proof] : [referred.Proof]),
    ];

    /// <summary>Return flows that changed since then, wait for their opening, or are open.</summary>
    public async Task<IReadOnlyList<ReturnOnRecord>> Returns(DateTimeOffset since, CancellationToken ct)
    {
        var compared = (await db.List(
            $"select flow, id, made_at, is_complete from share_reconciliation order by flow, made_at, id", r => (Flow: r.Id<ReturnFlow>(0), Id: r.Id<Reconciliation>(1), At: r.Instant(2), IsComplete: r.Flag(3)), ct)).ToLookup(c => c.Flow);
        return await db.List(
            $"""
            select id, number, provider, agreed_at, case when state = {ReturnState.Agreed} then null else coalesce(opened_at, changed_at) end, receiver_proof from share_return_flow
            where agreed_at is not null and (changed_at >= {since} or state in {Live}) order by id
            """,
            r => new ReturnOnRecord(
                r.Id<ReturnFlow>(0), r.GetString(1), r.Id<Agency>(2), r.Instant(3), r.InstantOrNull(4), r.GetString(5), Gaps([.. compared[r.Id<ReturnFlow>(0)].Select(c => (c.Id, c.At, c.IsComplete))])), ct);
    }

    private static readonly ReturnState[] Live = [ReturnState.Agreed, ReturnState.Open];

    private static string[] Ends(IReadOnlyList<string> proofs) => proofs.Count < 2 ? [.. proofs] : [proofs[0], proofs[^1]];

    private static List<ReturnGap> Gaps(IReadOnlyList<(Id<Reconciliation> Id, DateTimeOffset At, bool IsComplete)> compared)
    {
        var gaps = new List<ReturnGap>();
        ReturnGap? open = null;
        foreach (var (id, at, isComplete) in compared)
        {
            if (open is null && !isComplete) open = new ReturnGap(id, at, null);
            else if (open is not null && isComplete)
            {
                gaps.Add(open with { Until = at });
                open = null;
            }
        }
        if (open is not null) gaps.Add(open);
        return gaps;
    }

    /// <summary>The right with this number, between whomever; null when there is none.</summary>
    public async Task<Id<Grant>?> Numbered(string number, CancellationToken ct) => await db.One($"select id from share_grant where number = {number}", r => (Id<Grant>?)r.Id<Grant>(0), ct);
}
