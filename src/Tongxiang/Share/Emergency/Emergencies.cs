using System.Data.Common;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>The front door of emergency sharing: the bureau's head declares, what was prepared is switched on in the same commit, it ends by itself, disposals and report follow.</summary>
public sealed partial class Emergencies(
    Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, EntrySource entries, Applications applications, Grants grants, UseLedger ledger, UseNotes notes, Notices notices, ILogger<Emergencies> log)
{
    private static readonly Sql Columns = Part($"e.id, e.number, e.bureau, e.document, e.kind, e.area, e.reason, e.from_at, e.until_at, e.revision, e.declared_by, e.ended_at, e.end_reason, e.proof");

    /// <summary>Declares an emergency; every prepared grant of its kind and area is on when this returns, or stands in the report with why it is not.</summary>
    public async Task<Outcome<Emergency>> Declare(Caller caller, NewEmergency wish, CancellationToken ct)
    {
        if (caller is not { Person: not null, Client: null, IsBureau: true, Agency: { } bureau } || directory.Find(bureau) is not { } own) return Refusal.Forbidden("share.emergency-only-head");
        if (!EmergencyRules.IsHeadOf(caller, bureau)) return Refusal.Forbidden("share.emergency-only-head");
        var at = clock.GetUtcNow();
        if (EmergencyRules.Check(wish, WorkCalendar.Day(at), own.Division, c => directory.Division(c, WorkCalendar.Day(at)) is not null) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var declared = await db.Commit<Outcome<Emergency>>(async tx =>
        {
            var (id, document) = (Id<Emergency>.New(clock), wish.Document.Trim());
            var number = await Applications.Number(tx, "YJ", at);
            var until = WorkCalendar.Begin(wish.Until.AddDays(1));
            var facts = new Dictionary<string, string>
            {
                ["number"] = number,
                ["document"] = document,
                ["kind"] = wish.Kind.ToString(),
                ["area"] = wish.Area,
                ["until"] = until.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            };
            var proof = await evidence.Append(tx, new Happening("share.emergency-declared", caller.Actor, bureau.ToString(), $"emergency:{id}", at, facts));
            var made = new Emergency(id, number, bureau, document, wish.Kind, wish.Area, wish.Reason.Trim(), at, until, 1, caller.Actor, null, null, proof);
            if (await tx.Run(
                $"""
                insert into share_emergency (id, number, bureau, document, kind, area, reason, from_at, until_at, revision, declared_by, proof)
                values ({id}, {number}, {bureau}, {document}, {made.Kind}, {made.Area}, {made.Reason}, {at}, {until}, 1, {made.DeclaredBy}, {proof}) on conflict do nothing
                """) == 0) throw new Abandoned(Refusal.Conflict("share.emergency-document", document));
            await SwitchOn(tx, made, wish.Until, at);
            return made;
        }, ct).OrRefusal();
        if (!declared.IsRefused) await grants.Follow(CancellationToken.None);
        return declared;
    }

    /// <summary>The bureau's head ends it before its day; its grants end with it.</summary>
    public async Task<Outcome<Emergency>> Lift(Caller caller, Id<Emergency> id, long seen, string reason, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } now) return Refusal.NotFound(id.ToString());
        if (!EmergencyRules.IsHeadOf(caller, now.Bureau)) return Refusal.Forbidden("share.emergency-only-head");
        if (now.EndedAt is not null || now.Revision != seen) return Refusal.Conflict("share.emergency-over", now.Number);
        if ((reason ?? "").Trim() is not { Length: > 0 and <= 1000 } why) return Refusal.Invalid(new FieldError("reason", "kernel.required"));
        if (!await Close(now, caller, clock.GetUtcNow(), why, ct)) return Refusal.Conflict("share.emergency-over", now.Number);
        await EndGrants(ct);
        return await Load(id, ct) is { } over ? over : Refusal.NotFound(id.ToString());
    }

    /// <summary>One round: emergencies whose day has come are over, and what they switched on ends. Safe to repeat.</summary>
    public async Task Run(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var due = await db.List($"select {Columns} from share_emergency e where e.ended_at is null and e.until_at <= {now} order by e.until_at limit 100", Read, ct);
        foreach (var emergency in due) await Close(emergency, Caller.Platform, emergency.Until, "到期 (term over)", ct);
        await EndGrants(ct);
    }

    /// <summary>Emergencies of the caller's bureau, or those that touch its agency, newest first.</summary>
    public async Task<IReadOnlyList<Emergency>> List(Caller caller, CancellationToken ct) => caller is not { Person: not null, Agency: { } agency } || !Sides.IsOffice(caller) ? [] : await db.List(
        $"""
        select {Columns} from share_emergency e where e.bureau = {agency}
          or exists (select 1 from share_emergency_grant g join share_prepared p on p.id = g.prepared where g.emergency = e.id and (p.provider = {agency} or p.consumer = {agency}))
        order by e.from_at desc, e.id desc limit 200
        """, Read, ct);

    public async Task<Emergency?> Find(Caller caller, Id<Emergency> id, CancellationToken ct) => (await List(caller, ct)).FirstOrDefault(e => e.Id == id);

    /// <summary>The report: everything that was switched on, what was used, and which disposals are proved. A party sees its own lines.</summary>
    public async Task<EmergencyReport?> Report(Caller caller, Id<Emergency> id, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } emergency) return null;
        var on = await db.List(
            $"""
            select g.prepared, p.number, p.entry, p.provider, p.consumer, g.application, a.grant_id, g.refused
            from share_emergency_grant g join share_prepared p on p.id = g.prepared left join share_application a on a.id = g.application where g.emergency = {id} order by p.number
            """, ReadOn, ct);
        var lines = new List<EmergencyLine>();
        foreach (var one in on.Where(o => caller.Agency == emergency.Bureau || caller.Agency == o.Provider || caller.Agency == o.Consumer)) lines.Add(await Line(one, ct));
        return new EmergencyReport(emergency, lines, lines.Count(l => l.Of.Application is not null && l.Stage is not ApplicationState.Disposed));
    }

    private async Task SwitchOn(Tx tx, Emergency emergency, DateOnly until, DateTimeOffset at)
    {
        var ready = await tx.List($"select {PreparedGrants.Columns} from share_prepared where state = {PreparedState.Ready} and kind = {emergency.Kind} order by number", PreparedGrants.Read);
        foreach (var prepared in ready.Where(p => EmergencyRules.Fits(p, emergency.Kind, emergency.Area) && directory.Find(p.Provider)?.Bureau == emergency.Bureau))
        {
            var outcome = await SwitchOn(tx, emergency, prepared, until, at);
            await tx.Run(
                $"""
                insert into share_emergency_grant (emergency, prepared, application, refused)
                values ({emergency.Id}, {prepared.Id}, {(outcome.IsRefused ? null : outcome.Value.Id.ToString())}, {outcome.Refusal?.Code})
                """);
            if (await entries(prepared.Entry, tx.Ct) is not { } entry) continue;
            foreach (var side in new[] { prepared.Consumer, prepared.Provider })
                await notices.Tell(tx, new Telling(NoticeKind.EmergencyDeclared, new Recipient(null, side, Role.SharingOfficeHead)), new About($"{emergency.Id}/{prepared.Id}", $"/desk/prepared/{prepared.Id}", [emergency.Number, entry.Content.Name, until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)]), at);
            if (outcome.IsRefused) NotSwitchedOn(log, prepared.Number, outcome.Refusal!.Code);
        }
    }

    private async Task<Outcome<Application>> SwitchOn(Tx tx, Emergency emergency, PreparedGrant prepared, DateOnly until, DateTimeOffset at)
    {
        if (await entries(prepared.Entry, tx.Ct) is not { } entry) return Refusal.NotFound(prepared.Entry.ToString());
        var wish = prepared.Wish with { Until = until };
        var reply = prepared.Reply! with { Until = until, Rows = RowFilter.Both(prepared.Reply!.Rows, EmergencyRules.Rows(prepared, emergency.Area)) };
        return await applications.Settle(
            tx, new Settled(entry, prepared.Consumer, prepared.DraftedBy, wish, reply, prepared.ConsumerProof!, prepared.ProviderProof!, $"{emergency.Number} {prepared.Number}", Law.Order809(20), new GrantOrigin(Emergency: emergency.Number)), at);
    }

    private Task<bool> Close(Emergency emergency, Caller caller, DateTimeOffset at, string reason, CancellationToken ct) => db.Commit(async tx =>
    {
        if (await tx.Run($"update share_emergency set ended_at = {at}, ended_by = {caller.Actor}, end_reason = {reason}, revision = revision + 1 where id = {emergency.Id} and revision = {emergency.Revision} and ended_at is null") == 0) return false;
        await evidence.Append(tx, new Happening(
            "share.emergency-ended", caller.Actor, emergency.Bureau.ToString(), $"emergency:{emergency.Id}", clock.GetUtcNow(), new Dictionary<string, string> { ["number"] = emergency.Number, ["reason"] = Applications.Digest(reason) }));
        await notices.Tell(tx, new Telling(NoticeKind.EmergencyOver, new Recipient(null, emergency.Bureau, Role.BureauHead)), new About(emergency.Id.ToString(), $"/bureau/emergencies/{emergency.Id}", [emergency.Number, emergency.Document, ""]), at);
        return true;
    }, ct);

    // The disposal tasks open with these ends, as with every other.
    private async Task EndGrants(CancellationToken ct)
    {
        ApplicationState[] running = [ApplicationState.Delivering, ApplicationState.InUse, ApplicationState.Suspended];
        var left = await db.List(
            $"""
            select a.id, e.number from share_emergency_grant g join share_emergency e on e.id = g.emergency join share_application a on a.id = g.application
            where e.ended_at is not null and a.state in {running} order by a.id limit 500
            """, r => (Id: r.Id<Application>(0), Number: r.GetString(1)), ct);
        foreach (var one in left) await applications.EndBy(one.Id, one.Number, ct);
    }

    private async Task<EmergencyLine> Line(SwitchedOn one, CancellationToken ct)
    {
        if (one.Application is not { } id || await applications.Load(id, ct) is not { Grant: { } grantId } application || await grants.Load(grantId, ct) is not { } grant) return new EmergencyLine(one, null, null, null, null, null, null, null, null);
        var used = await ledger.Sheet(Caller.Platform, grantId, null, null, notes, ct);
        var disposed = (await applications.Steps(id, ct)).LastOrDefault(s => s.Step == Step.Dispose);
        return new EmergencyLine(one, grant.Number, grant.State, application.State, grant.DeliveredAt, used.IsRefused ? null : used.Value.Process, disposed?.Reason, disposed?.At, disposed?.Evidence);
    }

    private async Task<Emergency?> Load(Id<Emergency> id, CancellationToken ct) => await db.One($"select {Columns} from share_emergency e where e.id = {id}", Read, ct);

    private static Sql Part(Sql sql) => sql;

    private static Emergency Read(DbDataReader r) => new(
        r.Id<Emergency>(0), r.GetString(1), r.Id<Agency>(2), r.GetString(3), r.Kind<EmergencyKind>(4), r.GetString(5), r.GetString(6), r.Instant(7), r.Instant(8), r.GetInt64(9), r.GetString(10), r.InstantOrNull(11), r.TextOrNull(12), r.GetString(13));

    private static SwitchedOn ReadOn(DbDataReader r) => new(
        r.Id<PreparedGrant>(0), r.GetString(1), r.Id<Entry>(2), r.Id<Agency>(3), r.Id<Agency>(4), r.IdOrNull<Application>(5), r.IdOrNull<Grant>(6), r.TextOrNull(7));

    [LoggerMessage(3120, LogLevel.Warning, "Prepared grant {Number} was not switched on: {Code}")]
    private static partial void NotSwitchedOn(ILogger log, string number, string code);
}
