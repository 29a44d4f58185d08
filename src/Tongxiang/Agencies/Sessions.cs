using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Sign-in and sign-out of people. A session is a sealed cookie; it ends by idleness, by age, by sign-out, and with the person's security stamp.</summary>
public sealed partial class Sessions
{
    public const string Scheme = "Session";
    internal static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);
    internal static readonly TimeSpan Longest = TimeSpan.FromHours(12);
    private const int LongestPassword = 512;
    private readonly Db db;
    private readonly TimeProvider clock;
    private readonly EvidenceLog evidence;
    private readonly Directory directory;
    private readonly Attempts attempts;
    private readonly SecondFactors factors;
    private readonly HalfSignIns halves;
    private readonly ConcurrentDictionary<string, DateTimeOffset> ended = new(StringComparer.Ordinal);
    private readonly Lazy<string> nobody;
    private long failures;

    internal Sessions(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, Attempts attempts, IPasswordHasher<Account> hasher, SecondFactors factors, HalfSignIns halves)
    {
        (this.db, this.clock, this.evidence, this.directory, this.attempts, this.factors, this.halves) = (db, clock, evidence, directory, attempts, factors, halves);
        nobody = new(() => hasher.HashPassword(null!, Convert.ToHexString(RandomNumberGenerator.GetBytes(16))));
    }

    /// <summary>Signs in and sets the cookie. Unknown name, wrong password and disabled person answer alike, in text and in time.</summary>
    /// <param name="code">Of the second factor, when it comes along; asked for afterwards when null.</param>
    public async Task<Outcome<Person>> SignIn(HttpContext http, string userName, string password, CancellationToken ct, string? code = null)
    {
        var users = http.RequestServices.GetRequiredService<UserManager<Account>>();
        var name = users.NormalizeName(userName.Trim()) ?? "";
        if (name.Length is 0 or > 100 || password.Length is 0 or > LongestPassword) return Refused();
        if (await attempts.Begin(name, http.Connection.RemoteIpAddress, ct) is { } wait)
        {
            Interlocked.Increment(ref failures);
            return new Refusal(429, "agencies.too-many-tries") { RetryAfterSeconds = (int)Math.Ceiling(wait.TotalSeconds) };
        }
        var account = await users.FindByNameAsync(name);
        var isRight = await IsRight(users, account, password, ct);
        if (!isRight || account is not { IsEnabled: true } || directory.Person(account.Id) is not { } person)
        {
            Interlocked.Increment(ref failures);
            return Refused();
        }
        await attempts.Succeeded(name, http.Connection.RemoteIpAddress, ct);
        // A stamp that changed on another copy a moment ago: the session must not wait for the next look.
        if (directory.Stamp(person.Id) != account.SecurityStamp) await directory.Refresh(ct);
        return await Proceed(http, person, account.SecurityStamp, code, null, ct);
    }

    /// <summary>Ends this session for good: a copy of the cookie is worth nothing afterwards.</summary>
    public async Task SignOut(HttpContext http, CancellationToken ct)
    {
        await End(http.User, ct);
        await http.SignOutAsync(Scheme);
    }

    internal async Task Validate(CookieValidatePrincipalContext context)
    {
        var user = context.Principal!;
        var isGood = Id<Person>.TryParse(user.FindFirstValue("sub"), null, out var id)
            && directory.Stamp(id) is { } stamp && stamp == user.FindFirstValue("tx:stamp")
            && user.FindFirstValue("sid") is { } sid && !ended.ContainsKey(sid)
            && long.TryParse(user.FindFirstValue("auth_time"), NumberStyles.None, CultureInfo.InvariantCulture, out var since)
            && clock.GetUtcNow() < DateTimeOffset.FromUnixTimeSeconds(since) + Longest;
        if (isGood) return;
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Scheme);
    }

    internal async Task Refresh(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        foreach (var (session, until) in await db.List($"select session, until_at from agencies_session_end where until_at > {now}", r => (r.GetString(0), r.Instant(1)), ct)) ended[session] = until;
        foreach (var (session, until) in ended) if (until <= now) ended.TryRemove(session, out _);
    }

    internal async Task Forget(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await db.Run($"delete from agencies_session_end where until_at < {now}", ct);
        await ForgetExternal(now, ct);
        await factors.Forget(now, ct);
    }

    /// <summary>Failed sign-ins are evidence as a number: names that were tried may be passwords typed into the wrong box.</summary>
    internal async Task WitnessFailures(CancellationToken ct)
    {
        var count = Interlocked.Exchange(ref failures, 0);
        if (count == 0) return;
        await db.Commit(tx => evidence.Append(tx, new Happening("agencies.sign-ins-failed", "system", null, "agencies:sign-in", clock.GetUtcNow(),
            new Dictionary<string, string> { ["count"] = count.ToString(CultureInfo.InvariantCulture) })), ct);
    }

    /// <param name="half">The half sign-in that this completes.</param>
    private async Task<Outcome<Person>> Begin(HttpContext http, Person person, string stamp, string? factor, string? external, CancellationToken ct, string? half = null)
    {
        await End(http.User, ct);
        halves.Forget(http);
        var now = clock.GetUtcNow();
        var session = NewKey();
        var identity = new ClaimsIdentity(Scheme, "sub", "role");
        identity.AddClaims(
        [
            new Claim("sub", person.Id.ToString()), new Claim("tx:kind", "person"), new Claim("name", person.Name),
            new Claim("sid", session), new Claim("tx:stamp", stamp),
            new Claim("auth_time", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        ]);
        if (person.Agency is { } agency) identity.AddClaim(new Claim("tx:agency", agency.ToString()));
        if (factor is not null) identity.AddClaim(new Claim(Factor, factor));
        identity.AddClaims(person.Roles.Select(r => new Claim("role", r.ToString())));
        var facts = new Dictionary<string, string> { ["factor"] = factor ?? "none" };
        var isOpen = await db.Commit(async tx =>
        {
            // The provider may have ended it on another copy a moment ago.
            if (half is not null && await tx.One($"select session from agencies_session_end where session = {half}", r => r.GetString(0)) is not null) return false;
            await Origin(tx, session, external, now + Longest);
            await evidence.Append(tx, new Happening("agencies.signed-in", person.Id.ToString(), person.Agency?.ToString(), $"person:{person.Id}", now, facts));
            return true;
        }, ct);
        if (!isOpen) return new Refusal(401, "agencies.factor-late");
        await http.SignInAsync(Scheme, new ClaimsPrincipal(identity));
        return person;
    }

    private async Task End(ClaimsPrincipal user, CancellationToken ct)
    {
        if (user.FindFirstValue("sid") is not { } session) return;
        var now = clock.GetUtcNow();
        var until = now + Longest;
        await db.Commit(async tx =>
        {
            await tx.Run($"insert into agencies_session_end (session, until_at) values ({session}, {until}) on conflict (session) do nothing");
            await Changes.Record(tx, "session", "", now);
        }, ct);
        ended[session] = until;
    }

    // A name nobody has costs the same work as one that exists.
    private async Task<bool> IsRight(UserManager<Account> users, Account? account, string password, CancellationToken ct)
    {
        if (account?.PasswordHash is not { } hash)
        {
            users.PasswordHasher.VerifyHashedPassword(null!, nobody.Value, password);
            return false;
        }
        var found = users.PasswordHasher.VerifyHashedPassword(account, hash, password);
        if (found == PasswordVerificationResult.SuccessRehashNeeded) await Rehash(account.Id, hash, users.PasswordHasher.HashPassword(account, password), ct);
        return found != PasswordVerificationResult.Failed;
    }

    // The same password in more rounds is no new password: its age and the security stamp stay, and with them every session begun on it. One changed meanwhile is left alone.
    private Task<int> Rehash(Id<Person> id, string old, string hash, CancellationToken ct) =>
        db.Run($"update agencies_person set password_hash = {hash} where id = {id} and password_hash = {old}", ct);

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static Refusal Refused() => new(401, "agencies.sign-in-failed");
}
