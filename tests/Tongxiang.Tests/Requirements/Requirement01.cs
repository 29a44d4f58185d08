using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Requirements;

/// <summary>Order 809 art. 13: what a catalogue entry must say.</summary>
public sealed class Requirement01
{
    /// <summary>Order 809 art. 13 para. 2: an entry without one of the mandatory blocks is stopped with a message at that block, in the rules and over the interface.</summary>
    [Theory, EveryStore]
    public async Task Requirement_01_An_entry_lacking_any_of_name_items_format_frequency_class_mode_conditions_or_grade_cannot_be_published(Store store)
    {
        await using var lab = await CatalogNode.Start(store);
        var (steward, head) = (await lab.SignIn("transport.steward"), await lab.SignIn("transport.head"));
        var whole = Samples.Personal();
        (string Block, EntryContent Lacking)[] blocks =
        [
            ("fields", whole with { Fields = [], Key = [] }), ("formats", whole with { Formats = [] }), ("sharing.modes", whole with { Sharing = whole.Sharing with { Modes = [] } }),
            ("fields[1].meaning", whole with { Fields = [whole.Fields[0], whole.Fields[1] with { Meaning = "" }] }),
        ];
        foreach (var (block, lacking) in blocks)
        {
            var id = await Draft(steward, JsonSerializer.SerializeToNode(new NewEntry(lacking), Wire.Json)!);
            foreach (var kind in Enum.GetNames<AssessmentKind>()) await Api.Post(steward, $"/api/entries/{id}/assessments", new { kind, conclusion = "评估结论：可以编目" });
            var problem = await Api.Post(steward, $"/api/entries/{id}/submit", new { revision = 1 }, HttpStatusCode.BadRequest);
            Assert.NotNull(problem["errors"]![block]);
            Assert.Equal(HttpStatusCode.Forbidden, await Status(steward, $"/api/entries/{id}/publish"));
            Assert.Equal(HttpStatusCode.Conflict, await Status(head, $"/api/entries/{id}/approve"));
        }
        // Blocks without which not even a draft is kept: the interface refuses the document that lacks them.
        foreach (var member in new[] { "name", "updatePromise", "sharing", "grade", "classPath" })
        {
            var node = JsonSerializer.SerializeToNode(new NewEntry(whole), Wire.Json)!;
            node["content"]!.AsObject().Remove(member);
            Assert.Equal(HttpStatusCode.BadRequest, await Send(steward, node));
        }
        foreach (var member in new[] { "class", "modes", "scope", "permittedUse" })
        {
            var node = JsonSerializer.SerializeToNode(new NewEntry(whole), Wire.Json)!;
            node["content"]!["sharing"]!.AsObject().Remove(member);
            Assert.Equal(HttpStatusCode.BadRequest, await Send(steward, node));
        }
        foreach (var (member, value) in new[] { ("class", "Sometimes"), ("scope", ""), ("permittedUse", " ") })
        {
            var node = JsonSerializer.SerializeToNode(new NewEntry(whole), Wire.Json)!;
            node["content"]!["sharing"]![member] = value;
            Assert.Equal(HttpStatusCode.BadRequest, await Send(steward, node));
        }
        // The providing unit is whoever drafts it: nobody without a department does.
        Assert.Equal(HttpStatusCode.Forbidden, await Send(lab.Public, JsonSerializer.SerializeToNode(new NewEntry(whole), Wire.Json)!));
        var complete = await Draft(steward, JsonSerializer.SerializeToNode(new NewEntry(whole), Wire.Json)!);
        foreach (var kind in Enum.GetNames<AssessmentKind>()) await Api.Post(steward, $"/api/entries/{complete}/assessments", new { kind, conclusion = "评估结论：可以编目" });
        await Api.Post(steward, $"/api/entries/{complete}/submit", new { revision = 1 });
    }

    private static async Task<string> Draft(HttpClient client, JsonNode wish)
    {
        using var answer = await client.PostAsync("/api/entries", Body(wish));
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["entry"]!["id"]!.GetValue<string>();
    }

    private static async Task<HttpStatusCode> Send(HttpClient client, JsonNode wish)
    {
        using var answer = await client.PostAsync("/api/entries", Body(wish));
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> Status(HttpClient client, string path)
    {
        using var answer = await client.PostAsync(path, Body(new JsonObject { ["revision"] = 1 }));
        return answer.StatusCode;
    }

    private static StringContent Body(JsonNode node) => new(node.ToJsonString(Wire.Json), Encoding.UTF8, "application/json");
}
