using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

public sealed class DemandsTests
{
    [Theory, EveryStore]
    public async Task A_demand_goes_all_the_way_to_the_data(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var filed = await lab.Filed();
        Assert.Equal(("XQ20260212-0001", DemandState.Filed, DemandOrigin.Person, 1L, new DateOnly(2026, 2, 24)), (filed.Number, filed.State, filed.Origin, filed.Votes, WorkCalendar.Day(filed.DueAt!.Value)));
        Assert.Equal([filed.Number], (await lab.Demands.Queue(Facts.Reviewer, default)).Select(d => d.Number));
        Refuses("kernel.invalid-input", await lab.Demands.Accept(Facts.Reviewer, filed.Number, 1, null, default));
        Refuses("kernel.invalid-input", await lab.Demands.Accept(Facts.Reviewer, filed.Number, 1, Facts.Company.Id, default));
        Refuses("share.demand-side", await lab.Demands.Accept(Facts.PoliceSteward, filed.Number, 1, Facts.Police.Id, default));
        var accepted = Good(await lab.Demands.Accept(Facts.Reviewer, filed.Number, 1, Facts.Police.Id, default));
        // The whole term counts from the registration: 15 working days.
        Assert.Equal((DemandState.Accepted, DemandClocks.Whole, new DateOnly(2026, 3, 11), 2L), (accepted.State, accepted.DueRule, WorkCalendar.Day(accepted.DueAt!.Value), accepted.Revision));
        Assert.Empty(await lab.Demands.Queue(Facts.Reviewer, default));
        Assert.Equal([filed.Number], (await lab.Demands.Tasks(Facts.PoliceHead, default)).Select(d => d.Number));
        Assert.Empty(await lab.Demands.Tasks(Facts.HealthSteward, default));

        Refuses("share.demand-side", await lab.Demands.Claim(Facts.HealthSteward, filed.Number, null, default));
        Good(await lab.Demands.Claim(Facts.PoliceSteward, filed.Number, 2, default));
        var entry = Facts.Entry();
        Refuses("kernel.invalid-input", await lab.Demands.Catalogue(Facts.PoliceSteward, filed.Number, null, entry, default));
        lab.Entries[entry.Id] = entry with { State = EntryState.AwaitingReview };
        Refuses("kernel.invalid-input", await lab.Demands.Catalogue(Facts.PoliceSteward, filed.Number, null, entry, default));
        lab.Published(OpenClass.Closed);
        Assert.Equal("share.field.demand-entry-closed", (await lab.Demands.Catalogue(Facts.PoliceSteward, filed.Number, null, entry, default)).Refusal!.Fields.Single().Key);
        lab.Published();
        Assert.Equal(DemandState.Catalogued, Good(await lab.Demands.Catalogue(Facts.PoliceSteward, filed.Number, null, entry, default)).State);
        Refuses("share.demand-no-version", await lab.Demands.Attach(Facts.PoliceSteward, filed.Number, null, default));
        await lab.Watch.Run(default);
        Assert.Equal(DemandState.Catalogued, (await lab.Now(filed)).State);
        lab.Land(entry.Id, 7);
        // Nobody has to press anything: the platform sees that data became current.
        await lab.Watch.Run(default);
        var attached = await lab.Now(filed);
        Assert.Equal((DemandState.Attached, 7L, DemandClocks.Confirmation), (attached.State, attached.Version!.Value, attached.DueRule));
        Assert.Equal([filed.Number], (await lab.Demands.ToConfirm(Facts.Citizen, default)).Select(d => d.Number));
        Refuses("share.demand-side", await lab.Demands.Satisfy(Facts.PoliceSteward, filed.Number, null, default));
        Assert.Equal((DemandState.Satisfied, (DateTimeOffset?)null), Good(await lab.Demands.Satisfy(Facts.Citizen, filed.Number, null, default)) is var done ? (done.State, done.DueAt) : default);
        Refuses("share.demand-state", await lab.Demands.Satisfy(Facts.Citizen, filed.Number, null, default));

        var evidence = string.Concat(await lab.Share.Evidenced());
        foreach (var kind in new[] { "file", "accept", "claim", "catalogue", "attach", "satisfy" }) Assert.Contains($"share.demand-{kind}", evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("who@people.example", evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("停车场", evidence, StringComparison.Ordinal);
        var steps = await lab.Demands.Steps(Facts.Reviewer, done, default);
        Assert.Equal(["File", "Accept", "Claim", "Catalogue", "Attach", "Satisfy"], steps.Select(s => s.Step.ToString()));
        Assert.All(steps, s => Assert.NotEmpty(s.Evidence));
        var told = await lab.Share.Told();
        Assert.Contains((NoticeKind.DemandFiled, "bureau BureauReviewer"), told);
        Assert.Contains((NoticeKind.DemandAssigned, "police Steward"), told);
        Assert.Contains((NoticeKind.DemandMoved, "citizen"), told);
    }

    [Theory, EveryStore]
    public async Task Silence_of_the_demander_counts_as_a_yes_after_the_term_and_never_before(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var attached = await lab.Attached(Caller.Anonymous);
        Assert.Equal(DemandOrigin.Public, attached.Origin);
        Refuses("share.demand-state", await lab.Demands.Satisfy(Caller.Platform, attached.Number, null, default));
        lab.Share.SetDay("2026-03-04");
        await lab.Watch.Run(default);
        Assert.Equal(DemandState.Attached, (await lab.Now(attached)).State);
        lab.Share.SetDay("2026-03-05");
        await lab.Watch.Run(default);
        Assert.Equal(DemandState.Satisfied, (await lab.Now(attached)).State);
    }

    [Theory, EveryStore]
    public async Task The_demander_may_say_once_that_it_is_not_the_right_thing(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var attached = await lab.Attached(Facts.CivilSteward);
        Refuses("kernel.invalid-input", await lab.Demands.Reopen(Facts.CivilSteward, attached.Number, null, "", default));
        var again = Good(await lab.Demands.Reopen(Facts.CivilHead, attached.Number, null, "缺少每个车场的总泊位数", default));
        Assert.Equal((DemandState.Claimed, (Id<Entry>?)null, Facts.Police.Id), (again.State, again.Entry, again.Owner!.Value));
        Good(await lab.Demands.Catalogue(Facts.PoliceSteward, again.Number, null, lab.Published(), default));
        Good(await lab.Demands.Attach(Facts.PoliceSteward, again.Number, null, default));
        Refuses("share.demand-reopened", await lab.Demands.Reopen(Facts.CivilHead, attached.Number, null, "还是不对", default));
        Assert.Contains((NoticeKind.DemandReopened, "police SharingOfficeHead"), await lab.Share.Told());
    }

    [Theory, EveryStore]
    public async Task Two_departments_decline_and_then_the_bureau_decides(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var demand = await lab.Accepted();
        Refuses("kernel.invalid-input", await lab.Demands.Decline(Facts.PoliceSteward, demand.Number, null, " ", default));
        var first = Good(await lab.Demands.Decline(Facts.PoliceSteward, demand.Number, null, "停车场由住建部门管理", default));
        Assert.Equal((DemandState.Accepted, (Id<Agency>?)null, 1), (first.State, first.Owner, first.Declined));
        Assert.Equal([demand.Number], (await lab.Demands.Queue(Facts.Reviewer, default)).Select(d => d.Number));
        Assert.Equal("share.field.demand-declined-before", (await lab.Demands.Assign(Facts.Reviewer, demand.Number, null, Facts.Police.Id, "", default)).Refusal!.Fields.Single().Key);
        Good(await lab.Demands.Assign(Facts.Reviewer, demand.Number, null, Facts.Health.Id, "", default));
        Assert.Equal("share.field.demand-owner-same", (await lab.Demands.Assign(Facts.Reviewer, demand.Number, null, Facts.Health.Id, "", default)).Refusal!.Fields.Single().Key);
        Assert.Equal(2, Good(await lab.Demands.Decline(Facts.HealthSteward, demand.Number, null, "与卫生健康无关", default)).Declined);
        Refuses("kernel.invalid-input", await lab.Demands.Assign(Facts.Reviewer, demand.Number, null, Facts.Police.Id, "", default));
        var decided = Good(await lab.Demands.Assign(Facts.Reviewer, demand.Number, null, Facts.Police.Id, "公安交管掌握停车泊位备案数据", default));
        Assert.Equal((DemandState.Claimed, Facts.Police.Id, demand.DueAt), (decided.State, decided.Owner!.Value, decided.DueAt));
        Refuses("share.demand-state", await lab.Demands.Decline(Facts.PoliceSteward, demand.Number, null, "仍然不属于我们", default));
        // A department that declined reads its own reason again, not the other's and not who asked.
        var declined = await lab.Demands.Steps(Facts.HealthSteward, decided, default);
        Assert.Equal(["与卫生健康无关"], declined.Where(s => s.Reason.Length > 0).Select(s => s.Reason));
        Assert.All(declined, s => Assert.Empty(s.ActorName));
        Assert.Contains(await lab.Demands.Steps(Facts.PoliceHead, decided, default), s => s.Reason == "停车场由住建部门管理");
        Assert.DoesNotContain(await lab.Demands.Steps(Facts.Citizen, decided, default), s => s.Reason.Length > 0 || s.ActorName.Length > 0);
        Assert.Equal(2, (await lab.Share.Told()).Count(t => t.Kind == NoticeKind.DemandDeclined));
    }

    [Theory, EveryStore]
    public async Task A_refusal_says_why_to_everybody_and_what_is_no_demand_is_not_shown(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var demand = await lab.Accepted();
        Refuses("kernel.invalid-input", await lab.Demands.Refuse(Facts.Reviewer, demand.Number, null, DemandGround.NotShareable, "", "涉及个人停车记录", null, default));
        Refuses("kernel.invalid-input", await lab.Demands.Refuse(Facts.Reviewer, demand.Number, null, null, "", "涉及个人停车记录", null, default));
        Refuses("share.demand-side", await lab.Demands.Refuse(Facts.PoliceHead, demand.Number, null, DemandGround.Unclear, "", "看不明白要什么", null, default));
        Good(await lab.Demands.Refuse(Facts.Reviewer, demand.Number, null, DemandGround.NotShareable, "《个人信息保护法》第二十八条", "涉及个人停车记录", null, default));
        var view = await lab.Demands.Show(Caller.Anonymous, await lab.Now(demand), default);
        Assert.Equal(("停车场空余泊位", "《个人信息保护法》第二十八条", "涉及个人停车记录", null, null), (view.What, view.Basis, view.Reason, view.Contact, view.Matter));

        var there = await lab.Filed(what: "人口数量");
        Refuses("kernel.invalid-input", await lab.Demands.Refuse(Facts.Reviewer, there.Number, null, DemandGround.AlreadyThere, "", "目录中已经有了", null, default));
        Good(await lab.Demands.Refuse(Facts.Reviewer, there.Number, null, DemandGround.AlreadyThere, "", "目录中已经有了", lab.Published(), default));
        Assert.Equal("population", (await lab.Demands.Show(Caller.Anonymous, await lab.Now(there), default)).Entry!.Slug);

        var spam = await lab.Filed(what: "低价代写论文");
        Good(await lab.Demands.Refuse(Facts.Reviewer, spam.Number, null, DemandGround.Unusable, "", "不是数据需求", null, default));
        var hidden = await lab.Demands.Show(Caller.Anonymous, await lab.Now(spam), default);
        Assert.Equal((null, null, DemandGround.Unusable), (hidden.What, hidden.Reason, hidden.Ground!.Value));
        Assert.Equal("低价代写论文", (await lab.Demands.Show(Facts.HealthSteward, await lab.Now(spam), default)).What);
    }

    [Theory, EveryStore]
    public async Task Words_wait_for_the_bureau_and_the_contact_is_for_the_offices(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var filed = await lab.Filed();
        var anybody = await lab.Demands.Show(Caller.Anonymous, filed, default);
        Assert.Equal((null, null, null, filed.Number), (anybody.What, anybody.Contact, anybody.Matter, anybody.Number));
        Assert.Equal(("停车场空余泊位", null, "找车位"), await lab.Demands.Show(Facts.PoliceSteward, filed, default) is var inside ? (inside.What, inside.Contact, inside.Matter) : default);
        Assert.Equal("who@people.example", (await lab.Demands.Show(Facts.Reviewer, filed, default)).Contact);
        Assert.Equal("who@people.example", (await lab.Demands.Show(Facts.Citizen, filed, default)).Contact);
        Refuses("share.demand-unread", await lab.Demands.Vote(Facts.CompanyPerson, filed.Number, default));
        var accepted = Good(await lab.Demands.Accept(Facts.Reviewer, filed.Number, null, Facts.Police.Id, default));
        Assert.Equal(("停车场空余泊位", null), await lab.Demands.Show(Caller.Anonymous, accepted, default) is var shown ? (shown.What, shown.Contact) : default);
        Assert.Equal("who@people.example", (await lab.Demands.Show(Facts.PoliceSteward, accepted, default)).Contact);
        Assert.Null((await lab.Demands.Show(Facts.HealthSteward, accepted, default)).Contact);
        Assert.All(await lab.Demands.Steps(Caller.Anonymous, accepted, default), s => Assert.Equal(("", ""), (s.Actor, s.ActorName)));
    }

    [Theory, EveryStore]
    public async Task Each_person_and_each_agency_has_one_voice(Store store)
    {
        await using var lab = await DemandLab.Open(store);
        var demand = await lab.Accepted();
        Refuses("share.sign-in", await lab.Demands.Vote(Caller.Anonymous, demand.Number, default));
        Assert.Equal(1, Good(await lab.Demands.Vote(Facts.Citizen, demand.Number, default)).Votes);
        Assert.Equal(2, Good(await lab.Demands.Vote(Facts.PoliceSteward, demand.Number, default)).Votes);
        Good(await lab.Demands.Vote(Facts.PoliceHead, demand.Number, default));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => lab.Demands.Vote(Facts.CompanyPerson, demand.Number, default)));
        Assert.Equal(3, (await lab.Now(demand)).Votes);
        Assert.Equal((true, true, false), (await lab.Demands.HasVoted(Facts.Citizen, demand, default), await lab.Demands.HasVoted(Facts.PoliceHead, demand, default), await lab.Demands.HasVoted(Facts.HealthSteward, demand, default)));
        Assert.Equal(404, (await lab.Demands.Vote(Facts.Citizen, "XQ20260212-9999", default)).Refusal!.Status);
        // A voice is no decision: whoever was deciding need not look again.
        Good(await lab.Demands.Claim(Facts.PoliceSteward, demand.Number, demand.Revision, default));
    }
}
