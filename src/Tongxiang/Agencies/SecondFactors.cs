using System.Net;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Core.Crypto;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Whether people prove themselves by more than a password; <c>Identity:SecondFactor</c>.</summary>
public enum SecondFactorUse
{
    /// <summary>Nobody is asked, and none can be set up.</summary>
    Off,

    /// <summary>Whoever has set one up is asked for it.</summary>
    Offered,

    /// <summary>Approvers and administrators cannot sign in without one; nobody looks at personal data without one.</summary>
    Required,
}

/// <summary>What a person has set up.</summary>
/// <param name="RecoveryLeft">Recovery codes that were not used yet.</param>
public sealed record SecondFactorState(bool IsOn, DateTimeOffset? Since, long RecoveryLeft, IReadOnlyList<PersonCertificate> Certificates);

/// <summary>A key that waits for the first code made from it.</summary>
/// <param name="Key">Base32, to be typed.</param>
/// <param name="Address"><c>otpauth</c> address, to be scanned.</param>
public sealed record SecondFactorOffer(string Key, string Address);

/// <summary>The second factor of people: one-time passwords by time (RFC 6238) with recovery codes, and client certificates. Keys are sealed with the node key, a code counts once.</summary>
public sealed partial class SecondFactors(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, NodeKey key, NodeSettings node, IdentitySettings settings)
{
    private const int Recoveries = 10;
    private readonly byte[] digests = key.Derive("agencies recovery code");
    private readonly Attempts attempts = new(db, clock, key);

    private sealed record Row(byte[] Secret, long LastStep, DateTimeOffset ConfirmedAt);

    public SecondFactorUse Use => settings.SecondFactor;

    /// <summary>What the person has; never the key.</summary>
    public async Task<SecondFactorState> Of(Id<Person> person, CancellationToken ct)
    {
        var row = await Load(person, ct);
        var left = await db.One($"select count(*) from agencies_recovery_code where person = {person} and used_at is null", r => r.GetInt64(0), ct);
        return new SecondFactorState(row is not null, row?.ConfirmedAt, row is null ? 0 : left, await CertificatesOf(person, ct));
    }

    /// <summary>Checks a code of the program or a recovery code; each counts once, on whatever copy it is shown.</summary>
    public async Task<Refusal?> Check(Id<Person> id, string code, IPAddress? address, CancellationToken ct)
    {
        if (await Slowed(id, address, ct) is { } slow) return slow;
        if (directory.Person(id) is not { } person || await Load(id, ct) is not { } row) return Wrong();
        var (now, plain) = (clock.GetUtcNow(), Plain(code));
        var isRight = Totp.Match(key.Unwrap(row.Secret, Context(id)), plain, now, row.LastStep) is { } step
            // Of two that show the same code at one moment the second finds its step taken.
            ? await db.Run($"update agencies_second_factor set last_step = {step} where person = {id} and last_step < {step}", ct) == 1
            : await db.Commit(async tx =>
            {
                if (await tx.Run($"update agencies_recovery_code set used_at = {now} where person = {id} and digest = {Digest(id, plain)} and used_at is null") == 0) return false;
                await evidence.Append(tx, Said(person, id.ToString(), "agencies.recovery-used", now));
                return true;
            }, ct);
        if (!isRight) return Wrong();
        await attempts.Succeeded(Subject(id), address, ct);
        return null;
    }

    /// <summary>The person takes it away, with a code of it.</summary>
    public async Task<Refusal?> Remove(Caller caller, string code, IPAddress? address, CancellationToken ct)
    {
        if (caller is not { Person: { } id, Client: null }) return new Refusal(401, "agencies.sign-in-first");
        if (await Check(id, code, address, ct) is { } wrong) return wrong;
        await db.Commit(tx => Erase(tx, caller, id, "agencies.factor-off", clock.GetUtcNow()), ct);
        return null;
    }

    /// <summary>A security administrator takes a lost one away, with every certificate: the card may be lost too. The person sets up another at the next sign-in; every session ends.</summary>
    public async Task<Outcome<Person>> Reset(Caller caller, Id<Person> id, People people, CancellationToken ct)
    {
        if (directory.Person(id) is not { } person || !people.MayApprove(caller, person.Agency)) return Refusal.NotFound("person");
        if (caller.Person == id) return Refusal.Forbidden("agencies.own-factor");
        var now = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            await Erase(tx, caller, id, "agencies.factor-reset", now);
            await tx.Run($"update agencies_person_certificate set until_at = {now} where person = {id} and until_at is null");
            await People.EndSessions(tx, id, now);
        }, ct);
        await directory.Refresh(ct);
        return person;
    }

    private async Task Erase(Tx tx, Caller caller, Id<Person> id, string kind, DateTimeOffset now)
    {
        await tx.Run($"delete from agencies_recovery_code where person = {id}");
        await tx.Run($"delete from agencies_second_factor where person = {id}");
        await tx.Run($"delete from agencies_factor_offer where person = {id}");
        if (directory.Person(id) is { } person) await evidence.Append(tx, Said(person, caller.Actor, kind, now));
    }

    private async Task<Refusal?> Slowed(Id<Person> id, IPAddress? address, CancellationToken ct) =>
        await attempts.Begin(Subject(id), address, ct) is { } wait ? new Refusal(429, "agencies.too-many-tries") { RetryAfterSeconds = (int)Math.Ceiling(wait.TotalSeconds) } : null;

    private Task<Row?> Load(Id<Person> id, CancellationToken ct) =>
        db.One($"select secret, last_step, confirmed_at from agencies_second_factor where person = {id}", r => new Row(r.Bytes(0), r.GetInt64(1), r.Instant(2)), ct);

    // Fifty bits each: with the slowed tries more than anybody guesses.
    private static string NewRecovery()
    {
        var text = Totp.Base32(RandomNumberGenerator.GetBytes(7))[..10];
        return $"{text[..5]}-{text[5..]}";
    }

    private string Digest(Id<Person> id, string code) => Convert.ToHexStringLower(HMACSHA256.HashData(digests, Encoding.UTF8.GetBytes($"{id}\n{Plain(code)}")));

    private static string Plain(string code) => string.Concat(code.Where(c => !char.IsWhiteSpace(c) && c != '-')).ToUpperInvariant();

    private static string Subject(Id<Person> id) => $"second factor {id}";

    private static string Context(Id<Person> id) => $"agencies second factor {id}";

    private static Refusal Wrong() => new(401, "agencies.factor-wrong");

    private static Happening Said(Person person, string actor, string kind, DateTimeOffset at) =>
        new(kind, actor, person.Agency?.ToString(), $"person:{person.Id}", at, new Dictionary<string, string>());
}
