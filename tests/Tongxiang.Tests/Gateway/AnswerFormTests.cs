using System.Net;
using System.Text;
using System.Text.Json;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway;

public sealed class AnswerFormTests
{
    [Theory]
    [InlineData(null, "application/json", "[{\"id\":1,\"price\":2.00},{\"id\":2,\"price\":null},{\"id\":3,\"price\":-0.05}]")]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", "application/json", "[{\"id\":1,\"price\":2.00},{\"id\":2,\"price\":null},{\"id\":3,\"price\":-0.05}]")]
    [InlineData("text/csv", "text/csv", "\uFEFFid,price\n1,2.00\n2,\n3,-0.05\n")]
    [InlineData("text/csv; bom=0", "text/csv", "id,price\n1,2.00\n2,\n3,-0.05\n")]
    [InlineData("application/json;q=0.1, application/x-ndjson", "application/x-ndjson", "{\"id\":1,\"price\":2.00}\n{\"id\":2,\"price\":null}\n{\"id\":3,\"price\":-0.05}\n")]
    [InlineData("application/vnd.pgrst.array+json;nulls=stripped", "application/json", "[{\"id\":1,\"price\":2.00},{\"id\":2},{\"id\":3,\"price\":-0.05}]")]
    [InlineData("application/geo+json", "application/geo+json", "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[120.5,30.25]},\"properties\":{\"id\":1,\"price\":2.00}},{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"id\":2,\"price\":null}},{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[121,31]},\"properties\":{\"id\":3,\"price\":-0.05}}]}")]
    public async Task The_form_follows_Accept(string? accept, string type, string body)
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        await lab.Add(People.Stops(lab), People.StopRows);
        var answer = await lab.Call("/data/stops?select=id,price", accept: accept);

        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(Encoding.UTF8.GetBytes(body), await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Difficult_texts_survive_every_form_and_formulas_are_flagged_in_CSV()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        await lab.Add(People.Stops(lab), People.StopRows);
        var csv = await lab.Call("/data/stops?select=name&id=gte.2", accept: "text/csv;bom=0");
        var json = await lab.Call("/data/stops?select=name&id=gte.2");

        Assert.Equal("name\n𠮷祥里\n\"=SUM(A1),\"\"引号\"\"\n换行\"\n", await csv.Content.ReadAsStringAsync());
        Assert.Equal(["1"], csv.Headers.GetValues("Csv-Formula-Cells"));
        Assert.Equal(["𠮷祥里", "=SUM(A1),\"引号\"\n换行"], JsonDocument.Parse(await json.Content.ReadAsStringAsync()).RootElement.EnumerateArray().Select(r => r.GetProperty("name").GetString()!));
    }

    [Theory]
    [InlineData("application/pdf", "/data/stops", 406, "gateway.no-form")]
    [InlineData("application/geo+json", "/data/people", 406, "gateway.not-spatial")]
    [InlineData("application/vnd.pgrst.object+json", "/data/stops", 406, "PGRST116")]
    [InlineData("application/vnd.pgrst.object+json", "/data/stops?id=eq.9", 406, "PGRST116")]
    [InlineData("application/vnd.pgrst.object+json", "/data/stops?id=eq.2", 200, null)]
    public async Task A_form_that_does_not_fit_is_refused(string accept, string path, int status, string? code)
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        await lab.Add(People.Stops(lab), People.StopRows);
        await lab.Add(lab.Entry("people", People.Fields, ["id"]), People.Rows);
        var answer = await lab.Call(path, accept: accept);

        Assert.Equal(status, (int)answer.StatusCode);
        if (code is not null) Assert.Equal(code, (await DataFaceTests.Problem(answer)).GetProperty("code").GetString());
    }

    [Theory, EveryStore]
    public async Task Ranges_counts_and_continuations_are_told_in_headers(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        await lab.Add(People.Stops(lab), People.StopRows);
        Task<HttpResponseMessage> Ask(string query, string? range = null, string prefer = "count=exact", HttpMethod? method = null) => lab.Call("/data/stops" + query, change: r =>
        {
            if (range is not null) r.Headers.TryAddWithoutValidation("Range", range);
            r.Headers.Add("Prefer", prefer);
        }, method: method);

        var part = await Ask("", "0-1");
        Assert.Equal((206, "0-1/3"), ((int)part.StatusCode, part.Content.Headers.GetValues("Content-Range").Single()));
        Assert.Equal("count=exact", part.Headers.GetValues("Preference-Applied").Single());
        var rest = await lab.Call(part.Headers.GetValues("Link").Single().Split('<', '>')[1]);
        Assert.Equal([3], JsonDocument.Parse(await rest.Content.ReadAsStringAsync()).RootElement.EnumerateArray().Select(r => r.GetProperty("id").GetInt32()));
        Assert.False(rest.Headers.Contains("Link"));
        Assert.Equal(200, (int)(await Ask("")).StatusCode);
        var past = await Ask("?offset=50");
        Assert.Equal((416, "*/3", "PGRST103"), ((int)past.StatusCode, past.Content.Headers.GetValues("Content-Range").Single(), (await DataFaceTests.Problem(past)).GetProperty("code").GetString()));
        var none = await Ask("?id=eq.9");
        Assert.Equal((200, "*/0"), ((int)none.StatusCode, none.Content.Headers.GetValues("Content-Range").Single()));
        var head = await Ask("?id=gt.1", prefer: "count=exact", method: HttpMethod.Head);
        Assert.Equal((200, "0-1/2", 0), ((int)head.StatusCode, head.Content.Headers.GetValues("Content-Range").Single(), (await head.Content.ReadAsByteArrayAsync()).Length));
    }

    [Fact]
    public async Task An_unchanged_answer_is_not_sent_again_and_an_older_version_stays_readable()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        var stops = await lab.Add(People.Stops(lab), [.. People.StopRows.Take(1)]);
        await lab.Add(stops, People.StopRows, 2);
        var first = await lab.Call("/data/stops");
        var again = await lab.Call("/data/stops", change: r => r.Headers.TryAddWithoutValidation("If-None-Match", first.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync());
        Assert.NotEqual(first.Headers.ETag, (await lab.Call("/data/stops?id=eq.1")).Headers.ETag);
        Assert.Equal("[{\"id\":1}]", await (await lab.Call("/data/stops@1?select=id")).Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Call("/data/stops@3")).StatusCode);
    }

    [Theory]
    [InlineData("POST", 405)]
    [InlineData("DELETE", 405)]
    [InlineData("OPTIONS", 204)]
    public async Task The_interface_only_reads(string method, int status)
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        await lab.Add(People.Stops(lab), People.StopRows);
        var answer = await lab.Call("/data/stops", method: new HttpMethod(method));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains("GET", answer.Content.Headers.Allow);
    }

    [Theory, EveryStore]
    public async Task A_filter_that_lets_everything_through_does_not_open_more_rows_than_the_day_allows(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["id", "division"], change: g => g with { Limits = g.Limits with { RowsPerDay = 2 } });
        Assert.Equal(HttpStatusCode.TooManyRequests, (await lab.Call("/data/people/download.csv", GatewayLab.Consumer)).StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => lab.Call("/data/people/download.csv?id=not.is.null", GatewayLab.Consumer));
        Assert.Equal(("gateway.closed", "0", "aborted"), (lab.Witnessed[^1].Kind, lab.Witnessed[^1].Facts["rows"], lab.Witnessed[^1].Facts["outcome"]));
    }

    [Theory, EveryStore]
    public async Task A_file_is_witnessed_before_its_first_byte_and_after_its_last(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["division"], ["name"], "division=neq.290101");
        var answer = await lab.Call("/data/people/download.csv?select=name,division", GatewayLab.Consumer, "text/csv; bom=0");
        var bytes = await answer.Content.ReadAsByteArrayAsync();

        Assert.StartsWith("name,division\n", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Equal(DownloadRangeTests.Rows("name,division\n欧阳*,290102\n李*,290201\n"u8.ToArray()), DownloadRangeTests.Rows(bytes));
        Assert.True(answer.Headers.Contains(Receipt.Header));
        Assert.Contains("attachment", answer.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal(["gateway.permitted", Disclosures.PartKind, "gateway.closed"], lab.Witnessed.Select(h => h.Kind));
        Assert.Equal(("2", $"{bytes.Length}", "whole"), (lab.Witnessed[^1].Facts["rows"], lab.Witnessed[^1].Facts["bytes"], lab.Witnessed[^1].Facts["outcome"]));
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.Call("/data/people/download.csv", GatewayLab.Other)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Call("/data/people/download.exe", GatewayLab.Consumer)).StatusCode);
        lab.Grants[0] = lab.Grants[0] with { Modes = [Tongxiang.Catalog.Mode.Api] };
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.Call("/data/people/download.csv", GatewayLab.Consumer)).StatusCode);
    }

    [Theory, EveryStore]
    public async Task Whole_versions_leave_as_Parquet_and_XLSX(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = lab.Entry("people", People.Fields, ["id"], Tongxiang.Catalog.OpenClass.Conditional);
        await lab.Land(entry, "29010119800101001X,张三,290101,13900000001\n290102198001010020,=1+1,290102,13900000002\n", 2);
        lab.Grant(entry, GatewayLab.Consumer, ["id", "name"]);
        var parquet = await lab.Call("/data/people/download.parquet", GatewayLab.Consumer);
        var bytes = await parquet.Content.ReadAsByteArrayAsync();
        Assert.Equal("PAR1…PAR1", $"{Encoding.ASCII.GetString(bytes[..4])}…{Encoding.ASCII.GetString(bytes[^4..])}");
        Assert.True(!Encoding.Latin1.GetString(bytes).Contains("13900000001"));
        Assert.Equal(("2", $"{bytes.Length}"), (lab.Witnessed[^1].Facts["rows"], lab.Witnessed[^1].Facts["bytes"]));
        var sheet = await lab.Call("/data/people/download.xlsx", GatewayLab.Consumer);
        Assert.Equal("PK", Encoding.ASCII.GetString((await sheet.Content.ReadAsByteArrayAsync())[..2]));
        Assert.Equal("""[{"id":"29010119800101001X","name":"张三"},{"id":"290102198001010020","name":"=1+1"}]""", await (await lab.Call("/data/people", GatewayLab.Consumer)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_reader_that_leaves_is_on_record_with_what_left()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        var entry = await lab.Add(lab.Entry("people", People.Fields, ["id"]), [.. Enumerable.Range(0, 30_000).Select(i => new object?[] { $"{i:000000}", new string('名', 300), "290101", "1" })]);
        lab.Grant(entry, GatewayLab.Consumer, ["id", "name"]);
        using (var request = new HttpRequestMessage(HttpMethod.Get, "/data/people/download.ndjson"))
        {
            request.Headers.Add("Test-Agency", GatewayLab.Consumer.ToString());
            request.Headers.Add("Data-Operator", "operator-1");
            request.Headers.Add("Data-Case", "BJ-1");
            using var answer = await lab.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await (await answer.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[1_000]);
        }

        // Each page that left named its persons before; the closing comes last.
        for (var seen = 2; seen == 2 || lab.Witnessed[^1].Kind != "gateway.closed"; seen++) await lab.Until(seen);
        Assert.Equal("aborted", lab.Witnessed[^1].Facts["outcome"]);
        Assert.InRange(int.Parse(lab.Witnessed[^1].Facts["rows"]), 0, 29_999);
    }

    [Fact]
    public async Task The_description_names_only_what_the_caller_may_use()
    {
        await using var lab = await GatewayLab.Open(Store.Sqlite);
        var entry = await lab.Add(People.Entry(lab), People.Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["division"], ["name"], change: g => g with { NeedsCase = true });
        lab.Grant(entry, GatewayLab.Other, ["id"]);
        HttpRequestMessage Case(HttpRequestMessage r)
        {
            r.Headers.Add("Data-Operator", "op1");
            r.Headers.Add("Data-Case", "c1");
            r.Headers.Add("Accept-Language", "en");
            return r;
        }

        var answer = await lab.Call("/data/people/openapi.json", GatewayLab.Consumer, change: r => Case(r));
        var text = await answer.Content.ReadAsStringAsync();
        var document = JsonDocument.Parse(text).RootElement;
        Assert.Equal("3.1.0", document.GetProperty("openapi").GetString());
        Assert.Equal(["name", "division"], document.GetProperty("components").GetProperty("schemas").GetProperty("Row").GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Equal("Name", document.GetProperty("components").GetProperty("schemas").GetProperty("Row").GetProperty("properties").GetProperty("name").GetProperty("title").GetString());
        var names = document.GetProperty("paths").GetProperty("/data/people").GetProperty("get").GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()).ToList();
        Assert.Contains("division", names);
        Assert.Contains("Data-Case", names);
        Assert.DoesNotContain("name", names);
        Assert.DoesNotContain("phone", text);
        Assert.Equal(HttpStatusCode.Unauthorized, (await lab.Call("/data/people/openapi.json")).StatusCode);
    }
}
