using Tongxiang.Assess;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Tests.Journeys;

public sealed class SimulatedYearTests
{
    [Fact]
    public async Task A_year_of_the_province_is_told_as_it_was()
    {
        await using var year = await SimulatedYear.Open(Store.Sqlite, 2026);
        Assert.InRange(year.Cases.Count, 60, 150);
        Assert.Contains(year.Cases, c => c.IsReplyLate);
        Assert.Contains(year.Cases, c => c.IsDeliveryLate && c.Delivered is not null);
        await year.Live();

        foreach (var one in year.Cases)
        {
            var now = await year.Now(one);
            Assert.Equal(Expected(one), now.State);
            if (one.IsConsent && one.Delivered is { } day) Assert.Equal(day, WorkCalendar.Day(now.DeliveredAt!.Value));
        }
        await Overdue_is_told_once_for_each_clock_that_ran_out(year);
        await The_bureau_sees_what_is_overdue_on_the_last_day(year);
        await Corrections_stand_as_their_providers_left_them(year);
        await Disputes_ended_where_the_plan_says(year);
        await Findings_name_exactly_what_was_late(year);
        await The_monthly_reports_count_what_was_due_and_what_was_kept(year);
    }

    private static ApplicationState Expected(YearCase c) => !c.IsConsent ? ApplicationState.Refused
        : c.Delivered is { } day && day <= WorkingYear.Last ? ApplicationState.InUse : ApplicationState.Delivering;

    private static async Task Overdue_is_told_once_for_each_clock_that_ran_out(SimulatedYear year)
    {
        var told = (await year.Node.Get<Db>().List($"select distinct application from share_notice where kind = 'Overdue' and application is not null", r => r.Id<Application>(0), default)).ToHashSet();
        // On the morning after the last day of its term.
        var expected = year.Cases.Where(c => c.IsReplyLate || (c.IsDeliveryLate && c.DeliveryDue < WorkingYear.Last)).Select(c => year.Of(c).Id).ToHashSet();
        var ours = year.Cases.Select(c => year.Of(c).Id).ToHashSet();
        Assert.Equal(expected.Order(), told.Where(ours.Contains).Order());
    }

    private static async Task The_bureau_sees_what_is_overdue_on_the_last_day(SimulatedYear year)
    {
        using var reviewer = await year.SignIn("bureau.reviewer");
        var seen = "";
        for (var path = "/bureau/clocks?overdue=1"; path is not null; path = Next(await Add(path))) { }
        foreach (var one in year.Cases)
            Assert.Equal(one.IsDeliveryLate && one.Delivered is null && one.DeliveryDue < WorkingYear.Last, seen.Contains(year.Of(one).Number, StringComparison.Ordinal));

        async Task<string> Add(string path)
        {
            var page = await reviewer.GetStringAsync(path);
            seen += page;
            return page;
        }
    }

    private static async Task Corrections_stand_as_their_providers_left_them(SimulatedYear year)
    {
        var reported = year.Cases.Where(c => c.Reported is not null).ToList();
        Assert.Contains(reported, c => c.Corrected > c.CorrectionDue);
        foreach (var one in reported)
        {
            var now = year.CorrectionOf(one)!;
            Assert.Equal(one.CorrectionDue, WorkCalendar.Day(now.DueAt));
            Assert.Equal(one.Corrected, now.ClosedAt is { } closed ? WorkCalendar.Day(closed) : null);
        }
        var overdue = await year.Node.Get<Corrections>().Overseen(year.Of("bureau.reviewer"), overdueOnly: true, null, 200, default);
        Assert.Equal(
            reported.Where(c => c.Corrected is null && c.CorrectionDue < WorkingYear.Last).Select(c => year.CorrectionOf(c)!.Number).Order(),
            overdue.Items.Select(c => c.Number).Where(n => reported.Any(r => year.CorrectionOf(r)!.Number == n)).Order());
    }

    private static async Task Disputes_ended_where_the_plan_says(SimulatedYear year)
    {
        var disputed = year.Cases.Where(c => c.Disputed is not null).ToList();
        Assert.Contains(disputed, c => c is { IsReferred: true, Settled: not null });
        Assert.Contains(disputed, c => !c.IsReferred);
        foreach (var one in disputed)
        {
            var now = (await year.DisputeOf(one))!;
            Assert.Equal(one.Settled is not null ? DisputeState.Settled : one.Referred is not null ? DisputeState.Coordinating : DisputeState.Negotiating, now.State);
            Assert.Equal(one.Settled, now.ClosedAt is { } closed ? WorkCalendar.Day(closed) : null);
        }
    }

    private static async Task Findings_name_exactly_what_was_late(SimulatedYear year)
    {
        var (book, reviewer) = (year.Node.Get<FindingBook>(), year.Of("bureau.reviewer"));
        SimulatedYear.Good(await book.RunNow(reviewer, default), "detectors");
        Assert.Equal(0, SimulatedYear.Good(await book.RunNow(reviewer, default), "detectors again"));
        var found = new List<Finding>();
        for (string? after = null; ;)
        {
            var page = await book.List(reviewer, null, null, after, 200, default);
            found.AddRange(page.Items);
            if ((after = page.Next) is null) break;
        }
        var ours = year.Cases.ToDictionary(c => "application:" + year.Of(c).Id);
        IEnumerable<int> Named(string detector) => found.Where(f => f.Detector == detector && ours.ContainsKey(f.Subject)).Select(f => ours[f.Subject].Number).Order();
        Assert.Equal(year.Cases.Where(c => c.IsReplyLate && c.ReplyDue < WorkingYear.Last).Select(c => c.Number), Named("reply-late"));
        Assert.Equal(year.Cases.Where(c => c.IsDeliveryLate && c.DeliveryDue < WorkingYear.Last).Select(c => c.Number), Named("delivery-late"));
        // What is found against the bureau itself its auditor sees, and corrections by their own numbers.
        var against = (await book.List(year.Of("bureau.audit"), null, null, null, 200, default)).Items;
        var left = new List<int>();
        foreach (var one in year.Cases.Where(c => c.Disputed is not null))
            if (await year.DisputeOf(one) is { } dispute && against.Any(f => f.Detector == "dispute-left" && f.Subject == "dispute:" + dispute.Id)) left.Add(one.Number);
        Assert.Equal(year.Cases.Where(c => c.CoordinationDue < WorkingYear.Last && (c.Settled is null || c.Settled > c.CoordinationDue)).Select(c => c.Number), left);
        Assert.Equal(
            year.Cases.Where(c => c.CorrectionDue < WorkingYear.Last && (c.Corrected is null || c.Corrected > c.CorrectionDue)).Select(c => "correction:" + year.CorrectionOf(c)!.Id).Order(StringComparer.Ordinal),
            found.Where(f => f.Detector == "correction-late" && year.Cases.Any(c => year.CorrectionOf(c) is { } ours && f.Subject == "correction:" + ours.Id)).Select(f => f.Subject).Order(StringComparer.Ordinal));
        Assert.All(found.Where(f => f.Detector is "reply-late" or "delivery-late"), f => Assert.Equal("39-4", f.Item));
        using var session = await year.SignIn("bureau.reviewer");
        var shown = await session.GetStringAsync("/bureau/findings");
        Assert.Contains(found[0].Number, shown, StringComparison.Ordinal);
    }

    private static async Task The_monthly_reports_count_what_was_due_and_what_was_kept(SimulatedYear year)
    {
        var (reports, reviewer) = (year.Node.Get<SupervisionReports>(), year.Of("bureau.reviewer"));
        // By April nothing is due any more of what the demonstration began with.
        for (var month = 4; month <= 11; month++)
        {
            var report = SimulatedYear.Good(await reports.Make(reviewer, $"2026-{month:00}", default), $"report of {month}");
            var total = SupervisionReport.Rows(report.Inputs)[0];
            var replies = year.Cases.Where(c => c.ReplyDue.Month == month && c.ReplyDue.Year == 2026).ToList();
            var deliveries = year.Cases.Where(c => c.IsConsent && c.DeliveryDue.Month == month && c.DeliveryDue.Year == 2026).ToList();
            Assert.Equal((replies.Count(c => !c.IsReplyLate), replies.Count), ((int)(total["timeliness.reply"].Part ?? 0), (int)total["timeliness.reply"].Whole));
            Assert.Equal((deliveries.Count(c => !c.IsDeliveryLate), deliveries.Count), ((int)(total["timeliness.delivery"].Part ?? 0), (int)total["timeliness.delivery"].Whole));
            var check = (await reports.Check(reviewer, report.Id, default))!;
            Assert.True(check.SameFromInputs && check.SameFromRecords);
        }
    }

    private static string? Next(string page)
    {
        var at = page.IndexOf("rel=\"next\"", StringComparison.Ordinal);
        if (at < 0) return null;
        var tag = page[page.LastIndexOf('<', at)..page.IndexOf('>', at)];
        var from = tag.IndexOf("href=\"", StringComparison.Ordinal) + 6;
        return System.Net.WebUtility.HtmlDecode(tag[from..tag.IndexOf('"', from)]);
    }
}
