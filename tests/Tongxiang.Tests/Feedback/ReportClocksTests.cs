using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Feedback;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;

namespace Tongxiang.Tests.Feedback;

public sealed class ReportClocksTests
{
    [Theory, EveryStore]
    public async Task A_report_filed_under_a_tightened_number_is_due_sooner(Store store)
    {
        await using var share = await ShareLab.Open(store);
        EntrySource entries = (id, _) => ValueTask.FromResult(id == share.Entry.Id ? share.Entry : null);
        var deadlines = new Deadlines(share.Rules, share.Calendar);
        var reports = new Reports(share.Db, share.Clock, share.Evidence, deadlines, entries);
        var moves = new ClockMoves(share.Db, share.Clock, share.Evidence, deadlines, share.Rules, share.Calendar, share.Directory, [new OpenClocks(ReportClocks.Kind, new ReportClocks(share.Db, entries).Shifts)]);
        var report = (await reports.File(Caller.Anonymous, share.Entry.Id, 1, FeedbackLab.Said(), default)).Value;
        Assert.Equal("2026-03-04", Day(report.DueAt));
        Assert.False((await share.Rules.Tighten(Caller.Platform, "FEEDBACK-01", 5, "云岭省办法", new DateOnly(2026, 2, 1), default)).IsRefused);
        await moves.Follow(default);
        Assert.Equal("2026-02-26", Day((await reports.Find(Facts.PoliceSteward, report.Id, default))!.DueAt));
        Assert.Equal(["report"], (await moves.Since(0, default)).Select(m => m.Move.Kind));
    }

    private static string Day(DateTimeOffset at) => WorkCalendar.Day(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
