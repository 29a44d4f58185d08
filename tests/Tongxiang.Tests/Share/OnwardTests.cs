using System.Text.Json.Nodes;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Share;

public sealed class OnwardTests
{
    private static NewOnward Third(string until = "2026-06-30") => new(OnwardKind.ThirdParty, Facts.Health.Id, "", "医疗救助衔接", "由卫生部门核对救助对象", DateOnly.ParseExact(until, "yyyy-MM-dd", null));

    [Theory, EveryStore]
    public async Task The_providers_head_decides_and_the_terms_are_signed_anew(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var id = (await lab.Consented()).Grant!.Value;
        Refuses("kernel.not-found", await lab.Onward.Ask(Facts.HealthSteward, id, Third(), default));
        Refuses("kernel.not-found", await lab.Onward.Ask(Facts.PoliceSteward, id, Third(), default));
        var asked = Good(await lab.Onward.Ask(Facts.CivilSteward, id, Third(), default));
        Assert.Contains((NoticeKind.OnwardAsked, "police SharingOfficeHead"), await lab.Told());
        Refuses("kernel.not-found", await lab.Onward.Decide(Facts.CivilHead, asked.Id, 1, true, "", default));
        Refuses("share.onward-only-head", await lab.Onward.Decide(Facts.PoliceSteward, asked.Id, 1, true, "", default));
        var before = (await lab.Grants.Load(id, default))!;
        var agreed = Good(await lab.Onward.Decide(Facts.PoliceHead, asked.Id, 1, true, "", default));
        Refuses("share.onward-changed", await lab.Onward.Decide(Facts.PoliceHead, asked.Id, 1, false, "x", default));
        var grant = lab.Grants.Active.Find(id)!;
        var right = Assert.Single(grant.Onward);
        Assert.Equal((asked.Number, OnwardKind.ThirdParty, "单位health", agreed.Proof), (right.Number, right.Kind, right.Third, right.SignOff));
        Assert.True(lab.Grants.IsGenuine(grant));
        Assert.NotEqual(before.Signature, grant.Signature);
        Assert.Equal(agreed.Proof, (string)JsonNode.Parse(grant.Record)!["terms"]!["onward"]![0]!["signOff"]!);
        // To hand data on is no right to use them for more.
        Assert.False(grant.Serves("医疗救助衔接", lab.Clock.GetUtcNow()));
        await lab.Db.Run($"update share_grant set onward = {"[]"} where id = {id}", default);
        Assert.False(lab.Grants.IsGenuine((await lab.Grants.Load(id, default))!));
        // What somebody wrote into the store gets no signature by the next agreement.
        var next = Good(await lab.Onward.Ask(Facts.CivilSteward, id, Third() with { Matter = "临时救助衔接" }, default));
        Refuses("share.grant-not-genuine", await lab.Onward.Decide(Facts.PoliceHead, next.Id, 1, true, "", default));
        Assert.False(lab.Grants.IsGenuine((await lab.Grants.Load(id, default))!));
    }

    [Theory, EveryStore]
    public async Task A_wider_use_lets_calls_for_its_matter_pass_until_its_day(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var id = (await lab.Consented()).Grant!.Value;
        Assert.Equal("matter", (await lab.Onward.Ask(Facts.CivilSteward, id, new(OnwardKind.WiderUse, null, "", Facts.Wish().Matter, "核对身份", new DateOnly(2026, 6, 30)), default)).Refusal!.Fields[0].Field);
        var asked = Good(await lab.Onward.Ask(Facts.CivilHead, id, new(OnwardKind.WiderUse, null, "", "临时救助", "核对身份", new DateOnly(2026, 6, 30)), default));
        Assert.False(lab.Grants.Active.Find(id)!.Serves("临时救助", lab.Clock.GetUtcNow()));
        Good(await lab.Onward.Decide(Facts.PoliceHead, asked.Id, 1, true, "", default));
        var grant = lab.Grants.Active.Find(id)!;
        Assert.Equal((true, true, false, false), (grant.Serves("临时救助", lab.Clock.GetUtcNow()), grant.Serves(Facts.Wish().Matter, lab.Clock.GetUtcNow()), grant.Serves("房产过户", lab.Clock.GetUtcNow()), grant.Serves("临时救助", Facts.At("2026-07-01"))));
    }

    [Theory, EveryStore]
    public async Task A_refusal_has_its_reason_and_what_has_ended_is_not_passed_on(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var consented = await lab.Consented();
        var id = consented.Grant!.Value;
        Assert.Equal(["matter", "purpose", "until", "third"], (await lab.Onward.Ask(Facts.CivilSteward, id, new(OnwardKind.ThirdParty, Facts.Police.Id, "", "", "", new DateOnly(2030, 1, 1)), default)).Refusal!.Fields.Select(f => f.Field));
        var asked = Good(await lab.Onward.Ask(Facts.CivilSteward, id, Third(), default));
        Assert.Equal("reason", (await lab.Onward.Decide(Facts.PoliceHead, asked.Id, 1, false, " ", default)).Refusal!.Fields[0].Field);
        Assert.Equal(OnwardState.Refused, Good(await lab.Onward.Decide(Facts.PoliceHead, asked.Id, 1, false, "超出职责", default)).State);
        var second = Good(await lab.Onward.Ask(Facts.CivilSteward, id, Third(), default));
        Assert.Equal(OnwardState.Withdrawn, Good(await lab.Onward.Withdraw(Facts.CivilSteward, second.Id, 1, default)).State);
        var third = Good(await lab.Onward.Ask(Facts.CivilSteward, id, Third(), default));
        Good(await lab.Applications.End(Facts.CivilSteward, consented.Id, null, EndGround.NoLongerNeeded, "业务调整", null, default));
        Refuses("share.onward-ended", await lab.Onward.Decide(Facts.PoliceHead, third.Id, 1, true, "", default));
        Refuses("share.onward-ended", await lab.Onward.Ask(Facts.CivilSteward, id, Third(), default));
        Assert.Equal(3, (await lab.Onward.Of(Facts.Reviewer, id, default)).Count);
        Assert.Empty(await lab.Onward.Of(Facts.HealthSteward, id, default));
        Assert.Empty((await lab.Grants.Load(id, default))!.Onward);
    }
}
