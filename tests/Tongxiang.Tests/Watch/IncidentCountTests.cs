using System.IO.Compression;
using System.Xml.Linq;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using Tongxiang.Watch;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Watch;

public sealed class IncidentCountTests
{
    [Theory, EveryStore]
    public async Task Figures_come_from_the_evidence_of_the_scope_and_the_window(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        await lab.Called(100);
        lab.Clock.Advance(TimeSpan.FromHours(3));
        var opened = await lab.Opened();
        await lab.Called(30, operative: "op-1", caseNumber: "DB1");
        await lab.Called(12, operative: "op-2", caseNumber: "DB1", columns: "division");
        await lab.Called(0, kind: "gateway.refused", operative: "op-2", caseNumber: null);
        await lab.Called(7, kind: "share.granted");
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        var figures = Good(await lab.Incidents.Count(IncidentLab.Security, opened.Id, default)).Figures!;
        Assert.Equal((2L, 1L, 42L, 30L, 2L, 1L, true), (figures.Calls, figures.Refused, figures.Rows, figures.PersonsAtMost, figures.Operators, figures.Cases, figures.IsWhole));
        Assert.Null(figures.Persons);
        var resource = Assert.Single(figures.Resources);
        Assert.Equal(["division", "id_number", "name"], resource.Columns.Keys.Order());
        Assert.Equal([Facts.Civil.Id.ToString()], figures.Consumers);
        Assert.True(figures.LastIndex > figures.FirstIndex);
        Assert.Contains((await lab.View(opened.Id)).Events, e => e.Kind == "counted" && e.Args[2] == "≤ 30");
    }

    [Theory]
    [InlineData(null, null, 42)]
    [InlineData("client-1", null, 30)]
    [InlineData("client-2", null, 12)]
    [InlineData(null, "op-2", 12)]
    public async Task A_narrower_scope_counts_less(string? client, string? operative, long rows)
    {
        await using var lab = await IncidentLab.Open(Store.Sqlite);
        await lab.Called(30);
        await lab.Called(12, client: "client-2", operative: "op-2");
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        var opened = Good(await lab.Incidents.OpenByHand(IncidentLab.Security, lab.Said() with { Client = client, Operator = operative }, default));
        Assert.Equal(rows, Good(await lab.Incidents.Count(IncidentLab.Security, opened.Id, default)).Figures!.Rows);
    }

    [Theory, EveryStore]
    public async Task Rows_after_the_cut_are_counted_apart(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        await lab.Called(30);
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        var id = await lab.Tripped("trip-9", cutAt: lab.Clock.GetUtcNow());
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, Good(await lab.Incidents.Count(IncidentLab.Security, id, default)).Figures!.RowsAfterCut);
        await lab.Called(2);
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((32, 2), (Good(await lab.Incidents.Count(IncidentLab.Security, id, default)).Figures!.Rows, (await lab.View(id)).Incident.Figures!.RowsAfterCut));
    }

    [Fact]
    public void A_file_is_one_call_with_the_columns_it_was_permitted_and_the_rows_it_closed_with()
    {
        var entry = Facts.Entry();
        var tally = new IncidentTally(new IncidentScope([]), null, _ => entry);
        var at = Facts.At("2026-02-12");
        Happening Event(string kind, params (string, string)[] facts) => new(kind, "c", null, "s", at, facts.Append(("resource", "population")).ToDictionary(f => f.Item1, f => f.Item2));
        tally.Add(1, Event("gateway.permitted", ("columns", "id_number")));
        tally.Add(2, Event("gateway.closed", ("rows", "500"), ("bytes", "900")));
        var figures = tally.Figures(at, at, at, true);
        Assert.Equal((1L, 500L, 900L, 500L), (figures.Calls, figures.Rows, figures.Bytes, figures.PersonsAtMost));
    }

    [Fact]
    public async Task A_count_that_stops_early_says_so()
    {
        await using var lab = await IncidentLab.Open(Store.Sqlite);
        var id = await lab.Tripped("trip-3");
        Assert.True(Good(await lab.Incidents.Count(IncidentLab.Security, id, default)).Figures!.IsWhole);
        var tally = new IncidentTally(new IncidentScope([]), null, _ => null);
        Assert.False(tally.Figures(default, default, default, isWhole: false).IsWhole);
    }

    [Theory, EveryStore]
    public async Task A_document_says_what_is_known_and_names_what_is_not(Store store)
    {
        await using var lab = await IncidentLab.Open(store);
        await lab.Called(30);
        lab.Clock.Advance(TimeSpan.FromMinutes(1));
        var opened = await lab.Opened();
        Good(await lab.Incidents.Count(IncidentLab.Security, opened.Id, default));
        var paper = (await lab.Incidents.Paper(IncidentLab.Security, opened.Id, PaperKind.FirstReport, Texts.Chinese, default))!;
        Assert.Equal(["contact", "level", "measures"], paper.Missing.Select(l => l.Item.Key).Order());
        Assert.Contains("30", paper.Lines.Single(l => l.Item.Key == "impact").Text, StringComparison.Ordinal);
        Assert.Contains("上限", paper.Lines.Single(l => l.Item.Key == "impact").Text, StringComparison.Ordinal);
        var empty = new NewSubmission(ReportChannel.Web, "回执", lab.Clock.GetUtcNow());
        Assert.Contains("contact", (await lab.Incidents.Submit(IncidentLab.Security, opened.Id, PaperKind.FirstReport, empty, default)).Refusal!.Fields.Select(f => f.Field));
        Refuses("kernel.invalid-input", await lab.Incidents.Write(IncidentLab.Security, opened.Id, PaperKind.FirstReport, new Dictionary<string, string> { ["nothing"] = "x" }, default));
        await lab.Fill(opened.Id, PaperKind.FirstReport);
        Refuses("kernel.invalid-input", await lab.Incidents.Submit(IncidentLab.Security, opened.Id, PaperKind.FirstReport, empty with { SubmittedAt = lab.Clock.GetUtcNow().AddHours(2) }, default));
        Refuses("watch.only-bureau", await lab.Incidents.Submit(Facts.PoliceHead, opened.Id, PaperKind.FirstReport, empty, default));
        Good(await lab.Incidents.Submit(IncidentLab.Security, opened.Id, PaperKind.FirstReport, empty, default));
        var english = (await lab.Incidents.Paper(IncidentLab.Security, opened.Id, PaperKind.FirstReport, Texts.English, default))!;
        Assert.Contains("upper bound", english.Lines.Single(l => l.Item.Key == "impact").Text, StringComparison.Ordinal);
    }

    [Theory, InlineData(Texts.Chinese), InlineData(Texts.English)]
    public async Task A_file_for_a_word_processor_holds_every_item(string language)
    {
        await using var lab = await IncidentLab.Open(Store.Sqlite);
        var opened = await lab.Opened(drill: true);
        Good(await lab.Incidents.Write(IncidentLab.Security, opened.Id, PaperKind.FirstReport, new Dictionary<string, string> { ["contact"] = "张三 <a & b>\n0290-1234567" }, default));
        var paper = (await lab.Incidents.Paper(IncidentLab.Security, opened.Id, PaperKind.FirstReport, language, default))!;
        using var zip = new ZipArchive(new MemoryStream(PaperFile.Docx(paper, language)));
        Assert.Equal(["[Content_Types].xml", "_rels/.rels", "word/document.xml"], zip.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal));
        using var body = zip.GetEntry("word/document.xml")!.Open();
        var said = XDocument.Load(body).Descendants().Where(e => e.Name.LocalName == "t").Select(e => e.Value).ToList();
        Assert.Contains("张三 <a & b>", said);
        Assert.Contains("0290-1234567", said);
        Assert.Contains(Texts.Parts.Get(language, "watch.drill-mark"), said);
        Assert.Contains(Texts.Parts.Get(language, "watch.to-fill"), said);
        foreach (var item in IncidentPapers.Items(PaperKind.FirstReport)) Assert.Contains(Texts.Parts.Get(language, "watch.item." + item.Key), said);
    }
}
