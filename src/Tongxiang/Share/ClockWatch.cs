using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Looks after running clocks: half time, four fifths and overdue are told once each, terms end.</summary>
public sealed class ClockWatch(Db db, TimeProvider clock, Calendar calendar, Applications applications, Notices notices, EntrySource entries)
{
    private const int Batch = 200;

    /// <summary>One round; each notice stands in the same commit as the mark that it was given.</summary>
    public async Task Run(CancellationToken ct)
    {
        while (await Notify(ct) == Batch)
        {
            // As long as a full batch was due.
        }
        await applications.EndExpired(ct);
    }

    private async Task<int> Notify(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var due = await db.List(
            $"select {ApplicationRows.Columns} from share_application where next_notice_at <= {now} order by next_notice_at limit {Batch}", ApplicationRows.Read, ct);
        foreach (var application in due) await Notify(application, now, ct);
        return due.Count;
    }

    private async Task Notify(Application application, DateTimeOffset now, CancellationToken ct)
    {
        if (application.Clock is not { } running || await entries(application.Entry, ct) is not { } entry) return;
        var kinds = new List<NoticeKind>();
        var next = application.NextNoticeAt;
        for (var noticed = application.Noticed; next is { } at && at <= now; next = Timing.NextNotice(running, ++noticed, calendar.Current))
            kinds.Add(noticed switch { 0 => NoticeKind.HalfTime, 1 => NoticeKind.FourFifths, _ => NoticeKind.Overdue });
        await db.Commit(async tx =>
        {
            // A step taken meanwhile has its own times: then this round's notices are not wanted.
            var marked = await tx.Run(
                $"""
                update share_application set noticed = {application.Noticed + kinds.Count}, next_notice_at = {next}
                where id = {application.Id} and revision = {application.Revision} and noticed = {application.Noticed}
                """);
            if (marked == 0) return;
            foreach (var kind in kinds) await notices.Tell(tx, NoticeRules.OfClock(kind, application, applications.BureauOf(application)), application, entry, now, running.Rule);
        }, ct);
    }
}
