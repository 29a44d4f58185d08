using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway;

public sealed class OversizeTests
{
    [Fact]
    public async Task What_is_too_large_is_refused_clearly_and_the_node_goes_on()
    {
        await using var lab = await NodeLab.Start(Store.Sqlite);
        var address = lab.Http.BaseAddress!;
        foreach (var path in (string[])["/data/nothing", "/", "/api/session"])
        {
            Assert.Equal(431, (await RawCall.Get(address, path, "X-Long: " + new string('a', 33 << 10))).Status);
            Assert.Equal(431, (await RawCall.Get(address, path, [.. Enumerable.Range(0, 40).Select(i => $"X-Long-{i}: " + new string('a', 1 << 10))])).Status);
            Assert.Equal(431, (await RawCall.Get(address, path, [.. Enumerable.Range(0, 500).Select(i => $"X-{i}: a")])).Status);
            Assert.Equal(414, (await RawCall.Get(address, path + "?" + string.Join('&', Enumerable.Range(0, 10_000).Select(i => $"p{i}=eq.1")))).Status);
            Assert.Equal(414, (await RawCall.Get(address, path + new string('a', 9_000))).Status);
            Assert.InRange((await RawCall.Get(address, path, "X-Long: " + new string('a', 30 << 10))).Status, 200, 404);
        }

        foreach (var request in (string[])["GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\nConnection: close\r\n\r\n", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /connect/token HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\nConnection: close\r\n\r\n", "POST /connect/token HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n\r\nabcdef"])
            Assert.True((await RawCall.Send(address, request)).Status is 400, request);
        Assert.Equal(200, (await RawCall.Get(address, "/health/live")).Status);
    }

    [Theory, EveryStore]
    public async Task A_query_of_thousands_of_conditions_is_refused_before_it_is_a_query(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        await lab.Add(People.Stops(lab), People.StopRows);
        var address = lab.Http.BaseAddress!;
        string[] queries =
        [
            string.Join('&', Enumerable.Repeat("id=is.null", 700)), string.Join('&', Enumerable.Repeat("limit=1", 900)), string.Join('&', Enumerable.Repeat("not.and=(id.eq.1)", 400)),
            "or=(" + string.Join(',', Enumerable.Repeat("id.eq.1", 900)) + ")", "or=" + new string('(', 7_000), "or=" + string.Concat(Enumerable.Repeat("(or", 2_000)), "id=in.(" + string.Join(',', Enumerable.Range(1, 1_500)) + ")",
            "name=like." + new string('*', 3_000) + "a" + string.Concat(Enumerable.Repeat("*a", 2_000)),
        ];
        foreach (var query in queries)
        {
            var (status, text) = await RawCall.Get(address, "/data/stops?" + query);
            Assert.True(status == 400, $"{query[..40]}: {text}");
            Assert.Contains("\"hint\":\"", text, StringComparison.Ordinal);
        }

        // What says the same thing again is one thing.
        foreach (var query in (string[])[new string('&', 8_000), "order=" + string.Join(',', Enumerable.Repeat("id", 2_000)), "id=in.(" + string.Join(',', Enumerable.Repeat("1", 3_000)) + ")"])
            Assert.Equal(200, (await RawCall.Get(address, "/data/stops?" + query)).Status);
        Assert.Equal(200, (await RawCall.Get(address, "/data/stops?id=eq.1")).Status);
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_is_given_up()
    {
        await using var usual = await NodeLab.Start(Store.Sqlite);
        var limits = usual.Get<IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.Equal((240d, TimeSpan.FromSeconds(5)), (limits.MinRequestBodyDataRate!.BytesPerSecond, limits.MinRequestBodyDataRate.GracePeriod));
        Assert.NotNull(limits.MinResponseDataRate);
        Assert.InRange(limits.RequestHeadersTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

        // The same rule with less patience; the server's own clock decides, and the test waits for nothing but its answer.
        using var errors = new ErrorsOfLog();
        await using var lab = await NodeLab.Start(Store.Sqlite, services => services.AddSingleton<ILoggerProvider>(errors).Configure<KestrelServerOptions>(o =>
            (o.Limits.MinRequestBodyDataRate, o.Limits.RequestHeadersTimeout) = (new MinDataRate(240, TimeSpan.FromSeconds(1.5)), TimeSpan.FromSeconds(1.5))));
        var address = lab.Http.BaseAddress!;
        var body = RawCall.Send(address, $"POST /connect/token HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\ngrant_type=");
        var head = RawCall.Send(address, $"GET /data/nothing HTTP/1.1\r\nHost: {address.Authority}\r\nX-Slow: ");
        Assert.Equal((408, 408), ((await body).Status, (await head).Status));
        Assert.Equal(404, (await RawCall.Get(address, "/data/nothing")).Status);
        // Whoever is slow may not fill the log either.
        Assert.Empty(errors.Lines);
    }
}
