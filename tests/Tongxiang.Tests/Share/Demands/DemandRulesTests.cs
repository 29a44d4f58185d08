using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Tests.Share;

public sealed class DemandRulesTests
{
    private static readonly DateOnly Today = new(2026, 2, 12);

    [Theory]
    [InlineData("停车场空余泊位", "")]
    [InlineData("<script>alert(1)</script> 数据", "")]
    [InlineData("' or 1=1; drop table share_demand; --", "")]
    [InlineData("𠮷野家门店", "")]
    [InlineData("㐂名册", "")]
    [InlineData("\uE863姓地名", "")]
    [InlineData("\uE863\uE864", "")]
    [InlineData("x", "share.field.demand-short")]
    [InlineData("   ", "share.field.demand-short")]
    [InlineData("？！…", "share.field.demand-control")]
    [InlineData("停车\n泊位", "share.field.demand-control")]
    [InlineData("停车\t泊位", "share.field.demand-control")]
    [InlineData("停车\0泊位", "share.field.demand-control")]
    [InlineData("停车\u202e泊位", "share.field.demand-control")]
    [InlineData("停车\u200b泊位", "share.field.demand-control")]
    [InlineData("停车\u2028泊位", "share.field.demand-control")]
    [InlineData("查 11010519491231002X 的房子", "share.field.demand-citizen-id")]
    [InlineData("编号 11010519491231002Y 的房子", "")]
    public void Words_are_words(string what, string wrong) => Assert.Equal(wrong, DemandRules.Check(new NewDemand(what), Today).SingleOrDefault()?.Key ?? "");

    [Fact]
    public void Lengths_days_and_addresses_have_limits()
    {
        Assert.Empty(DemandRules.Check(new NewDemand(new string('数', DemandRules.WhatMost), new string('事', DemandRules.MatterMost), "a@b.example", Today.AddYears(3)), Today));
        Assert.Equal(["contact", "matter", "wantedBy", "what"], DemandRules.Check(new NewDemand(new string('数', DemandRules.WhatMost + 1), new string('事', DemandRules.MatterMost + 1), "a b@c", Today.AddDays(-1)), Today).Select(e => e.Field).Order());
        Assert.Single(DemandRules.Check(new NewDemand("停车泊位", WantedBy: Today.AddYears(3).AddDays(1)), Today));
        foreach (var address in new[] { "a", "@b", "a@", "a@b@c", "a@b<c", "a@b,c", new string('a', 130) + "@b" }) Assert.Single(DemandRules.Check(new NewDemand("停车泊位", Contact: address), Today));
        Assert.Empty(DemandRules.Check(new NewDemand("停车泊位", "第一行\n第二行"), Today));
        // Half a character is no text, and no store would keep it.
        Assert.Single(DemandRules.Check(new NewDemand("停车\ud83d泊位"), Today));
    }

    [Theory]
    [InlineData(DemandState.Filed, DemandSide.Bureau, "Accept,Refuse,Merge")]
    [InlineData(DemandState.Accepted, DemandSide.Bureau, "Assign,Refuse,Merge")]
    [InlineData(DemandState.Accepted, DemandSide.Owner, "Claim,Decline")]
    [InlineData(DemandState.Claimed, DemandSide.Owner, "Catalogue")]
    [InlineData(DemandState.Claimed, DemandSide.Bureau, "Refuse")]
    [InlineData(DemandState.Catalogued, DemandSide.Owner, "Attach")]
    [InlineData(DemandState.Catalogued, DemandSide.Bureau, "")]
    [InlineData(DemandState.Attached, DemandSide.Demander, "Satisfy,Reopen")]
    [InlineData(DemandState.Attached, DemandSide.Owner, "")]
    [InlineData(DemandState.Filed, DemandSide.Demander, "")]
    [InlineData(DemandState.Satisfied, DemandSide.Demander, "")]
    [InlineData(DemandState.Refused, DemandSide.Bureau, "")]
    [InlineData(DemandState.Merged, DemandSide.Bureau, "")]
    public void Each_side_has_its_steps(DemandState state, DemandSide side, string steps) =>
        Assert.Equal(steps, string.Join(',', DemandRules.Possible(Some(state), new HashSet<DemandSide> { side })));

    [Fact]
    public void What_is_wrong_with_a_step_is_first_the_state_and_then_the_side()
    {
        Assert.Equal("share.demand-state", DemandRules.Find(Some(DemandState.Filed), DemandStep.Claim, new HashSet<DemandSide> { DemandSide.Bureau }).Refusal!.Code);
        Assert.Equal("share.demand-side", DemandRules.Find(Some(DemandState.Filed), DemandStep.Accept, new HashSet<DemandSide> { DemandSide.Owner }).Refusal!.Code);
        Assert.DoesNotContain(DemandStep.Reopen, DemandRules.Possible(Some(DemandState.Attached) with { IsReopened = true }, new HashSet<DemandSide> { DemandSide.Demander }));
    }

    [Fact]
    public void Sides_are_those_of_the_own_office_only()
    {
        var demand = Some(DemandState.Accepted) with { Owner = Facts.Police.Id, Demander = Facts.Citizen.Person, DemanderAgency = null };
        Assert.Equal([DemandSide.Bureau], DemandRules.Sides(Facts.Reviewer, demand));
        Assert.Equal([DemandSide.Owner], DemandRules.Sides(Facts.PoliceSteward, demand));
        Assert.Equal([DemandSide.Demander], DemandRules.Sides(Facts.Citizen, demand));
        Assert.Empty(DemandRules.Sides(Facts.HealthSteward, demand));
        Assert.Empty(DemandRules.Sides(Caller.Anonymous, demand));
        Assert.Empty(DemandRules.Sides(Facts.Reviewer, demand with { Bureau = Facts.Health.Id }));
        Assert.Empty(DemandRules.Sides(Facts.PoliceSteward with { Client = new Id<Client>(Guid.Parse("00000000-0000-7000-8000-0000000000c1")) }, demand));
        Assert.Equal([DemandSide.Platform], DemandRules.Sides(Caller.Platform, demand));
        Assert.Equal([DemandSide.Demander], DemandRules.Sides(Facts.CivilHead, demand with { Demander = Facts.CivilSteward.Person, DemanderAgency = Facts.Civil.Id }));
    }

    [Fact]
    public void Words_are_hidden_until_they_were_read_and_the_contact_for_ever()
    {
        var filed = Some(DemandState.Filed);
        Assert.Equal((false, true, true, true), (DemandRules.SeesWords(Caller.Anonymous, filed), DemandRules.SeesWords(Facts.HealthSteward, filed), DemandRules.SeesWords(Facts.Reviewer, filed), DemandRules.SeesWords(Facts.Citizen, filed)));
        Assert.False(DemandRules.SeesWords(Facts.CompanyPerson, filed));
        var accepted = Some(DemandState.Accepted) with { Owner = Facts.Police.Id };
        Assert.True(DemandRules.SeesWords(Caller.Anonymous, accepted));
        Assert.Equal((false, false, true, true, true), (DemandRules.SeesContact(Caller.Anonymous, accepted), DemandRules.SeesContact(Facts.HealthSteward, accepted), DemandRules.SeesContact(Facts.PoliceSteward, accepted), DemandRules.SeesContact(Facts.Reviewer, accepted), DemandRules.SeesContact(Facts.Citizen, accepted)));
        Assert.False(DemandRules.SeesWords(Caller.Anonymous, Some(DemandState.Refused) with { Ground = DemandGround.Unusable }));
        Assert.True(DemandRules.SeesWords(Caller.Anonymous, Some(DemandState.Refused) with { Ground = DemandGround.NobodyHolds }));
    }

    [Fact]
    public void A_refusal_names_its_ground_and_the_law_where_a_law_forbids()
    {
        Assert.Equal("ground", Assert.Single(DemandRules.CheckRefusal(null, "")).Field);
        Assert.Equal("basis", Assert.Single(DemandRules.CheckRefusal(DemandGround.NotShareable, "")).Field);
        Assert.Empty(DemandRules.CheckRefusal(DemandGround.NotShareable, "《个人信息保护法》第二十八条"));
        Assert.Empty(DemandRules.CheckRefusal(DemandGround.NobodyHolds, ""));
        Assert.Single(DemandRules.CheckRefusal((DemandGround)99, ""));
    }

    [Fact]
    public void Only_a_published_entry_of_the_owner_that_the_demander_can_see_answers()
    {
        var demand = Some(DemandState.Claimed) with { Owner = Facts.Police.Id };
        Assert.Null(DemandRules.CheckEntry(demand, Facts.Entry()));
        Assert.Equal("share.field.demand-entry", DemandRules.CheckEntry(demand, null)!.Key);
        Assert.Equal("share.field.demand-entry", DemandRules.CheckEntry(demand, Facts.Entry() with { State = EntryState.Draft })!.Key);
        Assert.Equal("share.field.demand-entry-owner", DemandRules.CheckEntry(demand with { Owner = Facts.Health.Id }, Facts.Entry())!.Key);
        Assert.Equal("share.field.demand-entry-closed", DemandRules.CheckEntry(demand, Facts.Entry(open: OpenClass.Closed))!.Key);
        Assert.Null(DemandRules.CheckEntry(demand with { Origin = DemandOrigin.Department }, Facts.Entry(open: OpenClass.Closed)));
        Assert.Equal("share.field.demand-entry-closed", DemandRules.CheckEntry(demand with { Origin = DemandOrigin.Department }, Facts.Entry(open: OpenClass.Closed), isForPublic: true)!.Key);
    }

    [Fact]
    public void The_clock_is_the_bureaus_then_the_whole_ways_then_the_demanders()
    {
        var demand = Some(DemandState.Filed);
        // Thursday 2026-02-12; the festival lies between, Saturday the 14th is worked.
        Assert.Equal((DemandClocks.Acceptance, new DateOnly(2026, 2, 24)), On(demand, 3));
        Assert.Equal((DemandClocks.Whole, new DateOnly(2026, 3, 11)), On(demand with { State = DemandState.Claimed }, 15));
        Assert.Equal((DemandClocks.Confirmation, new DateOnly(2026, 3, 18)), On(demand with { State = DemandState.Attached, AttachedAt = Facts.At("2026-03-04") }, 10));
        Assert.Null(DemandClocks.Dated(demand with { State = DemandState.Satisfied }, null, Facts.Calendar).DueAt);
        Assert.Null(DemandClocks.Dated(demand with { State = DemandState.Attached, AttachedAt = Facts.At("2026-03-04") }, Rule(10), Facts.Calendar).NextNoticeAt);
    }

    [Theory]
    [InlineData("公共停车场空余泊位", "停车场空余泊位数据", true)]
    [InlineData("各停车场实时空余泊位", "停车场空余车位信息", true)]
    [InlineData("学校名单", "全部学校的名单", true)]
    [InlineData("公交线路", "空气质量", false)]
    [InlineData("气象预警信息", "空气质量信息", false)]
    [InlineData("free parking spaces", "parking spaces", true)]
    [InlineData("数据", "信息", false)]
    public void Alike_demands_are_found_by_their_words(string one, string other, bool alike)
    {
        Assert.Equal(alike, DemandLikeness.Of(one, other) >= DemandLikeness.Alike);
        Assert.Equal(DemandLikeness.Of(one, other), DemandLikeness.Of(other, one));
        Assert.InRange(DemandLikeness.Of(one, other), 0, 1);
    }

    [Fact]
    public void The_same_words_are_the_same_whatever_the_spaces_and_widths() =>
        Assert.Equal(DemandLikeness.Same("停车场 ＡＢ，泊位。"), DemandLikeness.Same("停车场ab泊位"));

    [Fact]
    public void The_owner_is_proposed_by_names_and_catalogues()
    {
        Agency[] agencies =
        [
            Facts.Police with { Name = "省公安厅", NameEn = "Police" }, Facts.Civil with { Name = "省民政厅", NameEn = "Civil affairs" }, Facts.Health with { Name = "省卫生健康委员会", NameEn = "Health" },
        ];
        var car = Facts.Entry() with { Content = Facts.Entry().Content with { Name = "机动车登记信息", Keywords = ["车辆", "停车"] } };
        OwnerTerms[] terms = [.. agencies.Select(a => DemandOwners.TermsOf(a, a.Id == Facts.Police.Id ? [car] : []))];
        Assert.Equal(Facts.Police.Id, DemandOwners.Rank("机动车停车次数", terms)[0].Agency);
        Assert.Contains("停车", DemandOwners.Rank("机动车停车次数", terms)[0].Because);
        Assert.Equal(Facts.Health.Id, DemandOwners.Rank("卫生健康机构", terms)[0].Agency);
        Assert.Equal(Facts.Civil.Id, Assert.Single(DemandOwners.Rank("民政服务站", terms)).Agency);
        Assert.Empty(DemandOwners.Rank("海浪高度", terms));
        Assert.Empty(DemandOwners.Rank("", terms));
    }

    [Fact]
    public void Whoever_must_act_is_told()
    {
        var demand = Some(DemandState.Accepted) with { Owner = Facts.Police.Id };
        Assert.Equal(2, DemandTold.OfClock(NoticeKind.DemandHalfTime, demand).Count);
        Assert.Equal(3, DemandTold.OfClock(NoticeKind.DemandOverdue, demand).Count);
        Assert.Equal(Role.BureauReviewer, Assert.Single(DemandTold.OfClock(NoticeKind.DemandOverdue, Some(DemandState.Filed))).To.Role);
        Assert.Equal(Role.BureauReviewer, Assert.Single(DemandTold.Of(DemandStep.Decline, demand)).To.Role);
        Assert.Empty(DemandTold.Of(DemandStep.Refuse, demand with { Demander = null }));
    }

    private static (string, DateOnly) On(Demand demand, int days)
    {
        var dated = DemandClocks.Dated(demand, Rule(days), Facts.Calendar);
        return (dated.DueRule!, WorkCalendar.Day(dated.DueAt!.Value));
    }

    private static Rule Rule(int days) => new("R", "", "", days, RuleUnit.WorkingDay, new DateOnly(2020, 1, 1), null, RulePack.Anywhere, RuleGrade.C);

    internal static Demand Some(DemandState state) => new(
        new Id<Demand>(Guid.Parse("00000000-0000-7000-8000-0000000000d1")), "XQ20260212-0001", "停车场空余泊位", "", "who@people.example", null, DemandOrigin.Person, Facts.Citizen.Person, null, Facts.Bureau.Id, null, null,
        state, 1, Facts.At("2026-02-12"), Facts.At("2026-02-12"));
}
