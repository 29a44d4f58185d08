using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Share;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Requirements;

/// <summary>State Council Order 809 art. 25 ¶2: what would leak by bringing data together is guarded against.</summary>
public sealed class Requirement27
{
    [Theory, EveryStore]
    public async Task Requirement_27_combined_grants_are_graded_again_and_one_that_lifts_them_above_the_clearance_is_blocked(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        lab.More.AddRange([CombiningTests.Persons, CombiningTests.Homes, CombiningTests.Sick]);
        foreach (var entry in new[] { CombiningTests.Persons, CombiningTests.Homes })
            Assert.NotNull(Good(await lab.Applications.Sign(Facts.PoliceHead, (await CombiningTests.Consent(lab, entry)).Id, null, default)).Grant);
        var third = await CombiningTests.Consent(lab, CombiningTests.Sick);
        var blocked = (await lab.Applications.Sign(Facts.PoliceHead, third.Id, null, default)).Refusal!;
        Assert.Equal(("share.combined-above-clearance", Law.Order809(25)), (blocked.Code, blocked.Article));
        var said = Texts.Parts.Get(Texts.Chinese, blocked.Code + ".detail", blocked.Args);
        foreach (var name in new[] { "人口基本信息", "居住登记", "门诊记录", "AG-05" }) Assert.Contains(name, said, StringComparison.Ordinal);
        Assert.Null((await lab.Applications.Find(Facts.PoliceHead, third.Id, default))!.Grant);
        Assert.Equal(2, (await lab.Grants.Held(Facts.CivilSteward, default)).Count);

        // The bureau answers for a higher clearance; then it may be.
        var chief = Facts.Reviewer with { Roles = new HashSet<Tongxiang.Agencies.Role> { Tongxiang.Agencies.Role.BureauHead } };
        Good(await lab.Combining.Set(chief, Facts.Civil.Id, 0, Grade.Important, "重特大疾病救助需要", default));
        Assert.NotNull(Good(await lab.Applications.Sign(Facts.PoliceHead, third.Id, null, default)).Grant);
        Assert.Equal((Grade.Important, "AG-05"), await lab.Combining.View(chief, Facts.Civil.Id, default) is { } view ? (view.Grade, view.Rule) : default);
    }

    [Theory, EveryStore]
    public async Task Requirement_27_masked_fields_do_not_combine(Store store)
    {
        await using var lab = await ShareLab.Open(store);
        lab.More.AddRange([CombiningTests.Persons, CombiningTests.Homes, CombiningTests.Sick]);
        foreach (var entry in new[] { CombiningTests.Persons, CombiningTests.Homes }) Good(await lab.Applications.Sign(Facts.PoliceHead, (await CombiningTests.Consent(lab, entry)).Id, null, default));
        var third = await CombiningTests.Consent(lab, CombiningTests.Sick);
        Good(await lab.Applications.ReturnReply(Facts.PoliceHead, third.Id, null, "改为脱敏", default));
        Good(await lab.Applications.ProposeReply(Facts.PoliceSteward, third.Id, null, Facts.Consent(new FieldDecision("id_number", FieldAnswer.Masked, null), new FieldDecision("illness", FieldAnswer.Plain, null)), default));
        Assert.NotNull(Good(await lab.Applications.Sign(Facts.PoliceHead, third.Id, null, default)).Grant);
    }
}
