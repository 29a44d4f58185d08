using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 21: ten working days for data shared on conditions, an extension of ten more at most.</summary>
public sealed class Requirement08
{
    [Theory, EveryStore]
    public async Task Requirement_08_a_conditional_application_received_on_2026_02_12_is_due_on_2026_03_04_and_extended_to_2026_03_18_at_most(Store store)
    {
        await using var lab = await ShareLab.Open(store, "2026-02-12");
        var sent = await lab.Sent();
        Assert.Equal(("DL-04", new DateOnly(2026, 3, 4)), (sent.DueRule, WorkCalendar.Day(sent.DueAt!.Value)));
        Assert.Equal("days", (await lab.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 11, "涉及多个系统", default)).Refusal!.Fields[0].Field);
        Good(await lab.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 10, "涉及多个系统", default));
        var extended = Good(await lab.Applications.AgreeExtension(Facts.Reviewer, sent.Id, null, default));
        Assert.Equal(new DateOnly(2026, 3, 18), WorkCalendar.Day(extended.DueAt!.Value));
        Refuses("share.one-extension", await lab.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 1, "再延一天", default));
    }

    [Theory, EveryStore]
    public async Task Requirement_08_one_received_on_2026_09_18_is_due_on_2026_10_09_and_extended_to_2026_10_22(Store store)
    {
        await using var lab = await ShareLab.Open(store, "2026-09-18");
        var sent = await lab.Sent();
        Assert.Equal(new DateOnly(2026, 10, 9), WorkCalendar.Day(sent.DueAt!.Value));
        Good(await lab.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 10, "涉及多个系统", default));
        Assert.Equal(new DateOnly(2026, 10, 22), WorkCalendar.Day(Good(await lab.Applications.AgreeExtension(Facts.Reviewer, sent.Id, null, default)).DueAt!.Value));
    }
}
