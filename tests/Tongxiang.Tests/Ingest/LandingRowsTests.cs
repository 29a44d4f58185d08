using System.Net;
using System.Text.Json.Nodes;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Ingest;

public sealed class LandingRowsTests
{
    [Theory, EveryStore]
    public async Task Rows_of_a_proposal_are_shown_to_the_stewards_and_to_nobody_else(Store store)
    {
        await using var lab = await CatalogNode.Start(store);
        var entry = (await lab.Publish(Samples.Open()))[0];
        var steward = await lab.SignIn("transport.steward");
        var address = $"/api/entries/{entry.Id}/landings";
        using var file = new StringContent("stop_id,stop_name,longitude,latitude\n1,13900000001,120.1,30.1\n");
        using (var sent = await steward.PostAsync($"{address}?name=rows.csv", file)) Assert.Equal(HttpStatusCode.Accepted, sent.StatusCode);
        async Task<(HttpStatusCode, bool)> Read(string user)
        {
            var http = await lab.SignIn(user);
            using var list = await http.GetAsync(address);
            var text = await list.Content.ReadAsStringAsync();
            if (list.StatusCode != HttpStatusCode.OK) return (list.StatusCode, false);
            var run = (string)JsonNode.Parse(text)!["items"]![0]!["id"]!;
            text += await http.GetStringAsync($"{address}/{run}");
            return (HttpStatusCode.OK, text.Contains("13900000001", StringComparison.Ordinal));
        }
        Assert.Equal((HttpStatusCode.OK, true), await Read("transport.steward"));
        Assert.Equal((HttpStatusCode.OK, false), await Read("transport.head"));
        Assert.Equal((HttpStatusCode.NotFound, false), await Read("police.steward"));
    }

    [Fact]
    public async Task Only_those_who_write_entries_have_files_looked_through()
    {
        await using var lab = await CatalogNode.Start(Store.Sqlite);
        foreach (var (user, status) in new[] { ("transport.steward", HttpStatusCode.OK), ("transport.head", HttpStatusCode.Forbidden) })
        {
            using var file = new StringContent("id,name\n1,a\n");
            using var answer = await (await lab.SignIn(user)).PostAsync("/api/proposals?name=rows.csv", file);
            Assert.Equal(status, answer.StatusCode);
            Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        }
    }
}
