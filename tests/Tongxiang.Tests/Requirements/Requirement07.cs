using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 21: one working day for data that are shared unconditionally, Saturdays made working days included.</summary>
public sealed class Requirement07
{
    [Theory, EveryStore]
    public async Task Requirement_07_an_unconditional_application_received_on_2026_02_13_is_due_on_Saturday_2026_02_14(Store store)
    {
        await using var lab = await ShareLab.Open(store, "2026-02-13");
        lab.Entry = Facts.Entry(ShareClass.Unconditional);
        var sent = await lab.Sent();
        Assert.Equal(("DL-03", new DateOnly(2026, 2, 14), false), (sent.DueRule, WorkCalendar.Day(sent.DueAt!.Value), sent.DueIsProvisional));
        Assert.Equal(DayOfWeek.Saturday, new DateOnly(2026, 2, 14).DayOfWeek);
        lab.SetDay("2026-02-14");
        Assert.NotEqual(Urgency.Overdue, Assert.Single((await lab.Inbox.Of(Facts.PoliceSteward, default)).Items).Urgency);
        var next = await lab.Sent();
        Assert.Equal(new DateOnly(2026, 2, 24), WorkCalendar.Day(next.DueAt!.Value));
        lab.SetDay("2026-02-15");
        Assert.Equal(Urgency.Overdue, (await lab.Inbox.Of(Facts.PoliceSteward, default)).Items.Single(i => i.Application == sent.Id).Urgency);
    }
}
