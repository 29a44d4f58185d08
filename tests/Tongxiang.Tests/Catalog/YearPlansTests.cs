using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Catalog;

public sealed class YearPlansTests
{
    private static readonly DateOnly End = new(2026, 12, 31);

    [Theory, EveryStore]
    public async Task An_item_is_done_only_by_the_event_it_promised(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var draft = await lab.Assessed(Samples.Open() with { Opening = new Opening(OpenClass.Closed, "", "", "尚未评估", []) });
        foreach (var kind in Enum.GetValues<PlanKind>())
            Assert.False((await lab.Plans.Add(lab.Steward, new PlanWish(2026, kind, $"站点{kind}", End, draft.Code), default)).IsRefused);
        Assert.False((await lab.Plans.Add(lab.Steward, new PlanWish(2026, PlanKind.Open, "没有条目的事项", End), default)).IsRefused);
        await lab.Plans.Follow(default);
        Assert.Empty(await Done());

        await lab.Entries.Submit(lab.Steward, draft.Id, 1, default);
        await lab.Entries.Approve(lab.Head, draft.Id, 1, default);
        await lab.Entries.Publish(lab.Reviewer, draft.Id, 1, default);
        await lab.Plans.Follow(default);
        Assert.Equal([PlanKind.Catalogue, PlanKind.Share], (await Done()).Select(i => i.Kind));
        var proof = (await lab.Entries.History(lab.Head, draft.Id, default)).Value.Steps.Single(s => s.Step == Step.Published).EvidenceId;
        Assert.All(await Done(), i => Assert.Equal(proof, i.Proof));

        lab.Catalogue.Updated(draft.Id, new DataFacts(3, lab.Store.Clock.GetUtcNow(), 10, 100, new string('a', 64)));
        await lab.Entries.Edit(lab.Steward, draft.Id, 1, draft.Content with { Opening = Samples.Open().Opening }, default);
        foreach (var kind in Enum.GetValues<AssessmentKind>()) await lab.Entries.Assess(lab.Steward, draft.Id, kind, "评估结论：可以开放", default);
        await lab.Entries.Submit(lab.Steward, draft.Id, 2, default);
        await lab.Entries.Approve(lab.Head, draft.Id, 2, default);
        await lab.Plans.Follow(default);
        Assert.DoesNotContain(await Done(), i => i.Kind == PlanKind.Open);
        await lab.Entries.Publish(lab.Reviewer, draft.Id, 2, default);
        await lab.Plans.Follow(default);
        Assert.Equal(4, (await Done()).Count);
        Assert.Contains("version 3 sha256", (await Done()).Single(i => i.Kind == PlanKind.Attach).Proof);
        Assert.Equal(4, (await lab.Evidenced()).Count(e => e.Contains("catalog.plan-item-done", StringComparison.Ordinal)));

        // What was done before the year of the plan is no work of it.
        Assert.False((await lab.Plans.Add(lab.Steward, new PlanWish(2027, PlanKind.Catalogue, "站点", new DateOnly(2027, 6, 30), draft.Code), default)).IsRefused);
        await lab.Plans.Follow(default);
        Assert.Equal(PlanState.Planned, (await lab.Plans.Of(lab.Steward, 2027, default)).Value.Items.Single().State);

        async Task<IReadOnlyList<PlanItem>> Done() => [.. (await lab.Plans.Of(lab.Steward, 2026, default)).Value.Items.Where(i => i.State == PlanState.Done).OrderBy(i => i.Kind)];
    }

    [Theory, EveryStore]
    public async Task A_published_plan_binds_and_only_the_bureau_drops_with_a_reason(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var head = lab.Person(lab.Bureau, Role.BureauHead);
        Assert.Equal("catalog.plan-empty", (await lab.Plans.Publish(head, 2026, default)).Refusal!.Code);
        var (a, b) = ((await lab.Plans.Add(lab.Steward, new PlanWish(2026, PlanKind.Open, "站点", End), default)).Value, (await lab.Plans.Add(lab.Reviewer, new PlanWish(2026, PlanKind.Share, "线路", End, Agency: lab.Transport.Id), default)).Value);
        Assert.Equal("catalog.plan-twice", (await lab.Plans.Add(lab.Steward, new PlanWish(2026, PlanKind.Open, "站点", End), default)).Refusal!.Code);
        Assert.Equal(PlanState.Dropped, (await lab.Plans.Drop(lab.Steward, a.Id, 1, "并入其他事项", default)).Value.State);
        Assert.Equal(403, (await lab.Plans.Publish(lab.Reviewer, 2026, default)).Refusal!.Status);
        var both = await Task.WhenAll(lab.Plans.Publish(head, 2026, default), lab.Plans.Publish(head, 2026, default));
        Assert.Equal("catalog.plan-published", both.Single(o => o.IsRefused).Refusal!.Code);
        Assert.NotNull((await lab.Plans.Of(lab.Steward, 2026, default)).Value.EvidenceId);
        Assert.Equal("catalog.plan-binds", (await lab.Plans.Drop(lab.Steward, b.Id, 1, "做不完", default)).Refusal!.Code);
        Assert.Equal("reason", (await lab.Plans.Drop(lab.Reviewer, b.Id, 1, "", default)).Refusal!.Fields.Single().Field);
        Assert.Equal("catalog.plan-changed", (await lab.Plans.Drop(lab.Reviewer, b.Id, 7, "机构改革", default)).Refusal!.Code);
        Assert.False((await lab.Plans.Drop(lab.Reviewer, b.Id, 1, "机构改革", default)).IsRefused);
    }

    [Theory, EveryStore]
    public async Task Strangers_neither_plan_for_others_nor_see_their_items(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var item = (await lab.Plans.Add(lab.Steward, new PlanWish(2026, PlanKind.Open, "站点", End), default)).Value;
        var entry = await lab.Publish(Samples.Open());
        Assert.Equal(403, (await lab.Plans.Add(lab.Stranger, new PlanWish(2026, PlanKind.Open, "站点", End, Agency: lab.Transport.Id), default)).Refusal!.Status);
        Assert.Equal(403, (await lab.Plans.Add(lab.Head, new PlanWish(2026, PlanKind.Open, "甲乙", End), default)).Refusal!.Status);
        Assert.Equal(404, (await lab.Plans.Link(lab.Stranger, item.Id, 1, entry.Code, default)).Refusal!.Status);
        Assert.Empty((await lab.Plans.Of(lab.Stranger, 2026, default)).Value.Items);
        Assert.Equal(403, (await lab.Plans.Of(lab.Company, 2026, default)).Refusal!.Status);
        Assert.Equal("code", (await lab.Plans.Add(lab.Stranger, new PlanWish(2026, PlanKind.Open, "站点", End, entry.Code), default)).Refusal!.Fields.Single().Field);
        Assert.Equal("code", (await lab.Plans.Link(lab.Steward, item.Id, 1, "306001/999999", default)).Refusal!.Fields.Single().Field);
        Assert.Equal("catalog.plan-changed", (await lab.Plans.Link(lab.Steward, item.Id, 3, entry.Code, default)).Refusal!.Code);
        Assert.Equal(entry.Id, (await lab.Plans.Link(lab.Steward, item.Id, 1, entry.Code, default)).Value.Entry);
        Assert.Equal("dueOn", (await lab.Plans.Add(lab.Steward, new PlanWish(2026, PlanKind.Open, "丙丁", new DateOnly(2027, 1, 1)), default)).Refusal!.Fields.Single().Field);
    }
}
