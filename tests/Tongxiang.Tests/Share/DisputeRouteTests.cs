using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Tests.Share;

public sealed class DisputeRouteTests
{
    private static readonly Agency Nation = Make("nation", AgencyKind.Bureau, "000000", null);
    private static readonly Agency Province = Make("province", AgencyKind.Bureau, "290000", null);
    private static readonly Agency OtherProvince = Make("other-province", AgencyKind.Bureau, "330000", null);
    private static readonly Agency City = Make("city", AgencyKind.Bureau, "290100", null);
    private static readonly Agency OtherCity = Make("other-city", AgencyKind.Bureau, "290200", null);
    private static readonly Agency[] All =
    [
        Nation, Province, OtherProvince, City, OtherCity, Make("police", AgencyKind.Department, "290000", Province), Make("civil", AgencyKind.Department, "290000", Province),
        Make("city-transport", AgencyKind.Department, "290100", City), Make("city-housing", AgencyKind.Department, "290100", City), Make("county-school", AgencyKind.Department, "290103", City),
        Make("other-city-transport", AgencyKind.Department, "290200", OtherCity), Make("far", AgencyKind.Department, "330000", OtherProvince), Make("lonely", AgencyKind.Department, "290300", Province),
    ];

    [Theory]
    [InlineData("police", "civil", "province", "290000")]
    [InlineData("city-transport", "city-housing", "city", "290100")]
    [InlineData("city-transport", "county-school", "city", "290100")]
    [InlineData("city-transport", "other-city-transport", "province", "290000")]
    [InlineData("city-transport", "police", "province", "290000")]
    [InlineData("lonely", "city-transport", "province", "290000")]
    [InlineData("police", "far", "nation", "000000")]
    [InlineData("city", "city-transport", "province", "290000")]
    [InlineData("city", "other-city", "province", "290000")]
    [InlineData("province", "police", "nation", "000000")]
    [InlineData("nation", "police", null, null)]
    public void The_bureau_above_both_coordinates_and_none_its_own_matter(string one, string other, string? bureau, string? division)
    {
        var route = DisputeRoute.Of(Of(one), Of(other), All);
        Assert.Equal((bureau, division), (All.FirstOrDefault(a => a.Id == route?.Bureau)?.Slug, route?.Division));
        Assert.Equal(route, DisputeRoute.Of(Of(other), Of(one), All));
    }

    [Fact]
    public void Where_nobody_stands_above_both_there_is_no_way() =>
        Assert.Null(DisputeRoute.Of(Of("city-transport"), Of("other-city-transport"), [.. All.Where(a => a != Province && a != Nation)]));

    [Theory]
    [InlineData("290103", "290107", "290100")]
    [InlineData("290100", "290203", "290000")]
    [InlineData("290000", "330100", "000000")]
    [InlineData("290000", "290000", "290000")]
    public void The_common_division_is_the_lowest_that_holds_both(string one, string other, string common) => Assert.Equal(common, DisputeRoute.Common(one, other));

    private static Agency Of(string slug) => All.Single(a => a.Slug == slug);

    private static Agency Make(string slug, AgencyKind kind, string division, Agency? bureau) =>
        new(new Id<Agency>(new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(slug)).AsSpan(0, 16))), slug, "", slug, slug, kind, division, bureau?.Id, null, null);
}
