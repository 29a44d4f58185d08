using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using static Tongxiang.Tests.Share.ShareLab;
using Known = Tongxiang.Tests.Share.Facts;

namespace Tongxiang.Tests.Assess;

/// <summary>What supervision reads, out of rows that the front doors wrote.</summary>
public sealed class RecordsTests
{
    [Theory, EveryStore]
    public async Task Corrections_and_disputes_are_read_with_their_clocks_and_proofs(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        var record = new ShareRecord(lab.Lab.Db);
        var since = lab.Lab.Clock.GetUtcNow().AddDays(-1);
        var grant = await lab.Granted();
        var asked = await lab.Reported(grant);
        var open = Assert.Single(await record.Corrections(since, default));
        Assert.Equal((asked.Number, asked.DueAt, null, Known.Police.Id, 1), (open.Number, open.DueAt, open.ClosedAt, open.Provider, open.Evidence.Count));
        Good(await lab.Corrections.FindCorrect(Known.PoliceSteward, asked.Id, null, "与户籍档案核对一致", default));
        var closed = Assert.Single(await record.Corrections(since, default));
        Assert.Equal((true, 2), (closed.ClosedAt is not null, closed.Evidence.Distinct().Count()));
        Assert.Empty(await record.Corrections(since.AddDays(60), default));

        var dispute = Good(await lab.Disputes.Open(Known.CivilHead, new NewDispute(Known.Police.Id, DisputeAbout.Refusal, lab.Lab.Entry.Id, "", "低保核对所需户籍数据", "我厅依职责需要核对户籍，对方以内部规定为由不同意。"), default));
        // While the two negotiate it is not the bureau's.
        Assert.Empty(await record.Disputes(since, default));
        dispute = Good(await lab.Disputes.Take(Known.CivilHead, dispute.Id, DisputeStep.Escalate, dispute.Revision, "两次协商未能一致", null, null, default));
        var referred = Assert.Single(await record.Disputes(since, default));
        Assert.Equal((Known.Bureau.Id, null, 1), (referred.Bureau, referred.EndedAt, referred.Evidence.Count));
        Good(await lab.Disputes.Take(Known.Reviewer, dispute.Id, DisputeStep.Refer, dispute.Revision, "协调不成，报请省政府决定", null, null, default));
        Assert.NotNull(Assert.Single(await record.Disputes(since, default)).EndedAt);
    }

    [Theory, EveryStore]
    public async Task Elements_of_two_departments_are_read_with_the_day_each_began_and_the_naming(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var record = new CatalogRecord(lab.Store.Db, lab.Store.Clock);
        var content = Samples.Personal();
        await lab.Publish(content);
        Assert.Empty(await record.SharedElements(default));
        lab.Store.Clock.Advance(TimeSpan.FromDays(3));
        await lab.Publish(content with { Name = "又一个参保目录" });
        Assert.Empty(await record.SharedElements(default));
        var second = (await lab.Entries.Enrol([new Enrolment(content with { Name = "户籍人口" }, "household", lab.Stranger, lab.Stranger, lab.Reviewer, "不涉及国家秘密和工作秘密", "影响可控")], default)).Value[0];
        var shared = await record.SharedElements(default);
        Assert.Equal(["citizen-id", "person-name"], shared.Select(s => s.Element));
        Assert.Equal([lab.Transport.Id, lab.Police.Id], shared[0].Holders.Select(h => h.Agency));
        Assert.Equal((second.Id, TimeSpan.FromDays(3)), (shared[0].Holders[1].Entry, shared[0].Holders[1].Since - shared[0].Holders[0].Since));

        var sources = new SourcesOfRecord(
            lab.Store.Db, lab.Store.Clock, lab.Store.Settings, new EvidenceLog(lab.Store.Db, lab.Store.Home, lab.Store.Key, lab.Store.Settings, lab.Store.Clock), lab.Directory, lab.Catalogue);
        var today = WorkCalendar.Day(lab.Store.Clock.GetUtcNow());
        Good(await sources.Appoint(lab.Reviewer, new NewSource("citizen-id", SourceSegment.All, lab.Police.Id, "云数〔2026〕12号文指定", today, today.AddDays(5), []), default));
        Assert.Equal((lab.Store.Clock.GetUtcNow(), null), ((await record.SharedElements(default))[0].NamedAt, (await record.SharedElements(default))[1].NamedAt));
        // When the naming has run out, both hold it without a source from that day on.
        lab.Store.Clock.Advance(TimeSpan.FromDays(8));
        var lapsed = (await record.SharedElements(default))[0];
        Assert.Null(lapsed.NamedAt);
        Assert.All(lapsed.Holders, h => Assert.Equal(today.AddDays(5), WorkCalendar.Day(h.Since)));
    }
}
