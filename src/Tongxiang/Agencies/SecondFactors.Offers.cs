using System.Net;
using System.Security.Cryptography;
using Tongxiang.Core.Crypto;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

// Keys that wait for their first code. Each belongs to the session or half sign-in that asked: whoever knows the first password cannot note in advance the key that the person will confirm.
public sealed partial class SecondFactors
{
    private static readonly TimeSpan waits = TimeSpan.FromMinutes(30);

    /// <summary>Offers a new key; asked again by the same holder before the first code, it is the same key.</summary>
    /// <param name="holder">The session or half sign-in that asks.</param>
    internal async Task<Outcome<SecondFactorOffer>> Begin(Id<Person> id, string holder, CancellationToken ct)
    {
        if (settings.SecondFactor == SecondFactorUse.Off) return Refusal.Conflict("agencies.factor-off");
        if (directory.Person(id) is not { } person) return Refusal.NotFound("person");
        if (await Load(id, ct) is not null) return Refusal.Conflict("agencies.factor-on");
        if (await Offered(id, holder, ct) is { } waiting) return Shown(person, waiting);
        var (now, made) = (clock.GetUtcNow(), RandomNumberGenerator.GetBytes(Totp.KeyBytes));
        await db.Commit(async tx =>
        {
            var isNew = await tx.Run(
                $"""
                insert into agencies_factor_offer (holder, person, secret, until_at) values ({holder}, {id}, {key.Wrap(made, Context(id, holder))}, {now + waits})
                on conflict (holder) do update set secret = excluded.secret, until_at = excluded.until_at where agencies_factor_offer.until_at <= {now}
                """) == 1;
            if (isNew) await evidence.Append(tx, Said(person, id.ToString(), "agencies.factor-offered", now));
        }, ct);
        // Of two pages opened at once both show what the first one made.
        return await Offered(id, holder, ct) is { } secret ? Shown(person, secret) : Refusal.Conflict("agencies.factor-not-begun");
    }

    /// <summary>The first right code of the holder's own key sets it up, and every other offer is void; the recovery codes are shown this once and kept as digests.</summary>
    internal async Task<Outcome<IReadOnlyList<string>>> Confirm(Id<Person> id, string holder, string code, IPAddress? address, CancellationToken ct)
    {
        if (await Slowed(id, address, ct) is { } slow) return slow;
        if (directory.Person(id) is not { } person || await Offered(id, holder, ct) is not { } secret) return Refusal.Conflict("agencies.factor-not-begun");
        var now = clock.GetUtcNow();
        if (Totp.Match(secret, Plain(code), now, 0) is not { } step) return Wrong();
        var codes = Enumerable.Range(0, Recoveries).Select(_ => NewRecovery()).ToArray();
        var isFirst = await db.Commit(async tx =>
        {
            if (await tx.Run($"insert into agencies_second_factor (person, secret, last_step, confirmed_at) values ({id}, {key.Wrap(secret, Context(id))}, {step}, {now}) on conflict (person) do nothing") == 0) return false;
            await tx.Run($"delete from agencies_factor_offer where person = {id}");
            await tx.Run($"delete from agencies_recovery_code where person = {id}");
            foreach (var one in codes) await tx.Run($"insert into agencies_recovery_code (person, digest) values ({id}, {Digest(id, one)})");
            await evidence.Append(tx, Said(person, id.ToString(), "agencies.factor-on", now));
            return true;
        }, ct);
        if (!isFirst) return Refusal.Conflict("agencies.factor-on");
        await attempts.Succeeded(Subject(id), address, ct);
        return codes;
    }

    internal Task Forget(DateTimeOffset now, CancellationToken ct) => db.Run($"delete from agencies_factor_offer where until_at <= {now}", ct);

    private async Task<byte[]?> Offered(Id<Person> id, string holder, CancellationToken ct) =>
        await db.One($"select secret from agencies_factor_offer where holder = {holder} and person = {id} and until_at > {clock.GetUtcNow()}", r => r.Bytes(0), ct) is { } kept ? key.Unwrap(kept, Context(id, holder)) : null;

    private SecondFactorOffer Shown(Person person, byte[] secret) => new(Totp.Base32(secret), Totp.Address(node.Name, person.UserName, secret));

    private static string Context(Id<Person> id, string holder) => $"agencies factor offer {id} {holder}";
}
