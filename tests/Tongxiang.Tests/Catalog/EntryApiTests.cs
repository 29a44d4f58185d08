using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Catalog;

public sealed class EntryApiTests
{
    [Theory, EveryStore]
    public async Task An_entry_is_written_assessed_approved_published_and_found_over_HTTP(Store store)
    {
        await using var lab = await CatalogNode.Start(store);
        var (steward, head, reviewer, stranger) = (await lab.SignIn("transport.steward"), await lab.SignIn("transport.head"), await lab.SignIn("bureau.reviewer"), await lab.SignIn("police.steward"));
        var content = Samples.Open() with { Fields = [.. Samples.Open().Fields, Samples.Field("order")] };
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/entries") { Content = JsonContent.Create(new NewEntry(content), options: Wire.Json) };
        request.Headers.Add(Idempotency.Header, "first");
        using var created = await steward.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var answer = await Json(created);
        Assert.Equal("fields[4].name", answer.GetProperty("notices")[0].GetProperty("field").GetString());
        var id = answer.GetProperty("entry").GetProperty("id").GetString();

        var again = new HttpRequestMessage(HttpMethod.Post, "/api/entries") { Content = JsonContent.Create(new NewEntry(content), options: Wire.Json) };
        again.Headers.Add(Idempotency.Header, "first");
        using (var replay = await steward.SendAsync(again)) Assert.Equal(id, (await Json(replay)).GetProperty("entry").GetProperty("id").GetString());
        Assert.Equal(1, (await Json(await steward.GetAsync("/api/entries?state=Draft"))).GetProperty("items").GetArrayLength());

        foreach (var path in new[] { $"/api/entries/{id}", $"/api/entries/{id}/history", $"/api/entries/{id}/duties" }) Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PostAsJsonAsync($"/api/entries/{id}/submit", new { revision = 1 })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Public.GetAsync($"/api/entries/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await steward.GetAsync("/api/entries/..%2f..%2fetc")).StatusCode);

        foreach (var kind in new[] { "SecrecyRisk", "PersonalInformationImpact" })
            Assert.Equal(HttpStatusCode.OK, (await steward.PostAsJsonAsync($"/api/entries/{id}/assessments", new { kind, conclusion = "可以编目" })).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await steward.PostAsJsonAsync($"/api/entries/{id}/submit", new { revision = 7 })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await steward.PostAsJsonAsync($"/api/entries/{id}/submit", new { revision = 1 })).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await steward.PostAsJsonAsync($"/api/entries/{id}/approve", new { revision = 1 })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await head.PostAsJsonAsync($"/api/entries/{id}/approve", new { revision = 1 })).StatusCode);
        Assert.Equal(1, (await Json(await reviewer.GetAsync("/api/entries/reviews"))).GetProperty("items").GetArrayLength());
        Assert.Equal(HttpStatusCode.OK, (await reviewer.PostAsJsonAsync($"/api/entries/{id}/publish", new { revision = 1, note = "符合要求" })).StatusCode);

        var found = await Json(await lab.Public.GetAsync("/api/search?q=%E5%85%AC%E4%BA%A4&theme=transport"));
        Assert.Equal(id, found.GetProperty("items")[0].GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync($"/api/entries/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await steward.PostAsJsonAsync($"/api/entries/{id}/duties", new { occurredAt = lab.Clock.GetUtcNow(), reason = "办法修订" })).StatusCode);
    }

    [Fact]
    public async Task A_refused_content_names_every_field_in_the_readers_language()
    {
        await using var lab = await CatalogNode.Start(Store.Sqlite);
        var steward = await lab.SignIn("transport.steward");
        var wrong = Samples.Withheld() with { Region = "990101", Sharing = Samples.Withheld().Sharing with { Bases = [] } };
        foreach (var (language, word) in new[] { ("zh-CN", "第十五条"), ("en", "art. 15") })
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/entries") { Content = JsonContent.Create(new NewEntry(wrong), options: Wire.Json) };
            request.Headers.Add("Accept-Language", language);
            using var answer = await steward.SendAsync(request);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            var errors = (await Json(answer)).GetProperty("errors");
            Assert.Contains(word, errors.GetProperty("sharing.bases")[0].GetString());
            Assert.Contains("990101", errors.GetProperty("region")[0].GetString());
        }
        Assert.Equal(HttpStatusCode.BadRequest, (await steward.PostAsync("/api/entries", new StringContent("""{"content":{"name":"x"}}""", null, "application/json"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.Public.PostAsJsonAsync("/api/entries", new NewEntry(Samples.Open()), Wire.Json)).StatusCode);
        var check = await Json(await steward.PostAsJsonAsync("/api/entries/check", new NewEntry(wrong), Wire.Json));
        Assert.NotEqual(0, check.GetProperty("errors").GetArrayLength());
        Assert.Equal(58, (await Json(await lab.Public.GetAsync("/api/registers"))).GetProperty("codeLists").EnumerateArray().Single(l => l.GetProperty("key").GetString() == "ethnic").GetProperty("terms").GetArrayLength());
    }

    private static async Task<JsonElement> Json(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
}
