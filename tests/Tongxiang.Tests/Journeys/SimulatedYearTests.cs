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

    private static string? Next(string page)
    {
        var at = page.IndexOf("rel=\"next\"", StringComparison.Ordinal);
        if (at < 0) return null;
        var tag = page[page.LastIndexOf('<', at)..page.IndexOf('>', at)];
        var from = tag.IndexOf("href=\"", StringComparison.Ordinal) + 6;
        return System.Net.WebUtility.HtmlDecode(tag[from..tag.IndexOf('"', from)]);
    }
}
