using System.Net;
using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;

namespace Tongxiang.Tests.Requirements;

/// <summary>Order 809 art. 28: departments negotiate, across regions the common superior data authority coordinates, its own people's government decides.</summary>
public sealed class Requirement22
{
    [Theory, EveryStore]
    public async Task Requirement_22_a_dispute_between_departments_of_two_cities_goes_to_the_provincial_office_and_then_to_the_provincial_government(Store store)
    {
        await using var node = await RemedyNode.Start(store);
        using var nanhu = await node.Enter("nanhu.head", "nanhu-transport", Role.SharingOfficeHead);
        using var beishan = await node.Enter("beishan.head", "beishan-transport", Role.SharingOfficeHead);
        using var reviewer = await node.Enter("province.reviewer", "province-bureau", Role.BureauReviewer);
        using var chief = await node.Enter("province.head", "province-bureau", Role.BureauHead);
        using var city = await node.Enter("city.head", "nanhu-bureau", Role.BureauHead, Role.BureauReviewer);
        var opened = await Api.Post(nanhu, "/api/disputes", new
        {
            respondent = node.Agency("beishan-transport").Id,
            about = "Conditions",
            reference = "",
            title = "跨市客运班线数据附加条件",
            words = "对方要求先签订费用协议才提供班线数据，该条件没有法律依据，阻碍共享。",
        }, HttpStatusCode.Created);
        var path = $"/api/disputes/{opened["id"]}";
        Assert.Equal("Negotiating", (string)opened["state"]!);
        var view = await Api.Get(nanhu, path);
        Assert.Equal((node.Agency("province-bureau").Id.ToString(), "290000"), ((string)view["next"]!["bureau"]!, (string)view["next"]!["division"]!));
        await Api.Post(beishan, path + "/say", new { words = "费用协议是本市惯例" });
        await Api.Post(nanhu, path + "/decide", new { words = "自行决定", document = "1号", on = "2026-09-18" }, HttpStatusCode.Conflict);

        var coordinated = await Api.Post(nanhu, path + "/escalate", new { words = "协商不成，提请协调" });
        Assert.Equal(("Coordinating", node.Agency("province-bureau").Id.ToString()), ((string)coordinated["state"]!, (string)coordinated["bureau"]!));
        // Neither city's bureau stands above both.
        await Api.Post(city, path + "/coordinate", new { words = "由市局协调" }, HttpStatusCode.NotFound);
        Assert.Single((await Api.Get(reviewer, "/api/disputes?view=coordinated"))["items"]!.AsArray());
        var referred = await Api.Post(reviewer, path + "/refer", new { words = "两次协调未能一致，报请省政府决定" });
        Assert.Equal(("Deciding", "290000"), ((string)referred["state"]!, (string)referred["division"]!));
        await Api.Post(reviewer, path + "/decide", new { words = "应当无条件提供", document = "云政函〔2026〕31号", on = "2026-09-18" }, HttpStatusCode.Forbidden);
        await Api.Post(chief, path + "/decide", new { words = "应当无条件提供", on = "2026-09-18" }, HttpStatusCode.BadRequest);
        var decided = await Api.Post(chief, path + "/decide", new { words = "应当无条件提供", document = "云政函〔2026〕31号", on = "2026-09-18" });
        Assert.Equal(("Decided", "云政函〔2026〕31号"), ((string)decided["state"]!, (string)decided["document"]!));
        Assert.Equal(5, (await Api.Get(beishan, path))["steps"]!.AsArray().Count);
    }
}
