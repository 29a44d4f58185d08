using System.Net;
using MiniExcelLibs;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Tests.Gateway.Query;
using Tongxiang.Tests.Lab;
using Tongxiang.Warehouse;

namespace Tongxiang.Tests.Gateway;

public sealed class PartFileTests
{
    private static readonly IReadOnlyList<Field> Fields =
    [
        Sample.Make("id", FieldType.Text) with { Element = "citizen-id", IsPersonal = true }, Sample.Make("name", FieldType.Text) with { Element = "person-name", IsPersonal = true },
        Sample.Make("division", FieldType.Text), Sample.Make("amount", FieldType.Decimal, 2), Sample.Make("born", FieldType.Date), Sample.Make("seen", FieldType.Timestamp), Sample.Make("n", FieldType.Integer),
    ];

    private static readonly IReadOnlyList<object?[]> Rows =
    [
        ["29010119800101001X", "张三", "290101", 150L, "1980-01-01", "2026-01-01T08:00:00", 7L],
        ["290102198001010020", "欧阳修", "=1+1", null, null, "2026-01-02T08:00:00.5", -3L],
        ["290201198001010031", "𠮷\"祥\",\n里", "", -5L, "1980-01-03", null, null],
    ];

    [Theory, EveryStore]
    public async Task A_right_to_some_rows_masked_and_renamed_leaves_as_Parquet_and_XLSX_too(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(lab.Entry("people", Fields, ["id"], OpenClass.Conditional), Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["division", "amount", "born", "seen", "n"], ["name"], "division=neq.290101");
        const string query = "?select=名称:name,division,amount,born,seen,n&order=n.asc";

        var parquet = await lab.Call("/data/people/download.parquet" + query, GatewayLab.Consumer);
        var bytes = await parquet.Content.ReadAsByteArrayAsync();
        Assert.Equal(["欧阳*|=1+1|null|null|2026-01-02 08:00:00.5|-3", "𠮷******||-0.05|1980-01-03|null|null"], await Read(lab, bytes));
        Assert.Equal(["名称 VARCHAR", "division VARCHAR", "amount DECIMAL(18,2)", "born DATE", "seen TIMESTAMP", "n BIGINT"], await Types(lab, bytes));
        Assert.Equal(("gateway.closed", "2", $"{bytes.Length}", "whole"), (lab.Witnessed[^1].Kind, lab.Witnessed[^1].Facts["rows"], lab.Witnessed[^1].Facts["bytes"], lab.Witnessed[^1].Facts["outcome"]));

        var sheet = await lab.Call("/data/people/download.xlsx" + query, GatewayLab.Consumer);
        var cells = new MemoryStream(await sheet.Content.ReadAsByteArrayAsync()).Query(useHeaderRow: true).Cast<IDictionary<string, object?>>().ToList();
        Assert.Equal(("欧阳*", "'=1+1", -3d), ((string?)cells[0]["名称"], (string?)cells[0]["division"], (double)cells[0]["n"]!));
        Assert.Equal(("1980-01-03", -0.05d, 2), ((string?)cells[1]["born"], (double)cells[1]["amount"]!, cells.Count));
        Assert.Empty(new DirectoryInfo(lab.Store.Home.Scratch).EnumerateFiles());
    }

    [Theory, EveryStore]
    public async Task A_part_holds_what_was_granted_alone_and_stops_where_the_day_ends(Store store)
    {
        await using var lab = await GatewayLab.Open(store);
        var entry = await lab.Add(lab.Entry("people", Fields, ["id"], OpenClass.Conditional), Rows);
        lab.Grant(entry, GatewayLab.Consumer, ["division", "amount"], change: g => g with { Limits = g.Limits with { RowsPerDay = 2 } });
        foreach (var format in new[] { "parquet", "xlsx" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await lab.Call($"/data/people/download.{format}?select=id", GatewayLab.Consumer)).StatusCode);
            Assert.Equal(HttpStatusCode.BadRequest, (await lab.Call($"/data/people/download.{format}?id=like.29*", GatewayLab.Consumer)).StatusCode);
            var twice = await lab.Call($"/data/people/download.{format}?select=A:division,a:amount", GatewayLab.Consumer);
            Assert.Equal("gateway.file-names", (await DataFaceTests.Problem(twice)).GetProperty("code").GetString());
            var full = await lab.Call($"/data/people/download.{format}?division=not.is.null", GatewayLab.Consumer);
            Assert.Equal((HttpStatusCode.TooManyRequests, "gateway.day-rows"), (full.StatusCode, (await DataFaceTests.Problem(full)).GetProperty("code").GetString()));
            Assert.Null(full.Content.Headers.ContentDisposition);
            Assert.Equal(("gateway.closed", "0", "0", "aborted"), (lab.Witnessed[^1].Kind, lab.Witnessed[^1].Facts["rows"], lab.Witnessed[^1].Facts["bytes"], lab.Witnessed[^1].Facts["outcome"]));
        }

        var part = await lab.Call("/data/people/download.parquet?division=eq.290101", GatewayLab.Consumer);
        Assert.Equal(["290101|1.50"], await Read(lab, await part.Content.ReadAsByteArrayAsync()));
        Assert.Equal((3, 1L), lab.Get<Tongxiang.Gateway.DayUses>().Today(lab.Grants[0].Id));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await lab.Call("/data/people/download.xlsx?amount=not.eq.9", GatewayLab.Consumer)).StatusCode);
        Assert.Empty(new DirectoryInfo(lab.Store.Home.Scratch).EnumerateFiles());
    }

    private static Task<List<string>> Read(GatewayLab lab, byte[] parquet) => Ask(lab, parquet, source => $"select * from {source}");

    private static async Task<List<string>> Types(GatewayLab lab, byte[] parquet) => [.. (await Ask(lab, parquet, source => $"select column_name, column_type from (describe select * from {source})")).Select(row => row.Replace('|', ' '))];

    private static async Task<List<string>> Ask(GatewayLab lab, byte[] parquet, Func<string, string> select)
    {
        using var file = ScratchFile.New(lab.Store.Home, "parquet");
        await File.WriteAllBytesAsync(file.Path, parquet);
        using var duck = new Duck(lab.Store.Home);
        using var rows = duck.Read($"select columns(*)::varchar from ({select(Duck.Parquet(file.Path))})");
        var found = new List<string>();
        while (rows.Read()) found.Add(string.Join('|', Enumerable.Range(0, rows.FieldCount).Select(i => rows.IsDBNull(i) ? "null" : rows.GetString(i))));
        return found;
    }
}
