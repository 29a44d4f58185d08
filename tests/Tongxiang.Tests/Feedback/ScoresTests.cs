using Tongxiang.Agencies;
using Tongxiang.Feedback;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Feedback;

public sealed class ScoresTests
{
    [Theory, EveryStore]
    public async Task A_person_has_one_voice_and_may_change_it(Store store)
    {
        await using var lab = await FeedbackLab.Open(store);
        Assert.Equal((0L, 0.0), await Look(lab));
        Good(await lab.Scores.Give(Facts.Citizen, lab.Entry.Id, 2, default));
        Good(await lab.Scores.Give(Facts.CompanyPerson, lab.Entry.Id, 5, default));
        Assert.Equal((2L, 3.5), await Look(lab));
        Good(await lab.Scores.Give(Facts.Citizen, lab.Entry.Id, 4, default));
        Assert.Equal((2L, 4.5), await Look(lab));
        Assert.Equal(4, await lab.Scores.Own(Facts.Citizen, lab.Entry.Id, default));
        Assert.Null(await lab.Scores.Own(Caller.Anonymous, lab.Entry.Id, default));
        Assert.Null(await lab.Scores.Own(Facts.CivilSteward, lab.Entry.Id, default));
    }

    [Theory, EveryStore]
    public async Task Nobody_scores_unseen_unknown_or_own_data(Store store)
    {
        await using var lab = await FeedbackLab.Open(store);
        Refuses("agencies.sign-in-first", await lab.Scores.Give(Caller.Anonymous, lab.Entry.Id, 5, default));
        Refuses("feedback.own-data", await lab.Scores.Give(Facts.PoliceSteward, lab.Entry.Id, 5, default));
        Refuses("kernel.not-found", await lab.Scores.Give(Facts.Citizen, Id<Tongxiang.Catalog.Entry>.New(lab.Clock), 5, default));
        foreach (var stars in new[] { -1, 0, 6, int.MaxValue }) Refuses("kernel.invalid-input", await lab.Scores.Give(Facts.Citizen, lab.Entry.Id, stars, default));
        Assert.Equal((0L, 0.0), await Look(lab));
    }

    [Theory]
    [InlineData(new long[] { 0, 0, 0, 0, 0 }, 0, 0.0)]
    [InlineData(new long[] { 1, 0, 0, 0, 1 }, 2, 3.0)]
    [InlineData(new long[] { 0, 0, 1, 2, 0 }, 3, 3.7)]
    [InlineData(new long[] { 0, 1, 0, 1, 2 }, 4, 4.0)]
    public void The_mean_has_one_decimal(long[] counts, long count, double mean) => Assert.Equal((count, mean), (new ScoreView(counts).Count, new ScoreView(counts).Mean));

    private static async Task<(long, double)> Look(FeedbackLab lab) => await lab.Scores.Of(lab.Entry.Id, default) is var view ? (view.Count, view.Mean) : default;
}
