using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>Order 809 art. 17: the clock of a catalogue update.</summary>
public sealed class Requirement05
{
    /// <summary>Order 809 art. 17: ten working days from the change, five more once the bureau has agreed, and only once.</summary>
    [Theory, EveryStore]
    public async Task Requirement_05_A_change_of_28_April_2026_is_due_on_14_May_and_with_a_granted_extension_on_21_May(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Publish(Samples.Open());
        var duty = (await lab.Duties.Report(lab.Steward, entry.Id, new DateTimeOffset(2026, 4, 28, 16, 30, 0, TimeSpan.FromHours(8)), "《城市公共汽车和电车客运管理规定》修订", default)).Value;
        Assert.Equal((new DateOnly(2026, 5, 14), false), (WorkCalendar.Day(duty.DueAt), duty.DueIsProvisional));
        var asked = (await lab.Duties.AskExtension(lab.Steward, duty.Id, "线路编号系统改造尚未完成", default)).Value;
        Assert.Equal(new DateOnly(2026, 5, 14), WorkCalendar.Day(asked.DueAt));
        Assert.Equal(403, (await lab.Duties.DecideExtension(lab.Head, duty.Id, true, default)).Refusal!.Status);
        Assert.Equal(new DateOnly(2026, 5, 21), WorkCalendar.Day((await lab.Duties.DecideExtension(lab.Reviewer, duty.Id, true, default)).Value.DueAt));
        Assert.Equal("catalog.extension-decided", (await lab.Duties.AskExtension(lab.Steward, duty.Id, "仍未完成", default)).Refusal!.Code);
        Assert.Equal(new DateOnly(2026, 5, 21), WorkCalendar.Day((await lab.Duties.Of(entry.Id, default)).Single().DueAt));
    }
}
