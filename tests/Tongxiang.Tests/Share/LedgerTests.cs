using System.Globalization;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Share;

public sealed class LedgerTests
{
    private static async Task Used(ShareLab lab, string kind, Id<Grant> grant, int rows = 0, string @case = "CASE-1", string by = "o1")
    {
        var facts = new Dictionary<string, string> { ["resource"] = "population", ["grant"] = "SQ20260212-0001", ["case"] = @case, ["operator"] = by, ["rows"] = rows.ToString(CultureInfo.InvariantCulture) };
        await lab.Evidence.Witness(new Happening(kind, "client-1", Facts.Civil.Id.ToString(), $"grant:{grant}", lab.Clock.GetUtcNow(), facts) { Parties = [Facts.Police.Id.ToString()] }, default);
    }

    [Theory, EveryStore]
    public async Task A_grants_page_has_its_five_parts_for_both_sides(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var grant = (await lab.Consented()).Grant!.Value;
        var (ledger, notes) = (new UseLedger(new Openings(lab.Db, lab.Evidence), lab.Grants), new UseNotes(lab.Db, lab.Clock, lab.Evidence, lab.Grants));
        await Used(lab, "gateway.answered", grant, rows: 2);
        await Used(lab, "gateway.answered", grant, rows: 3, by: "o2");
        await Used(lab, "gateway.refused", grant);
        await Used(lab, Disclosures.PartKind, grant);
        await Used(lab, "gateway.permitted", grant);
        await Used(lab, "gateway.closed", grant, rows: 40);
        await new Sequencer(lab.Db, lab.Evidence, lab.Clock).Run(default);

        ShareLab.Refuses("share.note-only-consumer", await notes.Add(Facts.PoliceHead, grant, NotePart.Effect, "替对方写的成效", default));
        ShareLab.Refuses("kernel.not-found", await notes.Add(Facts.HealthSteward, grant, NotePart.Effect, "不相干", default));
        ShareLab.Refuses("kernel.invalid-input", await notes.Add(Facts.CivilSteward, grant, NotePart.Effect, "", default));
        ShareLab.Good(await notes.Add(Facts.CivilSteward, grant, NotePart.Effect, "减少申请材料 2 份", default));
        ShareLab.Good(await notes.Add(Facts.CivilSteward, grant, NotePart.Storage, "存于政务云专区，加密", default));
        ShareLab.Good(await notes.Add(Facts.CivilSteward, grant, NotePart.Destruction, "办结后三日内删除", default));
        foreach (var side in new[] { Facts.PoliceHead, Facts.CivilHead })
        {
            var sheet = ShareLab.Good(await ledger.Sheet(side, grant, null, null, notes, default));
            Assert.Equal((2L, 1L, 1L, 45L, 2L), (sheet.Process.Answered, sheet.Process.Files, sheet.Process.Refused, sheet.Process.Rows, sheet.Process.Operators));
            Assert.Equal(("最低生活保障审核确认", 1, 1, 1), (sheet.Grant.Matter, sheet.Effect.Count, sheet.Storage.Count, sheet.Destruction.Count));
        }
        Assert.Equal(0, ShareLab.Good(await ledger.Sheet(Facts.CivilHead, grant, lab.Clock.GetUtcNow().AddDays(1), null, notes, default)).Process.Answered);
        ShareLab.Refuses("kernel.not-found", await ledger.Sheet(Facts.HealthSteward, grant, null, null, notes, default));
    }

    [Theory, EveryStore]
    public async Task A_times_ledger_is_filtered_counted_and_written_out(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var grant = (await lab.Consented()).Grant!.Value;
        var ledger = new UseLedger(new Openings(lab.Db, lab.Evidence), lab.Grants);
        await Used(lab, "gateway.answered", grant, rows: 1, @case: "=HYPERLINK(\"http://x\")");
        lab.Clock.Advance(TimeSpan.FromDays(2));
        for (var i = 0; i < 3; i++) await Used(lab, "gateway.refused", grant);
        await new Sequencer(lab.Db, lab.Evidence, lab.Clock).Run(default);
        var first = UseFilter.Days(new DateOnly(2026, 2, 12), new DateOnly(2026, 2, 12), null, "SQ20260212-0001");
        Assert.Single((await ledger.AsProvider(Facts.PoliceHead, first, null, 50, default)).Items);
        Assert.Equal([("refused", 3L), ("answered", 1L)], (await ledger.Counts(Facts.PoliceHead, true, new UseFilter(), default)).Select(c => (c.Outcome, c.Calls)));
        Assert.Equal(2, (await ledger.Counts(Facts.CivilHead, false, new UseFilter(Resource: "population"), default)).Count);
        Assert.Empty(await ledger.Counts(Facts.PoliceHead, true, new UseFilter(Resource: "other"), default));
        Assert.Empty(await ledger.Counts(Facts.HealthSteward, true, new UseFilter(), default));
        Assert.Empty(await ledger.Counts(Facts.Citizen, true, new UseFilter(), default));

        using var file = new MemoryStream();
        await LedgerRoutes.Csv(ledger.Each(Facts.PoliceHead, true, new UseFilter(), default), file);
        var lines = Encoding.UTF8.GetString(file.ToArray()).TrimStart('\uFEFF').TrimEnd().Split('\n');
        Assert.Equal((5, "index,at,outcome"), (lines.Length, lines[0][..16]));
        // What a caller wrote is no formula to whoever opens the file.
        Assert.Contains("\"'=HYPERLINK(\"\"http://x\"\")\"", lines[4]);
        Assert.EndsWith($"/log/proof/{lines[4].Split(',')[0]}.tlog-proof", lines[4]);
    }

    // Order 809 art. 29: nobody shortens the three years, whatever a locality sets.
    [Theory, EveryStore]
    public async Task The_three_years_can_be_lengthened_and_not_shortened(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        Assert.Equal((3, RuleUnit.Year, RuleBound.AtLeast, "29"), (lab.Rules.Find(UseLedger.Years, Facts.Today).Value, lab.Rules.Find(UseLedger.Years, Facts.Today).Unit, lab.Rules.Find(UseLedger.Years, Facts.Today).Bound, lab.Rules.Find(UseLedger.Years, Facts.Today).Article));
        ShareLab.Refuses("agencies.only-tighten", await lab.Rules.Tighten(Caller.Platform, UseLedger.Years, 2, "本地规定", Facts.Today, default));
        ShareLab.Good(await lab.Rules.Tighten(Caller.Platform, UseLedger.Years, 5, "本地规定", Facts.Today, default));
        Assert.Equal(5, lab.Rules.Find(UseLedger.Years, Facts.Today).Value);
    }
}
