using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>An objection as it is written.</summary>
public sealed record NoticeObjection(string Body);

/// <summary>How the registrar answers one.</summary>
public sealed record NoticeAnswer(bool IsUpheld, string Answer);

public sealed partial class Registrations
{
    private const int MostObjections = 200;

    /// <summary>Objects to what is in public notice: anybody who is signed in, one open objection each.</summary>
    public async Task<Outcome<RegistrationObjection>> Object(Caller caller, Id<Registration> id, string body, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } now || now.State is not (RegistrationState.Noticed or RegistrationState.Issued)) return Refusal.NotFound("catalog.registration");
        if (caller.Person is not { } person) return new Refusal(401, "agencies.sign-in-first");
        if (RegistrationRules.CheckText("body", body) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var at = clock.GetUtcNow();
        if (now.State != RegistrationState.Noticed || at > now.NoticeUntil) return Refusal.Conflict("catalog.registration-notice-over", now.Number);
        var made = new RegistrationObjection(Id<RegistrationObjection>.New(clock), id, person.ToString(), caller.Agency?.ToString(), body.Trim(), at, null, "", null);
        return await db.Commit<Outcome<RegistrationObjection>>(async tx =>
        {
            if (await tx.One($"select count(*) from catalog_registration_objection where registration = {id}", r => r.GetInt64(0)) >= MostObjections) return new Refusal(429, "catalog.objection-many", MostObjections);
            var kept = await tx.Run(
                $"""
                insert into catalog_registration_objection (id, registration, person, agency, body, made_at, answer)
                values ({made.Id}, {id}, {made.Person}, {made.Agency}, {made.Body}, {at}, '') on conflict do nothing
                """);
            if (kept == 0) return Refusal.Conflict("catalog.objection-open", now.Number);
            // Whoever is about to issue the code decided without it.
            await tx.Run($"update catalog_registration set revision = revision + 1 where id = {id}");
            await Prove(tx, "catalog.registration-objected", caller, now, at, new() { ["objection"] = made.Id.ToString(), ["digest"] = DigestOf(made.Body) });
            return made;
        }, ct);
    }

    /// <summary>The registrar answers an objection; an upheld one stops the code, the registration is sent back then.</summary>
    public async Task<Outcome<RegistrationObjection>> Answer(Caller caller, Id<RegistrationObjection> id, NoticeAnswer answer, CancellationToken ct)
    {
        var found = await db.One($"select {ObjectionColumns} from catalog_registration_objection where id = {id}", ReadObjection, ct);
        if (found is null || await Load(found.Registration, ct) is not { } now || !RegistrationRules.Sees(caller, now)) return Refusal.NotFound("catalog.objection");
        if (!RegistrationRules.IsRegistrar(caller, now.Bureau)) return Refusal.Forbidden("catalog.registration-registrar");
        if (found.Person == caller.Actor) return Refusal.Forbidden("catalog.objection-own");
        if (RegistrationRules.CheckText("answer", answer.Answer) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var at = clock.GetUtcNow();
        return await db.Commit<Outcome<RegistrationObjection>>(async tx =>
        {
            var changed = await tx.Run(
                $"""
                update catalog_registration_objection set upheld = {answer.IsUpheld}, answer = {answer.Answer.Trim()}, answered_by = {caller.Actor}, answered_at = {at}
                where id = {id} and upheld is null
                """);
            if (changed == 0) return Refusal.Conflict("catalog.objection-answered");
            await Prove(tx, "catalog.registration-objection-answered", caller, now, at, new() { ["objection"] = id.ToString(), ["upheld"] = answer.IsUpheld ? "1" : "0", ["digest"] = DigestOf(answer.Answer) });
            return found with { IsUpheld = answer.IsUpheld, Answer = answer.Answer.Trim(), AnsweredAt = at };
        }, ct);
    }

    private static string DigestOf(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
