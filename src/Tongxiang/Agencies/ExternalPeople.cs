using System.Data.Common;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Which staff id of the external provider is which person here. A link lets somebody in, so it takes two: a system administrator asks, a security administrator decides.</summary>
public sealed class ExternalPeople(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, People people, IdentitySettings settings, ExternalLinkNotice tell)
{
    private const int LongestNote = 300;

    private string Issuer => settings.External.Issuer ?? "";

    /// <summary>Asks to link a staff id to a person of the caller's agencies; each of both once. It lets nobody in before a second person approves it.</summary>
    public async Task<Outcome<ExternalLink>> Link(Caller caller, Id<Person> id, string staffId, CancellationToken ct)
    {
        if (directory.Person(id) is not { } person || !people.MayAdminister(caller, person.Agency)) return Refusal.NotFound("person");
        if (!settings.External.IsOn) return Refusal.Conflict("agencies.external-off");
        var staff = staffId.Trim();
        if (staff.Length is < 1 or > 100 || staff.Any(char.IsControl)) return Refusal.Invalid(new FieldError("staffId", "agencies.external-staff", staff.Length));
        var (now, waits) = (clock.GetUtcNow(), caller != Caller.Platform);
        try
        {
            var outcome = await db.Commit<Outcome<ExternalLink>>(async tx =>
            {
                if (await tx.One($"select id from agencies_external_person where issuer = {Issuer} and state = 'Linked' and (staff_id = {staff} or person = {id})", r => r.GetString(0)) is not null) return Refusal.Conflict("agencies.external-taken");
                var link = new ExternalLink(
                    Id<ExternalLink>.New(clock), Issuer, staff, id, waits ? ExternalLinkState.Waiting : ExternalLinkState.Linked, caller.Actor, now, null, waits ? null : now, "",
                    await Said(tx, caller, id, waits ? "agencies.external-asked" : "agencies.external-linked", now));
                await ExternalLink.Insert(tx, link);
                if (!waits) await Open(tx, link, now);
                return link;
            }, ct);
            if (!outcome.IsRefused && !waits) await directory.Refresh(ct);
            return outcome;
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            return Refusal.Conflict("agencies.external-waiting", person.Name);
        }
    }

    /// <summary>The second person's decision; refusing needs a note. Approved, the person's sessions end and the person is told.</summary>
    public async Task<Outcome<ExternalLink>> Decide(Caller caller, Id<ExternalLink> id, bool isApproved, string note, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } link || directory.Person(link.Person) is not { } person || !people.MayApprove(caller, person.Agency)) return Refusal.NotFound("external-link");
        if (link.State != ExternalLinkState.Waiting) return Decided(link);
        if (caller.Actor == link.AskedBy) return Refusal.Forbidden("agencies.own-request");
        if (!isApproved && note.Trim().Length == 0) return Refusal.Invalid(new FieldError("note", "kernel.required"));
        if (note.Trim().Length > LongestNote) return Refusal.Invalid(new FieldError("note", "kernel.too-long", LongestNote, note.Trim().Length));
        return await Settle(caller, link, isApproved ? ExternalLinkState.Linked : ExternalLinkState.Refused, note.Trim(), ct);
    }

    /// <summary>Takes a request back that nobody has decided yet: by whoever asked.</summary>
    public async Task<Outcome<ExternalLink>> Withdraw(Caller caller, Id<ExternalLink> id, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } link || link.AskedBy != caller.Actor) return Refusal.NotFound("external-link");
        return link.State == ExternalLinkState.Waiting ? await Settle(caller, link, ExternalLinkState.Withdrawn, "", ct) : Decided(link);
    }

    /// <summary>Takes the link away; one person may, because it only closes. The person's sessions end and the person is told.</summary>
    public async Task<Outcome<bool>> Unlink(Caller caller, Id<Person> id, CancellationToken ct)
    {
        if (directory.Person(id) is not { } person || !people.MayAdminister(caller, person.Agency)) return Refusal.NotFound("person");
        var now = clock.GetUtcNow();
        var isGone = await db.Commit(async tx =>
        {
            var ended = await tx.One(
                $"""
                update agencies_external_person set state = 'Ended', ended_by = {caller.Actor}, ended_at = {now}
                where issuer = {Issuer} and person = {id} and state = 'Linked' returning id
                """, r => r.GetString(0));
            if (ended is null) return false;
            var proof = await Said(tx, caller, id, "agencies.external-unlinked", now, ("link", ended));
            await tx.Run($"update agencies_external_person set evidence = {proof} where id = {ended}");
            // Whoever came that way is out now.
            await People.EndSessions(tx, id, now);
            await tell(tx, id, false, $"external-link/{ended}", now);
            return true;
        }, ct);
        if (!isGone) return Refusal.NotFound("person");
        await directory.Refresh(ct);
        return true;
    }

    /// <summary>What waits for a security administrator of the caller's bureau, or was asked by the caller; oldest first.</summary>
    public async Task<IReadOnlyList<ExternalLink>> Waiting(Caller caller, CancellationToken ct)
    {
        var rows = await db.List($"select {ExternalLink.Columns} from agencies_external_person where state = 'Waiting' order by asked_at, id limit 500", ExternalLink.Read, ct);
        return [.. rows.Where(l => directory.Person(l.Person) is { } person && (people.MayApprove(caller, person.Agency) || l.AskedBy == caller.Actor))];
    }

    /// <summary>The person's link as it stands, for administrators; null while there is none.</summary>
    public async Task<ExternalLink?> Of(Caller caller, Id<Person> id, CancellationToken ct) => directory.Person(id) is { } person && people.SeesPeople(caller, person.Agency)
        ? await db.One($"select {ExternalLink.Columns} from agencies_external_person where issuer = {Issuer} and person = {id} and state = 'Linked'", ExternalLink.Read, ct) : null;

    /// <summary>The person behind a staff id; null for nobody, for somebody disabled, and for one of another department than the provider says.</summary>
    internal async Task<Person?> Find(ExternalIdentity identity, CancellationToken ct)
    {
        if (identity.StaffId is not { } staff) return null;
        var ids = await db.List($"select person from agencies_external_person where issuer = {Issuer} and staff_id = {staff} and state = 'Linked'", r => r.Id<Person>(0), ct);
        if (ids is not [var id] || directory.Person(id) is not { } person) return null;
        if (settings.External.DepartmentClaim is null) return person;
        // Who moved to another department there loses the way in here until an administrator has seen to it.
        return identity.Department is { } department && settings.External.Departments.GetValueOrDefault(department) is { } slug && directory.BySlug(slug)?.Id == person.Agency ? person : null;
    }

    private Task<ExternalLink?> Load(Id<ExternalLink> id, CancellationToken ct) => db.One($"select {ExternalLink.Columns} from agencies_external_person where id = {id}", ExternalLink.Read, ct);

    private async Task<Outcome<ExternalLink>> Settle(Caller caller, ExternalLink link, ExternalLinkState state, string note, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        ExternalLink? settled;
        try
        {
            settled = await db.Commit(async tx =>
            {
                // Of two who decide at once the second finds it decided, before anything is written.
                if (await tx.Run($"update agencies_external_person set state = {state}, decided_by = {caller.Actor}, decided_at = {now}, note = {note} where id = {link.Id} and state = 'Waiting'") == 0) return null;
                var proof = await Said(tx, caller, link.Person, Kind(state), now, ("link", link.Id.ToString()), ("askedBy", link.AskedBy));
                await tx.Run($"update agencies_external_person set evidence = {proof} where id = {link.Id}");
                if (state == ExternalLinkState.Linked) await Open(tx, link, now);
                return link with { State = state, DecidedBy = caller.Actor, DecidedAt = now, Note = note, Proof = proof };
            }, ct);
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            // Linked to somebody else since it was asked for.
            return Refusal.Conflict("agencies.external-taken");
        }
        if (settled is null) return Decided((await Load(link.Id, ct))!);
        if (state == ExternalLinkState.Linked) await directory.Refresh(ct);
        return settled;
    }

    private async Task Open(Tx tx, ExternalLink link, DateTimeOffset now)
    {
        await People.EndSessions(tx, link.Person, now);
        await tell(tx, link.Person, true, $"external-link/{link.Id}", now);
    }

    private static string Kind(ExternalLinkState state) => state switch
    {
        ExternalLinkState.Linked => "agencies.external-linked",
        ExternalLinkState.Refused => "agencies.external-refused",
        _ => "agencies.external-withdrawn",
    };

    private Refusal Decided(ExternalLink link) => Refusal.Conflict(
        "agencies.external-decided", directory.Person(link.Person)?.Name, new TextKey("agencies.external-link." + link.State),
        Id<Person>.TryParse(link.DecidedBy, null, out var by) ? directory.Person(by)?.Name ?? "" : link.DecidedBy);

    private Task<string> Said(Tx tx, Caller caller, Id<Person> id, string kind, DateTimeOffset at, params (string Name, string Value)[] facts) => evidence.Append(
        tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"person:{id}", at, facts.Prepend(("issuer", Issuer)).ToDictionary(f => f.Item1, f => f.Item2)));
}
