using System.Text;
using System.Text.Json.Nodes;
using Tongxiang.Assess;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;
using Tongxiang.Server.Verbs;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;
using Known = Tongxiang.Tests.Share.Facts;

namespace Tongxiang.Tests.Assess;

public sealed class ReportsTests
{
    [Theory, EveryStore]
    public async Task A_month_is_reported_signed_and_comes_out_the_same_again(Store store)
    {
        await using var lab = await AssessLab.Open(store);
        var consented = await lab.Share.Consented();
        await lab.Called(consented.Grant!.Value, times: 4);
        await lab.Called(consented.Grant!.Value, "gateway.refused", "gateway.other-matter");
        await lab.Share.Sent();
        lab.Share.SetDay("2026-04-02");
        Refuses("assess.only-bureau", await lab.Reports.Make(Known.PoliceHead, "2026-03", default));
        Refuses("assess.only-bureau", await lab.Reports.Make(AssessLab.Auditor, "2026-03", default));
        Refuses("kernel.invalid-input", await lab.Reports.Make(AssessLab.Head, "2026-05", default));
        Refuses("kernel.invalid-input", await lab.Reports.Make(AssessLab.Head, "2026-3", default));

        var february = Good(await lab.Reports.Make(AssessLab.Head, "2026-02", default));
        var march = Good(await lab.Reports.Make(AssessLab.Head, "2026-03", default));
        Assert.Equal(("JD202602-001", 1L, true), (february.Number, february.Issue, february.Inputs.IsWhole));
        var rows = SupervisionReport.Rows(march.Inputs);
        // One of the two replies due on 4 March came; the delivery of the other was due on 20 March and did not come.
        Assert.Equal((1L, 2L, "50.00%"), (rows[0]["timeliness.reply"].Part, rows[0]["timeliness.reply"].Whole, rows[0]["timeliness.reply"].Percent));
        Assert.Equal((0L, 1L), (rows[0]["timeliness.delivery"].Part, rows[0]["timeliness.delivery"].Whole));
        Assert.Null(rows[0]["quality.accepted"].Part);
        var use = SupervisionReport.Rows(february.Inputs)[0];
        Assert.Equal((1L, 1L, 4L, 1L), (use["use.used"].Part, use["use.used"].Whole, use["use.calls"].Part, use["security.outside"].Part));
        Assert.Equal("grant:" + consented.Grant, use["use.used"].Records.Single());
        Assert.Contains("application:" + consented.Id, rows[0]["timeliness.reply"].Records);

        Assert.Equal(march.Id, Good(await lab.Reports.Make(AssessLab.Head, "2026-03", default)).Id);
        var check = (await lab.Reports.Check(AssessLab.Auditor, march.Id, default))!;
        Assert.Equal((true, true, march.Digest), (check.SameFromInputs, check.SameFromRecords, check.Digest));
        // What happens later changes nothing of the month; a record that comes late is seen.
        Good(await lab.Share.Applications.Withdraw(Known.CivilSteward, (await lab.Share.Applications.Mine(Known.CivilSteward, null, 10, default)).Items.First(a => a.Id != consented.Id).Id, null, null, default));
        Assert.True((await lab.Reports.Check(AssessLab.Head, march.Id, default))!.SameFromRecords);
        Assert.Null(await lab.Reports.Find(Known.PoliceHead, march.Id, default));
        Assert.Empty((await lab.Reports.List(Known.PoliceHead, null, 10, default)).Items);
        Assert.Equal(2, (await lab.Reports.List(AssessLab.Auditor, null, 10, default)).Items.Count);
        await lab.Reports.MakeDue(default);
        Assert.Equal(2, (await lab.Reports.List(AssessLab.Auditor, null, 10, default)).Items.Count);
    }

    [Fact]
    public async Task The_signature_is_checked_offline_and_a_changed_byte_is_named()
    {
        await using var lab = await AssessLab.Open(Store.Sqlite);
        var report = Good(await lab.Reports.Make(AssessLab.Head, "2026-01", default));
        var folder = StoreLab.Folder();
        var (file, note) = (Path.Combine(folder, report.Number + ".json"), Path.Combine(folder, report.Number + ".note"));
        await File.WriteAllTextAsync(file, report.Content);
        await File.WriteAllTextAsync(note, report.Note);
        Assert.Equal(0, (await Checked(note, lab)).Code);
        await File.WriteAllTextAsync(file, report.Content.Replace("\"month\":\"2026-01\"", "\"month\":\"2026-02\"", StringComparison.Ordinal));
        var (code, said) = await Checked(note, lab);
        Assert.Equal(1, code);
        Assert.Contains(report.Number + ".json", said, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, report.Content);
        await File.WriteAllTextAsync(note, report.Note.Replace(report.Digest[..8], "00000000", StringComparison.Ordinal));
        Assert.Equal(1, (await Checked(note, lab)).Code);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_same_inputs_give_the_same_bytes_and_nothing_evaluable_is_no_full_mark()
    {
        var agency = new ReportAgency("a", "厅", "Department", "91350100M000100Y43");
        var inputs = new ReportInputs(ReportInputs.Form, "2026-03", 0, true, agency, "r", [agency], [new DutyInput(TimedKind.Reply, "a", "application:1", "GX", 10, 9, ["e1"]), new DutyInput(TimedKind.Reply, "a", "application:2", "GX", 10, 11, ["e2"]), new DutyInput(TimedKind.Reply, "a", "application:3", "GX", 10, null, ["e3"])],
            [new LandingInput("a", "version:1", "c", 2, 1, ["e"])], [], [], []);
        Assert.Equal(SupervisionReport.Bytes(inputs), SupervisionReport.Bytes(inputs with { Month = "2026-03" }));
        var again = System.Text.Json.JsonSerializer.Deserialize<ReportInputs>(System.Text.Json.JsonSerializer.Serialize(inputs, Wire.Json), Wire.Json)!;
        Assert.Equal(SupervisionReport.Bytes(inputs), SupervisionReport.Bytes(again));
        var row = SupervisionReport.Rows(inputs)[1];
        Assert.Equal(("33.33%", "66.67%", "–", "–"), (row["timeliness.reply"].Percent, row["quality.accepted"].Percent, row["timeliness.update"].Percent, row["use.used"].Percent));
        var json = JsonNode.Parse(Encoding.UTF8.GetString(SupervisionReport.Bytes(inputs)))!;
        Assert.Null(json["total"]!["timeliness.update"]!["rate"]);
        Assert.All(SupervisionReport.Formulas, f => Assert.True(Texts.Parts.Has("assess.figure." + f.Key) && f.Key.StartsWith(f.Head.ToString(), StringComparison.OrdinalIgnoreCase), f.Key));
        Assert.All(SupervisionReport.NotEvaluable, n => Assert.True(Texts.Parts.Has("assess.figure." + n), n));
    }

    private static async Task<(int Code, string Said)> Checked(string target, AssessLab lab)
    {
        var said = new StringWriter();
        return (await Verify.Run(new Verification(target, [.. lab.Key.Keys.Select(k => k.ToString())], null, null, null, 0, TreeHash.Sha256, null), said, default), said.ToString());
    }
}
