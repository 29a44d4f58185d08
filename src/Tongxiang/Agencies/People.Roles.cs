using System.Data.Common;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

public sealed partial class People
{
    private const int LongestReason = 300;

    /// <summary>Asks for other roles. What gives rights over data or decisions, or touches one of the three administrators, waits for a security administrator; the rest holds at once.</summary>
    [Core.Enforces(31)]
    public async Task<Outcome<RoleChange>> AskRoles(Caller caller, Id<Person> id, IReadOnlySet<Role> roles, string reason, CancellationToken ct)
    {
        if (directory.Person(id) is not { } person || !MayAdminister(caller, person.Agency)) return Refusal.NotFound("person");
        // Nobody widens his own rights.
        if (caller.Person == id) return Refusal.Forbidden("agencies.own-roles");
        if (WrongRoles(person.Agency, roles) is { } wrong) return wrong;
        if (reason.Trim().Length > LongestReason) return Refusal.Invalid(new FieldError("reason", "kernel.too-long", LongestReason, reason.Trim().Length));
        var now = clock.GetUtcNow();
        try
        {
            var outcome = await db.Commit<Outcome<RoleChange>>(async tx =>
            {
                var before = await RolesOf(tx, id);
                if (await Barred(tx, caller, person, before, roles) is { } barred) return barred;
                var waits = caller != Caller.Platform && RoleRules.NeedsSecond(before, roles);
                var proof = await evidence.Append(tx, Said(caller, id, waits ? "agencies.roles-asked" : "agencies.roles-set", ("before", RoleChange.Text(before)), ("roles", RoleChange.Text(roles))));
                var change = new RoleChange(
                    Id<RoleChange>.New(clock), id, before, roles, reason.Trim(), waits, waits ? RoleChangeState.Waiting : RoleChangeState.Done, caller.Actor, now, null, waits ? null : now, "", proof);
                await RoleChange.Insert(tx, change);
                if (waits) await Changes.Record(tx, "role-change", change.Id.ToString(), now);
                else await Put(tx, id, roles, caller.Actor, now);
                return change;
            }, ct);
            if (!outcome.IsRefused) await directory.Refresh(ct);
            return outcome;
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            return Refusal.Conflict("agencies.roles-waiting", person.Name);
        }
    }

    /// <summary>The second person's decision; refusing needs a note. The roles show in the next request of the person.</summary>
    [Core.Enforces(31)]
    public async Task<Outcome<RoleChange>> DecideRoles(Caller caller, Id<RoleChange> id, bool isApproved, string note, CancellationToken ct)
    {
        if (await Find(id, ct) is not { } change || directory.Person(change.Person) is not { } person || !MayApprove(caller, person.Agency)) return Refusal.NotFound("role-change");
        if (change.State != RoleChangeState.Waiting) return Decided(change);
        if (caller.Actor == change.AskedBy) return Refusal.Forbidden("agencies.own-request");
        if (caller.Person == change.Person) return Refusal.Forbidden("agencies.own-roles");
        if (!isApproved && note.Trim().Length == 0) return Refusal.Invalid(new FieldError("note", "kernel.required"));
        if (note.Trim().Length > LongestReason) return Refusal.Invalid(new FieldError("note", "kernel.too-long", LongestReason, note.Trim().Length));
        return await Settle(caller, change, isApproved ? RoleChangeState.Done : RoleChangeState.Refused, note.Trim(), person, ct);
    }

    /// <summary>Takes a request back that nobody has decided yet: by whoever asked.</summary>
    public async Task<Outcome<RoleChange>> WithdrawRoles(Caller caller, Id<RoleChange> id, CancellationToken ct)
    {
        if (await Find(id, ct) is not { } change || change.AskedBy != caller.Actor || directory.Person(change.Person) is not { } person) return Refusal.NotFound("role-change");
        return change.State == RoleChangeState.Waiting ? await Settle(caller, change, RoleChangeState.Withdrawn, "", person, ct) : Decided(change);
    }

    /// <summary>Changes of roles that the caller may look at, newest first: administrators of the bureau see those of its departments, everybody the own.</summary>
    public async Task<Page<RoleChange>> RoleChanges(Caller caller, Id<Person>? about, string? after, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, 200);
        if (caller is not { Person: { } self, Client: null }) return new([], null);
        var seen = directory.People.Where(p => p.Id == self || SeesPeople(caller, p.Agency)).Select(p => p.Id).Where(p => about is null || p == about).ToList();
        if (seen.Count == 0) return new([], null);
        var place = Cursor.Read(after, 2) is [var at, var last] && long.TryParse(at, out var ms) ? Where($"and (asked_at < {ms} or (asked_at = {ms} and id < {last}))") : Where($"");
        var rows = await db.List($"select {RoleChange.Columns} from agencies_role_change where person in {seen} {place} order by asked_at desc, id desc limit {limit + 1}", RoleChange.Read, ct);
        return Page<RoleChange>.Of(rows, limit, c => [c.AskedAt, c.Id]);
    }

    /// <summary>What waits for a security administrator of the caller's bureau, oldest first.</summary>
    public async Task<IReadOnlyList<RoleChange>> WaitingRoles(Caller caller, CancellationToken ct)
    {
        var rows = await db.List($"select {RoleChange.Columns} from agencies_role_change where state = 'Waiting' order by asked_at, id limit 500", RoleChange.Read, ct);
        return [.. rows.Where(c => directory.Person(c.Person) is { } person && (MayApprove(caller, person.Agency) || c.AskedBy == caller.Actor))];
    }

    /// <summary>Whether the caller may look at the people and roles of the agency: its administrators, and those of its bureau.</summary>
    public bool SeesPeople(Caller caller, Id<Agency>? agency) => caller is { Person: not null, Client: null, Agency: { } own } && RoleRules.Administrators.Any(caller.Has)
        && (agency is { } target ? own == target || directory.Find(target)?.Bureau == own : caller.IsBureau);

    /// <summary>The security administrator of the agency itself or of its bureau; nobody approves for others.</summary>
    public bool MayApprove(Caller caller, Id<Agency>? agency) => caller is { Client: null, Agency: { } own } && caller.Has(Role.SecurityAdmin)
        && (agency is { } target ? own == target || directory.Find(target)?.Bureau == own : caller.IsBureau);

    private Task<RoleChange?> Find(Id<RoleChange> id, CancellationToken ct) => db.One($"select {RoleChange.Columns} from agencies_role_change where id = {id}", RoleChange.Read, ct);

    private async Task<Outcome<RoleChange>> Settle(Caller caller, RoleChange change, RoleChangeState state, string note, Person person, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var settled = await db.Commit<(RoleChange? Change, Refusal? Refusal)>(async tx =>
        {
            if (state == RoleChangeState.Done)
            {
                var before = await RolesOf(tx, change.Person);
                if (!before.SetEquals(change.Before)) return (null, Refusal.Conflict("agencies.roles-meanwhile", person.Name));
                if ((WrongRoles(person.Agency, change.After) ?? await Barred(tx, caller, person, before, change.After)) is { } barred) return (null, barred);
            }
            // Of two who decide at once the second finds it decided, before anything is written.
            if (await tx.Run($"update agencies_role_change set state = {state}, decided_by = {caller.Actor}, decided_at = {now}, note = {note} where id = {change.Id} and state = 'Waiting'") == 0) return (null, null);
            var proof = await evidence.Append(tx, Said(caller, change.Person, Kind(state),
                ("before", RoleChange.Text(change.Before)), ("roles", RoleChange.Text(change.After)), ("askedBy", change.AskedBy), ("change", change.Id.ToString())));
            await tx.Run($"update agencies_role_change set evidence = {proof} where id = {change.Id}");
            if (state == RoleChangeState.Done) await Put(tx, change.Person, change.After, caller.Actor, now);
            return (change with { State = state, DecidedBy = caller.Actor, DecidedAt = now, Note = note, Proof = proof }, null);
        }, ct);
        if (settled.Refusal is { } refusal) return refusal;
        if (settled.Change is not { } done) return Decided((await Find(change.Id, ct))!);
        await directory.Refresh(ct);
        return done;
    }

    private static string Kind(RoleChangeState state) => state switch
    {
        RoleChangeState.Done => "agencies.roles-set",
        RoleChangeState.Refused => "agencies.roles-refused",
        _ => "agencies.roles-withdrawn",
    };

    // Once one of the three, never another of them; and none of the three goes without a successor. A platform that fills itself leaves nobody behind.
    private static async Task<Refusal?> Barred(Tx tx, Caller caller, Person person, IReadOnlySet<Role> before, IReadOnlySet<Role> roles)
    {
        var once = await tx.List($"select role from agencies_administrator where person = {person.Id}", r => r.Kind<Role>(0));
        if (once is [var earlier] && roles.Any(r => r != earlier && RoleRules.Administrators.Contains(r))) return new Refusal(422, "agencies.once-administrator", person.Name, RoleRules.Say(earlier));
        return caller == Caller.Platform ? null : await LeavesNone(tx, person, before.Where(r => RoleRules.Administrators.Contains(r) && !roles.Contains(r)));
    }

    private static async Task<Refusal?> LeavesNone(Tx tx, Person person, IEnumerable<Role> lost)
    {
        foreach (var role in lost)
        {
            var others = await tx.One(
                $"select count(*) from agencies_role r join agencies_person p on p.id = r.person where r.role = {role} and p.agency = {person.Agency} and p.is_enabled = 1 and p.id <> {person.Id}", r => r.GetInt64(0));
            if (others == 0) return Refusal.Conflict("agencies.last-administrator", RoleRules.Say(role));
        }
        return null;
    }

    // As they stand in this commit: the snapshot in memory may be a moment old, and of two changes at once the second waits here for the first.
    private static async Task<HashSet<Role>> RolesOf(Tx tx, Id<Person> id)
    {
        await tx.Next("agencies_roles");
        return [.. await tx.List($"select role from agencies_role where person = {id}", r => r.Kind<Role>(0))];
    }

    private static async Task Put(Tx tx, Id<Person> id, IReadOnlySet<Role> roles, string by, DateTimeOffset now)
    {
        await tx.Run($"delete from agencies_role where person = {id}");
        foreach (var role in roles) await Give(tx, id, role, by, now);
        if (!roles.Contains(Role.SharingOfficeHead)) await tx.Run($"update agencies_appointment set until_at = {now} where person = {id} and until_at is null");
        await Changes.Record(tx, "person", id.ToString(), now);
    }

    /// <summary>Writes one role down, and for one of the three administrators that the person was it.</summary>
    internal static async Task Give(Tx tx, Id<Person> id, Role role, string by, DateTimeOffset now)
    {
        await tx.Run($"insert into agencies_role (person, role, given_by, given_at) values ({id}, {role}, {by}, {now})");
        if (RoleRules.Administrators.Contains(role))
            await tx.Run($"insert into agencies_administrator (person, role, since_at) values ({id}, {role}, {now}) on conflict (person) do nothing");
    }

    private Refusal Decided(RoleChange change) => Refusal.Conflict(
        "agencies.roles-decided", directory.Person(change.Person)?.Name, new TextKey("agencies.role-change." + change.State),
        Id<Person>.TryParse(change.DecidedBy, null, out var by) ? directory.Person(by)?.Name ?? "" : change.DecidedBy);

    private static Sql Where(Sql sql) => sql;
}
