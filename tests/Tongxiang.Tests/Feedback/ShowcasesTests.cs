using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Feedback;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Feedback;

public sealed class ShowcasesTests
{
    [Theory, EveryStore]
    public async Task A_use_is_proposed_reviewed_shown_and_taken_down(Store store)
    {
        await using var lab = await FeedbackLab.Open(store);
        var use = Good(await lab.Showcases.Propose(Facts.CompanyPerson, lab.Used(), default));
        Assert.Equal((ShowcaseState.Proposed, 1L), (use.State, await lab.Showcases.Waiting(Facts.Reviewer, default)));
        Assert.Empty(await lab.Showcases.OfEntry(lab.Entry.Id, 10, default));
        Assert.Equal("maker@example.org", Assert.Single(await lab.Showcases.Queue(Facts.Reviewer, ShowcaseState.Proposed, 10, default)).Contact);

        var shown = Good(await lab.Showcases.Decide(Facts.Reviewer, use.Id, 1, ShowcaseState.Shown, "", default));
        Assert.Equal((ShowcaseState.Shown, 2L), (shown.State, shown.Revision));
        var seen = Assert.Single(await lab.Showcases.OfEntry(lab.Entry.Id, 10, default));
        Assert.Equal(("到站时刻", "https://bus.example.cn/", Facts.Company.Id), (seen.Title, seen.Address, seen.Agency!.Value));
        Assert.Equal([lab.Entry.Id], seen.Datasets);
        Assert.Single((await lab.Showcases.Shown(null, 10, default)).Items);
        Assert.Equal(0, await lab.Showcases.Waiting(Facts.Reviewer, default));

        Refuses("kernel.invalid-input", await lab.Showcases.Decide(Facts.Reviewer, use.Id, 2, ShowcaseState.Withdrawn, "", default));
        Good(await lab.Showcases.Decide(Facts.Reviewer, use.Id, 2, ShowcaseState.Withdrawn, "网址已打不开", default));
        Assert.Empty(await lab.Showcases.OfEntry(lab.Entry.Id, 10, default));
        Assert.Empty((await lab.Showcases.Shown(null, 10, default)).Items);
        Assert.Equal("网址已打不开", Assert.Single(await lab.Showcases.Mine(Facts.CompanyPerson, 10, default)).Reason);
        var evidence = string.Concat(await lab.Evidenced());
        foreach (var kind in new[] { "feedback.use-proposed", "feedback.use-shown", "feedback.use-withdrawn" }) Assert.Contains(kind, evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("maker@example.org", evidence, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task What_is_declined_says_why_and_may_come_again(Store store)
    {
        await using var lab = await FeedbackLab.Open(store);
        var use = Good(await lab.Showcases.Propose(Facts.Citizen, lab.Used(), default));
        Refuses("kernel.invalid-input", await lab.Showcases.Decide(Facts.Reviewer, use.Id, 1, ShowcaseState.Declined, "否", default));
        Refuses("feedback.use-step", await lab.Showcases.Decide(Facts.Reviewer, use.Id, 7, ShowcaseState.Shown, "", default));
        Good(await lab.Showcases.Decide(Facts.Reviewer, use.Id, 1, ShowcaseState.Declined, "网页里没有用到这项数据", default));
        Refuses("feedback.use-step", await lab.Showcases.Decide(Facts.Reviewer, use.Id, 2, ShowcaseState.Shown, "", default));
        Assert.Single(await lab.Showcases.Queue(Facts.Reviewer, ShowcaseState.Declined, 10, default));
        var again = Good(await lab.Showcases.Propose(Facts.Citizen, lab.Used(), default));
        Assert.NotEqual(use.Id, again.Id);
        var own = Good(await lab.Showcases.Decide(Facts.Citizen, again.Id, 1, ShowcaseState.Withdrawn, "", default));
        Assert.Equal(ShowcaseState.Withdrawn, own.State);
        Assert.Contains("feedback.use-declined", string.Concat(await lab.Evidenced()), StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task The_same_proposal_is_one_and_a_flood_stops(Store store)
    {
        await using var lab = await FeedbackLab.Open(store);
        var twice = await Task.WhenAll(lab.Showcases.Propose(Facts.Citizen, lab.Used(), default), lab.Showcases.Propose(Facts.Citizen, lab.Used(), default));
        Assert.Equal(Good(twice[0]).Id, Good(twice[1]).Id);
        Assert.NotEqual(twice[0].Value.Id, Good(await lab.Showcases.Propose(Facts.CompanyPerson, lab.Used(), default)).Id);
        for (var i = 1; i < Showcases.MostWaiting; i++) Good(await lab.Showcases.Propose(Facts.Citizen, lab.Used($"第 {i} 个应用"), default));
        Refuses("feedback.use-waiting", await lab.Showcases.Propose(Facts.Citizen, lab.Used("还有一个应用"), default));
        foreach (var use in await lab.Showcases.Mine(Facts.Citizen, 10, default)) Good(await lab.Showcases.Decide(Facts.Citizen, use.Id, 1, ShowcaseState.Withdrawn, "", default));
        for (var i = Showcases.MostWaiting; i < Showcases.MostADay; i++)
            Good(await lab.Showcases.Decide(Facts.Citizen, Good(await lab.Showcases.Propose(Facts.Citizen, lab.Used($"第 {i} 个应用"), default)).Id, 1, ShowcaseState.Withdrawn, "", default));
        Refuses("feedback.use-day", await lab.Showcases.Propose(Facts.Citizen, lab.Used("还有一个应用"), default));
        lab.Clock.Advance(TimeSpan.FromDays(1));
        Good(await lab.Showcases.Propose(Facts.Citizen, lab.Used("还有一个应用"), default));
    }

    [Theory, EveryStore]
    public async Task Nobody_proposes_for_unseen_data_and_strangers_see_nothing(Store store)
    {
        await using var lab = await FeedbackLab.Open(store);
        Refuses("agencies.sign-in-first", await lab.Showcases.Propose(Caller.Anonymous, lab.Used(), default));
        var unknown = await lab.Showcases.Propose(Facts.Citizen, lab.Used() with { Datasets = [lab.Entry.Id, Id<Entry>.New(lab.Clock)] }, default);
        Assert.Equal("datasets", Assert.Single(unknown.Refusal!.Fields).Field);
        var use = Good(await lab.Showcases.Propose(Facts.Citizen, lab.Used(), default));
        foreach (var stranger in new[] { Caller.Anonymous, Facts.CompanyPerson, Facts.PoliceSteward })
        {
            Assert.Null(await lab.Showcases.Find(stranger, use.Id, default));
            Assert.Empty(await lab.Showcases.Mine(stranger, 10, default));
            Assert.Empty(await lab.Showcases.Queue(stranger, ShowcaseState.Proposed, 10, default));
            Assert.Equal(0, await lab.Showcases.Waiting(stranger, default));
            Refuses("kernel.not-found", await lab.Showcases.Decide(stranger, use.Id, 1, ShowcaseState.Shown, "", default));
        }
        // What the public may not know of any more is not shown either.
        lab.SetClass(OpenClass.Closed);
        Refuses("kernel.invalid-input", await lab.Showcases.Propose(Facts.Citizen, lab.Used("另一个应用"), default));
        Refuses("feedback.use-data", await lab.Showcases.Decide(Facts.Reviewer, use.Id, 1, ShowcaseState.Shown, "", default));
        Good(await lab.Showcases.Decide(Facts.Reviewer, use.Id, 1, ShowcaseState.Declined, "数据集已不公开", default));
    }

    [Theory, EveryStore]
    public async Task The_list_of_all_turns_its_pages(Store store)
    {
        await using var lab = await FeedbackLab.Open(store);
        foreach (var (who, i) in new[] { Facts.Citizen, Facts.CompanyPerson, Facts.CivilSteward }.Select((who, i) => (who, i)))
        {
            lab.Clock.Advance(TimeSpan.FromSeconds(1));
            Good(await lab.Showcases.Decide(Facts.Reviewer, Good(await lab.Showcases.Propose(who, lab.Used($"应用 {i}"), default)).Id, 1, ShowcaseState.Shown, "", default));
        }
        var first = await lab.Showcases.Shown(null, 2, default);
        var rest = await lab.Showcases.Shown(first.Next, 2, default);
        Assert.Equal(["应用 2", "应用 1", "应用 0"], first.Items.Concat(rest.Items).Select(u => u.Title));
        Assert.Null(rest.Next);
        Assert.Equal(2, (await lab.Showcases.Shown("not a cursor", 2, default)).Items.Count);
    }
}
