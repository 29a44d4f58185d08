using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Core.Elements;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Agencies;

public sealed class DirectoryTests
{
    [Theory]
    [InlineData("110103", "2005-01-01", "崇文区")]
    [InlineData("110103", "2015-01-01", null)]
    [InlineData("500000", "1990-01-01", null)]
    [InlineData("500000", "2020-01-01", "重庆市")]
    [InlineData("371200", "2010-06-01", "莱芜市")]
    [InlineData("290000", "2020-01-01", null)]
    public void The_shipped_list_knows_when_a_code_stood(string code, string day, string? name) =>
        Assert.Equal(name, DivisionTable.Shipped.Find(code, DateOnly.ParseExact(day, "yyyy-MM-dd"))?.Name);

    [Fact]
    public void The_shipped_list_has_every_province_and_no_demonstration()
    {
        var provinces = DivisionTable.Shipped.All.Where(d => d.Level == 1 && d.ValidTo is null).Select(d => d.Code).Distinct().ToList();
        Assert.Equal(34, provinces.Count);
        Assert.DoesNotContain(DivisionTable.Shipped.All, d => d.Code.StartsWith("29", StringComparison.Ordinal));
        Assert.All(DivisionTable.Shipped.All, d => Assert.True(d.ValidTo is null || d.ValidTo > d.ValidFrom, d.Code));
    }

    [Theory, EveryStore]
    public async Task A_loaded_list_stands_beside_the_shipped_one_and_its_future_is_recognised(Store store)
    {
        await using var lab = await AgenciesLab.Open(store);
        await lab.Roster.LoadDivisions(
        [
            new Division("290000", "示例省", "Example Province", null, 1, new DateOnly(1980, 1, 1), null, DivisionTable.Demonstration),
            new Division("290199", "未来区", "Future District", "290100", 3, new DateOnly(2027, 1, 1), null, DivisionTable.Demonstration),
        ], default);
        var today = new DateOnly(2026, 9, 18);
        Assert.Equal("Example Province", lab.Directory.DivisionName("290000", Texts.English));
        Assert.Equal("示例省", lab.Directory.DivisionName("290000", Texts.Chinese));
        Assert.Null(lab.Directory.Division("290199", today));
        Assert.Equal(DivisionStanding.Future, lab.Directory.Divisions.Standing("290199", today));
        Assert.Equal(DivisionStanding.Future, lab.Directory.DivisionsForChecks.Standing(Encoding.ASCII.GetBytes("290199"), today));
        Assert.Equal(DivisionStanding.Past, lab.Directory.DivisionsForChecks.Standing(Encoding.ASCII.GetBytes("110103"), today));
        Assert.NotNull(lab.Directory.Division("110000", today));
    }

    [Theory, EveryStore]
    public async Task An_agency_is_found_by_id_and_slug_and_a_slug_comes_once(Store store)
    {
        await using var lab = await AgenciesLab.Open(store);
        var police = await lab.Agency("police");
        Assert.Equal(police, lab.Directory.BySlug("police"));
        Assert.Equal(police, lab.Directory.Find(police.Id));
        var again = await lab.Roster.Add(Caller.Platform, police with { Id = Id<Agency>.New(lab.Store.Clock) }, default);
        Assert.Equal("agencies.slug-taken", again.Refusal?.Code);
    }

    [Theory]
    [InlineData("Police", "91350100M000100Y43", "slug")]
    [InlineData("../etc", "91350100M000100Y43", "slug")]
    [InlineData("police", "91350100M000100Y44", "creditCode")]
    [InlineData("police", "", "creditCode")]
    public async Task A_wrong_agency_is_refused_by_field(string slug, string creditCode, string field)
    {
        await using var lab = await AgenciesLab.Open(Store.Sqlite);
        var agency = new Agency(Id<Agency>.New(lab.Store.Clock), slug, creditCode, "公安厅", "Police", AgencyKind.Department, "290000", null, null, null);
        var refusal = (await lab.Roster.Add(Caller.Platform, agency, default)).Refusal;
        Assert.Equal(field, Assert.Single(refusal!.Fields).Field);
        Assert.Equal(403, (await lab.Roster.Add(Caller.Anonymous, agency, default)).Refusal?.Status);
    }
}
