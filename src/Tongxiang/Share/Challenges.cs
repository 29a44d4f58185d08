using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

public enum ChallengeState { Open, Answered }

/// <summary>A person asks why a department looked at his data; the department answers.</summary>
/// <param name="Place">The look, by its place in the evidence log.</param>
/// <param name="Consumer">The department that looked.</param>
public sealed record Challenge(
    Id<Challenge> Id, string Number, Id<Person> Person, long Place, string Resource, Id<Agency> Provider, Id<Agency>? Consumer, string Body, ChallengeState State, string Answer,
    DateTimeOffset CreatedAt, DateTimeOffset? AnsweredAt);

/// <summary>Challenges (异议) to looks: a task for the department that looked and a notice to the provider, answered to the person.</summary>
public sealed class Challenges(Db db, TimeProvider clock, EvidenceLog evidence, OwnLooks looks, Func<string, Entry?> bySlug)
{
    private static readonly Sql Columns = Part($"id, number, person, place, resource, provider, consumer, body, state, answer, created_at, answered_at");

    /// <summary>Challenges one of the caller's own looks; once, the same number comes back afterwards.</summary>
    public async Task<Outcome<Challenge>> File(Caller caller, long place, string body, CancellationToken ct)
    {
        if (caller is not { Person: { } person, Client: null }) return new Refusal(401, "share.sign-in");
        if (body.Trim().Length is < 5 or > 1000) return Refusal.Invalid(new FieldError("body", "share.field.challenge", body.Trim().Length));
        if (await looks.Find(caller, place, ct) is not { } look || bySlug(look.Resource) is not { } entry) return Refusal.NotFound(place.ToString(CultureInfo.InvariantCulture));
        var now = clock.GetUtcNow();
        return await db.Commit<Outcome<Challenge>>(async tx =>
        {
            if (await tx.One($"select {Columns} from share_challenge where person = {person} and place = {place}", Read) is { } same) return same;
            var day = WorkCalendar.Day(now).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
            var next = await tx.Next($"challenge:{day}");
            var number = string.Create(CultureInfo.InvariantCulture, $"YY{day}-{next:0000}");
            var made = new Challenge(Id<Challenge>.New(clock), number, person, place, look.Resource, entry.Agency, look.Agency, body.Trim(), ChallengeState.Open, "", now, null);
            await tx.Run(
                $"""
                insert into share_challenge (id, number, person, place, resource, provider, consumer, body, state, answer, created_at)
                values ({made.Id}, {number}, {person}, {place}, {made.Resource}, {made.Provider}, {made.Consumer}, {made.Body}, {made.State}, '', {now})
                """);
            foreach (var agency in new[] { made.Consumer, made.Provider }.OfType<Id<Agency>>().Distinct())
                await Tell(tx, NoticeKind.LookChallenged, new Recipient(null, agency, Role.SharingOfficeHead), made, entry, now);
            await evidence.Append(tx, Said(caller, made, "share.look-challenged", now));
            return made;
        }, ct);
    }

    /// <summary>The answer to the person: by the head of the department that looked, or of the provider.</summary>
    public async Task<Outcome<Challenge>> Answer(Caller caller, Id<Challenge> id, string answer, CancellationToken ct)
    {
        if (answer.Trim().Length is < 5 or > 1000) return Refusal.Invalid(new FieldError("answer", "share.field.challenge", answer.Trim().Length));
        var now = clock.GetUtcNow();
        return await db.Commit<Outcome<Challenge>>(async tx =>
        {
            if (await tx.One($"select {Columns} from share_challenge where id = {id}", Read) is not { } found || !MayAnswer(caller, found)) return Refusal.NotFound(id.ToString());
            var changed = await tx.Run(
                $"update share_challenge set state = {ChallengeState.Answered}, answer = {answer.Trim()}, answered_by = {caller.Actor}, answered_at = {now} where id = {id} and state = 'Open'");
            if (changed == 0) return Refusal.Conflict("share.challenge-answered", found.Number);
            var after = found with { State = ChallengeState.Answered, Answer = answer.Trim(), AnsweredAt = now };
            if (bySlug(found.Resource) is { } entry) await Tell(tx, NoticeKind.LookAnswered, new Recipient(found.Person, null, null), after, entry, now);
            await evidence.Append(tx, Said(caller, after, "share.look-answered", now));
            return after;
        }, ct);
    }

    /// <summary>The person's own, newest first.</summary>
    public async Task<IReadOnlyList<Challenge>> Mine(Caller caller, CancellationToken ct) => caller is not { Person: { } person, Client: null } ? []
        : await db.List($"select {Columns} from share_challenge where person = {person} order by created_at desc, id desc limit 500", Read, ct);

    /// <summary>Those that concern the caller's agency, the open ones first.</summary>
    public async Task<IReadOnlyList<Challenge>> OfAgency(Caller caller, CancellationToken ct) => caller is not { IsGovernment: true, Agency: { } agency } ? []
        : await db.List($"select {Columns} from share_challenge where provider = {agency} or consumer = {agency} order by state desc, created_at desc, id desc limit 500", Read, ct);

    /// <summary>Who answers: a head or steward of one of the two departments. The person's name is not shown to them by the challenge itself.</summary>
    public static bool MayAnswer(Caller caller, Challenge challenge) =>
        caller is { IsGovernment: true, Client: null, Agency: { } agency } && (agency == challenge.Provider || agency == challenge.Consumer) && (caller.Has(Role.SharingOfficeHead) || caller.Has(Role.Steward));

    private static async Task Tell(Tx tx, NoticeKind kind, Recipient to, Challenge about, Entry entry, DateTimeOffset at)
    {
        var args = JsonSerializer.Serialize(new[] { about.Number, entry.Content.Name, "" }, Wire.Json);
        var (id, once, link) = (new Id<Notice>(Guid.CreateVersion7(at)), $"{about.Id}/{kind}/{to}", to.Person is null ? "/desk/challenges" : "/me/disclosures");
        await tx.Run(
            $"""
            insert into share_notice (id, once_key, kind, to_person, to_agency, to_role, args, at, link)
            values ({id}, {once}, {kind}, {to.Person}, {to.Agency}, {to.Role?.ToString()}, {args}, {at}, {link})
            on conflict (once_key) do nothing
            """);
    }

    private static Happening Said(Caller caller, Challenge about, string kind, DateTimeOffset at) =>
        new(kind, caller.Actor, caller.Agency?.ToString(), $"challenge:{about.Id}", at, new Dictionary<string, string> { ["number"] = about.Number, ["entry"] = about.Place.ToString(CultureInfo.InvariantCulture), ["resource"] = about.Resource })
        {
            Parties = [about.Provider.ToString(), .. about.Consumer is { } consumer ? new[] { consumer.ToString() } : []],
        };

    private static Sql Part(Sql sql) => sql;

    private static Challenge Read(DbDataReader r) => new(
        r.Id<Challenge>(0), r.GetString(1), r.Id<Person>(2), r.GetInt64(3), r.GetString(4), r.Id<Agency>(5), r.IdOrNull<Agency>(6), r.GetString(7), r.Kind<ChallengeState>(8), r.GetString(9),
        r.Instant(10), r.InstantOrNull(11));
}
