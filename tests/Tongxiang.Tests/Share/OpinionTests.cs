using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Share;

public sealed class OpinionTests
{
    [Theory, EveryStore]
    public async Task An_expert_is_asked_gives_one_signed_opinion_and_decides_nothing(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var door = new Opinions(lab.Db, lab.Clock, lab.Evidence, lab.Directory, lab.Applications, (id, _) => ValueTask.FromResult(id == lab.Entry.Id ? lab.Entry : null), lab.Notices);
        var expert = await BreakGlassTests.Enrol(lab, "expert", Facts.Health, Role.Expert);
        var own = await BreakGlassTests.Enrol(lab, "own-expert", Facts.Civil, Role.Expert);
        var application = await lab.Sent();
        ShareLab.Refuses("share.opinion.only-examiner", await door.Ask(Facts.CivilHead, application.Id, expert.Person!.Value, "是否必要", default));
        Assert.Equal(404, (await door.Ask(Facts.HealthSteward, application.Id, expert.Person.Value, "申请字段是否必要？", default)).Refusal?.Status);
        Assert.Equal("expert", (await door.Ask(Facts.PoliceSteward, application.Id, own.Person!.Value, "申请字段是否必要？", default)).Refusal?.Fields[0].Field);
        Assert.Equal("expert", (await door.Ask(Facts.PoliceSteward, application.Id, Facts.PoliceHead.Person!.Value, "申请字段是否必要？", default)).Refusal?.Fields[0].Field);
        var asked = ShareLab.Good(await door.Ask(Facts.PoliceSteward, application.Id, expert.Person.Value, "申请字段是否必要？", default));
        ShareLab.Refuses("share.opinion.asked", await door.Ask(Facts.PoliceHead, application.Id, expert.Person.Value, "申请字段是否必要？", default));
        Assert.Contains((NoticeKind.OpinionAsked, "expert"), await lab.Told());

        var mine = Assert.Single(await door.Mine(expert, default));
        Assert.Equal((application.Number, "人口基本信息"), (mine.Number, mine.Resource));
        Assert.Empty(await door.Mine(own, default));
        Assert.Equal(404, (await door.Give(own, asked.Id, Verdict.For, "符合最小必要原则，建议同意。", default)).Refusal?.Status);
        Assert.Equal(400, (await door.Give(expert, asked.Id, Verdict.For, "好", default)).Refusal?.Status);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => door.Give(expert, asked.Id, Verdict.ForWithConditions, "姓名可脱敏提供，其余符合最小必要原则。", default)));
        var given = Assert.Single(outcomes, o => !o.IsRefused).Value;
        Assert.Equal("share.opinion.given", Assert.Single(outcomes, o => o.IsRefused).Refusal!.Code);
        Assert.NotNull(given.Proof);
        Assert.Contains(await lab.Evidenced(), s => s.Contains("share.opinion-given", StringComparison.Ordinal) && s.Contains("ForWithConditions", StringComparison.Ordinal) && !s.Contains("最小必要", StringComparison.Ordinal));

        // The applicant hears of it with the decision, not before; an expert sees no case by itself.
        Assert.Empty(ShareLab.Good(await door.Of(Facts.CivilSteward, application.Id, default)));
        Assert.Equal(given, Assert.Single(ShareLab.Good(await door.Of(Facts.PoliceHead, application.Id, default))));
        Assert.Null(await lab.Applications.Find(expert, application.Id, default));
        ShareLab.Good(await lab.Applications.ProposeReply(Facts.PoliceSteward, application.Id, null, Facts.Consent(), default));
        ShareLab.Good(await lab.Applications.Sign(Facts.PoliceHead, application.Id, null, default));
        Assert.Single(ShareLab.Good(await door.Of(Facts.CivilSteward, application.Id, default)));
    }
}
