using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;
using Calendar = Tongxiang.Agencies.Calendar;

namespace Tongxiang.Share;

/// <summary>Finds an entry as it stands now, published or not.</summary>
public delegate ValueTask<Entry?> EntrySource(Id<Entry> id, CancellationToken ct);

/// <summary>The front door of applications, both lanes: one engine takes every step, and each step is one commit with its evidence and notices.</summary>
public sealed partial class Applications(
    Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, RulePack rules, Calendar calendar, EntrySource entries, Grants grants, Notices notices, Deputies deputies, AssuranceSettings? floors = null,
    Combining? combining = null, ServiceChanges? changes = null)
{
    /// <summary>What a step works with: who, when, and the world as it is.</summary>
    private sealed record Moment(Caller Caller, IReadOnlySet<Side> Sides, Application Now, Entry Entry, DateTimeOffset At, WorkCalendar Calendar, Move Move)
    {
        public DateOnly Day => WorkCalendar.Day(At);

        /// <summary>Whose signature the platform applies.</summary>
        public Id<Person>? OnBehalf { get; init; }
    }

    /// <summary>The application, if it is the caller's to see.</summary>
    public async Task<Application?> Find(Caller caller, Id<Application> id, CancellationToken ct)
    {
        var found = await Load(id, ct);
        return found is not null && Sides.MaySee(caller, found, BureauOf(found)) ? Sides.As(caller, found, BureauOf(found)) : null;
    }

    /// <summary>What happened so far, oldest first, as this caller may know it.</summary>
    public async Task<IReadOnlyList<StepTaken>> Steps(Caller caller, Application of, CancellationToken ct) =>
        [.. (await Steps(of.Id, ct)).Select(s => Sides.As(caller, of, BureauOf(of), s))];

    /// <summary>What happened so far, oldest first.</summary>
    public async Task<IReadOnlyList<StepTaken>> Steps(Id<Application> id, CancellationToken ct) =>
        await db.List($"select {ApplicationRows.StepColumns} from share_step where application = {id} order by number", ApplicationRows.ReadStep, ct);

    /// <summary>The steps this caller can take now.</summary>
    public async Task<IReadOnlyList<Step>> Possible(Caller caller, Application now, CancellationToken ct) =>
        Workflow.Possible(now, await SidesOf(caller, now, ct));

    /// <summary>The caller's own applications and those of the own agency, newest first.</summary>
    public async Task<Page<Application>> Mine(Caller caller, string? after, int limit, CancellationToken ct) =>
        caller.Person is not { } person ? new([], null) : await Listed(caller, caller.Agency is { } agency && Sides.IsOffice(caller) ? Where($"(applicant = {person} or applicant_agency = {agency})") : Where($"applicant = {person}"), after, limit, ct);

    /// <summary>Applications that reached the caller's agency as provider, newest first.</summary>
    public async Task<Page<Application>> Received(Caller caller, string? after, int limit, CancellationToken ct) =>
        caller.Agency is not { } agency || caller.Person is null || !Sides.IsOffice(caller) ? new([], null) : await Listed(caller, Where($"provider = {agency} and submitted_at is not null"), after, limit, ct);

    /// <summary>For the bureau: what its departments have to answer, and what is overdue.</summary>
    public async Task<Page<Application>> Overseen(Caller caller, bool overdueOnly, string? after, int limit, CancellationToken ct)
    {
        if (!caller.IsBureau || caller.Agency is not { } bureau || !Sides.IsOffice(caller)) return new([], null);
        var providers = directory.Agencies.Where(a => a.Bureau == bureau || a.Id == bureau).Select(a => a.Id).ToList();
        var late = overdueOnly ? Where($"and due_at < {clock.GetUtcNow()}") : Where($"");
        return await Listed(caller, Where($"provider in {providers} and submitted_at is not null {late}"), after, limit, ct);
    }

    internal async Task<Application?> Load(Id<Application> id, CancellationToken ct) =>
        await db.One($"select {ApplicationRows.Columns} from share_application where id = {id}", ApplicationRows.Read, ct);

    internal Id<Agency>? BureauOf(Application now) => directory.Find(now.Provider) is { } provider ? provider.Bureau ?? (provider.Kind == AgencyKind.Bureau ? provider.Id : null) : null;

    internal async Task<IReadOnlySet<Side>> SidesOf(Caller caller, Application now, CancellationToken ct) =>
        Sides.Of(caller, now, BureauOf(now), await deputies.Of(caller, ct));

    private async Task<Page<Application>> Listed(Caller caller, Sql where, string? after, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, 200);
        var place = Cursor.Read(after, 2) is [var at, var last] && long.TryParse(at, CultureInfo.InvariantCulture, out var ms)
            ? Where($"and (changed_at < {ms} or (changed_at = {ms} and id < {last}))")
            : Where($"");
        var rows = await db.List(
            $"select {ApplicationRows.Columns} from share_application where {where} {place} order by changed_at desc, id desc limit {limit + 1}", ApplicationRows.Read, ct);
        return Page<Application>.Of([.. rows.Select(a => Sides.As(caller, a, BureauOf(a)))], limit, a => [a.ChangedAt, a.Id]);
    }

    /// <summary>Takes a step: load, find the row of the workflow, let the rule change the application, commit with evidence and notices.</summary>
    /// <param name="seen">The revision the caller decided on; null: whatever stands.</param>
    /// <param name="also">What else belongs into the same commit; it may put the grant into the application.</param>
    private async Task<Outcome<Application>> Take(
        Caller caller, Id<Application> id, Step step, long? seen, string? reason, Func<Moment, Outcome<Application>> change, CancellationToken ct, Func<Tx, Moment, Application, string, Task<Application>>? also = null,
        Id<Person>? onBehalf = null)
    {
        var now = await Load(id, ct);
        if (now is null || !Sides.MaySee(caller, now, BureauOf(now))) return Refusal.NotFound(id.ToString());
        if (seen is { } revision && revision != now.Revision) return await Decided(now, ct);
        var sides = await SidesOf(caller, now, ct);
        if (Workflow.Find(now, step, sides) is { IsRefused: true } impossible) return impossible.Refusal!;
        var move = Workflow.Find(now, step, sides).Value;
        if (Answerable(now, step) is { } agency && OfficeDuty.Lacking(directory, agency) is { } lacking) return lacking;
        if (move.NeedsReason && string.IsNullOrWhiteSpace(reason)) return new Refusal(422, "share.reason-required", Say.Step(step)) { Article = move.Article };
        if (reason is { Length: > 4000 }) return Refusal.Invalid(new FieldError("reason", "kernel.too-long", 4000, reason.Length));
        if (await entries(now.Entry, ct) is not { } entry) return Refusal.NotFound(now.Entry.ToString());
        var moment = new Moment(caller, sides, now, entry, clock.GetUtcNow(), calendar.Current, move) { OnBehalf = onBehalf };
        if (change(moment) is var changed && changed.IsRefused) return changed.Refusal!;
        return await Commit(moment, Finish(moment, changed.Value), reason, also, ct);
    }

    // Order 809 art. 11: whose sharing office answers for a step that submits or approves; null for the others.
    private static Id<Agency>? Answerable(Application now, Step step) => step switch
    {
        Step.Propose or Step.Agree or Step.Submit => now.ApplicantAgency,
        Step.ProposeReply or Step.Consent or Step.Refuse => now.Provider,
        _ => null,
    };

    private async Task<Outcome<Application>> Commit(Moment m, Application next, string? reason, Func<Tx, Moment, Application, string, Task<Application>>? also, CancellationToken ct)
    {
        var onBehalf = m.OnBehalf ?? await deputies.ActsFor(m.Caller, m.Move, ct);
        try
        {
            return await Saved(m, next, reason, onBehalf, also, ct) is { } saved ? saved : await Decided((await Load(m.Now.Id, ct))!, ct);
        }
        catch (Abandoned e)
        {
            return e.Refusal;
        }
    }

    private async Task<Application?> Saved(Moment m, Application next, string? reason, Id<Person>? onBehalf, Func<Tx, Moment, Application, string, Task<Application>>? also, CancellationToken ct)
    {
        var saved = await db.Commit(async tx =>
        {
            if (!await ApplicationRows.Save(tx, next)) return null;
            var proof = await Witness(tx, m, next, reason);
            await ApplicationRows.Record(tx, next.Id, Taken(m, next, reason, onBehalf, proof));
            var final = also is null ? next : await also(tx, m, next, proof);
            if (final.Grant != next.Grant) await tx.Run($"update share_application set grant_id = {final.Grant} where id = {final.Id}");
            await notices.Tell(tx, NoticeRules.For(m.Move.Step, final, BureauOf(final)), final, m.Entry, m.At);
            await Changes.Record(tx, "application", final.Id.ToString(), m.At);
            return final;
        }, ct);
        if (saved?.Grant is not null) await grants.Follow(CancellationToken.None);
        return saved;
    }

    /// <summary>The other's decision, shown to whoever came second.</summary>
    private async Task<Refusal> Decided(Application now, CancellationToken ct)
    {
        if (await Steps(now.Id, ct) is not [.., var last]) return Refusal.Conflict("share.wrong-state", now.Number, Say.Step(Step.Edit), Say.State(now.State));
        var at = TimeZoneInfo.ConvertTime(last.At, WorkCalendar.Zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return Refusal.Conflict("share.already-decided", now.Number, Say.Step(last.Step), Say.State(now.State), last.ActorName, at);
    }

    private static Application Finish(Moment m, Application changed)
    {
        var state = Workflow.Next(m.Move, changed.SupplementOpen, changed.DeliveredAt is not null);
        var next = changed with { State = state, Revision = m.Now.Revision + 1, ChangedAt = m.At, Holder = state == m.Now.State ? changed.Holder : null };
        if (Workflow.IsFinal(state) || state is ApplicationState.InUse or ApplicationState.Ended or ApplicationState.Draft) next = next with { Clock = null };
        return Dated(next, m.Now.Clock?.Rule, m.Calendar);
    }

    /// <summary>Puts the clock's due day and next notice into the columns that lists and chores read.</summary>
    internal static Application Dated(Application a, string? earlierRule, WorkCalendar calendar)
    {
        if (a.Clock is not { } clock) return a with { DueAt = null, DueRule = null, DueIsProvisional = false, Noticed = 0, NextNoticeAt = null };
        if (clock.PausedAt is not null) return a with { DueAt = null, DueRule = clock.Rule, DueIsProvisional = false, NextNoticeAt = null };
        var due = Timing.Due(clock, calendar);
        var noticed = clock.Rule == earlierRule ? a.Noticed : 0;
        return a with { DueAt = WorkCalendar.EndOf(due.Day), DueRule = clock.Rule, DueIsProvisional = due.IsProvisional, Noticed = noticed, NextNoticeAt = Timing.NextNotice(clock, noticed, calendar) };
    }

    private Task<string> Witness(Tx tx, Moment m, Application next, string? reason)
    {
        var facts = new Dictionary<string, string>
        {
            ["number"] = next.Number,
            ["lane"] = next.Lane.ToString(),
            ["entry"] = next.Entry.ToString(),
            ["from"] = m.Now.State.ToString(),
            ["to"] = next.State.ToString(),
            ["side"] = SideOf(m).ToString(),
            ["wish"] = Digest(System.Text.Json.JsonSerializer.Serialize(next.Wish, Wire.Json)),
        };
        if (next.DueRule is { } rule) facts["rule"] = rule;
        if (next.DueAt is { } due) facts["dueAt"] = due.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        // A reason is people's words: its digest proves it, its text stays with the parties.
        if (reason is not null) facts["reason"] = Digest(reason);
        if (next.Reply is { } reply) facts["reply"] = Digest(System.Text.Json.JsonSerializer.Serialize(reply, Wire.Json));
        string[] parties = [.. new[] { next.ApplicantAgency, next.Provider, BureauOf(next) }.OfType<Id<Agency>>().Select(a => a.ToString()).Distinct()];
        var kind = "share." + Say.Step(m.Move.Step).Key["share.step.".Length..];
        return evidence.Append(tx, new Happening(kind, m.Caller.Actor, m.Caller.Agency?.ToString(), $"application:{next.Id}", m.At, facts) { Parties = parties });
    }

    private static StepTaken Taken(Moment m, Application next, string? reason, Id<Person>? onBehalf, string proof) => new(
        m.Now.Revision, m.Move.Step, m.Now.State, next.State, m.Caller.Actor, m.Caller.Name, m.Caller.Agency, SideOf(m), onBehalf, m.At, reason,
        next.DueRule ?? m.Now.DueRule, m.Move.Article, proof);

    // A head who may act as the steward too acts as the head.
    private static Side SideOf(Moment m) => m.Move.Sides.Contains(Side.ProviderHead) && m.Sides.Contains(Side.ProviderHead) ? Side.ProviderHead : m.Move.Sides.First(m.Sides.Contains);

    internal static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static Sql Where(Sql sql) => sql;
}
