using System.Net;
using System.Text;
using System.Text.Json;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Catalog.Ckan;

public sealed class CkanFaceTests
{
    [Theory, EveryStore]
    public async Task The_calls_of_ckanapi_are_answered_as_CKAN_does(Store store)
    {
        await using var lab = await CatalogNode.Start(store);
        await lab.Publish(Samples.Open(), Samples.Open("企业信用记录", "Credit records") with { Theme = "credit", Formats = ["csv"] }, Samples.Personal());

        // ckanapi posts JSON without a version in the path and a raw token in Authorization; unknown keys and secrets asked for are ignored.
        var list = await Call(lab, "package_list", """{"include_private": true, "include_drafts": true, "include_deleted": false}""");
        Assert.Equal(["bus-stops", "credit-records"], list.EnumerateArray().Select(n => n.GetString()));
        var package = await Call(lab, "package_show", """{"id": "bus-stops", "include_datasets": true, "include_password_hash": true, "include_users": true}""");
        Assert.Equal(("公交站点", "transport", "active", 2), (package.GetProperty("title").GetString(), package.GetProperty("organization").GetProperty("name").GetString(), package.GetProperty("state").GetString(), package.GetProperty("num_resources").GetInt32()));
        Assert.DoesNotContain("password", package.GetRawText(), StringComparison.OrdinalIgnoreCase);
        var resource = package.GetProperty("resources")[0];
        Assert.EndsWith("/data/bus-stops/download.csv", resource.GetProperty("url").GetString());
        Assert.Equal(resource.GetProperty("id").GetString(), (await Call(lab, "resource_show", $$"""{"id": "{{resource.GetProperty("id").GetString()}}"}""")).GetProperty("id").GetString());
        Assert.Equal(["transport"], (await Call(lab, "organization_list", "{}")).EnumerateArray().Select(n => n.GetString()));
        Assert.Equal(2, (await Call(lab, "organization_show", """{"id": "transport", "include_datasets": true}""")).GetProperty("packages").GetArrayLength());
        Assert.Equal(["credit", "transport"], (await Call(lab, "group_list", "{}")).EnumerateArray().Select(n => n.GetString()));
        Assert.Equal(1, (await Call(lab, "group_show", """{"id": "credit", "include_datasets": true}""")).GetProperty("package_count").GetInt32());
        Assert.Contains("站点", (await Call(lab, "tag_list", "{}")).EnumerateArray().Select(n => n.GetString()));
        Assert.True((await Call(lab, "site_read", "")).GetBoolean());
        Assert.Equal("2.11.0", (await Call(lab, "status_show", "{}")).GetProperty("ckan_version").GetString());
        Assert.Contains("Search", (await Call(lab, "help_show", """{"name": "package_search"}""")).GetString());
        Assert.Equal(2, (await Call(lab, "current_package_list_with_resources", """{"limit": 5}""")).GetArrayLength());
        Assert.Equal(6, (await Call(lab, "license_list", "{}")).GetArrayLength());
    }

    [Fact]
    public async Task The_loop_of_search_datasets_sees_every_dataset_once_and_ends()
    {
        await using var lab = await CatalogNode.Start(Store.Sqlite);
        await lab.Publish([.. Enumerable.Range(1, 25).Select(i => Samples.Open($"资源{i}", $"Resource {i}"))]);
        var seen = new List<string>();
        for (var start = 0; start < 1000;)
        {
            var page = (await Call(lab, "package_search", $$"""{"q": "", "start": {{start}}, "rows": 10}""")).GetProperty("results");
            if (page.GetArrayLength() == 0) break;
            seen.AddRange(page.EnumerateArray().Select(p => p.GetProperty("name").GetString()!));
            start += page.GetArrayLength();
        }
        Assert.Equal(25, seen.Distinct().Count());
        Assert.Equal(25, seen.Count);
    }

    [Theory]
    [InlineData("""{"q": "公交"}""", "bus-stops")]
    [InlineData("""{"q": "\u516c\u4ea4"}""", "bus-stops")]
    [InlineData("""{"q": "name:credit-records"}""", "credit-records")]
    [InlineData("""{"q": "*:*", "fq": "groups:credit"}""", "credit-records")]
    [InlineData("""{"fq": "tags:\"公交\" +organization:transport"}""", "bus-stops")]
    [InlineData("""{"fq": "res_format:(XLSX OR JSON)"}""", "bus-stops")]
    [InlineData("""{"fq": "-groups:credit dataset_type:dataset"}""", "bus-stops")]
    [InlineData("""{"fq_list": ["groups:cred*", "isopen:true"]}""", "credit-records")]
    [InlineData("""{"fq": "no_such_field:x"}""", "")]
    [InlineData("""{"sort": "name desc"}""", "credit-records,bus-stops")]
    [InlineData("""{"sort": "title asc, name desc", "rows": "1"}""", "credit-records")]
    [InlineData("""{"rows": 0}""", "")]
    public async Task Searches_find(string body, string expected)
    {
        await using var lab = await CatalogNode.Start(Store.Sqlite);
        await lab.Publish(Samples.Open(), Samples.Open("企业信用记录", "Credit records") with { Theme = "credit", Keywords = ["企业", "信用"], Formats = ["csv"], Abstract = "企业信用的记录，按月更新一次。" });
        var result = await Call(lab, "package_search", body);
        Assert.Equal(expected, string.Join(',', result.GetProperty("results").EnumerateArray().Select(p => p.GetProperty("name").GetString())));
    }

    [Fact]
    public async Task Facets_are_counted_as_clients_read_them()
    {
        await using var lab = await CatalogNode.Start(Store.Sqlite);
        await lab.Publish(Samples.Open(), Samples.Open("企业信用记录", "Credit records") with { Theme = "credit" });
        var body = await lab.Public.GetStringAsync("/api/3/action/package_search?rows=0&facet.field=%5B%22organization%22,%22groups%22%5D&facet.limit=1");
        var result = JsonDocument.Parse(body).RootElement.GetProperty("result");
        Assert.Equal(2, result.GetProperty("facets").GetProperty("organization").GetProperty("transport").GetInt32());
        Assert.Equal("云岭省交通运输厅", result.GetProperty("search_facets").GetProperty("organization").GetProperty("items")[0].GetProperty("display_name").GetString());
        Assert.Single(result.GetProperty("facets").GetProperty("groups").EnumerateObject());
        Assert.Contains("云岭省", body);
    }

    [Theory]
    [InlineData("package_show", """{"id": "nothing"}""", 404, "Not Found Error")]
    [InlineData("package_show", "{}", 409, "Validation Error")]
    [InlineData("package_search", """{"rows": "many"}""", 409, "Validation Error")]
    [InlineData("package_search", """{"start": -1}""", 409, "Validation Error")]
    [InlineData("package_search", """{"fq": "organization:("}""", 409, "Validation Error")]
    [InlineData("package_search", """{"facet.field": "[1, {"}""", 409, "Validation Error")]
    [InlineData("organization_show", """{"id": "police"}""", 404, "Not Found Error")]
    [InlineData("resource_show", """{"id": "../x"}""", 404, "Not Found Error")]
    [InlineData("package_show", """["a"]""", 400, "Validation Error")]
    [InlineData("package_show", "{", 400, null)]
    [InlineData("package_delete", "{}", 400, null)]
    [InlineData("datastore_search_sql", """{"sql": "select 1"}""", 400, null)]
    public async Task Errors_come_in_the_envelope_that_clients_turn_into_exceptions(string action, string body, int status, string? type)
    {
        await using var lab = await CatalogNode.Start(Store.Sqlite);
        await lab.Publish(Samples.Personal());
        using var answer = await Post(lab, action, body);
        Assert.Equal(status, (int)answer.StatusCode);
        var root = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        if (type is null) Assert.Equal(JsonValueKind.String, root.ValueKind);
        else Assert.Equal((false, type), (root.GetProperty("success").GetBoolean(), root.GetProperty("error").GetProperty("__type").GetString()));
    }

    private static async Task<JsonElement> Call(CatalogNode lab, string action, string body)
    {
        using var answer = await Post(lab, action, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        var root = JsonDocument.Parse(text).RootElement;
        Assert.True(root.GetProperty("success").GetBoolean());
        Assert.EndsWith($"help_show?name={action}", root.GetProperty("help").GetString());
        return root.GetProperty("result");
    }

    private static Task<HttpResponseMessage> Post(CatalogNode lab, string action, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/action/{action}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", "a-raw-token-without-scheme");
        return lab.Public.SendAsync(request);
    }
}
