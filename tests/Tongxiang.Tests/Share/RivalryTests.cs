using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

public sealed class RivalryTests
{
    [Theory, EveryStore]
    public async Task Of_many_who_decide_at_once_one_wins_and_the_others_see_the_winner(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => i % 2 == 0
            ? lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, sent.Revision, Facts.Consent(), default)
            : lab.Applications.AskSupplement(Facts.PoliceOther, sent.Id, sent.Revision, ["职责文件"], default)));
        Assert.Single(outcomes, o => !o.IsRefused);
        Assert.All(outcomes.Where(o => o.IsRefused), o => Assert.Equal("share.already-decided", o.Refusal!.Code));
        var winner = (string)outcomes.First(o => o.IsRefused).Refusal!.Args[3]!;
        Assert.Contains(winner, new[] { "police-steward", "police-other" });
        Assert.Equal(4, (await lab.Applications.Steps(sent.Id, default)).Count);
    }

    [Theory, EveryStore]
    public async Task Many_deliveries_at_once_are_recorded_once(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var consented = await lab.Consented();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => lab.Applications.Delivered(consented.Grant!.Value, Mode.Api, default).AsTask()));
        Assert.Single(await lab.Applications.Steps(consented.Id, default), s => s.Step == Tongxiang.Share.Step.Deliver);
        Assert.True(lab.Grants.Active.IsDelivered(consented.Grant!.Value));
    }

    [Theory, EveryStore]
    public async Task Numbers_of_a_day_have_no_gap(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var drafts = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => lab.Applications.Draft(Facts.CivilSteward, Lane.Sharing, lab.Entry.Id, Facts.Wish(), default)));
        Assert.Equal(Enumerable.Range(1, 12).Select(i => $"GX20260212-{i:0000}"), drafts.Select(d => d.Value.Number).Order());
    }

    [Theory, EveryStore]
    public async Task Another_agencys_application_does_not_exist_for_a_stranger(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        foreach (var stranger in new[] { Facts.HealthSteward, Facts.CompanyPerson, Facts.Citizen, Tongxiang.Agencies.Caller.Anonymous })
        {
            Assert.Null(await lab.Applications.Find(stranger, sent.Id, default));
            Assert.Equal(404, (await lab.Applications.Withdraw(stranger, sent.Id, null, null, default)).Refusal!.Status);
            Assert.Equal(404, (await lab.Applications.Sign(stranger, sent.Id, null, default)).Refusal!.Status);
            Assert.Equal(404, (await lab.Applications.Urge(stranger, sent.Id, null, default)).Refusal!.Status);
        }
    }

    [Theory, EveryStore]
    public async Task Work_can_be_given_to_one_person_and_back(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        Good(await lab.Applications.Reassign(Facts.PoliceHead, sent.Id, null, Facts.PoliceOther.Person, default));
        Assert.Empty((await lab.Inbox.Of(Facts.PoliceSteward, default)).Items);
        Assert.True(Assert.Single((await lab.Inbox.Of(Facts.PoliceOther, default)).Items).IsMine);
        Assert.Equal("to", (await lab.Applications.Reassign(Facts.PoliceHead, sent.Id, null, Facts.HealthSteward.Person, default)).Refusal!.Fields[0].Field);
        Good(await lab.Applications.Reassign(Facts.PoliceOther, sent.Id, null, null, default));
        Assert.Single((await lab.Inbox.Of(Facts.PoliceSteward, default)).Items);
    }

    [Theory, EveryStore]
    public async Task An_applicant_urges_once_a_day(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        Good(await lab.Applications.Urge(Facts.CivilSteward, sent.Id, "请尽快", default));
        Refuses("share.urged-today", await lab.Applications.Urge(Facts.CivilSteward, sent.Id, null, default));
        Refuses("share.not-yours", await lab.Applications.Urge(Facts.PoliceSteward, sent.Id, null, default));
        Assert.Contains((NoticeKind.Urged, "police Steward"), await lab.Told());
    }

    [Theory, EveryStore]
    public async Task A_deputy_signs_for_the_head_while_the_term_lasts(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        Good(await lab.Applications.ProposeReply(Facts.PoliceOther, sent.Id, null, Facts.Consent(), default));
        Refuses("share.not-yours", await lab.Applications.Sign(Facts.PoliceSteward, sent.Id, null, default));
        var now = lab.Clock.GetUtcNow();
        Refuses("share.only-head-deputises", await lab.Deputies.Appoint(Facts.PoliceSteward, Facts.PoliceOther.Person!.Value, now, now.AddDays(7), default));
        Assert.Equal("deputy", (await lab.Deputies.Appoint(Facts.PoliceHead, Facts.CivilSteward.Person!.Value, now, now.AddDays(7), default)).Refusal!.Fields[0].Field);
        var deputy = Good(await lab.Deputies.Appoint(Facts.PoliceHead, Facts.PoliceSteward.Person!.Value, now, now.AddDays(7), default));
        Assert.Single(await lab.Deputies.OfAgency(Facts.PoliceOther, default));
        Good(await lab.Applications.Sign(Facts.PoliceSteward, sent.Id, null, default));
        Assert.Equal(Facts.PoliceHead.Person, (await lab.Applications.Steps(sent.Id, default))[^1].OnBehalf);
        Good(await lab.Deputies.End(Facts.PoliceHead, deputy.Id, default));
        Assert.Equal(404, (await lab.Deputies.End(Facts.CivilHead, deputy.Id, default)).Refusal!.Status);
    }

    [Theory, EveryStore]
    public async Task Lists_show_each_side_its_own(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        await lab.Applications.Draft(Facts.CivilSteward, Lane.Sharing, lab.Entry.Id, Facts.Wish(), default);
        Assert.Equal(2, (await lab.Applications.Mine(Facts.CivilHead, null, 10, default)).Items.Count);
        Assert.Equal(sent.Id, Assert.Single((await lab.Applications.Received(Facts.PoliceSteward, null, 10, default)).Items).Id);
        Assert.Single((await lab.Applications.Overseen(Facts.Reviewer, false, null, 10, default)).Items);
        Assert.Empty((await lab.Applications.Overseen(Facts.Reviewer, true, null, 10, default)).Items);
        Assert.Empty((await lab.Applications.Overseen(Facts.PoliceHead, false, null, 10, default)).Items);
        lab.SetDay("2026-03-06");
        Assert.Single((await lab.Applications.Overseen(Facts.Reviewer, true, null, 10, default)).Items);
        Assert.Empty((await lab.Applications.Mine(Facts.HealthSteward, null, 10, default)).Items);
        var first = await lab.Applications.Mine(Facts.CivilSteward, null, 1, default);
        Assert.Single((await lab.Applications.Mine(Facts.CivilSteward, first.Next, 1, default)).Items);
        Assert.Contains(Tongxiang.Share.Step.AskSupplement, await lab.Applications.Possible(Facts.PoliceSteward, sent, default));
    }

    [Theory, EveryStore]
    public async Task Lists_show_nothing_of_others_to_people_outside_the_offices(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        await lab.Sent();
        Caller Clerk(Caller like) => like with { Actor = "clerk", Person = Id<Person>.New(lab.Clock), Roles = new HashSet<Role> { Role.Operative } };
        Assert.Empty((await lab.Applications.Mine(Clerk(Facts.CivilSteward), null, 10, default)).Items);
        Assert.Empty((await lab.Applications.Received(Clerk(Facts.PoliceSteward), null, 10, default)).Items);
        Assert.Empty((await lab.Applications.Overseen(Clerk(Facts.Reviewer), false, null, 10, default)).Items);
    }

    [Theory, EveryStore]
    public async Task The_applicant_reads_no_reply_before_it_is_signed_and_no_word_between_clerk_and_head(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        Good(await lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Refused("超出社会救助职责"), default));
        async Task<Application> Read(Caller caller) => (await lab.Applications.Find(caller, sent.Id, default))!;
        async Task<bool> Reads(Caller caller) => (await lab.Applications.Steps(caller, await Read(caller), default)).Any(s => s.Reason is { Length: > 0 });
        Assert.Null((await Read(Facts.CivilSteward)).Reply);
        Assert.Null((await lab.Applications.Mine(Facts.CivilSteward, null, 10, default)).Items[0].Reply);
        Assert.NotNull((await Read(Facts.PoliceHead)).Reply);
        Assert.NotNull((await Read(Facts.Reviewer)).Reply);
        Assert.Equal((false, true), (await Reads(Facts.CivilSteward), await Reads(Facts.PoliceHead)));
        Good(await lab.Applications.Sign(Facts.PoliceHead, sent.Id, null, default));
        Assert.NotNull((await Read(Facts.CivilSteward)).Reply);
    }

    [Theory, EveryStore]
    public async Task A_citizens_token_takes_no_step_for_the_citizen(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.SentForOpening(Facts.Citizen);
        var token = Facts.Citizen with { Client = Id<Client>.New(lab.Clock), Roles = new HashSet<Role>() };
        Refuses("share.not-yours", await lab.Applications.Withdraw(token, sent.Id, null, "", default));
        Refuses("share.sign-in", await lab.Applications.Draft(token, Lane.Opening, lab.Entry.Id, Facts.Wish(), default));
    }
}
