using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Share;

public sealed class RowBindingsTests
{
    [Theory]
    [InlineData("290000", "29")]
    [InlineData("290100", "2901")]
    [InlineData("290102", "290102")]
    [InlineData("291000", "2910")]
    [InlineData("290102001000", "290102001")]
    [InlineData("290102000000", "290102")]
    [InlineData("000000", "")]
    public void A_divisions_codes_share_its_prefix(string division, string prefix) => Assert.Equal(prefix, RowBindings.Prefix(division));

    [Theory]
    [InlineData("division", null, "division=like.2901*")]
    [InlineData(null, "case_note", "case_note=eq.%E4%BD%8E%E4%BF%9D%26%E6%95%91%E5%8A%A9")]
    [InlineData("division", "case_note", "division=like.2901*&case_note=eq.%E4%BD%8E%E4%BF%9D%26%E6%95%91%E5%8A%A9")]
    [InlineData(null, null, "")]
    public void A_binding_becomes_a_filter_that_nothing_in_the_matter_can_widen(string? region, string? matter, string filter) =>
        Assert.Equal(filter, RowBindings.Filter(new RowBinding(region, matter), "290100", "低保&救助"));

    [Fact]
    public void A_binding_needs_a_text_field_a_division_and_a_matter()
    {
        var entry = Facts.Entry(fields: [Facts.Field("division"), Facts.Field("n") with { Type = FieldType.Integer }]);
        string[] Wrong(Application now, string? region, string? matter) => [.. RowBindings.Check(now, entry, new RowBinding(region, matter)).Select(e => e.Key)];
        var sharing = Facts.Application(ApplicationState.Submitted);
        Assert.Empty(Wrong(sharing, "division", "division"));
        Assert.Equal(["share.bound.field", "share.bound.field"], Wrong(sharing, "n", "gone"));
        Assert.Equal(["share.bound.no-division", "share.bound.no-matter"], Wrong(sharing with { ApplicantAgency = null, Wish = sharing.Wish with { Matter = " " } }, "division", "division"));
    }

    [Theory, EveryStore]
    public async Task A_bound_grant_carries_the_consumers_division_in_its_signed_rows(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var consented = await lab.Consented(Facts.Consent() with { Rows = "id_number=not.is.null", Bound = new RowBinding("division", null) });
        var grant = (await lab.Grants.Find(Facts.CivilHead, consented.Grant!.Value, default))!;
        Assert.Equal("id_number=not.is.null&division=like.29*", grant.Rows);
        Assert.True(lab.Grants.IsGenuine(grant));
        Assert.False(lab.Grants.IsGenuine(grant with { Rows = "id_number=not.is.null" }));
    }
}
