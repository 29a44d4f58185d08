using Microsoft.AspNetCore.Http;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

public sealed partial class Sessions
{
    /// <summary>Goes on from a sign-in at the external provider: the own second factor is asked for unless the provider vouches for one.</summary>
    internal async Task<Outcome<Person>> SignInFrom(HttpContext http, Person person, ExternalOrigin origin, bool hasFactor, CancellationToken ct)
    {
        if (directory.Stamp(person.Id) is not { } stamp) return Refused();
        if (person.Roles.Count == 0) return Refusal.Forbidden("agencies.no-role-yet");
        return hasFactor ? await Begin(http, person, stamp, "provider", origin.Text, ct) : await Proceed(http, person, stamp, null, origin.Text, ct);
    }

    /// <summary>Ends the sessions and half sign-ins that the provider names, on every copy within a second; false for a logout token that was used before.</summary>
    internal async Task<bool> EndFrom(string issuer, string? subject, string? session, string number, DateTimeOffset until, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var end = now + Longest;
        // With both the session is of that subject; a session alone, or all of a subject, where only one is named.
        var whose = subject is null ? Part($"") : Part($"and subject = {subject}");
        var which = session is null ? Part($"") : Part($"and external_session = {session}");
        var ending = await db.Commit<IReadOnlyList<string>?>(async tx =>
        {
            if (await tx.Run($"insert into agencies_logout_token (issuer, jti, until_at) values ({issuer}, {number}, {until}) on conflict (issuer, jti) do nothing") == 0) return null;
            var found = await tx.List($"select session from agencies_external_session where issuer = {issuer} and until_at > {now} {whose} {which}", r => r.GetString(0));
            foreach (var one in found) await tx.Run($"insert into agencies_session_end (session, until_at) values ({one}, {end}) on conflict (session) do nothing");
            await Changes.Record(tx, "session", "", now);
            await evidence.Append(tx, new Happening("agencies.provider-logout", "system", null, "agencies:sign-in", now, new Dictionary<string, string> { ["issuer"] = issuer, ["sessions"] = $"{found.Count}" }));
            return found;
        }, ct);
        if (ending is null) return false;
        foreach (var one in ending) ended[one] = end;
        return true;
    }

    private static Sql Part(Sql sql) => sql;

    private static async Task Origin(Tx tx, string session, string? external, DateTimeOffset until)
    {
        if (ExternalOrigin.Of(external) is not { } origin) return;
        await tx.Run(
            $"""
            insert into agencies_external_session (session, issuer, subject, external_session, until_at)
            values ({session}, {origin.Issuer}, {origin.Subject}, {origin.Session}, {until})
            """);
    }

    private async Task ForgetExternal(DateTimeOffset now, CancellationToken ct)
    {
        await db.Run($"delete from agencies_external_session where until_at < {now}", ct);
        await db.Run($"delete from agencies_logout_token where until_at < {now}", ct);
    }
}
