using System.Net;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 22: service interface, batch exchange and file download.</summary>
public sealed class Requirement13
{
    [Theory, EveryStore]
    public async Task Requirement_13_one_grant_serves_interface_batch_and_file_with_one_permission_model(Store store)
    {
        await using var law = await GrantNode.Open(store);
        Assert.Equal((HttpStatusCode.Forbidden, "gateway.no-grant"), await law.Call("civil", "/data/relief") is var (s, c, _) ? (s, c) : default);
        var granted = await law.Grant();
        var package = await law.Package("civil");
        foreach (var way in GrantNode.Ways(package))
        {
            var (status, code, body) = await law.Call("civil", way);
            Assert.Equal((way, HttpStatusCode.OK, null), (way, status, code));
            foreach (var row in new[] { "A1", "B2" }) Assert.Contains(row, body, StringComparison.Ordinal);
        }
        // The first of them was the delivery, whichever it was.
        var used = (await law.Get<Applications>().Find(law.CallerOf("civil.steward"), granted.Id, default))!;
        Assert.Equal((ApplicationState.InUse, granted.Grant), (used.State, used.Grant));
        foreach (var way in GrantNode.Ways(package)) Assert.Equal(HttpStatusCode.Forbidden, way == package ? HttpStatusCode.Forbidden : (await law.Call("nanhu", way)).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await law.Call("nanhu", package)).Status);
    }

    [Theory, EveryStore]
    public async Task Requirement_13_a_way_that_was_not_granted_is_refused_while_the_others_serve(Store store)
    {
        await using var law = await GrantNode.Open(store);
        await law.Grant([Mode.Api]);
        Assert.Equal(HttpStatusCode.OK, (await law.Call("civil", "/data/relief")).Status);
        Assert.Equal((HttpStatusCode.Forbidden, "gateway.grant-mode"), await law.Call("civil", "/data/relief/download.csv") is var (s, c, _) ? (s, c) : default);
    }
}
