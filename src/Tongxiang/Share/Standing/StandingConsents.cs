using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>The front door of standing consents: a steward drafts, the head signs, either may be revoked at once; what they answered is reviewed by sample.</summary>
public sealed class StandingConsents(
    Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, EntrySource entries, Deputies deputies, Applications applications, Notices notices, AssuranceSettings? floors = null)
{
    /// <summary>Drafts a rule for a resource of the caller's agency.</summary>
    public async Task<Outcome<StandingConsent>> Draft(Caller caller, Id<Entry> entryId, StandingRule rule, CancellationToken ct)
    {
        if (caller is not { Person: { } person, Client: null, Agency: { } agency, IsGovernment: true }) return new Refusal(401, "share.sign-in");
        if (await entries(entryId, ct) is not { IsPublished: true } entry || entry.Agency != agency) return Refusal.NotFound(entryId.ToString());
        if (!await IsOffice(caller, ct)) return Refusal.Forbidden("share.standing-only-office");
        var at = clock.GetUtcNow();
        if (StandingRules.Check(rule, entry, IsGovernment, WorkCalendar.Day(at), floors) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        return await db.Commit(async tx =>
        {
            var made = new StandingConsent(
                Id<StandingConsent>.New(clock), await Applications.Number(tx, "CQ", at), entryId, agency, StandingState.Drafted, 1, rule, person, at, null, null, null, null, null, null, null, 0);
            await StandingRows.Insert(tx, made);
            await Witness(tx, "share.standing-drafted", caller, made, at);
            await Tell(tx, NoticeKind.StandingDrafted, Role.SharingOfficeHead, made, entry, at);
            return made;
        }, ct);
    }

    /// <summary>Changes a draft; whoever changes it has drafted it.</summary>
    public async Task<Outcome<StandingConsent>> Edit(Caller caller, Id<StandingConsent> id, long seen, StandingRule rule, CancellationToken ct)
    {
        if (await Own(caller, id, ct) is not { } now || await entries(now.Entry, ct) is not { } entry) return Refusal.NotFound(id.ToString());
        if (!await IsOffice(caller, ct)) return Refusal.Forbidden("share.standing-only-office");
        if (now.State != StandingState.Drafted || now.Revision != seen) return Changed(now);
        var at = clock.GetUtcNow();
        if (StandingRules.Check(rule, entry, IsGovernment, WorkCalendar.Day(at), floors) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        return await Save(now, now with { Revision = seen + 1, Rule = rule, DraftedBy = caller.Person!.Value }, at, tx => Witness(tx, "share.standing-edited", caller, now with { Rule = rule }, at), ct);
    }

    /// <summary>The head signs the rule as it was seen; never the one who drafted it.</summary>
    public async Task<Outcome<StandingConsent>> Sign(Caller caller, Id<StandingConsent> id, long seen, CancellationToken ct)
    {
        if (await Own(caller, id, ct) is not { } now || await entries(now.Entry, ct) is not { IsPublished: true } entry) return Refusal.NotFound(id.ToString());
        if (await HeadOf(caller, ct) is not { } head) return Refusal.Forbidden("share.standing-only-head");
        if (now.State != StandingState.Drafted || now.Revision != seen) return Changed(now);
        if (now.DraftedBy == caller.Person) return Refusal.Forbidden("share.standing-own-draft", now.Number) with { Article = Law.Order809(20) };
        var at = clock.GetUtcNow();
        if (StandingRules.Check(now.Rule, entry, IsGovernment, WorkCalendar.Day(at), floors) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var rule = now.Rule with { Fields = [.. now.Rule.Fields.Select(f => FieldForms.Signed(f, Lane.Sharing, entry))] };
        var signed = now with { Rule = rule, State = StandingState.Signed, Revision = seen + 1, SignedBy = caller.Person, SignerName = caller.Name, OnBehalf = head.OnBehalf, SignedAt = at };
        return await db.Commit<Outcome<StandingConsent>>(async tx =>
        {
            var proof = await Witness(tx, "share.standing-signed", caller, signed, at);
            var kept = signed with { Proof = proof };
            if (!await StandingRows.Save(tx, kept, at)) throw new Abandoned(Changed(now));
            return kept;
        }, ct).OrRefusal();
    }

    /// <summary>Ends it at once: from this commit on it answers nothing. Grants it gave stay, unless <see cref="SuspendGiven"/> follows.</summary>
    public async Task<Outcome<StandingConsent>> Revoke(Caller caller, Id<StandingConsent> id, long seen, string reason, CancellationToken ct)
    {
        if (await Own(caller, id, ct) is not { } now) return Refusal.NotFound(id.ToString());
        if (await HeadOf(caller, ct) is null && !(now.State == StandingState.Drafted && await IsOffice(caller, ct))) return Refusal.Forbidden("share.standing-only-head");
        if (now.State == StandingState.Revoked || now.Revision != seen) return Changed(now);
        if ((reason ?? "").Trim() is not { Length: > 0 and <= 1000 } why) return Refusal.Invalid(new FieldError("reason", "kernel.required"));
        var at = clock.GetUtcNow();
        return await Save(now, now with { State = StandingState.Revoked, Revision = seen + 1, RevokedAt = at, Reason = why }, at, tx => Witness(tx, "share.standing-revoked", caller, now with { Reason = why }, at), ct);
    }

    /// <summary>Suspends what a revoked consent gave and what still runs; safe to repeat. The number of grants suspended by this call.</summary>
    public async Task<Outcome<int>> SuspendGiven(Caller caller, Id<StandingConsent> id, string reason, CancellationToken ct)
    {
        if (await Own(caller, id, ct) is not { } now) return Refusal.NotFound(id.ToString());
        if (await HeadOf(caller, ct) is null) return Refusal.Forbidden("share.standing-only-head");
        if (now.State != StandingState.Revoked) return Refusal.Conflict("share.standing-revoke-first", now.Number);
        var suspended = 0;
        foreach (var use in await Uses(caller, id, ct))
            if (use.State is ApplicationState.Delivering or ApplicationState.InUse && !(await applications.Suspend(caller, use.Application, null, reason, ct)).IsRefused) suspended++;
        return suspended;
    }

    /// <summary>Standing consents of the caller's agency, newest first.</summary>
    public async Task<IReadOnlyList<StandingConsent>> List(Caller caller, CancellationToken ct) => caller is { Agency: { } agency, Person: not null } && Sides.IsOffice(caller)
        ? await db.List($"select {StandingRows.Columns} from share_standing where provider = {agency} order by changed_at desc, id desc limit 500", StandingRows.Read, ct)
        : [];

    /// <summary>One of them; the provider's bureau may read it too.</summary>
    public async Task<StandingConsent?> Find(Caller caller, Id<StandingConsent> id, CancellationToken ct) =>
        await Load(id, ct) is { } found && caller.Person is not null && Sides.IsOffice(caller) && (caller.Agency == found.Provider || (caller.IsBureau && directory.Find(found.Provider)?.Bureau == caller.Agency)) ? found : null;

    /// <summary>What a consent answered, newest first.</summary>
    public async Task<IReadOnlyList<StandingUse>> Uses(Caller caller, Id<StandingConsent> id, CancellationToken ct) => await Find(caller, id, ct) is null ? [] : await db.List(
        $"""
        select u.application, a.number, u.standing, u.at, u.is_sampled, u.verdict, u.note, a.applicant_agency, a.state, a.grant_id
        from share_standing_use u join share_application a on a.id = u.application where u.standing = {id} order by u.at desc, u.application desc limit 1000
        """, ReadUse, ct);

    /// <summary>Sampled answers that wait for the caller's agency, oldest first.</summary>
    public async Task<IReadOnlyList<StandingUse>> Samples(Caller caller, CancellationToken ct) => caller is not { Agency: { } agency, Person: not null } || !Sides.IsOffice(caller) ? [] : await db.List(
        $"""
        select u.application, a.number, u.standing, u.at, u.is_sampled, u.verdict, u.note, a.applicant_agency, a.state, a.grant_id
        from share_standing_use u join share_application a on a.id = u.application where a.provider = {agency} and u.is_sampled = 1 and u.verdict is null order by u.at, u.application limit 500
        """, ReadUse, ct);

    /// <summary>The provider's steward or head says whether a sampled answer was as the rule meant it.</summary>
    public async Task<Outcome<StandingUse>> Review(Caller caller, Id<Application> application, SampleVerdict verdict, string note, CancellationToken ct)
    {
        if ((await Samples(caller, ct)).FirstOrDefault(u => u.Application == application) is not { } use) return Refusal.NotFound(application.ToString());
        if (!await IsOffice(caller, ct)) return Refusal.Forbidden("share.standing-only-office");
        note = (note ?? "").Trim();
        if (note.Length > 1000) return Refusal.Invalid(new FieldError("note", "kernel.too-long", 1000, note.Length));
        if (verdict == SampleVerdict.Misfits && note.Length == 0) return Refusal.Invalid(new FieldError("note", "kernel.required"));
        var at = clock.GetUtcNow();
        return await db.Commit<Outcome<StandingUse>>(async tx =>
        {
            if (await tx.Run($"update share_standing_use set verdict = {verdict}, note = {note}, reviewed_by = {caller.Actor}, reviewed_at = {at} where application = {application} and verdict is null") == 0)
                return Refusal.Conflict("share.standing-reviewed", use.Number);
            await evidence.Append(tx, new Happening(
                "share.standing-reviewed", caller.Actor, caller.Agency?.ToString(), $"application:{application}", at, new Dictionary<string, string> { ["verdict"] = verdict.ToString(), ["standing"] = use.Standing.ToString(), ["note"] = Applications.Digest(note) }));
            return use with { Verdict = verdict, Note = note };
        }, ct);
    }

    /// <summary>What the look through the consents said of an application, for the provider and its bureau.</summary>
    public async Task<StandingLook?> LookOf(Caller caller, Application application, CancellationToken ct)
    {
        if (caller != Caller.Platform && caller.Agency != application.Provider && caller.Agency != applications.BureauOf(application)) return null;
        return await db.One(
            $"select l.standing, s.number, l.differences, l.at from share_standing_look l left join share_standing s on s.id = l.standing where l.application = {application.Id}",
            r => new StandingLook(r.IdOrNull<StandingConsent>(0), r.TextOrNull(1), r.Json<Difference[]>(2), r.Instant(3)), ct);
    }

    private async Task<StandingConsent?> Load(Id<StandingConsent> id, CancellationToken ct) => await db.One($"select {StandingRows.Columns} from share_standing where id = {id}", StandingRows.Read, ct);

    private async Task<StandingConsent?> Own(Caller caller, Id<StandingConsent> id, CancellationToken ct) =>
        caller is { Person: not null, Client: null, Agency: { } agency } && await Load(id, ct) is { } found && found.Provider == agency ? found : null;

    private async Task<Outcome<StandingConsent>> Save(StandingConsent now, StandingConsent next, DateTimeOffset at, Func<Tx, Task<string>> witness, CancellationToken ct)
    {
        var kept = await db.Commit(async tx =>
        {
            if (!await StandingRows.Save(tx, next, at)) return false;
            await witness(tx);
            return true;
        }, ct);
        return kept ? next : Changed(await Load(now.Id, ct) ?? now);
    }

    private bool IsGovernment(Id<Agency> id) => directory.Find(id) is { IsGovernment: true };

    private async Task<bool> IsOffice(Caller caller, CancellationToken ct) => caller.Has(Role.Steward) || await HeadOf(caller, ct) is not null;

    private async Task<(Id<Person>? OnBehalf, bool IsHead)?> HeadOf(Caller caller, CancellationToken ct) =>
        caller is not { Person: not null, Client: null } ? null : caller.Has(Role.SharingOfficeHead) ? (null, true) : await deputies.Of(caller, ct) is [var head, ..] ? (head, true) : null;

    private static Refusal Changed(StandingConsent now) => Refusal.Conflict("share.standing-changed", now.Number, new TextKey("share.standing-state." + now.State.ToString().ToLowerInvariant()));

    private Task Tell(Tx tx, NoticeKind kind, Role role, StandingConsent s, Entry entry, DateTimeOffset at) => notices.Tell(
        tx, new Telling(kind, new Recipient(null, s.Provider, role)), new About(s.Id.ToString(), $"/desk/standing/{s.Id}", [s.Number, entry.Content.Name, ""]), at);

    private Task<string> Witness(Tx tx, string kind, Caller caller, StandingConsent s, DateTimeOffset at)
    {
        var facts = new Dictionary<string, string> { ["number"] = s.Number, ["entry"] = s.Entry.ToString(), ["rule"] = Applications.Digest(StandingRows.Json(s.Rule)) };
        if (s.OnBehalf is { } head) facts["onBehalf"] = head.ToString();
        if (s.Reason is { } reason) facts["reason"] = Applications.Digest(reason);
        string[] parties = directory.Find(s.Provider)?.Bureau is { } bureau ? [bureau.ToString()] : [];
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"standing:{s.Id}", at, facts) { Parties = parties });
    }

    private static StandingUse ReadUse(System.Data.Common.DbDataReader r) => new(
        r.Id<Application>(0), r.GetString(1), r.Id<StandingConsent>(2), r.Instant(3), r.Flag(4), r.IsDBNull(5) ? null : r.Kind<SampleVerdict>(5), r.TextOrNull(6), r.IdOrNull<Agency>(7), r.Kind<ApplicationState>(8), r.IdOrNull<Grant>(9));
}
