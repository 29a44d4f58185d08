using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

/// <summary>Floods, twins and people who act at once.</summary>
public sealed class DemandRivalryTests
{
    [Theory, EveryStore]
    public async Task The_same_words_at_once_are_one_demand(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var twice = await Task.WhenAll(
            lab.Demands.File(Facts.Citizen, new NewDemand("停车场空余泊位"), default), lab.Demands.File(Facts.CompanyPerson, new NewDemand("停车场 空余泊位。"), default), lab.Demands.File(Caller.Anonymous, new NewDemand("停车场空余泊位！"), default));
        Assert.Single(twice.Select(t => Good(t).Demand.Id).Distinct());
        Assert.Single(twice, t => t.Value.IsNew);
        // Whoever has not signed in has a voice only as the one who registered it.
        var now = await lab.Now(twice[0].Value.Demand);
        Assert.Equal(now.Origin == DemandOrigin.Public ? 3 : 2, now.Votes);
        Good(await lab.Demands.Refuse(Facts.Reviewer, now.Number, null, DemandGround.NobodyHolds, "", "没有部门掌握", null, default));
        var again = Good(await lab.Demands.File(Facts.Citizen, new NewDemand("停车场空余泊位"), default));
        Assert.True(again.IsNew);
    }

    [Theory, EveryStore]
    public async Task Whoever_decides_on_what_has_changed_is_shown_what_happened(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var demand = await lab.Accepted();
        var both = await Task.WhenAll(lab.Demands.Claim(Facts.PoliceSteward, demand.Number, demand.Revision, default), lab.Demands.Decline(Facts.PoliceHead, demand.Number, demand.Revision, "不属于公安职责", default));
        var late = Assert.Single(both, o => o.IsRefused);
        Assert.Contains(late.Refusal!.Code, new[] { "share.demand-changed", "share.demand-state", "share.demand-side" });
        Assert.Equal(3, (await lab.Now(demand)).Revision);
        var stale = await lab.Demands.Refuse(Facts.Reviewer, demand.Number, 1, DemandGround.Unclear, "", "看不明白要什么", null, default);
        Assert.Equal((409, "share.demand-changed"), (stale.Refusal!.Status, stale.Refusal.Code));
        Assert.Equal(3, (await lab.Demands.Steps(Facts.Reviewer, demand, default)).Count);
    }

    [Theory, EveryStore]
    public async Task Merged_voices_add_up_and_each_counts_once(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var (one, other, third) = (await lab.Accepted(what: "公共停车场空余泊位"), await lab.Filed(Facts.CompanyPerson, "停车场空余泊位数据"), await lab.Filed(Facts.HealthSteward, "空余泊位清单"));
        Good(await lab.Demands.Vote(Facts.PoliceSteward, one.Number, default));
        Good(await lab.Demands.Vote(Facts.PoliceSteward, other.Number, default));
        Assert.Equal([other.Number], (await lab.Demands.Alike(one, 5, default)).Where(a => a.Demand.Id == other.Id).Select(a => a.Demand.Number));
        Refuses("kernel.invalid-input", await lab.Demands.Merge(Facts.Reviewer, other.Number, null, other.Number, default));
        Refuses("kernel.invalid-input", await lab.Demands.Merge(Facts.Reviewer, other.Number, null, "XQ1", default));
        Refuses("share.demand-side", await lab.Demands.Merge(Facts.PoliceHead, other.Number, null, one.Number, default));
        Good(await lab.Demands.Merge(Facts.Reviewer, third.Number, null, other.Number, default));
        Assert.Equal(3, (await lab.Now(other)).Votes);
        Good(await lab.Demands.Merge(Facts.Reviewer, other.Number, null, one.Number, default));
        // Citizen, police, company, health: police had two voices and has one.
        Assert.Equal(4, (await lab.Now(one)).Votes);
        Assert.Equal((one.Id, one.Id), ((await lab.Now(third)).MergedInto!.Value, (await lab.Now(other)).MergedInto!.Value));
        Assert.Equal(one.Number, (await lab.Demands.Show(Caller.Anonymous, await lab.Now(third), default)).MergedInto);
        Assert.Contains((NoticeKind.DemandMerged, "company-person"), await lab.Share.Told());
        Refuses("share.demand-ended", await lab.Demands.Vote(Facts.Citizen, other.Number, default));
        Refuses("kernel.invalid-input", await lab.Demands.Merge(Facts.Reviewer, one.Number, null, other.Number, default));
        Assert.Contains(await lab.Demands.Steps(Caller.Anonymous, await lab.Now(one), default), s => s.Step == DemandStep.Join && s.Reason == other.Number);
    }

    [Theory, EveryStore]
    public async Task What_answers_departments_only_does_not_answer_the_public(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var office = await lab.Accepted(Facts.CivilSteward, "停车场空余泊位");
        var reader = await lab.Filed(Facts.Citizen, "停车场空余泊位情况表");
        Good(await lab.Demands.Claim(Facts.PoliceSteward, office.Number, null, default));
        Good(await lab.Demands.Catalogue(Facts.PoliceSteward, office.Number, null, lab.Published(Tongxiang.Catalog.OpenClass.Closed), default));
        Assert.Equal("share.field.demand-into-closed", (await lab.Demands.Merge(Facts.Reviewer, reader.Number, null, office.Number, default)).Refusal!.Fields.Single().Key);

        var second = await lab.Accepted(Facts.HealthSteward, "路灯位置");
        Good(await lab.Demands.Merge(Facts.Reviewer, (await lab.Filed(Facts.Citizen, "路灯的位置图")).Number, null, second.Number, default));
        Good(await lab.Demands.Claim(Facts.PoliceSteward, second.Number, null, default));
        Assert.Equal("share.field.demand-entry-closed", (await lab.Demands.Catalogue(Facts.PoliceSteward, second.Number, null, lab.Published(Tongxiang.Catalog.OpenClass.Closed), default)).Refusal!.Fields.Single().Key);
        Good(await lab.Demands.Catalogue(Facts.PoliceSteward, second.Number, null, lab.Published(), default));
        lab.Land(lab.Entries.Keys.Single());
        Good(await lab.Demands.Attach(Facts.PoliceSteward, second.Number, null, default));
        // Whoever asked for the same hears of it.
        Assert.Contains((NoticeKind.DemandMoved, "citizen"), await lab.Share.Told());
    }

    [Theory, EveryStore]
    public async Task A_tightened_rule_moves_the_clocks_that_run_and_says_so(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var demand = await lab.Accepted();
        Good(await lab.Share.Rules.Tighten(Caller.Platform, DemandClocks.Whole, 5, "省数据局通知", new DateOnly(2026, 1, 1), default));
        await lab.Watch.Run(default);
        Assert.Equal(new DateOnly(2026, 2, 26), WorkCalendar.Day((await lab.Now(demand)).DueAt!.Value));
        Assert.Contains("share.demand-redated", string.Concat(await lab.Share.Evidenced()), StringComparison.Ordinal);
        var told = (await lab.Share.Evidenced()).Count;
        await lab.Watch.Run(default);
        Assert.Equal(told, (await lab.Share.Evidenced()).Count);
    }

    [Theory, EveryStore]
    public async Task Two_merged_into_each_other_at_once_end_as_one(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        for (var round = 0; round < 5; round++)
        {
            var (one, other) = (await lab.Filed(what: $"停车场空余泊位{round}"), await lab.Filed(Facts.CompanyPerson, $"空余泊位停车场{round}号"));
            var second = lab.Another();
            var both = await Task.WhenAll(lab.Demands.Merge(Facts.Reviewer, one.Number, 1, other.Number, default), second.Merge(Facts.Reviewer, other.Number, 1, one.Number, default));
            Assert.Single(both, o => !o.IsRefused);
            var states = new[] { (await lab.Now(one)).State, (await lab.Now(other)).State };
            Assert.Equal([DemandState.Filed, DemandState.Merged], states.Order());
        }
    }

    [Theory, EveryStore]
    public async Task A_flood_stops_before_it_buries_the_others(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        for (var i = 0; i < Tongxiang.Share.Demands.MostADay; i++) await lab.Filed(what: $"第{i}个街道的树木");
        Refuses("share.demand-day", await lab.Demands.File(Facts.Citizen, new NewDemand("另一个街道的树木"), default));
        lab.Share.Clock.Advance(TimeSpan.FromDays(1));
        await lab.Filed(what: "另一个街道的树木");
        await lab.Share.Db.Commit(async tx =>
        {
            for (var i = 0; i < Tongxiang.Share.Demands.MostPublicWaiting; i++)
                await DemandRows.Insert(tx, DemandRulesTests.Some(DemandState.Filed) with { Id = Id<Demand>.New(lab.Share.Clock), Number = $"T{i}", Origin = DemandOrigin.Public, Demander = null }, $"{i}");
        }, default);
        Refuses("share.demand-waiting", await lab.Demands.File(Caller.Anonymous, new NewDemand("河流水位"), default));
        Good(await lab.Demands.File(Facts.CompanyPerson, new NewDemand("河流水位"), default));
        Refuses("share.demand-people", await lab.Demands.File(Facts.CompanyPerson with { Client = Id<Client>.New(lab.Share.Clock) }, new NewDemand("湖泊水位"), default));
    }

    [Theory, EveryStore]
    public async Task Hostile_words_are_kept_as_they_are_and_do_nothing(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        foreach (var what in new[] { "<script>alert(1)</script> 名单", "'; drop table share_demand; --", "𠮷𡈼㐂\uE863 的门牌", new string('数', DemandRules.WhatMost), "%_\\ {0} {{x}}" })
        {
            var filed = await lab.Filed(what: what);
            Assert.Equal(what, (await lab.Now(filed)).What);
            Good(await lab.Demands.Accept(Facts.Reviewer, filed.Number, null, Facts.Police.Id, default));
            Assert.Contains((await lab.Demands.List(Caller.Anonymous, new DemandFilter(), null, 20, default)).Items, d => d.Number == filed.Number && d.What == what);
        }
        // Texts of notices have holes of their own: what stands in a demand fills none of them.
        Assert.Contains(await lab.Share.Notices.Of(Facts.Reviewer, 100, default), n => n.Text(Texts.Parts, Texts.Chinese).Contains("{0} {{x}}", StringComparison.Ordinal));
    }

    [Theory, EveryStore]
    public async Task Half_time_and_overdue_are_told_once_and_a_year_that_was_open_becomes_final(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var demand = await lab.Accepted();
        await lab.Watch.Run(default);
        Assert.DoesNotContain(await lab.Share.Told(), t => t.Kind is NoticeKind.DemandHalfTime or NoticeKind.DemandOverdue);
        lab.Share.SetDay("2026-03-05");
        await lab.Watch.Run(default);
        await lab.Watch.Run(default);
        Assert.Equal(["police SharingOfficeHead", "police Steward"], (await lab.Share.Told()).Where(t => t.Kind == NoticeKind.DemandHalfTime).Select(t => t.To).Order());
        lab.Share.SetDay("2026-03-12");
        await lab.Watch.Run(default);
        await lab.Watch.Run(default);
        Assert.Equal(["bureau BureauReviewer", "police SharingOfficeHead", "police Steward"], (await lab.Share.Told()).Where(t => t.Kind == NoticeKind.DemandOverdue).Select(t => t.To).Order());
        Assert.Equal((2, (DateTimeOffset?)null), (await lab.Now(demand)) is var late ? (late.Noticed, late.NextNoticeAt) : default);
        // What the law gives is one term: who takes over late has not more of it.
        Assert.Equal(demand.DueAt, Good(await lab.Demands.Claim(Facts.PoliceSteward, demand.Number, null, default)).DueAt);

        lab.Share.SetDay("2026-12-29");
        var winter = await lab.Filed(Facts.CompanyPerson, "路面结冰路段");
        Assert.True(winter.DueIsProvisional);
        Good(await lab.Share.Calendar.Load(Caller.Platform, new CalendarYear(2027, "通知", RuleGrade.A, ["2027-01-01/2027-01-05"], []), default));
        await lab.Watch.Run(default);
        var final = await lab.Now(winter);
        Assert.Equal((false, new DateOnly(2027, 1, 6)), (final.DueIsProvisional, WorkCalendar.Day(final.DueAt!.Value)));
    }

    [Theory, EveryStore]
    public async Task Lists_are_paged_and_narrowed(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        for (var i = 0; i < 5; i++) await lab.Filed(i % 2 == 0 ? Facts.Citizen : Facts.CivilSteward, $"第{i}个街道的树木");
        var accepted = await lab.Accepted(Facts.CivilHead, "停车场空余泊位");
        Good(await lab.Demands.Refuse(Facts.Reviewer, (await lab.Filed(Facts.CompanyPerson, "海浪高度")).Number, null, DemandGround.NobodyHolds, "", "没有部门掌握", null, default));
        var first = await lab.Demands.List(Caller.Anonymous, new DemandFilter(Open: true), null, 4, default);
        var rest = await lab.Demands.List(Caller.Anonymous, new DemandFilter(Open: true), first.Next, 4, default);
        Assert.Equal((4, 2, (string?)null), (first.Items.Count, rest.Items.Count, rest.Next));
        Assert.Equal(6, first.Items.Concat(rest.Items).Select(d => d.Number).Distinct().Count());
        async Task<int> Count(Caller caller, DemandFilter filter) => (await lab.Demands.List(caller, filter, null, 50, default)).Items.Count;
        Assert.Equal((1, 1, 1, 3, 0, 7), (await Count(Caller.Anonymous, new(Open: false)), await Count(Caller.Anonymous, new(State: DemandState.Refused)), await Count(Caller.Anonymous, new(Owner: Facts.Police.Id)),
            await Count(Facts.CivilSteward, new(Mine: true)), await Count(Caller.Anonymous, new(Mine: true)), await Count(Caller.Anonymous, new())));
        Assert.Equal(6, (await lab.Demands.Overseen(Facts.Reviewer, default)).Count);
        Assert.Empty(await lab.Demands.Overseen(Facts.PoliceHead, default));
        Assert.Empty(await lab.Demands.ToConfirm(Caller.Anonymous, default));
        Assert.DoesNotContain(Facts.Civil.Id, lab.Demands.CouldOwn(accepted).Select(a => a.Id));
        Assert.Contains(Facts.Police.Id, lab.Demands.CouldPropose(Facts.CivilSteward).Select(a => a.Id));
        Assert.NotNull(lab.Demands.OwnersOf(accepted));
        Refuses("kernel.invalid-input", await lab.Demands.Accept(Facts.Reviewer, (await lab.Filed(Facts.CivilSteward, "灯杆位置")).Number, null, Facts.Civil.Id, default));
        Assert.Equal("owner", (await lab.Demands.File(Facts.Citizen, new NewDemand("树木", Owner: Facts.Company.Id), default)).Refusal!.Fields.Single().Field);
        Assert.Equal(404, (await lab.Demands.Claim(Facts.PoliceSteward, "XQ9", null, default)).Refusal!.Status);
    }
}
