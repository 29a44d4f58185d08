using System.Net;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;

namespace Tongxiang.Tests.Requirements;

/// <summary>Order 809 art. 19: only the data authority names the source department, and a data item never has two at once.</summary>
public sealed class Requirement16
{
    [Theory, EveryStore]
    public async Task Requirement_16_only_the_bureau_appoints_the_source_department_and_an_item_never_has_two_at_once(Store store)
    {
        await using var node = await RemedyNode.Start(store);
        using var reviewer = await node.Enter("reviewer", "province-bureau", Role.BureauReviewer);
        using var head = await node.Enter("bureau.head", "province-bureau", Role.BureauHead);
        using var city = await node.Enter("city.reviewer", "nanhu-bureau", Role.BureauReviewer);
        using var police = await node.Enter("police.head", "police", Role.SharingOfficeHead, Role.AgencyHead, Role.Steward);
        object Wish(string department, string element = "citizen-id", string from = "2026-09-18", string? to = null, object? segment = null) =>
            new { element, segment = segment ?? new { field = "", value = "*" }, department = node.Agency(department).Id, ground = "云数〔2026〕12号文指定", from, to, assists = Array.Empty<object>() };

        await Api.Post(node.Node.Http, "/api/sources", Wish("police"), HttpStatusCode.Unauthorized);
        foreach (var other in new[] { police, city })
        {
            var refused = await Api.Post(other, "/api/sources", Wish("police"), HttpStatusCode.Forbidden);
            Assert.Contains("第十九条", (string)refused["article"]!, StringComparison.Ordinal);
        }

        // Two who name at the same instant: one stands, the other is told which.
        var both = await Task.WhenAll(Send(reviewer, Wish("police")), Send(head, Wish("civil-affairs")));
        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Conflict], both.Select(b => b.Status).Order());
        var second = both.Single(b => b.Status == HttpStatusCode.Conflict).Body;
        Assert.Equal("catalog.source-stands", (string)second["code"]!);
        var winner = both.Single(b => b.Status == HttpStatusCode.Created).Body;
        var named = (string)winner["department"]! == node.Agency("police").Id.ToString() ? "云岭省公安厅" : "云岭省民政厅";
        Assert.Contains(named, (string)second["title"]!, StringComparison.Ordinal);

        // A part of it, a period inside its period, the same department again: all refused while the first stands.
        await Api.Post(head, "/api/sources", Wish("civil-affairs", segment: new { field = "division", value = "290100" }), HttpStatusCode.Conflict);
        await Api.Post(head, "/api/sources", Wish("civil-affairs", from: "2027-01-01", to: "2027-02-01"), HttpStatusCode.Conflict);
        var ended = await Api.Post(reviewer, $"/api/sources/{winner["id"]}/end", new { revision = 1, last = "2026-12-31", reason = "职责划转" });
        Assert.Equal("2026-12-31", (string)ended["to"]!);
        await Api.Post(head, "/api/sources", Wish("civil-affairs", from: "2026-12-31"), HttpStatusCode.Conflict);
        await Api.Post(head, "/api/sources", Wish("civil-affairs", from: "2027-01-01"), HttpStatusCode.Created);
        Assert.Equal(2, (await Api.Get(police, "/api/sources?element=citizen-id"))["items"]!.AsArray().Count);
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> Send(HttpClient by, object wish)
    {
        using var answer = await by.PostAsync("/api/sources", System.Net.Http.Json.JsonContent.Create(wish));
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }
}
