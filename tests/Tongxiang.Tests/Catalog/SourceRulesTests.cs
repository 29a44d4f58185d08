using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Tests.Catalog;

public sealed class SourceRulesTests
{
    private static readonly Id<Agency> Police = new(Guid.Parse("00000000-0000-7000-8000-0000000000d1"));

    private static NewSource Wish(string element = "citizen-id", string field = "", string value = "*", int from = 1, int? to = null, string ground = "云数〔2026〕12号") =>
        new(element, new SourceSegment(field, value), Police, ground, new DateOnly(2026, from, 1), to is { } t ? new DateOnly(2026, t, 28) : null, []);

    private static SourceOfRecord Stands(string field, string value, int from, int? to) =>
        new(Id<SourceOfRecord>.New(TimeProvider.System), "citizen-id", new SourceSegment(field, value), Police, Police, "x", new DateOnly(2026, from, 1), to is { } t ? new DateOnly(2026, t, 28) : DateOnly.MaxValue, 1, "r", default, null);

    [Theory]
    [InlineData("", "*", "", "*", true)]
    [InlineData("", "*", "division", "290100", true)]
    [InlineData("division", "290100", "division", "290200", false)]
    [InlineData("division", "290000", "division", "290203", true)]
    [InlineData("division", "290203", "division", "290000", true)]
    [InlineData("division", "000000", "division", "330100", true)]
    [InlineData("kind", "1", "kind", "2", false)]
    [InlineData("kind", "1", "kind", "1", true)]
    [InlineData("kind", "1", "division", "290100", true)]
    public void Two_segments_overlap_unless_one_field_tells_them_apart(string field, string value, string other, string its, bool overlap)
    {
        Assert.Equal(overlap, new SourceSegment(field, value).Overlaps(new SourceSegment(other, its)));
        Assert.Equal(overlap, new SourceSegment(other, its).Overlaps(new SourceSegment(field, value)));
    }

    [Theory]
    [InlineData(1, 6, 7, null, false)]
    [InlineData(1, 6, 6, 8, true)]
    [InlineData(3, null, 1, 2, false)]
    [InlineData(3, null, 1, 3, true)]
    [InlineData(3, null, 1, null, true)]
    public void A_naming_stands_in_the_way_only_on_its_days(int from, int? to, int wished, int? until, bool stands) =>
        Assert.Equal(stands, SourceRules.Standing([Stands("", "*", from, to)], Wish(from: wished, to: until)) is not null);

    [Theory]
    [InlineData("citizen-id", "", "*", "290000", null)]
    [InlineData("house_no", "division", "290100", "290100", null)]
    [InlineData("Citizen", "", "*", "290000", "element")]
    [InlineData("x; drop table", "", "*", "290000", "element")]
    [InlineData("name", "", "1", "290000", "segment")]
    [InlineData("name", "kind", "*", "290000", "segment")]
    [InlineData("name", "division", "29", "290000", "segment")]
    [InlineData("name", "division", "290200", "290100", "segment")]
    [InlineData("name", "", "*", "290100", "segment")]
    public void What_is_named_must_be_a_key_and_a_segment_of_the_own_region(string element, string field, string value, string own, string? wrong) =>
        Assert.Equal(wrong, SourceRules.Check(Wish(element, field, value), own, "290000", null).Select(e => e.Field).FirstOrDefault());

    [Fact]
    public void Period_ground_and_assistants_are_checked_and_a_bound_field_is_named_by_its_element()
    {
        Assert.Equal("to", Assert.Single(SourceRules.Check(Wish() with { To = new DateOnly(2025, 1, 1) }, "290000", "290000", null)).Field);
        Assert.Equal("ground", Assert.Single(SourceRules.Check(Wish(ground: "x"), "290000", "290000", null)).Field);
        Assert.Equal("ground", Assert.Single(SourceRules.Check(Wish(ground: "依据\u202e文件"), "290000", "290000", null)).Field);
        Assert.Equal("catalog.source-assists-itself", Assert.Single(SourceRules.Check(Wish() with { Assists = [new NewAssist(Police, "协助更新")] }, "290000", "290000", null)).Key);
        Assert.Equal("catalog.source-use-element", Assert.Single(SourceRules.Check(Wish("id_card"), "290000", "290000", "citizen-id")).Key);
    }
}
