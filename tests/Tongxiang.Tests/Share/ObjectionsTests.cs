using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

public sealed class ObjectionsTests
{
    private static NewObjection Said(RemedyLab lab, ObjectionAbout about = ObjectionAbout.OwnData) => new(about, Facts.Police.Id, lab.Lab.Entry.Id, "准考证 12", "我的出生日期登记有误，应为一九八〇年一月一日", "请更正");

    [Theory, EveryStore]
    public async Task It_is_answered_with_reasons_in_the_time_of_the_local_rule_and_each_step_is_kept(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        Refuses("share.sign-in", await lab.Objections.File(Caller.Anonymous, Said(lab), default));
        Refuses("share.objection-only-people", await lab.Objections.File(Facts.PoliceHead, Said(lab), default));
        var made = Good(await lab.Objections.File(Facts.Citizen, Said(lab), default));
        // Ten working days by the local rule, which says of itself that it is not verified; the start day does not count.
        Assert.Equal(("YB20260617-0001", "OBJECTION-01", new DateOnly(2026, 7, 2)), (made.Number, made.Rule, WorkCalendar.Day(made.DueAt)));
        Assert.Equal(RuleGrade.C, lab.Lab.Rules.Find(made.Rule, new DateOnly(2026, 6, 17)).Grade);
        Assert.Equal(["police SharingOfficeHead", "police Steward"], (await lab.Lab.Told()).Where(t => t.Kind == NoticeKind.ObjectionFiled).Select(t => t.To).Order());
        var said = Good(await lab.Objections.Say(Facts.Citizen, made.Id, made.Revision, "补充：出生医学证明在原单位", default));
        var extended = Good(await lab.Objections.Extend(Facts.PoliceSteward, made.Id, said.Revision, "需调阅纸质档案", default));
        Assert.Equal((true, new DateOnly(2026, 7, 16)), (extended.IsExtended, WorkCalendar.Day(extended.DueAt)));
        Refuses("share.objection-extended", await lab.Objections.Extend(Facts.PoliceSteward, made.Id, null, "再延一次试试", default));
        Refuses("share.objection-changed", await lab.Objections.Answer(Facts.PoliceHead, made.Id, said.Revision, ObjectionOutcome.Rejected, "档案记载一致", default));
        Assert.Equal("outcome", (await lab.Objections.Answer(Facts.PoliceHead, made.Id, null, (ObjectionOutcome)9, "档案记载一致", default)).Refusal!.Fields.Single().Field);
        Assert.Equal("words", (await lab.Objections.Answer(Facts.PoliceHead, made.Id, null, ObjectionOutcome.Upheld, "", default)).Refusal!.Fields.Single().Field);
        Good(await lab.Objections.Answer(Facts.PoliceHead, made.Id, extended.Revision, ObjectionOutcome.Upheld, "经核对档案，异议成立，已更正", default));
        var mine = (await lab.Objections.Find(Facts.Citizen, made.Id, default))!;
        Assert.Equal([ObjectionStep.File, ObjectionStep.Say, ObjectionStep.Extend, ObjectionStep.Answer], mine.Steps.Select(s => s.Step));
        // The person reads which department answered, not who in it.
        Assert.Equal(("", "经核对档案，异议成立，已更正"), (mine.Steps[3].ActorName, mine.Steps[3].Words));
        Assert.Contains((NoticeKind.ObjectionAnswered, "citizen"), await lab.Lab.Told());
        Refuses("share.objection-closed", await lab.Objections.Say(Facts.Citizen, made.Id, null, "还有一句话要说", default));
        Assert.DoesNotContain("出生日期", string.Join('\n', await lab.Lab.Evidenced()));
    }

    [Theory, EveryStore]
    public async Task Others_find_nothing_and_the_bureau_reads_its_course_and_not_its_words(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        var made = Good(await lab.Objections.File(Facts.CompanyPerson, Said(lab), default));
        foreach (var stranger in new[] { Facts.Citizen, Facts.CivilHead, Facts.HealthSteward, Caller.Anonymous })
        {
            Assert.Null(await lab.Objections.Find(stranger, made.Id, default));
            Assert.Equal(404, (await lab.Objections.Withdraw(stranger, made.Id, null, "", default)).Refusal!.Status);
            Assert.Equal(404, (await lab.Objections.Extend(stranger, made.Id, null, "我来延长一下", default)).Refusal!.Status);
            Assert.Equal(404, (await lab.Objections.OpenCorrection(stranger, made.Id, null, new NewOwnCorrection(new Dictionary<string, string>(), ["name"], "字段有误需更正", ""), default)).Refusal!.Status);
        }
        var bureau = (await lab.Objections.Find(Facts.Reviewer, made.Id, default))!;
        Assert.Null(bureau.Words);
        Assert.Empty(bureau.Possible);
        Assert.Single((await lab.Objections.Overseen(Facts.Reviewer, null, 50, default)).Items);
        Assert.Single((await lab.Objections.Received(Facts.PoliceSteward, null, 50, default)).Items);
        Assert.Single((await lab.Objections.Mine(Facts.CompanyPerson, null, 50, default)).Items);
        Assert.Empty((await lab.Objections.Mine(Facts.Citizen, null, 50, default)).Items);
        Assert.Equal((1L, 0L), (await lab.Objections.Waiting(Facts.PoliceHead, default), await lab.Objections.Waiting(Facts.CivilHead, default)));
        Refuses("share.objection-not-yours", await lab.Objections.Withdraw(Facts.PoliceHead, made.Id, null, "", default));
        Assert.Equal(ObjectionState.Withdrawn, Good(await lab.Objections.Withdraw(Facts.CompanyPerson, made.Id, null, "", default)).State);
    }

    [Theory, EveryStore]
    public async Task A_correction_is_opened_out_of_it_in_the_same_commit(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        var made = Good(await lab.Objections.File(Facts.Citizen, Said(lab), default));
        var key = new Dictionary<string, string> { ["id_number"] = RemedyLab.Known };
        Refuses("share.correction-no-record", await lab.Objections.OpenCorrection(Facts.PoliceSteward, made.Id, null, new NewOwnCorrection(new Dictionary<string, string> { ["id_number"] = "x" }, ["name"], "出生日期登记有误", ""), default));
        Refuses("share.objection-changed", await lab.Objections.OpenCorrection(Facts.PoliceSteward, made.Id, 7, new NewOwnCorrection(key, ["name"], "出生日期登记有误", ""), default));
        Assert.Empty((await lab.Corrections.Received(Facts.PoliceSteward, null, 50, default)).Items);
        var after = Good(await lab.Objections.OpenCorrection(Facts.PoliceSteward, made.Id, made.Revision, new NewOwnCorrection(key, ["name"], "出生日期登记有误", "1980-01-01"), default));
        var correction = (await lab.Corrections.Find(Facts.PoliceHead, after.Correction!.Value, default))!.Correction;
        Assert.Equal((made.Id, Facts.Police.Id), (correction.Objection!.Value, correction.Consumer!.Value));
        Assert.Single(lab.Marks.Now.Find(lab.Lab.Entry.Id)!.Of([RemedyLab.Known]));
        Refuses("share.objection-has-correction", await lab.Objections.OpenCorrection(Facts.PoliceSteward, made.Id, null, new NewOwnCorrection(key, ["name"], "出生日期登记有误", ""), default));
        Good(await lab.Corrections.Correct(Facts.PoliceHead, correction.Id, null, "已按出生医学证明更正", null, default));
    }

    [Theory, EveryStore]
    public async Task Bad_words_foreign_data_and_floods_are_refused(Store store)
    {
        await using var lab = await RemedyLab.Open(store);
        foreach (var (bad, field) in new[]
        {
            (Said(lab) with { Words = "短" }, "words"), (Said(lab) with { Words = "隐藏方向\u2067控制符的一段文字" }, "words"), (Said(lab) with { Provider = Facts.Civil.Id }, "provider"), (Said(lab) with { Provider = Facts.Company.Id, Entry = null }, "provider"),
            (Said(lab) with { Entry = Id<Tongxiang.Catalog.Entry>.New(lab.Lab.Clock) }, "entry"), (Said(lab, ObjectionAbout.Decision) with { Reference = "" }, "reference"), (Said(lab) with { About = (ObjectionAbout)9 }, "about"),
        }) Assert.Equal(field, (await lab.Objections.File(Facts.Citizen, bad, default)).Refusal!.Fields[0].Field);
        // What is closed to the public is told like what is not there.
        lab.Lab.Entry = lab.Lab.Entry with { Content = lab.Lab.Entry.Content with { Opening = lab.Lab.Entry.Content.Opening with { Class = Tongxiang.Catalog.OpenClass.Closed } } };
        Assert.Equal("entry", (await lab.Objections.File(Facts.Citizen, Said(lab), default)).Refusal!.Fields[0].Field);
        for (var i = 0; i < ObjectionRules.MostOpen; i++) Good(await lab.Objections.File(Facts.Citizen, Said(lab) with { Entry = null }, default));
        Refuses("share.objection-many", await lab.Objections.File(Facts.Citizen, Said(lab) with { Entry = null }, default));
    }

    [Fact]
    public void Credit_information_has_its_own_clock_where_the_province_set_one()
    {
        var day = new DateOnly(2026, 6, 17);
        RulePack rules(string division) => new(null!, TimeProvider.System, null!, new NodeSettings { Division = division });
        Assert.Equal(("CREDIT-01", 5, "31"), (ObjectionRules.ClockOf(ObjectionAbout.CreditData, rules("330000"), day).Id, ObjectionRules.ClockOf(ObjectionAbout.CreditData, rules("330000"), day).Value!.Value, ObjectionRules.ClockOf(ObjectionAbout.CreditData, rules("330000"), day).Article));
        Assert.Equal(20, rules("330100").Find("CREDIT-01" + ObjectionRules.Total, day).Value);
        Assert.Equal("OBJECTION-01", ObjectionRules.ClockOf(ObjectionAbout.CreditData, rules("290000"), day).Id);
        Assert.Equal("OBJECTION-01", ObjectionRules.ClockOf(ObjectionAbout.OwnData, rules("330000"), day).Id);
    }

    [Theory, EveryStore]
    public async Task The_clock_tells_and_provisional_days_become_final(Store store)
    {
        await using var lab = await RemedyLab.Open(store, "2026-12-28");
        var made = Good(await lab.Objections.File(Facts.Citizen, Said(lab), default));
        Assert.True(made.DueIsProvisional);
        Good(await lab.Lab.Calendar.Load(Caller.Platform, new CalendarYear(2027, "国务院办公厅通知", RuleGrade.A, ["2027-01-01/2027-01-03"], ["2027-01-09"]), default));
        await lab.Watch.Run(default);
        Assert.Equal(new DateOnly(2027, 1, 11), WorkCalendar.Day((await lab.Objections.Find(Facts.Citizen, made.Id, default))!.Objection.DueAt));
        lab.Lab.Clock.Advance(TimeSpan.FromDays(20));
        await lab.Watch.Run(default);
        Assert.Equal(["bureau BureauReviewer", "citizen", "police SharingOfficeHead", "police Steward"], (await lab.Lab.Told()).Where(t => t.Kind == NoticeKind.ObjectionOverdue).Select(t => t.To).Order());
    }
}
