using System.Net;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 27 ¶1: when the purpose is over, the data are disposed of as the provider demands.</summary>
public sealed class Requirement24
{
    [Theory, EveryStore]
    public async Task Requirement_24_when_a_purpose_ends_the_grant_closes_and_a_disposal_with_proof_stays_open_until_done(Store store)
    {
        await using var law = await GrantNode.Open(store);
        var granted = await law.Grant();
        var package = await law.Package("civil");
        Assert.Equal(HttpStatusCode.OK, (await law.Call("civil", "/data/relief")).Status);
        using var steward = await law.SignIn("civil.steward");
        await Api.Post(steward, $"/api/grants/{granted.Grant}/end", new { ground = "PurposeAchieved", reason = "年度审核结束" });
        foreach (var way in GrantNode.Ways(package)) Assert.Equal((way, HttpStatusCode.Forbidden, "gateway.grant-ended"), await law.Call("civil", way) is var (s, c, _) ? (way, s, c) : default);
        law.Clock.Move(law.Clock.GetUtcNow() + TimeSpan.FromDays(40));
        using var later = await law.SignIn("civil.steward");
        var task = Assert.Single((await Api.Get(later, "/api/inbox"))["items"]!.AsArray())!;
        Assert.Equal(("Ended", granted.Number), ((string)task["state"]!, (string)task["number"]!));
        await Api.Post(later, $"/api/applications/{granted.Id}/dispose", new { reason = "" }, HttpStatusCode.UnprocessableEntity);
        using var provider = await law.SignIn("police.head");
        await Api.Post(provider, $"/api/applications/{granted.Id}/dispose", new { reason = "代为登记" }, HttpStatusCode.Forbidden);
        var disposed = await Api.Post(later, $"/api/applications/{granted.Id}/dispose", new { reason = "已删除全部数据，销毁单 2026-3" });
        Assert.Equal("Disposed", (string)disposed["application"]!["state"]!);
        Assert.Empty((await Api.Get(later, "/api/inbox"))["items"]!.AsArray());
        var proof = (await law.Get<Applications>().Steps(granted.Id, default))[^1];
        Assert.Equal((Tongxiang.Share.Step.Dispose, "已删除全部数据，销毁单 2026-3", Law.Order809(27)), (proof.Step, proof.Reason, proof.Article));
    }

    [Theory, EveryStore]
    public async Task Requirement_24_a_grant_past_its_end_has_no_live_credential_and_an_open_disposal(Store store)
    {
        await using var law = await GrantNode.Open(store);
        var granted = await law.Grant(until: new DateOnly(2026, 3, 10));
        Assert.Equal(HttpStatusCode.OK, (await law.Call("civil", "/data/relief")).Status);
        law.Clock.Move(new DateTimeOffset(2026, 3, 11, 0, 0, 1, TimeSpan.FromHours(8)));
        Assert.Equal((HttpStatusCode.Forbidden, "gateway.grant-ended"), await law.Call("civil", "/data/relief") is var (s, c, _) ? (s, c) : default);
        await law.Get<ClockWatch>().Run(default);
        Assert.Equal(ApplicationState.Ended, (await law.Get<Applications>().Find(law.CallerOf("civil.steward"), granted.Id, default))!.State);
        using var steward = await law.SignIn("civil.steward");
        Assert.Equal("Ended", (string)Assert.Single((await Api.Get(steward, "/api/inbox"))["items"]!.AsArray())!["state"]!);
    }
}
