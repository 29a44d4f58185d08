using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Everything one entry needs to be published at once, each step by its own person.</summary>
public sealed record Enrolment(EntryContent Content, string? Slug, Caller Steward, Caller Head, Caller Reviewer, string SecrecyRisk, string PersonalInformationImpact);

public sealed partial class Entries
{
    private const int LongestNote = 2000;

    /// <summary>The steward hands the newest content to the head: it must be complete and carry both assessments.</summary>
    public Task<Outcome<Entry>> Submit(Caller caller, Id<Entry> id, long revision, CancellationToken ct, string note = "") => Run(tx => Take(tx, Step.Submitted, caller, id, revision, note), caller, ct);

    /// <summary>The head approves, and with that submits to the bureau, whose two working days begin.</summary>
    public Task<Outcome<Entry>> Approve(Caller caller, Id<Entry> id, long revision, CancellationToken ct, string note = "") => Run(tx => Take(tx, Step.Approved, caller, id, revision, note), caller, ct);

    /// <summary>Head or bureau sends it back to the steward with a reason.</summary>
    public Task<Outcome<Entry>> Return(Caller caller, Id<Entry> id, long revision, string reason, CancellationToken ct) => Run(tx => Take(tx, Step.Returned, caller, id, revision, reason), caller, ct);

    /// <summary>The steward takes it back before it is decided.</summary>
    public Task<Outcome<Entry>> Recall(Caller caller, Id<Entry> id, long revision, CancellationToken ct, string note = "") => Run(tx => Take(tx, Step.Recalled, caller, id, revision, note), caller, ct);

    /// <summary>The bureau publishes: the content comes into force and is announced to all departments (art. 16).</summary>
    public async Task<Outcome<Entry>> Publish(Caller caller, Id<Entry> id, long revision, CancellationToken ct, string note = "") => await Held(caller, id, ct) is { } held ? held : await Run(tx => Take(tx, Step.Published, caller, id, revision, note), caller, ct);

    /// <summary>Takes the entry out of use for good; a tombstone with code and address name stays.</summary>
    /// <param name="successor">Code of the published entry that takes its place.</param>
    public Task<Outcome<Entry>> Retire(Caller caller, Id<Entry> id, long revision, string reason, CancellationToken ct, string? successor = null) =>
        Run(tx => Take(tx, Step.Retired, caller, id, revision, reason, string.IsNullOrWhiteSpace(successor) ? null : successor.Trim()), caller, ct);

    /// <summary>Drafts, assesses, approves and publishes many entries in one commit: all of them or, when a rule refuses one, none.</summary>
    public async Task<Outcome<IReadOnlyList<Entry>>> Enrol(IReadOnlyList<Enrolment> enrolments, CancellationToken ct)
    {
        try
        {
            var entries = await db.Commit(async tx =>
            {
                var done = new List<Entry>(enrolments.Count);
                foreach (var one in enrolments) done.Add(await Enrol(tx, one));
                return done;
            }, ct);
            await catalogue.Follow(ct);
            return Of<IReadOnlyList<Entry>>(entries);
        }
        catch (Refused e)
        {
            return e.Refusal;
        }
    }

    private async Task<Entry> Enrol(Tx tx, Enrolment one)
    {
        var entry = Must(await Draft(tx, one.Steward, one.Content, one.Slug));
        Must(await Assess(tx, one.Steward, entry.Id, AssessmentKind.SecrecyRisk, one.SecrecyRisk));
        Must(await Assess(tx, one.Steward, entry.Id, AssessmentKind.PersonalInformationImpact, one.PersonalInformationImpact));
        Must(await Take(tx, Step.Submitted, one.Steward, entry.Id, 1, ""));
        Must(await Take(tx, Step.Approved, one.Head, entry.Id, 1, ""));
        return Must(await Take(tx, Step.Published, one.Reviewer, entry.Id, 1, ""));
    }

    private async Task<Outcome<Entry>> Take(Tx tx, Step step, Caller caller, Id<Entry> id, long revision, string note, string? successor = null, string? signing = null)
    {
        if (await Load(tx, id) is not { } row || BureauOf(row.Entry.Agency) is not { } bureau) return Refusal.NotFound("catalog.entry");
        var entry = row.Entry;
        Id<Person>? principal = null;
        if (EntryFlow.Check(step, entry, caller, bureau) is { } not)
        {
            if (await Principal(step, caller, tx.Ct) is not { } head || EntryFlow.Check(step, entry, AsHead(caller), bureau) is not null) return not;
            if (step == Step.Approved && await IsAuthor(tx, row, caller)) return Refusal.Forbidden("catalog.own-approval") with { Article = "Order 809 art. 13" };
            principal = head;
        }
        if (entry.LatestRevision != revision) return Refusal.Conflict("catalog.edited-meanwhile", revision, entry.LatestRevision);
        // Order 809 art. 11: without a sharing office and a steward a department submits and approves nothing.
        if (step is Step.Submitted or Step.Approved && OfficeDuty.Lacking(directory, entry.Agency) is { } lacking) return lacking;
        if (NoteRule(step, note) is { } bad) return bad;
        if (await Ready(tx, step, row, caller) is { } unready) return unready;
        if (running is not null && Endangers(step, entry) && await running(entry, step == Step.Retired ? null : entry.Draft, tx.Ct) is { } used) return used;
        if (successor is not null && await tx.One($"select count(*) from catalog_entry where code = {successor} and state = {EntryState.Published} and id <> {id}", r => r.GetInt64(0)) == 0)
            return Refusal.Invalid(new FieldError("successor", "catalog.no-such-successor", successor));

        var now = clock.GetUtcNow();
        if (!await Turn(tx, row)) return Refusal.Conflict("catalog.edited-meanwhile", revision, entry.LatestRevision);
        await Move(tx, step, entry, now);
        var facts = Facts(entry.Code, revision);
        if (note.Length > 0) facts["note"] = DigestOf(note);
        if (principal is { } behalf) facts["onBehalfOf"] = behalf.ToString();
        if (signing is not null) facts["signing"] = signing;
        if (step == Step.Published && EntryRules.OwnWording(entry.Latest.Sharing) is { Count: > 0 } wording) facts["ownWording"] = string.Join(' ', wording);
        if (successor is not null)
        {
            facts["successor"] = successor;
            await tx.Run($"update catalog_entry set successor = {successor} where id = {id}");
        }
        var proof = await Prove(tx, $"catalog.{step.ToString().ToLowerInvariant()}", caller, id, facts, now, bureau);
        await tx.Run(
            $"""
            insert into catalog_step (id, entry, revision, kind, actor, actor_name, agency, note, taken_at, evidence, on_behalf_of)
            values ({Id<StepTaken>.New(clock)}, {id}, {revision}, {step}, {caller.Actor}, {caller.Name}, {caller.Agency?.ToString()}, {note.Trim()}, {now}, {proof}, {principal})
            """);
        if (step is Step.Published or Step.Retired) await Announce(tx, id, now);
        return (await Load(tx, id))!.Entry;
    }

    // Only what a head decides can be done for a head.
    private async ValueTask<Id<Person>?> Principal(Step step, Caller caller, CancellationToken ct) =>
        step is Step.Approved or Step.Returned && deputies is not null && caller is { Person: not null, Client: null } ? await deputies(caller, ct) : null;

    private static Caller AsHead(Caller caller) => caller with { Roles = new HashSet<Role>(caller.Roles) { Role.SharingOfficeHead } };

    /// <summary>Whether the caller wrote the newest content or handed it in: a deputy does not approve the own work.</summary>
    private static async Task<bool> IsAuthor(Tx tx, EntryRow row, Caller caller) => await tx.One(
        $"""
        select count(*) from catalog_revision r where r.entry = {row.Entry.Id} and r.revision = {row.Entry.LatestRevision} and (r.author = {caller.Actor}
          or exists (select 1 from catalog_step s where s.entry = r.entry and s.revision = r.revision and s.kind = {Step.Submitted} and s.actor = {caller.Actor}))
        """, r => r.GetInt64(0)) > 0;

    // Order 809 art. 27: told when it is handed over, and asked again when it would come into force.
    private static bool Endangers(Step step, Entry entry) => entry.IsPublished && (step == Step.Retired || (step is Step.Submitted or Step.Published && entry.Draft is not null));

    private static Refusal? NoteRule(Step step, string note)
    {
        if (step is Step.Returned or Step.Retired && string.IsNullOrWhiteSpace(note)) return Refusal.Invalid(new FieldError("reason", "kernel.required"));
        return note.Length > LongestNote ? Refusal.Invalid(new FieldError("reason", "kernel.too-long", LongestNote, note.Length)) : null;
    }

    /// <summary>Nothing is handed in without both assessments, and nothing goes to the bureau without the head (Order 809 art. 13). Rules are asked again at every step: divisions and lists may have changed since the draft.</summary>
    [Enforces(1, 4)]
    private async Task<Refusal?> Ready(Tx tx, Step step, EntryRow row, Caller caller)
    {
        if (step is not (Step.Submitted or Step.Approved or Step.Published)) return null;
        if (await Refuse(tx, caller, row.Entry.Id, row.Entry.Latest, Readiness.Complete) is { } refusal) return refusal;
        var made = await tx.List($"select distinct kind from catalog_assessment where entry = {row.Entry.Id} and revision >= {row.AssessFrom}", r => r.Kind<AssessmentKind>(0));
        FieldError[] missing = [.. Enum.GetValues<AssessmentKind>().Except(made).Select(kind => new FieldError("assessments", "catalog.no-assessment." + kind))];
        if (missing.Length > 0) return new Refusal(409, "catalog.not-assessed") { Article = "Order 809 art. 13", Fields = missing };
        if (step != Step.Published) return null;
        // Whoever wrote or approved a content does not also review it.
        var hands = await tx.One(
            $"""
            select count(*) from catalog_revision r where r.entry = {row.Entry.Id} and r.revision = {row.Entry.LatestRevision} and (r.author = {caller.Actor}
              or exists (select 1 from catalog_step s where s.entry = r.entry and s.revision = r.revision and s.kind = {Step.Approved} and s.actor = {caller.Actor}))
            """, r => r.GetInt64(0));
        return hands > 0 ? Refusal.Forbidden("catalog.own-review") : null;
    }

    [Enforces(6)]
    private async Task Move(Tx tx, Step step, Entry entry, DateTimeOffset now)
    {
        var (id, state) = (entry.Id, Next(step));
        if (step == Step.Approved)
        {
            var (dueAt, isProvisional, _) = deadlines.Due("DL-02", now);
            await tx.Run($"update catalog_entry set received_at = {now}, due_at = {dueAt}, due_rule = {"DL-02"}, due_provisional = {isProvisional} where id = {id}");
            await tx.Run($"update catalog_duty set met_at = {now} where entry = {id} and met_at is null");
        }
        else
        {
            await tx.Run($"update catalog_entry set due_at = null, due_rule = null, due_provisional = 0 where id = {id}");
        }
        if (step == Step.Published)
            await tx.Run(
                $"""
                update catalog_entry set state = {state}, revision = {entry.LatestRevision}, draft_revision = null, draft_state = null, changed_at = {now},
                  published_at = coalesce(published_at, {now}), in_force_at = {now} where id = {id}
                """);
        else if (step == Step.Retired)
            await tx.Run($"update catalog_entry set state = {state}, draft_revision = null, draft_state = null, changed_at = {now}, retired_at = {now} where id = {id}");
        else if (entry.DraftState is not null)
            await tx.Run($"update catalog_entry set draft_state = {state}, changed_at = {now} where id = {id}");
        else
            await tx.Run($"update catalog_entry set state = {state}, changed_at = {now} where id = {id}");
    }

    private static EntryState Next(Step step) => step switch
    {
        Step.Submitted => EntryState.AwaitingHead,
        Step.Approved => EntryState.AwaitingReview,
        Step.Published => EntryState.Published,
        Step.Retired => EntryState.Retired,
        _ => EntryState.Draft,
    };

    private static async Task Announce(Tx tx, Id<Entry> id, DateTimeOffset now)
    {
        var seq = await tx.Next(Catalogue.Feed);
        await tx.Run($"insert into catalog_change (seq, entry, made_at) values ({seq}, {id}, {now})");
    }

    private async Task<Outcome<Entry>> Run(Func<Tx, Task<Outcome<Entry>>> work, Caller caller, CancellationToken ct)
    {
        var outcome = await db.Commit(work, ct);
        if (outcome.IsRefused) return outcome;
        await catalogue.Follow(ct);
        return BureauOf(outcome.Value.Agency) is { } bureau ? EntryFlow.As(caller, outcome.Value, bureau) : outcome;
    }

    private static Task<EntryRow?> Load(Tx tx, Id<Entry> id) => tx.One(EntryRows.Select.Then($" where e.id = {id}"), EntryRows.Read);

    /// <summary>Takes the row for this change; false when another change came first.</summary>
    private static async Task<bool> Turn(Tx tx, EntryRow row) =>
        await tx.Run($"update catalog_entry set turn = turn + 1 where id = {row.Entry.Id} and turn = {row.Turn}") == 1;

    private static Dictionary<string, string> Facts(string code, long revision) =>
        new(StringComparer.Ordinal) { ["code"] = code, ["revision"] = revision.ToString(CultureInfo.InvariantCulture) };

    private Task<string> Prove(Tx tx, string kind, Caller caller, Id<Entry> id, Dictionary<string, string> facts, DateTimeOffset now, Id<Agency>? bureau = null) =>
        evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"entry:{id}", now, facts) { Parties = bureau is { } b ? [b.ToString()] : [] });

    private static Entry Must(Outcome<Entry> outcome) => outcome.Refusal is { } refusal ? throw new Refused(refusal) : outcome.Value;

    // Only to leave a commit of many steps without a trace.
    private sealed class Refused(Refusal refusal) : Exception(refusal.Code)
    {
        public Refusal Refusal => refusal;
    }
}
