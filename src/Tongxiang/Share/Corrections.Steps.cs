using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

// What is done with a request until it is closed, and who hears of the result.
public sealed partial class Corrections
{
    /// <summary>The provider begins to verify.</summary>
    public Task<Outcome<Correction>> TakeUp(Caller caller, Id<Correction> id, long? seen, string words, CancellationToken ct) => Take(caller, id, seen, CorrectionStep.TakeUp, words, null, ct);

    /// <summary>Corrected and fed back; the record stays marked in versions that still say otherwise.</summary>
    /// <param name="since">The version from which the record is right; null: it comes with the next one.</param>
    public Task<Outcome<Correction>> Correct(Caller caller, Id<Correction> id, long? seen, string words, long? since, CancellationToken ct) => Take(caller, id, seen, CorrectionStep.Correct, words, since, ct);

    /// <summary>Verified, and the record was right; the reason is fed back.</summary>
    public Task<Outcome<Correction>> FindCorrect(Caller caller, Id<Correction> id, long? seen, string words, CancellationToken ct) => Take(caller, id, seen, CorrectionStep.FindCorrect, words, null, ct);

    /// <summary>Taken back by the department that reported it.</summary>
    public Task<Outcome<Correction>> Withdraw(Caller caller, Id<Correction> id, long? seen, string words, CancellationToken ct) => Take(caller, id, seen, CorrectionStep.Withdraw, words, null, ct);

    /// <summary>Asks for more time: always refused, for the law gives none (Order 809 art. 26).</summary>
    public async Task<Refusal> Extend(Caller caller, Id<Correction> id, CancellationToken ct) =>
        await Load(id, ct) is { } now && await SideOf(caller, now, ct) is not null ? CorrectionRules.NoExtension(now) : Refusal.NotFound(id.ToString());

    private async Task<Outcome<Correction>> Take(Caller caller, Id<Correction> id, long? seen, CorrectionStep step, string words, long? since, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } now || await SideOf(caller, now, ct) is not { } side || await entries(now.Entry, ct) is not { } entry) return Refusal.NotFound(id.ToString());
        if (seen is { } revision && revision != now.Revision) return await Changed(now, ct);
        var next = CorrectionRules.Next(caller, now, side, step);
        if (next.IsRefused) return next.Refusal!;
        words = (words ?? "").Trim();
        if (CorrectionRules.CheckWords(step, words) is { } wrong) return Refusal.Invalid(wrong);
        var newest = current(now.Entry)?.Number;
        if (since is { } from && (from > newest || newest is null || from <= (now.Version ?? 0))) return Refusal.Invalid(new FieldError("since", "share.correction-field.since", from, now.Version ?? 0, newest ?? 0));
        var at = clock.GetUtcNow();
        var isClosed = step != CorrectionStep.TakeUp;
        var users = step is CorrectionStep.Correct or CorrectionStep.FindCorrect ? await Users(now, entry, ct) : [];
        var after = now with
        {
            State = next.Value,
            Revision = now.Revision + 1,
            ClosedAt = isClosed ? at : null,
            Told = users.Count,
            StaleThrough = step == CorrectionStep.Correct ? (since is { } good ? good - 1 : newest) : null,
        };
        var committed = await db.Commit(async tx =>
        {
            var isMarked = after.IsOpen || after.StaleThrough is not null;
            var noticesEnd = isClosed ? 1L : 0L;
            var changed = await tx.Run(
                $"""
                update share_correction set state = {after.State}, revision = {after.Revision}, closed_at = {after.ClosedAt}, told = {after.Told}, marked = {isMarked}, stale_through = {after.StaleThrough},
                  next_notice_at = case when {noticesEnd} = 1 then null else next_notice_at end
                where id = {id} and revision = {now.Revision}
                """);
            if (changed == 0) return false;
            await Keep(tx, caller, after, step, now.State, after.Revision, words, at);
            await Push(tx, after, step, entry, users, at);
            return true;
        }, ct);
        if (!committed) return await Changed(now, ct);
        await marks.Follow(ct);
        return after;
    }

    private async Task Push(Tx tx, Correction after, CorrectionStep step, Entry entry, IReadOnlyList<Recipient> users, DateTimeOffset at)
    {
        var about = Said(after, entry);
        if (step == CorrectionStep.Withdraw)
            await notices.Tell(tx, new Telling(NoticeKind.CorrectionWithdrawn, new Recipient(null, after.Provider, Role.Steward)), about, at);
        if (step is not (CorrectionStep.Correct or CorrectionStep.FindCorrect)) return;
        await notices.Tell(tx, new Telling(NoticeKind.CorrectionResult, new Recipient(after.Reporter, null, null)), about, at);
        var kind = step == CorrectionStep.Correct ? NoticeKind.CorrectionMade : NoticeKind.CorrectionUnfounded;
        foreach (var user in users)
        {
            await tx.Run($"insert into share_correction_told (correction, recipient, agency, at) values ({after.Id}, {user.ToString()}, {user.Agency}, {at})");
            await notices.Tell(tx, new Telling(kind, user), user.Person is null ? about : about with { Link = "/me" }, at);
        }
    }

    /// <summary>Every other user: of the record, as the disclosure journal says; where the journal knows nobody by name, of the resource.</summary>
    private async Task<IReadOnlyList<Recipient>> Users(Correction now, Entry entry, CancellationToken ct)
    {
        var held = grants.Active.All.Where(g => g.Entry == now.Entry && g.State != GrantState.Ended).ToList();
        IEnumerable<Id<Agency>> agencies = held.Select(g => g.ConsumerAgency).OfType<Id<Agency>>();
        IEnumerable<Recipient> persons = held.Select(g => g.ConsumerPerson).OfType<Id<Person>>().Select(p => new Recipient(p, null, null));
        if (now.IsRecord && SealedWords.Open<CorrectionContent>(node, Place(now.Id), await db.One($"select content from share_correction where id = {now.Id}", r => r.Bytes(0), ct) ?? []).Subject is { } subject)
            (agencies, persons) = (await looks.Receivers(entry, subject, Place(now.Id), ct), []);
        var others = agencies.Where(a => a != now.Consumer && a != now.Provider).Distinct().Select(a => new Recipient(null, a, directory.Find(a) is { IsGovernment: true } ? Role.Steward : Role.CompanyUser));
        return [.. others.Concat(persons).DistinctBy(r => r.ToString()).OrderBy(r => r.ToString(), StringComparer.Ordinal)];
    }

    private async Task<Refusal> Changed(Correction seen, CancellationToken ct)
    {
        var last = await db.One(
            $"select step, actor_name, at from share_correction_step where correction = {seen.Id} order by number desc limit 1", r => (Step: r.Kind<CorrectionStep>(0), By: r.GetString(1), At: r.Instant(2)), ct);
        return Refusal.Conflict(
            "share.correction-changed", seen.Number, CorrectionRules.Say(last.Step), last.By, last.At.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture));
    }
}
