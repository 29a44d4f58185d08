using System.Data.Common;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>A person's staff id at the external provider.</summary>
public sealed record ExternalLink(string StaffId, Id<Person> Person, string LinkedBy, DateTimeOffset LinkedAt);

/// <summary>Which staff id of the external provider is which person here: linked by an administrator, so that a sign-in there gives no rights by itself.</summary>
public sealed class ExternalPeople(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, People people, IdentitySettings settings)
{
    private string Issuer => settings.External.Issuer ?? "";

    /// <summary>Links a staff id to a person of the caller's agencies; each of both once.</summary>
    public async Task<Outcome<ExternalLink>> Link(Caller caller, Id<Person> id, string staffId, CancellationToken ct)
    {
        if (directory.Person(id) is not { } person || !people.MayAdminister(caller, person.Agency)) return Refusal.NotFound("person");
        if (!settings.External.IsOn) return Refusal.Conflict("agencies.external-off");
        if (staffId.Trim().Length is < 1 or > 100 || staffId.Any(char.IsControl)) return Refusal.Invalid(new FieldError("staffId", "agencies.external-staff", staffId.Trim().Length));
        var made = new ExternalLink(staffId.Trim(), id, caller.Actor, clock.GetUtcNow());
        try
        {
            await db.Commit(async tx =>
            {
                await tx.Run($"insert into agencies_external_person (issuer, staff_id, person, linked_by, linked_at) values ({Issuer}, {made.StaffId}, {id}, {made.LinkedBy}, {made.LinkedAt})");
                await Said(tx, caller, id, "agencies.external-linked");
            }, ct);
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            return Refusal.Conflict("agencies.external-taken");
        }
        return made;
    }

    public async Task<Outcome<bool>> Unlink(Caller caller, Id<Person> id, CancellationToken ct)
    {
        if (directory.Person(id) is not { } person || !people.MayAdminister(caller, person.Agency)) return Refusal.NotFound("person");
        var gone = await db.Commit(async tx =>
        {
            if (await tx.Run($"delete from agencies_external_person where issuer = {Issuer} and person = {id}") == 0) return false;
            await Said(tx, caller, id, "agencies.external-unlinked");
            return true;
        }, ct);
        if (!gone) return Refusal.NotFound("person");
        // Whoever came that way is out now.
        await people.EndSessions(caller, id, ct);
        return true;
    }

    /// <summary>The person behind a staff id; null for nobody, for somebody disabled, and for one of another department than the provider says.</summary>
    internal async Task<Person?> Find(ExternalIdentity identity, CancellationToken ct)
    {
        if (identity.StaffId is not { } staff) return null;
        var ids = await db.List($"select person from agencies_external_person where issuer = {Issuer} and staff_id = {staff}", r => r.Id<Person>(0), ct);
        if (ids is not [var id] || directory.Person(id) is not { } person) return null;
        if (settings.External.DepartmentClaim is null) return person;
        // Who moved to another department there loses the way in here until an administrator has seen to it.
        return identity.Department is { } department && settings.External.Departments.GetValueOrDefault(department) is { } slug && directory.BySlug(slug)?.Id == person.Agency ? person : null;
    }

    private Task<string> Said(Tx tx, Caller caller, Id<Person> id, string kind) =>
        evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"person:{id}", clock.GetUtcNow(), new Dictionary<string, string> { ["issuer"] = Issuer }));
}
