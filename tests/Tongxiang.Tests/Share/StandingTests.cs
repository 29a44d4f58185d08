using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;
using static Tongxiang.Tests.Share.StandingRulesTests;
using Step = Tongxiang.Share.Step;

namespace Tongxiang.Tests.Share;

public sealed class StandingTests
{
    private static async Task<StandingConsent> Signed(ShareLab lab, StandingRule? rule = null)
    {
        var draft = Good(await lab.Standing.Draft(Facts.PoliceSteward, lab.Entry.Id, rule ?? Rule(), default));
        return Good(await lab.Standing.Sign(Facts.PoliceHead, draft.Id, draft.Revision, default));
    }

    [Theory, EveryStore]
    public async Task What_lies_wholly_within_is_answered_with_the_heads_signature(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var standing = await Signed(lab);
        var sent = await lab.Sent();
        await lab.Answers.Run(default);
        await lab.Answers.Run(default);
        var answered = (await lab.Applications.Find(Facts.CivilSteward, sent.Id, default))!;
        Assert.Equal((ApplicationState.Delivering, "DL-05"), (answered.State, answered.DueRule));
        Assert.Equal(new StandingReference(standing.Number, standing.Proof!), answered.Reply!.Standing);
        var step = (await lab.Applications.Steps(sent.Id, default))[^1];
        Assert.Equal((Step.Consent, "system", Side.Platform, Facts.PoliceHead.Person, standing.Number), (step.Step, step.Actor, step.Side, step.OnBehalf, step.Reason));

        var grant = (await lab.Grants.Find(Facts.CivilHead, answered.Grant!.Value, default))!;
        Assert.True(lab.Grants.IsGenuine(grant));
        var record = JsonNode.Parse(grant.Record)!;
        Assert.Equal((standing.Proof, standing.Number), ((string)record["signOffs"]!["provider"]!, (string)record["standing"]!));
        Assert.Equal((await lab.Applications.Steps(sent.Id, default)).Single(s => s.Step == Step.Agree).Evidence, (string)record["signOffs"]!["applicant"]!);
        Assert.Contains(await lab.Evidenced(), e => e.Contains(standing.Proof!, StringComparison.Ordinal) && e.Contains("share.standing-signed", StringComparison.Ordinal));
        Assert.Contains((NoticeKind.Consented, "civil-steward"), await lab.Told());
        var use = Assert.Single(await lab.Standing.Uses(Facts.PoliceSteward, standing.Id, default));
        Assert.Equal((sent.Id, true), (use.Application, use.IsSampled));
        Assert.Equal(1, (await lab.Standing.Find(Facts.Reviewer, standing.Id, default))!.Answers);
    }

    [Theory, EveryStore]
    public async Task What_lies_outside_goes_to_a_person_with_the_difference_marked(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var standing = await Signed(lab);
        await Signed(lab, Rule() with { Agencies = [Facts.Health.Id], LongestDays = 1 });
        var sent = await lab.Sent(Facts.Wish("id_number", "name", "division") with { Modes = [Mode.Batch] });
        await lab.Answers.Run(default);
        Assert.Equal(ApplicationState.Submitted, (await lab.Applications.Find(Facts.PoliceSteward, sent.Id, default))!.State);
        var look = (await lab.Standing.LookOf(Facts.PoliceSteward, sent, default))!;
        Assert.Equal((standing.Number, "fields,modes"), (look.Number, string.Join(',', look.Differences.Select(d => d.Field))));
        Assert.Contains("项division", look.Differences[0].Args[0], StringComparison.Ordinal);
        Assert.Null(await lab.Standing.LookOf(Facts.CivilSteward, sent, default));
        Assert.Null(await lab.Standing.LookOf(Facts.HealthSteward, sent, default));

        var other = await lab.Consented();
        Assert.Equal(ApplicationState.Delivering, other.State);
        await lab.Answers.Run(default);
        Assert.Empty(await lab.Standing.Uses(Facts.PoliceSteward, standing.Id, default));
    }

    [Theory, EveryStore]
    public async Task Who_drafts_does_not_sign_and_a_stale_or_foreign_hand_changes_nothing(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        Refuses("share.standing-only-office", await lab.Standing.Draft(Facts.PoliceSteward with { Roles = new HashSet<Role> { Role.Operative } }, lab.Entry.Id, Rule(), default));
        Refuses("kernel.not-found", await lab.Standing.Draft(Facts.CivilSteward, lab.Entry.Id, Rule(), default));
        Refuses("share.sign-in", await lab.Standing.Draft(Facts.CompanyPerson, lab.Entry.Id, Rule(), default));
        var own = Good(await lab.Standing.Draft(Facts.PoliceOther, lab.Entry.Id, Rule(), default));
        Refuses("share.standing-own-draft", await lab.Standing.Sign(Facts.PoliceOther, own.Id, 1, default));
        Refuses("share.standing-only-head", await lab.Standing.Sign(Facts.PoliceSteward, own.Id, 1, default));
        Refuses("kernel.not-found", await lab.Standing.Sign(Facts.CivilHead, own.Id, 1, default));
        var edited = Good(await lab.Standing.Edit(Facts.PoliceSteward, own.Id, 1, Rule() with { LongestDays = 30 }, default));
        Refuses("share.standing-changed", await lab.Standing.Sign(Facts.PoliceOther, own.Id, 1, default));
        var signed = Good(await lab.Standing.Sign(Facts.PoliceOther, own.Id, edited.Revision, default));
        Assert.Equal(30, signed.Rule.LongestDays);
        Refuses("share.standing-changed", await lab.Standing.Edit(Facts.PoliceSteward, own.Id, signed.Revision, Rule(), default));
        Refuses("share.standing-changed", await lab.Standing.Sign(Facts.PoliceHead, own.Id, edited.Revision, default));
        Assert.Null(await lab.Standing.Find(Facts.CivilHead, own.Id, default));
        Assert.Single(await lab.Standing.List(Facts.PoliceSteward, default));
        Assert.Empty(await lab.Standing.List(Facts.CivilSteward, default));
    }

    [Theory, EveryStore]
    public async Task Once_revoked_it_answers_nothing_and_what_it_gave_stays_or_is_suspended(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var standing = await Signed(lab);
        var first = await lab.Sent();
        await lab.Answers.Run(default);
        Refuses("share.standing-only-head", await lab.Standing.Revoke(Facts.PoliceSteward, standing.Id, standing.Revision, "x", default));
        Refuses("share.standing-revoke-first", await lab.Standing.SuspendGiven(Facts.PoliceHead, standing.Id, "x", default));
        var revoked = Good(await lab.Standing.Revoke(Facts.PoliceHead, standing.Id, standing.Revision, "政策调整", default));
        Assert.Equal(StandingState.Revoked, revoked.State);
        var second = await lab.Sent();
        // Even a look that was begun before finds it gone.
        Refuses("share.standing-over", await lab.Applications.AnswerByStanding(second.Id, second.Revision, standing, default));
        await lab.Answers.Run(default);
        Assert.Equal(ApplicationState.Submitted, (await lab.Applications.Find(Facts.PoliceSteward, second.Id, default))!.State);
        var kept = (await lab.Applications.Find(Facts.PoliceSteward, first.Id, default))!;
        Assert.Equal(GrantState.Active, lab.Grants.Active.Find(kept.Grant!.Value)!.State);
        Assert.Equal(1, Good(await lab.Standing.SuspendGiven(Facts.PoliceHead, standing.Id, "政策调整", default)));
        Assert.Equal(GrantState.Suspended, lab.Grants.Active.Find(kept.Grant!.Value)!.State);
        Assert.Equal(0, Good(await lab.Standing.SuspendGiven(Facts.PoliceHead, standing.Id, "政策调整", default)));
    }

    [Theory, EveryStore]
    public async Task After_its_last_day_it_answers_nothing(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        await Signed(lab, Rule() with { Until = new DateOnly(2026, 2, 13) });
        lab.SetDay("2026-02-14");
        var sent = await lab.Sent();
        await lab.Answers.Run(default);
        Assert.Equal(ApplicationState.Submitted, (await lab.Applications.Find(Facts.PoliceSteward, sent.Id, default))!.State);
        Assert.Null((await lab.Standing.LookOf(Facts.PoliceSteward, sent, default))!.Number);
    }

    [Theory, EveryStore]
    public async Task A_sampled_answer_waits_for_the_providers_review(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        await Signed(lab);
        var sent = await lab.Sent();
        await lab.Answers.Run(default);
        Assert.Contains((NoticeKind.StandingSampled, "police Steward"), await lab.Told());
        Assert.Equal(sent.Id, Assert.Single(await lab.Standing.Samples(Facts.PoliceSteward, default)).Application);
        Assert.Empty(await lab.Standing.Samples(Facts.CivilSteward, default));
        Refuses("kernel.not-found", await lab.Standing.Review(Facts.CivilSteward, sent.Id, SampleVerdict.Fits, "", default));
        Assert.Equal("note", (await lab.Standing.Review(Facts.PoliceSteward, sent.Id, SampleVerdict.Misfits, " ", default)).Refusal!.Fields[0].Field);
        Assert.Equal(SampleVerdict.Misfits, Good(await lab.Standing.Review(Facts.PoliceSteward, sent.Id, SampleVerdict.Misfits, "事项写得太宽", default)).Verdict);
        Assert.Empty(await lab.Standing.Samples(Facts.PoliceSteward, default));
    }

    [Theory, EveryStore]
    public async Task A_reply_written_by_hand_cannot_claim_a_standing_consent(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var standing = await Signed(lab, Rule() with { Matters = ["别的事项"] });
        var consented = await lab.Consented(Facts.Consent() with { Standing = new StandingReference(standing.Number, standing.Proof!) });
        Assert.Null(consented.Reply!.Standing);
        Assert.Null(JsonNode.Parse((await lab.Grants.Load(consented.Grant!.Value, default))!.Record)!["standing"]);
    }
}
