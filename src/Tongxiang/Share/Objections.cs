using System.Data.Common;
using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>Objections of people and companies (异议): to data about them or a decision on them, answered by the provider with reasons in the time of the local rule.</summary>
public sealed partial class Objections(
    Db db, TimeProvider clock, EvidenceLog evidence, NodeKey node, Directory directory, RulePack rules, Deadlines deadlines, Agencies.Calendar calendar, Notices notices, Corrections corrections, Func<Id<Entry>, Entry?> published)
{
    private static readonly Sql Columns = Part(
        $"id, number, about, person, company, provider, entry, state, outcome, correction, rule, is_extended, due_at, due_provisional, revision, filed_at, closed_at");

    /// <summary>Files an objection: a signed-in citizen for himself, a company's user for the company.</summary>
    public async Task<Outcome<Objection>> File(Caller caller, NewObjection said, CancellationToken ct)
    {
        if (caller.IsAnonymous) return new Refusal(401, "share.sign-in");
        if (caller is not { Client: null, Person: { } person } || !(caller.Has(Role.Citizen) || caller.Has(Role.CompanyUser)) || caller.IsGovernment) return Refusal.Forbidden("share.objection-only-people");
        var errors = ObjectionRules.Check(said).ToList();
        var entry = said.Entry is { } about ? published(about) : null;
        // What is closed to the public does not exist for it: such data are objected to in words.
        if (said.Entry is not null && entry is not { IsPublic: true }) errors.Add(new FieldError("entry", "share.objection-field.entry"));
        if (directory.Find(said.Provider) is not { IsGovernment: true } || (entry is { IsPublic: true } && entry.Agency != said.Provider)) errors.Add(new FieldError("provider", "share.objection-field.provider"));
        if (errors.Count > 0) return Refusal.Invalid([.. errors]);
        if (await db.One($"select count(*) from share_objection where person = {person} and closed_at is null", r => r.GetInt64(0), ct) >= ObjectionRules.MostOpen) return new Refusal(429, "share.objection-many", ObjectionRules.MostOpen);
        var now = clock.GetUtcNow();
        var rule = ObjectionRules.ClockOf(said.About, rules, WorkCalendar.Day(now));
        var due = deadlines.Due(rule.Id, now);
        var running = new Clock(rule.Id, now, rule.Value!.Value, 0, 0, null);
        return await db.Commit<Outcome<Objection>>(async tx =>
        {
            var made = new Objection(
                Id<Objection>.New(clock), await Applications.Number(tx, "YB", now), said.About, person, caller.Agency, said.Provider, said.Entry, ObjectionState.Open, null, null, rule.Id, false, due.DueAt, due.IsProvisional, 1, now, null);
            var content = SealedWords.Close(node, Place(made.Id), new ObjectionContent(said.Reference.Trim(), said.Words.Trim(), said.Wish.Trim()));
            await tx.Run(
                $"""
                insert into share_objection (id, number, about, person, company, provider, entry, content, state, rule, days, is_extended, due_at, due_provisional, next_notice_at, noticed, revision, filed_at)
                values ({made.Id}, {made.Number}, {made.About}, {person}, {made.Company}, {made.Provider}, {made.Entry}, {content}, {made.State}, {made.Rule}, {running.Days}, {0}, {made.DueAt}, {made.DueIsProvisional},
                  {Timing.NextNotice(running, 0, calendar.Current)}, {0}, {1}, {now})
                """);
            await Keep(tx, caller, made, ObjectionStep.File, "", now);
            foreach (var role in new[] { Role.Steward, Role.SharingOfficeHead }) await Tell(tx, NoticeKind.ObjectionFiled, new Recipient(null, made.Provider, role), made, now);
            return made;
        }, ct);
    }

    /// <summary>The objection as this caller sees it; null: it does not exist for the caller.</summary>
    public async Task<ObjectionView?> Find(Caller caller, Id<Objection> id, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } found) return null;
        var (isOwn, isProviders) = (ObjectionRules.IsOwn(caller, found), ObjectionRules.IsProviders(caller, found));
        if (!isOwn && !isProviders && !IsOverseer(caller, found)) return null;
        var reads = isOwn || isProviders;
        var content = reads ? SealedWords.Open<ObjectionContent>(node, Place(id), await db.One($"select content from share_objection where id = {id}", r => r.Bytes(0), ct) ?? []) : null;
        var steps = await db.List(
            $"select number, step, actor_name, agency, at, words, evidence from share_objection_step where objection = {id} order by number",
            r => new ObjectionTaken(
                r.GetInt64(0), r.Kind<ObjectionStep>(1), isOwn && r.IdOrNull<Agency>(3) == found.Provider ? "" : r.GetString(2), r.IdOrNull<Agency>(3), r.Instant(4),
                r.IsDBNull(5) || !reads ? null : SealedWords.Open<string>(node, $"{Place(id)}/{r.GetInt64(0)}", r.Bytes(5)), r.GetString(6)), ct);
        return new ObjectionView(found, isOwn, content?.Reference, content?.Words, content?.Wish, steps, ObjectionRules.Possible(caller, found));
    }

    /// <summary>The caller's own, newest first.</summary>
    public Task<Page<Objection>> Mine(Caller caller, string? after, int limit, CancellationToken ct)
    {
        if (caller is not { Client: null, Person: { } person }) return Task.FromResult(new Page<Objection>([], null));
        return List(caller.Agency is { } company && caller.Has(Role.CompanyUser) ? Part($"(person = {person} or company = {company})") : Part($"person = {person}"), after, limit, ct);
    }

    /// <summary>Those the caller's department has to answer or answered, newest first.</summary>
    public Task<Page<Objection>> Received(Caller caller, string? after, int limit, CancellationToken ct) =>
        Office(caller) is not { } agency ? Task.FromResult(new Page<Objection>([], null)) : List(Part($"provider = {agency}"), after, limit, ct);

    /// <summary>For the bureau: those to departments in its charge, without their words.</summary>
    public Task<Page<Objection>> Overseen(Caller caller, string? after, int limit, CancellationToken ct)
    {
        if (!caller.IsBureau || Office(caller) is not { } bureau) return Task.FromResult(new Page<Objection>([], null));
        var providers = directory.Agencies.Where(a => a.Bureau == bureau || a.Id == bureau).Select(a => a.Id).ToList();
        return List(Part($"provider in {providers}"), after, limit, ct);
    }

    /// <summary>Open ones that wait for the caller's department, or for a department in the bureau's charge; oldest first.</summary>
    public async Task<IReadOnlyList<Objection>> Due(Caller caller, DueScope scope, CancellationToken ct)
    {
        if (Office(caller) is not { } agency || !(scope == DueScope.Own ? caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead) : caller.IsBureau)) return [];
        var providers = scope == DueScope.Own ? [agency] : directory.Agencies.Where(a => a.Bureau == agency || a.Id == agency).Select(a => a.Id).ToList();
        return await db.List($"select {Columns} from share_objection where provider in {providers} and closed_at is null order by due_at, id limit 2000", Read, ct);
    }

    /// <summary>How many open ones wait for the caller's department.</summary>
    public async Task<long> Waiting(Caller caller, CancellationToken ct) =>
        Office(caller) is { } agency && (caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead))
            ? await db.One($"select count(*) from share_objection where provider = {agency} and closed_at is null", r => r.GetInt64(0), ct)
            : 0;

    private async Task<Page<Objection>> List(Sql where, string? after, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, 200);
        var last = Cursor.Read(after, 1) is [var key] && Id<Objection>.TryParse(key, null, out var id) ? id.ToString() : "g";
        return Page<Objection>.Of(await db.List($"select {Columns} from share_objection where {where} and id < {last} order by id desc limit {limit + 1}", Read, ct), limit, o => [o.Id]);
    }

    private async Task<Objection?> Load(Id<Objection> id, CancellationToken ct) => await db.One($"select {Columns} from share_objection where id = {id}", Read, ct);

    private bool IsOverseer(Caller caller, Objection now) => caller is { IsBureau: true, Client: null } && Office(caller) is { } bureau && directory.Find(now.Provider)?.Bureau == bureau;

    private static Id<Agency>? Office(Caller caller) => caller is { IsGovernment: true, Person: not null, Client: null, Agency: { } agency } && Sides.IsOffice(caller) ? agency : null;

    private async Task Keep(Tx tx, Caller caller, Objection after, ObjectionStep step, string words, DateTimeOffset at)
    {
        var facts = new Dictionary<string, string> { ["number"] = after.Number, ["state"] = after.State.ToString(), ["rule"] = after.Rule, ["due"] = after.DueAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) };
        if (after.Outcome is { } outcome) facts["outcome"] = outcome.ToString();
        if (after.Correction is { } correction) facts["correction"] = correction.ToString();
        var id = await evidence.Append(tx, new Happening($"share.objection-{KindOf(step)}", caller.Actor, caller.Agency?.ToString(), Place(after.Id), at, facts) { Parties = [after.Provider.ToString()] });
        var lies = words.Length == 0 ? null : SealedWords.Close(node, $"{Place(after.Id)}/{after.Revision}", words);
        await tx.Run(
            $"""
            insert into share_objection_step (objection, number, step, actor, actor_name, agency, at, words, evidence)
            values ({after.Id}, {after.Revision}, {step}, {caller.Actor}, {caller.Name}, {caller.Agency}, {at}, {lies}, {id})
            """);
    }

    private Task Tell(Tx tx, NoticeKind kind, Recipient to, Objection about, DateTimeOffset at)
    {
        var day = WorkCalendar.Day(about.DueAt).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var link = to.Agency is not null && to.Agency == about.Provider ? $"/desk/objections/{about.Id}" : $"/me/objections/{about.Id}";
        return notices.Tell(tx, new Telling(kind, to), new About($"{Place(about.Id)}/{about.Revision}", link, [about.Number, directory.Find(about.Provider)?.Name ?? "", day]), at);
    }

    private static string KindOf(ObjectionStep step) => step switch
    {
        ObjectionStep.File => "filed",
        ObjectionStep.Say => "added-to",
        ObjectionStep.Extend => "extended",
        ObjectionStep.OpenCorrection => "correction-opened",
        ObjectionStep.Answer => "answered",
        _ => "withdrawn",
    };

    private static string Place(Id<Objection> id) => $"objection:{id}";

    private static Sql Part(Sql sql) => sql;

    private static Objection Read(DbDataReader r) => new(
        r.Id<Objection>(0), r.GetString(1), r.Kind<ObjectionAbout>(2), r.Id<Person>(3), r.IdOrNull<Agency>(4), r.Id<Agency>(5), r.IdOrNull<Entry>(6), r.Kind<ObjectionState>(7),
        r.IsDBNull(8) ? null : r.Kind<ObjectionOutcome>(8), r.IdOrNull<Correction>(9), r.GetString(10), r.Flag(11), r.Instant(12), r.Flag(13), r.GetInt64(14), r.Instant(15), r.InstantOrNull(16));
}
