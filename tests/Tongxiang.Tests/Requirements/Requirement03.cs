using System.Net;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>Order 809 art. 15: conditions of sharing.</summary>
public sealed class Requirement03
{
    /// <summary>Order 809 art. 15: conditional sharing names scope and permitted use; words of the provider's own making reach the bureau in the same review.</summary>
    [Theory, EveryStore]
    public async Task Requirement_03_Conditional_sharing_needs_scope_and_use_and_a_free_text_condition_reaches_the_bureaus_review(Store store)
    {
        await using var lab = await CatalogNode.Start(store);
        var (steward, head, reviewer) = (await lab.SignIn("transport.steward"), await lab.SignIn("transport.head"), await lab.SignIn("bureau.reviewer"));
        var good = Samples.Personal();
        foreach (var (sharing, field) in new[] { (good.Sharing with { Scope = "" }, "sharing.scope"), (good.Sharing with { PermittedUse = " " }, "sharing.permittedUse") })
        {
            var problem = await Send(steward, good with { Sharing = sharing }, HttpStatusCode.BadRequest);
            Assert.NotNull(problem["errors"]![field]);
        }
        var plain = await Send(steward, good, HttpStatusCode.Created);
        Assert.Empty(plain["entry"]!["ownWording"]!.AsArray());

        const string own = "须经我厅厅长办公会研究同意的单位";
        var made = await Send(steward, good with { Name = "参保人员二", NameEn = "Insured two", Sharing = good.Sharing with { Scope = own } }, HttpStatusCode.Created);
        Assert.Contains(made["notices"]!.AsArray(), n => n!["field"]!.GetValue<string>() == "sharing.scope");
        var id = made["entry"]!["id"]!.GetValue<string>();
        foreach (var kind in Enum.GetNames<AssessmentKind>()) await Api.Post(steward, $"/api/entries/{id}/assessments", new { kind, conclusion = "评估结论：可以编目" });
        await Api.Post(steward, $"/api/entries/{id}/submit", new { revision = 1 });
        await Api.Post(head, $"/api/entries/{id}/approve", new { revision = 1 });

        // In the very task of the review, by list and by page.
        var waiting = Assert.Single((await Api.Get(reviewer, "/api/entries/reviews"))["items"]!.AsArray())!;
        Assert.Equal("sharing.scope", Assert.Single(waiting["ownWording"]!.AsArray())!.GetValue<string>());
        Assert.Contains("自拟条件", await reviewer.GetStringAsync("/bureau"), StringComparison.Ordinal);
        var page = await reviewer.GetStringAsync($"/desk/entries/{id}");
        Assert.Contains(own, page, StringComparison.Ordinal);
        Assert.Contains("自拟条件", page, StringComparison.Ordinal);
        await Api.Post(reviewer, $"/api/entries/{id}/publish", new { revision = 1, note = "条件有法律依据" });
        var records = await lab.Node.Get<Db>().List($"select record from evidence_outbox order by id", r => r.GetString(0), default);
        Assert.Contains(records, r => r.Contains("catalog.published", StringComparison.Ordinal) && r.Contains("ownWording", StringComparison.Ordinal));
    }

    private static async Task<System.Text.Json.Nodes.JsonNode> Send(HttpClient client, EntryContent content, HttpStatusCode expected)
    {
        using var answer = await client.PostAsync("/api/entries", new StringContent(System.Text.Json.JsonSerializer.Serialize(new NewEntry(content), Wire.Json), System.Text.Encoding.UTF8, "application/json"));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, text);
        return System.Text.Json.Nodes.JsonNode.Parse(text)!;
    }
}
