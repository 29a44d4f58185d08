using System.Globalization;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Catalog;

/// <summary>A wish to register.</summary>
public sealed record NewRegistration(Id<Entry> Entry, RegistrationKind Kind, bool Renews = false);

/// <summary>Registration of public data resources (公共数据资源登记): application, acceptance, formal review, public notice, code; each step is one commit with its evidence.</summary>
[Enforces(39)]
public sealed partial class Registrations(
    Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, RulePack rules, Deadlines deadlines, Entries entries, Catalogue catalogue, RegistrationNotice? notice = null)
{
    private const int MostCases = 500;

    /// <summary>Begins a registration with a dossier made from the entry; for all but a first one there must be a valid code.</summary>
    public async Task<Outcome<Registration>> Begin(Caller caller, NewRegistration wish, CancellationToken ct)
    {
        if (await entries.Find(wish.Entry, ct) is not { } entry || entries.BureauOf(entry.Agency) is not { } bureau) return Refusal.NotFound("catalog.entry");
        var valid = await ValidOf(entry.Id, ct);
        if (RegistrationRules.Begin(caller, entry, wish.Kind, wish.Renews, valid) is { } not) return not;
        var dossier = await Prefill(entry, ct);
        var now = clock.GetUtcNow();
        var id = Id<Registration>.New(clock);
        return await db.Commit<Outcome<Registration>>(async tx =>
        {
            var day = WorkCalendar.Day(now).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
            var next = await tx.Next($"catalog.registration.{day}");
            var number = string.Create(CultureInfo.InvariantCulture, $"DJ{day}-{next:0000}");
            var made = new Registration(id, number, entry.Id, entry.Agency, bureau, wish.Kind, wish.Renews, RegistrationState.Draft, dossier, RegistrationRules.Digest(dossier), entry.Revision, valid?.Code, 1, now, now);
            var kept = await tx.Run(
                $"""
                insert into catalog_registration (id, number, entry, agency, bureau, kind, renews, state, dossier, digest, entry_revision, code, revision, created_by, created_at, changed_at)
                values ({id}, {number}, {entry.Id}, {entry.Agency}, {bureau}, {made.Kind}, {made.Renews}, {made.State}, {JsonSerializer.Serialize(dossier, Wire.Json)}, {made.Digest}, {made.EntryRevision},
                  {made.Code}, 1, {caller.Actor}, {now}, {now})
                on conflict do nothing
                """);
            if (kept == 0) return Refusal.Conflict("catalog.registration-open", entry.Code);
            await Prove(tx, "catalog.registration-begun", caller, made, now);
            return made;
        }, ct);
    }

    /// <summary>Changes the dossier of a registration that is not under way.</summary>
    /// <param name="seen">The revision that was edited.</param>
    public async Task<Outcome<Registration>> Edit(Caller caller, Id<Registration> id, long seen, RegistrationDossier dossier, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } now || !RegistrationRules.Sees(caller, now)) return Refusal.NotFound("catalog.registration");
        if (!RegistrationRules.IsRegistrant(caller, now.Agency)) return Refusal.Forbidden("catalog.registration-registrant");
        if (now.State is not (RegistrationState.Draft or RegistrationState.Returned)) return Refusal.Conflict("catalog.registration-state", now.Number);
        if (RegistrationRules.Check(dossier, Readiness.Draft) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var at = clock.GetUtcNow();
        var after = now with { Dossier = dossier, Digest = RegistrationRules.Digest(dossier), Revision = seen + 1, ChangedAt = at };
        return await db.Commit<Outcome<Registration>>(async tx =>
        {
            var changed = await tx.Run(
                $"""
                update catalog_registration set dossier = {JsonSerializer.Serialize(dossier, Wire.Json)}, digest = {after.Digest}, revision = revision + 1, changed_at = {at}
                where id = {id} and revision = {seen} and state = {now.State}
                """);
            if (changed == 0) return Refusal.Conflict("catalog.registration-changed", now.Number);
            await Prove(tx, "catalog.registration-edited", caller, after, at);
            return after;
        }, ct);
    }

    /// <summary>Takes one of the steps.</summary>
    /// <param name="seen">The revision the step was decided on.</param>
    /// <param name="note">A remark; sent back, the reason.</param>
    public async Task<Outcome<Registration>> Take(Caller caller, Id<Registration> id, long seen, RegistrationState to, string note, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } now) return Refusal.NotFound("catalog.registration");
        if (RegistrationRules.Step(caller, now, to) is { } not) return not;
        if (to == RegistrationState.Applied && RegistrationRules.Check(now.Dossier, Readiness.Complete) is { Count: > 0 } missing) return Refusal.Invalid([.. missing]);
        if (to == RegistrationState.Returned && RegistrationRules.CheckText("note", note) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        if (note.Length > RegistrationRules.NoteMost) return Refusal.Invalid(new FieldError("note", "kernel.too-long", RegistrationRules.NoteMost, note.Length));
        if (await entries.Find(now.Entry, ct) is not { } entry) return Refusal.NotFound("catalog.entry");
        var at = clock.GetUtcNow();
        return await db.Commit<Outcome<Registration>>(async tx =>
        {
            // An objection counts the revision up too: one that comes while the code is being issued is seen here, or stops the step below.
            if (to == RegistrationState.Issued && RegistrationRules.Issue(now, await Objections(tx, id), at) is { } held) return held;
            // Whoever applied does not also decide.
            if (to is RegistrationState.Accepted or RegistrationState.Noticed or RegistrationState.Issued
                && await tx.One($"select count(*) from catalog_registration_step where registration = {id} and kind = 'Applied' and actor = {caller.Actor}", r => r.GetInt64(0)) > 0) return Refusal.Forbidden("catalog.own-review");
            var turn = await tx.Run($"update catalog_registration set revision = revision + 1 where id = {id} and revision = {seen} and state = {now.State}");
            if (turn == 0) return Refusal.Conflict("catalog.registration-changed", now.Number);
            var after = Moved(now, entry, to, at);
            if (to == RegistrationState.Issued) after = await Result(tx, after, at);
            await tx.Run(
                $"""
                update catalog_registration set state = {to}, code = {after.Code}, entry_revision = {after.EntryRevision}, due_at = {after.DueAt}, due_rule = {after.DueRule},
                  due_provisional = {after.DueIsProvisional}, notice_from_at = {after.NoticeFrom}, notice_until_at = {after.NoticeUntil}, changed_at = {at}
                where id = {id}
                """);
            var proof = await Prove(tx, "catalog.registration-" + to.ToString().ToLowerInvariant(), caller, after, at);
            await tx.Run(
                $"""
                insert into catalog_registration_step (id, registration, kind, actor, actor_name, agency, note, taken_at, evidence)
                values ({Id<RegistrationStep>.New(clock)}, {id}, {to}, {caller.Actor}, {caller.Name}, {caller.Agency?.ToString()}, {note.Trim()}, {at}, {proof})
                """);
            return after;
        }, ct);
    }

    private Registration Moved(Registration now, Entry entry, RegistrationState to, DateTimeOffset at)
    {
        var rule = to switch { RegistrationState.Applied => "REG-ACCEPT", RegistrationState.Accepted => "REG-REVIEW", RegistrationState.Noticed => "REG-NOTICE", _ => null };
        Deadline? due = rule is null ? null : deadlines.Due(rule, at);
        var after = now with { State = to, DueAt = due?.DueAt, DueRule = rule, DueIsProvisional = due?.IsProvisional ?? false, Revision = now.Revision + 1, ChangedAt = at };
        // What is applied for is the entry as it stands on that day.
        if (to == RegistrationState.Applied) after = after with { EntryRevision = entry.Revision, NoticeFrom = null, NoticeUntil = null };
        return to == RegistrationState.Noticed ? after with { NoticeFrom = at, NoticeUntil = due!.Value.DueAt } : after;
    }

    /// <summary>The code: made by a first registration, kept by a change or correction, ended by a cancellation.</summary>
    private async Task<Registration> Result(Tx tx, Registration now, DateTimeOffset at)
    {
        if (now.Kind == RegistrationKind.First)
        {
            var division = directory.Find(now.Bureau)?.Division ?? "000000";
            var year = WorkCalendar.Day(at).Year;
            var next = await tx.Next($"catalog.registration-code.{division}.{year}");
            var code = string.Create(CultureInfo.InvariantCulture, $"{division}-{year}-{next:000000}");
            await tx.Run($"update catalog_registration_code set state = 'Expired', ended_at = {at} where entry = {now.Entry} and state = 'Valid' and valid_until_at < {at}");
            await tx.Run(
                $"""
                insert into catalog_registration_code (code, entry, agency, bureau, registration, state, entry_revision, issued_at, valid_until_at)
                values ({code}, {now.Entry}, {now.Agency}, {now.Bureau}, {now.Id}, 'Valid', {now.EntryRevision}, {at}, {deadlines.Due("REG-VALID", at).DueAt})
                """);
            return now with { Code = code };
        }
        if (now.Kind == RegistrationKind.Cancellation)
        {
            await tx.Run($"update catalog_registration_code set state = 'Cancelled', ended_at = {at}, registration = {now.Id} where code = {now.Code} and state = 'Valid'");
            return now;
        }
        var old = await tx.One($"select valid_until_at from catalog_registration_code where code = {now.Code}", r => r.Instant(0));
        var until = now.Renews ? deadlines.Due("REG-VALID", old).DueAt : old;
        await tx.Run(
            $"""
            update catalog_registration_code set registration = {now.Id}, agency = {now.Agency}, entry_revision = {now.EntryRevision}, valid_until_at = {until}, reminded_at = null
            where code = {now.Code} and state = 'Valid'
            """);
        return now;
    }

    private Task<string> Prove(Tx tx, string kind, Caller caller, Registration r, DateTimeOffset at, Dictionary<string, string>? more = null)
    {
        var facts = new Dictionary<string, string>(more ?? [], StringComparer.Ordinal)
        {
            ["number"] = r.Number,
            ["kind"] = r.Kind.ToString(),
            ["dossier"] = r.Digest,
            ["revision"] = r.EntryRevision.ToString(CultureInfo.InvariantCulture),
        };
        if (r.Code is { } code) facts["code"] = code;
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"entry:{r.Entry}", at, facts) { Parties = [r.Agency.ToString(), r.Bureau.ToString()] });
    }
}
