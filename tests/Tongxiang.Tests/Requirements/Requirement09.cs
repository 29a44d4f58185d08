using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 21: an extension needs the consent of the bureau and a notice to the applicant.</summary>
public sealed class Requirement09
{
    [Theory, EveryStore]
    public async Task Requirement_09_an_extension_takes_effect_only_with_the_bureaus_approval_and_a_recorded_notice_to_the_applicant(Store store)
    {
        await using var lab = await ShareLab.Open(store, "2026-02-12");
        var sent = await lab.Sent();
        Good(await lab.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 5, "数据量大", default));
        Assert.Equal(sent.DueAt, (await lab.Applications.Find(Facts.CivilSteward, sent.Id, default))!.DueAt);
        Assert.DoesNotContain(await lab.Told(), t => t.Kind == NoticeKind.ExtensionAgreed);
        foreach (var other in new[] { Facts.PoliceHead, Facts.PoliceSteward, Facts.CivilHead }) Refuses("share.not-yours", await lab.Applications.AgreeExtension(other, sent.Id, null, default));
        Refuses("kernel.not-found", await lab.Applications.AgreeExtension(Facts.HealthSteward, sent.Id, null, default));
        Good(await lab.Applications.AgreeExtension(Facts.Reviewer, sent.Id, null, default));
        Assert.Equal(new DateOnly(2026, 3, 11), WorkCalendar.Day((await lab.Applications.Find(Facts.CivilSteward, sent.Id, default))!.DueAt!.Value));
        Assert.Contains((NoticeKind.ExtensionAgreed, "civil-steward"), await lab.Told());
    }

    [Theory, EveryStore]
    public async Task Requirement_09_a_denied_extension_leaves_the_day_as_it_was(Store store)
    {
        await using var lab = await ShareLab.Open(store, "2026-02-12");
        var sent = await lab.Sent();
        Good(await lab.Applications.AskExtension(Facts.PoliceSteward, sent.Id, null, 5, "数据量大", default));
        Assert.Equal(sent.DueAt, Good(await lab.Applications.DenyExtension(Facts.Reviewer, sent.Id, null, "理由不充分", default)).DueAt);
    }
}
