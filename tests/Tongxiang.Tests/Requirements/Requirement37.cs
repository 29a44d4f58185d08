using System.Net;
using Tongxiang.Agencies;
using Tongxiang.Assess;
using Tongxiang.Kernel;
using Tongxiang.Tests.Assess;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Lab.Api;

namespace Tongxiang.Tests.Requirements;

/// <summary>Requirement 37 (Order 809 art. 38 and the commissioned report): what is appraised is use, and every score can be computed again.</summary>
public sealed class Requirement37
{
    [Theory, EveryStore]
    public async Task Requirement_37_a_scheme_with_utilisation_below_40_percent_is_refused_and_the_example_gives_64_with_inputs_and_formula(Store store)
    {
        await using var region = await CatalogNode.Start(store);
        var head = await region.Enrol("bureau.head", "data-bureau", Role.BureauHead);
        var refused = await Post(head, "/api/schemes", new NewScheme("年度共享考核", "2026", Trees.Seed(30, 30, 20, 20)), HttpStatusCode.UnprocessableEntity);
        Assert.Equal("assess.utilisation", (string)refused["code"]!);
        Assert.Empty((await Get(head, "/api/schemes"))["items"]!.AsArray());

        var scheme = await Post(head, "/api/schemes", new NewScheme("年度共享考核", "2026", Trees.Seed(20, 40, 20, 20)), HttpStatusCode.Created);
        var path = "/api/schemes/" + (string)scheme["id"]!;
        await Post(head, path + "/freeze", new { revision = 1 });
        var score = await Post(head, path + "/scores", new { agency = region.Transport.Id.ToString(), inputs = Trees.Example }, HttpStatusCode.Created);
        Assert.Equal(64.0m, (decimal)score["result"]!["total"]!);

        var kept = (await Get(head, path + "/scores"))["items"]!.AsArray().Single()!;
        Assert.Equal(35m, (decimal)kept["inputs"]!["utilisation-1"]!["value"]!);
        Assert.Equal("(90 × 20 + 35 × 40 + 100 × 20 + 60 × 20) / 100 = 64", (string)kept["result"]!["tree"]!["formula"]!);
        Assert.Equal(RulePack.Version, (string)kept["rules"]!);
        Assert.NotEmpty((string)kept["digest"]!);
        // Nobody who is appraised draws up the scheme, and a stranger finds none.
        await Post(await region.SignIn("transport.head"), "/api/schemes", new NewScheme("自定考核", "2026", Trees.Seed(20, 40, 20, 20)), HttpStatusCode.Forbidden);
        Assert.Single((await Get(await region.SignIn("transport.head"), path + "/scores"))["items"]!.AsArray());
        Assert.Empty((await Get(await region.SignIn("police.steward"), path + "/scores"))["items"]!.AsArray());
    }
}
