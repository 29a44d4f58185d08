using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 22: twenty working days from the consent to a real delivery.</summary>
public sealed class Requirement12
{
    [Theory, EveryStore]
    public async Task Requirement_12_after_consent_on_2026_09_30_it_is_overdue_after_2026_11_03_unless_a_real_delivery_is_on_record(Store store)
    {
        await using var lab = await ShareLab.Open(store, "2026-09-30");
        var (left, delivered) = (await lab.Consented(), await lab.Consented());
        Assert.Equal(("DL-05", new DateOnly(2026, 11, 3)), (left.DueRule, WorkCalendar.Day(left.DueAt!.Value)));
        lab.SetDay("2026-11-03");
        Assert.All((await lab.Inbox.Of(Facts.PoliceSteward, default)).Items, i => Assert.NotEqual(Urgency.Overdue, i.Urgency));
        // Nobody can say that it was delivered: only a call that was answered does.
        foreach (var caller in new[] { Facts.PoliceSteward, Facts.PoliceHead, Facts.CivilSteward, Facts.Reviewer }) Assert.DoesNotContain(Tongxiang.Share.Step.Deliver, await lab.Applications.Possible(caller, delivered, default));
        await lab.Applications.Delivered(delivered.Grant!.Value, Mode.File, default);
        lab.SetDay("2026-11-04");
        var item = Assert.Single((await lab.Inbox.Of(Facts.PoliceSteward, default)).Items);
        Assert.Equal((left.Id, Urgency.Overdue), (item.Application, item.Urgency));
        await lab.Watch.Run(default);
        Assert.Contains((NoticeKind.Overdue, "bureau BureauReviewer"), await lab.Told());
    }
}
