using System.Data.Common;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>The front door of service changes: the provider proposes, the users answer, the bureau files; what is not filed stops no running service.</summary>
[Enforces(21)]
public sealed class ServiceChanges(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, EntrySource entries, Notices notices, Deputies deputies)
{
    private static readonly Sql Columns = Part($"c.id, c.number, c.entry, c.provider, c.kind, c.fields, c.reason, c.effective_at, c.state, c.revision, c.filing, c.decision, c.proposed_by, c.proposed_at, c.decided_at");

    /// <summary>The head of the provider's sharing office proposes; every user of the service is asked.</summary>
    public async Task<Outcome<ServiceChange>> Propose(Caller caller, Id<Entry> entryId, NewServiceChange wish, CancellationToken ct)
    {
        if (caller is not { Person: not null, Client: null, Agency: { } agency, IsGovernment: true }) return new Refusal(401, "share.sign-in");
        if (await entries(entryId, ct) is not { IsPublished: true } entry || entry.Agency != agency) return Refusal.NotFound(entryId.ToString());
        if (!await IsHead(caller, ct)) return Refusal.Forbidden("share.change-only-head") with { Article = Law.Order809(27) };
        var at = clock.GetUtcNow();
        if (ServiceChangeRules.Check(wish, entry, WorkCalendar.Day(at)) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        return await db.Commit<Outcome<ServiceChange>>(async tx =>
        {
            if (await tx.One($"select number from share_service_change where entry = {entryId} and kind = {wish.Kind} and state = {ChangeState.Consulting}", r => r.GetString(0)) is { } open) return Refusal.Conflict("share.change-open", open);
            var running = (await tx.List(RunningOf(entryId), ReadRunning)).Where(g => wish.Kind == ChangeKind.Stop || g.Fields.Any(f => wish.Fields.Contains(f.Name, StringComparer.Ordinal))).ToList();
            var made = new ServiceChange(
                Id<ServiceChange>.New(clock), await Applications.Number(tx, "BG", at), entryId, agency, wish.Kind, [.. wish.Fields.Distinct(StringComparer.Ordinal)], wish.Reason.Trim(), WorkCalendar.Begin(wish.Effective), ChangeState.Consulting, 1, null, null, caller.Actor, at, null)
            {
                Users = [.. running.GroupBy(g => g.Consumer).Select(g => new ChangeUser(g.Key, [.. g.Select(x => x.Number)], null, null, null))],
            };
            await tx.Run(
                $"""
                insert into share_service_change (id, number, entry, provider, kind, fields, reason, effective_at, state, revision, proposed_by, proposed_at, changed_at)
                values ({made.Id}, {made.Number}, {entryId}, {agency}, {made.Kind}, {Json(made.Fields)}, {made.Reason}, {made.EffectiveAt}, {made.State}, 1, {made.ProposedBy}, {at}, {at})
                """);
            foreach (var user in made.Users)
            {
                await tx.Run($"insert into share_service_answer (change, consumer, grants) values ({made.Id}, {user.Consumer}, {Json(user.Grants)})");
                await Tell(tx, NoticeKind.ChangeProposed, user.Consumer, Role.Steward, made, entry, at);
                await Tell(tx, NoticeKind.ChangeProposed, user.Consumer, Role.SharingOfficeHead, made, entry, at);
            }
            if (made.Users.Count == 0) await ToBureau(tx, made, entry, at);
            await Witness(tx, "share.change-proposed", caller, made, at);
            return made;
        }, ct);
    }

    /// <summary>A user's office says what it thinks; an objection says why.</summary>
    public async Task<Outcome<ServiceChange>> Answer(Caller caller, Id<ServiceChange> id, ChangeAnswer answer, string note, CancellationToken ct)
    {
        if (caller is not { Person: not null, Client: null, Agency: { } agency } || await Find(caller, id, ct) is not { } now || now.Users.FirstOrDefault(u => u.Consumer == agency) is not { } user) return Refusal.NotFound(id.ToString());
        if (!(caller.Has(Role.Steward) || await IsHead(caller, ct))) return Refusal.Forbidden("share.change-only-office");
        if (now.State != ChangeState.Consulting || user.Answer is not null) return Changed(now);
        note = (note ?? "").Trim();
        if (answer == ChangeAnswer.Objected && note.Length == 0) return Refusal.Invalid(new FieldError("note", "kernel.required"));
        if (note.Length > 1000) return Refusal.Invalid(new FieldError("note", "kernel.too-long", 1000, note.Length));
        if (await entries(now.Entry, ct) is not { } entry) return Refusal.NotFound(id.ToString());
        var at = clock.GetUtcNow();
        return await db.Commit<Outcome<ServiceChange>>(async tx =>
        {
            if (await tx.Run($"update share_service_answer set answer = {answer}, note = {note}, answered_by = {caller.Actor}, answered_at = {at} where change = {id} and consumer = {agency} and answer is null") == 0) return Changed(now);
            if (await tx.Run($"update share_service_change set revision = revision + 1, changed_at = {at} where id = {id} and state = {ChangeState.Consulting}") == 0) throw new Abandoned(Changed(now));
            var next = (await Load(tx, id))!;
            await Witness(tx, "share.change-answered", caller, next, at, ("answer", answer.ToString()), ("note", Applications.Digest(note)));
            if (next.IsConsulted) await ToBureau(tx, next, entry, at);
            return As(caller, next);
        }, ct).OrRefusal();
    }

    /// <summary>The bureau gives the filing number; over users that have not answered only with a reason.</summary>
    public Task<Outcome<ServiceChange>> File(Caller caller, Id<ServiceChange> id, long seen, string note, CancellationToken ct) => Decide(caller, id, seen, ChangeState.Filed, note, ct);

    /// <summary>The bureau does not file it, and says why.</summary>
    public Task<Outcome<ServiceChange>> Reject(Caller caller, Id<ServiceChange> id, long seen, string note, CancellationToken ct) => Decide(caller, id, seen, ChangeState.Rejected, note, ct);

    /// <summary>The provider gives it up.</summary>
    public Task<Outcome<ServiceChange>> Withdraw(Caller caller, Id<ServiceChange> id, long seen, CancellationToken ct) => Decide(caller, id, seen, ChangeState.Withdrawn, "", ct);

    /// <summary>A change, for the provider, its users and the bureau in charge.</summary>
    public async Task<ServiceChange?> Find(Caller caller, Id<ServiceChange> id, CancellationToken ct)
    {
        if (caller.Person is null || caller.Agency is not { } agency || !Sides.IsOffice(caller)) return null;
        var found = await db.One(ById(id), Read, ct);
        if (found is not null) found = found with { Users = [.. (await db.List(UsersOf(id), ReadUser, ct)).Select(u => u.User)] };
        return found is not null && (agency == found.Provider || agency == BureauOf(found.Provider) || found.Users.Any(u => u.Consumer == agency)) ? As(caller, found) : null;
    }

    /// <summary>Changes that the caller's agency proposed, is asked about or oversees, newest first.</summary>
    public async Task<IReadOnlyList<ServiceChange>> List(Caller caller, CancellationToken ct)
    {
        if (caller.Person is null || caller.Agency is not { } agency || !Sides.IsOffice(caller)) return [];
        var overseen = caller.IsBureau ? directory.Agencies.Where(a => a.Bureau == agency || a.Id == agency).Select(a => a.Id).ToList() : [agency];
        var found = await db.List(
            $"""
            select {Columns} from share_service_change c where c.provider in {overseen} or exists (select 1 from share_service_answer a where a.change = c.id and a.consumer = {agency})
            order by c.changed_at desc, c.id desc limit 500
            """, Read, ct);
        var users = found.Count == 0 ? [] : await db.List($"select change, consumer, grants, answer, note, answered_at from share_service_answer where change in {found.Select(c => c.Id).ToList()}", ReadUser, ct);
        return [.. found.Select(c => As(caller, c with { Users = [.. users.Where(u => u.Change == c.Id).Select(u => u.User)] }))];
    }

    /// <summary>Why an entry cannot be retired, or a content not published, now; null when nothing that runs suffers.</summary>
    public async Task<Refusal?> Refuses(Entry entry, EntryContent? next, CancellationToken ct)
    {
        // Called inside a commit of the catalogue: it reads beside it and writes nothing.
        var running = await db.List(RunningOf(entry.Id), ReadRunning, ct);
        if (running.Count == 0) return null;
        var (at, filed) = (clock.GetUtcNow(), await Filed(entry.Id, ct));
        if (next is null) return filed.Any(c => ServiceChangeRules.PermitsStop(c, at)) ? null
            : ServiceChangeRules.Stopping(entry, running.Select(g => g.Consumer).Distinct().Count(), filed.FirstOrDefault(c => c.Kind == ChangeKind.Stop));
        var granted = running.SelectMany(g => g.Fields).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        return ServiceChangeRules.Unfiled(ServiceChangeRules.Broken(entry, next, granted), filed, at) is { Count: > 0 } unfiled ? ServiceChangeRules.Changing(entry, unfiled) : null;
    }

    /// <summary>Whether this filing number permits the provider to stop the service of the entry now.</summary>
    public async Task<bool> PermitsStop(Id<Entry> entry, string? filing, CancellationToken ct) =>
        !string.IsNullOrWhiteSpace(filing) && (await Filed(entry, ct)).Any(c => c.Filing == filing.Trim() && ServiceChangeRules.PermitsStop(c, clock.GetUtcNow()));

    private async Task<Outcome<ServiceChange>> Decide(Caller caller, Id<ServiceChange> id, long seen, ChangeState to, string note, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } now || await entries(now.Entry, ct) is not { } entry) return Refusal.NotFound(id.ToString());
        note = (note ?? "").Trim();
        if (to == ChangeState.Withdrawn ? caller.Agency != now.Provider || !await IsHead(caller, ct) : !ServiceChangeRules.IsReviewer(caller, BureauOf(now.Provider)) || caller.Actor == now.ProposedBy)
            return Refusal.Forbidden(to == ChangeState.Withdrawn ? "share.change-only-head" : "share.change-only-bureau") with { Article = Law.Order809(27) };
        if (now.State != ChangeState.Consulting || now.Revision != seen) return Changed(now);
        if (note.Length > 1000) return Refusal.Invalid(new FieldError("note", "kernel.too-long", 1000, note.Length));
        if (to == ChangeState.Rejected && note.Length == 0) return Refusal.Invalid(new FieldError("note", "kernel.required"));
        if (to == ChangeState.Filed && !now.IsConsulted && note.Length == 0)
            return new Refusal(409, "share.change-unanswered", now.Number, now.Users.Count(u => u.Answer is null)) { Article = Law.Order809(27), Fields = [new FieldError("note", "kernel.required")] };
        var at = clock.GetUtcNow();
        return await db.Commit<Outcome<ServiceChange>>(async tx =>
        {
            string? filing = to == ChangeState.Filed ? await Applications.Number(tx, "BA", at) : null;
            if (await tx.Run(
                $"""
                update share_service_change set state = {to}, filing = {filing}, decision = {note}, decided_by = {caller.Actor}, decided_at = {at}, revision = revision + 1, changed_at = {at}
                where id = {id} and revision = {seen} and state = {ChangeState.Consulting}
                """) == 0) throw new Abandoned(Changed(now));
            var next = (await Load(tx, id))!;
            await Witness(tx, $"share.change-{to.ToString().ToLowerInvariant()}", caller, next, at, ("filing", filing ?? ""), ("note", Applications.Digest(note)));
            await Tell(tx, NoticeKind.ChangeDecided, next.Provider, Role.SharingOfficeHead, next, entry, at);
            foreach (var user in next.Users) await Tell(tx, NoticeKind.ChangeDecided, user.Consumer, Role.Steward, next, entry, at);
            return next;
        }, ct).OrRefusal();
    }

    // What one user says to the provider is no other user's business.
    private ServiceChange As(Caller caller, ServiceChange change) =>
        caller.Agency == change.Provider || caller.Agency == BureauOf(change.Provider) ? change : change with { Users = [.. change.Users.Where(u => u.Consumer == caller.Agency)] };

    private async Task<bool> IsHead(Caller caller, CancellationToken ct) => caller is { Person: not null, Client: null } && (caller.Has(Role.SharingOfficeHead) || (await deputies.Of(caller, ct)).Count > 0);

    private Id<Agency>? BureauOf(Id<Agency> provider) => directory.Find(provider) is { } found ? found.Bureau ?? (found.Kind == AgencyKind.Bureau ? found.Id : null) : null;

    private Sql RunningOf(Id<Entry> entry) => Part(
        $"select number, consumer_agency, fields from share_grant where entry = {entry} and state <> {GrantState.Ended} and until_at > {clock.GetUtcNow()} and consumer_agency is not null order by number");

    private static (string Number, Id<Agency> Consumer, GrantedField[] Fields) ReadRunning(DbDataReader r) => (r.GetString(0), r.Id<Agency>(1), r.Json<GrantedField[]>(2));

    private Task<IReadOnlyList<ServiceChange>> Filed(Id<Entry> entry, CancellationToken ct) =>
        db.List($"select {Columns} from share_service_change c where c.entry = {entry} and c.state = {ChangeState.Filed} order by c.decided_at desc", Read, ct);

    private static async Task<ServiceChange?> Load(Tx tx, Id<ServiceChange> id)
    {
        if (await tx.One(ById(id), Read) is not { } found) return null;
        return found with { Users = [.. (await tx.List(UsersOf(id), ReadUser)).Select(u => u.User)] };
    }

    private static Sql ById(Id<ServiceChange> id) => Part($"select {Columns} from share_service_change c where c.id = {id}");

    private static Sql UsersOf(Id<ServiceChange> id) => Part($"select change, consumer, grants, answer, note, answered_at from share_service_answer where change = {id} order by consumer");

    private async Task ToBureau(Tx tx, ServiceChange change, Entry entry, DateTimeOffset at)
    {
        if (BureauOf(change.Provider) is { } bureau) await Tell(tx, NoticeKind.ChangeToFile, bureau, Role.BureauReviewer, change, entry, at);
    }

    private Task Tell(Tx tx, NoticeKind kind, Id<Agency> agency, Role role, ServiceChange change, Entry entry, DateTimeOffset at) => notices.Tell(
        tx, new Telling(kind, new Recipient(null, agency, role)),
        new About($"{change.Id}/{change.State}", $"/desk/changes/{change.Id}", [change.Number, entry.Content.Name, WorkCalendar.Day(change.EffectiveAt).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)]), at);

    private Task<string> Witness(Tx tx, string kind, Caller caller, ServiceChange change, DateTimeOffset at, params (string Name, string Value)[] more)
    {
        var facts = new Dictionary<string, string> { ["number"] = change.Number, ["entry"] = change.Entry.ToString(), ["change"] = change.Kind.ToString(), ["fields"] = string.Join(',', change.Fields), ["reason"] = Applications.Digest(change.Reason) };
        foreach (var (name, value) in more.Where(m => m.Value.Length > 0)) facts[name] = value;
        var users = kind == "share.change-answered" ? change.Users.Where(u => u.Consumer == caller.Agency) : change.Users;
        string[] parties = [.. users.Select(u => u.Consumer).Append(change.Provider).Concat(BureauOf(change.Provider) is { } bureau ? [bureau] : []).Select(a => a.ToString()).Distinct()];
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"service-change:{change.Id}", at, facts) { Parties = parties });
    }

    private static Refusal Changed(ServiceChange now) => Refusal.Conflict("share.change-changed", now.Number, new TextKey("share.change-state." + now.State.ToString().ToLowerInvariant()));

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, Wire.Json);

    private static Sql Part(Sql sql) => sql;

    private static ServiceChange Read(DbDataReader r) => new(
        r.Id<ServiceChange>(0), r.GetString(1), r.Id<Entry>(2), r.Id<Agency>(3), r.Kind<ChangeKind>(4), r.Json<string[]>(5), r.GetString(6), r.Instant(7), r.Kind<ChangeState>(8), r.GetInt64(9),
        r.TextOrNull(10), r.TextOrNull(11), r.GetString(12), r.Instant(13), r.InstantOrNull(14));

    private static (Id<ServiceChange> Change, ChangeUser User) ReadUser(DbDataReader r) =>
        (r.Id<ServiceChange>(0), new ChangeUser(r.Id<Agency>(1), r.Json<string[]>(2), r.IsDBNull(3) ? null : r.Kind<ChangeAnswer>(3), r.TextOrNull(4), r.InstantOrNull(5)));
}
