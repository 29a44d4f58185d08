using System.Data.Common;
using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>Disputes between departments (争议): negotiated, coordinated by the bureau above both, decided by its people's government; the way is found from the tree of divisions.</summary>
[Enforces(22)]
public sealed class Disputes(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, Notices notices, Deputies deputies, EntrySource entries)
{
    private const int MostOpen = 50;

    private static readonly Sql Columns = Part(
        $"""
        id, number, about, reference, entry, title, complainant, respondent, state, bureau, division, offer_by, offer, document, decided_on, revision, opened_at, changed_at, closed_at
        """);

    /// <summary>Opens a dispute: by the head of the complaining department's sharing office, against another department.</summary>
    public async Task<Outcome<Dispute>> Open(Caller caller, NewDispute said, CancellationToken ct)
    {
        if (caller is not { IsGovernment: true, Client: null, Person: not null, Agency: { } own }) return caller.IsAnonymous ? new Refusal(401, "share.sign-in") : Refusal.Forbidden("share.dispute-only-departments") with { Article = DisputeRules.Article };
        if (!await IsHead(caller, ct)) return Refusal.Forbidden("share.dispute-only-head") with { Article = DisputeRules.Article };
        var errors = DisputeRules.Check(said).ToList();
        if (said.Respondent == own || directory.Find(said.Respondent) is not { IsGovernment: true }) errors.Add(new FieldError("respondent", "share.dispute-field.respondent"));
        if (said.Entry is { } about && await entries(about, ct) is not { IsPublished: true }) errors.Add(new FieldError("entry", "share.dispute-field.entry"));
        if (errors.Count > 0) return Refusal.Invalid([.. errors]);
        if (await db.One($"select count(*) from share_dispute where complainant = {own} and closed_at is null", r => r.GetInt64(0), ct) >= MostOpen) return new Refusal(429, "share.dispute-many", MostOpen);
        var now = clock.GetUtcNow();
        return await db.Commit<Outcome<Dispute>>(async tx =>
        {
            var made = new Dispute(
                Id<Dispute>.New(clock), await Applications.Number(tx, "ZY", now), said.About, said.Reference.Trim(), said.Entry, said.Title.Trim(), own, said.Respondent, DisputeState.Negotiating, null, null, null, null, null, null,
                1, now, now, null);
            await tx.Run(
                $"""
                insert into share_dispute (id, number, about, reference, entry, title, complainant, respondent, state, revision, opened_at, changed_at)
                values ({made.Id}, {made.Number}, {made.About}, {made.Reference}, {made.Entry}, {made.Title}, {made.Complainant}, {made.Respondent}, {made.State}, {made.Revision}, {now}, {now})
                """);
            await Keep(tx, caller, made, DisputeStep.Open, made.State, said.Words.Trim(), now, ct);
            await Tell(tx, NoticeKind.DisputeOpened, made, made.Respondent, now);
            return made;
        }, ct);
    }

    /// <summary>Takes a step.</summary>
    /// <param name="seen">The revision it was decided on; null: whatever stands.</param>
    /// <param name="document">Number of the government's document, for a decision.</param>
    public async Task<Outcome<Dispute>> Take(Caller caller, Id<Dispute> id, DisputeStep step, long? seen, string words, string? document, DateOnly? on, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } now || DisputeRules.SideOf(caller, now) is not { } side) return Refusal.NotFound(id.ToString());
        if (seen is { } revision && revision != now.Revision) return await Changed(now, ct);
        var next = DisputeRules.Next(caller, now, side, step, await IsHead(caller, ct));
        if (next.IsRefused) return next.Refusal!;
        var at = clock.GetUtcNow();
        if (DisputeRules.Check(step, words, document, on, WorkCalendar.Day(at)) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var after = now with { State = next.Value, Revision = now.Revision + 1, ChangedAt = at, ClosedAt = next.Value is DisputeState.Settled or DisputeState.Decided or DisputeState.Withdrawn ? at : null };
        if (step == DisputeStep.Offer) after = after with { OfferBy = caller.Agency, Offer = words.Trim() };
        if (step == DisputeStep.Decide) after = after with { Document = document!.Trim(), DecidedOn = on };
        if (step == DisputeStep.Escalate)
        {
            if (Route(now) is not { } route) return Refusal.Conflict("share.dispute-no-bureau", now.Number) with { Article = DisputeRules.Article };
            after = after with { Bureau = route.Bureau, Division = route.Division };
        }
        var committed = await db.Commit(async tx =>
        {
            var changed = await tx.Run(
                $"""
                update share_dispute set state = {after.State}, bureau = {after.Bureau}, division = {after.Division}, offer_by = {after.OfferBy}, offer = {after.Offer}, document = {after.Document},
                  decided_on = {after.DecidedOn}, revision = {after.Revision}, changed_at = {at}, closed_at = {after.ClosedAt}
                where id = {id} and revision = {now.Revision}
                """);
            if (changed == 0) return false;
            await Keep(tx, caller, after, step, now.State, words.Trim(), at, ct);
            var kind = !after.IsOpen ? NoticeKind.DisputeClosed : step is DisputeStep.Escalate or DisputeStep.Refer ? NoticeKind.DisputeReferred : NoticeKind.DisputeMoved;
            foreach (var agency in new[] { after.Complainant, after.Respondent, after.Bureau }.OfType<Id<Agency>>().Where(a => a != caller.Agency)) await Tell(tx, kind, after, agency, at);
            return true;
        }, ct);
        return committed ? after : await Changed(now, ct);
    }

    /// <summary>The dispute as this caller sees it; null: it does not exist for the caller.</summary>
    public async Task<DisputeView?> Find(Caller caller, Id<Dispute> id, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } found || DisputeRules.SideOf(caller, found) is not { } side) return null;
        var steps = await db.List(
            $"select number, step, from_state, to_state, actor_name, agency, on_behalf, at, words, evidence from share_dispute_step where dispute = {id} order by number",
            r => new DisputeTaken(r.GetInt64(0), r.Kind<DisputeStep>(1), r.Kind<DisputeState>(2), r.Kind<DisputeState>(3), r.GetString(4), r.Id<Agency>(5), r.IdOrNull<Person>(6), r.Instant(7), r.GetString(8), r.GetString(9)), ct);
        return new DisputeView(found, side, steps, DisputeRules.Possible(caller, found, side, await IsHead(caller, ct)), found.State == DisputeState.Negotiating ? Route(found) : null);
    }

    /// <summary>Disputes of the caller's department on either side, newest first.</summary>
    public Task<Page<Dispute>> Mine(Caller caller, string? after, int limit, CancellationToken ct) =>
        Office(caller) is not { } agency ? Task.FromResult(new Page<Dispute>([], null)) : List(Part($"(complainant = {agency} or respondent = {agency})"), after, limit, ct);

    /// <summary>Disputes the caller's bureau coordinates, newest first.</summary>
    public Task<Page<Dispute>> Coordinated(Caller caller, string? after, int limit, CancellationToken ct) =>
        !caller.IsBureau || Office(caller) is not { } bureau ? Task.FromResult(new Page<Dispute>([], null)) : List(Part($"bureau = {bureau}"), after, limit, ct);

    /// <summary>Open disputes in which the next step is the caller's, or that the caller's bureau coordinates; oldest first.</summary>
    public async Task<IReadOnlyList<Dispute>> Due(Caller caller, DueScope scope, CancellationToken ct)
    {
        if (Office(caller) is not { } agency) return [];
        if (caller.IsBureau && (caller.Has(Role.BureauReviewer) || caller.Has(Role.BureauHead)))
            return await db.List($"select {Columns} from share_dispute where bureau = {agency} and state in ('Coordinating', 'Deciding') order by id limit 2000", Read, ct);
        if (scope == DueScope.Overseen || !await IsHead(caller, ct)) return [];
        // Who made the last offer waits for the other side.
        return await db.List($"select {Columns} from share_dispute where (complainant = {agency} or respondent = {agency}) and state = 'Negotiating' and (offer_by is null or offer_by <> {agency}) order by id limit 2000", Read, ct);
    }

    private async Task<Page<Dispute>> List(Sql where, string? after, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, 200);
        var last = Cursor.Read(after, 1) is [var key] && Id<Dispute>.TryParse(key, null, out var id) ? id.ToString() : "g";
        return Page<Dispute>.Of(await db.List($"select {Columns} from share_dispute where {where} and id < {last} order by id desc limit {limit + 1}", Read, ct), limit, d => [d.Id]);
    }

    private async Task<Dispute?> Load(Id<Dispute> id, CancellationToken ct) => await db.One($"select {Columns} from share_dispute where id = {id}", Read, ct);

    private DisputeRoute? Route(Dispute now) =>
        directory.Find(now.Complainant) is { } one && directory.Find(now.Respondent) is { } other ? DisputeRoute.Of(one, other, directory.Agencies) : null;

    private async Task<bool> IsHead(Caller caller, CancellationToken ct) => caller.Has(Role.SharingOfficeHead) || (await deputies.Of(caller, ct)).Count > 0;

    private async Task<Refusal> Changed(Dispute seen, CancellationToken ct)
    {
        var last = await db.One(
            $"select to_state, actor_name, at from share_dispute_step where dispute = {seen.Id} order by number desc limit 1", r => (To: r.Kind<DisputeState>(0), By: r.GetString(1), At: r.Instant(2)), ct);
        return Refusal.Conflict("share.dispute-changed", seen.Number, DisputeRules.Say(last.To), last.By, last.At.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
    }

    private async Task Keep(Tx tx, Caller caller, Dispute after, DisputeStep step, DisputeState from, string words, DateTimeOffset at, CancellationToken ct)
    {
        Id<Person>? behalf = caller.Has(Role.SharingOfficeHead) || caller.IsBureau || step == DisputeStep.Say ? null : await deputies.Of(caller, ct) is [var head, ..] ? head : null;
        var facts = new Dictionary<string, string> { ["number"] = after.Number, ["state"] = after.State.ToString(), ["words"] = Applications.Digest(words) };
        if (after.Bureau is { } bureau) facts["bureau"] = bureau.ToString();
        if (after.Document is { } document) facts["document"] = document;
        string[] parties = [.. new[] { after.Complainant, after.Respondent, after.Bureau }.OfType<Id<Agency>>().Select(a => a.ToString())];
        var id = await evidence.Append(tx, new Happening($"share.dispute-{step.ToString().ToLowerInvariant()}", caller.Actor, caller.Agency?.ToString(), $"dispute:{after.Id}", at, facts) { Parties = parties });
        await tx.Run(
            $"""
            insert into share_dispute_step (dispute, number, step, from_state, to_state, actor, actor_name, agency, on_behalf, at, words, evidence)
            values ({after.Id}, {after.Revision}, {step}, {from}, {after.State}, {caller.Actor}, {caller.Name}, {caller.Agency}, {behalf}, {at}, {words}, {id})
            """);
    }

    private Task Tell(Tx tx, NoticeKind kind, Dispute about, Id<Agency> agency, DateTimeOffset at)
    {
        var role = agency == about.Bureau ? Role.BureauReviewer : Role.SharingOfficeHead;
        return notices.Tell(tx, new Telling(kind, new Recipient(null, agency, role)), new About($"dispute:{about.Id}/{about.Revision}", $"/desk/disputes/{about.Id}", [about.Number, about.Title, ""]), at);
    }

    private static Id<Agency>? Office(Caller caller) => caller is { Person: not null, Client: null, Agency: { } agency } && Sides.IsOffice(caller) ? agency : null;

    private static Sql Part(Sql sql) => sql;

    private static Dispute Read(DbDataReader r) => new(
        r.Id<Dispute>(0), r.GetString(1), r.Kind<DisputeAbout>(2), r.GetString(3), r.IdOrNull<Entry>(4), r.GetString(5), r.Id<Agency>(6), r.Id<Agency>(7), r.Kind<DisputeState>(8), r.IdOrNull<Agency>(9),
        r.TextOrNull(10), r.IdOrNull<Agency>(11), r.TextOrNull(12), r.TextOrNull(13), r.DayOrNull(14), r.GetInt64(15), r.Instant(16), r.Instant(17), r.InstantOrNull(18));
}
