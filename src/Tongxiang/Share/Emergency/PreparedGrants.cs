using System.Data.Common;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>The front door of prepared grants: the consumer drafts and signs, the provider replies and signs, each side by two people; then it sleeps.</summary>
public sealed class PreparedGrants(
    Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, EntrySource entries, Deputies deputies, Notices notices, AssuranceSettings? floors = null)
{
    internal static readonly Sql Columns = Part(
        $"id, number, entry, provider, consumer, kind, area, state, revision, wish, reply, region_field, drafted_by, drafted_at, consumer_signed_by, consumer_proof, proposed_by, provider_signed_by, provider_proof, reason");

    /// <summary>The consumer's steward writes down what an emergency would need.</summary>
    public async Task<Outcome<PreparedGrant>> Draft(Caller caller, NewPrepared wish, CancellationToken ct)
    {
        if (caller is not { Person: { } person, Client: null, Agency: { } agency, IsGovernment: true }) return new Refusal(401, "share.sign-in");
        if (!caller.Has(Role.Steward) && !await IsHead(caller, ct)) return Refusal.Forbidden("share.prepared-only-office");
        if (await entries(wish.Entry, ct) is not { } entry || directory.Find(entry.Agency) is not { } provider) return Refusal.NotFound(wish.Entry.ToString());
        if (WishRules.May(Lane.Sharing, entry, provider, directory.Find(agency)) is { } refusal) return refusal;
        var at = clock.GetUtcNow();
        if (EmergencyRules.Check(wish, entry, WorkCalendar.Day(at), IsDivision) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]) with { Article = Law.Order809(20) };
        return await db.Commit(async tx =>
        {
            var made = new PreparedGrant(
                Id<PreparedGrant>.New(clock), await Applications.Number(tx, "YZ", at), wish.Entry, entry.Agency, agency, wish.Kind, wish.Area, PreparedState.Drafted, 1, wish.Wish, null, Blank(wish.RegionField), person, at, null, null, null, null, null, null);
            await tx.Run(
                $"""
                insert into share_prepared (id, number, entry, provider, consumer, kind, area, state, revision, wish, region_field, drafted_by, drafted_at, changed_at)
                values ({made.Id}, {made.Number}, {made.Entry}, {made.Provider}, {made.Consumer}, {made.Kind}, {made.Area}, {made.State}, 1, {Json(made.Wish)}, {made.RegionField}, {person}, {at}, {at})
                """);
            await Witness(tx, "share.prepared-drafted", caller, made, at);
            await Tell(tx, agency, Role.SharingOfficeHead, made, entry, at);
            return made;
        }, ct);
    }

    /// <summary>The consumer's head signs: this is the applicant's sign-off of every grant that comes of it (Order 809 art. 20).</summary>
    public Task<Outcome<PreparedGrant>> SignAsConsumer(Caller caller, Id<PreparedGrant> id, long seen, CancellationToken ct) => Step(caller, id, seen, PreparedState.Drafted, (now, entry) =>
        caller.Agency != now.Consumer ? Refusal.NotFound(id.ToString())
        : caller.Person == now.DraftedBy ? Refusal.Forbidden("share.prepared-own-draft", now.Number) with { Article = Law.Order809(20) }
        : now with { State = PreparedState.ConsumerSigned, ConsumerSignedBy = caller.Person }, true, "share.prepared-consumer-signed", (next, proof) => next with { ConsumerProof = proof }, ct);

    /// <summary>The provider's steward lays a reply beside it; like any reply it only narrows.</summary>
    public Task<Outcome<PreparedGrant>> Propose(Caller caller, Id<PreparedGrant> id, long seen, Reply reply, CancellationToken ct) => Step(caller, id, seen, PreparedState.ConsumerSigned, (now, entry) =>
    {
        if (caller.Agency != now.Provider) return Refusal.NotFound(id.ToString());
        if (!reply.IsConsent) return Refusal.Invalid(new FieldError("reply", "share.prepared-consent"));
        var errors = ReplyRules.Check(As(now, Far(now.Wish)), entry, reply with { Until = null }, floors);
        return errors.Count > 0 ? Refusal.Invalid([.. errors]) : now with { Reply = reply with { Until = null, Standing = null }, ProposedBy = caller.Person };
    }, false, "share.prepared-proposed", (next, _) => next, ct);

    /// <summary>The provider's head signs; from now on it sleeps until an emergency of its kind and area.</summary>
    public Task<Outcome<PreparedGrant>> SignAsProvider(Caller caller, Id<PreparedGrant> id, long seen, CancellationToken ct) => Step(caller, id, seen, PreparedState.ConsumerSigned, (now, entry) =>
        caller.Agency != now.Provider ? Refusal.NotFound(id.ToString())
        : now.Reply is not { } reply ? Refusal.Conflict("share.prepared-no-reply", now.Number)
        : caller.Person == now.ProposedBy ? Refusal.Forbidden("share.prepared-own-draft", now.Number) with { Article = Law.Order809(20) }
        : ReplyRules.Check(As(now, Far(now.Wish)), entry, reply, floors) is { Count: > 0 } errors ? Refusal.Invalid([.. errors])
        : now with { State = PreparedState.Ready, ProviderSignedBy = caller.Person, Reply = reply with { Fields = [.. reply.Fields.Select(f => FieldForms.Signed(f, Lane.Sharing, entry))] } }, true, "share.prepared-provider-signed", (next, proof) => next with { ProviderProof = proof }, ct);

    /// <summary>Either side's head takes it back; emergencies that run keep what they switched on.</summary>
    public Task<Outcome<PreparedGrant>> Revoke(Caller caller, Id<PreparedGrant> id, long seen, string reason, CancellationToken ct) => Step(caller, id, seen, null, (now, _) =>
        caller.Agency != now.Provider && caller.Agency != now.Consumer ? Refusal.NotFound(id.ToString())
        : now.State == PreparedState.Revoked ? Changed(now)
        : (reason ?? "").Trim() is not { Length: > 0 and <= 1000 } why ? Refusal.Invalid(new FieldError("reason", "kernel.required"))
        : now with { State = PreparedState.Revoked, Reason = why }, true, "share.prepared-revoked", (next, _) => next, ct);

    /// <summary>One of them, for both sides (the provider once it is signed) and the bureau in charge of the provider.</summary>
    public async Task<PreparedGrant?> Find(Caller caller, Id<PreparedGrant> id, CancellationToken ct) =>
        await Load(id, ct) is { } found && caller is { Person: not null, Agency: { } agency } && Sides.IsOffice(caller) && MaySee(agency, found) ? found : null;

    /// <summary>Those the caller's office has to do with, newest first.</summary>
    public async Task<IReadOnlyList<PreparedGrant>> List(Caller caller, CancellationToken ct)
    {
        if (caller is not { Person: not null, Agency: { } agency } || !Sides.IsOffice(caller)) return [];
        var overseen = caller.IsBureau ? directory.Agencies.Where(a => a.Bureau == agency).Select(a => a.Id).ToList() : [agency];
        return await db.List(
            $"select {Columns} from share_prepared where consumer = {agency} or (provider in {overseen} and state <> {PreparedState.Drafted}) order by changed_at desc, id desc limit 500", Read, ct);
    }

    /// <summary>It as the application that it would be on the day.</summary>
    internal static Application As(PreparedGrant p, Wish wish) => new(
        default, p.Number, Lane.Sharing, p.Entry, p.Provider, p.Consumer, p.DraftedBy, ApplicationState.Submitted, wish, false, false, null, null, null, false, p.DraftedAt, p.DraftedAt, p.DraftedAt, null, null);

    internal static PreparedGrant Read(DbDataReader r) => new(
        r.Id<PreparedGrant>(0), r.GetString(1), r.Id<Entry>(2), r.Id<Agency>(3), r.Id<Agency>(4), r.Kind<EmergencyKind>(5), r.GetString(6), r.Kind<PreparedState>(7), r.GetInt64(8), r.Json<Wish>(9),
        r.IsDBNull(10) ? null : r.Json<Reply>(10), r.TextOrNull(11), r.Id<Person>(12), r.Instant(13), r.IdOrNull<Person>(14), r.TextOrNull(15), r.IdOrNull<Person>(16), r.IdOrNull<Person>(17), r.TextOrNull(18), r.TextOrNull(19));

    private async Task<Outcome<PreparedGrant>> Step(
        Caller caller, Id<PreparedGrant> id, long seen, PreparedState? from, Func<PreparedGrant, Entry, Outcome<PreparedGrant>> change, bool byHead, string kind, Func<PreparedGrant, string, PreparedGrant> signed, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } now || await entries(now.Entry, ct) is not { } entry) return Refusal.NotFound(id.ToString());
        if (caller.Client is not null || (byHead ? !await IsHead(caller, ct) : !(caller.Has(Role.Steward) || await IsHead(caller, ct)))) return Refusal.Forbidden(byHead ? "share.prepared-only-head" : "share.prepared-only-office");
        if ((from is { } state && now.State != state) || now.Revision != seen) return Changed(now);
        var changed = change(now, entry);
        if (changed.IsRefused) return changed;
        var (at, next) = (clock.GetUtcNow(), changed.Value with { Revision = seen + 1 });
        return await db.Commit<Outcome<PreparedGrant>>(async tx =>
        {
            next = signed(next, await Witness(tx, kind, caller, next, at));
            if (await tx.Run(
                $"""
                update share_prepared set state = {next.State}, revision = {next.Revision}, reply = {(next.Reply is null ? null : Json(next.Reply))}, consumer_signed_by = {next.ConsumerSignedBy}, consumer_proof = {next.ConsumerProof},
                  proposed_by = {next.ProposedBy}, provider_signed_by = {next.ProviderSignedBy}, provider_proof = {next.ProviderProof}, reason = {next.Reason}, changed_at = {at}
                where id = {id} and revision = {seen}
                """) == 0) throw new Abandoned(Changed(now));
            await Tell(tx, next.State == PreparedState.ConsumerSigned ? next.Provider : next.Consumer, next.Reply is null ? Role.Steward : Role.SharingOfficeHead, next, entry, at);
            return next;
        }, ct).OrRefusal();
    }

    private bool MaySee(Id<Agency> agency, PreparedGrant p) => agency == p.Consumer || (p.State != PreparedState.Drafted && (agency == p.Provider || agency == directory.Find(p.Provider)?.Bureau));

    private async Task<PreparedGrant?> Load(Id<PreparedGrant> id, CancellationToken ct) => await db.One($"select {Columns} from share_prepared where id = {id}", Read, ct);

    private async Task<bool> IsHead(Caller caller, CancellationToken ct) => caller is { Person: not null, Client: null } && (caller.Has(Role.SharingOfficeHead) || (await deputies.Of(caller, ct)).Count > 0);

    private bool IsDivision(string code) => directory.Division(code, WorkCalendar.Day(clock.GetUtcNow())) is not null;

    // The term comes with the emergency; until then any day does for the checks of a reply.
    private static Wish Far(Wish wish) => wish with { Until = DateOnly.MaxValue };

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static Refusal Changed(PreparedGrant now) => Refusal.Conflict("share.prepared-changed", now.Number, new TextKey("share.prepared-state." + JsonNamingPolicy.KebabCaseLower.ConvertName(now.State.ToString())));

    private Task Tell(Tx tx, Id<Agency> agency, Role role, PreparedGrant p, Entry entry, DateTimeOffset at) => notices.Tell(
        tx, new Telling(NoticeKind.PreparedMoved, new Recipient(null, agency, role)), new About($"{p.Id}/{p.Revision}", $"/desk/prepared/{p.Id}", [p.Number, entry.Content.Name, ""]), at);

    private Task<string> Witness(Tx tx, string kind, Caller caller, PreparedGrant p, DateTimeOffset at)
    {
        var facts = new Dictionary<string, string> { ["number"] = p.Number, ["entry"] = p.Entry.ToString(), ["kind"] = p.Kind.ToString(), ["area"] = p.Area, ["wish"] = Applications.Digest(Json(p.Wish)) };
        if (p.Reply is { } reply) facts["reply"] = Applications.Digest(Json(reply));
        if (p.Reason is { } reason) facts["reason"] = Applications.Digest(reason);
        string[] parties = p.State == PreparedState.Drafted ? [] : [p.Consumer.ToString(), p.Provider.ToString()];
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"prepared:{p.Id}", at, facts) { Parties = parties });
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, Wire.Json);

    private static Sql Part(Sql sql) => sql;
}
