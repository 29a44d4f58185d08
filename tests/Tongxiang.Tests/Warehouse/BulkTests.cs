using System.IO.Compression;
using System.Text;
using MiniExcelLibs;
using Tongxiang.Catalog;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Tests.Ingest;
using Tongxiang.Warehouse;

namespace Tongxiang.Tests.Warehouse;

public sealed class BulkTests
{
    [Fact]
    public async Task A_version_leaves_as_csv_parquet_ndjson_and_a_workbook_that_runs_no_formula()
    {
        await using var lab = await LandingLab.Start(Store.Sqlite);
        lab.Entry = lab.EntryOf([LandingLab.Field("code", "代码"), LandingLab.Field("name", "名称"), LandingLab.Field("n", "数", FieldType.Decimal), LandingLab.Field("d", "日", FieldType.Date)], ["code"]);
        await lab.Land("code,name,n,d\n001,=1+1,1.50,2020-01-05\n002,𠮷,,\n");
        var version = lab.Versions.Current(lab.Entry.Id)!;
        var bulk = new Bulk(lab.Store.Home, lab.Files);
        Assert.Equal("\uFEFFcode,name,n,d\n001,=1+1,1.50,2020-01-05\n002,𠮷,,\n", Encoding.UTF8.GetString(await Take(bulk, version, BulkFormat.Csv)));
        Assert.StartsWith("{\"code\":\"001\"", Encoding.UTF8.GetString(await Take(bulk, version, BulkFormat.Ndjson)), StringComparison.Ordinal);
        Assert.Equal("PAR1", Encoding.ASCII.GetString(await Take(bulk, version, BulkFormat.Parquet), 0, 4));
        var workbook = await Take(bulk, version, BulkFormat.Xlsx);
        var rows = new MemoryStream(workbook).Query(useHeaderRow: true).Cast<IDictionary<string, object?>>().ToList();
        Assert.Equal(("001", "'=1+1", "𠮷"), ((string?)rows[0]["code"], (string?)rows[0]["name"], (string?)rows[1]["name"]));
        using var zip = new ZipArchive(new MemoryStream(workbook));
        using var sheet = new StreamReader(zip.GetEntry("xl/worksheets/sheet1.xml")!.Open());
        Assert.DoesNotContain("<x:f>", await sheet.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal("warehouse.too-many-for-excel", Bulk.Refuses(version with { Rows = 1_048_576 }, version.Columns, BulkFormat.Xlsx)!.Code);
        Assert.Null(Bulk.Refuses(version with { Rows = 1_048_575 }, version.Columns, BulkFormat.Xlsx));
        Assert.Empty(new DirectoryInfo(lab.Store.Home.Scratch).EnumerateFiles());
    }

    [Fact]
    public async Task A_workbook_lands_with_its_padded_codes_and_days_and_one_with_lost_digits_does_not()
    {
        await using var lab = await LandingLab.Start(Store.Sqlite);
        lab.Entry = lab.EntryOf([LandingLab.Field("code", "代码"), LandingLab.Field("d", "日期", FieldType.Date), LandingLab.Field("n", "数", FieldType.Integer)], ["code"]);
        var good = Workbook([new Dictionary<string, object> { ["代码"] = "007", ["日期"] = new DateTime(2020, 1, 5), ["数"] = 3 }]);
        Assert.Equal(RunState.Done, (await lab.Land(good, "a.xlsx")).State);
        Assert.Equal(["007|2020-01-05|3"], await lab.Rows(lab.Versions.Current(lab.Entry.Id)!));
        var lost = await lab.Land(Workbook([new Dictionary<string, object> { ["代码"] = 110101190001010014d, ["日期"] = "2020-01-05", ["数"] = 3 }]), "b.xlsx");
        Assert.Equal(("ingest.lost-digits", "代码", "2"), (lost.Refusal!.Code, lost.Refusal.Args[0], lost.Refusal.Args[1]));
    }

    [Fact]
    public async Task A_zip_bomb_is_refused_before_it_is_opened()
    {
        await using var lab = await LandingLab.Start(Store.Sqlite);
        var bomb = new MemoryStream();
        using (var zip = new ZipArchive(bomb, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("xl/workbook.xml").Open().Dispose();
            using var part = zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.SmallestSize).Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 200; i++) part.Write(zeros);
        }
        Assert.Equal("ingest.zip-bomb", (await lab.Land(bomb.ToArray(), "a.xlsx")).Refusal!.Code);
    }

    [Fact]
    public async Task Json_and_parquet_land_digit_by_digit()
    {
        await using var lab = await LandingLab.Start(Store.Sqlite);
        lab.Entry = lab.EntryOf([LandingLab.Field("id", "号"), LandingLab.Field("v", "值", FieldType.Integer)], ["id"]);
        await lab.Land("[{\"id\":110101190001010014,\"v\":1},{\"v\":null,\"id\":\"b\\n\\\"\"}]", "a.json");
        var version = lab.Versions.Current(lab.Entry.Id)!;
        Assert.Equal(["110101190001010014|1", "b\n\"|null"], await lab.Rows(version));
        await lab.Land("{\"id\":\"x\",\"v\":5}\n{\"id\":\"y\"}\n", "a.ndjson");
        var parquet = await Take(new Bulk(lab.Store.Home, lab.Files), lab.Versions.Current(lab.Entry.Id)!, BulkFormat.Parquet);
        await lab.Land(parquet, "a.parquet");
        Assert.Equal((3, "x|5,y|null"), ((int)lab.Versions.Current(lab.Entry.Id)!.Number, string.Join(',', await lab.Rows(lab.Versions.Current(lab.Entry.Id)!))));
    }

    private static byte[] Workbook(IEnumerable<Dictionary<string, object>> rows)
    {
        var file = new MemoryStream();
        file.SaveAs(rows);
        return file.ToArray();
    }

    private static async Task<byte[]> Take(Bulk bulk, Tongxiang.Warehouse.Version version, BulkFormat format)
    {
        var to = new MemoryStream();
        await bulk.Write(version, version.Columns, format, to, hasMark: true, default);
        return to.ToArray();
    }
}
