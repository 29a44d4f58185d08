using Microsoft.Extensions.Time.Testing;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Protect;

namespace Tongxiang.Tests.Core.Protect;

public sealed class GeneralisingTests
{
    private static readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 29, 8, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(ElementKind.Date, "month", "1990-05-17", "1990-05")]
    [InlineData(ElementKind.Date, "year", "1990-05-17", "1990")]
    [InlineData(ElementKind.Timestamp, "month", "2026-01-02T08:30:00+08:00", "2026-01")]
    [InlineData(ElementKind.Date, "age-5", "1990-12-31", "35-39")]
    [InlineData(ElementKind.Date, "age-10", "1990-05-17", "30-39")]
    [InlineData(ElementKind.Date, "age-10", "1919-05-17", "90+")]
    [InlineData(ElementKind.Date, "age-10", "2027-01-01", "***")]
    [InlineData(ElementKind.Date, "year", "90年5月", "***")]
    [InlineData(ElementKind.DivisionCode, "county", "290102001", "290102")]
    [InlineData(ElementKind.DivisionCode, "city", "290102", "290100")]
    [InlineData(ElementKind.DivisionCode, "province", "290102", "290000")]
    [InlineData(ElementKind.DivisionCode, "city", "2901", "***")]
    [InlineData(ElementKind.Address, "district", "四川省成都市武侯区人民南路四段11号", "四川省成都市武侯区")]
    [InlineData(ElementKind.Address, "city", "四川省成都市武侯区人民南路四段11号", "四川省成都市")]
    [InlineData(ElementKind.Address, "province", "四川省成都市武侯区人民南路四段11号", "四川省")]
    [InlineData(ElementKind.Address, "province", "上海市浦东新区世纪大道1号", "上海市")]
    [InlineData(ElementKind.Address, "district", "幸福小区3栋502室", "***")]
    [InlineData(ElementKind.Integer, "10", "37", "[30,40)")]
    [InlineData(ElementKind.Integer, "10", "-37", "[-40,-30)")]
    [InlineData(ElementKind.Money, "10000", "123456.78", "[120000,130000)")]
    [InlineData(ElementKind.Longitude, "0.1", "104.0557", "[104,104.1)")]
    [InlineData(ElementKind.Integer, "10", "37岁", "***")]
    public void A_value_becomes_coarser(ElementKind kind, string level, string value, string coarse) => Assert.Equal(coarse, Generalising.To(kind, level, clock)!.Run(value));

    [Fact]
    public void A_level_that_a_kind_does_not_have_is_none()
    {
        Assert.Null(Generalising.To(ElementKind.PersonName, "year", clock));
        Assert.Null(Generalising.To(ElementKind.Date, "day", clock));
        foreach (var kind in Enum.GetValues<ElementKind>())
            foreach (var level in Generalising.Levels(kind)) Assert.NotNull(Generalising.To(kind, level, clock));
    }

    [Fact]
    public void Asking_every_day_does_not_tell_the_birthday()
    {
        var cell = Generalising.To(ElementKind.Date, "age-5", new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)))!;
        var late = Generalising.To(ElementKind.Date, "age-5", new FakeTimeProvider(new DateTimeOffset(2026, 12, 30, 0, 0, 0, TimeSpan.Zero)))!;
        for (var day = new DateOnly(1991, 1, 1); day.Year == 1991; day = day.AddDays(1)) Assert.Equal(cell.Run($"{day:yyyy-MM-dd}"), late.Run($"{day:yyyy-MM-dd}"));
    }
}
