using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 21: who refuses gives the reason.</summary>
public sealed class Requirement11
{
    [Theory, EveryStore]
    public async Task Requirement_11_every_refusal_carries_a_reason_that_applicant_and_bureau_read(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        var sent = await lab.Sent();
        Assert.Equal(["ground", "reason"], (await lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Refused(" ", null), default)).Refusal!.Fields.Select(f => f.Field));
        Good(await lab.Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, Facts.Refused("超出社会救助职责"), default));
        Assert.Equal(ApplicationState.Refused, Good(await lab.Applications.Sign(Facts.PoliceHead, sent.Id, null, default)).State);
        foreach (var reader in new[] { Facts.CivilSteward, Facts.CivilHead, Facts.Reviewer })
        {
            var read = (await lab.Applications.Find(reader, sent.Id, default))!;
            Assert.Equal(("超出社会救助职责", RefusalGround.OutsideDuty), (read.Reason, read.Reply!.Ground!.Value));
        }
        var told = await lab.Told();
        Assert.Contains((NoticeKind.Refused, "civil-steward"), told);
        Assert.Contains((NoticeKind.Refused, "bureau BureauReviewer"), told);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => lab.Db.Run($"update share_application set reason = {""} where id = {sent.Id}", default));
    }
}
