using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;
using static Tongxiang.Tests.Ingest.Workbook;

namespace Tongxiang.Tests.Ingest;

public sealed class BadFilesTests
{
    [Theory, EveryStore]
    public async Task A_bad_file_is_answered_with_what_is_wrong_and_what_to_do_in_both_languages(Store store)
    {
        await using var lab = await LandingNode.Start(store);
        var noise = new byte[100_000];
        new Random(3).NextBytes(noise);
        noise[0] = 200;
        var card = LandingLab.Id(1)[..17] + "1";
        foreach (var (name, bytes, code, words) in new (string, byte[], string, string[])[]
        {
            ("empty.csv", [], "ingest.empty-file", ["文件是空的", "The file is empty"]),
            ("other.csv", LandingNode.Utf8("甲,乙\n1,2\n"), "ingest.wrong-columns", ["身份证号", "甲", "No column fits"]),
            ("line.csv", LandingNode.Utf8(new string('x', 17 << 20)), "ingest.row-too-long", ["第 1 行", "16,777,216", "Row 1 exceeds"]),
            ("wide.csv", LandingNode.Utf8(string.Join(',', Enumerable.Range(0, 10_000)) + "\n1\n"), "ingest.too-many-columns", ["1,000 列", "1,000 columns"]),
            ("noise.csv", noise, "ingest.unknown-encoding", ["GB18030", "neither UTF-8 nor"]),
            ("bomb.xlsx", Xlsx(Zeros), "ingest.zip-bomb", ["解压后", "unpacks to too much", "200"]),
            ("broken.xlsx", [.. "PK\u0003\u0004"u8, .. noise], "ingest.not-a-table", [".xlsx", "holds no table"]),
            ("broken.xls", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. noise[..4096]], "ingest.not-a-table", [".xls", "holds no table"]),
            ("cards.xlsx", Xlsx([Text("身份证号"), Text("姓名")], [Number(card), Text("张三")]), "ingest.lost-digits", ["身份证号", "第 2 行", "are gone"]),
            ("deep.json", LandingNode.Utf8(new string('[', 100_000)), "ingest.not-a-table", [".json", "holds no table"]),
            ("list.json", LandingNode.Utf8("[{\"id_card\":\"1\"},2]"), "ingest.not-an-object", ["第 2 个元素", "Element 2"]),
            ("table.dbf", LandingNode.Utf8("x"), "ingest.dbf", ["table.dbf", "CSV (UTF-8)"]),
        })
        {
            var (status, problem, _) = await lab.Send(lab.People, name, bytes);
            Assert.True(code == Code(problem) && (int)status is >= 400 and < 500, $"{name}: {status} {problem}");
            var run = (await lab.Ask(HttpMethod.Get, $"/api/entries/{lab.People.Id}/landings", language: "en")).Body.GetProperty("items")[0];
            Assert.Equal((name, "Refused"), (run.GetProperty("fileName").GetString(), run.GetProperty("state").GetString()));
            var both = Said(problem) + Said(run.GetProperty("problem"));
            Assert.All(words, w => Assert.Contains(w, both, StringComparison.Ordinal));
            Assert.DoesNotContain("{", both, StringComparison.Ordinal);
            Assert.DoesNotContain(card, both, StringComparison.Ordinal);
        }
        Assert.Null(lab.Node.Get<Versions>().Current(lab.People.Id));
        Assert.Empty(new DirectoryInfo(lab.Node.Get<Home>().Scratch).EnumerateFiles("*", SearchOption.AllDirectories));
    }

    [Theory, EveryStore]
    public async Task A_file_name_is_a_label_and_never_a_path(Store store)
    {
        await using var lab = await LandingNode.Start(store);
        var outside = new DirectoryInfo(lab.Node.Root).EnumerateFileSystemInfos().Select(f => f.Name).Order().ToList();
        foreach (var (name, kept) in new[]
        {
            ("../../../etc/passwd.csv", "passwd.csv"), ("..\\..\\keys\\node.key", "node.key"), ("/etc/cron.d/x", "x"), ("a\u0000b.csv", "a\u0000b.csv"), ("'; drop table ingest_run; --.csv", "'; drop table ingest_run; --.csv"),
            ("<script>alert(1)</script>.csv", "script>.csv"), ("%2e%2e%2fx.csv", "%2e%2e%2fx.csv"),
        })
        {
            var (status, run, _) = await lab.Send(lab.Stops, name, LandingNode.Utf8("code,riders\n001,5\n"));
            if (name.Contains('\0', StringComparison.Ordinal))
            {
                Assert.Equal((HttpStatusCode.BadRequest, "kernel.invalid-input"), (status, Code(run)));
                continue;
            }
            Assert.True(status == HttpStatusCode.Accepted, $"{name}: {status} {run}");
            Assert.Equal(kept, run.GetProperty("fileName").GetString());
            Assert.Equal("Done", (await lab.Follow(lab.Stops, run.GetProperty("id").GetString()!))[^1]);
        }
        foreach (var name in (string[])["", "dir/", new string('n', 201)])
        {
            var (status, problem, _) = await lab.Send(lab.Stops, name, LandingNode.Utf8("code\n1\n"));
            Assert.True(status == HttpStatusCode.BadRequest && problem.GetProperty("errors").TryGetProperty("name", out _), $"{name}: {problem}");
        }
        Assert.Equal(outside, new DirectoryInfo(lab.Node.Root).EnumerateFileSystemInfos().Select(f => f.Name).Order());
    }

    [Fact]
    public async Task A_request_without_a_whole_file_is_the_senders_fault()
    {
        await using var lab = await LandingNode.Start(Store.Sqlite);
        var at = $"/api/entries/{lab.Stops.Id}/landings";
        async Task<(HttpStatusCode, string)> Post(string content, string type)
        {
            var body = new ByteArrayContent(Encoding.UTF8.GetBytes(content));
            body.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            var (status, problem, _) = await lab.Ask(HttpMethod.Post, at, body);
            return (status, Code(problem));
        }
        const string head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
        Assert.Equal((HttpStatusCode.BadRequest, "ingest.no-file"), await Post("code\n1\n", "text/csv"));
        Assert.Equal((HttpStatusCode.BadRequest, "ingest.no-file"), await Post("--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b"));
        Assert.Equal((HttpStatusCode.BadRequest, "ingest.no-file"), await Post(head, "multipart/form-data"));
        Assert.Equal((HttpStatusCode.BadRequest, "ingest.broken-off"), await Post(head + "code,riders\r\n001,5\r\n", "multipart/form-data; boundary=b"));
        Assert.Equal((HttpStatusCode.BadRequest, "ingest.broken-off"), await Post("--b\r\nContent-Disposition: form-da", "multipart/form-data; boundary=b"));
        Assert.Equal((HttpStatusCode.BadRequest, "ingest.broken-off"), await Post("--b\r\n" + new string('h', 100_000) + "\r\n\r\n--b--", "multipart/form-data; boundary=b"));
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.Send(lab.Stops, "a.csv", [], "&mostBad=-1")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.Send(lab.Stops, "a.csv", [], "&mostBad=many")).Status);
        Assert.Empty((await lab.Ask(HttpMethod.Get, $"/api/entries/{lab.Stops.Id}/versions")).Body.GetProperty("items").EnumerateArray());
    }

    [Theory, EveryStore]
    public async Task Formula_cells_land_as_their_values_and_formula_errors_as_bad_rows(Store store)
    {
        await using var lab = await LandingNode.Start(store);
        var book = Xlsx(
            [Text("code"), Text("riders")], [Text("001"), Formula("2+3", "5")], [Error("#DIV/0!"), Number("6")], [Text("=1+1"), Number("7")], [Text("004"), Error("#REF!")], [Error("#N/A"), Error("#VALUE!")], [Text("#REF!"), Number("8")]);
        var run = (await lab.Send(lab.Stops, "a.xlsx", book, "&confirms=true&promotes=true&mostBad=5")).Body.GetProperty("id").GetString()!;
        Assert.Equal("Done", (await lab.Follow(lab.Stops, run))[^1]);
        Assert.Equal("""[{"code":"#REF!","riders":8},{"code":"001","riders":5},{"code":"=1+1","riders":7}]""", await lab.Rows("stops"));
        var bad = (await lab.Ask(HttpMethod.Get, $"/api/entries/{lab.Stops.Id}/landings/{run}/quarantine")).Body.GetProperty("items");
        Assert.Equal(
            ["3 code cell-error #DIV/0!", "5 riders cell-error #REF!", "6 code cell-error #N/A", "6 riders cell-error #VALUE!"],
            bad.EnumerateArray().Select(b => $"{b.GetProperty("row")} {b.GetProperty("field")} {b.GetProperty("flaw")} {b.GetProperty("value")}"));
        Assert.Contains("#DIV/0!", bad[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        var csv = await lab.Ask(HttpMethod.Get, "/data/stops", user: null, accept: "text/csv");
        Assert.Equal("1", csv.Answer.Headers.GetValues("Csv-Formula-Cells").Single());
        var file = await lab.Ask(HttpMethod.Get, "/data/stops/download.csv", user: null);
        Assert.Equal("code", file.Answer.Headers.GetValues("Csv-Formula-Columns").Single());
        Assert.Contains("不要直接执行", (await lab.Ask(HttpMethod.Get, "/datasets/stops", user: null)).Body.GetString(), StringComparison.Ordinal);
        var next = (await lab.Send(lab.Stops, "b.csv", LandingNode.Utf8("code,riders\n001,5\n"))).Body.GetProperty("id").GetString()!;
        Assert.Equal("Done", (await lab.Follow(lab.Stops, next))[^1]);
        Assert.False((await lab.Ask(HttpMethod.Get, "/data/stops/download.csv", user: null)).Answer.Headers.Contains("Csv-Formula-Columns"));
    }

    [Fact]
    public async Task An_old_workbook_lands()
    {
        await using var lab = await LandingNode.Start(Store.Sqlite);
        var run = (await lab.Send(lab.Stops, "站点.xls", Xls(["编号", "人数"], ["001", 5.0], ["𠮷祥里", 12.0]))).Body;
        Assert.Equal("xls", run.GetProperty("proposal").GetProperty("kind").GetString());
        Assert.Equal("Done", (await lab.Follow(lab.Stops, run.GetProperty("id").GetString()!))[^1]);
        Assert.Equal("""[{"code":"001","riders":5},{"code":"𠮷祥里","riders":12}]""", await lab.Rows("stops"));
    }

    private static void Zeros(Stream to)
    {
        var some = new byte[1 << 20];
        for (var i = 0; i < 80; i++) to.Write(some);
    }

    private static string Code(JsonElement problem) => problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("code", out var code) ? code.GetString()! : problem.ToString();

    private static string Said(JsonElement problem) => string.Create(CultureInfo.InvariantCulture, $"{problem.GetProperty("title")} {(problem.TryGetProperty("detail", out var detail) ? detail : default)} ");
}
