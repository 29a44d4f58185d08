using System.Net;
using Microsoft.Extensions.Time.Testing;
using Tongxiang.Gateway;
using Tongxiang.Share;

namespace Tongxiang.Tests.Gateway;

public sealed class RatesTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 9, 18, 1, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(120)]
    [InlineData(10_000)]
    public void As_many_as_allowed_pass_at_once_and_then_one_by_one(int perMinute)
    {
        var rates = new Rates(clock);
        for (var i = 0; i < perMinute; i++) Assert.False(rates.Take("a", perMinute).IsExceeded);
        var refused = rates.Take("a", perMinute);
        Assert.True(refused.IsExceeded);
        Assert.False(rates.Take("b", perMinute).IsExceeded);
        clock.Advance(TimeSpan.FromSeconds(refused.ResetSeconds));
        Assert.False(rates.Take("a", perMinute).IsExceeded);
    }

    [Fact]
    public void Over_ten_minutes_the_rate_and_one_burst_pass()
    {
        var rates = new Rates(clock);
        var passed = 0;
        for (var second = 0; second < 600; second++)
        {
            for (var i = 0; i < 10; i++) passed += rates.Take("a", 60).IsExceeded ? 0 : 1;
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(passed, 600, 661);
    }

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData(null, "none")]
    public void One_subscriber_is_one_key(string? address, string key) => Assert.Equal(key, Rates.KeyOf(address is null ? null : IPAddress.Parse(address)));

    [Theory]
    [InlineData(9, 17, 9, true)]
    [InlineData(9, 17, 17, false)]
    [InlineData(22, 6, 23, true)]
    [InlineData(22, 6, 5, true)]
    [InlineData(22, 6, 6, false)]
    public void Declared_hours_are_those_of_Shanghai_and_may_go_over_midnight(int from, int to, int hour, bool isIn) =>
        Assert.Equal(isIn, GrantChoice.InHours(new HourRange(from, to), new DateTimeOffset(2026, 9, 18, hour, 30, 0, TimeSpan.FromHours(8)).ToUniversalTime()));

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("11.0.0.1", false)]
    [InlineData("2001:db8::7", true)]
    [InlineData(null, false)]
    public void Declared_networks_hold_for_both_families(string? address, bool isIn) =>
        Assert.Equal(isIn, GrantChoice.InNetworks(["10.0.0.0/8", "2001:db8::/32", "nonsense"], address is null ? null : IPAddress.Parse(address)));
}
