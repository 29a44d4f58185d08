using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Feedback;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Feedback;

public sealed class ReportsTests
{
    [Theory, EveryStore]
    public async Task Anybody_reports_and_the_provider_answers_in_public(Store store)
    {
        await using var lab = await FeedbackLab.Open(store);
        var report = Good(await lab.Reports.File(Caller.Anonymous, lab.Entry.Id, 3, FeedbackLab.Said() with { Contact = "reader@example.org" }, default));
        Assert.Equal(("JC20260212-0001", ReportState.Open, 3L), (report.Number, report.State, report.Version!.Value));
        // Ten working days from Thursday: the Saturday before the holiday is worked.
        Assert.Equal(new DateOnly(2026, 3, 4), WorkCalendar.Day(report.DueAt));
        Assert.Equal(1, await lab.Reports.Waiting(Facts.PoliceSteward, default));
        Assert.Equal("reader@example.org", Assert.Single(await lab.Reports.OfAgency(Facts.PoliceSteward, false, 10, default)).Contact);

        var taken = Good(await lab.Reports.Answer(Facts.PoliceSteward, report.Id, 1, null, "正在与采集单位核实", default));
        Assert.Equal((ReportState.Accepted, 2L), (taken.State, taken.Revision));
        lab.Clock.Advance(TimeSpan.FromDays(1));
        Good(await lab.Reports.Answer(Facts.PoliceHead, report.Id, 2, ReportOutcome.Corrected, "坐标已更正，见第 4 版", default));
        var shown = Assert.Single(await lab.Reports.OfEntry(lab.Entry.Id, 10, default));
        Assert.Equal((ReportState.Closed, ReportOutcome.Corrected, "坐标已更正，见第 4 版"), (shown.State, shown.Outcome!.Value, shown.Answer));
        Assert.Equal(0, await lab.Reports.Waiting(Facts.PoliceSteward, default));
        Assert.Empty(await lab.Reports.OfAgency(Facts.PoliceSteward, false, 10, default));
        Assert.Single(await lab.Reports.OfAgency(Facts.PoliceSteward, true, 10, default));
        var evidence = string.Concat(await lab.Evidenced());
        Assert.Contains("feedback.reported", evidence, StringComparison.Ordinal);
        Assert.Contains("feedback.answered", evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("reader@example.org", evidence, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task The_same_words_are_one_report_and_a_flood_stops(Store store)
    {
        await using var lab = await FeedbackLab.Open(store);
        var first = Good(await lab.Reports.File(Caller.Anonymous, lab.Entry.Id, 1, FeedbackLab.Said(), default));
        Assert.Equal(first.Number, Good(await lab.Reports.File(Facts.Citizen, lab.Entry.Id, 1, FeedbackLab.Said(), default)).Number);
        Assert.NotEqual(first.Number, Good(await lab.Reports.File(Caller.Anonymous, lab.Entry.Id, 2, FeedbackLab.Said(), default)).Number);
        for (var i = 0; i < 98; i++) Good(await lab.Reports.File(Caller.Anonymous, lab.Entry.Id, 1, FeedbackLab.Said($"第 {i} 行的名称写错了"), default));
        Refuses("feedback.too-many-open", await lab.Reports.File(Caller.Anonymous, lab.Entry.Id, 1, FeedbackLab.Said("还有一处写错了"), default));
    }

    [Theory, EveryStore]
    public async Task Others_neither_read_nor_answer_and_nobody_answers_twice_or_past_another(Store store)
    {
        await using var lab = await FeedbackLab.Open(store);
        var report = Good(await lab.Reports.File(Caller.Anonymous, lab.Entry.Id, null, FeedbackLab.Said(), default));
        foreach (var stranger in new[] { Caller.Anonymous, Facts.Citizen, Facts.CompanyPerson, Facts.CivilSteward })
        {
            Assert.Null(await lab.Reports.Find(stranger, report.Id, default));
            Refuses("kernel.not-found", await lab.Reports.Answer(stranger, report.Id, 1, ReportOutcome.NotWrong, "数据没有错误", default));
            Assert.Empty(await lab.Reports.OfAgency(stranger, false, 10, default));
            Assert.Equal(0, await lab.Reports.Waiting(stranger, default));
        }
        Assert.NotNull(await lab.Reports.Find(Facts.Reviewer, report.Id, default));
        Refuses("feedback.only-provider", await lab.Reports.Answer(Facts.Reviewer, report.Id, 1, ReportOutcome.NotWrong, "数据没有错误", default));
        Refuses("kernel.invalid-input", await lab.Reports.Answer(Facts.PoliceSteward, report.Id, 1, ReportOutcome.NotWrong, "无", default));
        Refuses("feedback.changed", await lab.Reports.Answer(Facts.PoliceSteward, report.Id, 7, ReportOutcome.NotWrong, "数据没有错误", default));
        Good(await lab.Reports.Answer(Facts.PoliceSteward, report.Id, 1, ReportOutcome.Unusable, "内容与数据无关", default));
        Refuses("feedback.closed", await lab.Reports.Answer(Facts.PoliceSteward, report.Id, 2, ReportOutcome.NotWrong, "数据没有错误", default));
        // What was no report is answered, but not shown to the public.
        Assert.Empty(await lab.Reports.OfEntry(lab.Entry.Id, 10, default));
    }

    [Theory, EveryStore]
    public async Task Data_the_public_may_not_know_of_have_no_reports(Store store)
    {
        await using var lab = await FeedbackLab.Open(store);
        lab.SetClass(OpenClass.Closed);
        Refuses("kernel.not-found", await lab.Reports.File(Caller.Anonymous, lab.Entry.Id, null, FeedbackLab.Said(), default));
        Refuses("kernel.not-found", await lab.Scores.Give(Facts.Citizen, lab.Entry.Id, 5, default));
    }

    [Theory]
    [InlineData("body", "短", "", "")]
    [InlineData("body", "第三行 \u0007 响铃", "", "")]
    [InlineData("body", "张三 11010119900307803X 的地址写错了", "", "")]
    [InlineData("place", "第 5 行的内容不对", "110101199003070038", "")]
    [InlineData("contact", "第 5 行的内容不对", "", "nobody")]
    [InlineData("contact", "第 5 行的内容不对", "", "a@b@c")]
    [InlineData("contact", "第 5 行的内容不对", "", "a b@c.cn")]
    [InlineData("contact", "第 5 行的内容不对", "", "<a@c.cn>")]
    public void What_cannot_be_kept_is_named_by_its_field(string field, string body, string place, string contact)
    {
        // The identity numbers of the cases are made valid here, so that the table shows none of a real form by chance.
        var wrong = ReportRules.Check(new NewReport(ReportKind.Other, Valid(place), Valid(body), contact));
        Assert.Equal([field], wrong.Select(e => e.Field));
    }

    [Theory]
    [InlineData("第 5 行的内容不对", "第 5 行", "reader@example.org")]
    [InlineData("编号 110101199003070000 的校验位不对", "", "")]
    [InlineData("流水号 9911010119900307803899 重复\n第二行也是", "", "")]
    public void What_is_plain_passes(string body, string place, string contact) => Assert.Empty(ReportRules.Check(new NewReport(ReportKind.Missing, place, body, contact)));

    [Fact]
    public void Lengths_have_ends()
    {
        var said = new NewReport(null, new string('地', ReportRules.PlaceMost + 1), new string('错', ReportRules.BodyMost + 1), new string('a', ReportRules.ContactMost) + "@b.cn");
        Assert.Equal(["kind", "body", "place", "contact"], ReportRules.Check(said).Select(e => e.Field));
        Assert.Equal(["kind"], ReportRules.Check(new NewReport((ReportKind)99, "", "第 5 行的内容不对", "")).Select(e => e.Field));
    }

    private static string Valid(string text)
    {
        var at = text.IndexOf("11010119900307", StringComparison.Ordinal);
        if (at < 0) return text;
        var head = System.Text.Encoding.ASCII.GetBytes(text.Substring(at, 17));
        return text[..(at + 17)] + Tongxiang.Core.Elements.CitizenId.CheckCharacter(head) + text[(at + 18)..];
    }
}
