using System.Net;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 25 and 27: shared data serve their scenario, scope and term and nothing else.</summary>
public sealed class Requirement19
{
    [Theory, EveryStore]
    public async Task Requirement_19_a_token_outside_scenario_scope_or_period_is_denied_in_all_three_modes_and_logged(Store store)
    {
        await using var law = await GrantNode.Open(store);
        var granted = await law.Grant(until: new DateOnly(2026, 3, 31));
        var package = await law.Package("civil");
        foreach (var way in GrantNode.Ways(package)) Assert.Equal(HttpStatusCode.OK, (await law.Call("civil", way)).Status);

        foreach (var way in GrantNode.Ways(package)) Assert.Equal((way, HttpStatusCode.Forbidden, "gateway.other-matter"), await law.Call("civil", way, "房产过户") is var (s, c, _) ? (way, s, c) : default);
        foreach (var way in GrantNode.Ways(package)) Assert.NotEqual((way, HttpStatusCode.OK), (way, (await law.Call("nanhu", way)).Status));
        law.Clock.Move(new DateTimeOffset(2026, 3, 31, 23, 59, 0, TimeSpan.FromHours(8)));
        Assert.Equal(HttpStatusCode.OK, (await law.Call("civil", "/data/relief")).Status);
        law.Clock.Move(new DateTimeOffset(2026, 4, 1, 0, 0, 1, TimeSpan.FromHours(8)));
        foreach (var way in GrantNode.Ways(package)) Assert.Equal((way, HttpStatusCode.Forbidden, "gateway.grant-ended"), await law.Call("civil", way) is var (s, c, _) ? (way, s, c) : default);

        var refused = (await Refusals(law)).Select(u => u.Code).ToList();
        Assert.Equal(3, refused.Count(c => c == "gateway.other-matter"));
        Assert.Equal(3, refused.Count(c => c == "gateway.grant-ended"));
        Assert.NotNull(granted.Grant);
    }

    // The log is sequenced within a second.
    private static async Task<IReadOnlyList<Use>> Refusals(GrantNode law)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await pause.WaitForNextTickAsync(patience.Token))
            if ((await law.Get<UseLedger>().AsConsumer(law.CallerOf("civil.steward"), null, 200, default)).Items.Where(u => u.Outcome == "refused").ToList() is { Count: >= 6 } refused) return refused;
        return [];
    }
}
