using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Someone who is to sign in.</summary>
/// <param name="Agency">Null for a citizen.</param>
public sealed record NewPerson(string UserName, string Name, Id<Agency>? Agency, IReadOnlySet<Role> Roles, string Password, string? Email = null)
{
    /// <summary>The password is printed for everybody (demonstration): a slow hash would guard nothing and cost the first start seconds.</summary>
    public bool IsPasswordPublic { get; init; }
}

/// <summary>People who sign in: enrolled, given roles, disabled; passwords by ASP.NET Core Identity.</summary>
public sealed partial class People(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, IServiceScopeFactory scopes)
{
    /// <summary>Makes the account. Roles that take a second person are asked for in the same commit and come with the approval; until then the account can do nothing.</summary>
    public async Task<Outcome<Person>> Enrol(Caller caller, NewPerson person, CancellationToken ct)
    {
        if (!MayAdminister(caller, person.Agency)) return Refusal.Forbidden("agencies.only-administrator");
        if (!UserNames().IsMatch(person.UserName)) return Refusal.Invalid(new FieldError("userName", "agencies.user-form", person.UserName));
        if (person.Name.Trim().Length is < 1 or > 60) return Refusal.Invalid(new FieldError("name", "agencies.name-length", person.Name.Length));
        if (person.Agency is { } agency && directory.Find(agency) is null) return Refusal.NotFound("agency");
        if (WrongRoles(person.Agency, person.Roles) is { } wrong) return wrong;
        var id = Id<Person>.New(clock);
        var waits = caller != Caller.Platform && RoleRules.NeedsSecond(new HashSet<Role>(), person.Roles);
        var account = new Account
        {
            Id = id,
            UserName = person.UserName,
            Name = person.Name.Trim(),
            Agency = person.Agency,
            Roles = waits ? new HashSet<Role>() : person.Roles,
            Asked = person.Roles,
            Email = person.Email,
            Because = Said(caller, id, "agencies.person-enrolled", ("roles", string.Join(' ', person.Roles.Order()))),
        };
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        if (person.IsPasswordPublic) users.PasswordHasher = new PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = 1_000 }));
        var result = await users.CreateAsync(account, person.Password);
        if (Refused(result, "password", person.UserName) is { } refusal) return refusal;
        await directory.Refresh(ct);
        return directory.Person(id)!;
    }

    /// <summary>Replaces the roles; it shows in the next request of the person, or once a second person has approved it.</summary>
    public async Task<Outcome<Person>> SetRoles(Caller caller, Id<Person> id, IReadOnlySet<Role> roles, CancellationToken ct)
    {
        var asked = await AskRoles(caller, id, roles, "", ct);
        return asked.Refusal is { } refusal ? refusal : directory.Person(id)!;
    }

    /// <summary>Takes the sign-in away; open sessions end at once.</summary>
    public async Task<Outcome<Person>> Disable(Caller caller, Id<Person> id, CancellationToken ct)
    {
        if (directory.Person(id) is not { } person || !MayAdminister(caller, person.Agency) || caller.Person == id) return Refusal.NotFound("person");
        var now = clock.GetUtcNow();
        var refusal = await db.Commit<Refusal?>(async tx =>
        {
            // One of the three is taken its role first, and that by two: no administrator shuts out another.
            if (caller != Caller.Platform && (await RolesOf(tx, id)).Any(RoleRules.Administrators.Contains)) return Refusal.Forbidden("agencies.disable-administrator", person.Name);
            await tx.Run($"update agencies_person set is_enabled = 0 where id = {id}");
            await tx.Run($"update agencies_appointment set until_at = {now} where person = {id} and until_at is null");
            await Changes.Record(tx, "person", id.ToString(), now);
            await evidence.Append(tx, Said(caller, id, "agencies.person-disabled"));
            return null;
        }, ct);
        if (refusal is not null) return refusal;
        await directory.Refresh(ct);
        return person;
    }

    /// <summary>Where the person's mail goes; null when no address was given or the sign-in was taken away.</summary>
    public Task<string?> MailOf(Id<Person> id, CancellationToken ct) =>
        db.One($"select email from agencies_person where id = {id} and is_enabled = 1", r => r.TextOrNull(0), ct);

    /// <summary>The person's own change; every session, this one too, ends.</summary>
    public async Task<Outcome<Person>> ChangePassword(Caller caller, string current, string next, CancellationToken ct)
    {
        if (caller is not { Person: { } id, Client: null }) return new Refusal(401, "agencies.sign-in-first");
        return await Change(id, caller, "agencies.password-changed", (users, account) => users.ChangePasswordAsync(account, current, next), ct);
    }

    /// <summary>Ends every session of the person: asked for by the person, or by an administrator.</summary>
    public async Task<Outcome<Person>> SignOutEverywhere(Caller caller, Id<Person> id, CancellationToken ct)
    {
        if (directory.Person(id) is not { } person || !((caller.Person == id && caller.Client is null) || MayAdminister(caller, person.Agency))) return Refusal.NotFound("person");
        return await Change(id, caller, "agencies.signed-out-everywhere", (users, account) => users.UpdateSecurityStampAsync(account), ct);
    }

    /// <summary>Ends every session and half sign-in of the person with this commit; its evidence is the caller's.</summary>
    internal static async Task EndSessions(Tx tx, Id<Person> id, DateTimeOffset now)
    {
        await tx.Run($"update agencies_person set security_stamp = {Convert.ToHexString(RandomNumberGenerator.GetBytes(20))} where id = {id}");
        await Changes.Record(tx, "person", id.ToString(), now);
    }

    private async Task<Outcome<Person>> Change(Id<Person> id, Caller caller, string kind, Func<UserManager<Account>, Account, Task<IdentityResult>> change, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        if (await users.FindByIdAsync(id.ToString()) is not { IsEnabled: true } account) return Refusal.NotFound("person");
        account.Because = Said(caller, id, kind);
        if (Refused(await change(users, account), "password", account.UserName) is { } refusal) return refusal;
        await directory.Refresh(ct);
        return directory.Person(id)!;
    }

    private Refusal? WrongRoles(Id<Agency>? agency, IReadOnlySet<Role> roles)
    {
        if (roles.Count == 0) return Refusal.Invalid(new FieldError("roles", "agencies.roles-none"));
        return RoleRules.Wrong(agency is { } id ? directory.Find(id)?.Kind : null, roles);
    }

    internal bool MayAdminister(Caller caller, Id<Agency>? agency) =>
        caller == Caller.Platform || (caller.Has(Role.SystemAdmin) && caller.Agency is { } own
            && (agency is { } target ? own == target || directory.Find(target)?.Bureau == own : caller.IsBureau));

    private static Refusal? Refused(IdentityResult result, string field, string userName)
    {
        if (result.Succeeded) return null;
        var code = result.Errors.First().Code;
        if (code is "agencies.user-taken" or "DuplicateUserName") return Refusal.Conflict("agencies.user-taken", userName);
        return Refusal.Invalid(new FieldError(field, code.StartsWith("agencies.", StringComparison.Ordinal) ? code : code == "PasswordMismatch" ? "agencies.password-mismatch" : "agencies.password-common"));
    }

    internal static bool IsUserName(string name) => UserNames().IsMatch(name);

    private Happening Said(Caller caller, Id<Person> id, string kind, params (string Name, string Value)[] facts) =>
        new(kind, caller.Actor, caller.Agency?.ToString(), $"person:{id}", clock.GetUtcNow(), facts.ToDictionary(f => f.Name, f => f.Value));

    [GeneratedRegex("^[a-z][a-z0-9._-]{2,59}$")]
    private static partial Regex UserNames();
}
