using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>Order 809 art. 13: what stands before an entry is submitted.</summary>
public sealed class Requirement04
{
    /// <summary>Order 809 art. 13 para. 1: both assessments and the head's approval stand before the bureau receives an entry, one by one or on a signing list.</summary>
    [Theory, EveryStore]
    public async Task Requirement_04_Submission_is_impossible_without_both_assessments_and_the_heads_approval(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        foreach (var only in Enum.GetValues<AssessmentKind>())
        {
            var half = (await lab.Entries.Draft(lab.Steward, Samples.Open($"站点{only}", $"Stops {only}"), default)).Value;
            Assert.Equal("catalog.not-assessed", (await lab.Entries.Submit(lab.Steward, half.Id, 1, default)).Refusal!.Code);
            await lab.Entries.Assess(lab.Steward, half.Id, only, "评估结论：可以编目", default);
            var refusal = (await lab.Entries.Submit(lab.Steward, half.Id, 1, default)).Refusal!;
            Assert.Equal(("catalog.not-assessed", "Order 809 art. 13"), (refusal.Code, refusal.Article));
            Assert.Equal(Enum.GetValues<AssessmentKind>().Where(k => k != only).Select(k => "catalog.no-assessment." + k), refusal.Fields.Select(f => f.Key));
        }
        var entry = await lab.Assessed(Samples.Open());
        Assert.Equal("catalog.wrong-state", (await lab.Entries.Approve(lab.Head, entry.Id, 1, default)).Refusal!.Code);
        Assert.False((await lab.Entries.Submit(lab.Steward, entry.Id, 1, default)).IsRefused);
        // Handed in is not submitted: until the head approves, the bureau has not received it.
        Assert.Empty((await lab.Entries.ReviewQueue(lab.Reviewer, default)).Value);
        Assert.Equal(404, (await lab.Entries.Publish(lab.Reviewer, entry.Id, 1, default)).Refusal!.Status);
        foreach (var caller in new[] { lab.Steward, lab.Reviewer, lab.Stranger }) Assert.NotNull((await lab.Entries.Approve(caller, entry.Id, 1, default)).Refusal);
        Assert.False((await lab.Entries.Approve(lab.Head, entry.Id, 1, default)).IsRefused);
        Assert.Equal([entry.Id], (await lab.Entries.ReviewQueue(lab.Reviewer, default)).Value.Select(e => e.Id));

        // A signing list lacks neither.
        var listed = (await lab.Entries.Draft(lab.Steward, Samples.Open("线路", "Lines"), default)).Value;
        Assert.Equal(["secrecyRisk", "personalInformationImpact"], (await lab.Lists.Make(lab.Steward, new NewSigningList("清单", "", "", [new ListedEntry(listed.Id, 1)]), default)).Refusal!.Fields.Select(f => f.Field));
        var list = (await lab.Lists.Make(lab.Steward, new NewSigningList("清单", "不涉密", "影响可控", [new ListedEntry(listed.Id, 1)]), default)).Value;
        Assert.Single((await lab.Entries.ReviewQueue(lab.Reviewer, default)).Value);
        await lab.Lists.Sign(lab.Head, list.Id, 1, default);
        Assert.Equal(2, (await lab.Entries.ReviewQueue(lab.Reviewer, default)).Value.Count);
    }
}
