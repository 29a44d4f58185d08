using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

public sealed class ApplicationClocksTests
{
    [Theory, EveryStore]
    public async Task A_tightened_number_moves_the_clock_that_started_under_it_and_says_so(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        Assert.Equal("2026-03-04", Day(sent.DueAt));
        // Of an earlier day than the local rule: the number of its own day holds.
        lab.SetDay("2026-02-13");
        Good(await lab.Rules.Tighten(Caller.Platform, "DL-04", 5, "云岭省办法", new DateOnly(2026, 2, 13), default));
        await lab.Moves.Follow(default);
        Assert.Equal("2026-03-04", Day((await lab.Applications.Find(Facts.CivilSteward, sent.Id, default))!.DueAt));

        Good(await lab.Rules.Tighten(Caller.Platform, "DL-04", 5, "云岭省办法", new DateOnly(2026, 2, 12), default));
        await lab.Moves.Follow(default);
        var moved = (await lab.Applications.Find(Facts.CivilSteward, sent.Id, default))!;
        Assert.Equal(("2026-02-26", 5), (Day(moved.DueAt), moved.Clock!.Days));
        var page = Good(await lab.Moves.List(Facts.PoliceHead, null, 10, default));
        var one = Assert.Single(page.Items);
        Assert.Equal(("application", sent.Number, "DL-04", "DL-04", "2026-03-04", "2026-02-26"), (one.Move.Kind, one.Move.Number, one.Move.Rule, one.Cause, Day(one.Move.Before), Day(one.Move.After)));
        Assert.Single(Good(await lab.Moves.List(Facts.Reviewer, null, 10, default)).Items);
        Assert.Empty(Good(await lab.Moves.List(Facts.HealthSteward, null, 10, default)).Items);
        Refuses("agencies.only-government", await lab.Moves.List(Facts.Citizen, null, 10, default));
        Assert.Contains(await lab.Evidenced(), e => e.Contains("agencies.clock-moved", StringComparison.Ordinal) && e.Contains(sent.Id.ToString(), StringComparison.Ordinal));

        // Once settled, a round has nothing to do; the notices follow the new day.
        lab.SetDay("2026-02-14");
        await lab.Moves.Follow(default);
        await lab.Moves.Follow(default);
        Assert.Single(Good(await lab.Moves.List(Facts.PoliceHead, null, 10, default)).Items);
    }

    private static string Day(DateTimeOffset? at) => WorkCalendar.Day(at!.Value).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
