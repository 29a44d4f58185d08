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

    /// <summary>The right with this number, between whomever; null when there is none.</summary>
    public async Task<Id<Grant>?> Numbered(string number, CancellationToken ct) => await db.One($"select id from share_grant where number = {number}", r => (Id<Grant>?)r.Id<Grant>(0), ct);
}
