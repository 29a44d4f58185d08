using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>Order 809 art. 14–15: what grounds withholding.</summary>
public sealed class Requirement02
{
    /// <summary>Order 809 art. 14–15: a reason and a law, administrative regulation or State Council decision with its article; a basis of lower rank grounds nothing.</summary>
    [Theory, EveryStore]
    public async Task Requirement_02_Withholding_is_refused_unless_reason_and_a_basis_of_the_right_rank_with_article_are_cited(Store store)
    {
        await using var lab = await CatalogLab.Open(store);
        var good = Samples.Withheld();
        LegalBasis law = new(BasisKind.Law, "中华人民共和国人民警察法", "第二十二条");
        (Sharing Sharing, string Field)[] refused =
        [
            (good.Sharing with { Bases = [] }, "sharing.bases"),
            (good.Sharing with { Reason = "" }, "sharing.reason"),
            (good.Sharing with { Bases = [law with { Article = "" }] }, "sharing.bases"),
            (good.Sharing with { Bases = [law with { Title = " " }] }, "sharing.bases"),
            (good.Sharing with { Bases = [new LegalBasis(BasisKind.ProvincialOrdinance, "云岭省大数据条例", "第八条")] }, "sharing.bases"),
            (good.Sharing with { Bases = [law, new LegalBasis(BasisKind.ProvincialOrdinance, "云岭省大数据条例", "第八条")] }, "sharing.bases"),
        ];
        foreach (var (sharing, field) in refused)
            Assert.Contains((await lab.Entries.Draft(lab.Steward, good with { Sharing = sharing }, default)).Refusal!.Fields, f => f.Field.StartsWith(field, StringComparison.Ordinal));
        foreach (var rank in new[] { BasisKind.Law, BasisKind.AdministrativeRegulation, BasisKind.StateCouncilDecision })
            Assert.False((await lab.Entries.Draft(lab.Steward, good with { Sharing = good.Sharing with { Bases = [law with { Kind = rank }] } }, default)).IsRefused);

        // A ministry's rule or a notice has no name here at all: the interface knows no such rank, and no row of that form can be stored.
        await using var node = await CatalogNode.Start(store);
        var steward = await node.SignIn("transport.steward");
        foreach (var rank in new[] { "DepartmentRule", "Notice", "LocalRule" })
        {
            var wish = JsonSerializer.SerializeToNode(new NewEntry(good), Wire.Json)!;
            wish["content"]!["sharing"]!["bases"]![0]!["kind"] = rank;
            using var answer = await steward.PostAsync("/api/entries", new StringContent(wish.ToJsonString(Wire.Json), Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
        using (var answer = await steward.PostAsync("/api/entries", new StringContent(JsonSerializer.Serialize(new NewEntry(good with { Sharing = good.Sharing with { Bases = [] } }), Wire.Json), Encoding.UTF8, "application/json")))
            Assert.Contains("第十五条", JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]!["sharing.bases"]![0]!.GetValue<string>());
    }
}
