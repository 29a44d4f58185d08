using System.Data.Common;
using Microsoft.AspNetCore.Identity;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>A person as ASP.NET Core Identity sees one.</summary>
internal sealed class Account
{
    public required Id<Person> Id { get; init; }
    public required string UserName { get; set; }
    public string NormalName { get; set; } = "";
    public required string Name { get; init; }
    public Id<Agency>? Agency { get; init; }
    public string? Email { get; init; }
    public IReadOnlySet<Role> Roles { get; init; } = new HashSet<Role>();
    public string? PasswordHash { get; set; }
    public string SecurityStamp { get; set; } = "";
    public bool IsEnabled { get; init; } = true;

    /// <summary>The roles it was enrolled for: those it has at once, or those that wait for a second person.</summary>
    public IReadOnlySet<Role> Asked { get; init; } = new HashSet<Role>();

    /// <summary>What the next save is: its evidence goes into the same commit.</summary>
    public Happening? Because { get; set; }
}

/// <summary>Identity's store on the Kernel's connection: what the user manager decides is saved with its evidence in one commit.</summary>
internal sealed class AccountStore(Db db, TimeProvider clock, EvidenceLog evidence) : IUserPasswordStore<Account>, IUserSecurityStampStore<Account>
{
    private static readonly IdentityError Taken = new() { Code = "agencies.user-taken", Description = "agencies.user-taken" };

    public async Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        try
        {
            await db.Commit(async tx =>
            {
                var because = user.Because!;
                await Insert(tx, user, now);
                var waits = user.Roles.Count == 0;
                await Saved(tx, user, now, async proof => await RoleChange.Insert(tx, new RoleChange(
                    Id<RoleChange>.New(clock), user.Id, new HashSet<Role>(), user.Asked, "", waits, waits ? RoleChangeState.Waiting : RoleChangeState.Done, because.Actor, now, null, waits ? null : now, "", proof)));
            }, cancellationToken);
            return IdentityResult.Success;
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            return IdentityResult.Failed(Taken);
        }
    }

    /// <summary>The account and its roles; the evidence of it is the caller's.</summary>
    internal static async Task Insert(Tx tx, Account user, DateTimeOffset now)
    {
        await tx.Run(
            $"""
            insert into agencies_person (id, user_name, normal_name, name, agency, email, password_hash, security_stamp, password_at, created_at)
            values ({user.Id}, {user.UserName}, {user.NormalName}, {user.Name}, {user.Agency}, {user.Email}, {user.PasswordHash}, {user.SecurityStamp}, {now}, {now})
            """);
        foreach (var role in user.Roles) await People.Give(tx, user.Id, role, user.Because?.Actor ?? Caller.Platform.Actor, now);
    }

    public async Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"""
                update agencies_person set password_hash = {user.PasswordHash}, security_stamp = {user.SecurityStamp},
                  password_at = case when password_hash = {user.PasswordHash} then password_at else {now} end
                where id = {user.Id}
                """);
            await Saved(tx, user, now);
        }, cancellationToken);
        return IdentityResult.Success;
    }

    public Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        db.One($"select id, user_name, normal_name, name, agency, email, password_hash, security_stamp, is_enabled from agencies_person where id = {userId}", Read, cancellationToken);

    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        db.One($"select id, user_name, normal_name, name, agency, email, password_hash, security_stamp, is_enabled from agencies_person where normal_name = {normalizedUserName}", Read, cancellationToken);

    // People are never deleted: evidence and records name them; they are disabled.
    public Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken) => throw new NotSupportedException("People are disabled, not deleted.");

    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());
    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.UserName);
    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.NormalName);
    public Task<string?> GetPasswordHashAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);
    public Task<bool> HasPasswordAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash is not null);
    public Task<string?> GetSecurityStampAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.SecurityStamp);

    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken) => Set(() => user.UserName = userName ?? "");
    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) => Set(() => user.NormalName = normalizedName ?? "");
    public Task SetPasswordHashAsync(Account user, string? passwordHash, CancellationToken cancellationToken) => Set(() => user.PasswordHash = passwordHash);
    public Task SetSecurityStampAsync(Account user, string stamp, CancellationToken cancellationToken) => Set(() => user.SecurityStamp = stamp);

    public void Dispose() { }

    private async Task Saved(Tx tx, Account user, DateTimeOffset now, Func<string, Task>? also = null)
    {
        await Changes.Record(tx, "person", user.Id.ToString(), now);
        if (user.Because is not { } because) return;
        var proof = await evidence.Append(tx, because);
        if (also is not null) await also(proof);
        user.Because = null;
    }

    private static Task Set(Action set)
    {
        set();
        return Task.CompletedTask;
    }

    private static Account Read(DbDataReader r) => new()
    {
        Id = r.Id<Person>(0),
        UserName = r.GetString(1),
        NormalName = r.GetString(2),
        Name = r.GetString(3),
        Agency = r.IdOrNull<Agency>(4),
        Email = r.TextOrNull(5),
        PasswordHash = r.TextOrNull(6),
        SecurityStamp = r.GetString(7),
        IsEnabled = r.Flag(8),
    };
}
