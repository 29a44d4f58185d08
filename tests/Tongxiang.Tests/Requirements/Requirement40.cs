using System.Buffers;
using System.Net;
using System.Text;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Protect;
using Tongxiang.Ingest;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Samples = Tongxiang.Tests.Catalog.Samples;

namespace Tongxiang.Tests.Requirements;

/// <summary>GB 18030-2022 and GB/T 37668: names with characters beyond the basic plane survive import, search, masking and export. (The accessibility checks of the portal run in the browser tests, on every page.)</summary>
public sealed class Requirement40
{
    // U+20BB7 and U+2A6D6: two UTF-16 units and four bytes each.
    private const string Rare = "𠮷𪛖";

    [Theory, EveryStore]
    public async Task Requirement_40_rare_characters_survive_import_search_masking_and_export(Store store)
    {
        await using var lab = await LawNode.Start(store);
        var entry = await lab.Publish(Samples.Open($"{Rare}地名", "Rare places") with
        {
            Abstract = $"全省含{Rare}等生僻字的地名目录，每月更新一次。",
            Fields = [LawNode.Field("code", "编号", required: true), LawNode.Field("name", "地名", length: 3), LawNode.Field("size", "面积", type: FieldType.Integer)],
            Key = ["code"],
            LongitudeField = null,
            LatitudeField = null,
        }, "places");

        // Import, in UTF-8 and in GB 18030; the length is counted in characters, so three of them fit.
        Assert.Equal(RunState.Done, (await lab.Land(entry, $"code,name,size\nP1,{Rare}里,1\nP2,人民路,2\n")).State);
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var landings = lab.Get<Landings>();
        lab.Clock.Advance(TimeSpan.FromSeconds(1));
        var gb = Encoding.GetEncoding("GB18030").GetBytes($"code,name,size\nP1,{Rare}里,1\nP2,人民路,2\nP3,𠮷,3\n");
        var received = LawNode.Good(await landings.Receive(lab.Steward, entry, "rows.csv", new MemoryStream(gb), new LandingWish(true, true, null), default));
        await landings.Work(default);
        Assert.Equal(RunState.Done, (await landings.Find(received.Id, default))!.State);

        // Search: in the catalogue and in the rows.
        Assert.Contains("places", (await Api.Get(lab.Node.Http, $"/api/search?q={Uri.EscapeDataString("𪛖")}")).ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(Rare, WebUtility.HtmlDecode(await lab.Node.Http.GetStringAsync($"/datasets?q={Uri.EscapeDataString("𠮷")}")), StringComparison.Ordinal);
        var rows = (await Api.Get(lab.Node.Http, $"/data/places?name=like.{Uri.EscapeDataString("𠮷")}*&order=name.desc")).AsArray();
        Assert.Equal([$"{Rare}里", "𠮷"], rows.Select(r => (string)r!["name"]!).OrderByDescending(n => n.Length));
        Assert.Single((await Api.Get(lab.Node.Http, $"/data/places?name=eq.{Uri.EscapeDataString(Rare + "里")}")).AsArray());

        // Masking counts what a reader sees: no half character, neither in what leaves nor in a reason.
        Assert.Equal("𠮷*", Masked(ElementKind.PersonName, Rare));
        Assert.Equal("𪛖**", Masked(ElementKind.PersonName, "𪛖𠮷祥"));
        Assert.Equal("𠮷*", Masking.Mask(ElementKind.PersonName, Rare));

        // Export: CSV, JSON and a workbook carry the same characters.
        foreach (var format in new[] { "csv", "xlsx", "parquet" })
        {
            using var file = await lab.Node.Http.GetAsync("/data/places/download." + format);
            Assert.True(file.IsSuccessStatusCode, format);
            var bytes = await file.Content.ReadAsByteArrayAsync();
            if (format == "csv") Assert.Contains($"P1,{Rare}里,1", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
            if (format == "xlsx") Assert.Contains($"{Rare}里", Text(bytes), StringComparison.Ordinal);
        }
        Assert.Contains($"{Rare}里", await lab.Node.Http.GetStringAsync("/data/places"), StringComparison.Ordinal);
    }

    private static string Masked(ElementKind kind, string value)
    {
        var to = new ArrayBufferWriter<byte>();
        Masks.Of(kind)(Encoding.UTF8.GetBytes(value), to);
        return Encoding.UTF8.GetString(to.WrittenSpan);
    }

    private static string Text(byte[] workbook)
    {
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(workbook));
        return string.Concat(zip.Entries.Where(e => e.FullName.EndsWith(".xml", StringComparison.Ordinal)).Select(e =>
        {
            using var reader = new StreamReader(e.Open());
            return reader.ReadToEnd();
        }));
    }
}
