using System.Data.Common;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>The front door of onward transfer and wider use: the consumer asks, the provider's head decides, and what is agreed stands in the signed terms of the grant.</summary>
public sealed class OnwardRequests(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, Grants grants, Deputies deputies, Notices notices)
{
    private static readonly Sql Columns = Part($"id, number, grant_id, provider, consumer, kind, third_agency, third_name, matter, purpose, until_at, state, revision, reason, asked_by, asked_at, decided_at, proof");

    public async Task<Outcome<OnwardRequest>> Ask(Caller caller, Id<Grant> id, NewOnward wish, CancellationToken ct)
    {
        if (caller is not { Person: not null, Client: null, Agency: { } agency } || await grants.Find(caller, id, ct) is not { ConsumerAgency: { } consumer } grant || consumer != agency) return Refusal.NotFound(id.ToString());
        if (!(caller.Has(Role.Steward) || await IsHead(caller, ct))) return Refusal.Forbidden("share.onward-only-office");
        var at = clock.GetUtcNow();
        if (grant.State == GrantState.Ended || at >= grant.Until) return Refusal.Conflict("share.onward-ended", grant.Number);
        if (OnwardRules.Check(wish, grant, at, directory.Find) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]) with { Article = Law.Order809(25) };
        return await db.Commit(async tx =>
        {
            var third = wish.Third is { } named ? directory.Find(named)!.Name : (wish.ThirdName ?? "").Trim();
            var made = new OnwardRequest(
                Id<OnwardRequest>.New(clock), await Applications.Number(tx, "ZX", at), id, grant.Provider, agency, wish.Kind, wish.Third, wish.Kind == OnwardKind.ThirdParty ? third : "", wish.Matter.Trim(), wish.Purpose.Trim(),
                WorkCalendar.Begin(wish.Until.AddDays(1)), OnwardState.Asked, 1, null, caller.Actor, at, null, null);
            await tx.Run(
                $"""
                insert into share_onward (id, number, grant_id, provider, consumer, kind, third_agency, third_name, matter, purpose, until_at, state, revision, asked_by, asked_at)
                values ({made.Id}, {made.Number}, {id}, {made.Provider}, {agency}, {made.Kind}, {made.Third}, {made.ThirdName}, {made.Matter}, {made.Purpose}, {made.Until}, {made.State}, 1, {made.AskedBy}, {at})
                """);
            await Witness(tx, "share.onward-asked", caller, made, at);
            await notices.Tell(tx, new Telling(NoticeKind.OnwardAsked, new Recipient(null, made.Provider, Role.SharingOfficeHead)), new About(made.Id.ToString(), $"/desk/grants/{id}", [made.Number, grant.Number, ""]), at);
            return made;
        }, ct);
    }

    /// <summary>The provider's head agrees or refuses with a reason; agreeing amends the signed terms of the grant in the same commit.</summary>
    public async Task<Outcome<OnwardRequest>> Decide(Caller caller, Id<OnwardRequest> id, long seen, bool agree, string reason, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } now || caller is not { Person: not null, Client: null } || caller.Agency != now.Provider || await grants.Load(now.Grant, ct) is not { } grant) return Refusal.NotFound(id.ToString());
        if (!await IsHead(caller, ct)) return Refusal.Forbidden("share.onward-only-head") with { Article = Law.Order809(25) };
        if (now.State != OnwardState.Asked || now.Revision != seen) return Changed(now);
        reason = (reason ?? "").Trim();
        if (!agree && reason.Length == 0) return Refusal.Invalid(new FieldError("reason", "kernel.required"));
        if (reason.Length > 1000) return Refusal.Invalid(new FieldError("reason", "kernel.too-long", 1000, reason.Length));
        var at = clock.GetUtcNow();
        if (agree && (grant.State == GrantState.Ended || at >= grant.Until)) return Refusal.Conflict("share.onward-ended", grant.Number);
        return await Close(caller, now, agree ? OnwardState.Agreed : OnwardState.Refused, reason, at, ct);
    }

    /// <summary>The consumer takes the request back before it is decided.</summary>
    public async Task<Outcome<OnwardRequest>> Withdraw(Caller caller, Id<OnwardRequest> id, long seen, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } now || caller is not { Person: not null, Client: null } || caller.Agency != now.Consumer) return Refusal.NotFound(id.ToString());
        if (!(caller.Has(Role.Steward) || await IsHead(caller, ct))) return Refusal.Forbidden("share.onward-only-office");
        return now.State != OnwardState.Asked || now.Revision != seen ? Changed(now) : await Close(caller, now, OnwardState.Withdrawn, "", clock.GetUtcNow(), ct);
    }

    /// <summary>Requests on a grant, newest first, for its parties and the bureau in charge.</summary>
    public async Task<IReadOnlyList<OnwardRequest>> Of(Caller caller, Id<Grant> id, CancellationToken ct) =>
        await grants.Find(caller, id, ct) is null ? [] : await db.List($"select {Columns} from share_onward where grant_id = {id} order by asked_at desc, id desc limit 200", Read, ct);

    private async Task<Outcome<OnwardRequest>> Close(Caller caller, OnwardRequest now, OnwardState to, string reason, DateTimeOffset at, CancellationToken ct)
    {
        var outcome = await db.Commit<Outcome<OnwardRequest>>(async tx =>
        {
            var next = now with { State = to, Revision = now.Revision + 1, Reason = reason, DecidedAt = at };
            var proof = await Witness(tx, $"share.onward-{to.ToString().ToLowerInvariant()}", caller, next, at);
            next = next with { Proof = to == OnwardState.Agreed ? proof : null };
            if (await tx.Run(
                $"""
                update share_onward set state = {to}, revision = revision + 1, reason = {reason}, decided_by = {caller.Actor}, decided_at = {at}, proof = {next.Proof}
                where id = {now.Id} and revision = {now.Revision} and state = {OnwardState.Asked}
                """) == 0) throw new Abandoned(Changed(now));
            if (to != OnwardState.Withdrawn)
                await notices.Tell(tx, new Telling(NoticeKind.OnwardDecided, new Recipient(null, now.Consumer, Role.Steward)), new About(now.Id.ToString(), $"/desk/grants/{now.Grant}", [now.Number, now.Matter, ""]), at);
            if (to == OnwardState.Agreed) await grants.Widen(tx, now.Grant, new OnwardRight(now.Number, now.Kind, now.ThirdName, now.Matter, now.Until, proof), caller, at);
            return next;
        }, ct).OrRefusal();
        if (to == OnwardState.Agreed && !outcome.IsRefused) await grants.Follow(CancellationToken.None);
        return outcome;
    }

    private async Task<OnwardRequest?> Load(Id<OnwardRequest> id, CancellationToken ct) => await db.One($"select {Columns} from share_onward where id = {id}", Read, ct);

    private async Task<bool> IsHead(Caller caller, CancellationToken ct) => caller.Has(Role.SharingOfficeHead) || (await deputies.Of(caller, ct)).Count > 0;

    private static Refusal Changed(OnwardRequest now) => Refusal.Conflict("share.onward-changed", now.Number, new TextKey("share.onward-state." + now.State.ToString().ToLowerInvariant()));

    private Task<string> Witness(Tx tx, string kind, Caller caller, OnwardRequest o, DateTimeOffset at)
    {
        var facts = new Dictionary<string, string> { ["number"] = o.Number, ["kind"] = o.Kind.ToString(), ["matter"] = o.Matter, ["third"] = o.ThirdName, ["purpose"] = Applications.Digest(o.Purpose) };
        if (o.Reason is { Length: > 0 } reason) facts["reason"] = Applications.Digest(reason);
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"grant:{o.Grant}", at, facts) { Parties = [o.Provider.ToString(), o.Consumer.ToString()] });
    }

    private static Sql Part(Sql sql) => sql;

    private static OnwardRequest Read(DbDataReader r) => new(
        r.Id<OnwardRequest>(0), r.GetString(1), r.Id<Grant>(2), r.Id<Agency>(3), r.Id<Agency>(4), r.Kind<OnwardKind>(5), r.IdOrNull<Agency>(6), r.GetString(7), r.GetString(8), r.GetString(9), r.Instant(10),
        r.Kind<OnwardState>(11), r.GetInt64(12), r.TextOrNull(13), r.GetString(14), r.Instant(15), r.InstantOrNull(16), r.TextOrNull(17));
}

/// <summary>What can be asked for beyond a grant: pure rules.</summary>
public static class OnwardRules
{
    public static IReadOnlyList<FieldError> Check(NewOnward wish, Grant grant, DateTimeOffset at, Func<Id<Agency>, Agency?> find)
    {
        List<FieldError> found = [];
        if (string.IsNullOrWhiteSpace(wish.Matter)) found.Add(new("matter", "share.field.matter"));
        else if (wish.Matter.Length > 200) found.Add(new("matter", "kernel.too-long", 200, wish.Matter.Length));
        else if (wish.Kind == OnwardKind.WiderUse && grant.Matter.Length > 0 && wish.Matter.Trim() == grant.Matter) found.Add(new("matter", "share.onward.same"));
        if ((wish.Purpose ?? "").Trim().Length is < 4 or > 2000) found.Add(new("purpose", "share.onward.purpose"));
        var until = WorkCalendar.Begin(wish.Until == default || wish.Until == DateOnly.MaxValue ? DateOnly.MinValue.AddDays(2) : wish.Until.AddDays(1));
        if (until <= at || until > grant.Until) found.Add(new("until", "share.onward.until"));
        if (wish.Kind != OnwardKind.ThirdParty) return found;
        if (wish.Third is { } third && (find(third) is null || third == grant.ConsumerAgency || third == grant.Provider)) found.Add(new("third", "share.onward.third"));
        if (wish.Third is null && (wish.ThirdName ?? "").Trim().Length is < 2 or > 100) found.Add(new("third", "share.onward.third"));
        return found;
    }
}
