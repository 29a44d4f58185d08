using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 21 ¶2: what is missing is told once and completely, and is no ground to refuse.</summary>
public sealed class Requirement10
{
    [Theory, EveryStore]
    public async Task Requirement_10_exactly_one_supplement_notice_is_possible_and_missing_material_refuses_nothing(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        Good(await lab.Applications.AskSupplement(Facts.PoliceSteward, sent.Id, null, ["职责文件", "经办人名单"], default));
        Refuses("share.refusal-while-supplement", await lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Refused(), default));
        // A supplement after a supplement, before and after the answer.
        Refuses("share.wrong-state", await lab.Applications.AskSupplement(Facts.PoliceSteward, sent.Id, null, ["还有"], default));
        var answered = Good(await lab.Applications.Supplement(Facts.CivilSteward, sent.Id, null, "已补充", null, default));
        Refuses("share.one-supplement", await lab.Applications.AskSupplement(Facts.PoliceSteward, sent.Id, null, ["还有"], default));
        Assert.Equal(["reason"], (await lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Refused("材料不全"), default)).Refusal!.Fields.Select(f => f.Field));
        Assert.Equal(answered.Revision, (await lab.Applications.Find(Facts.PoliceSteward, sent.Id, default))!.Revision);
        // Not even behind the programs' back.
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => lab.Db.Run(
            $"insert into share_step (application, number, step, from_state, to_state, actor, actor_name, side, at, evidence) values ({sent.Id}, {99}, {"AskSupplement"}, {"Submitted"}, {"SupplementAsked"}, {"x"}, {"x"}, {"Provider"}, {1}, {"x"})", default));
    }
}
