using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Gateway.Batching;
using Tongxiang.Gateway.Tracing;
using Tongxiang.Kernel;
using Tongxiang.Tests.Gateway.Batching;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Gateway.Tracing;

public sealed class TraceTests
{
    private static readonly Caller Guard = Caller.Anonymous with { Actor = "guard", Person = new Id<Person>(Guid.Parse("00000000-0000-7000-8000-0000000000b1")), Agency = GatewayLab.Provider, AgencyKind = AgencyKind.Bureau, Roles = new HashSet<Role> { Role.SecurityAdmin } };

    [Theory, EveryStore]
    public async Task The_leaker_is_named_from_a_part_of_the_file_however_it_was_treated(Store store)
    {
        await using var lab = await Open(store, 6_000);
        var texts = await Deliver(lab, "download.csv", 8);
        var leaker = lab.Grants[5];
        var lines = texts[5].TrimStart('\uFEFF').Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var random = new Random(5);

        // Twenty rows out of the middle, as they are.
        await Names(lab, leaker, [lines[0], .. lines[2_000..2_020]]);
        // One row in a hundred, saved by a spreadsheet: no needless quotes, other separators, lost zeros, in the national encoding.
        string[] resaved = [lines[0].Replace(',', ';'), .. lines.Skip(1).Where((_, i) => i % 100 == 0).Select(line => line.Replace("\"", "", StringComparison.Ordinal).Replace(".00", "", StringComparison.Ordinal).Replace(',', ';'))];
        await Names(lab, leaker, resaved, byOrder: true);
        // Two columns of four, without the key and without names.
        await Names(lab, leaker, ["x,y", .. lines[1..400].Select(line => line.Split(',')).Select(cells => $"{cells[1].Trim('"')},{cells[3]}")], byOrder: true, isAllMatched: false);
        // Sorted: the order is gone, the forms of cells speak.
        await Names(lab, leaker, [lines[0], .. lines[1..200].Order(StringComparer.Ordinal)]);
        // A third of the rows moved about, rows of other origin mixed in, everything saved anew.
        var moved = lines[1..600].Select(line => line.Replace("\"", "", StringComparison.Ordinal)).ToArray();
        for (var i = 0; i < 200; i++)
        {
            var (a, b) = (random.Next(moved.Length), random.Next(moved.Length));
            (moved[a], moved[b]) = (moved[b], moved[a]);
        }

        await Names(lab, leaker, [lines[0], .. moved, .. Enumerable.Range(0, 50).Select(i => $"9{i},王五,290101,1.00")], byOrder: true, isAllMatched: false);
    }

    [Fact]
    public async Task Sorted_and_saved_anew_nobody_is_named_and_the_slice_is_told()
    {
        await using var lab = await Open(Store.Sqlite, 3_000);
        var texts = await Deliver(lab, "download.csv", 3);
        var lines = texts[1].TrimStart('\uFEFF').Replace("\"", "", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var report = await Trace(lab, [lines[0], .. lines.Skip(1).Order(StringComparer.Ordinal)]);
        Assert.Empty(report.Named);
        var slice = Assert.Single(report.Slices);
        Assert.Equal((1.0, 1L, 3), (slice.Share, slice.VersionNumber, slice.Grants.Count));
    }

    [Theory, InlineData("download.xlsx"), InlineData("download.parquet"), InlineData("download.ndjson")]
    public async Task Workbooks_parquet_and_lines_of_json_are_traced_too(string path)
    {
        await using var lab = await Open(Store.Sqlite, 2_000);
        var files = new List<byte[]>();
        for (var i = 0; i < 3; i++)
        {
            var grant = Give(lab, Consumer(i));
            using var answer = await lab.Call($"/data/fees/{path}", grant.ConsumerAgency);
            files.Add(await answer.Content.ReadAsByteArrayAsync());
            Assert.True(answer.IsSuccessStatusCode, Encoding.UTF8.GetString(files[i]));
        }

        var traced = (await lab.Get<Traces>().Of(Guard, new MemoryStream(files[1]), null, default)).Value;
        Assert.Equal(lab.Grants[1].Number, traced.Named.Single().Release.GrantNumber);
        if (path.EndsWith("xlsx", StringComparison.Ordinal)) Assert.Contains(lab.Grants[1].Number, OpenMark(files[1]), StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task A_package_is_traced_and_a_file_of_open_data_carries_nothing(Store store)
    {
        await using var lab = await Open(store, 2_000);
        Give(lab, GatewayLab.Consumer, g => g with { Modes = [Mode.Batch] });
        await Deliver(lab, "download.csv", 2);
        var batch = await BatchLab.Set(lab, new BatchWish("fees", Rhythm.Version, "csv"));
        await BatchLab.Round(lab);
        var text = Encoding.UTF8.GetString(await BatchLab.Part(lab, batch, 1, "rows-0001.csv")).Split('\n');
        var named = Assert.Single((await Trace(lab, text[..40])).Named);
        Assert.Equal((lab.Grants[0].Number, $"{batch.Number}/1"), (named.Release.GrantNumber, named.Release.Package));

        await lab.Add(People.Stops(lab), People.StopRows);
        var releases = (await lab.Store.Db.One($"select count(*) from gateway_release", r => r.GetInt64(0), default));
        var first = await (await lab.Call("/data/stops/download.csv")).Content.ReadAsStringAsync();
        Assert.Equal(first, await (await lab.Call("/data/stops/download.csv")).Content.ReadAsStringAsync());
        Assert.Equal(releases, await lab.Store.Db.One($"select count(*) from gateway_release", r => r.GetInt64(0), default));
    }

    [Fact]
    public async Task Every_delivered_file_holds_the_same_rows_and_no_innocent_is_named()
    {
        await using var lab = await Open(Store.Sqlite, 1_500);
        var texts = await Deliver(lab, "download.csv", 40);
        static string Sorted(string text) => string.Join('\n', text.TrimStart('\uFEFF').Replace("\"", "", StringComparison.Ordinal).Split('\n').Order(StringComparer.Ordinal));
        Assert.Single(texts.Select(Sorted).Distinct(StringComparer.Ordinal));
        for (var i = 0; i < texts.Count; i += 4)
        {
            var report = await Trace(lab, texts[i].TrimStart('\uFEFF').Split('\n')[..60]);
            Assert.Equal([lab.Grants[i].Number], report.Named.Select(f => f.Release.GrantNumber));
        }

        // The rows as the provider has them, in every order that suggests itself, are nobody's copy.
        var plain = Sorted(texts[0]).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("id,", StringComparison.Ordinal)).ToArray();
        foreach (var order in (IEnumerable<string>[])[plain, plain.Reverse(), plain.OrderBy(l => long.Parse(l.Split(',')[0])), plain.OrderBy(l => l.Split(',')[1], StringComparer.Ordinal)])
            Assert.Empty((await Trace(lab, ["id,name,division,fee", .. order])).Named);
    }

    [Fact]
    public async Task Only_the_guards_of_the_bureau_trace_and_what_is_no_table_is_refused()
    {
        await using var lab = await Open(Store.Sqlite, 10);
        var traces = lab.Get<Traces>();
        Assert.Equal("gateway.trace-role", (await traces.Of(BatchLab.Steward, new MemoryStream([1]), null, default)).Refusal!.Code);
        Assert.Equal("gateway.trace-role", (await traces.Of(Guard with { Roles = new HashSet<Role> { Role.BureauReviewer } }, new MemoryStream([1]), null, default)).Refusal!.Code);
        foreach (var bad in (byte[][])[[], [0, 1, 2, 3, 255], "PK\u0003\u0004rubbish"u8.ToArray(), "PAR1rubbish"u8.ToArray(), "{\"a\""u8.ToArray()])
            Assert.Equal("gateway.trace-form", (await traces.Of(Guard, new MemoryStream(bad), null, default)).Refusal?.Code);
    }

    private static async Task<GatewayLab> Open(Store store, int rows)
    {
        var lab = await GatewayLab.Open(store);
        await lab.Add(lab.Entry("fees", BatchLab.Fields, ["id"], OpenClass.Conditional), BatchLab.Rows(rows));
        return lab;
    }

    private static Tongxiang.Share.Grant Give(GatewayLab lab, Id<Agency> consumer, Func<Tongxiang.Share.Grant, Tongxiang.Share.Grant>? change = null) =>
        lab.Grant(lab.Get<GatewaySources>().BySlug("fees")!, consumer, ["id", "name", "division", "fee"], change: change);

    private static Id<Agency> Consumer(int number) => new(Guid.Parse($"00000000-0000-7000-8000-0000000b{number:0000}"));

    private static async Task<List<string>> Deliver(GatewayLab lab, string path, int count)
    {
        var texts = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var grant = Give(lab, Consumer(i));
            using var answer = await lab.Call($"/data/fees/{path}", grant.ConsumerAgency);
            texts.Add(await answer.Content.ReadAsStringAsync());
            Assert.True(answer.IsSuccessStatusCode, texts[i]);
        }

        return texts;
    }

    private static async Task<TraceReport> Trace(GatewayLab lab, IEnumerable<string> lines)
    {
        var traced = await lab.Get<Traces>().Of(Guard, new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))), null, default);
        Assert.True(!traced.IsRefused, traced.Refusal?.Code);
        return traced.Value;
    }

    private static async Task Names(GatewayLab lab, Tongxiang.Share.Grant leaker, string[] lines, bool byOrder = false, bool isAllMatched = true)
    {
        var report = await Trace(lab, lines);
        var named = Assert.Single(report.Named);
        Assert.Equal(leaker.Number, named.Release.GrantNumber);
        if (byOrder) Assert.Equal(0, named.Cells);
        if (isAllMatched) Assert.Equal(1.0, report.Slices[0].Share);
    }

    private static string OpenMark(byte[] workbook)
    {
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(workbook));
        using var reader = new StreamReader(zip.GetEntry("docProps/custom.xml")!.Open());
        return reader.ReadToEnd();
    }
}
