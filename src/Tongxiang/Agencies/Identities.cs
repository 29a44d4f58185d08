using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Core.Elements;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Whose identity number an account stands for: checked by a counter of the data authority against a document, kept sealed, one account a number.</summary>
public sealed class Identities(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, NodeKey key)
{
    private readonly byte[] prints = key.Derive("agencies identity print");

    /// <summary>The counter confirms that the person at it is the holder of the number and of the account.</summary>
    /// <param name="document">What was shown, such as 居民身份证原件; kept, so that it can be asked about.</param>
    public async Task<Outcome<Person>> Verify(Caller counter, Id<Person> id, string number, string document, CancellationToken ct)
    {
        if (IdentityRules.May(counter, id) is { } refusal) return refusal;
        if (directory.Person(id) is not { } person || !person.Roles.Contains(Role.Citizen)) return Refusal.NotFound("person");
        var (now, form) = (clock.GetUtcNow(), number.Trim().ToUpperInvariant());
        if (IdentityRules.Check(form, document, WorkCalendar.Day(now)) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var print = Convert.ToHexStringLower(HMACSHA256.HashData(prints, Encoding.UTF8.GetBytes(form)));
        var isNew = await db.Commit(async tx =>
        {
            var added = await tx.Run(
                $"""
                insert into agencies_identity (person, print, sealed, document, verified_by, verified_at)
                values ({id}, {print}, {key.Wrap(Encoding.UTF8.GetBytes(form), Context(id))}, {document.Trim()}, {counter.Actor}, {now}) on conflict do nothing
                """);
            if (added == 1) await evidence.Append(tx, Said(counter, id, "agencies.identity-verified", now, ("document", document.Trim())));
            return added == 1;
        }, ct);
        return isNew ? person : Refusal.Conflict("agencies.identity-taken");
    }

    /// <summary>Takes a wrong confirmation back.</summary>
    public async Task<Outcome<Person>> Withdraw(Caller counter, Id<Person> id, string reason, CancellationToken ct)
    {
        if (IdentityRules.May(counter, id) is { } refusal) return refusal;
        if (reason.Trim().Length is < 2 or > 200) return Refusal.Invalid(new FieldError("reason", "agencies.identity-reason", reason.Trim().Length));
        var isGone = await db.Commit(async tx =>
        {
            var gone = await tx.Run($"delete from agencies_identity where person = {id}") == 1;
            if (gone) await evidence.Append(tx, Said(counter, id, "agencies.identity-withdrawn", clock.GetUtcNow(), ("reason", reason.Trim())));
            return gone;
        }, ct);
        return isGone && directory.Person(id) is { } person ? person : Refusal.NotFound("person");
    }

    /// <summary>The number the account stands for; null when no counter has confirmed one.</summary>
    public async Task<string?> Of(Id<Person> id, CancellationToken ct) =>
        await db.One($"select sealed from agencies_identity where person = {id}", r => r.Bytes(0), ct) is { } blob ? Encoding.UTF8.GetString(key.Unwrap(blob, Context(id))) : null;

    private static string Context(Id<Person> id) => $"identity:{id}";

    private static Happening Said(Caller counter, Id<Person> id, string kind, DateTimeOffset now, (string Name, string Value) fact) =>
        new(kind, counter.Actor, counter.Agency?.ToString(), $"person:{id}", now, new Dictionary<string, string> { [fact.Name] = fact.Value });
}

/// <summary>Who may confirm an identity, and which number can be one.</summary>
public static class IdentityRules
{
    public static Refusal? May(Caller counter, Id<Person> person) =>
        counter == Caller.Platform ? null
        : !(counter is { IsBureau: true, Client: null } && counter.Has(Role.BureauReviewer)) ? Refusal.Forbidden("agencies.identity-only-counter")
        // Whoever could name his own number could name anybody's.
        : counter.Person == person ? Refusal.Forbidden("agencies.identity-own") : null;

    public static IReadOnlyList<FieldError> Check(string number, string document, DateOnly today)
    {
        List<FieldError> found = [];
        if (number.Length != 18 || CitizenId.Check(number, new Surroundings(today)) is not Flaw.None)
            found.Add(new("number", "agencies.identity-number", number.Length.ToString(CultureInfo.InvariantCulture)));
        if (document.Trim().Length is < 2 or > 200) found.Add(new("document", "agencies.identity-document", document.Trim().Length));
        return found;
    }
}
