using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>Looks after the clocks of corrections and objections: half time, four fifths and overdue are told once each, provisional days become final.</summary>
public sealed class RemedyWatch(Db db, TimeProvider clock, Agencies.Calendar calendar, Directory directory, Notices notices, EntrySource entries)
{
    private const int Batch = 200;

    // A version that old is nobody's source any more; until then its readers see the mark.
    private static readonly TimeSpan MarkedFor = TimeSpan.FromDays(365);

    private sealed record Running(Guid Id, string Number, Id<Agency> Provider, Id<Entry>? Entry, Id<Person> Asked, Clock Clock, long Noticed, DateTimeOffset? Next, long Revision, DateTimeOffset DueAt, bool IsProvisional);

    /// <summary>One round; each notice stands in the same commit as the mark that it was given.</summary>
    public async Task Run(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await Recompute(ct);
        foreach (var due in await db.List(
            $"""
            select id, number, provider, entry, reporter, {CorrectionRules.Rule}, days, noticed, next_notice_at, revision, reported_at, due_at, due_provisional from share_correction
            where next_notice_at <= {now} order by next_notice_at limit {Batch}
            """, Read, ct)) await Tell(due, true, now, ct);
        foreach (var due in await db.List(
            $"""
            select id, number, provider, entry, person, rule, days, noticed, next_notice_at, revision, filed_at, due_at, due_provisional from share_objection
            where next_notice_at <= {now} order by next_notice_at limit {Batch}
            """, Read, ct)) await Tell(due, false, now, ct);
        await db.Run($"update share_correction set marked = 0 where marked = 1 and closed_at < {now - MarkedFor}", ct);
    }

    private async Task Tell(Running due, bool isCorrection, DateTimeOffset now, CancellationToken ct)
    {
        var stages = new List<int>();
        var next = due.Next;
        for (var noticed = (int)due.Noticed; next is { } at && at <= now; next = Timing.NextNotice(due.Clock, ++noticed, calendar.Current)) stages.Add(noticed);
        var name = due.Entry is { } id && await entries(id, ct) is { } entry ? entry.Content.Name : directory.Find(due.Provider)?.Name ?? "";
        var about = new About(
            $"{(isCorrection ? "correction" : "objection")}:{due.Id:D}/clock", $"/desk/{(isCorrection ? "corrections" : "objections")}/{due.Id:D}",
            [due.Number, name, WorkCalendar.Day(due.DueAt).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)]);
        await db.Commit(async tx =>
        {
            // A step taken meanwhile has its own times: then this round's notices are not wanted.
            var marked = isCorrection
                ? await tx.Run($"update share_correction set noticed = {due.Noticed + stages.Count}, next_notice_at = {next} where id = {due.Id} and revision = {due.Revision} and noticed = {due.Noticed}")
                : await tx.Run($"update share_objection set noticed = {due.Noticed + stages.Count}, next_notice_at = {next} where id = {due.Id} and revision = {due.Revision} and noticed = {due.Noticed}");
            if (marked == 0) return;
            foreach (var stage in stages)
                foreach (var to in Told(due, stage))
                    await notices.Tell(tx, new Telling(Kind(isCorrection, stage), to), to.Person is not null && !isCorrection ? about with { Link = $"/me/objections/{due.Id:D}" } : about, now);
        }, ct);
    }

    private IEnumerable<Recipient> Told(Running due, int stage)
    {
        yield return new Recipient(null, due.Provider, Role.Steward);
        if (stage >= 1) yield return new Recipient(null, due.Provider, Role.SharingOfficeHead);
        if (stage < 2) yield break;
        yield return new Recipient(due.Asked, null, null);
        if (directory.Find(due.Provider)?.Bureau is { } bureau) yield return new Recipient(null, bureau, Role.BureauReviewer);
    }

    private static NoticeKind Kind(bool isCorrection, int stage) => (isCorrection, stage) switch
    {
        (true, 0) => NoticeKind.CorrectionHalfTime,
        (true, 1) => NoticeKind.CorrectionFourFifths,
        (true, _) => NoticeKind.CorrectionOverdue,
        (false, 0) => NoticeKind.ObjectionHalfTime,
        (false, 1) => NoticeKind.ObjectionFourFifths,
        _ => NoticeKind.ObjectionOverdue,
    };

    /// <summary>When the notice on a year's holidays is loaded, days that were provisional become final.</summary>
    private async Task Recompute(CancellationToken ct)
    {
        foreach (var open in await db.List(
            $"""
            select id, number, provider, entry, reporter, {CorrectionRules.Rule}, days, noticed, next_notice_at, revision, reported_at, due_at, due_provisional from share_correction
            where due_provisional = 1 and closed_at is null order by id limit 1000
            """, Read, ct))
            if (Dated(open) is { } day)
                await db.Run($"update share_correction set due_at = {WorkCalendar.EndOf(day.Day)}, due_provisional = {day.IsProvisional}, next_notice_at = {Next(open)} where id = {open.Id} and revision = {open.Revision}", ct);
        foreach (var open in await db.List(
            $"""
            select id, number, provider, entry, person, rule, days, noticed, next_notice_at, revision, filed_at, due_at, due_provisional from share_objection
            where due_provisional = 1 and closed_at is null order by id limit 1000
            """, Read, ct))
            if (Dated(open) is { } day)
                await db.Run($"update share_objection set due_at = {WorkCalendar.EndOf(day.Day)}, due_provisional = {day.IsProvisional}, next_notice_at = {Next(open)} where id = {open.Id} and revision = {open.Revision}", ct);
    }

    private DueDay? Dated(Running open)
    {
        var day = Timing.Due(open.Clock, calendar.Current);
        return day.IsProvisional && WorkCalendar.EndOf(day.Day) == open.DueAt ? null : day;
    }

    private DateTimeOffset? Next(Running open) => Timing.NextNotice(open.Clock, (int)open.Noticed, calendar.Current);

    private static Running Read(System.Data.Common.DbDataReader r) => new(
        Guid.ParseExact(r.GetString(0), "D"), r.GetString(1), r.Id<Agency>(2), r.IdOrNull<Entry>(3), r.Id<Person>(4), new Clock(r.GetString(5), r.Instant(10), (int)r.GetInt64(6), 0, 0, null), r.GetInt64(7), r.InstantOrNull(8),
        r.GetInt64(9), r.Instant(11), r.Flag(12));
}
