using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>One of the three administrators of an empty node.</summary>
public sealed record Founder(string UserName, string Name, string Password);

/// <summary>What sets an empty node up: its data authority and the three administrators, together or not at all.</summary>
/// <param name="Token">The one-time token from the node's console.</param>
/// <param name="Division">Six digits; the node's own when null.</param>
public sealed record FoundingRequest(string Token, string BureauName, string BureauNameEn, string CreditCode, string? Division, Founder System, Founder Security, Founder Audit);

/// <summary>The founding of an empty node (等保三级): system, security and audit administrator begin on the same day, none without the others.</summary>
[Core.Enforces(31)]
public sealed class Founding(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, NodeSettings settings, IServiceScopeFactory scopes)
{
    private static readonly (Role Role, string Field)[] posts = [(Role.SystemAdmin, "system"), (Role.SecurityAdmin, "security"), (Role.AuditAdmin, "audit")];

    // Never stored: a token that was lost is made anew by starting the node again.
    private readonly string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>The token for whoever reads the node's console; null once the node has people.</summary>
    public async Task<string?> Invite(CancellationToken ct) => await IsOpen(ct) ? token : null;

    /// <summary>Whether nobody is enrolled yet.</summary>
    public async Task<bool> IsOpen(CancellationToken ct) =>
        await db.One($"select (select count(*) from agencies_person) + (select count(*) from agencies_founding)", r => r.GetInt64(0), ct) == 0;

    /// <summary>Makes the data authority and its three administrators in one commit; the token is worth nothing afterwards.</summary>
    public async Task<Outcome<Agency>> Found(FoundingRequest request, CancellationToken ct)
    {
        if (!await IsOpen(ct)) return Refusal.Conflict("agencies.founded");
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Token.Trim().ToLowerInvariant()), Encoding.UTF8.GetBytes(token))) return Refusal.Forbidden("agencies.founding-token");
        var bureau = new Agency(
            Id<Agency>.New(clock), "data-bureau", request.CreditCode.Trim().ToUpperInvariant(), request.BureauName.Trim(), request.BureauNameEn.Trim(), AgencyKind.Bureau,
            request.Division is { Length: > 0 } division ? division.Trim() : settings.Division, null, null, null);
        Founder[] founders = [request.System, request.Security, request.Audit];
        FieldError[] errors = [.. Roster.Errors(bureau).Where(e => e.Field != "slug"), .. founders.SelectMany((f, i) => Errors(f, posts[i].Field)), .. Same(founders)];
        if (errors.Length > 0) return Refusal.Invalid(errors);
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
        var now = clock.GetUtcNow();
        var accounts = founders.Select((f, i) => Made(users, f, posts[i].Role, bureau.Id)).ToList();
        try
        {
            await db.Commit(tx => Write(tx, bureau, accounts, now), ct);
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            // Another copy, or the second of two clicks, was there first.
            return Refusal.Conflict("agencies.founded");
        }
        await directory.Refresh(ct);
        return bureau;
    }

    private async Task Write(Tx tx, Agency bureau, IReadOnlyList<Account> accounts, DateTimeOffset now)
    {
        await Roster.Insert(tx, bureau, now);
        await tx.Run($"insert into agencies_founding (only_one, bureau, founded_at) values (1, {bureau.Id}, {now})");
        foreach (var account in accounts) await AccountStore.Insert(tx, account, now);
        await Changes.Record(tx, "agency", bureau.Id.ToString(), now);
        var facts = accounts.ToDictionary(a => char.ToLowerInvariant(a.Roles.First().ToString()[0]) + a.Roles.First().ToString()[1..], a => a.Id.ToString());
        var proof = await evidence.Append(tx, new Happening("agencies.founded", Caller.Platform.Actor, bureau.Id.ToString(), $"agency:{bureau.Id}", now, facts));
        foreach (var account in accounts)
            await RoleChange.Insert(tx, new RoleChange(Id<RoleChange>.New(clock), account.Id, new HashSet<Role>(), account.Roles, "", false, RoleChangeState.Done, Caller.Platform.Actor, now, null, now, "", proof));
    }

    private Account Made(UserManager<Account> users, Founder founder, Role role, Id<Agency> bureau)
    {
        var account = new Account
        {
            Id = Id<Person>.New(clock),
            UserName = founder.UserName,
            NormalName = users.NormalizeName(founder.UserName)!,
            Name = founder.Name.Trim(),
            Agency = bureau,
            Roles = new HashSet<Role> { role },
            SecurityStamp = Convert.ToHexString(RandomNumberGenerator.GetBytes(20)),
        };
        account.PasswordHash = users.PasswordHasher.HashPassword(account, founder.Password);
        return account;
    }

    private static IEnumerable<FieldError> Errors(Founder founder, string field)
    {
        if (!People.IsUserName(founder.UserName)) yield return new FieldError(field + ".userName", "agencies.user-form", founder.UserName);
        if (founder.Name.Trim().Length is < 1 or > 60) yield return new FieldError(field + ".name", "agencies.name-length", founder.Name.Trim().Length);
        if (PasswordRules.Flaw(founder.Password, founder.UserName, founder.Name) is { } flaw) yield return new FieldError(field + ".password", flaw);
    }

    // Three people, not one person with three names: neither account, name nor password may come twice.
    private static IEnumerable<FieldError> Same(Founder[] founders)
    {
        for (var i = 1; i < founders.Length; i++)
        {
            var earlier = founders.Take(i).ToList();
            if (earlier.Any(f => f.UserName == founders[i].UserName)) yield return new FieldError(posts[i].Field + ".userName", "agencies.founding-same");
            if (earlier.Any(f => f.Name.Trim() == founders[i].Name.Trim())) yield return new FieldError(posts[i].Field + ".name", "agencies.founding-same");
            if (earlier.Any(f => f.Password == founders[i].Password)) yield return new FieldError(posts[i].Field + ".password", "agencies.founding-same-password");
        }
    }
}
