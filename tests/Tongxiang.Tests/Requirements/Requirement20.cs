using System.Net;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 27 ¶2: misuse is met by suspension, and ends only with a rectification.</summary>
public sealed class Requirement20
{
    [Theory, EveryStore]
    public async Task Requirement_20_suspension_by_provider_or_bureau_stops_all_access_within_a_minute_and_resuming_needs_a_rectification(Store store)
    {
        await using var law = await GrantNode.Open(store);
        var granted = await law.Grant();
        var package = await law.Package("civil");
        var ways = GrantNode.Ways(package);
        foreach (var way in ways) Assert.Equal(HttpStatusCode.OK, (await law.Call("civil", way)).Status);
        foreach (var (who, lifts) in new[] { ("police.steward", "police.head"), ("reviewer", "reviewer") })
        {
            using var session = await law.SignIn(who);
            await Api.Post(session, $"/api/grants/{granted.Grant}/suspend", new { reason = "发现超范围使用" });
            // No minute is waited for: it counts at once.
            foreach (var way in ways) Assert.Equal((way, HttpStatusCode.Forbidden, "gateway.grant-suspended"), await law.Call("civil", way) is var (s, c, _) ? (way, s, c) : default);
            using var lifting = await law.SignIn(lifts);
            await Api.Post(lifting, $"/api/grants/{granted.Grant}/resume", new { reason = " " }, HttpStatusCode.UnprocessableEntity);
            foreach (var way in ways) Assert.Equal(HttpStatusCode.Forbidden, (await law.Call("civil", way)).Status);
            await Api.Post(lifting, $"/api/grants/{granted.Grant}/resume", new { reason = "已收回多余账号，整改报告 2026-1" });
            foreach (var way in ways) Assert.Equal(HttpStatusCode.OK, (await law.Call("civil", way)).Status);
        }
        var steps = await law.Get<Applications>().Steps(granted.Id, default);
        Assert.All(steps.Where(s => s.Step == Tongxiang.Share.Step.Resume), s => Assert.Equal("已收回多余账号，整改报告 2026-1", s.Reason));
    }

    [Theory, EveryStore]
    public async Task Requirement_20_what_the_bureau_suspended_the_provider_does_not_resume(Store store)
    {
        await using var law = await GrantNode.Open(store);
        var granted = await law.Grant();
        using var bureau = await law.SignIn("reviewer");
        await Api.Post(bureau, $"/api/grants/{granted.Grant}/suspend", new { reason = "核查" });
        using var provider = await law.SignIn("police.head");
        Assert.Equal("share.bureau-suspended", (string)(await Api.Post(provider, $"/api/grants/{granted.Grant}/resume", new { reason = "已整改" }, HttpStatusCode.Forbidden))["code"]!);
        Assert.Equal((HttpStatusCode.Forbidden, "gateway.grant-suspended"), await law.Call("civil", "/data/relief") is var (s, c, _) ? (s, c) : default);
    }
}
