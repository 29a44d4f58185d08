using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

// How an objection is handled until it is answered; every step is an entry of its handling record.
public sealed partial class Objections
{
    /// <summary>The person adds something.</summary>
    public Task<Outcome<Objection>> Say(Caller caller, Id<Objection> id, long? seen, string words, CancellationToken ct) =>
        Take(caller, id, seen, ObjectionStep.Say, words, (now, _) => now, null, ct);

    /// <summary>The person takes it back.</summary>
    public Task<Outcome<Objection>> Withdraw(Caller caller, Id<Objection> id, long? seen, string words, CancellationToken ct) =>
        Take(caller, id, seen, ObjectionStep.Withdraw, words, (now, at) => now with { State = ObjectionState.Withdrawn, ClosedAt = at }, null, ct);

    /// <summary>The provider answers with reasons.</summary>
    public Task<Outcome<Objection>> Answer(Caller caller, Id<Objection> id, long? seen, ObjectionOutcome outcome, string words, CancellationToken ct) => Enum.IsDefined(outcome)
        ? Take(caller, id, seen, ObjectionStep.Answer, words, (now, at) => now with { State = ObjectionState.Answered, Outcome = outcome, ClosedAt = at }, null, ct)
        : Task.FromResult<Outcome<Objection>>(Refusal.Invalid(new FieldError("outcome", "share.objection-field.outcome")));

    /// <summary>The provider takes more time, once, up to the whole term of the local rule; the person is told.</summary>
    public async Task<Outcome<Objection>> Extend(Caller caller, Id<Objection> id, long? seen, string words, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } found) return Refusal.NotFound(id.ToString());
        var day = WorkCalendar.Day(found.FiledAt);
        if (rules.TryFind(found.Rule + ObjectionRules.Total, day) is not { Value: not null } total)
            return ObjectionRules.IsProviders(caller, found) ? Refusal.Conflict("share.objection-no-extension", found.Number, found.Rule) : Refusal.NotFound(id.ToString());
        var due = deadlines.Due(total.Id, found.FiledAt);
        return await Take(caller, id, seen, ObjectionStep.Extend, words, (now, _) => now with { IsExtended = true, DueAt = due.DueAt, DueIsProvisional = due.IsProvisional }, null, ct);
    }

    /// <summary>Opens a correction of the provider's own data out of the objection, with the clock of Order 809 art. 26.</summary>
    public async Task<Outcome<Objection>> OpenCorrection(Caller caller, Id<Objection> id, long? seen, NewOwnCorrection said, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } now || !(ObjectionRules.IsProviders(caller, now) || ObjectionRules.IsOwn(caller, now))) return Refusal.NotFound(id.ToString());
        if (ObjectionRules.Check(caller, now, ObjectionStep.OpenCorrection) is { } refusal) return refusal;
        if (published(now.Entry!.Value) is not { } entry || entry.Agency != caller.Agency) return Refusal.NotFound(now.Entry.Value.ToString());
        var prepared = await corrections.PrepareOwn(caller, entry, said, id, ct);
        if (prepared.IsRefused) return prepared.Refusal!;
        var taken = await Take(caller, id, seen, ObjectionStep.OpenCorrection, said.Wrong, (o, _) => o with { Correction = prepared.Value.Made.Id }, tx => corrections.Enter(tx, caller, prepared.Value), ct);
        if (!taken.IsRefused) await corrections.Follow(ct);
        return taken;
    }

    private async Task<Outcome<Objection>> Take(
        Caller caller, Id<Objection> id, long? seen, ObjectionStep step, string words, Func<Objection, DateTimeOffset, Objection> change, Func<Tx, Task>? besides, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } now || !(ObjectionRules.IsOwn(caller, now) || ObjectionRules.IsProviders(caller, now))) return Refusal.NotFound(id.ToString());
        if (seen is { } revision && revision != now.Revision) return Changed(now);
        if (ObjectionRules.Check(caller, now, step) is { } refusal) return refusal;
        words = (words ?? "").Trim();
        if (WordRules.Check("words", words, step == ObjectionStep.Withdraw ? 0 : 5, 2000) is { } wrong) return Refusal.Invalid(wrong);
        var at = clock.GetUtcNow();
        var after = change(now, at) with { Revision = now.Revision + 1 };
        var days = step == ObjectionStep.Extend ? rules.Find(now.Rule + ObjectionRules.Total, WorkCalendar.Day(now.FiledAt)).Value!.Value : 0;
        var next = !after.IsOpen ? null : days > 0 ? Timing.NextNotice(new Clock(now.Rule, now.FiledAt, days, 0, 0, null), 0, calendar.Current) : await db.One($"select next_notice_at from share_objection where id = {id}", r => r.InstantOrNull(0), ct);
        var committed = await db.Commit(async tx =>
        {
            var changed = await tx.Run(
                $"""
                update share_objection set state = {after.State}, outcome = {after.Outcome?.ToString()}, correction = {after.Correction}, is_extended = {after.IsExtended}, due_at = {after.DueAt},
                  due_provisional = {after.DueIsProvisional}, revision = {after.Revision}, closed_at = {after.ClosedAt}, next_notice_at = {next},
                  days = case when {days} > 0 then {days} else days end, noticed = case when {days} > 0 then 0 else noticed end
                where id = {id} and revision = {now.Revision}
                """);
            if (changed == 0) return false;
            if (besides is not null) await besides(tx);
            await Keep(tx, caller, after, step, words, at);
            foreach (var (kind, to) in Told(step, after)) await Tell(tx, kind, to, after, at);
            return true;
        }, ct);
        return committed ? after : Changed(now);
    }

    private static IEnumerable<(NoticeKind Kind, Recipient To)> Told(ObjectionStep step, Objection after) => step switch
    {
        ObjectionStep.Extend => [(NoticeKind.ObjectionExtended, new Recipient(after.Person, null, null))],
        ObjectionStep.Answer => [(NoticeKind.ObjectionAnswered, new Recipient(after.Person, null, null))],
        ObjectionStep.Withdraw => [(NoticeKind.ObjectionWithdrawn, new Recipient(null, after.Provider, Role.Steward))],
        ObjectionStep.Say => [(NoticeKind.ObjectionFiled, new Recipient(null, after.Provider, Role.Steward))],
        _ => [],
    };

    private static Refusal Changed(Objection seen) => Refusal.Conflict("share.objection-changed", seen.Number);
}
