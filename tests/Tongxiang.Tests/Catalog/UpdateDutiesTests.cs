using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Catalog;

public sealed class UpdateDutiesTests
{
    [Theory, EveryStore]
    public async Task A_change_of_28_April_is_due_on_14_May_and_with_the_one_extension_on_21_May(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Publish(Samples.Open());
        var duty = (await lab.Duties.Report(lab.Steward, entry.Id, new DateTimeOffset(2026, 4, 28, 10, 0, 0, TimeSpan.FromHours(8)), "线路管理办法修订", default)).Value;
        Assert.Equal(new DateOnly(2026, 5, 14), WorkCalendar.Day(duty.DueAt));
        Assert.Equal("catalog.not-bureau", (await lab.Duties.DecideExtension(lab.Steward, duty.Id, true, default)).Refusal!.Code);
        Assert.Equal("catalog.extension-decided", (await lab.Duties.DecideExtension(lab.Reviewer, duty.Id, true, default)).Refusal!.Code);
        Assert.Equal(new DateOnly(2026, 5, 14), WorkCalendar.Day((await lab.Duties.AskExtension(lab.Steward, duty.Id, "系统改造未完成", default)).Value.DueAt));
        Assert.Equal(new DateOnly(2026, 5, 21), WorkCalendar.Day((await lab.Duties.DecideExtension(lab.Reviewer, duty.Id, true, default)).Value.DueAt));
        Assert.Equal("catalog.extension-decided", (await lab.Duties.AskExtension(lab.Steward, duty.Id, "再延一次", default)).Refusal!.Code);
        Assert.Equal([duty.Id], (await lab.Duties.Open(default)).Select(d => d.Id));
    }

    [Theory, EveryStore]
    public async Task The_duty_is_met_when_the_updated_entry_reaches_the_bureau(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Publish(Samples.Open());
        await lab.Duties.Report(lab.Reviewer, entry.Id, lab.Store.Clock.GetUtcNow(), "机构职责调整", default);
        await lab.Entries.Edit(lab.Steward, entry.Id, 1, entry.Content with { ContactPhone = "0290-1234 5678" }, default);
        await lab.Entries.Submit(lab.Steward, entry.Id, 2, default);
        Assert.Null((await lab.Duties.Of(entry.Id, default)).Single().MetAt);
        await lab.Entries.Approve(lab.Head, entry.Id, 2, default);
        Assert.NotNull((await lab.Duties.Of(entry.Id, default)).Single().MetAt);
        Assert.Empty(await lab.Duties.Open(default));
    }

    [Theory, EveryStore]
    public async Task Strangers_and_future_days_are_refused(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var entry = await lab.Publish(Samples.Open());
        Assert.Equal(403, (await lab.Duties.Report(lab.Stranger, entry.Id, lab.Store.Clock.GetUtcNow(), "原因", default)).Refusal!.Status);
        Assert.Equal(404, (await lab.Duties.Report(lab.Stranger, Id<Entry>.New(lab.Store.Clock), lab.Store.Clock.GetUtcNow(), "原因", default)).Refusal!.Status);
        Assert.Equal("occurredAt", (await lab.Duties.Report(lab.Steward, entry.Id, lab.Store.Clock.GetUtcNow().AddDays(2), "原因", default)).Refusal!.Fields.Single().Field);
        Assert.Equal("reason", (await lab.Duties.Report(lab.Steward, entry.Id, lab.Store.Clock.GetUtcNow(), "", default)).Refusal!.Fields.Single().Field);
        Assert.Equal(404, (await lab.Duties.AskExtension(lab.Steward, Id<UpdateDuty>.New(lab.Store.Clock), "原因", default)).Refusal!.Status);
    }
}
