using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class RulePackTests
{
    private static readonly DateOnly Day = new(2026, 9, 18);

    [Theory]
    [InlineData("DL-01", 10, "17")]
    [InlineData("DL-01-EXT", 5, "17")]
    [InlineData("DL-02", 2, "17")]
    [InlineData("DL-03", 1, "21")]
    [InlineData("DL-04", 10, "21")]
    [InlineData("DL-04-EXT", 10, "21")]
    [InlineData("DL-05", 20, "22")]
    [InlineData("DL-06", 10, "26")]
    [InlineData("DL-07", 3, "29")]
    [InlineData("DL-08", null, "28")]
    [InlineData("DL-09", null, "27")]
    public async Task The_numbers_of_Order_809_are_grade_A_with_their_article(string id, int? value, string article)
    {
        await using var lab = await AgenciesLab.Open(Store.Sqlite);
        var rule = lab.Rules.Find(id, Day);
        Assert.Equal((value, article, RuleGrade.A), (rule.Value, rule.Article, rule.Grade));
        Assert.Null(lab.Rules.TryFind(id, new DateOnly(2025, 7, 31)));
    }

    [Theory, EveryStore]
    public async Task A_locality_may_be_faster_and_never_slower(Store store)
    {
        await using var lab = await AgenciesLab.Open(store);
        var slower = await lab.Rules.Tighten(Caller.Platform, "DL-04", 12, "本地办法", Day, default);
        Assert.Equal("agencies.only-tighten", slower.Refusal?.Code);
        Assert.Equal(10, lab.Rules.Find("DL-04", Day).Value);

        Assert.Null((await lab.Rules.Tighten(Caller.Platform, "DL-04", 5, "本地办法", Day, default)).Refusal);
        Assert.Equal((5, true), (lab.Rules.Find("DL-04", Day).Value, lab.Rules.Find("DL-04", Day).IsLocal));
        Assert.Equal(10, lab.Rules.Find("DL-04", Day.AddDays(-1)).Value);
        Assert.Contains(await lab.Evidenced(), e => e.Contains("agencies.rule-tightened", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("DL-07", 2, false)]
    [InlineData("DL-07", 5, true)]
    [InlineData("DL-08", 5, false)]
    [InlineData("DL-03", -1, false)]
    [InlineData("SW-PAUSE-ON-SUPPLEMENT", 1, false)]
    [InlineData("DL-03-EXT", 1, false)]
    public async Task A_minimum_may_only_grow_and_a_switch_stays(string rule, int value, bool isTaken)
    {
        await using var lab = await AgenciesLab.Open(Store.Sqlite);
        Assert.Equal(isTaken, !(await lab.Rules.Tighten(Caller.Platform, rule, value, "本地办法", Day, default)).IsRefused);
    }

    [Theory, EveryStore]
    public async Task A_looser_row_smuggled_into_the_store_is_not_believed(Store store)
    {
        await using var lab = await AgenciesLab.Open(store);
        await lab.Store.Db.Run($"insert into agencies_rule_local (rule, valid_from, value, source, set_by, set_at) values ({"DL-04"}, {"2026-01-01"}, {99L}, {"x"}, {"x"}, {0L})", default);
        await lab.Rules.Refresh(default);
        Assert.Equal(10, lab.Rules.Find("DL-04", Day).Value);
    }

    [Theory]
    [InlineData("290000", RuleGrade.C, "*")]
    [InlineData("520115", RuleGrade.B, "520000")]
    public async Task The_nearest_jurisdiction_wins_and_an_unverified_number_says_so(string division, RuleGrade grade, string jurisdiction)
    {
        await using var lab = await AgenciesLab.Open(Store.Sqlite, division);
        var rule = lab.Rules.Find("OPEN-01", Day);
        Assert.Equal((15, grade, jurisdiction, grade == RuleGrade.C), (rule.Value, rule.Grade, rule.Jurisdiction, rule.IsUnverified));
    }

    [Fact]
    public async Task Only_the_head_of_the_bureau_tightens()
    {
        await using var lab = await AgenciesLab.Open(Store.Sqlite);
        var steward = new Caller("p", Id<Person>.New(lab.Store.Clock), null, Id<Agency>.New(lab.Store.Clock), AgencyKind.Department, new HashSet<Role> { Role.BureauHead }, "");
        Assert.Equal(403, (await lab.Rules.Tighten(steward, "DL-04", 5, "本地办法", Day, default)).Refusal?.Status);
        Assert.Null((await lab.Rules.Tighten(steward with { AgencyKind = AgencyKind.Bureau }, "DL-04", 5, "本地办法", Day, default)).Refusal);
    }
}
