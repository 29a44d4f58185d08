using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;

namespace Tongxiang.Tests.Ingest;

public sealed class LandingFaceTests
{
    [Theory, EveryStore]
    public async Task A_form_with_doubts_waits_is_confirmed_followed_and_its_bad_rows_are_told_masked(Store store)
    {
        await using var lab = await LandingNode.Start(store);
        var (good, twin, future) = (LandingLab.Id(1), LandingLab.Id(2), LandingLab.Id(3));
        var wrong = twin[..17] + (twin[17] == '1' ? '2' : '1');
        byte[] rows =
        [
            .. LandingNode.Utf8($"常住人口花名册,,\n身份证号,姓名,区划代码\n{good},张三丰,290101\n{wrong},李四,290101\n{future},王五,290103\n{good},张三丰,290101\n1,2\n"),
            .. LandingNode.Utf8($"{LandingLab.Id(4)},"), 0xE4, .. LandingNode.Utf8($",290101\n{twin},𠮷祥,290101\n"),
        ];
        using var form = LandingNode.Form("花名册.csv", rows);
        var (status, run, answer) = await lab.Ask(HttpMethod.Post, $"/api/entries/{lab.People.Id}/landings?mostBad=10", form);
        Assert.Equal((HttpStatusCode.Accepted, "Proposed", "花名册.csv"), (status, Text(run, "state"), Text(run, "fileName")));
        var id = Text(run, "id");
        Assert.Equal($"/api/entries/{lab.People.Id}/landings/{id}", answer.Headers.Location!.ToString());
        Assert.Equal("表头在第 2 行，之前的行不采用", run.GetProperty("doubts")[0].GetString());
        Assert.Equal("The header is line 2; lines before it are left out", (await lab.Run(lab.People, id, "en")).Body.GetProperty("doubts")[0].GetString());
        Assert.Equal(["Proposed"], await lab.Follow(lab.People, id));

        var path = $"/api/entries/{lab.People.Id}/landings/{id}";
        var places = run.GetProperty("proposal").GetProperty("placeOfField").Deserialize<Dictionary<string, int>>()!;
        foreach (var (bad, field) in new (object, string)[]
        {
            (new { firstRow = 3, leaveOut = Array.Empty<long>(), placeOfField = new { other = 0 } }, "placeOfField"), (new { firstRow = 0, leaveOut = Array.Empty<long>(), placeOfField = places }, "firstRow"),
            (new { firstRow = 3, leaveOut = Array.Empty<long>(), placeOfField = new { id_card = 7 } }, "placeOfField"), (new { firstRow = 3, leaveOut = Array.Empty<long>(), placeOfField = new { name = 1 } }, "id_card"),
        })
        {
            var refused = await lab.Ask(HttpMethod.Post, path + "/confirmation", JsonContent.Create(bad));
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.True(refused.Body.GetProperty("errors").TryGetProperty(field, out _), refused.Body.ToString());
        }
        var confirmed = await lab.Ask(HttpMethod.Post, path + "/confirmation", JsonContent.Create(new { firstRow = 3, leaveOut = Array.Empty<long>(), placeOfField = places }));
        Assert.Equal(HttpStatusCode.Accepted, confirmed.Status);
        Assert.Equal(HttpStatusCode.Conflict, (await lab.Ask(HttpMethod.Post, path + "/confirmation", JsonContent.Create(new { firstRow = 3, leaveOut = Array.Empty<long>(), placeOfField = places }))).Status);
        Assert.Equal("Done", (await lab.Follow(lab.People, id))[^1]);
        var done = (await lab.Run(lab.People, id)).Body;
        Assert.Equal((7, 5, 1), (Number(done, "rowsRead"), Number(done, "rowsBad"), Number(done, "versionNumber")));

        var brokenAt = rows.AsSpan().IndexOf((byte[])[0xE4, (byte)',', (byte)'2']);
        foreach (var (language, reasons) in new[] { ("zh-CN", new[] { "校验位", "尚未启用", "重复", "列", "无法解码" }), ("en", ["check character", "not in force", "", "", "cannot be decoded"]) })
        {
            var lines = (await lab.Ask(HttpMethod.Get, path + "/quarantine", language: language)).Body.GetProperty("items").EnumerateArray().ToList();
            Assert.Equal([(4, "checksum"), (5, "future-division"), (6, "duplicate-key"), (7, "column-count"), (8, "encoding")], lines.Select(l => (Number(l, "row"), Text(l, "flaw"))));
            Assert.All(lines.Zip(reasons), l => Assert.Contains(l.Second, Text(l.First, "reason"), StringComparison.Ordinal));
            Assert.Equal("@" + brokenAt.ToString(CultureInfo.InvariantCulture), Text(lines[4], "value"));
        }
        var csv = await lab.Ask(HttpMethod.Get, path + "/quarantine", accept: "text/csv");
        Assert.Equal("text/csv", csv.Answer.Content.Headers.ContentType?.MediaType);
        var text = csv.Body.GetString()!;
        Assert.StartsWith("row,field,flaw,value,reason", text.TrimStart('\uFEFF'), StringComparison.Ordinal);
        foreach (var number in (string[])[good, wrong, future, LandingLab.Id(4)]) Assert.DoesNotContain(number, text, StringComparison.Ordinal);
        Assert.Contains("290***********" + wrong[14..], text, StringComparison.Ordinal);
        Assert.Single((await lab.Ask(HttpMethod.Get, path + "/quarantine?skip=4&take=1")).Body.GetProperty("items").EnumerateArray());

        Assert.Null(lab.Node.Get<Versions>().Current(lab.People.Id));
        Assert.Equal(HttpStatusCode.OK, (await lab.Ask(HttpMethod.Post, $"/api/entries/{lab.People.Id}/versions/1/promotion")).Status);
        Assert.Equal(2, lab.Node.Get<Versions>().Current(lab.People.Id)!.Rows);
    }

    [Theory, EveryStore]
    public async Task The_same_key_lands_once_and_two_versions_can_be_compared(Store store)
    {
        await using var lab = await LandingNode.Start(store);
        var first = await lab.Send(lab.Stops, "a.csv", LandingNode.Utf8("code,riders\n001,5\n002,\n003,7\n"), key: "k1");
        Assert.Equal(HttpStatusCode.Accepted, first.Status);
        var again = await lab.Send(lab.Stops, "a.csv", LandingNode.Utf8("code,riders\n001,5\n002,\n003,7\n"), key: "k1");
        Assert.Equal((Text(first.Body, "id"), "true"), (Text(again.Body, "id"), again.Answer.Headers.GetValues("Idempotent-Replay").Single()));
        // The same key with another file, another name in the form, or half the file is another request.
        foreach (var other in (string[])["code,riders\n001,5\n002,\n003,8\n", "code,riders\n001,5\n002,\n", ""])
            Assert.Equal((HttpStatusCode.Conflict, "kernel.key-reused"), Told(await lab.Send(lab.Stops, "a.csv", LandingNode.Utf8(other), key: "k1")));
        var at = $"/api/entries/{lab.Stops.Id}/landings";
        using var form = LandingNode.Form("stops.csv", LandingNode.Utf8("code,riders\n001,5\n"));
        using var sameForm = LandingNode.Form("stops.csv", LandingNode.Utf8("code,riders\n001,5\n"));
        using var renamed = LandingNode.Form("other.csv", LandingNode.Utf8("code,riders\n001,5\n"));
        using var changed = LandingNode.Form("stops.csv", LandingNode.Utf8("code,riders\n001,6\n"));
        var sent = await lab.Ask(HttpMethod.Post, at, form, key: "k2");
        Assert.Equal(Text(sent.Body, "id"), Text((await lab.Ask(HttpMethod.Post, at, sameForm, key: "k2")).Body, "id"));
        Assert.Equal((HttpStatusCode.Conflict, "kernel.key-reused"), Told(await lab.Ask(HttpMethod.Post, at, renamed, key: "k2")));
        Assert.Equal((HttpStatusCode.Conflict, "kernel.key-reused"), Told(await lab.Ask(HttpMethod.Post, at, changed, key: "k2")));
        Assert.Equal(HttpStatusCode.NoContent, (await lab.Ask(HttpMethod.Delete, $"{at}/{Text(sent.Body, "id")}")).Status);
        Assert.Equal((HttpStatusCode.Conflict, "ingest.not-waiting"), Told(await lab.Ask(HttpMethod.Delete, $"{at}/{Text(sent.Body, "id")}")));
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.Ask(HttpMethod.Delete, $"{at}/{Text(sent.Body, "id")}", user: "police.steward")).Status);
        Assert.Equal("kernel.key-reused", Text((await lab.Send(lab.Stops, "b.csv", LandingNode.Utf8("code\n1\n"), key: "k1")).Body, "code"));
        Assert.Equal("kernel.bad-key", Text((await lab.Send(lab.Stops, "b.csv", LandingNode.Utf8("code\n1\n"), key: new string('k', 101))).Body, "code"));
        var states = await lab.Follow(lab.Stops, Text(first.Body, "id"));
        Assert.Equal("Done", states[^1]);
        Assert.Equal("""[{"code":"001","riders":5},{"code":"002","riders":null},{"code":"003","riders":7}]""", await lab.Rows("stops"));
        var second = await lab.Send(lab.Stops, "b.ndjson", LandingNode.Utf8("{\"code\":\"002\",\"riders\":4}\n{\"code\":\"003\",\"riders\":7}\n{\"code\":\"004\",\"riders\":1}\n"));
        Assert.Equal("Done", (await lab.Follow(lab.Stops, Text(second.Body, "id")))[^1]);
        Assert.Equal(3, (await lab.Ask(HttpMethod.Get, $"/api/entries/{lab.Stops.Id}/landings")).Body.GetProperty("items").GetArrayLength());
        var difference = (await lab.Ask(HttpMethod.Get, $"/api/entries/{lab.Stops.Id}/versions/1/difference/2")).Body;
        Assert.Equal((1, 1, 1), (Number(difference, "added"), Number(difference, "removed"), Number(difference, "changed")));
        var cells = (await lab.Ask(HttpMethod.Get, $"/api/entries/{lab.Stops.Id}/versions/1/difference/2?kind=changed&take=1")).Body;
        Assert.Equal("""{"kind":"changed","key":["002"],"cells":[{"column":"riders","after":"4"}]}""", cells.GetProperty("items")[0].GetRawText());
        var page = (await lab.Ask(HttpMethod.Get, "/en/datasets/stops/versions?to=2", user: null)).Body.GetString()!;
        Assert.Contains("<ins>4</ins>", page, StringComparison.Ordinal);
        var versions = (await lab.Ask(HttpMethod.Get, $"/api/entries/{lab.Stops.Id}/versions")).Body.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["Current", "Superseded"], versions.Select(v => Text(v, "state")));
        Assert.All(versions, v => Assert.Equal((64, 36), (Text(v, "digest").Length, Text(v, "evidenceId").Length)));
        var old = await lab.Node.Http.GetStringAsync("/data/stops@1?code=eq.001");
        Assert.Equal("""[{"code":"001","riders":5}]""", old);
    }

    [Theory, EveryStore]
    public async Task Strangers_find_nothing_and_only_stewards_land(Store store)
    {
        await using var lab = await LandingNode.Start(store);
        var file = LandingNode.Utf8("code,riders\n001,5\n");
        var run = Text((await lab.Send(lab.Stops, "a.csv", file)).Body, "id");
        await lab.Follow(lab.Stops, run);
        Assert.Equal((HttpStatusCode.Forbidden, "ingest.only-stewards"), Told(await lab.Send(lab.Stops, "a.csv", file, user: "transport.head")));
        Assert.Equal((HttpStatusCode.Forbidden, "ingest.only-stewards"), Told(await lab.Send(lab.Stops, "a.csv", file, user: "police.steward")));
        Assert.Equal((HttpStatusCode.Forbidden, "ingest.only-stewards"), Told(await lab.Send(lab.Stops, "a.csv", file, user: null)));
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Send(lab.Draft, "a.csv", file, user: "police.steward")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Send(lab.Draft, "a.csv", file, user: null)).Status);
        var at = $"/api/entries/{lab.Stops.Id}";
        foreach (var user in (string?[])["police.steward", "police.head", null])
            foreach (var path in (string[])["/landings", $"/landings/{run}", $"/landings/{run}/progress", $"/landings/{run}/quarantine", "/versions", "/versions/1/difference/1"])
                Assert.True((await lab.Ask(HttpMethod.Get, at + path, user: user)).Status == HttpStatusCode.NotFound, $"{user} {path}");
        // The bureau oversees landings; reasons of bad rows stay with the department.
        Assert.Equal(HttpStatusCode.OK, (await lab.Ask(HttpMethod.Get, $"{at}/landings/{run}", user: "bureau.reviewer")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Ask(HttpMethod.Get, $"{at}/landings/{run}/quarantine", user: "bureau.reviewer")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.Ask(HttpMethod.Post, $"{at}/versions/1/promotion", user: "police.steward")).Status);
        foreach (var (language, title) in new[] { ("zh-CN", "未找到目录条目"), ("en", "No such catalogue entry") })
            Assert.Equal(title, Text((await lab.Ask(HttpMethod.Get, at + "/landings", user: "police.steward", language: language)).Body, "title"));
        var confirmation = new { firstRow = 2, leaveOut = Array.Empty<long>(), placeOfField = new { code = 0 } };
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.Ask(HttpMethod.Post, $"{at}/landings/{run}/confirmation", JsonContent.Create(confirmation), "police.steward")).Status);
        // A landing belongs to its entry and is not reached through another.
        foreach (var path in (string[])["", "/progress", "/quarantine"]) Assert.Equal(HttpStatusCode.NotFound, (await lab.Ask(HttpMethod.Get, $"/api/entries/{lab.People.Id}/landings/{run}{path}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.Ask(HttpMethod.Post, $"/api/entries/{lab.People.Id}/landings/{run}/confirmation", JsonContent.Create(confirmation))).Status);
        Assert.Equal((HttpStatusCode.Forbidden, "ingest.only-stewards"), Told(await lab.Ask(HttpMethod.Post, "/api/proposals?name=a.csv", new ByteArrayContent(file), user: null)));
        Assert.Single((await lab.Ask(HttpMethod.Get, at + "/landings")).Body.GetProperty("items").EnumerateArray());
    }

    [Theory, EveryStore]
    public async Task The_import_verb_lands_beside_a_running_node(Store store)
    {
        await using var lab = await LandingNode.Start(store);
        var file = Path.Combine(lab.Node.Root, "站点.csv");
        await File.WriteAllTextAsync(file, "code,riders,spare\n001,5,x\n002,bad,x\n003,7,x\n");
        Task<int> Import(string entry, string user, params string[] more) =>
            Tongxiang.Server.Verbs.Import.Verb().Parse([file, "--entry", entry, "--as", user, "--data", Path.Combine(lab.Node.Root, "data"), "--settings", Path.Combine(lab.Node.Root, "settings.json"), .. more]).InvokeAsync();
        Assert.Equal(2, await Import("nothing", "transport.steward", "--yes"));
        Assert.Equal(2, await Import("stops", "nobody", "--yes"));
        Assert.Equal(2, await Import("stops", "police.steward", "--yes"));
        Assert.Equal(2, await Import("residents", "transport.steward", "--yes"));
        Assert.Equal(2, await Import("stops", "transport.steward", "--yes", "--most-bad", "0"));
        Assert.Equal(0, await Import("stops", "transport.steward", "--yes", "--promote", "--most-bad", "1"));
        await lab.Node.Get<Versions>().Follow(default);
        Assert.Equal("""[{"code":"001","riders":5},{"code":"003","riders":7}]""", await lab.Rows("stops"));
        var runs = (await lab.Ask(HttpMethod.Get, $"/api/entries/{lab.Stops.Id}/landings")).Body.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["Done", "Refused"], runs.Select(r => Text(r, "state")));
        Assert.Equal("ingest.too-many-bad", Text(runs[1].GetProperty("problem"), "code"));
        File.Delete(file);
        Assert.Equal(2, await Import("stops", "transport.steward", "--yes"));
    }

    private static (HttpStatusCode, string) Told((HttpStatusCode Status, JsonElement Body, HttpResponseMessage Answer) answer) => (answer.Status, Text(answer.Body, "code"));

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
